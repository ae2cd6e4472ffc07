// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files and inodes: their life.
 *
 * Memory of a struct file is never given back, only used again for another one
 * (see fd.c for why).
 */
#include <kapi/alone.h>
#include <kapi/fail_nth.h>
#include <kapi/file.h>
#include <kapi/objects.h>
#include <kapi/task.h>
#include <linux/anon_inodes.h>
#include <linux/cdev.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/uaccess.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *pool;

void kapi_file_lock(bool lock)
{
	if (lock)
		kapi_host_lock(&pool_lock);
	else
		kapi_host_unlock(&pool_lock);
}

/* A file with a count of 0, which no lookup takes. */
static struct file *pool_get(void)
{
	struct file *file;

	kapi_host_lock(&pool_lock);
	file = pool;
	if (file)
		pool = file->kapi_next;
	kapi_host_unlock(&pool_lock);
	return file ?: calloc(1, sizeof(*file));
}

static void pool_put(struct file *file)
{
	kapi_host_lock(&pool_lock);
	file->kapi_next = pool;
	pool = file;
	kapi_host_unlock(&pool_lock);
}

struct inode *kapi_inode_alloc(umode_t mode, dev_t rdev, void *priv)
{
	static unsigned long last_ino = 1024;
	struct inode *inode;

	inode = kapi_should_fail(KAPI_FAIL_ALLOC) ? NULL : calloc(1, sizeof(*inode));
	if (!inode)
		return ERR_PTR(-ENOMEM);
	kapi_object_add(KAPI_INODES, 1);
	atomic_set(&inode->i_count, 1);
	inode->i_mode = mode;
	inode->i_rdev = rdev;
	inode->i_private = priv;
	inode->i_ino = __atomic_add_fetch(&last_ino, 1, __ATOMIC_RELAXED);
	inode->i_mapping = &inode->i_data;
	inode->i_data.host = inode;
	return inode;
}

void ihold(struct inode *inode)
{
	atomic_inc(&inode->i_count);
}

void iput(struct inode *inode)
{
	if (inode && atomic_dec_and_test(&inode->i_count)) {
		free(inode);
		kapi_object_add(KAPI_INODES, -1);
	}
}

struct file *kapi_file_alloc(struct inode *inode, const char *name,
			     const struct file_operations *fops, int flags)
{
	struct file *file = kapi_should_fail(KAPI_FAIL_FILE) ? NULL : pool_get();

	if (!file)
		return ERR_PTR(-ENOMEM);
	kapi_object_add(KAPI_FILES, 1);
	file->f_mode = OPEN_FMODE(flags) | FMODE_OPENED;
	file->f_flags = flags;
	file->f_op = fops;
	file->private_data = NULL;
	file->f_pos = 0;
	file->f_inode = inode;
	file->f_mapping = inode->i_mapping;
	file->kapi_next = NULL;
	file->kapi_host_fd = -1;
	file->kapi_placeholder = -1;
	spin_lock_init(&file->f_lock);
	strscpy(file->name, name, sizeof(file->name));
	if (fops->llseek)
		file->f_mode |= FMODE_LSEEK;
	if (file->f_mode & FMODE_READ && fops->read)
		file->f_mode |= FMODE_CAN_READ;
	if (file->f_mode & FMODE_WRITE && fops->write)
		file->f_mode |= FMODE_CAN_WRITE;
	/* Makes all of the above visible to lookups. */
	__atomic_store_n(&file->f_count.counter, 1, __ATOMIC_RELEASE);
	return file;
}

/* Back to the pool, without release(). */
static void file_free(struct file *file)
{
	if (file->kapi_placeholder >= 0)
		kapi_fd_unhide_close(file->kapi_placeholder);
	fops_put(file->f_op);
	iput(file->f_inode);
	pool_put(file);
	kapi_object_add(KAPI_FILES, -1);
}

struct file *kapi_file_open(struct inode *inode, const char *name,
			    const struct file_operations *fops, int flags)
{
	struct file *file;
	int ret;

	fops = fops_get(fops);
	if (!fops)
		return ERR_PTR(-ENXIO);
	/* What open() itself consumes does not stay with the file. */
	flags &= ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
	ihold(inode);
	file = kapi_file_alloc(inode, name, fops, flags | KAPI_O_LARGEFILE);
	if (IS_ERR(file)) {
		iput(inode);
		fops_put(fops);
		return file;
	}
	file->f_mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
	ret = fops->open ? fops->open(inode, file) : 0;
	/* open() may have put other operations in place. */
	if (!file->f_op->llseek)
		file->f_mode &= ~FMODE_LSEEK;
	if (file->f_mode & FMODE_READ && file->f_op->read)
		file->f_mode |= FMODE_CAN_READ;
	if (file->f_mode & FMODE_WRITE && file->f_op->write)
		file->f_mode |= FMODE_CAN_WRITE;
	if (!ret && flags & O_DIRECT) {
		fput(file);
		return ERR_PTR(-EINVAL);
	}
	if (ret) {
		atomic_long_set(&file->f_count, 0);
		file_free(file);
		return ERR_PTR(ret);
	}
	return file;
}

static void release(struct file *file)
{
	if (file->f_op->release)
		file->f_op->release(file->f_inode, file);
	if (S_ISCHR(file->f_inode->i_mode) && file->f_inode->i_cdev)
		cdev_put(file->f_inode->i_cdev);
	file_free(file);
}

void fput(struct file *file)
{
	struct task_struct *task;

	if (!atomic_long_dec_and_test(&file->f_count))
		return;
	task = current;
	if (!task->syscall_depth) {
		release(file);
		return;
	}
	file->kapi_next = task->delayed_fput;
	task->delayed_fput = file;
}

void kapi_run_delayed_fput(struct task_struct *task)
{
	struct file *list, *file, *next;

	/* The list has the last first; a release may add more. */
	while ((list = task->delayed_fput)) {
		task->delayed_fput = NULL;
		for (file = NULL; list; list = next) {
			next = list->kapi_next;
			list->kapi_next = file;
			file = list;
		}
		for (; file; file = next) {
			next = file->kapi_next;
			release(file);
		}
	}
}

void kapi_file_set_placeholder(struct file *file, int fd)
{
	file->kapi_placeholder = kapi_fd_hide(fd);
}

int kapi_filp_close(struct file *file)
{
	int ret = file->f_op->flush ? file->f_op->flush(file, current->group_leader) : 0;

	fput(file);
	return ret;
}

int nonseekable_open(struct inode *inode, struct file *file)
{
	file->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
	return 0;
}

int stream_open(struct inode *inode, struct file *file)
{
	nonseekable_open(inode, file);
	file->f_mode |= FMODE_STREAM;
	return 0;
}

int simple_open(struct inode *inode, struct file *file)
{
	if (inode->i_private)
		file->private_data = inode->i_private;
	return 0;
}

loff_t no_llseek(struct file *file, loff_t off, int whence)
{
	return -ESPIPE;
}

loff_t noop_llseek(struct file *file, loff_t off, int whence)
{
	return file->f_pos;
}

/* @size is where SEEK_END counts from, @max the last position. */
static loff_t seek(struct file *file, loff_t off, int whence, loff_t size, loff_t max)
{
	loff_t base = 0;

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		if (!off)
			return file->f_pos;
		base = file->f_pos;
		break;
	case SEEK_END:
		base = size;
		break;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, off, &off) || off < 0 || off > max)
		return -EINVAL;
	file->f_pos = off;
	return off;
}

loff_t fixed_size_llseek(struct file *file, loff_t off, int whence, loff_t size)
{
	return seek(file, off, whence, size, size);
}

loff_t default_llseek(struct file *file, loff_t off, int whence)
{
	return seek(file, off, whence, 0, LLONG_MAX);
}

long compat_ptr_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (!file->f_op->unlocked_ioctl)
		return -ENOIOCTLCMD;
	return file->f_op->unlocked_ioctl(file, cmd, arg & 0xffffffff);
}

ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *ppos, const void *from,
				size_t available)
{
	loff_t pos = *ppos;
	size_t left;

	if (pos < 0)
		return -EINVAL;
	if (pos >= (loff_t)available || !count)
		return 0;
	if (count > available - pos)
		count = available - pos;
	left = copy_to_user(to, (const char *)from + pos, count);
	if (left == count)
		return -EFAULT;
	*ppos = pos + count - left;
	return count - left;
}

ssize_t simple_write_to_buffer(void *to, size_t available, loff_t *ppos, const void __user *from,
			       size_t count)
{
	loff_t pos = *ppos;
	size_t left;

	if (pos < 0)
		return -EINVAL;
	if (pos >= (loff_t)available || !count)
		return 0;
	if (count > available - pos)
		count = available - pos;
	left = copy_from_user((char *)to + pos, from, count);
	if (left == count)
		return -EFAULT;
	*ppos = pos + count - left;
	return count - left;
}
