// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of descriptors and the system calls on files of the core.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "tap.h"

static unsigned int released;
static pthread_t released_on;

static ssize_t t_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(buf, count, pos, "0123456789", 10);
}

static ssize_t t_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char in[16];

	if (count > sizeof(in))
		count = sizeof(in);
	if (copy_from_user(in, buf, count))
		return -EFAULT;
	*pos += count;
	return count;
}

static long t_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd == 7)
		return arg + 1;
	if (cmd == 8) {
		/* Released at the end of the call, not under the caller's feet. */
		fput((struct file *)arg);
		return released;
	}
	return -ENOIOCTLCMD;
}

static int t_release(struct inode *inode, struct file *file)
{
	__atomic_add_fetch(&released, 1, __ATOMIC_RELAXED);
	released_on = pthread_self();
	return 0;
}

static const struct file_operations full = {
	.read = t_read, .write = t_write, .unlocked_ioctl = t_ioctl, .release = t_release,
	.llseek = default_llseek,
};
static const struct file_operations bare = { .release = t_release };

static int make(const struct file_operations *fops, int flags, fmode_t mode)
{
	struct file *file = anon_inode_getfile_fmode("[t]", fops, NULL, flags, mode);

	return kapi_fd_publish(file, flags & O_CLOEXEC);
}

static void test_rw(void)
{
	int fd = make(&full, O_RDWR, FMODE_PREAD | FMODE_PWRITE), ro, none, stream;
	struct iovec iov[2];
	char buf[32];
	loff_t pos;

	ro = make(&full, O_RDONLY, 0);
	none = make(&bare, O_RDWR, 0);
	stream = make(&full, O_RDWR, FMODE_STREAM);
	is(kapi_sys_read(fd, buf, 4), 4, "read");
	is(kapi_sys_read(fd, buf, 4), 4, "read goes on");
	is(buf[0], '4', "at the position");
	is(kapi_sys_lseek(fd, 2, SEEK_SET), 2, "lseek");
	is(kapi_sys_lseek(fd, -3, SEEK_CUR), -EINVAL, "lseek in front of the start");
	is(kapi_sys_lseek(fd, 0, 9), -EINVAL, "lseek with a bad whence");
	is(kapi_sys_pread(fd, buf, 4, 6), 4, "pread");
	is(kapi_sys_pread(fd, buf, 4, -1), -EINVAL, "pread at a negative offset");
	is(kapi_sys_pread(99, buf, 4, -1), -EINVAL, "... which is tested first");
	is(kapi_sys_pread(fd, buf, -1UL, 0), -EFAULT, "pread of a length that wraps");
	is(kapi_sys_pread(fd, (void *)8, 4, 0), -EFAULT, "pread to a bad address");
	is(kapi_sys_pread(fd, NULL, 0, 0), 0, "pread of nothing");
	is(kapi_sys_pread(fd, buf, 4, LLONG_MAX), -EINVAL, "pread over the largest offset");
	is(kapi_sys_pwrite(fd, buf, 4, 6), 4, "pwrite");
	is(kapi_sys_write(ro, buf, 1), -EBADF, "write on O_RDONLY");
	is(kapi_sys_read(none, buf, 1), -EINVAL, "read without a read operation");
	is(kapi_sys_pread(ro, buf, 1, 0), -ESPIPE, "pread without FMODE_PREAD");
	is(kapi_sys_lseek(none, 0, SEEK_SET), -ESPIPE, "lseek without llseek");
	is(kapi_sys_ioctl(none, 7, 0), -ENOTTY, "ioctl without the operation");
	is(kapi_sys_ioctl(fd, 99, 0), -ENOTTY, "an unknown ioctl");
	is(kapi_sys_ioctl(fd, 7, 41), 42, "ioctl");
	is(kapi_sys_ioctl(fd, FIONBIO, (long)&(int) { 1 }), 0, "FIONBIO");
	is(kapi_sys_getfl(fd), O_RDWR | O_NONBLOCK, "... shows in the flags");
	is(kapi_sys_setfl(fd, 0), 0, "F_SETFL");
	is(kapi_sys_getfl(fd), O_RDWR, "... and off again");
	iov[0] = (struct iovec) { buf, 3 };
	iov[1] = (struct iovec) { buf + 3, 20 };
	pos = 5;
	is(kapi_sys_iov(fd, iov, 2, &pos, 0, false), 5, "preadv");
	is(kapi_sys_iov(fd, iov, 2000, &pos, 0, false), -EINVAL, "preadv of too many");
	is(kapi_sys_iov(fd, (void *)8, 2, &pos, 0, false), -EFAULT, "preadv of a bad vector");
	is(kapi_sys_iov(fd, iov, 2, &pos, 8, false), -EOPNOTSUPP, "preadv2 with RWF_NOWAIT");
	is(kapi_sys_poll(fd), DEFAULT_POLLMASK, "poll without a poll operation");
	is(kapi_sys_poll(77), POLLNVAL, "poll of a closed descriptor");
	is(kapi_sys_fd_name(fd, buf, sizeof(buf)), 14, "the name");
	ok(!strcmp(buf, "anon_inode:[t]"), "is %s", buf);
	is(kapi_sys_close(ro) | kapi_sys_close(none) | kapi_sys_close(stream) | kapi_sys_close(fd), 0,
	   "close");
	is(released, 4, "released all");
	is(kapi_sys_close(fd), -EBADF, "close again");
	is(kapi_sys_read(fd, buf, 1), -EBADF, "read of a closed descriptor");
	is(kapi_sys_ioctl(-1, 0, 0), -EBADF, "ioctl on -1");
}

static void test_dup(void)
{
	int fd = make(&full, O_RDWR, 0), two, other = dup(0);
	struct file *file;

	released = 0;
	two = kapi_sys_dup(fd, true);
	ok(two > fd, "dup takes the next number");
	is(fcntl(two, F_GETFD), FD_CLOEXEC, "close-on-exec is the host's");
	is(fcntl(fd, F_GETFD), 0, "and each descriptor's own");
	is(kapi_sys_close(fd), 0, "close one");
	is(released, 0, "the file stays");
	is(kapi_sys_dup_to(two, other, false), other, "dup2 over a foreign descriptor");
	ok(kapi_fd_is_ours(other), "which is the core's now");
	is(kapi_sys_dup_min(two, 50, false), 50, "F_DUPFD");
	is(kapi_sys_dup_to(two, -1, false), -EBADF, "dup2 to -1");
	is(kapi_sys_dup_to(77, 50, false), -EBADF, "dup2 of a closed one");
	file = kapi_fget(50);
	is(file_count(file), 4, "references: three descriptors and this one");
	kapi_sys_close(50);
	kapi_sys_close(two);
	is(released, 0, "not released yet");
	is(kapi_sys_ioctl(other, 8, (long)file), 0, "a reference dropped inside of a call");
	close(other);
	is(dup2(1, other), other, "closed behind our back, and the number used again");
	kapi_fd_forget(other);
	is(released, 1, "forgotten: released");
	ok(!kapi_fd_is_ours(other), "and the host's again");
	close(other);
}

static void test_limits(void)
{
	int fd = make(&full, O_RDWR, 0), last, count = 0, want = 0, reserved, i;
	struct rlimit lim, low;
	int got[16];

	reserved = get_unused_fd_flags(O_CLOEXEC);
	is(kapi_sys_ioctl(reserved, 7, 0), -EBADF, "a reserved descriptor is closed");
	is(kapi_sys_close(reserved), -EBADF, "and cannot be closed");
	put_unused_fd(reserved);
	ok(!kapi_fd_is_ours(reserved), "given back");

	getrlimit(RLIMIT_NOFILE, &lim);
	for (i = fd; i < fd + 10; i++)
		want += fcntl(i, F_GETFD) < 0;
	low = (struct rlimit) { fd + 10, lim.rlim_max };
	setrlimit(RLIMIT_NOFILE, &low);
	while (count < 16 && (last = kapi_sys_dup(fd, false)) >= 0)
		got[count++] = last;
	is(last, -EMFILE, "at the limit");
	is(count, want, "all below were given");
	is(get_unused_fd_flags(0), -EMFILE, "nothing left to reserve");
	setrlimit(RLIMIT_NOFILE, &lim);
	released = 0;
	while (count)
		kapi_sys_close(got[--count]);
	kapi_sys_close(fd);
	is(released, 1, "released with the last of them");
	is(kapi_sys_dup_min(fd, 1 << 22, false), -EBADF, "F_DUPFD of a closed one");
}

static void test_foreign(void)
{
	int fds[2];
	struct file *file;

	if (pipe(fds))
		exit(2);
	file = fget(fds[0]);
	ok(file && file->f_op != &full, "a pipe is a file with other operations");
	close(fds[0]);
	if (file)
		fput(file);
	ok(!fget(fds[0]), "a closed descriptor is none");
	is(kapi_sys_ioctl(fds[1], 7, 0), -EBADF, "a system call of the core refuses a pipe");
	close(fds[1]);
}

static int shared;

static void *hammer(void *arg)
{
	long bad = 0, fd, i;

	for (i = 0; i < 20000; i++) {
		fd = kapi_sys_ioctl(shared, 7, 41);
		bad += fd != 42 && fd != -EBADF;
		if (arg) {
			fd = kapi_sys_dup(shared, true);
			bad += fd < 0 ? fd != -EBADF : kapi_sys_ioctl(fd, 7, 1) != 2;
			bad += fd >= 0 && kapi_sys_close(fd);
		}
	}
	return (void *)bad;
}

static void test_threads(void)
{
	int keep = make(&full, O_RDWR, 0), i;
	pthread_t threads[4];
	void *bad;
	long all = 0;

	released = 0;
	shared = kapi_sys_dup(keep, true);
	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, hammer, (void *)(long)(i & 1));
	for (i = 0; i < 20000; i++)
		all += kapi_sys_dup_to(keep, shared, true) != shared;
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], &bad);
		all += (long)bad;
	}
	is(all, 0, "ioctl, dup and close in four threads against dup2 in another");
	kapi_sys_close(shared);
	is(released, 0, "one reference is left");
	kapi_sys_close(keep);
	is(released, 1, "released once");
	ok(pthread_equal(released_on, pthread_self()), "on the closing thread");
}

static void test_fork(void)
{
	int fd = make(&full, O_RDWR, 0), status = 0;
	struct mm_struct *mm = current->mm;
	pid_t pid;

	released = 0;
	pid = fork();
	if (!pid) {
		status = current->mm == mm || kapi_sys_ioctl(fd, 7, 1) != 2 ||
			 kapi_sys_close(fd) || released != 1 || current->pid != getpid();
		_exit(status);
	}
	waitpid(pid, &status, 0);
	is(status, 0, "a child has an mm and a table of its own");
	is(released, 0, "what it closes stays open in the parent");
	pid = vfork();
	if (!pid) {
		kapi_sys_close(fd);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	is(kapi_sys_ioctl(fd, 7, 1), 2, "what a vfork() child closes too");
	kapi_sys_close(fd);
}

int main(void)
{
	kapi_init();
	test_rw();
	test_dup();
	test_limits();
	test_foreign();
	test_threads();
	test_fork();
	return done_testing();
}
