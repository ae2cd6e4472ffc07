// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/thread-self/fail-nth and its other names, as a plain program uses them.
 */
#include <fcntl.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "preload.h"

static char text[32];

/* The number in the file, as text without its end of line. */
static const char *left_in(const char *name)
{
	ssize_t n;
	int fd = open(name, O_RDONLY);

	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	text[strcspn(text, "\n")] = 0;
	return text;
}

static long put(const char *name, const char *number)
{
	int fd = open(name, O_WRONLY);
	long ret = err(write(fd, number, strlen(number)));

	close(fd);
	return ret;
}

#define SELF "/proc/thread-self/fail-nth"

static void test_names(void)
{
	char name[64];
	struct stat st;

	is(put(SELF, "5000"), 4, "set for the thread");
	check(!strcmp(left_in("/proc/self/fail-nth"), text) && atoi(text) > 4900,
	      "the main thread's is the same: %s", text);
	snprintf(name, sizeof(name), "/proc/%d/task/%ld/fail-nth", getpid(), syscall(SYS_gettid));
	check(atoi(left_in(name)) > 4900, "by number: %s", text);
	snprintf(name, sizeof(name), "/proc/self/task/%ld/fail-nth", syscall(SYS_gettid));
	check(atoi(left_in(name)) > 4900, "by number of self: %s", text);
	check(!stat(SELF, &st) && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0644, "its mode");
	is(put(SELF, "0"), 1, "off");
	check(!strcmp(left_in(SELF), "0"), "reads 0 then");
	is(err(open("/proc/self/task/1/fail-nth", O_RDONLY)), -ENOENT, "not of other processes");
	check(open("/proc/self/maps", O_RDONLY) > 0, "other names in /proc are the host's");
}

static void test_values(void)
{
	is(put(SELF, "x"), -EINVAL, "no number");
	is(put(SELF, "-1"), -EINVAL, "a negative number");
	is(put(SELF, "1 2"), -EINVAL, "two numbers");
	is(put(SELF, "4294967296"), -ERANGE, "above UINT_MAX");
	is(put(SELF, "0x10\n"), 5, "another base, and an end of line");
	is(put(SELF, "0"), 1, "and off");
}

/* One call, with its n-th operation failing. The file is held open meanwhile, as tests do. */
static void test_delivery(void)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int nth = open(SELF, O_RDWR), group, container, ret;
	ssize_t n;

	group = open("/dev/vfio/0", O_RDWR);
	container = open("/dev/vfio/vfio", O_RDWR);
	is(pwrite(nth, "1", 1, 0), 1, "the next one");
	ret = err(ioctl(group, VFIO_GROUP_GET_STATUS, &status));
	is(ret, -EFAULT, "the first copy fails");
	n = pread(nth, text, sizeof(text), 0);
	check(n == 2 && !memcmp(text, "0\n", 2), "delivered");
	is(err(ioctl(group, VFIO_GROUP_GET_STATUS, &status)), 0, "once");

	is(pwrite(nth, "3", 1, 0), 1, "the third one");
	is(err(ioctl(group, VFIO_GROUP_GET_STATUS, &status)), 0, "a call that has two");
	n = pread(nth, text, sizeof(text), 0);
	check(n == 2 && !memcmp(text, "1\n", 2), "one is left");
	is(err(ioctl(group, VFIO_GROUP_SET_CONTAINER, &container)), -EFAULT, "so this fails");

	is(pwrite(nth, "1", 1, 0), 1, "before an open");
	is(err(open("/dev/vfio/vfio", O_RDWR)), -ENOMEM, "its file is not made");
	is(pwrite(nth, "1", 1, 0), 1, "before a dup");
	is(err(dup(container)), -EMFILE, "its descriptor is not made");
	is(pwrite(nth, "1", 1, 0), 1, "before calls of the host");
	check(open("/dev/null", O_RDONLY) >= 0, "those are not concerned");
	n = pread(nth, text, sizeof(text), 0);
	check(n == 2 && text[0] == '1', "nor counted");
	is(pwrite(nth, "0", 1, 0), 1, "off");
	close(nth);
	close(group);
	close(container);
}

static pthread_barrier_t barrier;
static long other_tid, other_ret;

static void *other_main(void *arg)
{
	int fd;

	other_tid = syscall(SYS_gettid);
	pthread_barrier_wait(&barrier);
	/* Set by the main thread before this one was ever in the core. */
	pthread_barrier_wait(&barrier);
	fd = err(open("/dev/vfio/vfio", O_RDWR));
	other_ret = fd;
	if (fd >= 0)
		close(fd);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

static void test_threads(void)
{
	char name[64];
	pthread_t thread;
	int fd, i;

	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&thread, NULL, other_main, NULL);
	pthread_barrier_wait(&barrier);
	snprintf(name, sizeof(name), "/proc/self/task/%ld/fail-nth", other_tid);
	is(put(name, "1"), 1, "of another thread");
	check(!strcmp(left_in(name), "1"), "reads back");
	check(!strcmp(left_in(SELF), "0"), "and is not ours");
	fd = open("/dev/vfio/vfio", O_RDWR);
	check(fd >= 0, "we open");
	close(fd);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	is(other_ret, -ENOMEM, "the other thread fails");
	check(!strcmp(left_in(name), "0"), "and is done");
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
	/* A joined thread is gone from the process a moment later. */
	for (i = 0; i < 1000 && (fd = err(open(name, O_RDONLY))) >= 0; i++) {
		close(fd);
		usleep(1000);
	}
	is(fd, -ENOENT, "it has ended");
}

static int child(void)
{
	return strcmp(left_in(SELF), "0") != 0;
}

int main(int argc, char **argv)
{
	preload(argv);
	test_names();
	test_values();
	test_delivery();
	test_threads();
	put(SELF, "1000000");
	check(in_child(child), "a child starts without");
	put(SELF, "0");
	return done_testing();
}
