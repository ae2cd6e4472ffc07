/* SPDX-License-Identifier: GPL-2.0-only */
/* Where functions are, finding them, and messages about them. Part of <linux/pci.h>. */
#ifndef KAPI_PCI_SEARCH_H
#define KAPI_PCI_SEARCH_H

#include <kapi/pci_dev.h>

static inline int pci_domain_nr(struct pci_bus *bus)
{
	return 0;
}

static inline bool pci_is_root_bus(struct pci_bus *bus)
{
	return !bus->parent;
}

static inline u16 pci_dev_id(struct pci_dev *dev)
{
	return PCI_DEVID(dev->bus->number, dev->devfn);
}

static inline bool pci_is_bridge(struct pci_dev *dev)
{
	return dev->hdr_type == PCI_HEADER_TYPE_BRIDGE || dev->hdr_type == PCI_HEADER_TYPE_CARDBUS;
}

static inline struct pci_dev *pci_physfn(struct pci_dev *dev)
{
	return dev->is_virtfn ? dev->physfn : dev;
}

/* The bridge @dev is behind, or NULL on a root bus. Of a VF, that of its PF. */
static inline struct pci_dev *pci_upstream_bridge(struct pci_dev *dev)
{
	dev = pci_physfn(dev);
	return pci_is_root_bus(dev->bus) ? NULL : dev->bus->self;
}

/* References. NULL is fine. */
struct pci_dev *pci_dev_get(struct pci_dev *dev);
void pci_dev_put(struct pci_dev *dev);

/* Lookup; the result carries a reference. "from" forms drop the reference of @from. */
struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn);
struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from);
struct pci_dev *pci_get_class(unsigned int class, struct pci_dev *from);
#define for_each_pci_dev(d) while ((d = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, d)) != NULL)

/*
 * Call @cb for each device on and below the bus, depth first, until it returns
 * nonzero. Holds pci_bus_sem for read: @cb may not add or remove devices.
 */
void pci_walk_bus(struct pci_bus *top, int (*cb)(struct pci_dev *, void *), void *userdata);
unsigned char pci_bus_max_busnr(struct pci_bus *bus);

#define pci_printk(level, pdev, fmt, arg...) dev_printk(level, &(pdev)->dev, fmt, ##arg)
/* As the dev_ one of that name, with format and arguments. */
#define pci_err(pdev, ...)		dev_err(&(pdev)->dev, __VA_ARGS__)
#define pci_warn(pdev, ...)		dev_warn(&(pdev)->dev, __VA_ARGS__)
#define pci_warn_once(pdev, ...)	dev_warn_once(&(pdev)->dev, __VA_ARGS__)
#define pci_notice(pdev, ...)		dev_notice(&(pdev)->dev, __VA_ARGS__)
#define pci_info(pdev, ...)		dev_info(&(pdev)->dev, __VA_ARGS__)
#define pci_dbg(pdev, ...)		dev_dbg(&(pdev)->dev, __VA_ARGS__)
#define pci_notice_ratelimited(pdev, ...) dev_notice_ratelimited(&(pdev)->dev, __VA_ARGS__)
#define pci_info_ratelimited(pdev, ...)	dev_info_ratelimited(&(pdev)->dev, __VA_ARGS__)

#endif
