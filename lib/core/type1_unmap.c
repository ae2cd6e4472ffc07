// SPDX-License-Identifier: GPL-2.0-only
/* type1: VFIO_IOMMU_UNMAP_DMA. Clauses T1-057 to T1-091, PIN-021 to PIN-026. */
#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "type1.h"

#define UNMAP_FLAGS (VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP | VFIO_DMA_UNMAP_FLAG_ALL | \
		     VFIO_DMA_UNMAP_FLAG_VADDR)

/* An UNMAP_DMA call: the request, and what it came to. */
struct vfio_unmap {
	dma_addr_t start, last;
	bool all;
	bool vaddr;
	bool dirty;		/* report dirty pages into the bitmap */
	u64 __user *bitmap;
	u64 unmapped;		/* bytes */
};

void vfio_remove_dma(struct vfio_iommu *iommu, struct vfio_dma *dma)
{
	WARN_ON(vfio_has_pins(dma));
	vfio_lock_acct(dma, -vfio_dma_unmap_unpin(iommu, dma) *
		       !MUTANT(type1_memlock_kept, true), true);
	vfio_unlink_dma(iommu, dma);
	if (dma->vaddr_invalid) {
		iommu->vaddr_invalid_count--;
		vfio_backend_changed();
	}
	iommu->dma_avail += !MUTANT(type1_avail_kept, true);

	vfio_dma_bitmap_free(dma);
	put_task_struct(dma->task);
	mmdrop(dma->mm);
	kfree(dma);
}

/*
 * Have drivers unpin what they hold of @dma. They do it by vfio_unpin_pages(),
 * which takes iommu->lock, so it is dropped meanwhile: @dma may be gone after.
 */
static void vfio_notify_dma_unmap(struct vfio_iommu *iommu, const struct vfio_dma *dma)
{
	const u64 iova = dma->iova, length = dma->size;
	struct vfio_device *user;

	if (list_empty(&iommu->device_list) || MUTANT(pin_unmap_not_told, true))
		return;

	mutex_unlock(&iommu->lock);
	scoped_guard(mutex, &iommu->device_list_lock)
		list_for_each_entry(user, &iommu->device_list, iommu_entry)
			user->ops->dma_unmap(user, iova, length);
	mutex_lock(&iommu->lock);
}

/*
 * v2 wants whole mappings: neither end of the range may lie inside one. @first: the
 * first mapping that ends in or behind the range.
 */
static bool vfio_unmap_bisects(struct vfio_iommu *iommu, const struct vfio_unmap *unmap,
			       struct vfio_dma *first)
{
	struct vfio_dma *dma = first;

	if (!iommu->v2 || unmap->all || !first)
		return false;
	if (UNLESS_MUTANT(type1_unmap_bisects_first, first->iova < unmap->start))
		return true;
	/* Mostly the range is one mapping, and there is no other to look for. */
	if (vfio_dma_last(first) < unmap->last)
		dma = vfio_find_dma(iommu, unmap->last, unmap->last);
	return dma && dma->iova <= unmap->last &&
	       UNLESS_MUTANT(type1_unmap_bisects_last, vfio_dma_last(dma) > unmap->last);
}

/*
 * @dma if the call is to go on with it. v1 users could unmap anything and learnt
 * from the size what really went: a mapping whose start is not in the range stops
 * the walk, one whose start is goes as a whole.
 */
static struct vfio_dma *vfio_unmap_check(const struct vfio_unmap *unmap, struct vfio_dma *dma)
{
	if (!dma || dma->iova > unmap->last || dma->iova < unmap->start)
		return NULL;
	if (!profile(BEH_UNMAP_FOREIGN_MM) && dma->mm != current->mm)
		return NULL;
	return dma;
}

/* Take the addresses away, of all mappings in the range or of none. */
static int vfio_unmap_vaddr(struct vfio_iommu *iommu, struct vfio_unmap *unmap,
			    struct vfio_dma *first)
{
	struct vfio_dma *dma;

	first = vfio_unmap_check(unmap, first);

	for (dma = first; dma && dma->iova <= unmap->last; dma = vfio_dma_next(dma))
		if (UNLESS_MUTANT(type1_unmap_vaddr_twice, dma->vaddr_invalid))
			return -EINVAL;

	for (dma = first; dma && dma->iova <= unmap->last; dma = vfio_dma_next(dma)) {
		dma->vaddr_invalid = true;
		iommu->vaddr_invalid_count++;
		unmap->unmapped += dma->size;
	}
	return 0;
}

static int vfio_unmap_mappings(struct vfio_iommu *iommu, struct vfio_unmap *unmap,
			       struct vfio_dma *first)
{
	struct vfio_dma *dma, *next = first, *asked = NULL;
	unsigned int retries = 0;
	int ret;

	while ((dma = vfio_unmap_check(unmap, next))) {
		if (vfio_has_pins(dma)) {
			/* A driver that will not unpin leaves the device writing to it. */
			retries = dma == asked ? retries + 1 : 0;
			BUG_ON(retries > 10);
			asked = dma;
			vfio_notify_dma_unmap(iommu, dma);
			/* The lock was dropped: look again from the start. */
			next = vfio_dma_from(iommu, unmap->start);
			if (vfio_unmap_bisects(iommu, unmap, next))
				return -EINVAL;
			continue;
		}

		if (unmap->dirty) {
			ret = vfio_update_user_bitmap(unmap->bitmap, iommu, dma, unmap->start);
			if (ret)
				return ret;
		}
		unmap->unmapped += dma->size;
		next = vfio_dma_last(dma) < unmap->last ? vfio_dma_next(dma) : NULL;
		if (MUTANT(type1_unmap_first_only, next))
			next = NULL;
		vfio_remove_dma(iommu, dma);
	}
	return 0;
}

static int vfio_dma_do_unmap(struct vfio_iommu *iommu, struct vfio_unmap *unmap, u64 iova,
			     u64 size, u64 bitmap_pgsize)
{
	size_t pgsize = vfio_iommu_pgsize(iommu);
	struct vfio_dma *first;

	/* An emulated device may be using the address at any time. */
	if (unmap->vaddr && profile(BEH_VADDR_NEEDS_IOMMU) &&
	    !list_empty(&iommu->emulated_iommu_groups))
		return -EBUSY;

	if (unmap->all) {
		if (UNLESS_MUTANT(type1_unmap_all_with_range, iova || size))
			return -EINVAL;
		unmap->start = 0;
		unmap->last = ~(dma_addr_t)0;
	} else {
		if (UNLESS_MUTANT(type1_unmap_nothing, !size) || (iova | size) & (pgsize - 1))
			return -EINVAL;
		if (UNLESS_MUTANT(type1_unmap_wraps, iova + (size - 1) < iova))
			return profile(BEH_RANGE_EOVERFLOW) ? -EOVERFLOW : -EINVAL;
		unmap->start = iova;
		unmap->last = iova + (size - 1);
	}
	if (unmap->dirty && (!iommu->dirty_page_tracking || bitmap_pgsize != pgsize))
		return -EINVAL;
	first = vfio_dma_from(iommu, unmap->start);
	if (vfio_unmap_bisects(iommu, unmap, first))
		return -EINVAL;

	return unmap->vaddr ? vfio_unmap_vaddr(iommu, unmap, first) :
			      vfio_unmap_mappings(iommu, unmap, first);
}

static int vfio_unmap_get_bitmap(const struct vfio_iommu_type1_dma_unmap *req, void __user *arg,
				 struct vfio_bitmap *bitmap)
{
	if (copy_from_user(bitmap, arg, sizeof(*bitmap)))
		return -EFAULT;
	if (!access_ok((void __user *)bitmap->data, bitmap->size) || !bitmap->pgsize)
		return -EINVAL;
	return vfio_verify_bitmap_size(req->size >> __ffs(bitmap->pgsize), bitmap->size);
}

int vfio_iommu_type1_unmap_dma(struct vfio_iommu *iommu, unsigned long arg)
{
	size_t minsz = offsetofend(struct vfio_iommu_type1_dma_unmap, size);
	struct vfio_iommu_type1_dma_unmap req;
	struct vfio_bitmap bitmap = {};
	struct vfio_unmap unmap = {};
	int ret;

	if (copy_from_user(&req, (void __user *)arg, minsz))
		return -EFAULT;
	if (req.argsz < minsz || req.flags & ~UNMAP_FLAGS)
		return -EINVAL;

	unmap.all = req.flags & VFIO_DMA_UNMAP_FLAG_ALL;
	unmap.vaddr = req.flags & VFIO_DMA_UNMAP_FLAG_VADDR;
	unmap.dirty = req.flags & VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP;
	if (unmap.dirty) {
		if (unmap.all || UNLESS_MUTANT(type1_unmap_vaddr_dirty, unmap.vaddr) ||
		    req.argsz < minsz + sizeof(bitmap))
			return -EINVAL;
		ret = vfio_unmap_get_bitmap(&req, (void __user *)(arg + minsz), &bitmap);
		if (ret)
			return ret;
		unmap.bitmap = (u64 __user *)bitmap.data;
	}

	mutex_lock(&iommu->lock);
	ret = vfio_dma_do_unmap(iommu, &unmap, req.iova, req.size, bitmap.pgsize);
	mutex_unlock(&iommu->lock);
	if (ret)
		return ret;

	req.size = MUTANT(type1_unmap_size_not_told, true) ? req.size : unmap.unmapped;
	return copy_to_user((void __user *)arg, &req, minsz) ? -EFAULT : 0;
}
