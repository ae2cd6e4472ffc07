/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files for those who debug, below /sys/kernel/debug. They are nodes of the tree of
 * kapi/vfs.h. An error of one function may be given to the next as its parent.
 */
#ifndef KAPI_LINUX_DEBUGFS_H
#define KAPI_LINUX_DEBUGFS_H

#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/types.h>

struct dentry;
struct device;

/* @parent NULL: the top. ERR_PTR(-EEXIST), or -ENOMEM. */
struct dentry *debugfs_create_dir(const char *name, struct dentry *parent);
/*
 * A file whose text @read writes; it gets a seq_file with @dev in ->private. Gone
 * with @dev's driver, or by debugfs_remove() before.
 */
void debugfs_create_devm_seqfile(struct device *dev, const char *name, struct dentry *parent,
				 int (*read)(struct seq_file *s, void *data));
/* Numbers; in hexadecimal with leading zeros for x. They can be written if @mode says so. */
void debugfs_create_u32(const char *name, umode_t mode, struct dentry *parent, u32 *value);
void debugfs_create_u64(const char *name, umode_t mode, struct dentry *parent, u64 *value);
void debugfs_create_bool(const char *name, umode_t mode, struct dentry *parent, bool *value);
/* With all below. NULL and errors are fine. */
void debugfs_remove(struct dentry *dentry);
#define debugfs_remove_recursive debugfs_remove
/* The one of that name below @parent, or NULL. For debugfs_remove() only; no reference. */
struct dentry *debugfs_lookup(const char *name, struct dentry *parent);

#endif
