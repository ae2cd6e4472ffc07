// SPDX-License-Identifier: GPL-2.0-only
/*
 * readv() and writev(): one call of the file's operation per segment.
 */
#include <kapi/file.h>
#include <kapi/task.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <stdlib.h>
#include "internal.h"

#ifndef RWF_HIPRI
#define RWF_HIPRI 1
#endif

/* A copy of the user's vector, cut at MAX_RW_COUNT; its total length or -errno. */
static ssize_t import_iov(const struct iovec __user *uiov, unsigned long count,
			  struct iovec *iov)
{
	size_t total = 0;
	unsigned long i;

	if (copy_from_user(iov, uiov, count * sizeof(*iov)))
		return -EFAULT;
	for (i = 0; i < count; i++) {
		if ((ssize_t)iov[i].iov_len < 0)
			return -EINVAL;
		if (!access_ok(iov[i].iov_base, iov[i].iov_len))
			return -EFAULT;
		if (iov[i].iov_len > MAX_RW_COUNT - total)
			iov[i].iov_len = MAX_RW_COUNT - total;
		total += iov[i].iov_len;
	}
	return total;
}

/* All segments as one write. */
static ssize_t write_whole(struct file *file, const struct iovec *iov, unsigned long count,
			   size_t total, loff_t *pos)
{
	char *text = malloc(total);
	ssize_t ret = text ? 0 : -ENOMEM;
	size_t at = 0;
	unsigned long i;

	for (i = 0; !ret && i < count; at += iov[i++].iov_len)
		if (copy_from_user(text + at, iov[i].iov_base, iov[i].iov_len))
			ret = -EFAULT;
	if (!ret)
		ret = file->f_op->write(file, text, total, pos);
	free(text);
	return ret;
}

static ssize_t file_iov(struct file *file, const struct iovec __user *uiov, unsigned long count,
			loff_t *pos, int flags, bool write)
{
	struct iovec small[8], *iov = small;
	ssize_t ret, done = 0;
	unsigned long i;

	if (!(file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	if (!(file->f_mode & (write ? FMODE_CAN_WRITE : FMODE_CAN_READ)))
		return -EINVAL;
	if (count > UIO_MAXIOV)
		return -EINVAL;
	if (count > 8) {
		iov = malloc(count * sizeof(*iov));
		if (!iov)
			return -ENOMEM;
	}
	ret = import_iov(uiov, count, iov);
	if (ret > 0) {
		done = ret;
		ret = kapi_check_area(pos, done);
		if (!ret && flags & ~RWF_HIPRI)
			ret = -EOPNOTSUPP;
		if (!ret && write && file->f_mode & FMODE_WHOLE) {
			ret = write_whole(file, iov, count, done, pos);
			count = 0;
		}
		done = 0;
		for (i = 0; !ret && i < count; i++) {
			if (!iov[i].iov_len)
				continue;
			ret = write ? file->f_op->write(file, iov[i].iov_base, iov[i].iov_len, pos) :
				      file->f_op->read(file, iov[i].iov_base, iov[i].iov_len, pos);
			if (ret < 0)
				break;
			done += ret;
			if ((size_t)ret != iov[i].iov_len)
				break;
			ret = 0;
		}
	}
	if (iov != small)
		free(iov);
	return done ?: ret;
}

ssize_t kapi_sys_iov(int fd, const struct iovec *iov, unsigned long count, loff_t *pos,
		     int flags, bool write)
{
	struct file *file;
	ssize_t ret;
	loff_t at;

	if (pos && *pos < 0)
		return -EINVAL;
	kapi_enter();
	file = kapi_fget(fd);
	if (!file) {
		ret = -EBADF;
	} else {
		at = pos ? *pos : file->f_pos;
		if (pos && !(file->f_mode & (write ? FMODE_PWRITE : FMODE_PREAD)))
			ret = -ESPIPE;
		else
			ret = file_iov(file, iov, count,
				       file->f_mode & FMODE_STREAM ? NULL : &at, flags, write);
		if (!pos && ret >= 0 && !(file->f_mode & FMODE_STREAM))
			file->f_pos = at;
		fput(file);
	}
	kapi_exit();
	return ret;
}
