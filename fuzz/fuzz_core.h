/* SPDX-License-Identifier: GPL-2.0-only */
/* The few entries of the core that a target needs, free of kernel headers. */
#ifndef FUZZ_CORE_H
#define FUZZ_CORE_H

#include <stdbool.h>
#include <sys/types.h>

/* kapi/syscalls.h has the rules. */
void kapi_init(void);
bool kapi_fd_is_ours(int fd);
int kapi_sys_open(const char *path, int flags);
int kapi_sys_close(int fd);
long kapi_sys_ioctl(int fd, unsigned int cmd, unsigned long arg);
ssize_t kapi_sys_read(int fd, void *buf, size_t count);
ssize_t kapi_sys_write(int fd, const void *buf, size_t count);
ssize_t kapi_sys_pread(int fd, void *buf, size_t count, off_t pos);
ssize_t kapi_sys_pwrite(int fd, const void *buf, size_t count, off_t pos);
off_t kapi_sys_lseek(int fd, off_t off, int whence);
void *kapi_sys_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
int kapi_sys_munmap(void *addr, size_t len);
int kapi_sys_dup(int fd, bool cloexec);
unsigned int kapi_sys_poll(int fd);
/* kapi/fail_nth.h */
unsigned int kapi_fail_nth(unsigned int n);
/* kapi/alone.h: not with other threads in the core. */
int kapi_sys_eventfd(unsigned int count);
/* Around the close of what is not the core's: kapi/file.h. */
bool kapi_fd_closing(int fd);
void kapi_fd_closed(void);

/*
 * Start kapi, the drivers and the topology of a file (NULL: the default). 0 or -errno.
 * @alone: no other thread will call it.
 */
int fuzz_core_start(bool alone, const char *topology);
/* Number of a device's IOMMU group, or -errno. */
int fuzz_core_group(const char *bdf);
int fuzz_core_mdev_group(const char *uuid);
/* Write to an attribute of sysfs: 0 or -errno. */
int fuzz_core_attr_write(const char *path, const char *text);

/*
 * What lives now is what shall live whenever all is closed. fuzz_core_diff()
 * waits for what is still on its way out; "" and 0 if nothing differs.
 */
void fuzz_core_snap(void);
unsigned int fuzz_core_diff(char *buf, size_t size);
/* Descriptors of the core that are open. */
long fuzz_core_fds(void);
/*
 * A PCI function's header as it is when nothing is open, and written back: who opens a
 * device of the core while memory is short finds no room to save it in, and the reset at
 * close then clears it (pci_load_saved_state() of nothing is 0, and pci_restore_state()
 * has nothing).
 */
#define FUZZ_HEADER 16
void fuzz_core_header(const char *bdf, unsigned int header[FUZZ_HEADER]);
void fuzz_core_header_restore(const char *bdf, const unsigned int header[FUZZ_HEADER]);
/* The core is this kernel now. What is open keeps what it has of the one before. */
void fuzz_core_profile(const char *name);
/* WARN()s so far. */
unsigned int fuzz_core_warnings(void);

/* A topology file's text, NUL terminated, parsed: 0 or -errno; nothing is built. */
int fuzz_core_topology(char *text, unsigned int *statements);
/* lib/pci/model/model.h */
const char *vfio_model_error(void);

#endif
