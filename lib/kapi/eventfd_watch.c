// SPDX-License-Identifier: GPL-2.0-only
/*
 * What waits in the core for a program to write, or to close, an eventfd.
 *
 * A thread sleeps in epoll on the eventfds somebody waits for. It is started
 * with the first one. In a child of fork() the waiters inherited from the parent
 * are the parent's business (both would take the same events from the eventfd
 * they share); new ones start a thread again.
 *
 * That a program has closed an eventfd shows in its table of descriptors only,
 * since our duplicate keeps it alive: lib/syscall tells when to look.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/file.h>
#include <kapi/host.h>
#include <kapi/task.h>
#include <linux/eventfd.h>
#include <linux/poll.h>
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include "eventfd.h"
#include "internal.h"

static int epoll_fd = -1;
static unsigned int watching;	/* contexts in the set */

static void wake(struct eventfd_ctx *ctx, __poll_t mask)
{
	kapi_enter();
	wake_up_poll(&ctx->wqh, mask);
	eventfd_ctx_put(ctx);
	kapi_exit();
}

/* Something was written to the eventfd with this serial number. */
static void report(u64 serial)
{
	struct eventfd_ctx *ctx, *found = NULL;
	u64 id, count;

	pthread_mutex_lock(&kapi_eventfd_mutex);
	list_for_each_entry(ctx, &kapi_eventfds, link)
		if (ctx->serial == serial && ctx->watched)
			found = ctx;
	if (found && found->drop_first) {
		found->drop_first = false;
		if (kapi_eventfd_info(found->fd, &id, &count) && count == found->seen)
			found = NULL;
	}
	if (found)
		found->refs++;
	pthread_mutex_unlock(&kapi_eventfd_mutex);
	if (found)
		wake(found, EPOLLIN);
}

static void *watch_thread(void *arg)
{
	struct epoll_event events[16];
	int fd = (long)arg, i, n;

	for (;;) {
		n = kapi_host(SYS_epoll_wait, fd, events, 16, -1);
		if (n < 0 && n != -EINTR)
			return NULL;
		for (i = 0; i < n; i++)
			report(events[i].data.u64);
	}
}

/* Called with the mutex held. */
static bool start_thread(void)
{
	sigset_t all, old;
	pthread_t thread;
	int fd, ret;

	if (epoll_fd >= 0)
		return true;
	fd = kapi_host(SYS_epoll_create1, EPOLL_CLOEXEC);
	if (fd < 0)
		return false;
	fd = kapi_fd_hide(fd);
	if (fd < 0)
		return false;
	/* The program's signals are for its own threads. */
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ret = pthread_create(&thread, NULL, watch_thread, (void *)(long)fd);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (ret) {
		kapi_fd_unhide_close(fd);
		return false;
	}
	pthread_detach(thread);
	epoll_fd = fd;
	return true;
}

void kapi_eventfd_watch(struct eventfd_ctx *ctx)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	u64 id;

	pthread_mutex_lock(&kapi_eventfd_mutex);
	if (ctx->watched || !start_thread())
		goto out;
	event.data.u64 = ctx->serial;
	ctx->drop_first = kapi_eventfd_info(ctx->fd, &id, &ctx->seen) && ctx->seen;
	ctx->hung_up = false;
	if (!kapi_host(SYS_epoll_ctl, epoll_fd, EPOLL_CTL_ADD, ctx->fd, &event)) {
		ctx->watched = true;
		__atomic_add_fetch(&watching, 1, __ATOMIC_RELAXED);
	}
out:
	pthread_mutex_unlock(&kapi_eventfd_mutex);
}

void kapi_eventfd_unwatch(struct eventfd_ctx *ctx)
{
	struct epoll_event event = { 0 };

	if (!ctx->watched)
		return;
	kapi_host(SYS_epoll_ctl, epoll_fd, EPOLL_CTL_DEL, ctx->fd, &event);
	ctx->watched = false;
	__atomic_sub_fetch(&watching, 1, __ATOMIC_RELAXED);
}

bool kapi_fd_closing(int fd)
{
	u64 id, count;

	return __atomic_load_n(&watching, __ATOMIC_RELAXED) &&
	       kapi_eventfd_info(fd, &id, &count);
}

/* Does the program have a descriptor of eventfd @id left? */
static bool still_open(u64 want)
{
	char buf[2048] __attribute__((aligned(8)));
	bool found = false;
	u64 id, count;
	long len, at;
	int dir, fd;

	dir = kapi_host_open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return true;
	while (!found && (len = kapi_host(SYS_getdents64, dir, buf, sizeof(buf))) > 0) {
		for (at = 0; at < len && !found; at += ((struct dirent64 *)(buf + at))->d_reclen) {
			fd = atoi(((struct dirent64 *)(buf + at))->d_name);
			found = fd != dir && !kapi_fd_is_hidden(fd) &&
				kapi_eventfd_info(fd, &id, &count) && id == want;
		}
	}
	kapi_host_close(dir);
	return found;
}

void kapi_fd_closed(void)
{
	struct eventfd_ctx *ctx, *gone;

	do {
		gone = NULL;
		pthread_mutex_lock(&kapi_eventfd_mutex);
		list_for_each_entry(ctx, &kapi_eventfds, link) {
			if (ctx->watched && !ctx->hung_up && !still_open(ctx->id)) {
				gone = ctx;
				gone->hung_up = true;
				gone->refs++;
				break;
			}
		}
		pthread_mutex_unlock(&kapi_eventfd_mutex);
		if (gone)
			wake(gone, EPOLLHUP);
	} while (gone);
}

void kapi_eventfd_after_fork(void)
{
	struct eventfd_ctx *ctx;

	pthread_mutex_init(&kapi_eventfd_mutex, NULL);
	list_for_each_entry(ctx, &kapi_eventfds, link)
		ctx->watched = false;
	watching = 0;
	if (epoll_fd >= 0)
		kapi_fd_unhide_close(epoll_fd);
	epoll_fd = -1;
}
