// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kvm, a VM, and its VFIO device, with each of their operations failing in
 * turn: see fail_sweep.h.
 */
#include <kapi/file.h>
#include <linux/kvm.h>

#include "fail_sweep.h"

static int kvm = -1, vm = -1, vfio = -1, group = -1;
static int made = -1;

static void look(struct view *view)
{
}

static void close_made(void)
{
	kapi_sys_close(made);
	made = -1;
}

static long call_open(void)
{
	return made = kapi_sys_open("/dev/kvm", O_RDWR);
}

static long call_create_vm(void)
{
	return made = sysv(kvm, KVM_CREATE_VM, 0);
}

static int create_device(void)
{
	struct kvm_create_device cd = { .type = KVM_DEV_TYPE_VFIO };
	long ret = sys(vm, KVM_CREATE_DEVICE, &cd);

	return ret ?: (int)cd.fd;
}

/*
 * A VM that has a device cannot have another, so each call gets a new one. All
 * but /dev/kvm is closed: see below for descriptors of which nobody was told.
 */
static void new_vm(void)
{
	int fd;

	for (fd = kapi_fd_next(0); fd >= 0; fd = kapi_fd_next(fd + 1))
		if (fd != kvm && !kapi_fd_is_hidden(fd))
			kapi_sys_close(fd);
	vfio = -1;
	vm = sysv(kvm, KVM_CREATE_VM, 0);
}

static long call_create_device(void)
{
	return vfio = create_device();
}

static long call_api_version(void)
{
	return sysv(kvm, KVM_GET_API_VERSION, 0) == KVM_API_VERSION ? 0 : -EINVAL;
}

static long call_check_extension(void)
{
	return sysv(kvm, KVM_CHECK_EXTENSION, KVM_CAP_DEVICE_CTRL);
}

static long call_vm_check_extension(void)
{
	return sysv(vm, KVM_CHECK_EXTENSION, KVM_CAP_DEVICE_CTRL);
}

static long call_test_device(void)
{
	struct kvm_create_device cd = { .type = KVM_DEV_TYPE_VFIO,
					.flags = KVM_CREATE_DEVICE_TEST };

	return sys(vm, KVM_CREATE_DEVICE, &cd);
}

static long attr(unsigned int cmd, u64 which)
{
	s32 fd = group;
	struct kvm_device_attr arg = {
		.group = KVM_DEV_VFIO_GROUP, .attr = which, .addr = (u64)&fd,
	};

	return sys(vfio, cmd, &arg);
}

static long call_add(void)
{
	return attr(KVM_SET_DEVICE_ATTR, KVM_DEV_VFIO_GROUP_ADD);
}

static long call_del(void)
{
	return attr(KVM_SET_DEVICE_ATTR, KVM_DEV_VFIO_GROUP_DEL);
}

static long call_has(void)
{
	return attr(KVM_HAS_DEVICE_ATTR, KVM_DEV_VFIO_GROUP_ADD);
}

static long call_get(void)
{
	return attr(KVM_GET_DEVICE_ATTR, KVM_DEV_VFIO_GROUP_ADD);
}

/* The last close of a device with a group in it gives that back. */
static long call_close_device(void)
{
	int fd = vfio;

	vfio = -1;
	return kapi_sys_close(fd);
}

static void new_vm_with_group(void)
{
	new_vm();
	vfio = create_device();
	group = open_group(group_of(BDF_MAIN));
	call_add();
}

static void add(void)
{
	call_add();
}

static void del(void)
{
	call_del();
}

static const struct sweep open_kvm[] = {
	{ "open /dev/kvm", call_open, close_made },
	{ "CREATE_VM", call_create_vm, close_made },
	{ "GET_API_VERSION", call_api_version },
	{ "CHECK_EXTENSION", call_check_extension },
};

/*
 * As in Linux the answer is copied out when the device and its descriptor exist,
 * and a failure of that does not take them away again.
 */
static const struct sweep create = {
	"CREATE_DEVICE", call_create_device, new_vm, .undo_failed = true,
};

static const struct sweep with_vm[] = {
	{ "CHECK_EXTENSION of a VM", call_vm_check_extension },
	{ "CREATE_DEVICE, only to ask", call_test_device },
};

static const struct sweep groups[] = {
	{ "HAS_DEVICE_ATTR", call_has },
	/* There is nothing that could be read. */
	{ "GET_DEVICE_ATTR", call_get, .gives = EPERM },
	{ "GROUP_ADD", call_add, del },
	{ "GROUP_DEL", call_del, add, add },
};

static const struct sweep closing = {
	"close of the device", call_close_device, new_vm_with_group, .undo_failed = true,
};

int main(void)
{
	struct kapi_objects before;
	unsigned int i;

	if (!machine_start()) {
		printf("Bail out! no machine\n");
		return 2;
	}
	kapi_sites_track(true);
	kvm = kapi_sys_open("/dev/kvm", O_RDWR);
	new_vm();
	kapi_sys_close(create_device());
	kapi_sys_close(vm);
	kapi_sys_close(kvm);
	kapi_objects_settle();
	kapi_objects_snap(&before);

	kvm = kapi_sys_open("/dev/kvm", O_RDWR);
	for (i = 0; i < ARRAY_SIZE(open_kvm); i++)
		sweep(&open_kvm[i], look);
	new_vm();
	for (i = 0; i < ARRAY_SIZE(with_vm); i++)
		sweep(&with_vm[i], look);
	sweep(&create, look);
	new_vm();
	vfio = create_device();
	group = open_group(group_of(BDF_MAIN));
	check(vfio >= 0 && group >= 0, "a device and a group");
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		sweep(&groups[i], look);
	new_vm_with_group();
	sweep(&closing, look);
	kapi_sys_close(group);
	kapi_sys_close(vfio);
	kapi_sys_close(vm);
	kapi_sys_close(kvm);

	return sweep_end(&before, "core_fail_kvm");
}
