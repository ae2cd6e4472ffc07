/* SPDX-License-Identifier: GPL-2.0-only */
/* What a message looks like: pci_msi.c writes it, pci_msi_send.c reads it. */
#ifndef KAPI_PCI_MSI_H
#define KAPI_PCI_MSI_H

/* Writes to this MiB are interrupts, the data is the number. Not translated by the IOMMU. */
#define MSI_ADDRESS		0xfee00000u
#define MSI_ADDRESS_MASK	0xfff00000u

#endif
