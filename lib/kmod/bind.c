// SPDX-License-Identifier: GPL-2.0-only
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "kmod/bind.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIND_MAX	64
#define BUS		"/sys/bus/pci"

/* One write() of it to the keeper is one record. */
static struct binding saved[BIND_MAX];
static int nr_saved;
static int keeper_fd = -1;
static pid_t keeper_pid;
static pid_t owner_pid;		/* children inherit the list, but not the duty */
static void (*death_before)(void), (*death_after)(void);

int bind_valid_bdf(const char *bdf)
{
	static const char form[] = "xxxx:xx:xx.x";
	size_t i;

	for (i = 0; form[i]; i++) {
		if (form[i] != 'x' && bdf[i] != form[i])
			return 0;
		if (form[i] == 'x' && (!bdf[i] || !strchr("0123456789abcdef", bdf[i])))
			return 0;
	}
	return !bdf[i] && bdf[11] <= '7';
}

static int write_file(const char *path, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;
	int fd, ret = 0;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n != (ssize_t)len)
		ret = n < 0 ? -errno : -EIO;
	close(fd);
	return ret;
}

static int write_attr(const char *bdf, const char *attr, const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), BUS "/devices/%s/%s", bdf, attr);
	return write_file(path, text);
}

int driver_of(const char *bdf, char *name)
{
	char path[PATH_MAX], link[PATH_MAX];
	const char *base;
	struct stat st;
	ssize_t n;

	*name = '\0';
	if (!bind_valid_bdf(bdf))
		return -EINVAL;
	snprintf(path, sizeof(path), BUS "/devices/%s", bdf);
	if (stat(path, &st))
		return errno == ENOENT ? -ENODEV : -errno;
	snprintf(path, sizeof(path), BUS "/devices/%s/driver", bdf);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	link[n] = '\0';
	base = strrchr(link, '/');
	snprintf(name, BIND_NAME_MAX, "%.*s", BIND_NAME_MAX - 1, base ? base + 1 : link);
	return 0;
}

/* The kernel prints "(null)" where none is set. */
static int override_of(const char *bdf, char *name)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), BUS "/devices/%s/driver_override", bdf);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, name, BIND_NAME_MAX - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	name[n] = '\0';
	name[strcspn(name, "\n")] = '\0';
	if (!strcmp(name, "(null)"))
		*name = '\0';
	return 0;
}

static int set_override(const char *bdf, const char *driver)
{
	/* An empty write would not reach the attribute; a newline clears it. */
	return write_attr(bdf, "driver_override", *driver ? driver : "\n");
}

int bind_driver(const char *bdf, const char *driver)
{
	char now[BIND_NAME_MAX], path[PATH_MAX];
	struct stat st;
	int ret;

	ret = driver_of(bdf, now);
	if (ret)
		return ret;
	if (!strcmp(now, driver))
		return 0;
	if (*driver) {
		snprintf(path, sizeof(path), BUS "/drivers/%s", driver);
		if (strchr(driver, '/') || stat(path, &st))
			return -ENOENT;
	}
	ret = set_override(bdf, driver);
	if (ret)
		return ret;
	if (*now) {
		ret = write_attr(bdf, "driver/unbind", bdf);
		if (ret && ret != -ENOENT)
			return ret;
	}
	if (!*driver)
		return 0;
	ret = write_file(BUS "/drivers_probe", bdf);
	if (ret)
		return ret;
	/* drivers_probe says nothing about a probe that refused. */
	ret = driver_of(bdf, now);
	if (!ret && strcmp(now, driver))
		ret = -EIO;
	return ret;
}

int binding_read(const char *bdf, struct binding *b)
{
	int ret;

	*b = (struct binding){ 0 };
	ret = driver_of(bdf, b->driver);
	if (ret)
		return ret;
	snprintf(b->bdf, sizeof(b->bdf), "%s", bdf);
	return override_of(bdf, b->override);
}

int binding_restore(const struct binding *b)
{
	char now[BIND_NAME_MAX], path[PATH_MAX];
	int ret, err;

	ret = driver_of(b->bdf, now);
	if (ret)
		return ret;
	err = set_override(b->bdf, b->override);
	if (!strcmp(now, b->driver))
		return err;
	if (*now) {
		ret = write_attr(b->bdf, "driver/unbind", b->bdf);
		if (ret && ret != -ENOENT)
			return ret;
	}
	if (*b->driver) {
		/*
		 * By name: its ids may have come from new_id, or the override
		 * was changed after it had bound.
		 */
		snprintf(path, sizeof(path), BUS "/drivers/%s/bind", b->driver);
		ret = write_file(path, b->bdf);
		if (ret)
			return ret;
	}
	return err;
}

static int restore_list(const struct binding *list, int n)
{
	int i, ret, first = 0;

	/* Newest first: the way it was built up, backwards. */
	for (i = n - 1; i >= 0; i--) {
		ret = binding_restore(&list[i]);
		if (ret && !first)
			first = ret;
	}
	return first;
}

/*
 * Reads records until its maker is gone, then restores them. A record with an
 * empty address says that the maker has restored all by itself.
 */
static void __attribute__((noreturn)) keeper(int fd)
{
	struct binding list[BIND_MAX], b;
	int n = 0;
	ssize_t got;

	for (;;) {
		got = recv(fd, &b, sizeof(b), MSG_WAITALL);
		if (got != sizeof(b))
			break;
		if (!*b.bdf)
			_exit(0);
		if (n < BIND_MAX)
			list[n++] = b;
	}
	if (death_before)
		death_before();
	n = restore_list(list, n);
	if (death_after)
		death_after();
	_exit(n ? 1 : 0);
}

void bind_on_death(void (*before)(void), void (*after)(void))
{
	death_before = before;
	death_after = after;
}

static void restore_at_exit(void)
{
	if (getpid() == owner_pid)
		bind_restore_all();
}

static int keeper_start(void)
{
	static bool registered;
	int pair[2], fd, null, err;
	sigset_t all, old;
	char ready = 1;

	if (keeper_fd >= 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	/* A signal to the whole group must not find the keeper before it has left it. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	keeper_pid = fork();
	err = errno;
	if (!keeper_pid) {
		setsid();
		/* Whoever waits for the end of our maker's output must not wait for us. */
		null = open("/dev/null", O_RDWR);
		for (fd = 0; fd < 3 && null >= 0; fd++)
			dup2(null, fd);
		/* An open device would make its unbind wait for ever. */
		dup2(pair[0], 3);
		closefrom(4);
		if (write(3, &ready, 1) == 1)
			keeper(3);
		_exit(1);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(pair[0]);
	if (keeper_pid < 0 || read(pair[1], &ready, 1) != 1) {
		close(pair[1]);
		return keeper_pid < 0 ? -err : -EIO;
	}
	keeper_fd = pair[1];
	owner_pid = getpid();
	if (!registered)
		atexit(restore_at_exit);
	registered = true;
	return 0;
}

int bind_driver_restored(const char *bdf, const char *driver)
{
	struct binding b;
	int i, ret;

	ret = binding_read(bdf, &b);
	if (ret)
		return ret;
	for (i = 0; i < nr_saved; i++)
		if (!strcmp(saved[i].bdf, bdf))
			return bind_driver(bdf, driver);
	if (nr_saved == BIND_MAX)
		return -ENOSPC;
	ret = keeper_start();
	if (ret)
		return ret;
	/* The record first: from here on no way out leaves the device changed. */
	if (send(keeper_fd, &b, sizeof(b), MSG_NOSIGNAL) != sizeof(b))
		return -EIO;
	saved[nr_saved++] = b;
	return bind_driver(bdf, driver);
}

int bind_restore_all(void)
{
	struct binding done = { 0 };
	int ret;

	if (keeper_fd < 0)
		return 0;
	ret = restore_list(saved, nr_saved);
	nr_saved = 0;
	/* Should this fail, the keeper restores once more, which changes nothing. */
	if (send(keeper_fd, &done, sizeof(done), MSG_NOSIGNAL) != sizeof(done) && !ret)
		ret = -EIO;
	close(keeper_fd);
	keeper_fd = -1;
	while (waitpid(keeper_pid, NULL, 0) < 0 && errno == EINTR)
		;
	return ret;
}
