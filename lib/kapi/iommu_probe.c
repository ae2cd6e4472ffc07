// SPDX-License-Identifier: GPL-2.0-only
/* Devices coming to and leaving an IOMMU, reserved regions, and DMA. */
#include <kapi/phys.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "iommu_internal.h"

bool device_iommu_capable(struct device *dev, enum iommu_cap cap)
{
	const struct iommu_ops *ops;

	if (!dev_has_iommu(dev))
		return false;
	ops = dev_iommu_ops(dev);
	return ops->capable && ops->capable(dev, cap);
}

/* The default domain holds what drivers map through the DMA API: nothing, here. */
static int setup_default_domain(struct iommu_group *group, struct device *dev)
{
	struct iommu_domain *domain;

	if (group->default_domain)
		return 0;
	domain = iommu_paging_domain_alloc(dev);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	domain->type = IOMMU_DOMAIN_DMA;
	mutex_lock(&group->mutex);
	group->default_domain = domain;
	iommu_group_set_domain(group, domain);
	mutex_unlock(&group->mutex);
	return 0;
}

int iommu_probe_device_on(struct iommu_device *iommu, struct device *dev)
{
	struct iommu_group *group;
	int ret;

	dev->iommu = kzalloc(sizeof(*dev->iommu), GFP_KERNEL);
	if (!dev->iommu)
		return -ENOMEM;
	dev->iommu->iommu_dev = iommu;
	group = iommu->ops->device_group(dev);
	ret = PTR_ERR_OR_ZERO(group);
	if (!ret) {
		group->ops = iommu->ops;
		ret = setup_default_domain(group, dev);
		if (!ret)
			ret = iommu_group_add_device(group, dev);
		iommu_group_put(group);
	}
	if (ret) {
		kfree(dev->iommu);
		dev->iommu = NULL;
	}
	return ret;
}

void iommu_release_device(struct device *dev)
{
	if (!dev->iommu)
		return;
	iommu_group_remove_device(dev);
	kfree(dev->iommu);
	dev->iommu = NULL;
}

static void free_resv_region(struct device *dev, struct iommu_resv_region *region)
{
	kfree(region);
}

struct iommu_resv_region *iommu_alloc_resv_region(phys_addr_t start, size_t length, int prot,
						  enum iommu_resv_type type, gfp_t gfp)
{
	struct iommu_resv_region *fresh = kzalloc(sizeof(*fresh), gfp);

	if (fresh)
		*fresh = (struct iommu_resv_region) {
			.type = type, .prot = prot, .start = start, .length = length,
		};
	return fresh;
}

void iommu_get_resv_regions(struct device *dev, struct list_head *list)
{
	if (dev_has_iommu(dev) && dev_iommu_ops(dev)->get_resv_regions)
		dev_iommu_ops(dev)->get_resv_regions(dev, list);
}

void iommu_put_resv_regions(struct device *dev, struct list_head *list)
{
	struct iommu_resv_region *r, *next;

	list_for_each_entry_safe(r, next, list, list) {
		list_del(&r->list);
		(r->free ? r->free : free_resv_region)(dev, r);
	}
}

/* A copy of @new, in order of start; regions of its type that touch it become one with it. */
static int insert_resv_region(const struct iommu_resv_region *new, struct list_head *regions)
{
	struct iommu_resv_region *r, *next, *nr;

	nr = iommu_alloc_resv_region(new->start, new->length, new->prot, new->type, GFP_KERNEL);
	if (!nr)
		return -ENOMEM;
	list_for_each_entry_safe(r, next, regions, list) {
		phys_addr_t end = r->start + r->length, nr_end = nr->start + nr->length;

		if (r->type != nr->type || end < nr->start || r->start > nr_end)
			continue;
		nr->start = min(nr->start, r->start);
		nr->length = max(end, nr_end) - nr->start;
		list_del(&r->list);
		kfree(r);
	}
	list_for_each_entry(r, regions, list)
		if (nr->start < r->start || (nr->start == r->start && nr->type <= r->type))
			break;
	list_add_tail(&nr->list, &r->list);
	return 0;
}

int iommu_get_group_resv_regions(struct iommu_group *group, struct list_head *head)
{
	struct iommu_resv_region *r;
	struct group_device *gdev;
	int ret = 0;

	mutex_lock(&group->mutex);
	list_for_each_entry(gdev, &group->devices, list) {
		LIST_HEAD(of_dev);

		if (!dev_has_iommu(gdev->dev))
			break;
		iommu_get_resv_regions(gdev->dev, &of_dev);
		list_for_each_entry(r, &of_dev, list)
			if (!ret)
				ret = insert_resv_region(r, head);
		iommu_put_resv_regions(gdev->dev, &of_dev);
		if (ret)
			break;
	}
	mutex_unlock(&group->mutex);
	return ret;
}

/* One access that stays within a page. */
static int dma_page(struct iommu_domain *domain, u64 iova, void *buf, size_t len, bool write)
{
	if (!domain || domain->type == IOMMU_DOMAIN_IDENTITY)
		return kapi_phys_copy(iova, buf, len, write);
	if (domain->type == IOMMU_DOMAIN_BLOCKED || !domain->ops->dma)
		return -EFAULT;
	return domain->ops->dma(domain, iova, buf, len, write);
}

int kapi_iommu_dma(struct device *dev, u64 iova, void *buf, size_t len, bool write)
{
	struct iommu_group *group = dev_has_iommu(dev) ? dev->iommu_group : NULL;
	int ret = 0;

	if (len && iova + len - 1 < iova)
		return -EFAULT;
	while (len && !ret) {
		size_t n = min_t(size_t, len, PAGE_SIZE - (iova & (PAGE_SIZE - 1)));

		/* Per page: a long transfer does not keep a change of the domain waiting. */
		if (group)
			pthread_rwlock_rdlock(&group->dma_lock);
		ret = dma_page(group ? group->domain : NULL, iova, buf, n, write);
		if (group)
			pthread_rwlock_unlock(&group->dma_lock);
		iova += n;
		buf += n;
		len -= n;
	}
	return ret;
}
