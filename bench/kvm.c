// SPDX-License-Identifier: GPL-2.0-only
/* The KVM VFIO device: groups are added and deleted. */
#include <unistd.h>

#include "client/kvm.h"
#include "setup.h"

static void bench_add_del(struct bench *b)
{
	const char *why = kvm_missing();
	int vm, device, group, ret;

	if (!why && !role_bdf(ROLE_PLAIN))
		why = role_missing(ROLE_PLAIN);
	if (why) {
		bench_skip(b, why);
		return;
	}
	vm = vm_create();
	device = vm_vfio_device(vm);
	group = group_open(sysfs_group(role_bdf(ROLE_PLAIN)));
	ret = 0;
	bench_floor(b, &floor_getppid, NULL, 2);
	while (!ret && bench_loop(b)) {
		ret = __kvm_vfio_add(device, group);
		if (!ret)
			ret = __kvm_vfio_del(device, group);
		if (ret)
			bench_fail(b, "GROUP_ADD or GROUP_DEL: %s", client_errno(ret));
	}
	bench_set_items(b, 1);
	close(group);
	close(device);
	close(vm);
}

static void bench_create(struct bench *b)
{
	const char *why = kvm_missing();
	int vm, device = 0;

	if (why) {
		bench_skip(b, why);
		return;
	}
	vm = vm_create();
	bench_floor(b, &floor_getppid, NULL, 2);
	while (device >= 0 && bench_loop(b)) {
		device = __vm_create_device(vm, KVM_DEV_TYPE_VFIO, 0);
		if (device < 0)
			bench_fail(b, "KVM_CREATE_DEVICE: %s", client_errno(device));
		else
			close(device);
		/* A VM has one, and its close does not end it. */
		bench_pause(b);
		close(vm);
		vm = vm_create();
		bench_resume(b);
	}
	bench_set_items(b, 1);
	close(vm);
}

void register_kvm(void)
{
	bench_register("kvm_group_add_del", bench_add_del, NULL);
	bench_register("kvm_create_vfio_device", bench_create, NULL);
}
