// SPDX-License-Identifier: GPL-2.0-only
/*
 * fopen() of names of the core, and fdopen() of its descriptors.
 *
 * libc reads and writes the descriptor behind a FILE without calling read() and
 * write() by name. Behind that of an attribute opened for reading is a file with
 * its content (node_file.c); everything else becomes a stream with functions of
 * ours (libc_stream.c).
 */
#include "real.h"
#include <kapi/syscalls.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "path.h"
#include "libc_stream.h"

static int flags_of(const char *mode)
{
	int flags = *mode == 'r' ? O_RDONLY : *mode == 'w' ? O_WRONLY | O_TRUNC :
		    *mode == 'a' ? O_WRONLY | O_APPEND : -1;

	if (flags < 0)
		return -1;
	for (mode++; *mode && *mode != ','; mode++) {
		if (*mode == '+')
			flags = (flags & ~O_ACCMODE) | O_RDWR;
		else if (*mode == 'e')
			flags |= O_CLOEXEC;
		else if (*mode == 'x')
			flags |= O_CREAT | O_EXCL;
	}
	return flags;
}

/* The stream, or NULL with errno. Called with a node of the core. */
static FILE *open_stream(struct kapi_node *node, const char *mode)
{
	struct kapi_stat st;
	int flags = flags_of(mode), fd;
	FILE *file;

	if (flags < 0) {
		errno = EINVAL;
		return NULL;
	}
	kapi_node_stat(node, &st);
	fd = node_open(node, flags);
	if (fd >= 0 && st.type == KAPI_ATTR && (flags & O_ACCMODE) == O_RDONLY) {
		file = real_fdopen(fd, mode);
		if (!file)
			kapi_sys_close(fd);
		return file;
	}
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	file = stdio_stream(fd, mode);
	if (!file)
		kapi_sys_close(fd);
	return file;
}

EXPORT FILE *fopen(const char *path, const char *mode)
{
	struct kapi_node *node;
	FILE *file;
	int ret;

	real_init();
	ret = path_find(AT_FDCWD, path, true, &node);
	if (ret == -ENXIO)
		return real_fopen(path, mode);
	if (ret) {
		errno = -ret;
		return NULL;
	}
	file = open_stream(node, mode);
	kapi_node_put(node);
	return file;
}
EXPORT_ALIAS(fopen64, fopen);

EXPORT FILE *fdopen(int fd, const char *mode)
{
	int flags = flags_of(mode), access;

	real_init();
	if (!kapi_fd_is_ours(fd) || flags < 0)
		return real_fdopen(fd, mode);
	access = kapi_sys_getfl(fd);
	if (access < 0)
		return real_fdopen(fd, mode);
	access &= O_ACCMODE;
	if (access != O_RDWR && access != (flags & O_ACCMODE)) {
		errno = EINVAL;
		return NULL;
	}
	/* What is only read has its content where libc looks for it. */
	return access == O_RDONLY ? real_fdopen(fd, mode) : stdio_stream(fd, mode);
}

/*
 * libc closes the descriptor of a stream without calling close() by name. The
 * file goes first: until then its number cannot be used again.
 */
static void leave_descriptor(FILE *stream)
{
	int fd = fileno(stream);

	/* One that can be written is behind a stream of ours, which closes by name. */
	if (fd >= 0 && kapi_fd_is_ours(fd) && (kapi_sys_getfl(fd) & O_ACCMODE) == O_RDONLY)
		kapi_fd_forget(fd);
}

EXPORT int fclose(FILE *stream)
{
	real_init();
	leave_descriptor(stream);
	return real_fclose(stream);
}

/*
 * Only what is read can take the place of another stream, through its content:
 * the functions of a stream cannot be exchanged.
 */
static FILE *reopen_ours(struct kapi_node *node, const char *mode, FILE *stream)
{
	int flags = flags_of(mode), fd = -EINVAL;
	char link[40];
	FILE *file;

	if (flags >= 0)
		fd = (flags & O_ACCMODE) == O_RDONLY ? node_open(node, flags) : -EOPNOTSUPP;
	if (fd < 0) {
		fclose(stream);
		errno = -fd;
		return NULL;
	}
	leave_descriptor(stream);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	file = real_freopen(link, mode, stream);
	kapi_sys_close(fd);
	return file;
}

EXPORT FILE *freopen(const char *path, const char *mode, FILE *stream)
{
	struct kapi_node *node;
	FILE *file;
	int ret = -ENXIO;

	real_init();
	/* NULL means another mode for the same file. */
	if ((unsigned long)path)
		ret = path_find(AT_FDCWD, path, true, &node);
	if (!ret) {
		file = reopen_ours(node, mode, stream);
		kapi_node_put(node);
		return file;
	}
	if (ret != -ENXIO) {
		fclose(stream);
		errno = -ret;
		return NULL;
	}
	leave_descriptor(stream);
	return real_freopen(path, mode, stream);
}
EXPORT_ALIAS(freopen64, freopen);
