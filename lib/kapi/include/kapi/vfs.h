/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names under which a user program finds things: device nodes and sysfs.
 *
 * A tree of nodes in memory stands for the parts of /dev and /sys that belong
 * to the core. Whoever owns an object (the device model, the misc and chrdev
 * layer, the PCI model) creates its nodes here; lib/syscall looks paths up.
 * Nothing here touches the host's own file system.
 *
 * Locking: the tree has one lock of its own; every function takes it. show,
 * store, read and write callbacks run without it.
 */
#ifndef KAPI_VFS_H
#define KAPI_VFS_H

#include <linux/types.h>

struct file;
struct file_operations;
struct kapi_node;

enum kapi_node_type { KAPI_DIR, KAPI_ATTR, KAPI_LINK, KAPI_CHR };

/*
 * A sysfs attribute. Text attributes set show/store, binary ones (config)
 * read/write and a size. NULL means the file cannot be read or written.
 * All return a byte count or -errno.
 */
struct kapi_attr_ops {
	ssize_t (*show)(void *priv, char *buf);		/* buf: PAGE_SIZE bytes */
	ssize_t (*store)(void *priv, const char *buf, size_t count);
	ssize_t (*read)(void *priv, char *buf, loff_t off, size_t count);
	ssize_t (*write)(void *priv, const char *buf, loff_t off, size_t count);
};

/* What stat() shows of a node. */
struct kapi_stat {
	enum kapi_node_type type;
	unsigned int mode;	/* permission bits */
	unsigned long ino;
	dev_t rdev;		/* KAPI_CHR: MKDEV(major, minor) */
	loff_t size;		/* attributes 4096, binary attributes their size */
};

/*
 * Create nodes. @parent NULL is the root ("/"). Intermediate directories of a
 * path like "sys/bus/pci" are made as needed and shared if they exist. Return
 * the node, or NULL with nothing changed if the last name exists already.
 */
struct kapi_node *kapi_mkdir(struct kapi_node *parent, const char *path);
struct kapi_node *kapi_mkattr(struct kapi_node *parent, const char *name, unsigned int mode,
			      loff_t size, const struct kapi_attr_ops *ops, void *priv);
/* A symbolic link to @target; the text readlink() shows is relative, as in sysfs. */
struct kapi_node *kapi_mklink(struct kapi_node *parent, const char *name,
			      struct kapi_node *target);
/*
 * A character device node. open() of it calls @fops->open with an inode whose
 * i_rdev is @rdev and whose i_private is @priv.
 */
struct kapi_node *kapi_mkchr(struct kapi_node *parent, const char *path, unsigned int mode,
			     dev_t rdev, const struct file_operations *fops, void *priv);

/*
 * Remove a node and all below it, and every link that points into it. NULL is
 * fine. Returns true if this call removed it, false if it was gone before.
 */
bool kapi_rmnode(struct kapi_node *node);

/*
 * kapi_lookup - find the node of an absolute, normalised path
 * @follow: resolve a link in the last component too (others always are)
 *
 * Returns 0 and a referenced node in @out; -ENOENT: the path lies in a part of
 * the tree the core owns and there is no such name; -ENXIO: not ours at all,
 * the host's file system should answer; -ENOTDIR, -ELOOP.
 *
 * The core owns: /dev/kvm, /dev/vfio, /sys/bus/pci, /sys/kernel/iommu_groups,
 * /sys/class/vfio, /sys/class/vfio-dev, /sys/class/mdev_bus, /sys/bus/mdev,
 * /sys/devices, /sys/module/vfio*. Directories above them (/dev, /sys, ...)
 * are the host's.
 */
int kapi_lookup(const char *path, bool follow, struct kapi_node **out);
struct kapi_node *kapi_node_get(struct kapi_node *node);
void kapi_node_put(struct kapi_node *node);

void kapi_node_stat(struct kapi_node *node, struct kapi_stat *st);
/* Absolute path of the node; returns its length or -ENAMETOOLONG. */
int kapi_node_path(struct kapi_node *node, char *buf, size_t size);
/* Text of a link; returns its length or -EINVAL. Not NUL terminated past @size. */
int kapi_node_readlink(struct kapi_node *node, char *buf, size_t size);
/*
 * The @index-th child of a directory in creation order; returns 1 and fills
 * @name and @st, or 0 behind the last one.
 */
int kapi_node_child(struct kapi_node *dir, unsigned int index, char *name, size_t size,
		    struct kapi_stat *st);
ssize_t kapi_attr_read(struct kapi_node *node, char *buf, loff_t off, size_t count);
ssize_t kapi_attr_write(struct kapi_node *node, const char *buf, loff_t off, size_t count);

/*
 * kapi_node_open - open a character device node
 *
 * Returns a new file (release it with fput()) or ERR_PTR. -ENXIO if the node is
 * no device.
 */
struct file *kapi_node_open(struct kapi_node *node, int flags);

#endif
