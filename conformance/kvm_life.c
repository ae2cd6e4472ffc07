// SPDX-License-Identifier: GPL-2.0-only
/* The ends of VM, KVM VFIO device, group, container and device, in any order. */
#include <pthread.h>
#include <stdatomic.h>
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

#define ORDERS	120	/* FILES! */

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

static void open_all(const char *bdf, bool add_first, int fds[FILES])
{
	fds[CONTAINER] = container_open();
	fds[GROUP] = group_open(sysfs_group(bdf));
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

static void close_in_order(unsigned int n, const int fds[FILES])
{
	struct vfio_device_info info;
	int order[FILES], i;

	permutation(n, order);
	for (i = 0; i < FILES; i++) {
		if (close(fds[order[i]]))
			CLIENT_FAIL("close: %s", client_errno(errno));
		if (order[i] == DEVICE)
			break;
		/* Whatever else has gone, the device works. */
		device_info(fds[DEVICE], &info);
	}
	while (++i < FILES)
		close(fds[order[i]]);
}

/* Each thread works with a device of its own, and takes the next order that nobody has done. */
struct closer {
	const char *bdf;
	pthread_t thread;
};

static atomic_uint next_order;

static void *close_orders(void *arg)
{
	const struct closer *closer = arg;
	int fds[FILES];
	unsigned int n;

	/* All orders of a device that belongs to the VM, */
	while ((n = next_order++) < ORDERS) {
		open_all(closer->bdf, true, fds);
		close_in_order(n, fds);
		/* A device that takes long to reset is not a program that hangs. */
		if (n % 20 == 19)
			ksft_print_msg("%u of %d orders\n", n + 1, ORDERS);
	}
	/* and a fifth of them, each file first in some, where it was opened too early for that. */
	for (; n < ORDERS + ORDERS / FILES; n = next_order++) {
		open_all(closer->bdf, false, fds);
		close_in_order((n - ORDERS) * FILES + n % FILES, fds);
	}
	return NULL;
}

/* One named device of each group, at most @max of them. */
static unsigned int pick_devices(struct closer *closers, unsigned int max)
{
	unsigned int i, j, count = 0;
	const char *bdf;

	for (i = 0; count < max && (bdf = named_bdf(i)); i++) {
		if (group_is_noiommu(sysfs_group(bdf)))
			continue;
		for (j = 0; j < count; j++)
			if (sysfs_group(closers[j].bdf) == sysfs_group(bdf))
				break;
		if (j == count)
			closers[count++].bdf = bdf;
	}
	return count;
}

/* That the group opens again each time shows that nothing was left of the last order. */
VFIO_TEST_F_TIMEOUT(life, close_orders, 300, "KVM-051")
{
	struct closer closers[4];
	unsigned int i, count = pick_devices(closers, 4);

	for (i = 0; i < count; i++)
		ASSERT_EQ(0, pthread_create(&closers[i].thread, NULL, close_orders, &closers[i]));
	for (i = 0; i < count; i++)
		ASSERT_EQ(0, pthread_join(closers[i].thread, NULL));
	EXPECT_EQ(ORDERS + ORDERS / FILES + count, atomic_load(&next_order));
}

CONFORMANCE_MAIN
