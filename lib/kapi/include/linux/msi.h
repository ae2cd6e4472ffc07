/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_MSI_H
#define KAPI_LINUX_MSI_H

#include <linux/types.h>
#include <linux/irq.h>

struct msi_msg {
	u32 address_lo;
	u32 address_hi;
	u32 data;
};

struct msi_map {
	int index;	/* or -errno */
	int virq;
};

#define MSI_ANY_INDEX	UINT_MAX

/* The message last written for @irq; zeroes for a number that has none. */
void get_cached_msi_msg(unsigned int irq, struct msi_msg *msg);
/* Write @msg into the function's MSI capability or MSI-X table entry of @irq. */
void pci_write_msi_msg(unsigned int irq, struct msi_msg *msg);

#endif
