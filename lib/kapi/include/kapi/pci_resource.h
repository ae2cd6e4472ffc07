/* SPDX-License-Identifier: GPL-2.0-only */
/* BARs, ROM and access to them. Part of <linux/pci.h>. */
#ifndef KAPI_PCI_RESOURCE_H
#define KAPI_PCI_RESOURCE_H

#include <kapi/pci_dev.h>
#include <linux/io.h>

#define pci_resource_n(dev, bar)	((dev)->resource + (bar))
#define pci_resource_flags(dev, bar)	(pci_resource_n(dev, bar)->flags)
#define pci_resource_end(dev, bar)	(pci_resource_n(dev, bar)->end)
#define pci_resource_start(dev, bar)	(pci_resource_n(dev, bar)->start)
#define pci_resource_len(dev, bar) \
	(pci_resource_end(dev, bar) ? resource_size(pci_resource_n(dev, bar)) : 0)

/*
 * Claim BARs for a driver. 0, or -EBUSY with nothing claimed if one is taken.
 * Unassigned BARs in the mask are skipped, as the kernel does.
 */
int pci_request_region(struct pci_dev *dev, int bar, const char *name);
void pci_release_region(struct pci_dev *dev, int bar);
int pci_request_selected_regions(struct pci_dev *dev, int bars, const char *name);
void pci_release_selected_regions(struct pci_dev *dev, int bars);
int pci_request_regions(struct pci_dev *dev, const char *name);
void pci_release_regions(struct pci_dev *dev);

/*
 * Map BAR @bar, at most @max bytes of it (0: all). NULL if it has no size or
 * address. The device answers only while COMMAND enables its decoders.
 */
void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long max);
void __iomem *pci_iomap_range(struct pci_dev *dev, int bar, unsigned long off, unsigned long max);
void pci_iounmap(struct pci_dev *dev, void __iomem *addr);

/*
 * Enable and map the ROM. @size gets the size of the images found in it, by
 * their headers; the length of the BAR if they are broken. NULL if there is
 * no ROM. pci_unmap_rom() disables it again.
 */
void __iomem *pci_map_rom(struct pci_dev *pdev, size_t *size);
void pci_unmap_rom(struct pci_dev *pdev, void __iomem *rom);
int pci_enable_rom(struct pci_dev *pdev);
void pci_disable_rom(struct pci_dev *pdev);

#endif
