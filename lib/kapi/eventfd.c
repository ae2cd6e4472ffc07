// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds of the host as contexts, and foreign descriptors as files.
 *
 * Which eventfd a descriptor is, /proc/self/fdinfo tells (eventfd-id), so that
 * two descriptors of one eventfd share their context and its wait queue.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/fail_nth.h>
#include <kapi/file.h>
#include <kapi/host.h>
#include <kapi/objects.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include "eventfd.h"
#include "internal.h"

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

pthread_mutex_t kapi_eventfd_mutex = PTHREAD_MUTEX_INITIALIZER;
LIST_HEAD(kapi_eventfds);

void kapi_eventfd_lock(bool lock)
{
	if (lock)
		pthread_mutex_lock(&kapi_eventfd_mutex);
	else
		pthread_mutex_unlock(&kapi_eventfd_mutex);
}

bool kapi_eventfd_info(int fd, u64 *id, u64 *count)
{
	char path[40], text[512], *at;
	ssize_t len;
	int info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = kapi_host_open(path, O_RDONLY | O_CLOEXEC);
	if (info < 0)
		return false;
	len = kapi_host_read(info, text, sizeof(text) - 1);
	kapi_host_close(info);
	if (len <= 0)
		return false;
	text[len] = 0;
	at = strstr(text, "eventfd-count:");
	if (!at)
		return false;
	*count = strtoull(at + strlen("eventfd-count:"), NULL, 16);
	at = strstr(text, "eventfd-id:");
	/* Before Linux 5.2 there is no id: every descriptor counts as an eventfd of its own. */
	*id = at ? strtoull(at + strlen("eventfd-id:"), NULL, 10) : ~0ULL;
	return true;
}

static bool is_eventfd(const struct file *file)
{
	return file->f_op == &kapi_eventfd_fops || file->f_op == &kapi_own_eventfd_fops;
}

/* The context of the eventfd behind @fd, with a reference; NULL without memory. */
static struct eventfd_ctx *ctx_get(int fd, u64 id)
{
	static u64 last_serial;
	struct eventfd_ctx *ctx;
	int dup;

	pthread_mutex_lock(&kapi_eventfd_mutex);
	list_for_each_entry(ctx, &kapi_eventfds, link) {
		if (ctx->id == id && id != ~0ULL) {
			ctx->refs++;
			goto out;
		}
	}
	ctx = NULL;
	dup = kapi_host_fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (dup < 0)
		goto out;
	dup = kapi_fd_hide(dup);
	if (dup < 0)
		goto out;
	ctx = calloc(1, sizeof(*ctx));
	if (!ctx) {
		kapi_fd_unhide_close(dup);
		goto out;
	}
	kapi_object_add(KAPI_EVENTFDS, 1);
	ctx->refs = 1;
	ctx->fd = dup;
	ctx->id = id;
	ctx->serial = ++last_serial;
	init_waitqueue_head(&ctx->wqh);
	list_add_tail(&ctx->link, &kapi_eventfds);
out:
	pthread_mutex_unlock(&kapi_eventfd_mutex);
	return ctx;
}

struct eventfd_ctx *eventfd_ctx_fdget(int fd)
{
	struct eventfd_ctx *ctx;
	struct file *file;
	u64 id, count;

	file = kapi_fget(fd);
	if (file) {
		ctx = eventfd_ctx_fileget(file);
		fput(file);
		return ctx;
	}
	if (kapi_fd_is_hidden(fd) || kapi_host_fcntl(fd, F_GETFD, 0) < 0)
		return ERR_PTR(-EBADF);
	if (!kapi_eventfd_info(fd, &id, &count))
		return ERR_PTR(-EINVAL);
	ctx = ctx_get(fd, id);
	return ctx ?: ERR_PTR(-ENOMEM);
}

struct eventfd_ctx *eventfd_ctx_fileget(struct file *file)
{
	struct eventfd_ctx *ctx = file->private_data;

	if (!is_eventfd(file))
		return ERR_PTR(-EINVAL);
	pthread_mutex_lock(&kapi_eventfd_mutex);
	ctx->refs++;
	pthread_mutex_unlock(&kapi_eventfd_mutex);
	return ctx;
}

void eventfd_ctx_put(struct eventfd_ctx *ctx)
{
	pthread_mutex_lock(&kapi_eventfd_mutex);
	if (--ctx->refs) {
		pthread_mutex_unlock(&kapi_eventfd_mutex);
		return;
	}
	kapi_eventfd_unwatch(ctx);
	list_del(&ctx->link);
	pthread_mutex_unlock(&kapi_eventfd_mutex);
	if (ctx->fd >= 0)
		kapi_fd_unhide_close(ctx->fd);
	free(ctx);
	kapi_object_add(KAPI_EVENTFDS, -1);
}

static __poll_t host_poll(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM |
						  POLLPRI };

	return kapi_host(SYS_poll, &pfd, 1, 0) > 0 ? pfd.revents : 0;
}

void eventfd_signal(struct eventfd_ctx *ctx)
{
	u64 one = 1;

	if (ctx->fd < 0) {
		kapi_own_eventfd_signal(ctx);
		return;
	}
	/* A full counter would block us, and needs no more. */
	if (host_poll(ctx->fd) & EPOLLOUT)
		kapi_host_write(ctx->fd, &one, sizeof(one));
}

void eventfd_ctx_do_read(struct eventfd_ctx *ctx, __u64 *cnt)
{
	struct iovec iov = { cnt, sizeof(*cnt) };
	long ret;

	if (ctx->fd < 0) {
		*cnt = kapi_own_eventfd_take(ctx);
		return;
	}
	*cnt = 0;
	ret = kapi_host(SYS_preadv2, ctx->fd, &iov, 1, -1L, -1L, RWF_NOWAIT);
	if (ret == -EOPNOTSUPP && host_poll(ctx->fd) & EPOLLIN)
		kapi_host_read(ctx->fd, cnt, sizeof(*cnt));
}

int eventfd_ctx_remove_wait_queue(struct eventfd_ctx *ctx, wait_queue_entry_t *wait, __u64 *cnt)
{
	remove_wait_queue(&ctx->wqh, wait);
	eventfd_ctx_do_read(ctx, cnt);
	pthread_mutex_lock(&kapi_eventfd_mutex);
	if (!waitqueue_active(&ctx->wqh))
		kapi_eventfd_unwatch(ctx);
	pthread_mutex_unlock(&kapi_eventfd_mutex);
	return *cnt ? 0 : -EAGAIN;
}

static __poll_t eventfd_poll(struct file *file, struct poll_table_struct *pt)
{
	struct eventfd_ctx *ctx = file->private_data;

	if (!poll_does_not_wait(pt)) {
		poll_wait(file, &ctx->wqh, pt);
		kapi_eventfd_watch(ctx);
	}
	return host_poll(ctx->fd);
}

static int eventfd_release(struct inode *inode, struct file *file)
{
	eventfd_ctx_put(file->private_data);
	return 0;
}

const struct file_operations kapi_eventfd_fops = {
	.poll = eventfd_poll,
	.release = eventfd_release,
};

static __poll_t host_file_poll(struct file *file, struct poll_table_struct *pt)
{
	return host_poll(file->kapi_host_fd);
}

static int host_file_release(struct inode *inode, struct file *file)
{
	kapi_fd_unhide_close(file->kapi_host_fd);
	return 0;
}

const struct file_operations kapi_host_fops = {
	.poll = host_file_poll,
	.release = host_file_release,
};

static struct file *make_host_file(int fd)
{
	struct eventfd_ctx *ctx = NULL;
	struct inode *inode;
	struct file *file;
	int flags, dup = -1;
	u64 id, count;

	flags = kapi_host_fcntl(fd, F_GETFL, 0);
	/* A descriptor that only names a file counts as closed. */
	if (flags < 0 || flags & O_PATH)
		return NULL;
	inode = alloc_anon_inode(NULL);
	if (IS_ERR(inode))
		return NULL;
	if (kapi_eventfd_info(fd, &id, &count)) {
		ctx = ctx_get(fd, id);
		if (!ctx)
			goto fail;
	} else {
		dup = kapi_host_fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (dup >= 0)
			dup = kapi_fd_hide(dup);
		if (dup < 0)
			goto fail;
	}
	file = kapi_file_alloc(inode, "host", ctx ? &kapi_eventfd_fops : &kapi_host_fops, flags);
	if (IS_ERR(file))
		goto fail;
	file->private_data = ctx;
	file->kapi_host_fd = dup;
	return file;
fail:
	if (ctx)
		eventfd_ctx_put(ctx);
	if (dup >= 0)
		kapi_fd_unhide_close(dup);
	iput(inode);
	return NULL;
}

struct file *kapi_host_file(int fd)
{
	struct file *file;

	/* It is there already, as far as the caller can know. */
	kapi_fail_pause();
	file = make_host_file(fd);
	kapi_fail_resume();
	return file;
}

struct file *eventfd_fget(int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return ERR_PTR(-EBADF);
	if (!is_eventfd(file)) {
		fput(file);
		return ERR_PTR(-EINVAL);
	}
	return file;
}
