// SPDX-License-Identifier: GPL-2.0-only
/* The ends of VM, KVM VFIO device, group, container and device, in any order. */
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

FIXTURE(life)
{
	const char *bdf;
	int number;
};

FIXTURE_SETUP(life)
{
	self->bdf = any_bdf();
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	self->number = sysfs_group(self->bdf);
}

FIXTURE_TEARDOWN(life)
{
}

VFIO_TEST_F(life, group_is_held, "KVM-028 KVM-029 KVM-072")
{
	int vm = vm_create(), device = vm_vfio_device(vm), group = group_open(self->number), again;

	kvm_vfio_add(device, group);
	close(group);
	EXPECT_EQ(-EBUSY, __group_open(self->number));
	close(device);
	again = __group_open(self->number);
	EXPECT_TRUE(again >= 0 || again == -EBUSY);
	outcome("KVM-029", errno_name(again < 0 ? again : 0));
	if (again >= 0)
		close(again);
	close(vm);
	/* No later than now. */
	again = __group_open(self->number);
	EXPECT_GE(again, 0);
	close(again);
}

VFIO_TEST_F(life, deleted_group_is_not_held, "KVM-072")
{
	int vm = vm_create(), device = vm_vfio_device(vm), group = group_open(self->number);

	kvm_vfio_add(device, group);
	kvm_vfio_del(device, group);
	close(group);
	group = __group_open(self->number);
	EXPECT_GE(group, 0);
	close(group);
	close(device);
	close(vm);
}

VFIO_TEST_F(life, device_outlives_vm_descriptor, "KVM-069")
{
	int vm = vm_create(), device = vm_vfio_device(vm), group = group_open(self->number);

	close(vm);
	EXPECT_EQ(0, __kvm_vfio_add(device, group));
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(device, group));
	EXPECT_EQ(0, __kvm_vfio_del(device, group));
	EXPECT_EQ(0, __kvm_vfio_add(device, group));
	close(device);
	close(group);
}

VFIO_TEST_F(life, process_ends, "KVM-051")
{
	struct vfio_dev dev;
	pid_t child = fork();
	int status;

	ASSERT_GE(child, 0);
	if (!child) {
		device_open(&dev, self->bdf);
		kvm_vfio_add(vm_vfio_device(vm_create()), dev.group);
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	device_open(&dev, self->bdf);
	device_close(&dev);
}

/* What can be closed. */
enum { CONTAINER, GROUP, DEVICE, KVM_DEVICE, VM, FILES };

/* Permutation number @n of 0..FILES-1. */
static void permutation(unsigned int n, int order[FILES])
{
	int left[FILES] = { 0, 1, 2, 3, 4 }, i, j;

	for (i = 0; i < FILES; i++) {
		int pick = n % (FILES - i);

		n /= FILES - i;
		order[i] = left[pick];
		for (j = pick; j + 1 < FILES - i; j++)
			left[j] = left[j + 1];
	}
}

FIXTURE(close_order)
{
	const char *bdf;
	int number;
};

/* The device belongs to the VM, or was opened too early for that. */
FIXTURE_VARIANT(close_order)
{
	bool add_first;
};

FIXTURE_VARIANT_ADD(close_order, add_then_open) { .add_first = true, };
FIXTURE_VARIANT_ADD(close_order, open_then_add) { .add_first = false, };

FIXTURE_SETUP(close_order)
{
	self->bdf = any_bdf();
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	self->number = sysfs_group(self->bdf);
}

FIXTURE_TEARDOWN(close_order)
{
}

static void open_all(const char *bdf, int number, bool add_first, int fds[FILES])
{
	fds[CONTAINER] = container_open();
	fds[GROUP] = group_open(number);
	group_set_container(fds[GROUP], fds[CONTAINER]);
	container_set_iommu(fds[CONTAINER], VFIO_TYPE1v2_IOMMU);
	fds[VM] = vm_create();
	fds[KVM_DEVICE] = vm_vfio_device(fds[VM]);
	if (add_first)
		kvm_vfio_add(fds[KVM_DEVICE], fds[GROUP]);
	fds[DEVICE] = group_get_device_fd(fds[GROUP], bdf);
	if (!add_first)
		kvm_vfio_add(fds[KVM_DEVICE], fds[GROUP]);
}

/* All 120 orders. That the group opens again shows that nothing was left of the last one. */
VFIO_TEST_F(close_order, all, "KVM-051")
{
	int order[FILES], fds[FILES], i;
	struct vfio_device_info info;
	unsigned int n;

	for (n = 0; n < 120; n++) {
		bool device_open = true;

		open_all(self->bdf, self->number, variant->add_first, fds);
		permutation(n, order);
		for (i = 0; i < FILES; i++) {
			ASSERT_EQ(0, close(fds[order[i]]));
			device_open &= order[i] != DEVICE;
			/* Whatever else has gone, the device works until it is closed. */
			if (device_open)
				device_info(fds[DEVICE], &info);
		}
	}
}

/* Threads that do all of it at once, each until the time is up or something is wrong. */
struct race {
	const char *bdf;
	int group;
	struct timespec end;
	atomic_int error;
};

static bool race_goes_on(struct race *race)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return !race->error && (now.tv_sec < race->end.tv_sec ||
				(now.tv_sec == race->end.tv_sec && now.tv_nsec < race->end.tv_nsec));
}

static void *race_open(void *arg)
{
	struct race *race = arg;
	int fd;

	while (race_goes_on(race)) {
		fd = __group_get_device_fd(race->group, race->bdf);
		if (fd < 0)
			race->error = fd;
		else
			close(fd);
	}
	return NULL;
}

static void *race_add(void *arg)
{
	struct race *race = arg;
	int vm = vm_create(), device = vm_vfio_device(vm), ret;

	while (race_goes_on(race)) {
		ret = __kvm_vfio_add(device, race->group) ?: __kvm_vfio_del(device, race->group);
		if (ret)
			race->error = ret;
	}
	close(device);
	close(vm);
	return NULL;
}

/* The last reference on the VM is the device's more often than not. */
static void *race_vm(void *arg)
{
	struct race *race = arg;
	int vm, device, fd, ret;

	while (race_goes_on(race)) {
		vm = vm_create();
		device = vm_vfio_device(vm);
		ret = __kvm_vfio_add(device, race->group);
		fd = __group_get_device_fd(race->group, race->bdf);
		if (ret || fd < 0)
			race->error = ret ? ret : fd;
		close(vm);
		close(device);
		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

VFIO_TEST_F_TIMEOUT(life, all_at_once, 10, "KVM-052")
{
	void *(*const work[])(void *) = { race_open, race_add, race_vm };
	pthread_t thread[3];
	struct vfio_dev dev;
	struct race race;
	unsigned int i;

	device_open(&dev, self->bdf);
	close(dev.fd);
	race = (struct race){ .bdf = self->bdf, .group = dev.group };
	clock_gettime(CLOCK_MONOTONIC, &race.end);
	race.end.tv_nsec += 150 * 1000 * 1000;
	race.end.tv_sec += race.end.tv_nsec / 1000000000;
	race.end.tv_nsec %= 1000000000;
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, work[i], &race));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
	EXPECT_EQ(0, race.error);
	dev.fd = -1;
	device_close(&dev);
	device_open(&dev, self->bdf);
	device_close(&dev);
}

CONFORMANCE_MAIN
