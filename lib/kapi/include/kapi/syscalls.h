/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system calls of the core, on file descriptors of the core.
 *
 * Each takes what the system call takes and returns what the kernel returns:
 * a result, or -errno. They are what lib/syscall puts behind libc's names and
 * what programs that link the core statically (fuzz targets, unit tests) call.
 *
 * Every descriptor of the core is a real descriptor of the process as well: a
 * duplicate of one placeholder file, so that numbers, limits (EMFILE),
 * close-on-exec, poll() on files without a poll operation and inheritance are
 * the host kernel's own doing. The table here maps number to struct file.
 *
 * Safe to call from any thread. User pointers may be bad: -EFAULT, no crash.
 */
#ifndef KAPI_SYSCALLS_H
#define KAPI_SYSCALLS_H

#include <linux/types.h>

struct file;

/* Call once before anything else; further calls do nothing. Sets up the placeholder,
 * the SIGSEGV/SIGBUS handler behind copy_*_user() and device mmaps, and `current`. */
void kapi_init(void);

/* True if @fd is one of the core's. Lock-free; costs one load for other descriptors. */
bool kapi_fd_is_ours(int fd);

/* The file behind @fd with a reference (fput() it), or NULL. Same as fget(). */
struct file *kapi_fd_file(int fd);

int kapi_sys_open(const char *path, int flags);	/* -ENXIO: not a name of the core */
int kapi_sys_close(int fd);
long kapi_sys_ioctl(int fd, unsigned int cmd, unsigned long arg);
ssize_t kapi_sys_read(int fd, void *buf, size_t count);
ssize_t kapi_sys_write(int fd, const void *buf, size_t count);
ssize_t kapi_sys_pread(int fd, void *buf, size_t count, loff_t pos);
ssize_t kapi_sys_pwrite(int fd, const void *buf, size_t count, loff_t pos);
loff_t kapi_sys_lseek(int fd, loff_t off, int whence);
/* Returns the address or a -errno in pointer form (IS_ERR()). */
void *kapi_sys_mmap(void *addr, size_t len, int prot, int flags, int fd, loff_t off);
/*
 * Tell the core that [addr, addr+len) is being unmapped; drops the device
 * mappings in it. Returns 1 if the core unmapped (part of) the range itself and
 * the caller has only to unmap the rest, 0 if nothing there is ours.
 */
int kapi_sys_munmap(void *addr, size_t len);
/* The dup family. Each returns the new number or -errno. */
int kapi_sys_dup(int fd, bool cloexec);
int kapi_sys_dup_min(int fd, int min, bool cloexec);	/* F_DUPFD */
int kapi_sys_dup_to(int fd, int newfd, bool cloexec);	/* dup2, dup3; closes newfd first */
/* poll mask (EPOLLIN ...) of a descriptor now. */
unsigned int kapi_sys_poll(int fd);
/* File status flags as F_GETFL shows them. */
int kapi_sys_getfl(int fd);
/* Name of the file as /proc/self/fd shows it ("anon_inode:[vfio-device]", "/dev/vfio/3"). */
int kapi_sys_fd_name(int fd, char *buf, size_t size);
/*
 * A descriptor that the host kernel closed or replaced behind our back
 * (close_range, dup2 of a foreign file over it): forget it, dropping the file.
 */
void kapi_fd_forget(int fd);

#endif
