/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the vfs*.c files: a node of the tree. See kapi/vfs.h.
 */
#ifndef KAPI_VFS_NODE_H
#define KAPI_VFS_NODE_H

#include <kapi/vfs.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <pthread.h>

struct inode;

struct kapi_node {
	atomic_t refs;			/* one is the tree's */
	enum kapi_node_type type;
	unsigned int mode;
	unsigned long ino;
	bool host;			/* a directory that belongs to the host */
	bool implied;			/* made on the way to a device node */
	bool removed;
	struct kapi_node *parent;	/* with a reference */
	struct list_head sibling, children;
	struct list_head links;		/* links that point here */
	/* KAPI_LINK */
	struct kapi_node *target;
	struct list_head target_entry;
	/* KAPI_ATTR */
	struct kapi_attr_ops ops;
	void *priv;
	void (*release)(void *priv);	/* when the node is freed */
	loff_t size;
	/* KAPI_CHR */
	struct inode *inode;
	const struct file_operations *fops;
	char name[];
};

extern pthread_mutex_t kapi_vfs_lock;
/* Absolute path, lock held; its length or -ENAMETOOLONG. "/" for the root. */
int kapi_path_of(const struct kapi_node *node, char *buf, size_t size);
struct kapi_node *kapi_root(void);
struct kapi_node *kapi_find_child(const struct kapi_node *dir, const char *name, size_t len);
/* Forget the callbacks of threads that the child does not have. */
void kapi_attr_fork_child(void);
/* Wait until no other thread is in a callback of @node. Lock held, dropped meanwhile. */
void kapi_attr_drain(struct kapi_node *node);
/* The child of @dir with this name, with a reference; NULL. Takes the lock. */
struct kapi_node *kapi_node_find(struct kapi_node *dir, const char *name);
/* Why the name could not be made in @dir (NULL: the root): -EEXIST, or -ENOMEM. */
int kapi_node_error(struct kapi_node *dir, const char *name);
/* Does the host own the directory @path (without leading slash)? */
bool kapi_is_host_dir(const char *path);

#endif
