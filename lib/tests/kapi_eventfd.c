// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfd contexts, and the watcher behind their wait queues.
 */
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

/* Entry and poll table of one waiter, as a driver has them. */
struct waiter {
	wait_queue_entry_t wait;
	poll_table pt;
	struct eventfd_ctx *ctx;
	unsigned int woken, hung_up;
	u64 sum;
};

static int on_wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct waiter *w = container_of(wait, struct waiter, wait);
	__poll_t mask = key_to_poll(key);
	u64 count;

	if (mask & EPOLLIN) {
		eventfd_ctx_do_read(w->ctx, &count);
		__atomic_add_fetch(&w->sum, count, __ATOMIC_RELAXED);
		__atomic_add_fetch(&w->woken, 1, __ATOMIC_RELEASE);
	}
	if (mask & EPOLLHUP)
		__atomic_add_fetch(&w->hung_up, 1, __ATOMIC_RELEASE);
	return 0;
}

static void queue(struct file *file, wait_queue_head_t *wqh, poll_table *pt)
{
	add_wait_queue(wqh, &container_of(pt, struct waiter, pt)->wait);
}

static __poll_t start(struct waiter *w, int fd)
{
	struct file *file = eventfd_fget(fd);
	__poll_t mask;

	memset(w, 0, sizeof(*w));
	w->ctx = eventfd_ctx_fileget(file);
	init_waitqueue_func_entry(&w->wait, on_wake);
	init_poll_funcptr(&w->pt, queue);
	mask = vfs_poll(file, &w->pt);
	fput(file);
	return mask;
}

static void stop(struct waiter *w)
{
	u64 count;

	eventfd_ctx_remove_wait_queue(w->ctx, &w->wait, &count);
	eventfd_ctx_put(w->ctx);
}

static void add(int fd, u64 val)
{
	if (write(fd, &val, 8) != 8)
		exit(2);
}

/* Wait for what the watcher does, a second at most. */
static bool becomes(unsigned int *at, unsigned int want)
{
	int i;

	for (i = 0; i < 1000 && __atomic_load_n(at, __ATOMIC_ACQUIRE) != want; i++)
		usleep(1000);
	return __atomic_load_n(at, __ATOMIC_ACQUIRE) == want;
}

/* A field that the watcher's thread writes. */
#define seen(field) __atomic_load_n(&(field), __ATOMIC_ACQUIRE)

static u64 value(int fd)
{
	u64 val = 0;

	return read(fd, &val, 8) == 8 ? val : 0;
}

static void test_ctx(void)
{
	int fd = eventfd(0, EFD_NONBLOCK), fds[2], two = dup(fd);
	struct eventfd_ctx *a, *b;
	u64 count;

	if (pipe(fds))
		exit(2);
	is(PTR_ERR(eventfd_ctx_fdget(-1)), -EBADF, "a context of -1");
	is(PTR_ERR(eventfd_ctx_fdget(99)), -EBADF, "of a closed descriptor");
	is(PTR_ERR(eventfd_ctx_fdget(fds[0])), -EINVAL, "of a pipe");
	is(PTR_ERR(eventfd_fget(fds[0])), -EINVAL, "the eventfd file of a pipe");
	a = eventfd_ctx_fdget(fd);
	b = eventfd_ctx_fdget(two);
	ok(!IS_ERR(a) && a == b, "one eventfd has one context");
	eventfd_ctx_put(b);
	eventfd_signal(a);
	eventfd_signal(a);
	is(value(fd), 2, "signalled twice");
	add(fd, -2ULL);
	eventfd_signal(a);
	is(value(fd), -2ULL, "a full counter is left alone");
	add(fd, 3);
	eventfd_ctx_do_read(a, &count);
	is(count, 3, "read by the core");
	eventfd_ctx_do_read(a, &count);
	is(count, 0, "which does not wait");
	close(fd);
	eventfd_signal(a);
	is(value(two), 1, "still signalled when one descriptor is closed");
	eventfd_ctx_put(a);
	close(two);
	close(fds[0]);
	close(fds[1]);
}

static void test_watch(void)
{
	int fd = eventfd(0, EFD_NONBLOCK), second = eventfd(5, EFD_NONBLOCK);
	struct waiter w, v;

	is(start(&w, fd) & EPOLLIN, 0, "nothing to read at first");
	add(fd, 4);
	ok(becomes(&w.woken, 1), "woken by a write");
	is(seen(w.sum), 4, "with its value");
	is(value(fd), 0, "which the waiter has taken");
	add(fd, 1);
	ok(becomes(&w.woken, 2), "woken again");
	is(start(&v, second) & EPOLLIN, EPOLLIN, "readable at registration");
	usleep(20000);
	is(seen(v.woken), 0, "which wakes nobody");
	add(second, 1);
	ok(becomes(&v.woken, 1), "the next write does");
	is(seen(v.sum), 6, "with all that was there");
	stop(&v);
	add(second, 1);
	usleep(20000);
	is(seen(v.woken), 1, "not after it has left the queue");
	is(value(second), 1, "nor is anything read");
	ok(!kapi_fd_closing(0), "stdin is no eventfd");
	ok(kapi_fd_closing(fd), "an eventfd is about to be closed");
	close(second);
	kapi_fd_closed();
	is(seen(w.hung_up), 0, "another one was closed");
	close(fd);
	kapi_fd_closed();
	ok(becomes(&w.hung_up, 1), "closing the last descriptor hangs up");
	kapi_fd_closed();
	is(seen(w.hung_up), 1, "once");
	stop(&w);
	ok(!kapi_fd_closing(0), "nothing is watched any more");
}

__attribute__((__unused__))
static void test_fork(void)
{
	int fd = eventfd(0, EFD_NONBLOCK), other = eventfd(0, EFD_NONBLOCK), status;
	struct waiter w, v;
	pid_t pid;

	start(&w, fd);
	add(fd, 1);
	becomes(&w.woken, 1);
	pid = fork();
	if (!pid) {
		start(&v, other);
		add(other, 1);
		status = !becomes(&v.woken, 1);
		stop(&v);
		add(fd, 1);
		usleep(20000);
		_exit(status || w.woken != 1);
	}
	waitpid(pid, &status, 0);
	is(status, 0, "a child watches its own eventfds and not its parent's");
	ok(becomes(&w.woken, 2), "what it wrote wakes the parent");
	stop(&w);
	close(fd);
	close(other);
}

int main(void)
{
	kapi_init();
	test_ctx();
	test_watch();
	/* The thread sanitizer has no threads in a child of a process with threads. */
#ifndef __SANITIZE_THREAD__
	test_fork();
#endif
	return done_testing();
}
