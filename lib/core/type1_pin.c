// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: user memory for drivers: single pages pinned by I/O virtual address,
 * and reads and writes by the CPU. Clauses PIN.
 */
#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "type1.h"

/*
 * Where an IOMMU is at work all pages are pinned and paid for already; else each
 * pin of a driver pays.
 */
static bool vfio_pin_accounts(struct vfio_iommu *iommu)
{
	return UNLESS_MUTANT(pin_not_charged, list_empty(&iommu->domain_list));
}

/* The mapping with @iova, which often is the one of the page before. */
static struct vfio_dma *vfio_pin_dma(struct vfio_iommu *iommu, struct vfio_dma *last,
				     dma_addr_t iova)
{
	if (last && iova >= last->iova && iova <= vfio_dma_last(last))
		return last;
	return vfio_find_dma(iommu, iova, iova + PAGE_SIZE - 1);
}

/* Pages to give back: those that follow each other in one mapping at a time. */
struct vfio_unpin {
	struct vfio_iommu *iommu;
	struct vfio_dma *dma;
	unsigned long pfn;
	long npages;
	long charged;
};

static void vfio_unpin_flush(struct vfio_unpin *unpin, struct vfio_dma *next)
{
	if (unpin->npages)
		vfio_put_pfns(unpin->dma, unpin->pfn, unpin->npages);
	unpin->npages = 0;
	if (next == unpin->dma)
		return;
	if (UNLESS_MUTANT(pin_charge_kept, unpin->charged) && vfio_pin_accounts(unpin->iommu))
		vfio_lock_acct(unpin->dma, -unpin->charged, true);
	unpin->charged = 0;
	unpin->dma = next;
}

static void vfio_unpin_add(struct vfio_unpin *unpin, struct vfio_dma *dma, unsigned long pfn)
{
	if (dma != unpin->dma || pfn != unpin->pfn + unpin->npages)
		vfio_unpin_flush(unpin, dma);
	if (vfio_pfn_reserved(pfn))
		return;
	if (!unpin->npages++)
		unpin->pfn = pfn;
	unpin->charged++;
}

/* Unpin page by page; returns how many were mapped at all. */
static int vfio_unpin_range(struct vfio_iommu *iommu, dma_addr_t iova, int npage)
{
	struct vfio_unpin unpin = { .iommu = iommu };
	struct vfio_dma *dma = NULL, *before;
	struct vfio_pins *pins = NULL;
	unsigned int index;
	int i;

	for (i = 0; i < npage; i++, iova += PAGE_SIZE) {
		before = dma;
		dma = vfio_pin_dma(iommu, before, iova);
		if (!dma)
			break;
		index = vfio_pin_index(iova);
		if (!pins || !index || dma != before)
			pins = vfio_pins_find(dma, iova);
		if (!pins || !pins->ref_count[index] || --pins->ref_count[index])
			continue;
		vfio_unpin_add(&unpin, dma, pins->pfn[index]);
		if (!--pins->used) {
			vfio_pins_put(dma, pins);
			pins = NULL;
		}
	}
	vfio_unpin_flush(&unpin, NULL);
	return i;
}

/* How many pages from @iova on, up to @npage, are in @dma and not pinned. */
static int vfio_pin_fresh(struct vfio_dma *dma, dma_addr_t iova, int npage)
{
	u64 room = ((vfio_dma_last(dma) - iova) >> PAGE_SHIFT) + 1;
	struct vfio_pins *pins = NULL;
	unsigned int index;
	int i;

	npage = min_t(u64, npage, room);
	if (!vfio_has_pins(dma))
		return npage;
	for (i = 0; i < npage; i++, iova += PAGE_SIZE) {
		index = vfio_pin_index(iova);
		if (!i || !index)
			pins = vfio_pins_find(dma, iova);
		if (pins && pins->ref_count[index])
			break;
	}
	return i;
}

/* Note that the first of @npage pages are pinned, as many as there is memory for. */
static int vfio_pin_note(struct vfio_dma *dma, dma_addr_t iova, int npage, struct page **pages)
{
	struct vfio_pins *pins = NULL;
	unsigned int index;
	int i;

	for (i = 0; i < npage; i++, iova += PAGE_SIZE) {
		index = vfio_pin_index(iova);
		if (!pins || !index)
			pins = vfio_pins_get(dma, iova);
		if (!pins)
			break;
		pins->pfn[index] = page_to_pfn(pages[i]);
		pins->ref_count[index] = 1;
		pins->used++;
	}
	return i;
}

static void vfio_pin_give_back(struct vfio_iommu *iommu, struct vfio_dma *dma, int npage,
			       struct page **pages)
{
	struct vfio_unpin unpin = { .iommu = iommu };
	int i;

	for (i = 0; i < npage; i++)
		vfio_unpin_add(&unpin, dma, page_to_pfn(pages[i]));
	vfio_unpin_flush(&unpin, NULL);
}

/* Pin pages of @dma that are not yet: at least one, or -errno and nothing done. */
static int vfio_pin_new(struct vfio_iommu *iommu, struct vfio_dma *dma, dma_addr_t iova,
			int npage, struct page **pages)
{
	int got = vfio_pin_pages_external(dma, dma->vaddr + (iova - dma->iova), npage, pages,
					  vfio_pin_accounts(iommu));
	int noted;

	if (got < 0)
		return got;
	/* Device memory: there is no page to hand out, and none was charged. */
	if (!pfn_valid(page_to_pfn(pages[0])))
		return -EINVAL;
	noted = vfio_pin_note(dma, iova, got, pages);
	if (noted < got) {
		vfio_pin_give_back(iommu, dma, got - noted, pages + noted);
		vfio_unpin_range(iommu, iova, noted);
		return -ENOMEM;
	}
	if (!MUTANT(pin_not_dirty, iommu->dirty_page_tracking))
		vfio_dma_mark_dirty(iommu, dma, iova, ((size_t)(got - 1) << PAGE_SHIFT) + 1);
	return got;
}

/* Pin pages from @iova on, those of one kind: new ones, or one that is pinned already. */
static int vfio_pin_some(struct vfio_iommu *iommu, struct vfio_dma *dma, dma_addr_t iova,
			 int npage, struct page **pages)
{
	unsigned int index = vfio_pin_index(iova);
	int fresh = vfio_pin_fresh(dma, iova, npage);
	struct vfio_pins *pins;

	if (fresh)
		return vfio_pin_new(iommu, dma, iova, fresh, pages);
	pins = vfio_pins_find(dma, iova);
	pins->ref_count[index] += !MUTANT(pin_again_not_counted, true);
	pages[0] = pfn_to_page(pins->pfn[index]);
	return 1;
}

static int vfio_pin_range(struct vfio_iommu *iommu, dma_addr_t iova, int npage, int prot,
			  struct page **pages)
{
	struct vfio_dma *dma = NULL;
	dma_addr_t at;
	int i, ret;

	for (i = 0; i < npage; i += ret) {
		at = iova + (dma_addr_t)i * PAGE_SIZE;
		dma = vfio_pin_dma(iommu, dma, at);
		if (!dma || at < dma->iova)
			ret = -EINVAL;
		else if (UNLESS_MUTANT(pin_write_to_readonly, prot & ~dma->prot))
			ret = -EPERM;
		else
			ret = vfio_pin_some(iommu, dma, at, npage - i, pages + i);
		if (ret < 0) {
			if (!MUTANT(pin_failure_keeps_part, i))
				vfio_unpin_range(iommu, iova, i);
			memset(pages, 0, npage * sizeof(*pages));
			return ret;
		}
	}
	return i;
}

/* From now on only what the group pins counts as dirty. */
static void vfio_group_pinned(struct vfio_iommu *iommu, struct iommu_group *iommu_group)
{
	struct vfio_iommu_group *group = vfio_iommu_find_iommu_group(iommu, iommu_group);

	if (WARN_ON(!group) || group->pinned_page_dirty_scope || MUTANT(pin_scope_not_noted, true))
		return;
	group->pinned_page_dirty_scope = true;
	iommu->num_non_pinned_groups--;
}

/* Is there a mapping in the range whose address is to be updated? */
static bool vfio_range_waits(struct vfio_iommu *iommu, dma_addr_t iova, dma_addr_t last)
{
	struct vfio_dma *dma = vfio_dma_from(iommu, iova);

	while (dma && dma->iova <= last && !dma->vaddr_invalid)
		dma = vfio_dma_next(dma);
	return dma && dma->iova <= last;
}

/*
 * 0 when all of the range that is mapped has addresses, or what the access gives
 * then. The lock may have been dropped and taken again meanwhile.
 */
static int vfio_range_vaddr(struct vfio_iommu *iommu, dma_addr_t iova, size_t size)
{
	unsigned int seen;
	int ret = 0;

	if (iommu->vaddr_invalid_count && !profile(BEH_VADDR_WAITS))
		return -EBUSY;
	while (!ret && iommu->vaddr_invalid_count && vfio_range_waits(iommu, iova, iova + size - 1)) {
		if (iommu->closed)
			return -ENODEV;
		seen = vfio_backend_changes();
		mutex_unlock(&iommu->lock);
		ret = vfio_backend_wait(seen);
		mutex_lock(&iommu->lock);
	}
	return ret;
}

int vfio_iommu_type1_pin_pages(void *iommu_data, struct iommu_group *iommu_group,
			       dma_addr_t user_iova, int npage, int prot, struct page **pages)
{
	struct vfio_iommu *iommu = iommu_data;
	int done, ret;

	/* v1 has no whole mappings to find a page in. */
	if (UNLESS_MUTANT(pin_v1, !iommu->v2))
		return -EACCES;
	if (profile(BEH_RANGE_EOVERFLOW) && user_iova + ((u64)npage * PAGE_SIZE - 1) < user_iova)
		return -EOVERFLOW;

	guard(mutex)(&iommu->lock);
	ret = vfio_range_vaddr(iommu, user_iova, npage * PAGE_SIZE);
	if (WARN_ONCE(ret == -EBUSY, "vfio: no pins during VFIO_UPDATE_VADDR\n") || ret)
		return ret;
	/* Nobody would hear of an unmap. */
	if (list_empty(&iommu->device_list))
		return -EINVAL;

	done = vfio_pin_range(iommu, user_iova, npage, prot, pages);
	if (done >= 0)
		vfio_group_pinned(iommu, iommu_group);
	return done;
}

int vfio_iommu_type1_unpin_pages(void *iommu_data, dma_addr_t user_iova, int npage)
{
	struct vfio_iommu *iommu = iommu_data;

	if (!iommu->v2)
		return -EACCES;

	guard(mutex)(&iommu->lock);
	return vfio_unpin_range(iommu, user_iova, npage);
}

/* As much of an access as lies in one mapping. Returns bytes moved, or -errno. */
static ssize_t vfio_dma_rw_chunk(struct vfio_iommu *iommu, dma_addr_t iova, void *data,
				 size_t count, bool write)
{
	struct vfio_dma *dma = vfio_find_dma(iommu, iova, iova);
	bool kthread = !current->mm;
	unsigned long failed, vaddr;

	if (!dma)
		return -EINVAL;
	if (!(dma->prot & IOMMU_READ) || 
	    UNLESS_MUTANT(pin_rw_to_readonly, write && !(dma->prot & IOMMU_WRITE)))
		return -EPERM;
	if (!mmget_not_zero(dma->mm))
		return -EPERM;

	/* The address is that of the process that mapped: not every caller can use it. */
	if (kthread) {
		kthread_use_mm(dma->mm);
	} else if (current->mm != dma->mm) {
		mmput(dma->mm);
		return -EFAULT;
	}

	count = min_t(size_t, count, vfio_dma_last(dma) - iova + 1);
	vaddr = dma->vaddr + (iova - dma->iova);
	if (write)
		failed = copy_to_user((void __user *)vaddr, data, count);
	else
		failed = copy_from_user(data, (void __user *)vaddr, count);
	if (!failed && write && !MUTANT(pin_rw_not_dirty, iommu->dirty_page_tracking))
		vfio_dma_mark_dirty(iommu, dma, iova, count);

	if (kthread)
		kthread_unuse_mm(dma->mm);
	mmput(dma->mm);
	return failed ? -EFAULT : (ssize_t)count;
}

int vfio_iommu_type1_dma_rw(void *iommu_data, dma_addr_t user_iova, void *data, size_t count,
			    bool write)
{
	struct vfio_iommu *iommu = iommu_data;
	ssize_t done;

	mutex_lock(&iommu->lock);
	done = vfio_range_vaddr(iommu, user_iova, count);
	WARN_ONCE(done == -EBUSY, "vfio: no dma_rw during VFIO_UPDATE_VADDR\n");
	while (done >= 0 && count && !MUTANT(pin_rw_first_mapping_only, done)) {
		done = vfio_dma_rw_chunk(iommu, user_iova, data, count, write);
		if (done > 0) {
			count -= done;
			data += done;
			user_iova += done;
		}
	}
	mutex_unlock(&iommu->lock);
	return done < 0 ? done : 0;
}
