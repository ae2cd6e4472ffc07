// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree of nodes: finding, and what stat(), readlink() and readdir() show.
 */
#include <kapi/alone.h>
#include <kapi/file.h>
#include <kapi/vfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/minmax.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "vfs_node.h"

#define MAX_LINKS 40

/* Directories in which our nodes stand beside the host's. */
static const char *const host_dirs[] = {
	"dev", "proc", "sys", "sys/bus", "sys/class", "sys/class/misc", "sys/dev", "sys/dev/char",
	"sys/devices/virtual", "sys/devices/virtual/misc", "sys/kernel", "sys/kernel/debug",
	"sys/module",
};

/* Names in them that are ours also while there is no such node; a trailing * is for a prefix. */
static const char *const our_names[] = {
	"dev/kvm", "dev/vfio", "sys/bus/pci", "sys/bus/mdev", "sys/class/mdev_bus",
	"sys/class/vfio",
	"sys/class/vfio-dev", "sys/devices", "sys/kernel/iommu_groups", "sys/module/vfio*",
};

/* Names in directories of ours that are the host's: what libc and others ask about the machine. */
static const char *const host_names[] = { "sys/devices/system" };

bool kapi_is_host_dir(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(host_dirs); i++)
		if (!strcmp(path, host_dirs[i]))
			return true;
	return false;
}

/* Is @path one of @names or below one? */
static bool below(const char *const *names, size_t n, const char *path)
{
	while (n--) {
		size_t len = strcspn(names[n], "*");

		if (!strncmp(path, names[n], len) &&
		    (names[n][len] || !path[len] || path[len] == '/'))
			return true;
	}
	return false;
}

/* What to say when @dir does not have the first component of @rest. */
static int missing(const struct kapi_node *dir, const char *rest)
{
	char path[PATH_MAX];
	int n = dir->parent ? kapi_path_of(dir, path, sizeof(path)) : 0;

	if (n < 0 || n + strlen(rest) + 2 > sizeof(path))
		return -ENAMETOOLONG;
	snprintf(path + n, sizeof(path) - n, "/%s", rest);
	if (dir->host)
		return below(our_names, ARRAY_SIZE(our_names), path + 1) ? -ENOENT : -ENXIO;
	return below(host_names, ARRAY_SIZE(host_names), path + 1) ? -ENXIO : -ENOENT;
}

/* Follow links from @node; NULL: too many. */
static struct kapi_node *resolve(struct kapi_node *node, int *links)
{
	while (node && node->type == KAPI_LINK)
		node = ++*links > MAX_LINKS ? NULL : node->target;
	return node;
}

static int walk(const char *path, bool follow, struct kapi_node **out)
{
	struct kapi_node *node = kapi_root(), *child;
	int links = 0;

	for (;;) {
		size_t len;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (!len)
			break;
		if (node->type != KAPI_DIR)
			return -ENOTDIR;
		if (len == 1 && *path == '.') {
			child = node;
		} else if (len == 2 && !memcmp(path, "..", 2)) {
			child = node->parent ?: node;
		} else {
			child = kapi_find_child(node, path, len);
			if (!child)
				return missing(node, path);
		}
		path += len;
		/* A trailing slash asks for the directory behind a link. */
		node = *path || follow ? resolve(child, &links) : child;
		if (!node)
			return -ELOOP;
	}
	if (path[-1] == '/' && node->type != KAPI_DIR)
		return -ENOTDIR;
	if (node->host)
		return -ENXIO;
	*out = node;
	return 0;
}

int kapi_lookup(const char *path, bool follow, struct kapi_node **out)
{
	int ret;

	if (*path != '/')
		return -ENXIO;
	kapi_host_lock(&kapi_vfs_lock);
	ret = walk(path, follow, out);
	if (!ret)
		atomic_inc(&(*out)->refs);
	kapi_host_unlock(&kapi_vfs_lock);
	return ret;
}

static void fill_stat(const struct kapi_node *node, struct kapi_stat *st)
{
	memset(st, 0, sizeof(*st));
	st->type = node->type;
	st->mode = node->mode;
	st->ino = node->ino;
	if (node->type == KAPI_CHR)
		st->rdev = node->inode->i_rdev;
	if (node->type == KAPI_ATTR)
		st->size = node->ops.read || node->ops.write ? node->size : 4096;
}

void kapi_node_stat(struct kapi_node *node, struct kapi_stat *st)
{
	kapi_host_lock(&kapi_vfs_lock);
	fill_stat(node, st);
	kapi_host_unlock(&kapi_vfs_lock);
}

int kapi_node_path(struct kapi_node *node, char *buf, size_t size)
{
	int ret;

	kapi_host_lock(&kapi_vfs_lock);
	ret = kapi_path_of(node, buf, size);
	kapi_host_unlock(&kapi_vfs_lock);
	return ret;
}

/* From the directory of the link up to the common one, and down to the target. */
static int link_text(const struct kapi_node *link, char *buf, size_t size)
{
	char from[PATH_MAX], to[PATH_MAX];
	size_t i, common = 0, n = 0;

	if (kapi_path_of(link->parent, from, sizeof(from)) < 0 ||
	    kapi_path_of(link->target, to, sizeof(to)) < 0)
		return -ENAMETOOLONG;
	for (i = 0; from[i] == to[i] && from[i]; i++)
		if (from[i] == '/')
			common = i;
	if ((!from[i] && to[i] == '/') || (!to[i] && from[i] == '/'))
		common = i;
	for (i = common; from[i]; i++)
		if (from[i] == '/' && from[i + 1] && n + 4 < size)
			n += sprintf(buf + n, "../");
	n += snprintf(buf + n, size - n, "%s", to[common] ? to + common + 1 : "");
	return n < size ? (int)n : -ENAMETOOLONG;
}

int kapi_node_readlink(struct kapi_node *node, char *buf, size_t size)
{
	char text[PATH_MAX];
	int ret = -EINVAL;

	kapi_host_lock(&kapi_vfs_lock);
	if (node->type == KAPI_LINK && node->target)
		ret = link_text(node, text, sizeof(text));
	kapi_host_unlock(&kapi_vfs_lock);
	if (ret < 0)
		return ret;
	ret = min_t(size_t, ret, size);
	memcpy(buf, text, ret);
	if ((size_t)ret < size)
		buf[ret] = '\0';
	return ret;
}

int kapi_node_child(struct kapi_node *dir, unsigned int index, char *name, size_t size,
		    struct kapi_stat *st)
{
	struct kapi_node *child;
	int ret = 0;

	kapi_host_lock(&kapi_vfs_lock);
	list_for_each_entry(child, &dir->children, sibling) {
		if (index--)
			continue;
		snprintf(name, size, "%s", child->name);
		fill_stat(child, st);
		ret = 1;
		break;
	}
	kapi_host_unlock(&kapi_vfs_lock);
	return ret;
}

struct file *kapi_node_open(struct kapi_node *node, int flags)
{
	char path[PATH_MAX];
	int ret;

	if (node->type != KAPI_CHR)
		return ERR_PTR(-ENXIO);
	ret = kapi_node_path(node, path, sizeof(path));
	if (ret < 0)
		return ERR_PTR(ret);
	return kapi_file_open(node->inode, path, node->fops, flags);
}
