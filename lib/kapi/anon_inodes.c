// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files without a name in any directory. They share one inode.
 */
#include <kapi/fail_nth.h>
#include <kapi/file.h>
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdio.h>

static struct inode *shared_inode;
static pthread_once_t shared_once = PTHREAD_ONCE_INIT;

static void make_shared(void)
{
	/* Of the boot, as it were: whoever comes first. */
	kapi_fail_pause();
	shared_inode = kapi_inode_alloc(0600, 0, NULL);
	kapi_fail_resume();
}

struct inode *alloc_anon_inode(struct super_block *sb)
{
	struct inode *inode = kapi_inode_alloc(0600, 0, NULL);

	if (!IS_ERR(inode))
		inode->i_sb = sb;
	return inode;
}

struct file *anon_inode_getfile_fmode(const char *name, const struct file_operations *fops,
				      void *priv, int flags, fmode_t mode)
{
	struct file *file;
	char full[64];

	pthread_once(&shared_once, make_shared);
	if (IS_ERR(shared_inode))
		return ERR_PTR(-ENOMEM);
	if (!fops_get(fops))
		return ERR_PTR(-ENOENT);
	ihold(shared_inode);
	snprintf(full, sizeof(full), "anon_inode:%s", name);
	file = kapi_file_alloc(shared_inode, full, fops, flags & (O_ACCMODE | O_NONBLOCK));
	if (IS_ERR(file)) {
		iput(shared_inode);
		fops_put(fops);
		return file;
	}
	file->private_data = priv;
	file->f_mode |= mode;
	return file;
}

struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv,
				int flags)
{
	return anon_inode_getfile_fmode(name, fops, priv, flags, 0);
}

int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(flags);
	if (fd < 0)
		return fd;
	file = anon_inode_getfile(name, fops, priv, flags);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}
