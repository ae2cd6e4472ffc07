// SPDX-License-Identifier: GPL-2.0-only
#include "real.h"
#include "trace.h"
#include <kapi/fault.h>
#include <kapi/host.h>
#include <kapi/syscalls.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_SIZE	1024

bool trace_on;
static int trace_file = -1;

void trace_init(void)
{
	const char *path = getenv("VFIO_CORE_TRACE");
	int fd;

	if (!path || !*path)
		return;
	fd = kapi_host(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		return;
	/* Out of the way of programs that count descriptors. */
	trace_file = kapi_host_fcntl(fd, F_DUPFD_CLOEXEC, 900);
	kapi_host_close(fd);
	trace_on = trace_file >= 0;
}

/* One write(), so that lines of several processes do not mix. */
static void __attribute__((format(printf, 1, 2))) put(const char *fmt, ...)
{
	char line[LINE_MAX_SIZE];
	va_list ap;
	int n;

	n = snprintf(line, sizeof(line), "%d ", (int)kapi_host(SYS_getpid));
	va_start(ap, fmt);
	n += vsnprintf(line + n, sizeof(line) - n, fmt, ap);
	va_end(ap);
	if (n < (int)sizeof(line))
		kapi_host_write(trace_file, line, n);
}

void trace_open(const char *path, int fd)
{
	put("open %s = %d\n", path, fd);
}

void trace_fd(const char *call, int fd, int result)
{
	put("%s %d = %d\n", call, fd, result);
}

/* What can be read at @at, at most @want bytes. */
static void hex(char *to, unsigned long at, size_t want)
{
	unsigned char bytes[TRACE_BYTES];
	size_t n;

	if (want > sizeof(bytes))
		want = sizeof(bytes);
	n = at >= 0x10000 ? want - kapi_uaccess_copy(bytes, (void *)at, want) : 0;
	if (!n)
		strcpy(to, "-");
	for (size_t i = 0; i < n; i++)
		sprintf(to + 2 * i, "%02x", bytes[i]);
}

static size_t argsz(unsigned long arg)
{
	unsigned int size = 0;

	if (arg < 0x10000 || kapi_uaccess_copy(&size, (void *)arg, sizeof(size)))
		return 0;
	/* A descriptor, or a name, has none: look at what a name may have. */
	return size >= 8 && size <= TRACE_BYTES ? size : 64;
}

long trace_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	char before[2 * TRACE_BYTES + 1], after[2 * TRACE_BYTES + 1];
	size_t size = argsz(arg);
	long ret;

	hex(before, arg, size);
	ret = kapi_sys_ioctl(fd, cmd, arg);
	hex(after, arg, size);
	put("ioctl %d %x %lx %s = %ld %s\n", fd, cmd, arg, before, ret, after);
	return ret;
}

void trace_rw(const char *call, int fd, const void *buf, size_t count, uint64_t pos, long ret)
{
	char bytes[2 * TRACE_BYTES + 1];

	hex(bytes, (unsigned long)buf, count < 16 ? count : 16);
	put("%s %d %llx %zx %s = %ld\n", call, fd, (unsigned long long)pos, count, bytes, ret);
}
