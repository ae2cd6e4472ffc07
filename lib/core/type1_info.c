// SPDX-License-Identifier: GPL-2.0-only
/* type1: VFIO_IOMMU_GET_INFO and its capabilities. Clauses T1-003 to T1-018. */
#include <linux/cleanup.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <kapi/argsz.h>
#include "type1.h"

static int vfio_info_add_migration(struct vfio_iommu *iommu, struct vfio_info_cap *caps)
{
	struct vfio_iommu_type1_info_cap_migration cap = {
		.header = { .id = VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION, .version = 1 },
		.pgsize_bitmap = vfio_iommu_pgsize(iommu),
		.max_dirty_bitmap_size = vfio_max_dirty_bitmap_size() +
					 MUTANT(type1_info_bitmap_size_off, true),
	};

	return vfio_info_add_capability(caps, &cap.header, sizeof(cap));
}

static int vfio_info_add_dma_avail(struct vfio_iommu *iommu, struct vfio_info_cap *caps)
{
	struct vfio_iommu_type1_info_dma_avail cap = {
		.header = { .id = VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL, .version = 1 },
		.avail = iommu->dma_avail,
	};

	return vfio_info_add_capability(caps, &cap.header, sizeof(cap));
}

static int vfio_info_add_iova_ranges(struct vfio_iommu *iommu, struct vfio_info_cap *caps)
{
	struct vfio_iommu_type1_info_cap_iova_range *cap;
	struct vfio_iova *range;
	unsigned int count = 0;
	size_t size;
	int ret;

	list_for_each_entry(range, &iommu->iova_list, list)
		count++;
	if (!count)	/* emulated groups only: no limits to tell */
		return 0;

	/* In a buffer of its own: the place in the chain need not be aligned. */
	size = struct_size(cap, iova_ranges, count);
	cap = kzalloc(size, GFP_KERNEL);
	if (!cap)
		return -ENOMEM;
	cap->header.id = VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE;
	cap->header.version = 1;
	list_for_each_entry(range, &iommu->iova_list, list) {
		cap->iova_ranges[cap->nr_iovas].start = range->start;
		cap->iova_ranges[cap->nr_iovas].end = range->last;
		cap->nr_iovas++;
	}
	ret = vfio_info_add_capability(caps, &cap->header, size);
	kfree(cap);
	return ret;
}

/* How much of the fixed structure a user of @argsz bytes gets. */
static size_t vfio_info_written(u32 argsz)
{
	if (profile(BEH_INFO_WRITES_PAD))
		return min_t(size_t, argsz, sizeof(struct vfio_iommu_type1_info));
	if (argsz >= offsetofend(struct vfio_iommu_type1_info, cap_offset))
		return offsetofend(struct vfio_iommu_type1_info, cap_offset);
	return offsetofend(struct vfio_iommu_type1_info, iova_pgsizes);
}

/* Sets pages and flags of @info, and makes @caps. */
static int vfio_info_collect(struct vfio_iommu *iommu, struct vfio_iommu_type1_info *info,
			     struct vfio_info_cap *caps)
{
	int ret;

	guard(mutex)(&iommu->lock);
	info->iova_pgsizes = iommu->pgsize_bitmap;
	info->flags = VFIO_IOMMU_INFO_CAPS |
		      (MUTANT(type1_info_pgsizes_unset, true) ? 0 : VFIO_IOMMU_INFO_PGSIZES);
	ret = vfio_info_add_migration(iommu, caps);
	if (!ret)
		ret = vfio_info_add_dma_avail(iommu, caps);
	return ret ? ret : vfio_info_add_iova_ranges(iommu, caps);
}

int vfio_iommu_type1_get_info(struct vfio_iommu *iommu, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct vfio_iommu_type1_info info = {};
	struct vfio_info_cap caps = {};
	size_t written;
	int ret;

	ret = vfio_get_head(&info, user, iova_pgsizes);
	if (ret)
		return ret;
	/* By what he said, not by what we say if the capabilities do not fit. */
	written = vfio_info_written(info.argsz);

	ret = vfio_info_collect(iommu, &info, &caps);
	if (ret) {
		kfree(caps.buf);
		return ret;
	}
	ret = vfio_info_put_caps(user, sizeof(info), &caps, &info.argsz, &info.cap_offset);
	if (!ret && copy_to_user(user, &info, written))
		ret = -EFAULT;
	return ret;
}
