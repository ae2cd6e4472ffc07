// SPDX-License-Identifier: GPL-2.0-only
/*
 * epoll on files of the core. One without a poll operation is refused, by the host,
 * since its placeholder has none either. For one that has, an eventfd is in the
 * host's set in its place. It says that the file may be ready; whether it is, and
 * for what, is asked when the program waits.
 */
#include "real.h"
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include "waiter.h"

/* A descriptor in a set. In the host's set its address is the data of the event. */
struct item {
	struct item *next;
	struct waiter waiter;
	int epfd, fd;
	uint32_t events;
	epoll_data_t data;
};

static struct item *items;
static pthread_mutex_t items_lock = PTHREAD_MUTEX_INITIALIZER;

static struct item **find(int epfd, int fd)
{
	struct item **at = &items;

	while (*at && ((*at)->epfd != epfd || (*at)->fd != fd))
		at = &(*at)->next;
	return at;
}

static void drop(struct item **at)
{
	struct item *item = *at;

	*at = item->next;
	waiter_leave(&item->waiter);
	real_epoll_ctl(item->epfd, EPOLL_CTL_DEL, item->waiter.eventfd, NULL);
	kapi_fd_unhide_close(item->waiter.eventfd);
	free(item);
}

/* Have the next wait look at the file. */
static void nudge(const struct item *item)
{
	uint64_t one = 1;

	real_write(item->waiter.eventfd, &one, sizeof(one));
}

static int add(int epfd, int fd, const struct epoll_event *event)
{
	struct epoll_event standin = { .events = EPOLLIN };
	struct item *item = calloc(1, sizeof(*item));
	int efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	efd = efd < 0 ? efd : kapi_fd_hide(efd);
	if (!item || efd < 0) {
		free(item);
		return -ENOMEM;
	}
	item->epfd = epfd;
	item->fd = fd;
	item->events = event->events;
	item->data = event->data;
	standin.data.ptr = item;
	if (real_epoll_ctl(epfd, EPOLL_CTL_ADD, efd, &standin)) {
		int err = errno;

		kapi_fd_unhide_close(efd);
		free(item);
		return -err;
	}
	waiter_init(&item->waiter, efd);
	kapi_sys_poll_wait(fd, &item->waiter.pt);
	item->next = items;
	items = item;
	nudge(item);
	return 0;
}

static int control(int epfd, int op, int fd, const struct epoll_event *event)
{
	struct item **at = find(epfd, fd);

	switch (op) {
	case EPOLL_CTL_ADD:
		return *at ? -EEXIST : add(epfd, fd, event);
	case EPOLL_CTL_MOD:
		if (!*at)
			return -ENOENT;
		(*at)->events = event->events;
		(*at)->data = event->data;
		nudge(*at);
		return 0;
	case EPOLL_CTL_DEL:
		if (!*at)
			return -ENOENT;
		drop(at);
		return 0;
	}
	return -EINVAL;
}

EXPORT int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	int ret;

	real_init();
	if (!kapi_fd_is_ours(fd) || kapi_fd_is_hidden(fd) || !kapi_fd_can_poll(fd))
		return real_epoll_ctl(epfd, op, fd, event);
	if (!event && op != EPOLL_CTL_DEL)
		return result(-EFAULT);
	pthread_mutex_lock(&items_lock);
	ret = control(epfd, op, fd, event);
	pthread_mutex_unlock(&items_lock);
	return result(ret);
}

void epoll_forget(unsigned int first, unsigned int last)
{
	struct item **at;

	if (!__atomic_load_n(&items, __ATOMIC_RELAXED))
		return;
	pthread_mutex_lock(&items_lock);
	for (at = &items; *at;)
		if (((unsigned int)(*at)->fd >= first && (unsigned int)(*at)->fd <= last) ||
		    ((unsigned int)(*at)->epfd >= first && (unsigned int)(*at)->epfd <= last))
			drop(at);
		else
			at = &(*at)->next;
	pthread_mutex_unlock(&items_lock);
}

/* What the file of @item is ready for now; the stand-in is quiet if that is nothing. */
static uint32_t look(struct item *item)
{
	uint32_t mask = 0;
	uint64_t count;
	int i;

	if (!(item->events & ~(EPOLLET | EPOLLONESHOT)))
		return 0;
	/* Once more when it is quiet: it may have become ready just before. */
	for (i = 0; i < 2 && !mask; i++) {
		if (i || item->events & EPOLLET)
			real_read(item->waiter.eventfd, &count, sizeof(count));
		mask = kapi_sys_poll(item->fd) & (item->events | EPOLLERR | EPOLLHUP);
	}
	return mask;
}

/* Make what the host said of stand-ins what a program asked of files. How many are left. */
static int translate(int epfd, struct epoll_event *events, int n)
{
	struct item *item;
	int i, out = 0;

	pthread_mutex_lock(&items_lock);
	for (i = 0; i < n; i++) {
		for (item = items; item && item != events[i].data.ptr; item = item->next)
			;
		if (!item || item->epfd != epfd) {
			events[out++] = events[i];
			continue;
		}
		events[i].events = look(item);
		if (!events[i].events)
			continue;
		events[i].data = item->data;
		if (item->events & EPOLLONESHOT)
			item->events &= EPOLLET | EPOLLONESHOT;
		events[out++] = events[i];
	}
	pthread_mutex_unlock(&items_lock);
	return out;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

EXPORT int epoll_pwait(int epfd, struct epoll_event *events, int max, int timeout,
		       const sigset_t *mask)
{
	long end;
	int n;

	real_init();
	if (!__atomic_load_n(&items, __ATOMIC_RELAXED))
		return real_epoll_pwait(epfd, events, max, timeout, mask);
	end = now_ms() + timeout;
	do {
		n = real_epoll_pwait(epfd, events, max, timeout, mask);
		if (n <= 0)
			return n;
		n = translate(epfd, events, n);
		if (timeout > 0)
			timeout = end > now_ms() ? end - now_ms() : 0;
	} while (!n && timeout);
	return n;
}

EXPORT int epoll_wait(int epfd, struct epoll_event *events, int max, int timeout)
{
	return epoll_pwait(epfd, events, max, timeout, NULL);
}

static void lock(void)
{
	pthread_mutex_lock(&items_lock);
}

static void unlock(void)
{
	pthread_mutex_unlock(&items_lock);
}

__attribute__((constructor)) static void epoll_init(void)
{
	pthread_atfork(lock, unlock, unlock);
}
