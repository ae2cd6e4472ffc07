/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_IOMMU_PCI_H
#define KAPI_IOMMU_PCI_H

struct device;
struct iommu_group;

/* iommu_ops.device_group for IOMMUs that see the requester ids of PCI. */
struct iommu_group *pci_device_group(struct device *dev);

#endif
