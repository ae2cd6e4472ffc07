/* SPDX-License-Identifier: GPL-2.0-only */
/* Firmware framebuffers; as in a kernel without CONFIG_APERTURE_HELPERS. */
#ifndef KAPI_LINUX_APERTURE_H
#define KAPI_LINUX_APERTURE_H

struct pci_dev;

static inline int aperture_remove_conflicting_pci_devices(struct pci_dev *pdev, const char *name)
{
	return 0;
}

#endif
