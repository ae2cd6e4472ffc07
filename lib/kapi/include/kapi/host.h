/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls of the host, past libc's names, which lib/syscall puts in front
 * of the core. All return -errno on failure.
 */
#ifndef KAPI_HOST_H
#define KAPI_HOST_H

#include <linux/types.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define kapi_host(...) ({				\
	long __host_ret = syscall(__VA_ARGS__);		\
	__host_ret == -1 ? -errno : __host_ret; })

static inline int kapi_host_close(int fd)
{
	return kapi_host(SYS_close, fd);
}

static inline int kapi_host_fcntl(int fd, int cmd, unsigned long arg)
{
	return kapi_host(SYS_fcntl, fd, cmd, arg);
}

static inline ssize_t kapi_host_read(int fd, void *buf, size_t count)
{
	return kapi_host(SYS_read, fd, buf, count);
}

static inline ssize_t kapi_host_write(int fd, const void *buf, size_t count)
{
	return kapi_host(SYS_write, fd, buf, count);
}

static inline int kapi_host_open(const char *path, int flags)
{
	return kapi_host(SYS_openat, AT_FDCWD, path, flags, 0);
}

/* The address, or a -errno in pointer form. */
static inline void *kapi_host_mmap(void *addr, size_t len, int prot, int flags, int fd, loff_t off)
{
	return (void *)kapi_host(SYS_mmap, addr, len, prot, flags, fd, off);
}

static inline int kapi_host_munmap(void *addr, size_t len)
{
	return kapi_host(SYS_munmap, addr, len);
}

#endif
