// SPDX-License-Identifier: GPL-2.0-only
/*
 * open() and its kin.
 */
#include "real.h"
#include <kapi/syscalls.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include "path.h"
#include "trace.h"

/* What stands behind a descriptor of the core, opened again by name. */
static int open_again(int fd, int flags)
{
	struct kapi_node *node = node_of_fd(fd);
	char name[PATH_MAX];
	int ret;

	if (!node) {
		ret = kapi_sys_fd_name(fd, name, sizeof(name));
		if (ret < 0)
			return -ENOENT;
		/* Anonymous files have none. */
		ret = *name == '/' ? kapi_lookup(name, true, &node) : -ENXIO;
		if (ret)
			return ret;
	}
	ret = node_open(node, flags);
	kapi_node_put(node);
	return ret;
}

/* False: the host has to open it. */
static bool open_ours(int dirfd, const char *path, int flags, int *fd)
{
	struct kapi_node *node;
	int ret, number;

	ret = path_find(dirfd, path, !(flags & O_NOFOLLOW), &node);
	if (!ret) {
		*fd = node_open(node, flags);
		kapi_node_put(node);
		return true;
	}
	if (ret != -ENXIO) {
		/* Nobody makes files in sysfs. */
		*fd = ret == -ENOENT && flags & O_CREAT ? -EACCES : ret;
		return true;
	}
	number = path_fd_number(path);
	if (number < 0 || !kapi_fd_is_ours(number))
		return false;
	*fd = open_again(number, flags);
	return true;
}

static inline bool needs_mode(int flags)
{
	return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
}

static int do_open(int dirfd, const char *path, int flags, mode_t mode, bool at)
{
	int ret;

	real_init();
	if (open_ours(dirfd, path, flags, &ret)) {
		if (trace_on)
			trace_open(path, ret);
		return result(ret);
	}
	return at ? real_openat(dirfd, path, flags, mode) : real_open(path, flags, mode);
}

EXPORT int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	if (needs_mode(flags)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	return do_open(AT_FDCWD, path, flags, mode, false);
}
EXPORT_ALIAS(open64, open);

EXPORT int openat(int dirfd, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	if (needs_mode(flags)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	return do_open(dirfd, path, flags, mode, true);
}
EXPORT_ALIAS(openat64, openat);

/* With _FORTIFY_SOURCE, for calls without a mode. */
int __open_2(const char *path, int flags);
EXPORT int __open_2(const char *path, int flags)
{
	if (needs_mode(flags))
		abort();
	return do_open(AT_FDCWD, path, flags, 0, false);
}
EXPORT_ALIAS(__open64_2, __open_2);

int __openat_2(int dirfd, const char *path, int flags);
EXPORT int __openat_2(int dirfd, const char *path, int flags)
{
	if (needs_mode(flags))
		abort();
	return do_open(dirfd, path, flags, 0, true);
}
EXPORT_ALIAS(__openat64_2, __openat_2);

EXPORT int creat(const char *path, mode_t mode)
{
	return do_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode, false);
}
EXPORT_ALIAS(creat64, creat);
