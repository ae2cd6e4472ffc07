// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of drivers written for 6.1: their release op frees the memory, and
 * their migration ops know no data size. Clauses DRV-022 to DRV-024.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/slab.h>

#include "compat.h"
#include "vfio.h"

static int compat_601_init(struct vfio_device *device)
{
	const struct vfio_device_ops_601 *ops = device->level_ops;

	return ops->init ? ops->init(device) : 0;
}

static void compat_601_release(struct vfio_device *device)
{
	const struct vfio_device_ops_601 *ops = device->level_ops;
	struct vfio_compat *compat = device->compat;

	if (ops->release)
		ops->release(device);
	/* The device is gone. */
	kfree(compat);
}

int vfio_init_device_601(struct vfio_device *device, struct device *dev,
			 const struct vfio_device_ops_601 *ops)
{
	struct vfio_compat *compat = kzalloc(sizeof(*compat), GFP_KERNEL);
	int ret;

	if (!compat)
		return -ENOMEM;

	vfio_compat_copy_ops(&compat->ops, ops);
	compat->ops.init = compat_601_init;
	compat->ops.release = compat_601_release;
	compat->ops.dma_unmap = ops->dma_unmap;
	device->compat = compat;
	device->level_ops = ops;

	ret = vfio_init_device(device, dev, &compat->ops);
	if (ret) {
		device->compat = NULL;
		kfree(compat);
	}
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_init_device_601);

struct vfio_device *_vfio_alloc_device_601(size_t size, struct device *dev,
					   const struct vfio_device_ops_601 *ops)
{
	struct vfio_device *device = vfio_device_zalloc(size);
	int ret;

	if (IS_ERR(device))
		return device;
	ret = vfio_init_device_601(device, dev, ops);
	if (ret) {
		kvfree(device);
		return ERR_PTR(ret);
	}
	return device;
}
EXPORT_SYMBOL_GPL(_vfio_alloc_device_601);

void vfio_free_device(struct vfio_device *device)
{
	kvfree(device);
}
EXPORT_SYMBOL_GPL(vfio_free_device);

void vfio_compat_prepare_601(struct vfio_device *device)
{
	const struct vfio_migration_ops_601 *mig = device->level_mig_ops;
	struct vfio_compat *compat = device->compat;

	if (!mig)
		return;
	compat->mig_ops.migration_set_state = mig->migration_set_state;
	compat->mig_ops.migration_get_state = mig->migration_get_state;
	device->mig_ops = &compat->mig_ops;
}

int vfio_register_group_dev_601(struct vfio_device *device)
{
	vfio_compat_prepare_601(device);
	return vfio_register_group_dev(device);
}
EXPORT_SYMBOL_GPL(vfio_register_group_dev_601);

int vfio_register_emulated_iommu_dev_601(struct vfio_device *device)
{
	vfio_compat_prepare_601(device);
	return vfio_register_emulated_iommu_dev(device);
}
EXPORT_SYMBOL_GPL(vfio_register_emulated_iommu_dev_601);
