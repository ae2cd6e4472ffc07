// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing to sysfs in the ways of programs: write(), streams of libc, dprintf(),
 * and standard output that was redirected.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include "preload.h"

#define NAME "0000:01:00.0"
#define OVERRIDE DEV "/driver_override"
#define PROBE "/sys/bus/pci/drivers_probe"
#define DRIVER "/sys/bus/pci/drivers/mock_vfio_pci"

static const char *content(const char *file)
{
	static char text[64];
	int fd = open(file, O_RDONLY);
	ssize_t len = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	close(fd);
	text[len > 0 ? len : 0] = 0;
	text[strcspn(text, "\n")] = 0;
	return text;
}

/* driver_override is @want; and set it to something else for the next test. */
static void override_is(const char *want, const char *how)
{
	int fd = open(OVERRIDE, O_WRONLY);

	ok(!strcmp(content(OVERRIDE), want), "%s: %s", how, content(OVERRIDE));
	write(fd, "before", 6);
	close(fd);
}

static bool bound(void)
{
	struct stat st;

	return !lstat(DEV "/driver", &st);
}

static long put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);
	long ret = fd < 0 ? -errno : err(write(fd, text, strlen(text)));

	close(fd);
	return ret;
}

static void test_write(void)
{
	struct iovec iov[2] = { { "vec", 3 }, { "tor", 3 } };
	int fd;

	is(put(OVERRIDE, "one\n"), 4, "write");
	override_is("one", "is what is read");
	fd = open(OVERRIDE, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	ok(fd >= 0, "as a shell opens it, with O_CREAT and O_TRUNC");
	is(pwrite(fd, "two", 3, 0), 3, "pwrite");
	override_is("two", "pwrite");
	is(writev(fd, iov, 2), 6, "writev");
	override_is("vector", "writev is one write");
	is(err(write(fd, bad, 4)), -EFAULT, "a bad pointer");
	is(write(fd, "", 0), 0, "nothing");
	close(fd);
	is(err(open(DEV "/vendor", O_WRONLY)), -EACCES, "vendor cannot be written");
	is(err(open(DEV "/reset", O_RDONLY)), -EACCES, "reset cannot be read");
	is(err(open(DEV "/new", O_WRONLY | O_CREAT, 0666)), -EACCES, "no file is made");
}

static void test_streams(void)
{
	FILE *f = fopen(OVERRIDE, "w");
	int fd;

	is(fprintf(f, "stream%d\n", 1), 8, "fprintf");
	ok(fileno(f) >= 0 && fcntl(fileno(f), F_GETFL) >= 0, "fileno");
	is(fclose(f), 0, "fclose");
	override_is("stream1", "fopen");

	f = fdopen(open(OVERRIDE, O_WRONLY), "w");
	fputs("stream2", f);
	is(fflush(f), 0, "fflush");
	override_is("stream2", "fdopen");
	fclose(f);
	ok(!fdopen(open(DEV "/vendor", O_RDONLY), "w") && errno == EINVAL,
	   "fdopen wants the access mode");
	f = fdopen(open(DEV "/vendor", O_RDONLY), "r");
	ok(fgets(path, sizeof(path), f) && !strcmp(path, "0x1234\n"), "fdopen to read");
	fclose(f);

	f = fopen(PROBE, "w");
	fputs("0000:7f:00.0", f);
	ok(fflush(f) == EOF && errno == ENODEV && ferror(f), "the error of a store: %m");
	fclose(f);

	fd = open(OVERRIDE, O_WRONLY);
	is(dprintf(fd, "d%s", "printf"), 7, "dprintf");
	override_is("dprintf", "dprintf");
	close(fd);
}

/* What a shell does for "echo text >file" with its own echo. */
static void test_standard_output(void)
{
	int fd = open(OVERRIDE, O_WRONLY | O_TRUNC), saved = dup(1);

	fflush(stdout);
	dup2(fd, 1);
	close(fd);
	printf("redirected\n");
	fd = fflush(stdout);
	dup2(saved, 1);
	is(fd, 0, "standard output redirected");
	override_is("redirected", "printf");

	fd = open(PROBE, O_WRONLY);
	fflush(stdout);
	dup2(fd, 1);
	puts("0000:7f:00.0");
	fd = fflush(stdout) == EOF || ferror(stdout) ? errno : 0;
	clearerr(stdout);
	dup2(saved, 1);
	is(fd, ENODEV, "the error of a store reaches the stream");

	fflush(stdout);
	close(1);
	fd = open(OVERRIDE, O_WRONLY);
	printf("closed first");
	fflush(stdout);
	dup2(saved, 1);
	is(fd, 1, "close and open");
	override_is("closed first", "puts the file in its place");

	fd = open(OVERRIDE, O_WRONLY);
	dup2(fd, 2);
	close(fd);
	fprintf(stderr, "standard error");
	dup2(saved, 2);
	override_is("standard error", "stderr");
	close(saved);
	printf("# standard output is as it was\n");
}

static void test_bind(void)
{
	struct stat st;

	put(OVERRIDE, "mock_vfio_pci");
	is(put(DRIVER "/unbind", NAME), 12, "unbind");
	ok(!bound(), "the driver link is gone");
	is(put(DRIVER "/unbind", NAME), -ENODEV, "unbind again");
	is(err(stat("/dev/vfio/2", &st)), -ENOENT, "and so is the group");
	is(put(DRIVER "/bind", NAME "\n"), 13, "bind");
	ok(bound(), "the driver link is back");
	is(stat("/dev/vfio/2", &st), 0, "and so is the group");
	is(put(DRIVER "/bind", NAME), -EBUSY, "bind again");
	is(put("/sys/bus/pci/drivers/vfio-pci/bind", NAME), -ENODEV, "another driver");
	put(DRIVER "/unbind", NAME);
	put(OVERRIDE, "vfio-pci");
	is(put(PROBE, NAME), 12, "drivers_probe");
	is(readlink(DEV "/driver", path, sizeof(path)) > 0, 1, "binds");
	ok(strstr(path, "/vfio-pci"), "the driver that was named");
	is(put(DEV "/reset", "1"), 1, "reset");
	is(put(DEV "/enable", "1"), -EBUSY, "enable of a bound device");
	is(put(DEV "/sriov_numvfs", "1"), -ENOENT, "sriov_numvfs of a device without");
	is(put(DRIVER "/new_id", "fffd fffc"), 9, "new_id");
	is(put(DRIVER "/remove_id", "fffd fffc"), 9, "remove_id");
}

static int own_table_fd;
static void *own_table(void *arg)
{
	if (unshare(CLONE_FILES))
		return (void *)1L;
	*(int *)arg = 1;
	while (!__atomic_load_n(&own_table_fd, __ATOMIC_ACQUIRE))
		sched_yield();
	return (void *)(long)(write(own_table_fd, "thread", 6) != 6);
}

/* A thread with a table of its own still has the core's descriptors. */
static void test_unshare(void)
{
	pthread_t thread;
	int started = 0;
	void *ret;

	pthread_create(&thread, NULL, own_table, &started);
	while (!__atomic_load_n(&started, __ATOMIC_ACQUIRE))
		sched_yield();
	__atomic_store_n(&own_table_fd, open(OVERRIDE, O_WRONLY), __ATOMIC_RELEASE);
	pthread_join(thread, &ret);
	ok(!ret, "a thread that called unshare writes to a later descriptor");
	override_is("thread", "unshare");
	close(own_table_fd);
}

int main(int argc, char **argv)
{
	preload(argv);
	test_write();
	test_streams();
	test_standard_output();
	test_bind();
	test_unshare();
	return done_testing();
}
