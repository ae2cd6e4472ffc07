// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: from a mapping to what the IOMMU is told. Pages are collected into
 * extents as long as they follow each other in physical memory, so that a large
 * mapping costs few calls; the extents remember what to unmap and unpin.
 */
#include <linux/bug.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "type1.h"

int vfio_domain_map_extent(struct vfio_domain *domain, struct vfio_dma *dma,
			   const struct vfio_extent *ext)
{
	return iommu_map(domain->domain, ext->iova, (phys_addr_t)ext->pfn << PAGE_SHIFT,
			 ext->npages << PAGE_SHIFT, dma->prot | IOMMU_CACHE,
			 GFP_KERNEL_ACCOUNT);
}

static int vfio_map_extent(struct vfio_iommu *iommu, struct vfio_dma *dma,
			   const struct vfio_extent *ext)
{
	struct vfio_domain *d, *failed;
	int ret;

	list_for_each_entry(d, &iommu->domain_list, next) {
		ret = vfio_domain_map_extent(d, dma, ext);
		if (ret) {
			failed = d;
			goto undo;
		}
	}
	return 0;

undo:
	list_for_each_entry(d, &iommu->domain_list, next) {
		if (d == failed)
			break;
		iommu_unmap(d->domain, ext->iova, ext->npages << PAGE_SHIFT);
	}
	return ret;
}

/* How many pages of @ext the mapping itself was charged for; drivers' pins were before. */
static long vfio_extent_charged(struct vfio_dma *dma, const struct vfio_extent *ext)
{
	dma_addr_t last = ext->iova + ((dma_addr_t)ext->npages << PAGE_SHIFT) - 1;
	long charged = ext->reserved ? 0 : ext->npages;
	struct vfio_pins *pins;
	unsigned int index;
	dma_addr_t iova;

	if (!charged)
		return 0;
	vfio_for_each_pinned(dma, pins, index) {
		iova = vfio_pinned_iova(pins, index);
		if (iova >= ext->iova && iova <= last && !(iova & ~PAGE_MASK))
			charged--;
	}
	return charged;
}

/* The first one of a mapping is there already; NULL: no memory. */
static struct vfio_extent *vfio_extent_alloc(struct vfio_dma *dma)
{
	return list_empty(&dma->extents) ? &dma->own_extent :
	       kmalloc(sizeof(struct vfio_extent), GFP_KERNEL_ACCOUNT);
}

static void vfio_extent_free(struct vfio_dma *dma, struct vfio_extent *ext)
{
	if (ext != &dma->own_extent)
		kfree(ext);
}

/* Append @ext, as part of the last extent where it continues that one. */
static void vfio_add_extent(struct vfio_dma *dma, struct vfio_extent *ext)
{
	struct vfio_extent *prev;

	if (!list_empty(&dma->extents)) {
		prev = list_last_entry(&dma->extents, struct vfio_extent, list);
		if (prev->reserved == ext->reserved && prev->pfn + prev->npages == ext->pfn) {
			prev->npages += ext->npages;
			vfio_extent_free(dma, ext);
			return;
		}
	}
	list_add_tail(&ext->list, &dma->extents);
}

/* Pin and map from @iova on as far as it is contiguous. Returns bytes or -errno. */
static long vfio_pin_map_next(struct vfio_iommu *iommu, struct vfio_dma *dma, dma_addr_t iova,
			      struct vfio_batch *batch, unsigned long limit)
{
	struct vfio_extent *ext = vfio_extent_alloc(dma);
	long ret;

	if (!ext)
		return -ENOMEM;

	ret = vfio_pin_run(dma, iova, batch, limit, ext);
	if (ret)
		goto err_free;
	ret = vfio_map_extent(iommu, dma, ext);
	if (ret)
		goto err_unpin;

	ret = ext->npages << PAGE_SHIFT;
	vfio_add_extent(dma, ext);
	return ret;

err_unpin:
	vfio_put_pfns(dma, ext->pfn, ext->npages);
	vfio_lock_acct(dma, -vfio_extent_charged(dma, ext), true);
err_free:
	vfio_extent_free(dma, ext);
	return ret;
}

void vfio_dma_unmap_uncharge(struct vfio_iommu *iommu, struct vfio_dma *dma)
{
	struct vfio_extent *ext;
	long charged = 0;

	list_for_each_entry(ext, &dma->extents, list)
		charged += vfio_extent_charged(dma, ext);
	vfio_dma_unmap_unpin(iommu, dma);
	vfio_lock_acct(dma, -charged * !MUTANT(type1_failed_map_charged, charged), true);
}

int vfio_dma_pin_map(struct vfio_iommu *iommu, struct vfio_dma *dma)
{
	struct vfio_batch batch;
	unsigned long limit;
	size_t done = 0;
	long ret = 0;

	/* Asking costs a system call here, and the privileged are not bound by it. */
	limit = dma->lock_cap ? ULONG_MAX : rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	vfio_batch_init(&batch, dma->size >> PAGE_SHIFT);
	while (done < dma->size) {
		ret = vfio_pin_map_next(iommu, dma, dma->iova + done, &batch, limit);
		if (ret < 0)
			break;
		done += ret;
	}
	vfio_batch_fini(&batch, dma);

	if (ret >= 0)
		return 0;
	vfio_dma_unmap_uncharge(iommu, dma);
	return ret;
}

long vfio_dma_unmap_unpin(struct vfio_iommu *iommu, struct vfio_dma *dma)
{
	struct vfio_extent *ext, *next;
	struct vfio_domain *d;
	long unlocked = 0;

	list_for_each_entry_safe(ext, next, &dma->extents, list) {
		size_t size = ext->npages << PAGE_SHIFT;

		/* No domain may translate to a page any more when it is let go. */
		list_for_each_entry(d, &iommu->domain_list, next)
			WARN_ON(!MUTANT(type1_unmap_still_translates, true) &&
				iommu_unmap(d->domain, ext->iova, size) != size);
		if (!ext->reserved)
			unlocked += ext->npages;
		vfio_put_pfns(dma, ext->pfn, ext->npages);
		list_del(&ext->list);
		vfio_extent_free(dma, ext);
		cond_resched();
	}
	return unlocked;
}
