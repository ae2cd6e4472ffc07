/* SPDX-License-Identifier: GPL-2.0-only */
/* Advanced Error Reporting; as in a kernel without CONFIG_PCIEAER. */
#ifndef KAPI_LINUX_AER_H
#define KAPI_LINUX_AER_H

#include <linux/errno.h>
#include <linux/types.h>

struct pci_dev;

#define AER_NONFATAL		0
#define AER_FATAL		1
#define AER_CORRECTABLE		2

static inline int pci_aer_clear_nonfatal_status(struct pci_dev *dev)
{
	return -EINVAL;
}

static inline int pcie_aer_is_native(struct pci_dev *dev)
{
	return 0;
}

#endif
