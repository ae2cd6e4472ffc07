/* SPDX-License-Identifier: GPL-2.0-only */
/* The structures of <linux/iommu.h>: domains and what an IOMMU driver implements. */
#ifndef KAPI_IOMMU_TYPES_H
#define KAPI_IOMMU_TYPES_H

#include <linux/device.h>
#include <linux/list.h>
#include <linux/types.h>

#define IOMMU_READ	(1 << 0)
#define IOMMU_WRITE	(1 << 1)
#define IOMMU_CACHE	(1 << 2)
#define IOMMU_NOEXEC	(1 << 3)
#define IOMMU_MMIO	(1 << 4)
#define IOMMU_PRIV	(1 << 5)

struct iommu_group;
struct iommu_ops;
struct iommu_domain;

struct iommu_domain_geometry {
	dma_addr_t aperture_start;
	dma_addr_t aperture_end;	/* inclusive */
	bool force_aperture;
};

#define __IOMMU_DOMAIN_PAGING	(1U << 0)
#define __IOMMU_DOMAIN_DMA_API	(1U << 1)
#define __IOMMU_DOMAIN_PT	(1U << 2)
#define IOMMU_DOMAIN_BLOCKED	(0U)			/* all DMA fails */
#define IOMMU_DOMAIN_IDENTITY	(__IOMMU_DOMAIN_PT)	/* DMA address is physical address */
#define IOMMU_DOMAIN_UNMANAGED	(__IOMMU_DOMAIN_PAGING)	/* mapped by a user of this API */
#define IOMMU_DOMAIN_DMA	(__IOMMU_DOMAIN_PAGING | __IOMMU_DOMAIN_DMA_API)

struct iommu_iotlb_gather {
	unsigned long start;
	unsigned long end;	/* inclusive */
	size_t pgsize;
	struct list_head freelist;
	bool queued;
};

struct iommu_domain_ops {
	int (*attach_dev)(struct iommu_domain *domain, struct device *dev);
	/* @pgcount pages of @pgsize; *@mapped: bytes done, also on error. */
	int (*map_pages)(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
			 size_t pgsize, size_t pgcount, int prot, gfp_t gfp, size_t *mapped);
	/* Bytes unmapped, which is more than asked for inside a larger page; 0 at a hole. */
	size_t (*unmap_pages)(struct iommu_domain *domain, unsigned long iova, size_t pgsize,
			      size_t pgcount, struct iommu_iotlb_gather *iotlb_gather);
	void (*flush_iotlb_all)(struct iommu_domain *domain);
	void (*iotlb_sync)(struct iommu_domain *domain, struct iommu_iotlb_gather *iotlb_gather);
	phys_addr_t (*iova_to_phys)(struct iommu_domain *domain, dma_addr_t iova);
	bool (*enforce_cache_coherency)(struct iommu_domain *domain);
	int (*enable_nesting)(struct iommu_domain *domain);
	void (*free)(struct iommu_domain *domain);
	/*
	 * The hardware's part, which no kernel has: one bus master access within
	 * a page of 4 KiB, copied while the translation holds. 0 or -EFAULT.
	 */
	int (*dma)(struct iommu_domain *domain, u64 iova, void *buf, size_t len, bool write);
};

struct iommu_domain {
	unsigned int type;
	const struct iommu_domain_ops *ops;
	const struct iommu_ops *owner;
	unsigned long pgsize_bitmap;
	struct iommu_domain_geometry geometry;
};

static inline bool iommu_is_dma_domain(struct iommu_domain *domain)
{
	return domain->type & __IOMMU_DOMAIN_DMA_API;
}

enum iommu_cap {
	IOMMU_CAP_CACHE_COHERENCY,
	IOMMU_CAP_NOEXEC,
	IOMMU_CAP_PRE_BOOT_PROTECTION,
	IOMMU_CAP_ENFORCE_CACHE_COHERENCY,
	IOMMU_CAP_DEFERRED_FLUSH,
	IOMMU_CAP_DIRTY_TRACKING,
};

enum iommu_resv_type {
	IOMMU_RESV_DIRECT,
	IOMMU_RESV_DIRECT_RELAXABLE,
	IOMMU_RESV_RESERVED,
	IOMMU_RESV_MSI,
	IOMMU_RESV_SW_MSI,
};

struct iommu_resv_region {
	enum iommu_resv_type type;
	int prot;
	phys_addr_t start;
	size_t length;
	void (*free)(struct device *dev, struct iommu_resv_region *region);
	struct list_head list;
};

struct iommu_ops {
	bool (*capable)(struct device *dev, enum iommu_cap cap);
	/* Type UNMANAGED or DMA. ERR_PTR or NULL on failure. */
	struct iommu_domain *(*domain_alloc_paging)(struct device *dev);
	/* The group of a device just found, with a reference; may be a new one. */
	struct iommu_group *(*device_group)(struct device *dev);
	void (*get_resv_regions)(struct device *dev, struct list_head *list);
	bool isolated_msi;		/* interrupts are remapped per device */
	struct iommu_domain *identity_domain;
	struct iommu_domain *blocked_domain;
};

struct iommu_device {
	struct list_head list;
	const struct iommu_ops *ops;
	struct device *dev;
};

/* struct device.iommu: set while an IOMMU translates for the device. */
struct dev_iommu {
	struct iommu_device *iommu_dev;
	void *priv;
};

static inline bool dev_has_iommu(struct device *dev)
{
	return dev->iommu && dev->iommu->iommu_dev;
}

static inline const struct iommu_ops *dev_iommu_ops(struct device *dev)
{
	return dev->iommu->iommu_dev->ops;
}

#endif
