// SPDX-License-Identifier: GPL-2.0-only
/* /proc/self/fdinfo of the core's descriptors, and the text that files add to it. */
#include <kapi/fail_nth.h>
#include <kapi/fdinfo.h>
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "vfs_node.h"

static ssize_t fdinfo_show(void *priv, char *buf)
{
	struct seq_file m = { .buf = buf, .size = PAGE_SIZE };
	struct file *file = kapi_fd_file((long)priv);

	if (!file)
		return -ENOENT;
	seq_printf(&m, "pos:\t%lld\nflags:\t0%o\nmnt_id:\t%d\nino:\t%lu\n", (long long)file->f_pos,
		   file->f_flags, 1, file->f_inode->i_ino);
	if (file->f_op->show_fdinfo)
		file->f_op->show_fdinfo(&m, file);
	fput(file);
	return m.count;
}

static const struct kapi_attr_ops fdinfo_ops = { .show = fdinfo_show };

static bool number(const char **at, long *n)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	*n = strtol(*at, &end, 10);
	*at = end;
	return true;
}

/* The descriptor that a path names; -1: it is no name of such a file. */
static long fd_of(const char *path)
{
	long pid = getpid(), fd;

	if (strncmp(path, "/proc/", 6))
		return -1;
	path += 6;
	if (!strncmp(path, "self", 4))
		path += 4;
	else if (!strncmp(path, "thread-self", 11))
		path += 11;
	else if (!number(&path, &pid) || pid != getpid())
		return -1;
	if (strncmp(path, "/fdinfo/", 8))
		return -1;
	path += 8;
	return number(&path, &fd) && !*path && fd <= INT_MAX ? fd : -1;
}

int kapi_fdinfo_node(const char *path, struct kapi_node **out)
{
	struct kapi_node *node, *dir;
	long fd = fd_of(path);
	char name[64];

	if (fd < 0 || !kapi_fd_is_ours(fd) || kapi_fd_is_hidden(fd))
		return -ENXIO;
	snprintf(name, sizeof(name), "/proc/%d/fdinfo/%ld", getpid(), fd);
	if (!kapi_lookup(name, false, out))
		return 0;
	/* As with fail-nth: the directories stay the host's. */
	node = kapi_mkattr(NULL, name, 0444, 0, &fdinfo_ops, (void *)fd);
	pthread_mutex_lock(&kapi_vfs_lock);
	for (dir = node ? node->parent : NULL; dir; dir = dir->parent)
		dir->host = true;
	pthread_mutex_unlock(&kapi_vfs_lock);
	return kapi_lookup(name, false, out) ? -ENXIO : 0;
}
