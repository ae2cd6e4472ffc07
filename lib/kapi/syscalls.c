// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls on the core's files: the tests of the kernel's VFS, in its order.
 */
#include <kapi/file.h>
#include <kapi/host.h>
#include <kapi/syscalls.h>
#include <kapi/task.h>
#include <kapi/vfs.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"

/* What F_SETFL can change. */
#define SETFL_MASK (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

int kapi_sys_open(const char *path, int flags)
{
	struct kapi_node *node;
	struct file *file;
	int ret;

	kapi_enter();
	ret = kapi_lookup(path, !(flags & O_NOFOLLOW), &node);
	if (ret)
		goto out;
	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		ret = -EEXIST;
	else if (flags & O_DIRECTORY)
		ret = -ENOTDIR;
	if (!ret) {
		file = kapi_node_open(node, flags);
		ret = IS_ERR(file) ? PTR_ERR(file) : kapi_fd_publish(file, flags & O_CLOEXEC);
	}
	kapi_node_put(node);
out:
	kapi_exit();
	return ret;
}

int kapi_sys_close(int fd)
{
	int ret;

	kapi_enter();
	ret = close_fd(fd);
	kapi_exit();
	return ret;
}

/* ioctls that every file knows. -ENOIOCTLCMD: not one of them. */
static long common_ioctl(int fd, struct file *file, unsigned int cmd, unsigned long arg)
{
	int on;

	switch (cmd) {
	case FIOCLEX:
	case FIONCLEX:
		return kapi_host(SYS_ioctl, fd, cmd, 0);
	case FIONBIO:
		if (get_user(on, (int __user *)arg))
			return -EFAULT;
		spin_lock(&file->f_lock);
		if (on)
			file->f_flags |= O_NONBLOCK;
		else
			file->f_flags &= ~O_NONBLOCK;
		spin_unlock(&file->f_lock);
		return 0;
	case FIOASYNC:
		if (get_user(on, (int __user *)arg))
			return -EFAULT;
		/* No file here sends SIGIO; to leave it off succeeds. */
		return on ? -ENOTTY : 0;
	case FIOQSIZE:
		return -ENOTTY;
	case 2 /* FIGETBSZ */:
		return put_user(4096, (int __user *)arg);
	default:
		return -ENOIOCTLCMD;
	}
}

long kapi_sys_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file;
	long ret;

	kapi_enter();
	file = kapi_fget(fd);
	if (unlikely(!file)) {
		kapi_exit();
		return -EBADF;
	}
	ret = common_ioctl(fd, file, cmd, arg);
	if (likely(ret == -ENOIOCTLCMD)) {
		if (file->f_op->unlocked_ioctl)
			ret = file->f_op->unlocked_ioctl(file, cmd, arg);
		if (ret == -ENOIOCTLCMD)
			ret = -ENOTTY;
	}
	fput(file);
	kapi_exit();
	return ret;
}

int kapi_check_area(const loff_t *pos, size_t count)
{
	if ((ssize_t)count < 0)
		return -EINVAL;
	if (pos && (*pos < 0 || (loff_t)((u64)*pos + count) < 0))
		return -EINVAL;
	return 0;
}

static ssize_t file_rw(struct file *file, void *buf, size_t count, loff_t *pos, bool write)
{
	int ret;

	if (!(file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	if (!(file->f_mode & (write ? FMODE_CAN_WRITE : FMODE_CAN_READ)))
		return -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	ret = kapi_check_area(pos, count);
	if (ret)
		return ret;
	if (count > MAX_RW_COUNT)
		count = MAX_RW_COUNT;
	return write ? file->f_op->write(file, buf, count, pos) :
		       file->f_op->read(file, buf, count, pos);
}

/* @pos NULL: at the file's position. */
static ssize_t sys_rw(int fd, void *buf, size_t count, loff_t *pos, bool write)
{
	struct file *file;
	ssize_t ret;
	loff_t at;

	if (pos && *pos < 0)
		return -EINVAL;
	kapi_enter();
	file = kapi_fget(fd);
	if (unlikely(!file)) {
		ret = -EBADF;
		goto out;
	}
	if (pos) {
		ret = file->f_mode & (write ? FMODE_PWRITE : FMODE_PREAD) ?
			file_rw(file, buf, count, pos, write) : -ESPIPE;
	} else if (file->f_mode & FMODE_STREAM) {
		ret = file_rw(file, buf, count, NULL, write);
	} else {
		at = file->f_pos;
		ret = file_rw(file, buf, count, &at, write);
		if (ret >= 0)
			file->f_pos = at;
	}
	fput(file);
out:
	kapi_exit();
	return ret;
}

ssize_t kapi_sys_read(int fd, void *buf, size_t count)
{
	return sys_rw(fd, buf, count, NULL, false);
}

ssize_t kapi_sys_write(int fd, const void *buf, size_t count)
{
	return sys_rw(fd, (void *)buf, count, NULL, true);
}

ssize_t kapi_sys_pread(int fd, void *buf, size_t count, loff_t pos)
{
	return sys_rw(fd, buf, count, &pos, false);
}

ssize_t kapi_sys_pwrite(int fd, const void *buf, size_t count, loff_t pos)
{
	return sys_rw(fd, (void *)buf, count, &pos, true);
}

loff_t kapi_sys_lseek(int fd, loff_t off, int whence)
{
	struct file *file;
	loff_t ret;

	kapi_enter();
	file = kapi_fget(fd);
	if (!file) {
		ret = -EBADF;
	} else {
		if (whence < 0 || whence > 4 /* SEEK_HOLE */)
			ret = -EINVAL;
		else if (!(file->f_mode & FMODE_LSEEK))
			ret = -ESPIPE;
		else
			ret = file->f_op->llseek(file, off, whence);
		fput(file);
	}
	kapi_exit();
	return ret;
}

unsigned int kapi_sys_poll_wait(int fd, struct poll_table_struct *pt)
{
	unsigned int mask = POLLNVAL;
	struct file *file;

	kapi_enter();
	file = kapi_fget(fd);
	if (file) {
		mask = vfs_poll(file, pt);
		fput(file);
	}
	kapi_exit();
	return mask;
}

unsigned int kapi_sys_poll(int fd)
{
	return kapi_sys_poll_wait(fd, NULL);
}

bool kapi_fd_can_poll(int fd)
{
	struct file *file;
	bool ret = false;

	kapi_enter();
	file = kapi_fget(fd);
	if (file) {
		ret = file_can_poll(file);
		fput(file);
	}
	kapi_exit();
	return ret;
}

int kapi_sys_getfl(int fd)
{
	struct file *file;
	int ret = -EBADF;

	kapi_enter();
	file = kapi_fget(fd);
	if (file) {
		ret = file->f_flags;
		fput(file);
	}
	kapi_exit();
	return ret;
}

int kapi_sys_setfl(int fd, int flags)
{
	struct file *file;
	int ret = 0;

	kapi_enter();
	file = kapi_fget(fd);
	if (!file) {
		ret = -EBADF;
		goto out;
	}
	if (flags & O_DIRECT)
		ret = -EINVAL;
	else if (file->f_op->check_flags)
		ret = file->f_op->check_flags(flags);
	if (!ret) {
		spin_lock(&file->f_lock);
		file->f_flags = (flags & SETFL_MASK) | (file->f_flags & ~SETFL_MASK);
		spin_unlock(&file->f_lock);
	}
	fput(file);
out:
	kapi_exit();
	return ret;
}

int kapi_sys_fd_name(int fd, char *buf, size_t size)
{
	struct file *file;
	int ret = -EBADF;

	kapi_enter();
	file = kapi_fget(fd);
	if (file) {
		ret = snprintf(buf, size, "%s", file->name);
		fput(file);
	}
	kapi_exit();
	return ret;
}

int kapi_sys_fstat(int fd, umode_t *mode, dev_t *rdev, unsigned long *ino)
{
	struct file *file;
	int ret = -EBADF;

	kapi_enter();
	file = kapi_fget(fd);
	if (file) {
		*mode = file->f_inode->i_mode;
		*rdev = file->f_inode->i_rdev;
		*ino = file->f_inode->i_ino;
		fput(file);
		ret = 0;
	}
	kapi_exit();
	return ret;
}
