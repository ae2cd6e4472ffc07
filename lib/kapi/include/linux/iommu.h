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

#include <kapi/iommu_types.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/sizes.h>

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
	const struct iommu_domain_ops *ops = domain->ops;

	if (ops->iotlb_sync)
		ops->iotlb_sync(domain, iotlb_gather);
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
