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
	return list_empty(&iommu->domain_list);
}

static int vfio_pin_new_page(struct vfio_iommu *iommu, struct vfio_dma *dma, dma_addr_t iova,
			     unsigned long *pfn)
{
	bool do_accounting = vfio_pin_accounts(iommu);
	struct vfio_pfn *vpfn = kzalloc(sizeof(*vpfn), GFP_KERNEL);
	int ret;

	if (!vpfn)
		return -ENOMEM;

	ret = vfio_pin_page_external(dma, dma->vaddr + (iova - dma->iova), pfn, do_accounting);
	if (ret)
		goto err;
	/* Device memory: there is no page to hand out, and none was charged. */
	if (!pfn_valid(*pfn)) {
		ret = -EINVAL;
		goto err;
	}

	vpfn->iova = iova;
	vpfn->pfn = *pfn;
	vpfn->ref_count = 1;
	vfio_link_vpfn(dma, vpfn);
	vfio_dma_mark_dirty(iommu, dma, iova, 1);
	return 0;
err:
	kfree(vpfn);
	return ret;
}

static int vfio_pin_one(struct vfio_iommu *iommu, dma_addr_t iova, int prot, struct page **page)
{
	struct vfio_dma *dma = vfio_find_dma(iommu, iova, iova + PAGE_SIZE - 1);
	struct vfio_pfn *vpfn;
	unsigned long pfn;
	int ret;

	if (!dma || iova < dma->iova)
		return -EINVAL;
	if (prot & ~dma->prot)
		return -EPERM;

	vpfn = vfio_find_vpfn(dma, iova);
	if (vpfn) {
		vpfn->ref_count++;
		pfn = vpfn->pfn;
	} else {
		ret = vfio_pin_new_page(iommu, dma, iova, &pfn);
		if (ret)
			return ret;
	}
	*page = pfn_to_page(pfn);
	return 0;
}

static void vfio_unpin_one(struct vfio_iommu *iommu, struct vfio_dma *dma, dma_addr_t iova)
{
	struct vfio_pfn *vpfn = vfio_find_vpfn(dma, iova);
	bool counted;

	if (!vpfn || --vpfn->ref_count)
		return;

	counted = !vfio_pfn_reserved(vpfn->pfn);
	vfio_put_pfns(dma, vpfn->pfn, 1);
	rb_erase(&vpfn->node, &dma->pfn_list);
	kfree(vpfn);
	if (counted && vfio_pin_accounts(iommu))
		vfio_lock_acct(dma, -1, true);
}

/* Unpin page by page; returns how many were mapped at all. */
static int vfio_unpin_range(struct vfio_iommu *iommu, dma_addr_t iova, int npage)
{
	struct vfio_dma *dma;
	int i;

	for (i = 0; i < npage; i++, iova += PAGE_SIZE) {
		dma = vfio_find_dma(iommu, iova, iova + PAGE_SIZE - 1);
		if (!dma)
			break;
		vfio_unpin_one(iommu, dma, iova);
	}
	return i;
}

static int vfio_pin_range(struct vfio_iommu *iommu, dma_addr_t iova, int npage, int prot,
			  struct page **pages)
{
	int i, ret;

	for (i = 0; i < npage; i++) {
		ret = vfio_pin_one(iommu, iova + i * PAGE_SIZE, prot, &pages[i]);
		if (ret) {
			vfio_unpin_range(iommu, iova, i);
			memset(pages, 0, (i + 1) * sizeof(*pages));
			return ret;
		}
	}
	return i;
}

/* From now on only what the group pins counts as dirty. */
static void vfio_group_pinned(struct vfio_iommu *iommu, struct iommu_group *iommu_group)
{
	struct vfio_iommu_group *group = vfio_iommu_find_iommu_group(iommu, iommu_group);

	if (WARN_ON(!group) || group->pinned_page_dirty_scope)
		return;
	group->pinned_page_dirty_scope = true;
	iommu->num_non_pinned_groups--;
}

int vfio_iommu_type1_pin_pages(void *iommu_data, struct iommu_group *iommu_group,
			       dma_addr_t user_iova, int npage, int prot, struct page **pages)
{
	struct vfio_iommu *iommu = iommu_data;
	int done;

	/* v1 has no whole mappings to find a page in. */
	if (!iommu->v2)
		return -EACCES;
	if (profile(BEH_RANGE_EOVERFLOW) && user_iova + ((u64)npage * PAGE_SIZE - 1) < user_iova)
		return -EOVERFLOW;

	guard(mutex)(&iommu->lock);
	if (WARN_ONCE(iommu->vaddr_invalid_count, "vfio: pin while an address is to be updated\n"))
		return -EBUSY;
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
	if (!(dma->prot & IOMMU_READ) || (write && !(dma->prot & IOMMU_WRITE)))
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
	if (!failed && write)
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
	ssize_t done = 0;

	mutex_lock(&iommu->lock);
	if (WARN_ONCE(iommu->vaddr_invalid_count,
		      "vfio_dma_rw not allowed with VFIO_UPDATE_VADDR\n"))
		done = -EBUSY;
	while (done >= 0 && count) {
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
