// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds of the core itself, with no descriptor of the host's behind them.
 */
#include <kapi/alone.h>
#include <kapi/objects.h>
#include <linux/anon_inodes.h>
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <stdlib.h>
#include "eventfd.h"

/* As much as fits: a counter never reaches ULLONG_MAX by write(). */
static bool add(struct eventfd_ctx *ctx, u64 n)
{
	u64 count = __atomic_load_n(&ctx->count, __ATOMIC_RELAXED);

	do {
		if (ULLONG_MAX - count <= n)
			return false;
	} while (!__atomic_compare_exchange_n(&ctx->count, &count, count + n, false,
					      __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	wake_up_poll(&ctx->wqh, EPOLLIN);
	return true;
}

void kapi_own_eventfd_signal(struct eventfd_ctx *ctx)
{
	add(ctx, 1);
}

u64 kapi_own_eventfd_take(struct eventfd_ctx *ctx)
{
	return __atomic_exchange_n(&ctx->count, 0, __ATOMIC_SEQ_CST);
}

static ssize_t own_read(struct file *file, char __user *buf, size_t size, loff_t *pos)
{
	struct eventfd_ctx *ctx = file->private_data;
	u64 count;

	if (size < sizeof(count))
		return -EINVAL;
	count = kapi_own_eventfd_take(ctx);
	if (!count)
		return -EAGAIN;
	wake_up_poll(&ctx->wqh, EPOLLOUT);
	return copy_to_user(buf, &count, sizeof(count)) ? -EFAULT : (ssize_t)sizeof(count);
}

static ssize_t own_write(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	u64 n;

	if (size < sizeof(n))
		return -EINVAL;
	if (copy_from_user(&n, buf, sizeof(n)))
		return -EFAULT;
	if (n == ULLONG_MAX)
		return -EINVAL;
	return add(file->private_data, n) ? (ssize_t)sizeof(n) : -EAGAIN;
}

static __poll_t own_poll(struct file *file, struct poll_table_struct *pt)
{
	struct eventfd_ctx *ctx = file->private_data;
	u64 count;

	poll_wait(file, &ctx->wqh, pt);
	count = __atomic_load_n(&ctx->count, __ATOMIC_SEQ_CST);
	return (count ? EPOLLIN : 0) | (count == ULLONG_MAX ? EPOLLERR : 0) |
	       (count < ULLONG_MAX - 1 ? EPOLLOUT : 0);
}

static int own_release(struct inode *inode, struct file *file)
{
	struct eventfd_ctx *ctx = file->private_data;

	wake_up_poll(&ctx->wqh, EPOLLHUP);
	eventfd_ctx_put(ctx);
	return 0;
}

const struct file_operations kapi_own_eventfd_fops = {
	.read = own_read,
	.write = own_write,
	.poll = own_poll,
	.llseek = noop_llseek,
	.release = own_release,
};

int kapi_sys_eventfd(unsigned int count)
{
	struct eventfd_ctx *ctx = calloc(1, sizeof(*ctx));
	int fd;

	if (!ctx)
		return -ENOMEM;
	INIT_LIST_HEAD(&ctx->link);
	ctx->refs = 1;
	ctx->fd = -1;
	ctx->count = count;
	init_waitqueue_head(&ctx->wqh);
	fd = anon_inode_getfd("[eventfd]", &kapi_own_eventfd_fops, ctx,
			      O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		free(ctx);
	else
		kapi_object_add(KAPI_EVENTFDS, 1);
	return fd;
}
