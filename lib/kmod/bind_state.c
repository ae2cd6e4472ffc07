// SPDX-License-Identifier: GPL-2.0-only
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "kmod/bind_state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD	"vfio-compliance binding 1"

static int state_path(char *path, size_t size, const char *bdf, const char *suffix)
{
	const char *dir = getenv("VFIO_COMPLIANCE_STATE");

	if (!bind_valid_bdf(bdf))
		return -EINVAL;
	if (!dir || !*dir)
		dir = "/run/vfio-compliance";
	if (mkdir(dir, 0755) && errno != EEXIST)
		return -errno;
	if (snprintf(path, size, "%s/%s%s", dir, bdf, suffix) >= (int)size)
		return -ENAMETOOLONG;
	return 0;
}

int bind_state_save(const struct binding *b)
{
	char path[PATH_MAX], tmp[PATH_MAX + 16];
	FILE *f;
	int ret;

	ret = state_path(path, sizeof(path), b->bdf, "");
	if (ret)
		return ret;
	snprintf(tmp, sizeof(tmp), "%s.%d", path, getpid());
	f = fopen(tmp, "we");
	if (!f)
		return -errno;
	fprintf(f, HEAD "\n%s\n%s\n%s\n", b->bdf, b->driver, b->override);
	ret = ferror(f) ? -EIO : 0;
	if (fclose(f) && !ret)
		ret = -errno;
	if (!ret && renameat2(AT_FDCWD, tmp, AT_FDCWD, path, RENAME_NOREPLACE))
		ret = -errno;
	if (ret)
		unlink(tmp);
	return ret;
}

static int read_line(FILE *f, char *text, size_t size)
{
	size_t len;

	if (!fgets(text, size, f))
		return -EBADMSG;
	len = strlen(text);
	if (!len || text[len - 1] != '\n')
		return -EBADMSG;
	text[len - 1] = '\0';
	return strchr(text, '/') ? -EBADMSG : 0;
}

int bind_state_load(const char *bdf, struct binding *b)
{
	char path[PATH_MAX], head[sizeof(HEAD) + 2];
	FILE *f;
	int ret;

	*b = (struct binding){ 0 };
	ret = state_path(path, sizeof(path), bdf, "");
	if (ret)
		return ret;
	f = fopen(path, "re");
	if (!f)
		return -errno;
	ret = read_line(f, head, sizeof(head));
	if (!ret && strcmp(head, HEAD))
		ret = -EBADMSG;
	if (!ret)
		ret = read_line(f, b->bdf, sizeof(b->bdf));
	if (!ret && strcmp(b->bdf, bdf))
		ret = -EBADMSG;
	if (!ret)
		ret = read_line(f, b->driver, sizeof(b->driver));
	if (!ret)
		ret = read_line(f, b->override, sizeof(b->override));
	if (!ret && getc(f) != EOF)
		ret = -EBADMSG;
	fclose(f);
	return ret;
}

int bind_state_drop(const char *bdf)
{
	char path[PATH_MAX];
	int ret = state_path(path, sizeof(path), bdf, "");

	if (ret)
		return ret;
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

int bind_lock(const char *bdf)
{
	char path[PATH_MAX];
	int fd, ret = state_path(path, sizeof(path), bdf, ".lock");

	if (ret)
		return ret;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		ret = -errno;
		close(fd);
		return ret;
	}
	return fd;
}
