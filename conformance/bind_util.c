// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bind_util.h"

#define PATIENCE_MS 5000

static void driver_path(char *path, size_t size, const char *driver, const char *attr)
{
	snprintf(path, size, "/sys/bus/pci/drivers/%s/%s", driver, attr);
}

static void pause_ms(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* With an IOMMU, and no other named device in its group. */
static bool is_alone(const char *bdf)
{
	int group = __sysfs_group(bdf);
	unsigned int i, n = 0;

	for (i = 0; named_bdf(i); i++)
		n += __sysfs_group(named_bdf(i)) == group;
	return n == 1 && !group_is_noiommu(group);
}

const char *bind_candidate(const char **why)
{
	const char *main_bdf = role_bdf(ROLE_MAIN), *peer = role_bdf(ROLE_PEER);
	const char *found = NULL, *bdf;
	char driver[64], path[128];
	unsigned int i;

	/* What an interrupted test left behind is being restored. */
	for (i = 0; i < PATIENCE_MS / 10 && main_bdf && !device_is_bound(main_bdf); i++)
		pause_ms(10);
	for (i = 0; (bdf = named_bdf(i)); i++) {
		if (!is_alone(bdf) || __sysfs_driver(bdf, driver, sizeof(driver)))
			continue;
		/* The peer's driver tells more about what reaches it. */
		if (!found || !strcmp(found, main_bdf ?: "") || !strcmp(bdf, peer ?: ""))
			found = bdf;
	}
	*why = "no named device is alone in its IOMMU group and bound to a driver";
	if (!found)
		return NULL;
	__sysfs_driver(found, driver, sizeof(driver));
	driver_path(path, sizeof(path), driver, "unbind");
	*why = "this user cannot write to the driver's unbind attribute";
	return access(path, W_OK) ? NULL : found;
}

bool device_is_bound(const char *bdf)
{
	char driver[64];

	return !__sysfs_driver(bdf, driver, sizeof(driver));
}

int __device_unbind(const struct binding *b)
{
	char driver[64], path[128];
	int ret = __sysfs_driver(b->bdf, driver, sizeof(driver));

	if (ret)
		return ret;
	driver_path(path, sizeof(path), driver, "unbind");
	return __file_write(path, b->bdf);
}

int __device_bind(const struct binding *b, const char *driver)
{
	char path[128];

	driver_path(path, sizeof(path), driver, "bind");
	return __file_write(path, b->bdf);
}

static void restore(const struct binding *b)
{
	char driver[64];

	if (!__sysfs_driver(b->bdf, driver, sizeof(driver)) && !strcmp(driver, b->driver)) {
		__sysfs_write(b->bdf, "driver_override", b->override);
		return;
	}
	__device_unbind(b);
	__sysfs_write(b->bdf, "driver_override", b->driver);
	__device_bind(b, b->driver);
	__sysfs_write(b->bdf, "driver_override", b->override);
}

void binding_keep(struct binding *b, const char *bdf)
{
	char byte;
	int p[2];

	memset(b, 0, sizeof(*b));
	snprintf(b->bdf, sizeof(b->bdf), "%s", bdf);
	b->group = sysfs_group(bdf);
	if (__sysfs_driver(bdf, b->driver, sizeof(b->driver)) ||
	    __sysfs_read(bdf, "driver_override", b->override, sizeof(b->override)) < 0)
		CLIENT_FAIL("%s: not bound, or without driver_override", bdf);
	/* What is shown for no override is a name to write back. */
	if (!strcmp(b->override, "(null)"))
		strcpy(b->override, "\n");
	if (pipe2(p, O_CLOEXEC))
		CLIENT_FAIL("pipe: %s", client_errno(errno));
	fflush(NULL);
	b->keeper = fork();
	if (b->keeper < 0)
		CLIENT_FAIL("fork: %s", client_errno(errno));
	if (!b->keeper) {
		/* Out of reach of what ends the test and all of its group. */
		setsid();
		close(p[1]);
		while (read(p[0], &byte, 1) < 0 && errno == EINTR)
			;
		restore(b);
		_exit(0);
	}
	close(p[0]);
	b->pipe = p[1];
}

void binding_restore(struct binding *b)
{
	if (!b->keeper)
		return;
	close(b->pipe);
	while (waitpid(b->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	b->keeper = 0;
}

bool group_node_is(int group, bool there)
{
	char path[64];
	int i;

	/* udev or devtmpfs may be a moment late. */
	snprintf(path, sizeof(path), "/dev/vfio/%d", group);
	for (i = 0; i < PATIENCE_MS / 10 && there != !access(path, F_OK); i++)
		pause_ms(10);
	return there == !access(path, F_OK);
}

static void on_signal(int sig)
{
}

static void *unbind_thread(void *arg)
{
	struct unbinder *u = arg;
	int ret = 0;

	/* A table of its own: descriptors opened from now on are not in it. */
	if (unshare(CLONE_FILES))
		ret = -errno;
	pthread_mutex_lock(&u->lock);
	u->started = true;
	pthread_cond_broadcast(&u->cond);
	while (!u->go)
		pthread_cond_wait(&u->cond, &u->lock);
	pthread_mutex_unlock(&u->lock);

	if (!ret && *u->text) {
		ret = write(u->fd, u->text, strlen(u->text));
		if (ret < 0)
			ret = -errno;
	}
	pthread_mutex_lock(&u->lock);
	u->result = ret;
	u->done = true;
	pthread_cond_broadcast(&u->cond);
	pthread_mutex_unlock(&u->lock);
	return NULL;
}

void unbinder_start(struct unbinder *u, const struct binding *b)
{
	char path[128];

	driver_path(path, sizeof(path), b->driver, "unbind");
	writer_start(u, path, b->bdf);
}

void writer_start(struct unbinder *u, const char *path, const char *text)
{
	struct sigaction act = { .sa_handler = on_signal };
	int ret;

	memset(u, 0, sizeof(*u));
	snprintf(u->text, sizeof(u->text), "%s", text);
	pthread_mutex_init(&u->lock, NULL);
	pthread_cond_init(&u->cond, NULL);
	sigaction(SIGUSR1, &act, NULL);
	u->fd = open(path, O_WRONLY | O_CLOEXEC);
	if (u->fd < 0)
		CLIENT_FAIL("%s: %s", path, client_errno(errno));
	ret = pthread_create(&u->thread, NULL, unbind_thread, u);
	if (ret)
		CLIENT_FAIL("pthread_create: %s", client_errno(ret));
	pthread_mutex_lock(&u->lock);
	while (!u->started)
		pthread_cond_wait(&u->cond, &u->lock);
	pthread_mutex_unlock(&u->lock);
}

void unbinder_go(struct unbinder *u)
{
	pthread_mutex_lock(&u->lock);
	u->go = true;
	pthread_cond_broadcast(&u->cond);
	pthread_mutex_unlock(&u->lock);
}

bool unbinder_done(struct unbinder *u, int ms)
{
	struct timespec t;
	bool done;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&u->lock);
	while (!u->done && !pthread_cond_timedwait(&u->cond, &u->lock, &t))
		;
	done = u->done;
	pthread_mutex_unlock(&u->lock);
	return done;
}

void unbinder_signal(struct unbinder *u)
{
	pthread_kill(u->thread, SIGUSR1);
}

int unbinder_join(struct unbinder *u)
{
	if (u->fd < 0)
		return u->result;
	/* Never let to write: it has nothing to do. */
	if (!u->go)
		u->text[0] = 0;
	unbinder_go(u);
	pthread_join(u->thread, NULL);
	close(u->fd);
	u->fd = -1;
	return u->result;
}
