// SPDX-License-Identifier: GPL-2.0-only
/*
 * Streams with functions of ours, among them stdout and stderr while their
 * descriptors are the core's, and dprintf().
 */
#include "real.h"
#include <kapi/syscalls.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <stdio_ext.h>
#include "libc_stream.h"

static ssize_t stream_read(void *cookie, char *buf, size_t size)
{
	return read((long)cookie, buf, size);
}

static ssize_t stream_write(void *cookie, const char *buf, size_t size)
{
	/* The descriptor of a standard stream may be the host's again. */
	ssize_t ret = write((long)cookie, buf, size);

	/* The convention of these functions: 0 is an error. */
	return ret < 0 ? 0 : ret;
}

static int stream_seek(void *cookie, off64_t *pos, int whence)
{
	off_t ret = lseek((long)cookie, *pos, whence);

	if (ret < 0)
		return -1;
	*pos = ret;
	return 0;
}

static int stream_close(void *cookie)
{
	return close((long)cookie);
}

static const cookie_io_functions_t stream_functions = {
	stream_read, stream_write, stream_seek, stream_close,
};

FILE *stdio_stream(int fd, const char *mode)
{
	FILE *file = fopencookie((void *)(long)fd, mode, stream_functions);

	/* For fileno(); libc has no other use of it in such a stream. */
	if (file)
		file->_fileno = fd;
	return file;
}

/* For descriptors 1 and 2: the program's own stream while ours stands in, and ours. */
static struct {
	FILE *own, *ours;
} standard[3];
static pthread_mutex_t standard_lock = PTHREAD_MUTEX_INITIALIZER;

static FILE **stream_of(int fd)
{
	return fd == 1 ? &stdout : &stderr;
}

static void stand_in(int fd)
{
	FILE **at = stream_of(fd);

	/* Kept for the next time: another thread may be about to use it. */
	if (!standard[fd].ours)
		standard[fd].ours = stdio_stream(fd, "w");
	if (!standard[fd].ours)
		return;
	if (fd == 2)
		setvbuf(standard[fd].ours, NULL, _IONBF, 0);
	else if (__flbf(*at))
		setvbuf(standard[fd].ours, NULL, _IOLBF, 0);
	standard[fd].own = *at;
	*at = standard[fd].ours;
}

static void stand_back(int fd)
{
	*stream_of(fd) = standard[fd].own;
	standard[fd].own = NULL;
	/* What nobody flushed goes where the descriptor leads now, as it always would. */
	fflush(standard[fd].ours);
	clearerr(standard[fd].ours);
}

void stdio_follow_slow(int fd)
{
	bool ours = kapi_fd_is_ours(fd);
	int err = errno;

	pthread_mutex_lock(&standard_lock);
	if (ours && !standard[fd].own)
		stand_in(fd);
	else if (!ours && standard[fd].own)
		stand_back(fd);
	pthread_mutex_unlock(&standard_lock);
	errno = err;
}

EXPORT int vdprintf(int fd, const char *fmt, va_list ap)
{
	char *text;
	int len;

	real_init();
	if (!kapi_fd_is_ours(fd))
		return real_vdprintf(fd, fmt, ap);
	len = vasprintf(&text, fmt, ap);
	if (len < 0)
		return -1;
	if (write(fd, text, len) != len)
		len = -1;
	free(text);
	return len;
}

EXPORT int dprintf(int fd, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vdprintf(fd, fmt, ap);
	va_end(ap);
	return ret;
}

/* With _FORTIFY_SOURCE. */
int __vdprintf_chk(int fd, int flag, const char *fmt, va_list ap);
EXPORT int __vdprintf_chk(int fd, int flag, const char *fmt, va_list ap)
{
	return vdprintf(fd, fmt, ap);
}

int __dprintf_chk(int fd, int flag, const char *fmt, ...);
EXPORT int __dprintf_chk(int fd, int flag, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vdprintf(fd, fmt, ap);
	va_end(ap);
	return ret;
}
