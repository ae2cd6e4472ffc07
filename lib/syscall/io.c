// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl(), read(), write() and lseek().
 */
#include "real.h"
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include "trace.h"

EXPORT int ioctl(int fd, unsigned long cmd, ...)
{
	unsigned long arg;
	va_list ap;

	va_start(ap, cmd);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	if (kapi_fd_is_ours(fd))
		return result(trace_on ? trace_ioctl(fd, cmd, arg) : kapi_sys_ioctl(fd, cmd, arg));
	real_init();
	return real_ioctl(fd, cmd, arg);
}

/* A transfer on a descriptor of the core. @pos -1: at the file's own. */
static ssize_t traced(const char *call, int fd, const void *buf, size_t count, off_t pos,
		      ssize_t ret)
{
	if (trace_on)
		trace_rw(call, fd, buf, count, pos, ret);
	return ret;
}

EXPORT ssize_t read(int fd, void *buf, size_t count)
{
	if (kapi_fd_is_ours(fd))
		return result(traced("read", fd, buf, count, -1, kapi_sys_read(fd, buf, count)));
	real_init();
	return real_read(fd, buf, count);
}

EXPORT ssize_t write(int fd, const void *buf, size_t count)
{
	if (kapi_fd_is_ours(fd))
		return result(traced("write", fd, buf, count, -1, kapi_sys_write(fd, buf, count)));
	real_init();
	return real_write(fd, buf, count);
}

EXPORT ssize_t pread(int fd, void *buf, size_t count, off_t pos)
{
	if (kapi_fd_is_ours(fd))
		return result(traced("pread", fd, buf, count, pos,
				     kapi_sys_pread(fd, buf, count, pos)));
	real_init();
	return real_pread(fd, buf, count, pos);
}
EXPORT_ALIAS(pread64, pread);

EXPORT ssize_t pwrite(int fd, const void *buf, size_t count, off_t pos)
{
	if (kapi_fd_is_ours(fd))
		return result(traced("pwrite", fd, buf, count, pos,
				     kapi_sys_pwrite(fd, buf, count, pos)));
	real_init();
	return real_pwrite(fd, buf, count, pos);
}
EXPORT_ALIAS(pwrite64, pwrite);

/* With _FORTIFY_SOURCE: @size is that of the buffer, as far as the compiler knows. */
void __chk_fail(void) __attribute__((__noreturn__));

ssize_t __read_chk(int fd, void *buf, size_t count, size_t size);
EXPORT ssize_t __read_chk(int fd, void *buf, size_t count, size_t size)
{
	if (count > size)
		__chk_fail();
	return read(fd, buf, count);
}

ssize_t __pread_chk(int fd, void *buf, size_t count, off_t pos, size_t size);
EXPORT ssize_t __pread_chk(int fd, void *buf, size_t count, off_t pos, size_t size)
{
	if (count > size)
		__chk_fail();
	return pread(fd, buf, count, pos);
}
EXPORT_ALIAS(__pread64_chk, __pread_chk);

EXPORT ssize_t readv(int fd, const struct iovec *iov, int count)
{
	if (kapi_fd_is_ours(fd))
		return result(kapi_sys_iov(fd, iov, (unsigned int)count, NULL, 0, false));
	real_init();
	return real_readv(fd, iov, count);
}

EXPORT ssize_t writev(int fd, const struct iovec *iov, int count)
{
	if (kapi_fd_is_ours(fd))
		return result(kapi_sys_iov(fd, iov, (unsigned int)count, NULL, 0, true));
	real_init();
	return real_writev(fd, iov, count);
}

EXPORT ssize_t preadv(int fd, const struct iovec *iov, int count, off_t pos)
{
	if (kapi_fd_is_ours(fd))
		return result(kapi_sys_iov(fd, iov, (unsigned int)count, &pos, 0, false));
	real_init();
	return real_preadv(fd, iov, count, pos);
}
EXPORT_ALIAS(preadv64, preadv);

EXPORT ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t pos)
{
	if (kapi_fd_is_ours(fd))
		return result(kapi_sys_iov(fd, iov, (unsigned int)count, &pos, 0, true));
	real_init();
	return real_pwritev(fd, iov, count, pos);
}
EXPORT_ALIAS(pwritev64, pwritev);

/* Position -1: the file's own. */
EXPORT ssize_t preadv2(int fd, const struct iovec *iov, int count, off_t pos, int flags)
{
	if (kapi_fd_is_ours(fd))
		return result(kapi_sys_iov(fd, iov, (unsigned int)count, pos == -1 ? NULL : &pos,
					   flags, false));
	real_init();
	return real_preadv2(fd, iov, count, pos, flags);
}
EXPORT_ALIAS(preadv64v2, preadv2);

EXPORT ssize_t pwritev2(int fd, const struct iovec *iov, int count, off_t pos, int flags)
{
	if (kapi_fd_is_ours(fd))
		return result(kapi_sys_iov(fd, iov, (unsigned int)count, pos == -1 ? NULL : &pos,
					   flags, true));
	real_init();
	return real_pwritev2(fd, iov, count, pos, flags);
}
EXPORT_ALIAS(pwritev64v2, pwritev2);

EXPORT off_t lseek(int fd, off_t off, int whence)
{
	if (kapi_fd_is_ours(fd))
		return result(kapi_sys_lseek(fd, off, whence));
	real_init();
	return real_lseek(fd, off, whence);
}
EXPORT_ALIAS(lseek64, lseek);
