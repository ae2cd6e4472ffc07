// SPDX-License-Identifier: GPL-2.0-only
/*
 * What other parts of the kernel (KVM, PCI hot reset) ask about a file that a
 * user handed them. Clauses KVM-018 to KVM-046, RST-024.
 */
#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/iommu.h>

#include "vfio.h"

struct iommu_group *vfio_file_iommu_group(struct file *file)
{
	/* Only sPAPR's KVM has a use for it. */
	return NULL;
}
EXPORT_SYMBOL_GPL(vfio_file_iommu_group);

bool vfio_file_is_valid(struct file *file)
{
	return vfio_group_from_file(file) ||
	       (profile(BEH_DEVICE_FILE_VALID) && vfio_device_from_file(file));
}
EXPORT_SYMBOL_GPL(vfio_file_is_valid);

bool vfio_file_is_group(struct file *file)
{
	return vfio_group_from_file(file);
}
EXPORT_SYMBOL_GPL(vfio_file_is_group);

bool vfio_file_has_dev(struct file *file, struct vfio_device *device)
{
	struct vfio_group *group = vfio_group_from_file(file);

	return group && group == device->group;
}
EXPORT_SYMBOL_GPL(vfio_file_has_dev);

static bool vfio_device_enforced_coherent(struct vfio_device *device)
{
	return device_iommu_capable(device->dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY);
}

/* The domain that the group gets will be as coherent as its devices can be. */
static bool vfio_group_devices_coherent(struct vfio_group *group)
{
	struct vfio_device *device;

	guard(mutex)(&group->device_lock);
	list_for_each_entry(device, &group->device_list, group_next)
		if (!vfio_device_enforced_coherent(device))
			return false;
	return true;
}

/* Without a container there is no DMA and so nothing that is not coherent. */
static bool vfio_group_container_coherent(struct vfio_group *group)
{
	guard(mutex)(&group->group_lock);
	return !group->container ||
	       vfio_container_check_extension(group->container, VFIO_DMA_CC_IOMMU) > 0;
}

bool vfio_file_enforced_coherent(struct file *file)
{
	struct vfio_group *group = vfio_group_from_file(file);
	struct vfio_device *device = vfio_device_from_file(file);

	if (group && profile(BEH_COHERENT_BY_DEVICE))
		return vfio_group_devices_coherent(group);
	if (group)
		return vfio_group_container_coherent(group);
	if (device && profile(BEH_COHERENT_BY_DEVICE))
		return vfio_device_enforced_coherent(device);
	return true;
}
EXPORT_SYMBOL_GPL(vfio_file_enforced_coherent);

static void vfio_group_set_kvm(struct vfio_group *group, struct kvm *kvm)
{
	guard(spinlock)(&group->kvm_ref_lock);
	group->kvm = kvm;
}

void vfio_file_set_kvm(struct file *file, struct kvm *kvm)
{
	struct vfio_group *group = vfio_group_from_file(file);

	/* A device file is accepted and changes nothing: its device is open already. */
	if (!group)
		return;
	if (profile(BEH_KVM_REF_IN_CORE)) {
		vfio_group_set_kvm(group, kvm);
		return;
	}
	/* A driver that got the VM without a reference looks at it in open_device at most. */
	scoped_guard(mutex, &group->group_lock)
		vfio_group_set_kvm(group, kvm);
}
EXPORT_SYMBOL_GPL(vfio_file_set_kvm);
