// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extended attributes: nothing of the core has any. ls asks for them.
 */
#include "real.h"
#include <kapi/syscalls.h>
#include <errno.h>
#include <sys/xattr.h>
#include "path.h"

/* True if the path is the core's; errno says what the call returns. */
static bool path_refused(const char *path, bool follow)
{
	struct kapi_node *node;
	int ret;

	real_init();
	ret = path_find(AT_FDCWD, path, follow, &node);
	if (ret == -ENXIO)
		return false;
	if (!ret)
		kapi_node_put(node);
	errno = ret ? -ret : ENOTSUP;
	return true;
}

static bool fd_refused(int fd)
{
	real_init();
	if (!kapi_fd_is_ours(fd))
		return false;
	errno = ENOTSUP;
	return true;
}

EXPORT ssize_t getxattr(const char *path, const char *name, void *value, size_t size)
{
	return path_refused(path, true) ? -1 : real_getxattr(path, name, value, size);
}

EXPORT ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size)
{
	return path_refused(path, false) ? -1 : real_lgetxattr(path, name, value, size);
}

EXPORT ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)
{
	return fd_refused(fd) ? -1 : real_fgetxattr(fd, name, value, size);
}

EXPORT ssize_t listxattr(const char *path, char *list, size_t size)
{
	return path_refused(path, true) ? -1 : real_listxattr(path, list, size);
}

EXPORT ssize_t llistxattr(const char *path, char *list, size_t size)
{
	return path_refused(path, false) ? -1 : real_llistxattr(path, list, size);
}

EXPORT ssize_t flistxattr(int fd, char *list, size_t size)
{
	return fd_refused(fd) ? -1 : real_flistxattr(fd, list, size);
}
