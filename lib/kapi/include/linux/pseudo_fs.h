/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_PSEUDO_FS_H
#define KAPI_LINUX_PSEUDO_FS_H

#include <linux/fs.h>
#include <linux/mount.h>

/* A file system that cannot be mounted: it only gives inodes their super block. */
struct fs_context {
	struct super_block *root_sb;	/* made by init_pseudo() */
};

struct pseudo_fs_context {
	unsigned long magic;
};

/* From a file_system_type's init_fs_context. NULL without memory. */
struct pseudo_fs_context *init_pseudo(struct fs_context *fc, unsigned long magic);

#endif
