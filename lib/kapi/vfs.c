// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree of nodes: making and removing.
 */
#include <kapi/alone.h>
#include <kapi/fail_nth.h>
#include <kapi/file.h>
#include <kapi/objects.h>
#include <kapi/vfs.h>
#include <linux/bug.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <stdlib.h>
#include <string.h>
#include "thread.h"
#include "vfs_node.h"

pthread_mutex_t kapi_vfs_lock = PTHREAD_MUTEX_INITIALIZER;

static struct kapi_node *new_node(enum kapi_node_type type, unsigned int mode, const char *name,
				  size_t len)
{
	static unsigned long last_ino = 1;
	struct kapi_node *node;

	node = kapi_should_fail(KAPI_FAIL_ALLOC) ? NULL : calloc(1, sizeof(*node) + len + 1);
	if (!node)
		return NULL;
	kapi_object_add(KAPI_NODES, 1);
	atomic_set(&node->refs, 1);
	node->type = type;
	node->mode = mode;
	node->ino = ++last_ino;
	INIT_LIST_HEAD(&node->sibling);
	INIT_LIST_HEAD(&node->children);
	INIT_LIST_HEAD(&node->links);
	INIT_LIST_HEAD(&node->target_entry);
	memcpy(node->name, name, len);
	return node;
}

struct kapi_node *kapi_root(void)
{
	static struct kapi_node *root;

	if (!root) {
		root = new_node(KAPI_DIR, 0755, "", 0);
		BUG_ON(!root);
		root->host = true;
	}
	return root;
}

struct kapi_node *kapi_node_get(struct kapi_node *node)
{
	atomic_inc(&node->refs);
	return node;
}

void kapi_node_put(struct kapi_node *node)
{
	while (node && atomic_dec_and_test(&node->refs)) {
		struct kapi_node *parent = node->parent;

		if (node->inode)
			iput(node->inode);
		if (node->release)
			node->release(node->priv);
		free(node);
		kapi_object_add(KAPI_NODES, -1);
		node = parent;
	}
}

struct kapi_node *kapi_find_child(const struct kapi_node *dir, const char *name, size_t len)
{
	struct kapi_node *child;

	list_for_each_entry(child, &dir->children, sibling)
		if (child->name[0] == name[0] && !strncmp(child->name, name, len) &&
		    !child->name[len])
			return child;
	return NULL;
}

struct kapi_node *kapi_node_find(struct kapi_node *dir, const char *name)
{
	struct kapi_node *child;

	kapi_host_lock(&kapi_vfs_lock);
	child = kapi_find_child(dir ?: kapi_root(), name, strlen(name));
	if (child)
		atomic_inc(&child->refs);
	kapi_host_unlock(&kapi_vfs_lock);
	return child;
}

int kapi_node_error(struct kapi_node *dir, const char *name)
{
	struct kapi_node *node = kapi_node_find(dir, name);

	kapi_node_put(node);
	return node ? -EEXIST : -ENOMEM;
}

int kapi_path_of(const struct kapi_node *node, char *buf, size_t size)
{
	size_t len = 0, n;
	const struct kapi_node *p;

	for (p = node; p->parent; p = p->parent)
		len += strlen(p->name) + 1;
	if (len + 2 > size)
		return -ENAMETOOLONG;
	if (!len)
		return strlen(strcpy(buf, "/"));
	buf[len] = '\0';
	for (p = node, n = len; p->parent; p = p->parent) {
		size_t part = strlen(p->name);

		n -= part;
		memcpy(buf + n, p->name, part);
		buf[--n] = '/';
	}
	return len;
}

static void attach(struct kapi_node *dir, struct kapi_node *node)
{
	char path[256];

	atomic_inc(&dir->refs);
	node->parent = dir;
	list_add_tail(&node->sibling, &dir->children);
	if (node->type == KAPI_DIR && dir->host && kapi_path_of(node, path, sizeof(path)) > 0)
		node->host = kapi_is_host_dir(path + 1);
}

/*
 * Take @node and all below it out of the tree; nodes that have been taken out
 * gather in @gone. Lock held.
 */
static void unlink_node(struct kapi_node *node, struct list_head *gone)
{
	struct kapi_node *link;

	while (!list_empty(&node->children))
		unlink_node(list_first_entry(&node->children, struct kapi_node, sibling), gone);
	while ((link = list_first_entry_or_null(&node->links, struct kapi_node, target_entry)))
		unlink_node(link, gone);
	if (node->target) {
		list_del_init(&node->target_entry);
		kapi_node_put(node->target);
		node->target = NULL;
	}
	node->removed = true;
	list_move_tail(&node->sibling, gone);
}

/* As devtmpfs does with directories that it made itself: they go with what they were for. */
static void unlink_implied(struct kapi_node *dir, struct list_head *gone)
{
	while (dir->implied && list_empty(&dir->children)) {
		struct kapi_node *up = dir->parent;

		unlink_node(dir, gone);
		dir = up;
	}
}

static void put_gone(struct list_head *gone)
{
	struct kapi_node *node, *next;

	list_for_each_entry_safe(node, next, gone, sibling) {
		list_del_init(&node->sibling);
		kapi_node_put(node);
	}
}

/* What was to be in @dir could not be made. */
static void forget_implied(struct kapi_node *dir)
{
	LIST_HEAD(gone);

	unlink_implied(dir, &gone);
	put_gone(&gone);
}

/*
 * The directory in which the last component of *@path belongs, with what lies
 * between made on the way; *@path is moved to that component. NULL without
 * memory or if something on the way is no directory.
 */
static struct kapi_node *make_parents(struct kapi_node *dir, const char **path, bool implied)
{
	const char *slash;

	if (!dir)
		dir = kapi_root();
	if (dir->type != KAPI_DIR || dir->removed)
		return NULL;
	while (**path == '/')
		(*path)++;
	while ((slash = strchr(*path, '/')) && slash[1]) {
		struct kapi_node *child = kapi_find_child(dir, *path, slash - *path);

		if (!child) {
			child = new_node(KAPI_DIR, 0755, *path, slash - *path);
			if (!child) {
				forget_implied(dir);
				return NULL;
			}
			child->implied = implied;
			attach(dir, child);
		}
		if (child->type != KAPI_DIR)
			return NULL;
		dir = child;
		*path = slash + 1;
	}
	return dir;
}

/* Lock held. */
static struct kapi_node *make(struct kapi_node *parent, const char *path,
			      enum kapi_node_type type, unsigned int mode)
{
	struct kapi_node *dir = make_parents(parent, &path, type == KAPI_CHR), *node;
	size_t len = strcspn(path, "/");

	if (!dir || !len || kapi_find_child(dir, path, len))
		return NULL;
	node = new_node(type, mode, path, len);
	if (node)
		attach(dir, node);
	else
		forget_implied(dir);
	return node;
}

struct kapi_node *kapi_mkdir(struct kapi_node *parent, const char *path)
{
	struct kapi_node *node;

	kapi_host_lock(&kapi_vfs_lock);
	node = make(parent, path, KAPI_DIR, 0755);
	kapi_host_unlock(&kapi_vfs_lock);
	return node;
}

struct kapi_node *kapi_mkattr(struct kapi_node *parent, const char *name, unsigned int mode,
			      loff_t size, const struct kapi_attr_ops *ops, void *priv)
{
	struct kapi_node *node;

	kapi_host_lock(&kapi_vfs_lock);
	node = make(parent, name, KAPI_ATTR, mode);
	if (node) {
		node->ops = *ops;
		node->priv = priv;
		node->size = size;
	}
	kapi_host_unlock(&kapi_vfs_lock);
	return node;
}

struct kapi_node *kapi_mklink(struct kapi_node *parent, const char *name,
			      struct kapi_node *target)
{
	struct kapi_node *node = NULL;

	kapi_host_lock(&kapi_vfs_lock);
	if (target && !target->removed)
		node = make(parent, name, KAPI_LINK, 0777);
	if (node) {
		atomic_inc(&target->refs);
		node->target = target;
		list_add_tail(&node->target_entry, &target->links);
	}
	kapi_host_unlock(&kapi_vfs_lock);
	return node;
}

struct kapi_node *kapi_mkchr(struct kapi_node *parent, const char *path, unsigned int mode,
			     dev_t rdev, const struct file_operations *fops, void *priv)
{
	struct inode *inode = kapi_inode_alloc(S_IFCHR | mode, rdev, priv);
	struct kapi_node *node;

	if (IS_ERR(inode))
		return NULL;
	kapi_host_lock(&kapi_vfs_lock);
	node = make(parent, path, KAPI_CHR, mode);
	if (node) {
		node->inode = inode;
		node->fops = fops;
	}
	kapi_host_unlock(&kapi_vfs_lock);
	if (!node)
		iput(inode);
	return node;
}

bool kapi_rmnode(struct kapi_node *node)
{
	struct kapi_node *dir;
	LIST_HEAD(gone);
	bool removed;

	if (!node)
		return false;
	kapi_host_lock(&kapi_vfs_lock);
	removed = !node->removed;
	if (removed) {
		dir = node->parent;
		unlink_node(node, &gone);
		unlink_implied(dir, &gone);
	}
	list_for_each_entry(node, &gone, sibling)
		kapi_attr_drain(node);
	kapi_host_unlock(&kapi_vfs_lock);
	put_gone(&gone);
	return removed;
}

void kapi_vfs_fork_prepare(void)
{
	kapi_host_lock(&kapi_vfs_lock);
}

void kapi_vfs_fork_parent(void)
{
	kapi_host_unlock(&kapi_vfs_lock);
}

void kapi_vfs_fork_child(void)
{
	kapi_attr_fork_child();
	kapi_host_unlock(&kapi_vfs_lock);
}
