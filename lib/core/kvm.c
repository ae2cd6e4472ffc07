// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which VM a device belongs to. KVM names it on the group file; the device takes
 * it over at its first open and keeps it to its last close. Clauses KVM-043 to
 * KVM-050.
 */
#include <linux/bug.h>
#include <linux/kvm_host.h>
#include <linux/lockdep.h>
#include <linux/module.h>

#include "vfio.h"

/* KVM is a module of its own and may be absent; whoever named a VM has it. */
static bool vfio_device_ref_kvm(struct vfio_device *device, struct kvm *kvm)
{
	bool (*get)(struct kvm *kvm) = symbol_get(kvm_get_kvm_safe);
	void (*put)(struct kvm *kvm) = symbol_get(kvm_put_kvm);

	if (WARN_ON(!get || !put))
		return false;
	if (!get(kvm))
		return false;
	device->put_kvm = put;
	return true;
}

void vfio_device_get_kvm(struct vfio_device *device)
{
	struct vfio_group *group = device->group;
	struct kvm *kvm;

	lockdep_assert_held(&device->dev_set->lock);

	/* The lock is KVM's side of the bargain: until we drop it the VM is not freed. */
	spin_lock(&group->kvm_ref_lock);
	kvm = group->kvm;
	if (!kvm)
		goto out;

	/* A VM on its way out is as good as none. */
	if (!profile(BEH_KVM_REF_IN_CORE) || vfio_device_ref_kvm(device, kvm))
		device->kvm = kvm;
out:
	spin_unlock(&group->kvm_ref_lock);
}

void vfio_device_put_kvm(struct vfio_device *device)
{
	lockdep_assert_held(&device->dev_set->lock);

	if (device->kvm && UNLESS_MUTANT(kvm_device_without_ref, device->put_kvm))
		device->put_kvm(device->kvm);
	device->put_kvm = NULL;
	device->kvm = NULL;
}
