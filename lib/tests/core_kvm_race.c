// SPDX-License-Identifier: GPL-2.0-only
/*
 * A group that is added, deleted and closed while its device is opened and VMs
 * come and go. Clause KVM-052.
 */
#include <pthread.h>
#include "core_kvm.h"
#include "../core/profile.h"

#define ROUNDS	3000

static struct fake *fake;
static int group;
static int failures;

static void expect(bool good)
{
	if (!good)
		__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
}

static void *open_close(void *arg)
{
	int i, fd;

	for (i = 0; i < ROUNDS; i++) {
		fd = get_device_fd(group, &fake->vdev);
		expect(fd >= 0);
		kapi_sys_close(fd);
	}
	return NULL;
}

static void *add_del(void *arg)
{
	int vm = vm_create(), device = vm_device(vm, KVM_DEV_TYPE_VFIO), i;

	for (i = 0; i < ROUNDS; i++) {
		expect(!set_attr(device, ADD, group));
		expect(!set_attr(device, DEL, group));
	}
	kapi_sys_close(device);
	kapi_sys_close(vm);
	return NULL;
}

/* Two threads use one KVM VFIO device: each add has one winner, and each delete. */
static int shared_device;
static int added;

static void *add_del_shared(void *arg)
{
	int i, ret;

	for (i = 0; i < ROUNDS; i++) {
		ret = set_attr(shared_device, i & 1 ? DEL : ADD, group);
		expect(!ret || ret == (i & 1 ? -ENOENT : -EEXIST));
		if (!ret)
			__atomic_fetch_add(&added, i & 1 ? -1 : 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* The VM is let go of in the middle of things, by its last user, whoever that is. */
static void *come_and_go(void *arg)
{
	int i, vm, device, fd;

	for (i = 0; i < ROUNDS; i++) {
		vm = vm_create();
		device = vm_device(vm, KVM_DEV_TYPE_VFIO);
		expect(!set_attr(device, ADD, group));
		fd = get_device_fd(group, &fake->vdev);
		expect(fd >= 0);
		kapi_sys_close(i & 1 ? vm : device);
		kapi_sys_close(i & 1 ? device : vm);
		kapi_sys_close(fd);
	}
	return NULL;
}

static void test_race(const char *prof)
{
	void *(*const work[])(void *) = { open_close, add_del, add_del_shared, add_del_shared,
					  come_and_go };
	pthread_t thread[ARRAY_SIZE(work)];
	int container, vm;
	unsigned int i;

	vfio_profile_select(prof);
	fake = fake_emulated("fake-race");
	container = open_container();
	group = open_group(&fake->vdev);
	is(sys(group, VFIO_GROUP_SET_CONTAINER, &container), 0, "%s: join", prof);
	is(sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "type1");
	vm = vm_create();
	shared_device = vm_device(vm, KVM_DEV_TYPE_VFIO);
	failures = added = 0;
	for (i = 0; i < ARRAY_SIZE(work); i++)
		if (pthread_create(&thread[i], NULL, work[i], NULL))
			abort();
	for (i = 0; i < ARRAY_SIZE(work); i++)
		pthread_join(thread[i], NULL);
	is(failures, 0, "nothing went wrong");
	is(assigned(vm_of(vm)), added, "the account of a shared device");
	is(fake->opened, fake->closed, "each open has its close");
	kapi_sys_close(shared_device);
	kapi_sys_close(vm);
	kapi_sys_close(group);
	kapi_sys_close(container);
	fake_remove(fake);
	all_gone(prof);
}

int main(void)
{
	core_start();
	is(kapi_load_module("kvm"), 0, "kvm");
	test_race("6.12");
	test_race("6.1");
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
