/* SPDX-License-Identifier: GPL-2.0-only */
/* INTx, MSI and MSI-X. Part of <linux/pci.h>. */
#ifndef KAPI_PCI_IRQ_H
#define KAPI_PCI_IRQ_H

#include <kapi/pci_dev.h>
#include <linux/msi.h>

#define PCI_IRQ_INTX		(1 << 0)
#define PCI_IRQ_LEGACY		PCI_IRQ_INTX
#define PCI_IRQ_MSI		(1 << 1)
#define PCI_IRQ_MSIX		(1 << 2)
#define PCI_IRQ_AFFINITY	(1 << 3)
#define PCI_IRQ_ALL_TYPES	(PCI_IRQ_INTX | PCI_IRQ_MSI | PCI_IRQ_MSIX)

struct irq_affinity;
struct irq_affinity_desc;

/* Clear (@enable) or set COMMAND.INTX_DISABLE. */
void pci_intx(struct pci_dev *dev, int enable);
/* COMMAND.INTX_DISABLE can be written (PCI 2.3) and the device is not known to be broken. */
bool pci_intx_mask_supported(struct pci_dev *dev);
/* If STATUS says the device asserts INTx, mask it and return true. */
bool pci_check_and_mask_intx(struct pci_dev *dev);
/* If it does not, unmask and return true; false leaves it masked. */
bool pci_check_and_unmask_intx(struct pci_dev *dev);

/*
 * Allocate between @min_vecs and @max_vecs vectors of the best type in @flags
 * that the device has. Returns their number, or -ENOSPC (fewer than @min_vecs),
 * -EINVAL (the type is on already, no MSI on this bus), -ENOMEM.
 */
int pci_alloc_irq_vectors(struct pci_dev *dev, unsigned int min_vecs, unsigned int max_vecs,
			  unsigned int flags);
int pci_alloc_irq_vectors_affinity(struct pci_dev *dev, unsigned int min_vecs,
				   unsigned int max_vecs, unsigned int flags,
				   struct irq_affinity *affd);
void pci_free_irq_vectors(struct pci_dev *dev);
/* Interrupt number of vector @nr, or -EINVAL if it is not allocated. */
int pci_irq_vector(struct pci_dev *dev, unsigned int nr);
int pci_msi_vec_count(struct pci_dev *dev);	/* 1-32; -EINVAL without MSI */
int pci_msix_vec_count(struct pci_dev *dev);	/* 1-2048; -EINVAL without MSI-X */
static inline int pci_msi_enabled(void)
{
	return 1;
}

static inline bool pci_dev_msi_enabled(struct pci_dev *dev)
{
	return dev->msi_enabled || dev->msix_enabled;
}

/* Vectors of MSI-X can be added while it is on. */
bool pci_msix_can_alloc_dyn(struct pci_dev *dev);
struct msi_map pci_msix_alloc_irq_at(struct pci_dev *dev, unsigned int index,
				     const struct irq_affinity_desc *affdesc);
void pci_msix_free_irq(struct pci_dev *dev, struct msi_map map);


#endif
