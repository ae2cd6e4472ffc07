// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMs and their devices from inside: what holds them, and what no user can bring
 * about. Clauses KVM-009, KVM-021, KVM-049, KVM-050.
 */
#include <kapi/fail_nth.h>
#include <sys/eventfd.h>
#include "core_kvm.h"

static void test_without_vfio(void)
{
	int vm, device, event = eventfd(0, 0);

	is(kapi_load_module("kvm"), 0, "kvm alone");
	vm = vm_create();
	device = vm_device(vm, KVM_DEV_TYPE_VFIO);
	ok(device >= 0, "the VFIO device needs no vfio");
	is(set_attr(device, ADD, event), -EINVAL, "but no file is valid");
	is(set_attr(device, DEL, event), -ENOENT, "nor is one there");
	is(kapi_unload_module("kvm"), -EWOULDBLOCK, "kvm is in use");
	ok(vm_of(vm) && !vm_of(device) && !vm_of(event), "the file of a VM is known");
	kapi_sys_close(vm);
	kapi_sys_close(device);
	close(event);
	all_gone("without vfio");
}

static void test_dead(void)
{
	int vm = vm_create(), device = vm_device(vm, KVM_DEV_TYPE_VFIO);
	struct kvm *kvm = vm_of(vm);

	kvm->vm_dead = true;
	is(sysv(vm, KVM_CHECK_EXTENSION, KVM_CAP_DEVICE_CTRL), -EIO, "a dead VM");
	is(set_attr(device, ADD, -1), -EIO, "and its device");
	is(sys(device, KVM_HAS_DEVICE_ATTR, NULL), -EIO, "before anything is read");
	kapi_sys_close(device);
	kapi_sys_close(vm);
	all_gone("dead VM");
}

static void test_lifetime(void)
{
	struct fake *fake = fake_emulated("fake-life");
	int c = open_container(), g = open_group(&fake->vdev), fd;
	int vm = vm_create(), device = vm_device(vm, KVM_DEV_TYPE_VFIO);
	struct kvm *kvm = vm_of(vm);

	is(sys(g, VFIO_GROUP_SET_CONTAINER, &c), 0, "join");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "type1");
	is(set_attr(device, ADD, g), 0, "add");
	fd = get_device_fd(g, &fake->vdev);
	ok(fake->kvm_seen == kvm, "the driver sees the VM");
	is(refcount_read(&kvm->users_count), 3, "which three hold");
	kapi_sys_close(vm);
	kapi_sys_close(device);
	is(refcount_read(&kvm->users_count), 1, "the open device is the last");
	is(kapi_unload_module("kvm"), -EWOULDBLOCK, "and KVM cannot go");
	kapi_sys_close(fd);
	all_gone("last close");

	/* Between the last reference and the end nobody can see it but who has the pointer. */
	vm = vm_create();
	device = vm_device(vm, KVM_DEV_TYPE_VFIO);
	kvm = vm_of(vm);
	is(set_attr(device, ADD, g), 0, "add");
	refcount_set(&kvm->users_count, 0);
	fd = get_device_fd(g, &fake->vdev);
	ok(fd >= 0 && !fake->kvm_seen && !fake->vdev.kvm, "a VM that dies is none");
	refcount_set(&kvm->users_count, 2);
	kapi_sys_close(fd);
	kapi_sys_close(device);
	kapi_sys_close(vm);
	kapi_sys_close(g);
	kapi_sys_close(c);
	fake_remove(fake);
	all_gone("dying");
}

/* A type of device that lives as long as its VM, as many do. */
static unsigned int destroyed, inits;

static int lasting_create(struct kvm_device *dev, u32 type)
{
	dev->private = (void *)(uintptr_t)type;
	return 0;
}

static void lasting_init(struct kvm_device *dev)
{
	inits++;
}

static void lasting_destroy(struct kvm_device *dev)
{
	destroyed++;
	kfree(dev);
}

static long lasting_ioctl(struct kvm_device *dev, unsigned int ioctl, unsigned long arg)
{
	return ioctl == 0x1234 ? (long)dev->private : -ENOTTY;
}

static void test_other_type(void)
{
	static const struct kvm_device_ops ops = {
		.name = "lasting", .create = lasting_create, .init = lasting_init,
		.destroy = lasting_destroy, .ioctl = lasting_ioctl,
	};
	struct kvm_device_attr attr = {};
	int vm = vm_create(), device;

	is(kvm_register_device_ops(&ops, KVM_DEV_TYPE_MAX), -ENOSPC, "no such type");
	is(kvm_register_device_ops(&ops, KVM_DEV_TYPE_VFIO), -EEXIST, "a type that is taken");
	is(vm_device(vm, KVM_DEV_TYPE_XICS), -ENODEV, "nobody's type");
	is(kvm_register_device_ops(&ops, KVM_DEV_TYPE_XICS), 0, "one more type");
	device = vm_device(vm, KVM_DEV_TYPE_XICS);
	is(inits, 1, "its init ran");
	is(sysv(device, 0x1234, 0), KVM_DEV_TYPE_XICS, "its ioctl");
	is(sysv(device, 0x1235, 0), -ENOTTY, "one it does not know");
	is(sys(device, KVM_SET_DEVICE_ATTR, &attr), -EPERM, "no attributes");
	is(sys(device, KVM_HAS_DEVICE_ATTR, NULL), -EPERM, "at all");
	kapi_sys_close(device);
	is(destroyed, 0, "it outlives its descriptor");
	device = vm_device(vm, KVM_DEV_TYPE_XICS);
	kapi_sys_close(vm);
	is(destroyed, 0, "and the VM's");
	kapi_sys_close(device);
	is(destroyed, 2, "but not the VM");
	kvm_unregister_device_ops(KVM_DEV_TYPE_XICS);
	all_gone("other type");
}

/* Whatever fails, the call says so and all is as before. */
static void test_failures(void)
{
	struct fake *fake = fake_emulated("fake-fail");
	int g = open_group(&fake->vdev), vm = -1, device = -1, n, ret, failed = 0;

	for (n = 1; vm < 0 && n < 50; n++) {
		kapi_fail_nth(n);
		vm = vm_create();
		kapi_fail_nth(0);
	}
	for (n = 1; device < 0 && n < 50; n++) {
		kapi_fail_nth(n);
		ret = device = vm_device(vm, KVM_DEV_TYPE_VFIO);
		kapi_fail_nth(0);
		/* The descriptor is lost if it could not be told; its VM knows it. */
		if (ret == -EFAULT && vm_device(vm, KVM_DEV_TYPE_VFIO) == -EBUSY)
			break;
		failed += ret < 0;
	}
	ok(failed >= 4, "%d ways to fail", failed);
	if (device < 0) {
		kapi_sys_close(vm);
		vm = vm_create();
		device = vm_device(vm, KVM_DEV_TYPE_VFIO);
	}
	for (n = 1, ret = -1; ret && n < 50; n++) {
		kapi_fail_nth(n);
		ret = set_attr(device, ADD, g);
		kapi_fail_nth(0);
		if (ret)
			is(assigned(vm_of(vm)), 0, "failure %d: nothing added", n);
	}
	ok(n > 3 && !ret, "added in the end");
	kapi_sys_close(device);
	kapi_sys_close(vm);
	kapi_sys_close(g);
	fake_remove(fake);
}

int main(void)
{
	kapi_init();
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_without_vfio();
	core_start();
	test_dead();
	test_lifetime();
	test_other_type();
	test_failures();
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
