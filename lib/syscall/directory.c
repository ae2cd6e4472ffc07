// SPDX-License-Identifier: GPL-2.0-only
/*
 * opendir() and its kin, scandir(), glob().
 */
#include "real.h"
#include <kapi/syscalls.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "path.h"

/*
 * What a DIR of ours points to. libc's begins with the descriptor, so that no
 * DIR of libc has a negative number there.
 */
#define OUR_MAGIC ((int)0x8d123456)

struct our_dir {
	int magic;
	int fd;			/* -1 until somebody asks */
	struct kapi_node *node;
	long pos;		/* 0 ".", 1 "..", then the children */
	struct dirent entry;
};

static struct our_dir *ours(DIR *dir)
{
	return *(int *)dir == OUR_MAGIC ? (struct our_dir *)dir : NULL;
}

/* Consumes the reference on @node. */
static DIR *make_dir(struct kapi_node *node, int fd)
{
	struct our_dir *dir;
	struct kapi_stat st;

	kapi_node_stat(node, &st);
	if (st.type != KAPI_DIR) {
		kapi_node_put(node);
		errno = ENOTDIR;
		return NULL;
	}
	dir = calloc(1, sizeof(*dir));
	if (!dir) {
		kapi_node_put(node);
		return NULL;
	}
	dir->magic = OUR_MAGIC;
	dir->fd = fd;
	dir->node = node;
	return (DIR *)dir;
}

EXPORT DIR *opendir(const char *path)
{
	struct kapi_node *node;
	int ret;

	real_init();
	ret = path_find(AT_FDCWD, path, true, &node);
	if (ret == -ENXIO)
		return real_opendir(path);
	if (ret) {
		errno = -ret;
		return NULL;
	}
	return make_dir(node, -1);
}

EXPORT DIR *fdopendir(int fd)
{
	struct kapi_node *node;

	real_init();
	if (!kapi_fd_is_ours(fd))
		return real_fdopendir(fd);
	node = node_of_fd(fd);
	if (!node) {
		errno = kapi_sys_getfl(fd) < 0 ? EBADF : ENOTDIR;
		return NULL;
	}
	return make_dir(node, fd);
}

static bool fill(struct our_dir *dir, struct dirent *entry)
{
	static const unsigned char types[] = { [KAPI_DIR] = DT_DIR, [KAPI_ATTR] = DT_REG,
					       [KAPI_LINK] = DT_LNK, [KAPI_CHR] = DT_CHR };
	struct kapi_stat st;

	memset(entry, 0, offsetof(struct dirent, d_name));
	if (dir->pos < 2) {
		kapi_node_stat(dir->node, &st);
		strcpy(entry->d_name, dir->pos ? ".." : ".");
	} else if (!kapi_node_child(dir->node, dir->pos - 2, entry->d_name, sizeof(entry->d_name),
				    &st)) {
		return false;
	}
	entry->d_type = types[st.type];
	entry->d_ino = st.ino;
	entry->d_off = ++dir->pos;
	entry->d_reclen = sizeof(*entry);
	return true;
}

EXPORT struct dirent *readdir(DIR *stream)
{
	struct our_dir *dir = ours(stream);

	real_init();
	if (!dir)
		return real_readdir(stream);
	return fill(dir, &dir->entry) ? &dir->entry : NULL;
}
EXPORT_ALIAS(readdir64, readdir);

/* As libc declares it, with a warning not to use it. */
EXPORT int readdir_r(DIR *stream, struct dirent *entry, struct dirent **out)
{
	struct our_dir *dir = ours(stream);

	real_init();
	if (!dir)
		return real_readdir_r(stream, entry, out);
	*out = fill(dir, entry) ? entry : NULL;
	return 0;
}
EXPORT_ALIAS(readdir64_r, readdir_r);

EXPORT int closedir(DIR *stream)
{
	struct our_dir *dir = ours(stream);

	real_init();
	if (!dir)
		return real_closedir(stream);
	if (dir->fd >= 0)
		kapi_sys_close(dir->fd);
	kapi_node_put(dir->node);
	dir->magic = 0;
	free(dir);
	return 0;
}

EXPORT void rewinddir(DIR *stream)
{
	seekdir(stream, 0);
	if (!ours(stream))
		real_rewinddir(stream);
}

EXPORT long telldir(DIR *stream)
{
	struct our_dir *dir = ours(stream);

	real_init();
	return dir ? dir->pos : real_telldir(stream);
}

EXPORT void seekdir(DIR *stream, long pos)
{
	struct our_dir *dir = ours(stream);

	real_init();
	if (dir)
		dir->pos = pos;
	else
		real_seekdir(stream, pos);
}

EXPORT int dirfd(DIR *stream)
{
	struct our_dir *dir = ours(stream);

	real_init();
	if (!dir)
		return real_dirfd(stream);
	if (dir->fd < 0) {
		int fd = node_open(dir->node, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			return result(fd);
		dir->fd = fd;
	}
	return dir->fd;
}

typedef int (*compare_fn)(const struct dirent **, const struct dirent **);

/* What libc does inside, through the functions above. */
static int scan(DIR *dir, struct dirent ***list, int (*filter)(const struct dirent *),
		compare_fn compare)
{
	struct dirent **names = NULL, **bigger, *entry, *copy;
	int n = 0, max = 0;

	while ((entry = readdir(dir))) {
		if (filter && !filter(entry))
			continue;
		if (n == max) {
			max = max * 2 + 16;
			bigger = realloc(names, max * sizeof(*names));
			if (!bigger)
				goto fail;
			names = bigger;
		}
		copy = malloc(sizeof(*copy));
		if (!copy)
			goto fail;
		names[n++] = memcpy(copy, entry, sizeof(*copy));
	}
	closedir(dir);
	if (n && compare)
		qsort(names, n, sizeof(*names), (int (*)(const void *, const void *))compare);
	*list = names;
	return n;
fail:
	while (n)
		free(names[--n]);
	free(names);
	closedir(dir);
	errno = ENOMEM;
	return -1;
}

EXPORT int scandir(const char *path, struct dirent ***list, int (*filter)(const struct dirent *),
		   compare_fn compare)
{
	struct kapi_node *node;
	DIR *dir;
	int ret;

	real_init();
	ret = path_find(AT_FDCWD, path, true, &node);
	if (ret == -ENXIO)
		return real_scandir(path, list, filter, compare);
	if (ret)
		return result(ret);
	dir = make_dir(node, -1);
	return dir ? scan(dir, list, filter, compare) : -1;
}
EXPORT_ALIAS(scandir64, scandir);

static void close_for_glob(void *dir)
{
	closedir(dir);
}

static void *open_for_glob(const char *path)
{
	return opendir(path);
}

static struct dirent *read_for_glob(void *dir)
{
	return readdir(dir);
}

/* libc's, through the functions here where the pattern may lead to the core. */
EXPORT int glob(const char *pattern, int flags, int (*errfunc)(const char *, int), glob_t *out)
{
	real_init();
	if (flags & GLOB_ALTDIRFUNC || !path_ready ||
	    (strncmp(pattern, "/sys", 4) && strncmp(pattern, "/dev", 4)))
		return real_glob(pattern, flags, errfunc, out);
	out->gl_opendir = open_for_glob;
	out->gl_readdir = read_for_glob;
	out->gl_closedir = close_for_glob;
	out->gl_stat = stat;
	out->gl_lstat = lstat;
	return real_glob(pattern, flags | GLOB_ALTDIRFUNC, errfunc, out);
}
EXPORT_ALIAS(glob64, glob);
