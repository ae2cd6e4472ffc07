/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_IRQDOMAIN_H
#define KAPI_LINUX_IRQDOMAIN_H

#include <linux/types.h>

/*
 * Up to 6.1: does a controller in front of all message interrupts check who sends
 * them? Not on x86, where that is a capability of the IOMMU.
 */
static inline bool irq_domain_check_msi_remap(void)
{
	return false;
}

#endif
