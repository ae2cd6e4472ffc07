// SPDX-License-Identifier: GPL-2.0-only
/*
 * close(), dup(), fcntl(): what changes the table of descriptors.
 */
#include "real.h"
#include <kapi/file.h>
#include <kapi/host.h>
#include <kapi/syscalls.h>
#include <kapi/task.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include "libc_stream.h"
#include "trace.h"
#include "waiter.h"

EXPORT int close(int fd)
{
	bool tell;
	int ret;

	if (fd >= 0)
		epoll_forget(fd, fd);
	if (kapi_fd_is_ours(fd)) {
		ret = kapi_sys_close(fd);
		stdio_follow(fd);
		if (trace_on)
			trace_fd("close", fd, ret);
		return result(ret);
	}
	real_init();
	tell = kapi_fd_closing(fd);
	ret = real_close(fd);
	if (tell)
		kapi_fd_closed();
	return ret;
}

/* The core's own descriptors in [first, last] stay; the program's files are told. */
static int close_all(unsigned int first, unsigned int last)
{
	unsigned int at = first;
	int next, ret = 0;

	epoll_forget(first, last);
	while (at <= INT_MAX && (next = kapi_fd_next(at)) >= 0 && (unsigned int)next <= last) {
		if ((unsigned int)next > at)
			ret = kapi_host(SYS_close_range, at, next - 1, 0);
		if (ret)
			return ret;
		if (!kapi_fd_is_hidden(next))
			kapi_sys_close(next);
		at = next + 1;
	}
	if (at <= last)
		ret = kapi_host(SYS_close_range, at, last, 0);
	kapi_fd_closed();
	return ret;
}

EXPORT int close_range(unsigned int first, unsigned int last, int flags)
{
	real_init();
	/* To mark for exec is all the host's; errors are too. */
	if (flags || first > last)
		return real_close_range(first, last, flags);
	return result(close_all(first, last));
}

void closefrom(int first);
EXPORT void closefrom(int first)
{
	real_init();
	close_all(first < 0 ? 0 : first, UINT_MAX);
}

EXPORT int dup(int fd)
{
	int ret;

	if (!kapi_fd_is_ours(fd)) {
		real_init();
		return real_dup(fd);
	}
	ret = kapi_sys_dup(fd, false);
	stdio_follow(ret);
	if (trace_on)
		trace_fd("dup", fd, ret);
	return result(ret);
}

/* dup2() or dup3(), of any descriptor onto any other. */
static int dup_to(int fd, int newfd, int flags, bool dup3)
{
	bool tell;
	int ret;

	real_init();
	if (fd != newfd && newfd >= 0)
		epoll_forget(newfd, newfd);
	tell = fd != newfd && kapi_fd_closing(newfd);
	if (kapi_fd_is_ours(fd)) {
		ret = kapi_sys_dup_to(fd, newfd, flags & O_CLOEXEC);
		ret = result(ret);
	} else if (kapi_fd_is_hidden(newfd)) {
		errno = EBUSY;
		return -1;
	} else {
		ret = dup3 ? real_dup3(fd, newfd, flags) : real_dup2(fd, newfd);
		if (ret >= 0 && fd != newfd && kapi_fd_is_ours(newfd))
			kapi_fd_forget(newfd);
	}
	stdio_follow(newfd);
	if (tell)
		kapi_fd_closed();
	return ret;
}

EXPORT int dup2(int fd, int newfd)
{
	return dup_to(fd, newfd, 0, false);
}

EXPORT int dup3(int fd, int newfd, int flags)
{
	if (fd == newfd || flags & ~O_CLOEXEC) {
		errno = EINVAL;
		return -1;
	}
	return dup_to(fd, newfd, flags, true);
}

/*
 * The core has one table of descriptors for the process, its own ones in it: a
 * thread that leaves the host's table would miss those. It stays in it.
 */
EXPORT int unshare(int flags)
{
	int ret;

	real_init();
	if (flags == CLONE_FILES)
		return 0;
	kapi_cred_changed();
	ret = real_unshare(flags & ~CLONE_FILES);
	kapi_cred_changed();	/* all of them in a user namespace of its own */
	return ret;
}

static int fcntl_ours(int fd, int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_DUPFD:
		return kapi_sys_dup_min(fd, arg, false);
	case F_DUPFD_CLOEXEC:
		return kapi_sys_dup_min(fd, arg, true);
	case F_GETFL:
		return kapi_sys_getfl(fd);
	case F_SETFL:
		return kapi_sys_setfl(fd, arg);
	case F_GETFD:
	case F_SETFD:
		/* The flags of a descriptor are those of its placeholder. */
		return kapi_fd_is_hidden(fd) ? -EBADF : kapi_host_fcntl(fd, cmd, arg);
	default:
		/* Locks, seals, leases: nothing that these files have. */
		return kapi_sys_getfl(fd) < 0 ? -EBADF : -EINVAL;
	}
}

EXPORT int fcntl(int fd, int cmd, ...)
{
	unsigned long arg;
	va_list ap;

	va_start(ap, cmd);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	if (kapi_fd_is_ours(fd))
		return result(fcntl_ours(fd, cmd, arg));
	real_init();
	return real_fcntl(fd, cmd, arg);
}
EXPORT_ALIAS(fcntl64, fcntl);
