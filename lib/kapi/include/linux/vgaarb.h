/* SPDX-License-Identifier: GPL-2.0-only */
/* VGA arbitration; as in a kernel without CONFIG_VGA_ARB. */
#ifndef KAPI_LINUX_VGAARB_H
#define KAPI_LINUX_VGAARB_H

#include <linux/types.h>

struct pci_dev;

/* Ranges: those that every VGA device has at the same address, and the BARs. */
#define VGA_RSRC_NORMAL_MEM	(1 << 3)
#define VGA_RSRC_NORMAL_IO	(1 << 2)
#define VGA_RSRC_LEGACY_MEM	(1 << 1)
#define VGA_RSRC_LEGACY_IO	(1 << 0)
#define VGA_RSRC_LEGACY_MASK	(VGA_RSRC_LEGACY_MEM | VGA_RSRC_LEGACY_IO)
#define VGA_RSRC_NONE		0

static inline void vga_set_legacy_decoding(struct pci_dev *pdev, unsigned int decodes)
{
}

static inline int vga_get_interruptible(struct pci_dev *pdev, unsigned int rsrc)
{
	return 0;
}

static inline void vga_put(struct pci_dev *pdev, unsigned int rsrc)
{
}

static inline int vga_client_register(struct pci_dev *pdev,
		unsigned int (*set_decode)(struct pci_dev *pdev, bool decode))
{
	return 0;
}

static inline void vga_client_unregister(struct pci_dev *pdev)
{
}

#endif
