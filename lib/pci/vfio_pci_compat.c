// SPDX-License-Identifier: GPL-2.0-only
/* vfio-pci-core for variant drivers written for 6.1 and 5.19, see lib/core/compat.h. */
#include <linux/errno.h>
#include <linux/export.h>

#include "../core/compat.h"
#include "vfio_pci_priv.h"

void vfio_pci_core_release_dev_601(struct vfio_device *core_vdev);
int vfio_pci_core_register_device_601(struct vfio_pci_core_device *vdev);
void vfio_pci_core_init_device(struct vfio_pci_core_device *vdev, struct pci_dev *pdev,
			       const struct vfio_device_ops_519 *vfio_pci_ops);
void vfio_pci_core_uninit_device(struct vfio_pci_core_device *vdev);
int vfio_pci_core_register_device_519(struct vfio_pci_core_device *vdev);
int vfio_pci_register_dev_region(struct vfio_pci_core_device *vdev, unsigned int type,
				 unsigned int subtype, const struct vfio_pci_regops *ops,
				 size_t size, u32 flags, void *data);

void vfio_pci_core_release_dev_601(struct vfio_device *core_vdev)
{
	vfio_pci_core_release_dev(core_vdev);
	vfio_free_device(core_vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_release_dev_601);

/* DRV-004 and DRV-006: no data size yet. */
static bool vfio_pci_ops_complete_601(const struct vfio_device *core_vdev)
{
	const struct vfio_migration_ops_601 *mig = core_vdev->level_mig_ops;
	const struct vfio_log_ops *log = core_vdev->log_ops;

	if (mig && !(mig->migration_get_state && mig->migration_set_state &&
		     (core_vdev->migration_flags & VFIO_MIGRATION_STOP_COPY)))
		return false;
	return !log || (log->log_start && log->log_stop && log->log_read_and_clear);
}

int vfio_pci_core_register_device_601(struct vfio_pci_core_device *vdev)
{
	if (!vfio_pci_ops_complete_601(&vdev->vdev))
		return -EINVAL;
	vfio_compat_prepare_601(&vdev->vdev);
	return vfio_pci_core_register_device(vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_register_device_601);

void vfio_pci_core_init_device(struct vfio_pci_core_device *vdev, struct pci_dev *pdev,
			       const struct vfio_device_ops_519 *vfio_pci_ops)
{
	vfio_init_group_dev(&vdev->vdev, &pdev->dev, vfio_pci_ops);
	vfio_pci_core_init_dev(&vdev->vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_init_device);

void vfio_pci_core_uninit_device(struct vfio_pci_core_device *vdev)
{
	vfio_uninit_group_dev(&vdev->vdev);
	vfio_pci_core_release_dev(&vdev->vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_uninit_device);

int vfio_pci_core_register_device_519(struct vfio_pci_core_device *vdev)
{
	return vdev->vdev.compat ? vfio_pci_core_register_device(vdev) : -ENOMEM;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_register_device_519);

int vfio_pci_register_dev_region(struct vfio_pci_core_device *vdev, unsigned int type,
				 unsigned int subtype, const struct vfio_pci_regops *ops,
				 size_t size, u32 flags, void *data)
{
	return vfio_pci_core_register_dev_region(vdev, type, subtype, ops, size, flags, data);
}
EXPORT_SYMBOL_GPL(vfio_pci_register_dev_region);
