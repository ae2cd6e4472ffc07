/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MSI and MSI-X: pci_msi.c manages vectors, pci_msi_regs.c writes the registers,
 * pci_msi_send.c is the hardware that reads them.
 */
#ifndef KAPI_PCI_MSI_H
#define KAPI_PCI_MSI_H

#include <linux/pci.h>

/* Writes to this MiB are interrupts, the data is the number. Not translated by the IOMMU. */
#define MSI_ADDRESS		0xfee00000u
#define MSI_ADDRESS_MASK	0xfff00000u

void pci_msi_set_enable(struct pci_dev *dev, bool enable);
/* Mask bits of all messages, if the function has them. */
void pci_msi_set_masks(struct pci_dev *dev, u32 mask);
void pci_msi_write(struct pci_dev *dev, const struct msi_msg *msg);

void pci_msix_set_ctrl(struct pci_dev *dev, u16 clear, u16 set);
/* NULL if the BAR it is in has no address. */
void __iomem *pci_msix_map_table(struct pci_dev *dev);
void pci_msix_set_mask(struct pci_dev *dev, unsigned int nr, bool mask);
void pci_msix_write(struct pci_dev *dev, unsigned int nr, const struct msi_msg *msg, bool mask);

#endif
