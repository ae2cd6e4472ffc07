// SPDX-License-Identifier: GPL-2.0-only
/* The registers of the MSI and MSI-X capabilities. */
#include <linux/log2.h>

#include "pci_internal.h"
#include "pci_msi.h"

static void set_ctrl(struct pci_dev *dev, unsigned int reg, u16 clear, u16 set)
{
	u16 ctrl;

	pci_read_config_word(dev, reg, &ctrl);
	pci_write_config_word(dev, reg, (ctrl & ~clear) | set);
}

void pci_msi_set_enable(struct pci_dev *dev, bool enable)
{
	set_ctrl(dev, dev->msi_cap + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE,
		 enable ? PCI_MSI_FLAGS_ENABLE : 0);
}

void pci_msix_set_ctrl(struct pci_dev *dev, u16 clear, u16 set)
{
	set_ctrl(dev, dev->msix_cap + PCI_MSIX_FLAGS, clear, set);
}

static unsigned int msi_mask_reg(struct pci_dev *dev)
{
	u16 flags;

	pci_read_config_word(dev, dev->msi_cap + PCI_MSI_FLAGS, &flags);
	if (!(flags & PCI_MSI_FLAGS_MASKBIT))
		return 0;
	return dev->msi_cap + (flags & PCI_MSI_FLAGS_64BIT ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32);
}

void pci_msi_set_masks(struct pci_dev *dev, u32 mask)
{
	unsigned int reg = msi_mask_reg(dev);

	if (reg)
		pci_write_config_dword(dev, reg, mask);
}

void pci_msi_write(struct pci_dev *dev, const struct msi_msg *msg)
{
	unsigned int pos = dev->msi_cap;
	u16 flags;

	pci_read_config_word(dev, pos + PCI_MSI_FLAGS, &flags);
	flags &= ~PCI_MSI_FLAGS_QSIZE;
	flags |= ilog2(roundup_pow_of_two(dev->msi_nvec)) << 4;
	pci_write_config_word(dev, pos + PCI_MSI_FLAGS, flags);
	pci_write_config_dword(dev, pos + PCI_MSI_ADDRESS_LO, msg->address_lo);
	if (flags & PCI_MSI_FLAGS_64BIT) {
		pci_write_config_dword(dev, pos + PCI_MSI_ADDRESS_HI, msg->address_hi);
		pci_write_config_word(dev, pos + PCI_MSI_DATA_64, msg->data);
	} else {
		pci_write_config_word(dev, pos + PCI_MSI_DATA_32, msg->data);
	}
}

static void __iomem *msix_entry(struct pci_dev *dev, unsigned int nr)
{
	return dev->msix_base + nr * PCI_MSIX_ENTRY_SIZE;
}

void pci_msix_set_mask(struct pci_dev *dev, unsigned int nr, bool mask)
{
	writel(mask ? PCI_MSIX_ENTRY_CTRL_MASKBIT : 0,
	       msix_entry(dev, nr) + PCI_MSIX_ENTRY_VECTOR_CTRL);
}

/* Masked while it changes, so that no half-written message is sent. */
void pci_msix_write(struct pci_dev *dev, unsigned int nr, const struct msi_msg *msg, bool mask)
{
	void __iomem *entry = msix_entry(dev, nr);

	pci_msix_set_mask(dev, nr, true);
	writel(msg->address_lo, entry + PCI_MSIX_ENTRY_LOWER_ADDR);
	writel(msg->address_hi, entry + PCI_MSIX_ENTRY_UPPER_ADDR);
	writel(msg->data, entry + PCI_MSIX_ENTRY_DATA);
	pci_msix_set_mask(dev, nr, mask);
}

void __iomem *pci_msix_map_table(struct pci_dev *dev)
{
	u32 table;
	u8 bir;

	pci_read_config_dword(dev, dev->msix_cap + PCI_MSIX_TABLE, &table);
	bir = table & PCI_MSIX_TABLE_BIR;
	if (bir >= PCI_STD_NUM_BARS || dev->resource[bir].flags & IORESOURCE_UNSET)
		return NULL;
	return pci_iomap_range(dev, bir, table & PCI_MSIX_TABLE_OFFSET, 0);
}
