// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: which I/O virtual addresses may be mapped: those that every domain
 * reaches, without the windows that the groups reserve (for interrupt messages,
 * for firmware). Clauses T1-018, T1-038 to T1-040, T1-124, T1-130.
 */
#include <linux/minmax.h>
#include <linux/slab.h>

#include "type1.h"

static int vfio_iova_insert(struct list_head *before, dma_addr_t start, dma_addr_t last)
{
	struct vfio_iova *range = kmalloc(sizeof(*range), GFP_KERNEL);

	if (!range)
		return -ENOMEM;
	range->start = start;
	range->last = last;
	list_add_tail(&range->list, before);
	return 0;
}

static void vfio_iova_del(struct vfio_iova *range)
{
	list_del(&range->list);
	kfree(range);
}

void vfio_iova_free(struct list_head *iova_list)
{
	struct vfio_iova *range, *next;

	list_for_each_entry_safe(range, next, iova_list, list)
		vfio_iova_del(range);
}

static int vfio_iova_copy(struct list_head *from, struct list_head *to)
{
	struct vfio_iova *range;
	int ret;

	list_for_each_entry(range, from, list) {
		ret = vfio_iova_insert(to, range->start, range->last);
		if (ret)
			return ret;
	}
	return 0;
}

bool vfio_iova_dma_valid(struct list_head *iova_list, dma_addr_t start, dma_addr_t last)
{
	struct vfio_iova *range;

	list_for_each_entry(range, iova_list, list)
		if (start >= range->start && last <= range->last)
			return true;
	return list_empty(iova_list);
}

/* Keep what lies in [start, last]. An empty list stands for everything. */
static int vfio_iova_clip(struct list_head *iova_list, dma_addr_t start, dma_addr_t last)
{
	struct vfio_iova *range, *next;

	if (list_empty(iova_list))
		return vfio_iova_insert(iova_list, start, last);

	list_for_each_entry_safe(range, next, iova_list, list) {
		if (range->last < start || range->start > last) {
			vfio_iova_del(range);
			continue;
		}
		range->start = max(range->start, start);
		range->last = MUTANT(type1_aperture_ignored, last < range->last) ? range->last :
			      min(range->last, last);
	}
	return 0;
}

/* Cut [start, last] out. */
static int vfio_iova_cut(struct list_head *iova_list, dma_addr_t start, dma_addr_t last)
{
	struct vfio_iova *range, *next;
	int ret;

	list_for_each_entry_safe(range, next, iova_list, list) {
		if (range->last < start || range->start > last)
			continue;
		if (range->start < start) {
			ret = vfio_iova_insert(&range->list, range->start,
					       start - !MUTANT(type1_iova_end_off, true));
			if (ret)
				return ret;
		}
		if (range->last > last)
			range->start = last + 1;
		else
			vfio_iova_del(range);
	}
	return 0;
}

/* Windows that devices can do without while they are assigned stay usable. */
static bool vfio_resv_binds(const struct iommu_resv_region *resv)
{
	return resv->type != IOMMU_RESV_DIRECT_RELAXABLE;
}

static int vfio_iova_cut_reserved(struct list_head *iova_list, struct list_head *resv_regions)
{
	struct iommu_resv_region *resv;
	int ret;

	list_for_each_entry(resv, resv_regions, list) {
		if (!vfio_resv_binds(resv) || MUTANT(type1_msi_window_usable, true))
			continue;
		ret = vfio_iova_cut(iova_list, resv->start, resv->start + resv->length - 1);
		if (ret)
			return ret;
	}
	return list_empty(iova_list) ? -EINVAL : 0;
}

static void vfio_resv_free(struct list_head *resv_regions)
{
	struct iommu_resv_region *resv, *next;

	list_for_each_entry_safe(resv, next, resv_regions, list) {
		list_del(&resv->list);
		kfree(resv);
	}
}

static bool vfio_resv_conflict(struct vfio_iommu *iommu, struct list_head *resv_regions)
{
	struct iommu_resv_region *resv;

	list_for_each_entry(resv, resv_regions, list)
		if (vfio_resv_binds(resv) &&
		    vfio_find_dma(iommu, resv->start, resv->start + resv->length - 1))
			return true;
	return false;
}

/*
 * Does an aperture fit in with what there is? Only where a domain has set limits
 * before: what was mapped for emulated devices alone is left to the replay.
 */
static bool vfio_aper_conflict(struct vfio_iommu *iommu,
			       const struct iommu_domain_geometry *geo)
{
	dma_addr_t start = geo->aperture_start, last = geo->aperture_end;
	struct vfio_iova *low, *high;
	bool blind;

	if (list_empty(&iommu->iova_list))
		return false;
	low = list_first_entry(&iommu->iova_list, struct vfio_iova, list);
	high = list_last_entry(&iommu->iova_list, struct vfio_iova, list);
	blind = high->last == ~(dma_addr_t)0 && profile(BEH_APER_CONFLICT_WRAPS);

	return start > high->last || last < low->start ||
	       (start > low->start && vfio_find_dma(iommu, low->start, start - 1)) ||
	       (last < high->last && !blind && vfio_find_dma(iommu, last + 1, high->last));
}

int vfio_iova_add_group(struct vfio_iommu *iommu, struct iommu_domain *domain,
			struct iommu_group *group, struct list_head *result)
{
	const struct iommu_domain_geometry *geo = &domain->geometry;
	LIST_HEAD(resv_regions);
	int ret;

	if (vfio_aper_conflict(iommu, geo))
		return -EINVAL;

	ret = iommu_get_group_resv_regions(group, &resv_regions);
	if (ret)
		goto out;
	if (vfio_resv_conflict(iommu, &resv_regions)) {
		ret = -EINVAL;
		goto out;
	}

	ret = vfio_iova_copy(&iommu->iova_list, result);
	if (!ret)
		ret = vfio_iova_clip(result, geo->aperture_start, geo->aperture_end);
	if (!ret)
		ret = vfio_iova_cut_reserved(result, &resv_regions);
out:
	vfio_resv_free(&resv_regions);
	return ret;
}

void vfio_iova_refresh(struct vfio_iommu *iommu)
{
	dma_addr_t start = 0, last = ~(dma_addr_t)0;
	LIST_HEAD(resv_regions);
	struct vfio_iommu_group *group;
	struct vfio_domain *d;
	LIST_HEAD(fresh);
	int ret = 0;

	list_for_each_entry(d, &iommu->domain_list, next) {
		start = max(start, d->domain->geometry.aperture_start);
		last = min(last, d->domain->geometry.aperture_end);
		list_for_each_entry(group, &d->group_list, next)
			if (!ret)
				ret = iommu_get_group_resv_regions(group->iommu_group,
								   &resv_regions);
	}
	if (!ret)
		ret = vfio_iova_insert(&fresh, start, last);
	if (!ret)
		ret = vfio_iova_cut_reserved(&fresh, &resv_regions);

	/* On an error the old list stays: it forbids too much, never too little. */
	if (!ret) {
		vfio_iova_free(&iommu->iova_list);
		list_splice_tail(&fresh, &iommu->iova_list);
	} else {
		vfio_iova_free(&fresh);
	}
	vfio_resv_free(&resv_regions);
}
