/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/vfio_pci_core.h> that only earlier API levels have. Symbols
 * with a level in their name are adapters in lib/pci/vfio_pci_compat.c.
 */
#ifndef KAPI_VFIO_PCI_LEVEL_H
#define KAPI_VFIO_PCI_LEVEL_H

#if KAPI_LEVEL == 601
/* As at 6.12; but release_dev frees the device, as a release op of 6.1 has to. */
int vfio_pci_core_init_dev(struct vfio_device *core_vdev);
void vfio_pci_core_release_dev_601(struct vfio_device *core_vdev);
int vfio_pci_core_register_device_601(struct vfio_pci_core_device *vdev);
#define vfio_pci_core_release_dev	vfio_pci_core_release_dev_601
#define vfio_pci_core_register_device	vfio_pci_core_register_device_601
#endif

#if KAPI_LEVEL == 519
/*
 * Instead of vfio_init_group_dev() and vfio_uninit_group_dev(). dev_get_drvdata()
 * of the PCI device must be @vdev before it is registered (DRV-001).
 */
void vfio_pci_core_init_device(struct vfio_pci_core_device *vdev, struct pci_dev *pdev,
			       const struct vfio_device_ops *vfio_pci_ops);
void vfio_pci_core_uninit_device(struct vfio_pci_core_device *vdev);
int vfio_pci_core_register_device_519(struct vfio_pci_core_device *vdev);
#define vfio_pci_core_register_device	vfio_pci_core_register_device_519
/* Between enable and finish_enable: add a region, until the last close. 0 or -ENOMEM. */
int vfio_pci_register_dev_region(struct vfio_pci_core_device *vdev, unsigned int type,
				 unsigned int subtype, const struct vfio_pci_regops *ops,
				 size_t size, u32 flags, void *data);
#endif

#endif
