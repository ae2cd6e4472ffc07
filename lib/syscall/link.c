// SPDX-License-Identifier: GPL-2.0-only
/*
 * readlink(), realpath(), chdir().
 */
#include "real.h"
#include <kapi/syscalls.h>
#include <linux/uaccess.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "path.h"

static ssize_t give(char *to, size_t size, const char *text, int len)
{
	if (len < 0)
		return len;
	if ((size_t)len > size)
		len = size;
	return copy_to_user(to, text, len) ? -EFAULT : len;
}

/* -ENXIO: ask the host. */
static ssize_t readlink_ours(int dirfd, const char *path, char *buf, size_t size)
{
	struct kapi_node *node;
	char text[PATH_MAX];
	int ret, fd;

	if (!size)
		return -ENXIO;
	ret = path_find(dirfd, path, false, &node);
	if (!ret) {
		ret = kapi_node_readlink(node, text, sizeof(text));
		kapi_node_put(node);
		return give(buf, size, text, ret);
	}
	if (ret != -ENXIO)
		return ret;
	fd = path_fd_number(path);
	if (fd < 0 || !kapi_fd_is_ours(fd))
		return -ENXIO;
	node = node_of_fd(fd);
	if (node) {
		ret = kapi_node_path(node, text, sizeof(text));
		kapi_node_put(node);
	} else {
		ret = kapi_sys_fd_name(fd, text, sizeof(text));
		if (ret == -EBADF)
			ret = -ENOENT;
	}
	return give(buf, size, text, ret);
}

EXPORT ssize_t readlink(const char *path, char *buf, size_t size)
{
	ssize_t ret;

	real_init();
	ret = readlink_ours(AT_FDCWD, path, buf, size);
	return ret == -ENXIO ? real_readlink(path, buf, size) : result(ret);
}

EXPORT ssize_t readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	ssize_t ret;

	real_init();
	ret = readlink_ours(dirfd, path, buf, size);
	return ret == -ENXIO ? real_readlinkat(dirfd, path, buf, size) : result(ret);
}

void __chk_fail(void) __attribute__((__noreturn__));

ssize_t __readlink_chk(const char *path, char *buf, size_t len, size_t size);
EXPORT ssize_t __readlink_chk(const char *path, char *buf, size_t len, size_t size)
{
	if (len > size)
		__chk_fail();
	return readlink(path, buf, len);
}

ssize_t __readlinkat_chk(int dirfd, const char *path, char *buf, size_t len, size_t size);
EXPORT ssize_t __readlinkat_chk(int dirfd, const char *path, char *buf, size_t len, size_t size)
{
	if (len > size)
		__chk_fail();
	return readlinkat(dirfd, path, buf, len);
}

EXPORT char *realpath(const char *path, char *resolved)
{
	struct kapi_node *node;
	char text[PATH_MAX];
	int ret;

	real_init();
	ret = path_find(AT_FDCWD, path, true, &node);
	if (ret == -ENXIO)
		return real_realpath(path, resolved);
	if (!ret) {
		ret = kapi_node_path(node, text, sizeof(text));
		kapi_node_put(node);
	}
	if (ret < 0) {
		errno = -ret;
		return NULL;
	}
	return resolved ? strcpy(resolved, text) : strdup(text);
}

EXPORT char *canonicalize_file_name(const char *path)
{
	return realpath(path, NULL);
}

char *__realpath_chk(const char *path, char *resolved, size_t size);
EXPORT char *__realpath_chk(const char *path, char *resolved, size_t size)
{
	if (size < PATH_MAX)
		__chk_fail();
	return realpath(path, resolved);
}

/*
 * The working directory is the host's: a directory that only the core has cannot
 * become it. What the program sees then is that it is not there.
 */
EXPORT int chdir(const char *path)
{
	int ret;

	real_init();
	ret = real_chdir(path);
	path_cwd_changed();
	return ret;
}

EXPORT int fchdir(int fd)
{
	char path[PATH_MAX];
	struct kapi_node *node;
	struct kapi_stat st;
	int ret;

	real_init();
	if (!kapi_fd_is_ours(fd)) {
		ret = real_fchdir(fd);
	} else {
		node = node_of_fd(fd);
		if (!node) {
			errno = kapi_sys_getfl(fd) < 0 ? EBADF : ENOTDIR;
			return -1;
		}
		kapi_node_stat(node, &st);
		ret = st.type == KAPI_DIR ? kapi_node_path(node, path, sizeof(path)) : -ENOTDIR;
		kapi_node_put(node);
		ret = ret < 0 ? result(ret) : real_chdir(path);
	}
	path_cwd_changed();
	return ret;
}
