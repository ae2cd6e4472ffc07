/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IOMMU API of Linux 6.12, for users (VFIO) and for IOMMU drivers.
 *
 * Locking: every function takes what it needs; none may be called from an
 * interrupt handler but iommu_iova_to_phys(). Map and unmap of one domain may
 * run on several threads; a device's DMA sees a mapping from the return of
 * iommu_map() and not beyond the return of iommu_unmap().
 */
#ifndef KAPI_LINUX_IOMMU_H
#define KAPI_LINUX_IOMMU_H

#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
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
	struct list_head list;
	phys_addr_t start;
	size_t length;
	int prot;
	enum iommu_resv_type type;
	void (*free)(struct device *dev, struct iommu_resv_region *region);
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

bool device_iommu_capable(struct device *dev, enum iommu_cap cap);
/* Put @dev behind @iommu: into its group and that group's default domain, and sysfs. */
int iommu_probe_device_on(struct iommu_device *iommu, struct device *dev);
void iommu_release_device(struct device *dev);

/* A domain a user maps; ERR_PTR(-ENODEV) without an IOMMU. Free it detached. */
struct iommu_domain *iommu_paging_domain_alloc(struct device *dev);
struct iommu_domain *iommu_domain_alloc(const struct bus_type *bus);	/* NULL on failure */
void iommu_domain_free(struct iommu_domain *domain);
struct iommu_domain *iommu_get_domain_for_dev(struct device *dev);

/*
 * Map [iova, iova + size). 0; -EINVAL: an address or size is no multiple of
 * the smallest page, or no paging domain; -EFAULT: beyond the aperture;
 * -EEXIST: something is mapped there; -ENOMEM. All or nothing.
 */
int iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size,
	      int prot, gfp_t gfp);
/*
 * Bytes unmapped from @iova on, up to the first hole. More than @size when
 * @size ends inside a large page: a page goes as a whole, also when @iova is
 * inside it. 0 also for an address or size that is not page aligned.
 */
size_t iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size);
size_t iommu_unmap_fast(struct iommu_domain *domain, unsigned long iova, size_t size,
			struct iommu_iotlb_gather *iotlb_gather);
phys_addr_t iommu_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova);	/* 0: not mapped */

static inline void iommu_iotlb_gather_init(struct iommu_iotlb_gather *gather)
{
	*gather = (struct iommu_iotlb_gather) { .start = ~0UL };
	INIT_LIST_HEAD(&gather->freelist);
}

static inline void iommu_iotlb_sync(struct iommu_domain *domain,
				    struct iommu_iotlb_gather *iotlb_gather)
{
	if (domain->ops->iotlb_sync)
		domain->ops->iotlb_sync(domain, iotlb_gather);
	iommu_iotlb_gather_init(iotlb_gather);
}

/* -EBUSY: the group has a user's domain; -EINVAL: another IOMMU's domain. */
int iommu_attach_group(struct iommu_domain *domain, struct iommu_group *group);
/* Back to the default domain, or to blocking all DMA while the group has an owner. */
void iommu_detach_group(struct iommu_domain *domain, struct iommu_group *group);
int iommu_enable_nesting(struct iommu_domain *domain);	/* -EINVAL: not supported */
static inline int iommu_get_msi_cookie(struct iommu_domain *domain, dma_addr_t base)
{
	return -ENODEV;	/* without CONFIG_IOMMU_DMA; needed for SW_MSI regions only */
}

struct iommu_group *iommu_group_alloc(void);	/* with a reference; or ERR_PTR */
void *iommu_group_get_iommudata(struct iommu_group *group);
void iommu_group_set_iommudata(struct iommu_group *group, void *iommu_data,
			       void (*release)(void *iommu_data));
int iommu_group_set_name(struct iommu_group *group, const char *name);
int iommu_group_add_device(struct iommu_group *group, struct device *dev);
void iommu_group_remove_device(struct device *dev);
int iommu_group_for_each_dev(struct iommu_group *group, void *data,
			     int (*fn)(struct device *, void *));
struct iommu_group *iommu_group_get(struct device *dev);	/* with a reference, or NULL */
struct iommu_group *iommu_group_ref_get(struct iommu_group *group);
void iommu_group_put(struct iommu_group *group);		/* NULL is fine */
int iommu_group_id(struct iommu_group *group);
struct iommu_domain *iommu_group_default_domain(struct iommu_group *group);
bool iommu_group_has_isolated_msi(struct iommu_group *group);

/*
 * Exclusive ownership of a group's DMA. claim: -EPERM while drivers that use
 * the DMA API are bound in it or it is owned; -EBUSY: not in its default domain.
 */
int iommu_group_claim_dma_owner(struct iommu_group *group, void *owner);
void iommu_group_release_dma_owner(struct iommu_group *group);
bool iommu_group_dma_owner_claimed(struct iommu_group *group);
/* A driver that uses the DMA API is bound to @dev, or unbound. -EBUSY: owned by a user. */
int iommu_device_use_default_domain(struct device *dev);
void iommu_device_unuse_default_domain(struct device *dev);

/* Appends struct iommu_resv_region, sorted and merged by type; the caller frees each by kfree(). */
int iommu_get_group_resv_regions(struct iommu_group *group, struct list_head *head);
void iommu_get_resv_regions(struct device *dev, struct list_head *list);
void iommu_put_resv_regions(struct device *dev, struct list_head *list);
struct iommu_resv_region *iommu_alloc_resv_region(phys_addr_t start, size_t length, int prot,
						  enum iommu_resv_type type, gfp_t gfp);

#endif
