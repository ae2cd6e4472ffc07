/* SPDX-License-Identifier: GPL-2.0-only */
/* The few entries of the core that a target needs, free of kernel headers. */
#ifndef FUZZ_CORE_H
#define FUZZ_CORE_H

#include <stdbool.h>
#include <sys/types.h>

/* kapi/syscalls.h has the rules. */
bool kapi_fd_is_ours(int fd);
int kapi_sys_open(const char *path, int flags);
int kapi_sys_close(int fd);
long kapi_sys_ioctl(int fd, unsigned int cmd, unsigned long arg);
ssize_t kapi_sys_read(int fd, void *buf, size_t count);
ssize_t kapi_sys_write(int fd, const void *buf, size_t count);

/* Start kapi, the drivers and the default topology. */
void fuzz_core_start(void);
/* Number of a device's IOMMU group, or -errno. */
int fuzz_core_group(const char *bdf);

#endif
