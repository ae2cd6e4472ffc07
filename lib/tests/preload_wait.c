// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting, by the interposer, for files with a poll operation: alone and with the
 * host's, with a time limit and without, and until something happens. And vectors
 * of buffers, of which such a file takes one after the other.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <time.h>
#include "preload_device.h"

static int data;
static volatile size_t size = 64;
static volatile int too_many = 1025;
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask,
		size_t size);

static void *end_later(void *arg)
{
	usleep(30000);
	ioctl(device, VFIO_DEVICE_RESET);
	return NULL;
}

static void *signal_later(void *thread)
{
	usleep(30000);
	pthread_kill(*(pthread_t *)thread, SIGUSR1);
	return NULL;
}

static void on_signal(int sig)
{
}

static void test_poll(void)
{
	struct timespec almost = { 0, 999999999 }, short_time = { 0, 20000000 };
	int event = eventfd(0, 0);
	struct pollfd fds[4] = {
		{ .fd = data, .events = POLLOUT }, { .fd = event, .events = POLLIN },
		{ .fd = -1, .events = POLLIN, .revents = 7 }, { .fd = data, .events = POLLIN },
	};
	unsigned long one = 1;

	is(poll(fds, 3, 0), 0, "nothing is ready");
	is(poll(fds, 3, 20), 0, "nor in a while");
	is(fds[2].revents, 0, "a negative descriptor is left out");
	is(ppoll(fds, 3, &short_time, NULL), 0, "ppoll, too");
	is(poll(fds, 4, -1), 1, "the data file can be read");
	is(fds[3].revents, POLLIN, "which is all that was asked");
	write(event, &one, sizeof(one));
	is(ppoll(fds, 4, &almost, NULL), 2, "and the host's file");
	is(fds[1].revents, POLLIN, "each as it is");
	is(__ppoll_chk(fds, 4, NULL, NULL, size), 2, "__ppoll_chk");
	is(__poll_chk(fds + 3, 1, -1, size), 1, "__poll_chk");
	close(event);
	is(poll(fds, 2, -1), 1, "a closed descriptor beside it");
	is(fds[1].revents, POLLNVAL, "is not valid");
}

static int overrun_poll(void)
{
	struct pollfd fds[2] = { { .fd = 0 }, { .fd = 1 } };

	freopen("/dev/null", "w", stderr);
	return __poll_chk(fds, 2, 0, sizeof(*fds) * (size / 64));
}

static int overrun_ppoll(void)
{
	struct pollfd fds[2] = { { .fd = 0 }, { .fd = 1 } };

	freopen("/dev/null", "w", stderr);
	return __ppoll_chk(fds, 2, NULL, NULL, sizeof(*fds) * (size / 64));
}

/* What the C library does with a buffer too small. */
static bool aborts(int (*fn)(void))
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		_exit(fn());
	}
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_signal(void)
{
	struct sigaction act = { .sa_handler = on_signal };
	struct pollfd pfd = { .fd = data, .events = POLLOUT };
	pthread_t me = pthread_self(), thread;
	sigset_t none, block;
	fd_set out;

	sigaction(SIGUSR1, &act, NULL);
	pthread_create(&thread, NULL, signal_later, &me);
	is(err(poll(&pfd, 1, 5000)), -EINTR, "a signal ends poll");
	pthread_join(thread, NULL);
	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &block, NULL);
	pthread_kill(me, SIGUSR1);
	is(poll(&pfd, 1, 10), 0, "one that is blocked does not");
	is(err(ppoll(&pfd, 1, NULL, &none)), -EINTR, "until ppoll lets it through");
	pthread_kill(me, SIGUSR1);
	FD_ZERO(&out);
	FD_SET(data, &out);
	is(err(pselect(data + 1, NULL, &out, NULL, NULL, &none)), -EINTR, "or pselect");
	pthread_sigmask(SIG_UNBLOCK, &block, NULL);
}

static void test_select(void)
{
	struct timeval soon = { 0, 20000 };
	struct timespec now = { 0 };
	fd_set in, out, ex;
	int pipefd[2];

	pipe(pipefd);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&ex);
	FD_SET(data, &in);
	FD_SET(data, &out);
	FD_SET(data, &ex);
	FD_SET(pipefd[0], &in);
	FD_SET(pipefd[1], &out);
	is(select(FD_SETSIZE, &in, &out, &ex, NULL), 2, "select: one to read, one to write");
	ok(FD_ISSET(data, &in) && FD_ISSET(pipefd[1], &out), "those");
	ok(!FD_ISSET(data, &out) && !FD_ISSET(data, &ex) && !FD_ISSET(pipefd[0], &in), "only those");
	FD_ZERO(&out);
	FD_SET(data, &out);
	is(select(data + 1, NULL, &out, NULL, &soon), 0, "select with a time limit");
	ok(!FD_ISSET(data, &out), "clears what is not ready");
	FD_SET(data, &in);
	is(pselect(data + 1, &in, NULL, NULL, &now, NULL), 1, "pselect");
	is(pselect(data, &in, NULL, NULL, &now, NULL), 0, "which looks below the limit only");
	FD_SET(data, &in);
	FD_SET(200, &in);
	is(err(select(256, &in, NULL, NULL, &soon)), -EBADF, "select with a closed descriptor");
	FD_ZERO(&in);
	FD_SET(pipefd[0], &in);
	is(pselect(pipefd[0] + 1, &in, NULL, NULL, &now, NULL), 0, "pselect of the host's alone");
	close(pipefd[0]);
	close(pipefd[1]);
}

static void test_end(void)
{
	struct pollfd pfd = { .fd = data, .events = POLLOUT };
	pthread_t thread;
	fd_set ex;

	pthread_create(&thread, NULL, end_later, NULL);
	is(poll(&pfd, 1, -1), 1, "poll returns when the session ends");
	is(pfd.revents, POLLOUT | POLLERR | POLLHUP, "with an error");
	pthread_join(thread, NULL);
	FD_ZERO(&ex);
	FD_SET(data, &ex);
	is(select(data + 1, NULL, &ex, NULL, NULL), 1, "which select calls ready to write");
	close(data);
}

static void test_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN }, got;
	int ep = epoll_create1(0), other = epoll_create1(0);

	data = data_file(VFIO_DEVICE_STATE_STOP_COPY);
	is(err(epoll_ctl(ep, EPOLL_CTL_MOD, data, &event)), -ENOENT, "not in the set");
	is(err(epoll_ctl(ep, EPOLL_CTL_DEL, data, NULL)), -ENOENT, "not to be removed");
	is(err(epoll_ctl(ep, EPOLL_CTL_ADD, data, NULL)), -EFAULT, "no event");
	is(err(epoll_ctl(ep, 77, data, &event)), -EINVAL, "no operation");
	is(err(epoll_ctl(0, EPOLL_CTL_ADD, data, &event)) < 0, 1, "no set");
	is(epoll_ctl(ep, EPOLL_CTL_ADD, data, &event), 0, "in the set");
	is(err(epoll_ctl(ep, EPOLL_CTL_ADD, data, &event)), -EEXIST, "once");
	is(epoll_ctl(other, EPOLL_CTL_ADD, data, &event), 0, "and in another");
	is(epoll_wait(other, &got, 1, 0), 1, "where it is ready");
	close(other);
	is(epoll_wait(ep, &got, 1, -1), 1, "as in the first");
	is(epoll_ctl(ep, EPOLL_CTL_DEL, data, NULL), 0, "out of the set");
	is(epoll_wait(ep, &got, 1, 10), 0, "nothing in it");
	is(epoll_ctl(ep, EPOLL_CTL_ADD, data, &event), 0, "in again");
	is(close_range(data, data, 0), 0, "close_range");
	is(epoll_wait(ep, &got, 1, 10), 0, "takes it out");
	close(ep);
}

/* The stream of the device, in pieces, and back. */
static void test_vectors(void)
{
	char a[16] = "", b[16] = "", rest[9 * 8];
	struct iovec two[2] = { { a, sizeof(a) }, { b, sizeof(b) } }, many[9], odd[2];
	static char stream[1 << 16];
	ssize_t len = 32, n;

	data = data_file(VFIO_DEVICE_STATE_STOP_COPY);
	for (int i = 0; i < 9; i++)
		many[i] = (struct iovec) { rest + 8 * i, 8 };
	is(readv(data, two, 2), 32, "two buffers");
	memcpy(stream, a, 16);
	memcpy(stream + 16, b, 16);
	is(err(preadv(data, two, 2, 0)), -ESPIPE, "a stream has no positions");
	is(err(preadv2(data, two, 2, 0, 0)), -ESPIPE, "in no way");
	is(err(preadv2(data, two, 2, -1, RWF_DSYNC)), -EOPNOTSUPP, "nor flags");
	n = err(preadv2(data, many, 9, -1, 0));
	ok(n > 0 && n <= 72, "more buffers: %zd", n);
	memcpy(stream + len, rest, n);
	len += n;
	is(err(writev(data, two, 2)), -EBADF, "it cannot be written");
	is(err(readv(data, two, too_many)), -EINVAL, "too many");
	is(err(readv(data, bad, 2)), -EFAULT, "at a bad address");
	is(readv(data, two, 0), 0, "none");
	odd[0] = (struct iovec) { a, -1 };
	is(err(readv(data, odd, 1)), -EINVAL, "a negative length");
	odd[0] = (struct iovec) { (void *)-4096L, 4096 };
	is(err(readv(data, odd, 1)), -EFAULT, "an address of the kernel");
	odd[0] = (struct iovec) { NULL, 0 };
	odd[1] = (struct iovec) { stream + len, 8 };
	n = readv(data, odd, 2);
	ok(n > 0, "an empty one is stepped over");
	len += n;
	odd[0] = (struct iovec) { stream + len, 8 };
	odd[1] = (struct iovec) { bad, 8 };
	n = err(readv(data, odd, 2));
	ok(n == 8, "what was read before a bad one counts: %zd", n);
	len += n;
	while ((n = read(data, stream + len, sizeof(stream) - len)) > 0)
		len += n;
	is(n, 0, "the end of %zd bytes", len);
	close(data);
	is(err(readv(data, two, 2)), -EBADF, "closed");
	data_file(VFIO_DEVICE_STATE_STOP);
	data = data_file(VFIO_DEVICE_STATE_RESUMING);
	odd[0] = (struct iovec) { stream, 16 };
	odd[1] = (struct iovec) { stream + 16, len - 16 };
	is(err(readv(data, odd, 2)), -EBADF, "a file to resume from cannot be read");
	is(pwritev2(data, odd, 2, -1, 0), len, "what was saved is taken back");
	is(err(pwritev(data, odd, 2, 0)), -ESPIPE, "at no position");
	is(err(pwritev2(data, odd, 2, 8, 0)), -ESPIPE, "at none at all");
	close(data);
	is(data_file(VFIO_DEVICE_STATE_STOP), -1, "and is what the device had");
}

int main(int argc, char **argv)
{
	preload(argv);
	open_device();
	data = data_file(VFIO_DEVICE_STATE_STOP_COPY);
	test_poll();
	ok(aborts(overrun_poll), "__poll_chk ends the program");
	ok(aborts(overrun_ppoll), "__ppoll_chk, too");
	test_signal();
	test_select();
	test_end();
	test_epoll();
	data_file(VFIO_DEVICE_STATE_STOP);
	test_vectors();
	close_device();
	return done_testing();
}
