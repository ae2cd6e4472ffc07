// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hardware's side of messages: a function sends what its capability holds,
 * whoever wrote it. Nothing arrives without bus mastering.
 */
#include <kapi/irq.h>

#include "pci_internal.h"
#include "pci_msi.h"

static void send(struct pci_dev *dev, u64 addr, u32 data)
{
	if (!pci_path_enabled(dev, PCI_COMMAND_MASTER))
		return;
	if ((addr & ~(u64)~MSI_ADDRESS_MASK) == MSI_ADDRESS)
		kapi_irq_raise(data);
	else
		kapi_pci_dma(dev->fn, addr, &data, sizeof(data), true);
}

static void send_msi(struct pci_dev *dev, u16 flags, unsigned int vector)
{
	unsigned int pos = dev->msi_cap;
	unsigned int vectors = 1 << ((flags & PCI_MSI_FLAGS_QSIZE) >> 4);
	bool wide = flags & PCI_MSI_FLAGS_64BIT;
	u64 addr = pci_hw_read(dev, pos + PCI_MSI_ADDRESS_LO, 4);
	u32 data = pci_hw_read(dev, pos + (wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32), 2);

	if (wide)
		addr |= (u64)pci_hw_read(dev, pos + PCI_MSI_ADDRESS_HI, 4) << 32;
	if (flags & PCI_MSI_FLAGS_MASKBIT) {
		unsigned int reg = pos + (wide ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32);

		if (pci_hw_read(dev, reg, 4) & 1u << (vector & 31))
			return;
	}
	/* A function with fewer messages than it wants folds them together. */
	send(dev, addr, (data & ~(vectors - 1)) | (vector & (vectors - 1)));
}

static void send_msix(struct pci_dev *dev, u16 flags, unsigned int vector)
{
	const struct kapi_pci_hw_ops *ops = dev->fn->ops;
	u32 table = pci_hw_read(dev, dev->msix_cap + PCI_MSIX_TABLE, 4);
	unsigned int bar = table & PCI_MSIX_TABLE_BIR;
	u64 off = (table & PCI_MSIX_TABLE_OFFSET) + vector * PCI_MSIX_ENTRY_SIZE;
	u64 addr;

	if (flags & PCI_MSIX_FLAGS_MASKALL || vector > (flags & PCI_MSIX_FLAGS_QSIZE))
		return;
	if (ops->bar_read(dev->fn, bar, off + PCI_MSIX_ENTRY_VECTOR_CTRL, 4) &
	    PCI_MSIX_ENTRY_CTRL_MASKBIT)
		return;
	addr = ops->bar_read(dev->fn, bar, off + PCI_MSIX_ENTRY_LOWER_ADDR, 4) & ~3u;
	addr |= (u64)(u32)ops->bar_read(dev->fn, bar, off + PCI_MSIX_ENTRY_UPPER_ADDR, 4) << 32;
	send(dev, addr, ops->bar_read(dev->fn, bar, off + PCI_MSIX_ENTRY_DATA, 4));
}

void kapi_pci_msi(struct kapi_pci_fn *fn, unsigned int vector)
{
	struct pci_dev *dev = READ_ONCE(fn->pdev);
	u16 flags;

	if (!dev)
		return;
	if (dev->msix_cap) {
		flags = pci_hw_read(dev, dev->msix_cap + PCI_MSIX_FLAGS, 2);
		if (flags & PCI_MSIX_FLAGS_ENABLE) {
			send_msix(dev, flags, vector);
			return;
		}
	}
	if (dev->msi_cap) {
		flags = pci_hw_read(dev, dev->msi_cap + PCI_MSI_FLAGS, 2);
		if (flags & PCI_MSI_FLAGS_ENABLE)
			send_msi(dev, flags, vector);
	}
}
