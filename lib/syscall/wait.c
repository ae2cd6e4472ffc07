// SPDX-License-Identifier: GPL-2.0-only
/*
 * poll() and select().
 *
 * A file of the core without a poll operation is always ready, and so is its
 * placeholder: the host answers. For one with a poll operation the host waits on
 * an eventfd in its place, which the file's wait queue makes readable.
 */
#include "real.h"
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <linux/poll.h>
#include <linux/wait.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include "waiter.h"

struct waiter_entry {
	wait_queue_entry_t wait;
	wait_queue_head_t *wqh;
	struct waiter_entry *next;
	int eventfd;
};

static int wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct waiter_entry *entry = container_of(wait, struct waiter_entry, wait);
	unsigned long one = 1;

	real_write(entry->eventfd, &one, sizeof(one));
	return 1;
}

static void queue(struct file *file, wait_queue_head_t *wqh, poll_table *pt)
{
	struct waiter *waiter = container_of(pt, struct waiter, pt);
	struct waiter_entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return;
	entry->eventfd = waiter->eventfd;
	entry->wqh = wqh;
	entry->next = waiter->entries;
	waiter->entries = entry;
	init_waitqueue_func_entry(&entry->wait, wake);
	add_wait_queue(wqh, &entry->wait);
}

void waiter_init(struct waiter *waiter, int eventfd)
{
	waiter->entries = NULL;
	waiter->eventfd = eventfd;
	init_poll_funcptr(&waiter->pt, queue);
}

void waiter_leave(struct waiter *waiter)
{
	struct waiter_entry *entry;

	while ((entry = waiter->entries)) {
		waiter->entries = entry->next;
		remove_wait_queue(entry->wqh, &entry->wait);
		free(entry);
	}
}

/* One look at all: how many are ready. The core's with a poll operation are skipped by the host. */
static int look(struct pollfd *fds, struct pollfd *host, nfds_t n, struct waiter *waiter)
{
	unsigned int mask;
	int ready = 0;
	nfds_t i;

	for (i = 0; i < n; i++) {
		fds[i].revents = 0;
		if (host[i].fd >= 0 || fds[i].fd < 0)
			continue;
		mask = kapi_sys_poll_wait(fds[i].fd, waiter ? &waiter->pt : NULL);
		fds[i].revents = mask & (fds[i].events | POLLERR | POLLHUP | POLLNVAL);
		ready += fds[i].revents != 0;
	}
	return ready;
}

static struct timespec deadline_of(const struct timespec *timeout)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += timeout->tv_sec;
	t.tv_nsec += timeout->tv_nsec;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static struct timespec left_until(const struct timespec *deadline)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now.tv_sec = deadline->tv_sec - now.tv_sec;
	now.tv_nsec = deadline->tv_nsec - now.tv_nsec;
	if (now.tv_nsec < 0) {
		now.tv_sec--;
		now.tv_nsec += 1000000000;
	}
	if (now.tv_sec < 0)
		now.tv_sec = now.tv_nsec = 0;
	return now;
}

/* ppoll() with at least one file of the core that has a poll operation. */
static int mixed_poll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
		      const sigset_t *mask)
{
	struct waiter waiter, *first = &waiter;
	struct timespec deadline, left = { 0 };
	struct pollfd *host;
	int ours, ret, efd;
	nfds_t i;

	host = malloc((n + 1) * sizeof(*host));
	/* Out of the way of a number in @fds that is not open. */
	efd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	waiter_init(&waiter, efd < 0 ? efd : kapi_fd_hide(efd));
	if (!host || waiter.eventfd < 0) {
		ret = -1;
		errno = ENOMEM;
		goto out;
	}
	for (i = 0; i < n; i++) {
		host[i] = fds[i];
		if (kapi_fd_can_poll(fds[i].fd))
			host[i].fd = -1;
	}
	host[n] = (struct pollfd) { .fd = waiter.eventfd, .events = POLLIN };
	if (timeout)
		deadline = deadline_of(timeout);
	for (;;) {
		unsigned long count;

		ours = look(fds, host, n, first);
		first = NULL;	/* in the queues from now on */
		if (timeout)
			left = left_until(&deadline);
		ret = real_ppoll(host, n + 1, ours ? &(struct timespec) { 0 } :
				 timeout ? &left : NULL, mask);
		if (ret < 0)
			break;
		if (host[n].revents) {
			ret--;
			if (real_read(waiter.eventfd, &count, sizeof(count)) < 0)
				count = 0;
			ours = look(fds, host, n, NULL);
		}
		if (ret + ours || !host[n].revents)
			break;
	}
	for (i = 0; ret >= 0 && i < n; i++)
		if (host[i].fd >= 0)
			fds[i].revents = host[i].revents;
	if (ret >= 0)
		ret += ours;
	waiter_leave(&waiter);
out:
	if (waiter.eventfd >= 0)
		kapi_fd_unhide_close(waiter.eventfd);
	free(host);
	return ret;
}

static bool any_can_poll(const struct pollfd *fds, nfds_t n)
{
	nfds_t i;

	for (i = 0; i < n; i++)
		if (fds[i].fd >= 0 && kapi_fd_is_ours(fds[i].fd) && kapi_fd_can_poll(fds[i].fd))
			return true;
	return false;
}

EXPORT int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec ts = { timeout / 1000, timeout % 1000 * 1000000L };

	real_init();
	if (!any_can_poll(fds, n))
		return real_poll(fds, n, timeout);
	return mixed_poll(fds, n, timeout < 0 ? NULL : &ts, NULL);
}

EXPORT int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
		 const sigset_t *mask)
{
	real_init();
	if (!any_can_poll(fds, n))
		return real_ppoll(fds, n, timeout, mask);
	return mixed_poll(fds, n, timeout, mask);
}

void __chk_fail(void) __attribute__((__noreturn__));

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
EXPORT int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size)
{
	if (size / sizeof(*fds) < n)
		__chk_fail();
	return poll(fds, n, timeout);
}

int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
		const sigset_t *mask, size_t size);
EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
		       const sigset_t *mask, size_t size)
{
	if (size / sizeof(*fds) < n)
		__chk_fail();
	return ppoll(fds, n, timeout, mask);
}

/* What select() takes as ready, per set. */
#define SET_IN	(POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR)
#define SET_OUT	(POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR)
#define SET_EX	POLLPRI

static short wanted(int fd, const fd_set *in, const fd_set *out, const fd_set *ex)
{
	return (in && FD_ISSET(fd, in) ? POLLIN | POLLRDNORM | POLLRDBAND : 0) |
	       (out && FD_ISSET(fd, out) ? POLLOUT | POLLWRNORM | POLLWRBAND : 0) |
	       (ex && FD_ISSET(fd, ex) ? POLLPRI : 0);
}

static bool set_needs_us(int n, const fd_set *in, const fd_set *out, const fd_set *ex)
{
	int fd;

	for (fd = kapi_fd_next(0); fd >= 0 && fd < n && fd < FD_SETSIZE; fd = kapi_fd_next(fd + 1))
		if (wanted(fd, in, out, ex) && kapi_fd_can_poll(fd))
			return true;
	return false;
}

static int keep(fd_set *set, int fd, bool ready)
{
	if (!set || !FD_ISSET(fd, set))
		return 0;
	if (!ready)
		FD_CLR(fd, set);
	return ready;
}

static int mixed_select(int n, fd_set *in, fd_set *out, fd_set *ex, const struct timespec *timeout,
			const sigset_t *mask)
{
	struct pollfd fds[FD_SETSIZE];
	nfds_t count = 0, i;
	int fd, ret;

	for (fd = 0; fd < n && fd < FD_SETSIZE; fd++)
		if (wanted(fd, in, out, ex))
			fds[count++] = (struct pollfd) { fd, wanted(fd, in, out, ex), 0 };
	ret = mixed_poll(fds, count, timeout, mask);
	if (ret < 0)
		return ret;
	for (i = 0; i < count; i++) {
		if (fds[i].revents & POLLNVAL) {
			errno = EBADF;
			return -1;
		}
	}
	for (i = ret = 0; i < count; i++)
		ret += keep(in, fds[i].fd, fds[i].revents & SET_IN) +
		       keep(out, fds[i].fd, fds[i].revents & SET_OUT) +
		       keep(ex, fds[i].fd, fds[i].revents & SET_EX);
	return ret;
}

EXPORT int select(int n, fd_set *in, fd_set *out, fd_set *ex, struct timeval *timeout)
{
	struct timespec ts;

	real_init();
	if (!set_needs_us(n, in, out, ex))
		return real_select(n, in, out, ex, timeout);
	if (timeout)
		ts = (struct timespec) { timeout->tv_sec, timeout->tv_usec * 1000 };
	return mixed_select(n, in, out, ex, timeout ? &ts : NULL, NULL);
}

EXPORT int pselect(int n, fd_set *in, fd_set *out, fd_set *ex, const struct timespec *timeout,
		   const sigset_t *mask)
{
	real_init();
	if (!set_needs_us(n, in, out, ex))
		return real_pselect(n, in, out, ex, timeout, mask);
	return mixed_select(n, in, out, ex, timeout, mask);
}
