// SPDX-License-Identifier: GPL-2.0-only
/* Which PCI functions share an IOMMU group, and DMA of a function. */
#include "iommu_pci.h"

#include <kapi/iommu_hw.h>
#include <kapi/pci_hw.h>

#include "pci_internal.h"

#define ISOLATION	(PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF)

/*
 * The function whose requester id the IOMMU sees: a bridge to conventional PCI
 * stands for all behind it. If one on the way is in a group, *@group gets it.
 */
static struct pci_dev *dma_alias(struct pci_dev *dev, struct iommu_group **group)
{
	struct pci_dev *alias = dev, *up;

	for (up = dev->bus->self; up && !*group; up = up->bus->self) {
		int type = pci_pcie_type(up);

		if (pci_is_pcie(up) && (type == PCI_EXP_TYPE_ROOT_PORT ||
					type == PCI_EXP_TYPE_UPSTREAM ||
					type == PCI_EXP_TYPE_DOWNSTREAM))
			continue;
		alias = up;
		*group = iommu_group_get(&up->dev);
	}
	return alias;
}

/* Functions of one slot that are not kept apart reach each other inside it. */
static struct iommu_group *slot_group(struct pci_dev *dev)
{
	struct iommu_group *group = NULL;
	struct pci_dev *other;

	if (!dev->multifunction || pci_acs_enabled(dev, ISOLATION))
		return NULL;
	down_read(&pci_bus_sem);
	list_for_each_entry(other, &dev->bus->devices, bus_list) {
		if (other == dev || PCI_SLOT(other->devfn) != PCI_SLOT(dev->devfn) ||
		    pci_acs_enabled(other, ISOLATION))
			continue;
		group = iommu_group_get(&other->dev);
		if (group)
			break;
	}
	up_read(&pci_bus_sem);
	return group;
}

struct iommu_group *pci_device_group(struct device *d)
{
	struct iommu_group *group = NULL;
	struct pci_dev *dev = dma_alias(to_pci_dev(d), &group);
	struct pci_bus *bus;

	if (group)
		return group;
	/* Up to where traffic can no longer turn back before the IOMMU. */
	for (bus = dev->bus; bus->self; bus = bus->parent) {
		if (pci_acs_path_enabled(bus->self, ISOLATION))
			break;
		dev = bus->self;
		group = iommu_group_get(&dev->dev);
		if (group)
			return group;
	}
	group = slot_group(dev);
	return group ? group : iommu_group_alloc();
}

int pci_iommu_add(struct pci_dev *dev)
{
	struct kapi_pci_fn *fn = dev->fn;

	if (!fn->iommu)
		fn->iommu = kapi_iommu();
	return fn->iommu && !fn->no_iommu ? iommu_probe_device_on(fn->iommu, &dev->dev) : 0;
}

void pci_iommu_remove(struct pci_dev *dev)
{
	iommu_release_device(&dev->dev);
}

int kapi_pci_dma(struct kapi_pci_fn *fn, u64 iova, void *buf, size_t len, bool write)
{
	struct pci_dev *dev = READ_ONCE(fn->pdev);

	if (!dev || !pci_path_enabled(dev, PCI_COMMAND_MASTER))
		return -EPERM;
	return kapi_iommu_dma(&dev->dev, iova, buf, len, write);
}
