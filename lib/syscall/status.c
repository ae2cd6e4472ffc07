// SPDX-License-Identifier: GPL-2.0-only
/*
 * stat(), statx(), statfs(), access() and extended attributes, by all their names.
 */
#include "real.h"
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <linux/uaccess.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>
#include "path.h"

#define MAGIC_SYSFS	0x62656572
#define MAGIC_TMPFS	0x01021994
#define MAGIC_ANON	0x09041934

static int give(struct stat *to, const struct stat *st)
{
	return copy_to_user(to, st, sizeof(*st)) ? -EFAULT : 0;
}

static int stat_fd_ours(int fd, struct stat *to)
{
	struct stat st;
	int ret = fd_stat(fd, &st);

	return ret ?: give(to, &st);
}

/*
 * ".." of a directory of the core in one of the host (/dev/vfio/..): the host may
 * not have the first, so ask it for the second by its own name.
 */
static int stat_parent(int dirfd, const char *upath, struct stat *to)
{
	char path[PATH_MAX];
	struct kapi_node *node;
	long len = strncpy_from_user(path, upath, sizeof(path));

	if (len < 4 || len >= (long)sizeof(path) || strcmp(path + len - 3, "/.."))
		return -ENXIO;
	path[len - 3] = 0;
	if (path_find(dirfd, path, true, &node))
		return -ENXIO;
	len = kapi_node_path(node, path, sizeof(path));
	kapi_node_put(node);
	if (len <= 0)
		return -ENXIO;
	*(strrchr(path, '/') ?: path) = 0;
	return real_stat(*path ? path : "/", to) ? -errno : 0;
}

/* -ENXIO: ask the host. */
static int stat_ours(int dirfd, const char *path, struct stat *to, bool follow)
{
	struct kapi_node *node;
	struct stat st;
	int ret, fd;

	ret = path_find(dirfd, path, follow, &node);
	if (!ret) {
		node_stat(node, &st);
		kapi_node_put(node);
		return give(to, &st);
	}
	if (ret == -ENXIO && follow) {
		fd = path_fd_number(path);
		if (fd >= 0 && kapi_fd_is_ours(fd))
			return stat_fd_ours(fd, to);
	}
	return ret == -ENXIO ? stat_parent(dirfd, path, to) : ret;
}

EXPORT int stat(const char *path, struct stat *st)
{
	int ret;

	real_init();
	ret = stat_ours(AT_FDCWD, path, st, true);
	return ret == -ENXIO ? real_stat(path, st) : result(ret);
}
EXPORT_ALIAS(stat64, stat);

EXPORT int lstat(const char *path, struct stat *st)
{
	int ret;

	real_init();
	ret = stat_ours(AT_FDCWD, path, st, false);
	return ret == -ENXIO ? real_lstat(path, st) : result(ret);
}
EXPORT_ALIAS(lstat64, lstat);

EXPORT int fstat(int fd, struct stat *st)
{
	if (kapi_fd_is_ours(fd))
		return result(stat_fd_ours(fd, st));
	real_init();
	return real_fstat(fd, st);
}
EXPORT_ALIAS(fstat64, fstat);

/* AT_EMPTY_PATH with an empty path, or none: the descriptor itself. */
static bool is_empty(const char *path, int flags)
{
	char c;

	return flags & AT_EMPTY_PATH && (!(unsigned long)path || (!get_user(c, path) && !c));
}

EXPORT int fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	int ret;

	real_init();
	if (kapi_fd_is_ours(dirfd) && is_empty(path, flags))
		return result(stat_fd_ours(dirfd, st));
	ret = stat_ours(dirfd, path, st, !(flags & AT_SYMLINK_NOFOLLOW));
	return ret == -ENXIO ? real_fstatat(dirfd, path, st, flags) : result(ret);
}
EXPORT_ALIAS(fstatat64, fstatat);

/* What stat() was before glibc 2.33; the version says which structure. */
int __xstat(int ver, const char *path, struct stat *st);
EXPORT int __xstat(int ver, const char *path, struct stat *st)
{
	return stat(path, st);
}
EXPORT_ALIAS(__xstat64, __xstat);

int __lxstat(int ver, const char *path, struct stat *st);
EXPORT int __lxstat(int ver, const char *path, struct stat *st)
{
	return lstat(path, st);
}
EXPORT_ALIAS(__lxstat64, __lxstat);

int __fxstat(int ver, int fd, struct stat *st);
EXPORT int __fxstat(int ver, int fd, struct stat *st)
{
	return fstat(fd, st);
}
EXPORT_ALIAS(__fxstat64, __fxstat);

int __fxstatat(int ver, int dirfd, const char *path, struct stat *st, int flags);
EXPORT int __fxstatat(int ver, int dirfd, const char *path, struct stat *st, int flags)
{
	return fstatat(dirfd, path, st, flags);
}
EXPORT_ALIAS(__fxstatat64, __fxstatat);

static struct statx_timestamp to_statx(const struct timespec *t)
{
	return (struct statx_timestamp) { .tv_sec = t->tv_sec, .tv_nsec = t->tv_nsec };
}

EXPORT int statx(int dirfd, const char *path, int flags, unsigned int mask, struct statx *to)
{
	struct statx sx = { .stx_mask = STATX_BASIC_STATS };
	struct stat st;
	int ret;

	real_init();
	if (kapi_fd_is_ours(dirfd) && is_empty(path, flags))
		ret = stat_fd_ours(dirfd, &st);
	else
		ret = stat_ours(dirfd, path, &st, !(flags & AT_SYMLINK_NOFOLLOW));
	if (ret == -ENXIO)
		return real_statx(dirfd, path, flags, mask, to);
	if (ret)
		return result(ret);
	sx.stx_blksize = st.st_blksize;
	sx.stx_nlink = st.st_nlink;
	sx.stx_mode = st.st_mode;
	sx.stx_ino = st.st_ino;
	sx.stx_size = st.st_size;
	sx.stx_atime = to_statx(&st.st_atim);
	sx.stx_mtime = to_statx(&st.st_mtim);
	sx.stx_ctime = to_statx(&st.st_ctim);
	sx.stx_rdev_major = major(st.st_rdev);
	sx.stx_rdev_minor = minor(st.st_rdev);
	sx.stx_dev_major = major(st.st_dev);
	sx.stx_dev_minor = minor(st.st_dev);
	return result(copy_to_user(to, &sx, sizeof(sx)) ? -EFAULT : 0);
}

static int give_statfs(const struct stat *st, struct statfs *to)
{
	struct statfs fs = { .f_bsize = 4096, .f_frsize = 4096, .f_namelen = 255 };

	fs.f_type = st->st_dev == 21 ? MAGIC_SYSFS : st->st_dev == 6 ? MAGIC_TMPFS : MAGIC_ANON;
	return copy_to_user(to, &fs, sizeof(fs)) ? -EFAULT : 0;
}

EXPORT int statfs(const char *path, struct statfs *to)
{
	struct stat st;
	int ret;

	real_init();
	ret = stat_ours(AT_FDCWD, path, &st, true);
	if (ret == -ENXIO)
		return real_statfs(path, to);
	return result(ret ?: give_statfs(&st, to));
}
EXPORT_ALIAS(statfs64, statfs);

EXPORT int fstatfs(int fd, struct statfs *to)
{
	struct stat st;
	int ret;

	real_init();
	if (!kapi_fd_is_ours(fd))
		return real_fstatfs(fd, to);
	ret = fd_stat(fd, &st);
	return result(ret ?: give_statfs(&st, to));
}
EXPORT_ALIAS(fstatfs64, fstatfs);

static int give_statvfs(struct statvfs *to)
{
	const struct statvfs fs = { .f_bsize = 4096, .f_frsize = 4096, .f_namemax = 255 };

	return copy_to_user(to, &fs, sizeof(fs)) ? -EFAULT : 0;
}

EXPORT int statvfs(const char *path, struct statvfs *to)
{
	struct stat st;
	int ret;

	real_init();
	ret = stat_ours(AT_FDCWD, path, &st, true);
	if (ret == -ENXIO)
		return real_statvfs(path, to);
	return result(ret ?: give_statvfs(to));
}
EXPORT_ALIAS(statvfs64, statvfs);

EXPORT int fstatvfs(int fd, struct statvfs *to)
{
	real_init();
	if (!kapi_fd_is_ours(fd))
		return real_fstatvfs(fd, to);
	return result(give_statvfs(to));
}
EXPORT_ALIAS(fstatvfs64, fstatvfs);

/* The core's nodes belong to whoever runs it; only what nobody may do is refused. */
static int access_ours(int dirfd, const char *path, int mode, int flags)
{
	struct stat st;
	int ret;

	ret = stat_ours(dirfd, path, &st, !(flags & AT_SYMLINK_NOFOLLOW));
	if (ret)
		return ret;
	if (mode & ~(R_OK | W_OK | X_OK))
		return -EINVAL;
	if (mode & X_OK && !(st.st_mode & 0111))
		return -EACCES;
	if (geteuid() && ((mode & R_OK && !(st.st_mode & 0444)) ||
			  (mode & W_OK && !(st.st_mode & 0222))))
		return -EACCES;
	return 0;
}

EXPORT int access(const char *path, int mode)
{
	int ret;

	real_init();
	ret = access_ours(AT_FDCWD, path, mode, 0);
	return ret == -ENXIO ? real_access(path, mode) : result(ret);
}

EXPORT int faccessat(int dirfd, const char *path, int mode, int flags)
{
	int ret;

	real_init();
	ret = access_ours(dirfd, path, mode, flags);
	return ret == -ENXIO ? real_faccessat(dirfd, path, mode, flags) : result(ret);
}

EXPORT int euidaccess(const char *path, int mode)
{
	int ret;

	real_init();
	ret = access_ours(AT_FDCWD, path, mode, 0);
	return ret == -ENXIO ? real_euidaccess(path, mode) : result(ret);
}
EXPORT_ALIAS(eaccess, euidaccess);
