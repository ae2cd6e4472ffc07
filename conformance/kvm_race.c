// SPDX-License-Identifier: GPL-2.0-only
/* A group is added, deleted and closed while its device is opened and VMs come and go. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "conformance.h"
#include "client/kvm.h"
#include "client/vfio_client.h"

/* Any device will do; one that opens without a reset is fastest. */
static const char *any_bdf(void)
{
	return role_bdf(ROLE_PLAIN) ?: role_bdf(ROLE_MAIN);
}

FIXTURE(race)
{
	const char *bdf;
};

FIXTURE_SETUP(race)
{
	self->bdf = any_bdf();
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
}

FIXTURE_TEARDOWN(race)
{
}

#define RACE_MS	150

/* What the threads work on, until the time is up or something goes wrong. */
struct contest {
	const char *bdf;
	int group;
	int64_t end;
	atomic_int error;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

static bool goes_on(struct contest *c)
{
	return !atomic_load(&c->error) && now_ms() < c->end;
}

static void note(struct contest *c, int ret)
{
	if (ret < 0)
		atomic_store(&c->error, ret);
}

static void *open_close(void *arg)
{
	struct contest *c = arg;
	int fd;

	while (goes_on(c)) {
		fd = __group_get_device_fd(c->group, c->bdf);
		note(c, fd);
		close(fd);
	}
	return NULL;
}

static void *add_del(void *arg)
{
	int vm = vm_create(), device = vm_vfio_device(vm);
	struct contest *c = arg;

	while (goes_on(c)) {
		note(c, __kvm_vfio_add(device, c->group));
		note(c, __kvm_vfio_del(device, c->group));
	}
	close(device);
	close(vm);
	return NULL;
}

/* The last reference on the VM is the device's more often than not. */
static void *come_and_go(void *arg)
{
	struct contest *c = arg;
	int vm, device, fd;

	while (goes_on(c)) {
		vm = vm_create();
		device = vm_vfio_device(vm);
		note(c, __kvm_vfio_add(device, c->group));
		fd = __group_get_device_fd(c->group, c->bdf);
		note(c, fd);
		close(vm);
		close(device);
		close(fd);
	}
	return NULL;
}

VFIO_TEST_F_TIMEOUT(race, all_at_once, 10, "KVM-052")
{
	void *(*const work[])(void *) = { open_close, add_del, come_and_go };
	struct contest contest = { .bdf = self->bdf };
	pthread_t thread[3];
	struct vfio_dev dev;
	unsigned int i;

	device_open(&dev, self->bdf);
	close(dev.fd);
	dev.fd = -1;
	contest.group = dev.group;
	contest.end = now_ms() + RACE_MS;
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, work[i], &contest));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
	EXPECT_EQ(0, atomic_load(&contest.error));
	device_close(&dev);
	/* Nothing is left that would hold the group. */
	device_open(&dev, self->bdf);
	device_close(&dev);
}

CONFORMANCE_MAIN
