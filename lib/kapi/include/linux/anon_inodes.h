/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_ANON_INODES_H
#define KAPI_LINUX_ANON_INODES_H

#include <linux/fs.h>

/*
 * A file without a name in any directory: "anon_inode:@name" in /proc/self/fd.
 * O_ACCMODE and O_NONBLOCK of @flags apply. lseek() needs an llseek operation;
 * pread() and pwrite() are off until FMODE_PREAD and FMODE_PWRITE are set.
 * Returns the file with one reference, or ERR_PTR(-ENOENT: the module goes,
 * -ENOMEM).
 */
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv,
				int flags);
/* The same with more f_mode bits. */
struct file *anon_inode_getfile_fmode(const char *name, const struct file_operations *fops,
				      void *priv, int flags, fmode_t mode);
/* The same, installed: a descriptor (O_CLOEXEC in @flags) or -errno. */
int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags);

#endif
