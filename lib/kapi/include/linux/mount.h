/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_MOUNT_H
#define KAPI_LINUX_MOUNT_H

#include <linux/fs.h>

struct fs_context;

/* What a mount shows; the file system's own. */
struct super_block {
	unsigned long s_magic;
	struct file_system_type *s_type;
	struct pseudo_fs_context *kapi_context;
};

struct vfsmount {
	struct super_block *mnt_sb;
};

struct file_system_type {
	const char *name;
	struct module *owner;
	int (*init_fs_context)(struct fs_context *fc);
	void (*kill_sb)(struct super_block *sb);
};

/*
 * Mount @type inside of the kernel, once for all callers: @mount is shared, @count
 * says how many there are. 0, -ENODEV (its module goes), or -errno.
 */
int simple_pin_fs(struct file_system_type *type, struct vfsmount **mount, int *count);
/* The last one unmounts. */
void simple_release_fs(struct vfsmount **mount, int *count);
void kill_anon_super(struct super_block *sb);

#endif
