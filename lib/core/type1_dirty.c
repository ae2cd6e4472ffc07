// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: dirty page tracking, one bit per smallest page and mapping. Without
 * help from the hardware a group counts as having written to all that is mapped,
 * until it pins pages and thereby says which. Clauses T1-093 to T1-122.
 */
#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <kapi/argsz.h>
#include "type1.h"

#define DIRTY_FLAGS (VFIO_IOMMU_DIRTY_PAGES_FLAG_START | VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP | \
		     VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP)

/* bitmap_set() counts in ints, which bounds a bitmap: 256 MiB, 8 TiB of memory. */
#define DIRTY_PAGES_MAX ((u64)INT_MAX)

static u64 vfio_bitmap_bytes(u64 npages)
{
	return ALIGN(npages, 64) / 8;
}

u64 vfio_max_dirty_bitmap_size(void)
{
	return vfio_bitmap_bytes(DIRTY_PAGES_MAX);
}

int vfio_verify_bitmap_size(u64 npages, u64 bitmap_size)
{
	if (!npages || !bitmap_size || bitmap_size > vfio_max_dirty_bitmap_size() ||
	    UNLESS_MUTANT(dirty_short_bitmap, bitmap_size < vfio_bitmap_bytes(npages)))
		return -EINVAL;
	return 0;
}

int vfio_dma_bitmap_alloc(struct vfio_dma *dma, size_t pgsize)
{
	u64 npages = dma->size / pgsize;

	if (npages > DIRTY_PAGES_MAX)
		return -EINVAL;
	dma->bitmap = kvzalloc(vfio_bitmap_bytes(npages), GFP_KERNEL_ACCOUNT);
	return dma->bitmap ? 0 : -ENOMEM;
}

void vfio_dma_bitmap_free(struct vfio_dma *dma)
{
	kvfree(dma->bitmap);
	dma->bitmap = NULL;
}

void vfio_dma_mark_dirty(struct vfio_iommu *iommu, struct vfio_dma *dma, dma_addr_t iova,
			 size_t size)
{
	unsigned int shift = __ffs(iommu->pgsize_bitmap);
	unsigned long first = (iova - dma->iova) >> shift;
	unsigned long last = (iova - dma->iova + size - 1) >> shift;

	if (iommu->dirty_page_tracking)
		bitmap_set(dma->bitmap, first, last - first + !MUTANT(dirty_last_page_lost, true));
}

/* Drivers may write to what they pinned at any time, so it is dirty for ever. */
static void vfio_dma_mark_pinned(struct vfio_iommu *iommu, struct vfio_dma *dma)
{
	struct vfio_pins *pins;
	unsigned int index;

	vfio_for_each_pinned(dma, pins, index)
		if (!MUTANT(dirty_pinned_lost, true))
			vfio_dma_mark_dirty(iommu, dma, vfio_pinned_iova(pins, index), 1);
}

void vfio_iommu_populate_bitmap_full(struct vfio_iommu *iommu)
{
	struct vfio_dma *dma;

	vfio_for_each_dma(iommu, dma)
		vfio_dma_mark_dirty(iommu, dma, dma->iova, dma->size);
}

/*
 * Copy @nbits of @src to a user's bitmap from bit @offset on. The bits before it
 * in its word belong to other mappings and stay; those behind the last one in
 * its word are cleared, as whoever comes next in the range sets them later.
 */
static int vfio_copy_bits_to_user(u64 __user *bitmap, u64 offset, const unsigned long *src,
				  unsigned long nbits)
{
	unsigned int shift = offset % 64;
	unsigned long words = DIV_ROUND_UP(nbits, 64), i;
	/* The user's word, which may be any: no arithmetic on it as on a pointer. */
	u64 __user *dst = (u64 __user *)((unsigned long)bitmap + offset / 64 * sizeof(u64));
	u64 carry = 0, word;

	if (!shift)
		return copy_to_user(dst, src, words * sizeof(u64)) ? -EFAULT : 0;

	if (get_user(carry, dst))
		return -EFAULT;
	carry &= MUTANT(dirty_first_word_wiped, carry) ? 0 : (1ULL << shift) - 1;
	for (i = 0; i < words; i++) {
		word = carry | src[i] << shift;
		carry = src[i] >> (64 - shift);
		if (MUTANT(dirty_carry_lost, carry))
			carry = 0;
		if (put_user(word, dst++))
			return -EFAULT;
	}
	/* The last word of the source spilled over only if it has bits that far up. */
	if (DIV_ROUND_UP(nbits + shift, 64) > words && put_user(carry, dst))
		return -EFAULT;
	return 0;
}

int vfio_update_user_bitmap(u64 __user *bitmap, struct vfio_iommu *iommu, struct vfio_dma *dma,
			    dma_addr_t base_iova)
{
	unsigned int shift = __ffs(iommu->pgsize_bitmap);

	if (UNLESS_MUTANT(dirty_mapped_clean,
			  iommu->num_non_pinned_groups && !list_empty(&dma->extents)))
		vfio_dma_mark_dirty(iommu, dma, dma->iova, dma->size);
	return vfio_copy_bits_to_user(bitmap, (dma->iova - base_iova) >> shift, dma->bitmap,
				      dma->size >> shift);
}

static int vfio_dirty_start(struct vfio_iommu *iommu)
{
	size_t pgsize = vfio_iommu_pgsize(iommu);
	struct vfio_dma *dma;
	int ret;

	if (UNLESS_MUTANT(dirty_start_wipes, iommu->dirty_page_tracking))
		return 0;

	vfio_for_each_dma(iommu, dma) {
		ret = vfio_dma_bitmap_alloc(dma, pgsize);
		if (ret)
			goto undo;
	}
	iommu->dirty_page_tracking = true;
	vfio_for_each_dma(iommu, dma)
		vfio_dma_mark_pinned(iommu, dma);
	return 0;

undo:
	vfio_for_each_dma(iommu, dma)
		vfio_dma_bitmap_free(dma);
	return ret;
}

static void vfio_dirty_stop(struct vfio_iommu *iommu)
{
	struct vfio_dma *dma;

	iommu->dirty_page_tracking = MUTANT(dirty_stop_goes_on, true);
	vfio_for_each_dma(iommu, dma)
		vfio_dma_bitmap_free(dma);
}

/* Like UNMAP_DMA in v2 the range covers mappings as a whole. */
static int vfio_dirty_report(struct vfio_iommu *iommu, u64 __user *bitmap, dma_addr_t start,
			     dma_addr_t last)
{
	unsigned int shift = __ffs(iommu->pgsize_bitmap);
	struct vfio_dma *dma;
	int ret;

	dma = vfio_find_dma(iommu, start, start);
	if (UNLESS_MUTANT(dirty_begins_within, dma && dma->iova != start))
		return -EINVAL;
	dma = vfio_find_dma(iommu, last, last);
	if (UNLESS_MUTANT(dirty_ends_within, dma && vfio_dma_last(dma) != last))
		return -EINVAL;

	for (dma = vfio_find_dma(iommu, start, last); dma && dma->iova <= last;
	     dma = vfio_dma_next(dma)) {
		ret = vfio_update_user_bitmap(bitmap, iommu, dma, start);
		if (ret)
			return ret;
		if (!MUTANT(dirty_not_cleared, true))
			bitmap_clear(dma->bitmap, 0, dma->size >> shift);
		vfio_dma_mark_pinned(iommu, dma);
	}
	return 0;
}

static int vfio_dirty_range_wraps(u64 iova, u64 size)
{
	if (profile(BEH_RANGE_EOVERFLOW))
		return size && iova + (size - 1) < iova ? -EOVERFLOW : 0;
	/* Not even up to the last address. */
	return iova + size < iova ? -EINVAL : 0;
}

/* What can be said of a request without a look at the mappings. */
static int vfio_dirty_check_get(const struct vfio_iommu_type1_dirty_bitmap_get *get)
{
	const struct vfio_bitmap *bitmap = &get->bitmap;
	int ret = vfio_dirty_range_wraps(get->iova, get->size);

	if (ret)
		return ret;
	if (!is_power_of_2(bitmap->pgsize) ||
	    !access_ok((void __user *)bitmap->data, bitmap->size))
		return -EINVAL;
	return vfio_verify_bitmap_size(get->size >> __ffs(bitmap->pgsize), bitmap->size);
}

static int vfio_dirty_get_bitmap(struct vfio_iommu *iommu, size_t data_size, void __user *arg)
{
	struct vfio_iommu_type1_dirty_bitmap_get get;
	size_t pgsize;
	int ret;

	if (data_size < sizeof(get))
		return -EINVAL;
	if (copy_from_user(&get, arg, sizeof(get)))
		return -EFAULT;
	ret = vfio_dirty_check_get(&get);
	if (ret)
		return ret;

	guard(mutex)(&iommu->lock);
	pgsize = vfio_iommu_pgsize(iommu);
	if (!iommu->dirty_page_tracking || !get.size ||
	    UNLESS_MUTANT(dirty_any_page_size, get.bitmap.pgsize != pgsize) ||
	    (get.iova | get.size) % pgsize)
		return -EINVAL;
	return vfio_dirty_report(iommu, (u64 __user *)get.bitmap.data, get.iova,
				 get.iova + (get.size - 1));
}

int vfio_iommu_type1_dirty_pages(struct vfio_iommu *iommu, unsigned long arg)
{
	struct vfio_iommu_type1_dirty_bitmap req;
	void __user *user = (void __user *)arg;
	int ret;

	if (UNLESS_MUTANT(dirty_v1, !iommu->v2))
		return -EACCES;
	ret = vfio_get_head(&req, user, flags);
	if (ret)
		return ret;
	/* Exactly one flag. */
	if (UNLESS_MUTANT(dirty_several_flags, !is_power_of_2(req.flags)) ||
	    (req.flags & ~DIRTY_FLAGS))
		return -EINVAL;
	if (req.flags == VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP)
		return vfio_dirty_get_bitmap(iommu, req.argsz - vfio_head_size(&req, flags),
					     user + vfio_head_size(&req, flags));

	guard(mutex)(&iommu->lock);
	if (req.flags == VFIO_IOMMU_DIRTY_PAGES_FLAG_START)
		return vfio_dirty_start(iommu);
	vfio_dirty_stop(iommu);
	return 0;
}
