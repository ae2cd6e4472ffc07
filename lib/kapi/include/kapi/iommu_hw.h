/* SPDX-License-Identifier: GPL-2.0-only */
/* Below <linux/iommu.h>: the IOMMUs of the machine and the way of DMA through it. */
#ifndef KAPI_IOMMU_HW_H
#define KAPI_IOMMU_HW_H

#include <linux/iommu.h>

/*
 * Give the machine an IOMMU like a VT-d unit with second-level tables: pages
 * of 4 KiB, 2 MiB and 1 GiB, @aw address bits (39 or 48), snoop control if @snoop,
 * and interrupt remapping if @intremap, which only all units together have.
 * Functions added later are behind it, up to the next one. A unit refuses (-EINVAL) to
 * attach a domain that was made for more address bits, or that enforces snooping where
 * it cannot: prepare_domain_attach_device() of intel-iommu, which up to 6.12 looks at
 * the bits of what is mapped and not at those of the domain.
 * Returns 0, -EINVAL, -ENOMEM.
 */
int kapi_vtd_create(unsigned int aw, bool snoop, bool intremap);
/* The IOMMU that functions added now are behind, or NULL. */
struct iommu_device *kapi_iommu(void);

/*
 * One bus master access of @dev, split at page boundaries; see kapi_pci_dma().
 * 0 or -EFAULT.
 */
int kapi_iommu_dma(struct device *dev, u64 iova, void *buf, size_t len, bool write);

#endif
