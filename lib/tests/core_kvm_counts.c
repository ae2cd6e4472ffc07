// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the KVM VFIO device counts in the VM: assigned files, and whether DMA is
 * coherent. Clauses KVM-024, KVM-038 to KVM-042.
 */
#include "core_kvm.h"
#include "core_iommu.h"
#include "../core/profile.h"

/* Two groups, of which one is coherent or not as the test likes. */
static void test_counts(void)
{
	struct fake *a = fake_real("fake-coh-a"), *b = fake_real("fake-coh-b");
	int ga = open_group(&a->vdev), gb = open_group(&b->vdev);
	int vm = vm_create(), device = vm_device(vm, KVM_DEV_TYPE_VFIO);
	struct kvm *kvm = vm_of(vm);

	fiommu_enforce = true;
	is(set_attr(device, ADD, ga), 0, "a coherent group");
	is(assigned(kvm), 1, "is assigned");
	is(noncoherent(kvm), 0, "and needs no care");
	fiommu_enforce = false;
	is(set_attr(device, ADD, gb), 0, "a group that is not");
	is(noncoherent(kvm), 1, "is told");
	is(set_attr(device, ADD, ga), -EEXIST, "added twice");
	is(assigned(kvm), 2, "counts once");
	is(set_attr(device, DEL, gb), 0, "one goes");
	is(noncoherent(kvm), 1, "the other is not coherent either by now");
	fiommu_enforce = true;
	is(set_attr(device, DEL, gb), -ENOENT, "what is not there");
	is(noncoherent(kvm), 0, "makes it look again");
	fiommu_enforce = false;
	is(set_attr(device, ADD, gb), 0, "and back");
	is(noncoherent(kvm), 1, "told once");
	ok(kvm_arch_has_assigned_device(kvm) && kvm_arch_has_noncoherent_dma(kvm), "both are");
	kvm_get_kvm(kvm);
	kapi_sys_close(device);
	is(assigned(kvm) + noncoherent(kvm), 0, "all is undone with the device");
	kapi_sys_close(vm);
	is(refcount_read(&kvm->users_count), 1, "the test holds the VM");
	kvm_put_kvm(kvm);
	kapi_sys_close(ga);
	kapi_sys_close(gb);
	fake_real_remove(a);
	fake_real_remove(b);
	all_gone("counts");
}

/* By container: asked at ADD, and nobody asks again by himself. */
static void test_coherent_container(void)
{
	struct fake *a = fake_real("fake-coh-c");
	int c = open_container(), g = open_group(&a->vdev);
	int vm = vm_create(), device = vm_device(vm, KVM_DEV_TYPE_VFIO);
	struct kvm *kvm = vm_of(vm);

	vfio_profile_select("6.1");
	is(set_attr(device, ADD, g), 0, "6.1: no container");
	is(noncoherent(kvm), 0, "is coherent");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &c), 0, "join one");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "that is not");
	is(noncoherent(kvm), 0, "makes no difference yet");
	is(set_attr(device, DEL, c), -ENOENT, "until it is asked");
	is(noncoherent(kvm), 1, "and then it does");
	is(set_attr(device, DEL, g), 0, "delete");
	is(noncoherent(kvm), 0, "nothing left to care for");
	vfio_profile_select("6.12");
	kapi_sys_close(device);
	kapi_sys_close(vm);
	kapi_sys_close(g);
	kapi_sys_close(c);
	fake_real_remove(a);
	all_gone("container");
}

/* A group of two: the second device is the one that spoils it. */
static struct iommu_group *pair_group;
static struct device *pair_first;

static struct iommu_group *pair_device_group(struct device *dev)
{
	return pair_group ? iommu_group_ref_get(pair_group) : iommu_group_alloc();
}

static bool pair_capable(struct device *dev, enum iommu_cap cap)
{
	return cap == IOMMU_CAP_CACHE_COHERENCY ||
	       (cap == IOMMU_CAP_ENFORCE_CACHE_COHERENCY && dev == pair_first);
}

static void test_group_of_two(void)
{
	struct iommu_ops ops = fiommu_ops;
	struct iommu_device pair = { .ops = &ops };
	struct fake *a = fake_alloc("fake-pair-a", &fake_ops);
	struct fake *b = fake_alloc("fake-pair-b", &fake_ops);
	int vm = vm_create(), device = vm_device(vm, KVM_DEV_TYPE_VFIO), g;
	struct kvm *kvm = vm_of(vm);

	ops.device_group = pair_device_group;
	ops.capable = pair_capable;
	pair_first = a->vdev.dev;
	is(iommu_probe_device_on(&pair, a->vdev.dev), 0, "first device");
	pair_group = a->vdev.dev->iommu_group;
	is(iommu_probe_device_on(&pair, b->vdev.dev), 0, "second device");
	is(vfio_register_group_dev(&a->vdev), 0, "register the first");
	g = open_group(&a->vdev);
	is(set_attr(device, ADD, g), 0, "its group");
	is(noncoherent(kvm), 0, "is coherent");
	is(vfio_register_group_dev(&b->vdev), 0, "register the second");
	is(set_attr(device, DEL, vm), -ENOENT, "ask again");
	is(noncoherent(kvm), 1, "and it is no more");
	kapi_sys_close(device);
	kapi_sys_close(vm);
	kapi_sys_close(g);
	fiommu_devices += 2;
	fake_real_remove(b);
	fake_real_remove(a);
	pair_group = NULL;
	all_gone("group of two");
}

static void test_noiommu(void)
{
	int c = open_container(), vm = vm_create(), device = vm_device(vm, KVM_DEV_TYPE_VFIO);
	struct fake *fake;
	char path[64];
	int g;

	is(kapi_set_param("vfio", "enable_unsafe_noiommu_mode", "1"), 0, "no-IOMMU on");
	fake = fake_alloc("fake-kvm-noiommu", &fake_ops);
	is(vfio_register_group_dev(&fake->vdev), 0, "register");
	snprintf(path, sizeof(path), "/dev/vfio/noiommu-%d",
		 iommu_group_id(fake->vdev.dev->iommu_group));
	g = kapi_sys_open(path, O_RDWR);
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &c), 0, "join");
	is(set_attr(device, ADD, g), 0, "a no-IOMMU group");
	is(noncoherent(vm_of(vm)), 1, "is never coherent");
	is(set_attr(device, DEL, g), 0, "delete");
	kapi_sys_close(g);
	kapi_sys_close(device);
	kapi_sys_close(vm);
	kapi_sys_close(c);
	is(kapi_set_param("vfio", "enable_unsafe_noiommu_mode", "0"), 0, "no-IOMMU off");
	fake_remove(fake);
	all_gone("no-IOMMU");
}

int main(void)
{
	core_start();
	is(kapi_load_module("kvm"), 0, "kvm");
	test_counts();
	test_coherent_container();
	test_group_of_two();
	test_noiommu();
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
