/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of a device as its driver sees it, at the API level of the program:
 * made, registered, opened, asked for, unregistered; device sets. Rules:
 * clauses DRV, SET, DEV and KVM-043 to KVM-047.
 */
#ifndef LEVELS_LIFE_H
#define LEVELS_LIFE_H

#include <linux/kvm_host.h>

#include "levels_driver.h"

/* Made and not registered: nothing is left of it, its set included. */
static void test_unregistered(void)
{
	static int id;
	struct device *dev = ldev_parent("level-unregistered");
	struct vfio_device_set *set;
	unsigned int released = 0;
	struct ldev *a, *b;

	ldev_set_id = &id;
	a = ldev_alloc(dev);
	b = ldev_alloc(dev);
	set = a->vdev.dev_set;
	ok(set && set == b->vdev.dev_set && set->device_count == 2, "two join one set");
	ok(list_first_entry(&set->device_list, struct ldev, vdev.dev_set_list) == a,
	   "a driver can walk the members");
	a->released = b->released = &released;
	ldev_free(a);
	is(set->device_count, 1, "the set outlives one");
	ldev_free(b);
	is(released, 2, "both are gone");
	ldev_set_id = NULL;

	a = ldev_alloc(dev);
	is(with_warnings(1, vfio_assign_device_set(&a->vdev, NULL)), -EINVAL, "a set has an id");
	is(vfio_register_group_dev(&a->vdev), -EINVAL, "no IOMMU group, no registration");
	is(vfio_register_emulated_iommu_dev(&a->vdev), 0, "the device can still be registered");
	vfio_unregister_group_dev(&a->vdev);
	ldev_free(a);
	ldev_parent_remove(dev);
}

static void test_open_close(void)
{
	struct ldev *ldev = ldev_new("level-open"), *other = ldev_new("level-other");
	struct lfds fds, fds2;
	int second;

	/* No step between: users may come before register returns. */
	fds = lfds_open(&ldev->vdev, -1);
	ok(fds.device >= 0, "open right after register");
	is(ldev->opened, 1, "open_device");
	is(ldev->open_count_seen, 1, "open_count is 1 in open_device");
	second = sys(fds.group, VFIO_GROUP_GET_DEVICE_FD, (void *)dev_name(ldev->vdev.dev));
	ok(second >= 0 && ldev->opened == 1, "a second file, no second open_device");

	fds2 = lfds_open(&other->vdev, fds.container);
	kapi_sys_pread(fds2.device, &(u8){ 0 }, 1, 0);
	ok(other->read == 1 && ldev->read == 0, "ops get the device that was meant");
	lfds_close(&fds2, true);

	kapi_sys_close(second);
	is(ldev->closed, 0, "not the last close");
	lfds_close(&fds, false);
	is(ldev->closed, 1, "close_device once");
	is(ldev->open_count_seen, 1, "open_count is 1 in close_device");

	ldev->open_errno = -ENOSPC;
	fds = lfds_open(&ldev->vdev, -1);
	is(fds.device, -ENOSPC, "open_device's error");
	is(ldev->vdev.open_count, 0, "counted back");
	lfds_close(&fds, false);
	is(ldev->closed, 1, "and there is nothing to close");
	ldev_remove(ldev);
	ldev_remove(other);
}

static unsigned int inside, overlaps;

static void open_slowly(struct ldev *ldev)
{
	if (__atomic_fetch_add(&inside, 1, __ATOMIC_SEQ_CST))
		overlaps++;
	usleep(20000);
	__atomic_fetch_sub(&inside, 1, __ATOMIC_SEQ_CST);
}

static void *open_and_close(void *arg)
{
	struct ldev *ldev = arg;
	struct lfds fds = lfds_open(&ldev->vdev, -1);

	lfds_close(&fds, false);
	return NULL;
}

static void test_set(void)
{
	struct ldev *a, *b, *lone;
	pthread_t thread;

	ldev_set_id = &overlaps;
	a = ldev_new("level-set-a");
	b = ldev_new("level-set-b");
	ldev_set_id = NULL;
	lone = ldev_new("level-lone");
	ok(a->vdev.dev_set == b->vdev.dev_set, "one id, one set");
	ok(lone->vdev.dev_set && lone->vdev.dev_set != a->vdev.dev_set, "a set of its own");

	a->on_open = a->on_close = b->on_open = b->on_close = open_slowly;
	pthread_create(&thread, NULL, open_and_close, b);
	open_and_close(a);
	pthread_join(thread, NULL);
	ok(a->closed == 1 && b->closed == 1, "both were opened and closed");
	is(overlaps, 0, "never at once");
	ldev_remove(a);
	ldev_remove(b);
	ldev_remove(lone);
}

static bool unregistered;

static void *unregister(void *arg)
{
	vfio_unregister_group_dev(arg);
	__atomic_store_n(&unregistered, true, __ATOMIC_RELEASE);
	return NULL;
}

static void wait_requests(struct ldev *ldev, unsigned int count)
{
	int i;

	for (i = 0; i < 12000 && __atomic_load_n(&ldev->requested, __ATOMIC_ACQUIRE) < count; i++)
		usleep(1000);
}

/* @patient: wait for the second request, which takes ten seconds. */
static void test_unregister_waits(bool patient)
{
	struct ldev *ldev = ldev_new("level-busy");
	struct lfds fds = lfds_open(&ldev->vdev, -1);
	struct device *dev = ldev->vdev.dev;
	pthread_t thread;

	unregistered = false;
	pthread_create(&thread, NULL, unregister, &ldev->vdev);
	wait_requests(ldev, 1);
	ok(READ_ONCE(ldev->requested) == 1 && !READ_ONCE(ldev->last_request),
	   "the driver is asked with count 0");
	if (patient) {
		wait_requests(ldev, 2);
		ok(READ_ONCE(ldev->requested) == 2 && READ_ONCE(ldev->last_request) == 1,
		   "and again with count 1");
	}
	ok(!__atomic_load_n(&unregistered, __ATOMIC_ACQUIRE), "unregister waits");
	lfds_close(&fds, false);
	pthread_join(thread, NULL);
	is(ldev->closed, 1, "for the last close");
	ldev_free(ldev);
	ldev_parent_remove(dev);
}

static void test_kvm(void)
{
	struct ldev *ldev = ldev_new("level-kvm");
	struct lfds fds = lfds_open(&ldev->vdev, -1);
	struct file *group = kapi_fd_file(fds.group);
	struct kvm vm = {};

	refcount_set(&vm.users_count, 1);
	ok(!ldev->kvm_seen, "opened without a VM");
	vfio_file_set_kvm(group, &vm);
	ok(!ldev->vdev.kvm, "an open device keeps what it has");
	kapi_sys_close(fds.device);
	fds.device = sys(fds.group, VFIO_GROUP_GET_DEVICE_FD, (void *)dev_name(ldev->vdev.dev));
	ok(ldev->kvm_seen == &vm, "the VM is there in open_device");
	vfio_file_set_kvm(group, NULL);
	kapi_sys_close(fds.device);
	fds.device = -1;
	ok(!ldev->vdev.kvm, "and gone after the last close");
	ok(vfio_file_has_dev(group, &ldev->vdev), "the file proves ownership of the device");
	fput(group);
	lfds_close(&fds, false);
	ldev_remove(ldev);
}

#endif
