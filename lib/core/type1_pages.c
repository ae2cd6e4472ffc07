// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: pages of user memory, pinned in batches and charged to the process that
 * mapped them. Clauses T1-041 to T1-050, T1-055, T1-137.
 */
#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "type1.h"

#define BATCH_PAGES (PAGE_SIZE / sizeof(struct page *))

void vfio_batch_init(struct vfio_batch *batch, unsigned long npages)
{
	batch->capacity = vfio_type1_disable_hugepages ? 1 : VFIO_BATCH_FEW;
	batch->count = 0;
	batch->pages = NULL;
	/* To find a whole page costs more than most mappings of a few. */
	if (!vfio_type1_disable_hugepages && npages > VFIO_BATCH_FEW)
		batch->pages = (struct page **)__get_free_page(GFP_KERNEL);
	if (batch->pages)
		batch->capacity = BATCH_PAGES;
	else
		batch->pages = batch->few;
}

static unsigned long vfio_batch_peek(const struct vfio_batch *batch)
{
	return batch->device ? batch->device_pfn : page_to_pfn(batch->pages[batch->head]);
}

static void vfio_batch_drop(struct vfio_batch *batch)
{
	batch->head++;
	batch->count--;
}

bool vfio_pfn_reserved(unsigned long pfn)
{
	return !pfn_valid(pfn) || PageReserved(pfn_to_page(pfn));
}

void vfio_put_pfns(struct vfio_dma *dma, unsigned long pfn, unsigned long npages)
{
	if (!vfio_pfn_reserved(pfn))
		unpin_user_page_range_dirty_lock(pfn_to_page(pfn), npages,
						 dma->prot & IOMMU_WRITE);
}

void vfio_batch_fini(struct vfio_batch *batch, struct vfio_dma *dma)
{
	for (; batch->count; vfio_batch_drop(batch))
		vfio_put_pfns(dma, vfio_batch_peek(batch), 1);
	if (batch->pages != batch->few)
		free_page((unsigned long)batch->pages);
}

/* The pfn mapped at @vaddr, in a mapping of device memory. */
static int vfio_follow_pfnmap(struct mm_struct *mm, unsigned long vaddr, bool write,
			      unsigned long *pfn)
{
	struct follow_pfnmap_args args = { .address = vaddr };
	bool unlocked;
	int ret;

	do {
		unlocked = false;
		args.vma = vma_lookup(mm, vaddr);
		if (!args.vma || !(args.vma->vm_flags & VM_PFNMAP))
			return -EFAULT;
		ret = follow_pfnmap_start(&args);
		if (ret) {
			ret = fixup_user_fault(mm, vaddr, FAULT_FLAG_REMOTE |
					       (write ? FAULT_FLAG_WRITE : 0), &unlocked);
			if (!ret && !unlocked)
				ret = follow_pfnmap_start(&args);
		}
	} while (unlocked);
	if (ret)
		return ret;

	*pfn = args.pfn;
	if (write && !args.writable)
		ret = -EFAULT;
	follow_pfnmap_end(&args);

	/* What has a struct page is pinned as a page or not at all. */
	return ret ? ret : vfio_pfn_reserved(*pfn) ? 0 : -EFAULT;
}

/*
 * Pin up to @npages pages from @vaddr on into @pages: how many, or -errno. Device
 * memory cannot be: then it is 0, and *@pfn is the one at @vaddr.
 */
static long vfio_pin_vaddr(struct mm_struct *mm, unsigned long vaddr, long npages, int prot,
			   struct page **pages, unsigned long *pfn)
{
	unsigned int flags = FOLL_LONGTERM | (prot & IOMMU_WRITE ? FOLL_WRITE : 0);
	long got;

	mmap_read_lock(mm);
	got = pin_user_pages_remote(mm, vaddr, npages, flags, pages, NULL);
	if (got <= 0)
		got = vfio_follow_pfnmap(mm, vaddr, prot & IOMMU_WRITE, pfn);
	mmap_read_unlock(mm);
	return got;
}

/* Fill an empty batch with up to @npages pages from @vaddr on: at least one, or -errno. */
static int vfio_batch_fill(struct vfio_batch *batch, struct mm_struct *mm, unsigned long vaddr,
			   long npages, int prot)
{
	long got = vfio_pin_vaddr(mm, vaddr, min(npages, batch->capacity), prot, batch->pages,
				  &batch->device_pfn);

	batch->head = 0;
	batch->device = !got;
	batch->count = got < 0 ? 0 : got ?: 1;
	return got < 0 ? got : 0;
}

static int vfio_mm_lock_acct(struct task_struct *task, struct mm_struct *mm, bool lock_cap,
			     long npage)
{
	bool more = npage > 0;
	int ret;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	ret = __account_locked_vm(mm, more ? npage : -npage, more, task, lock_cap);
	mmap_write_unlock(mm);
	return ret;
}

int vfio_lock_acct(struct vfio_dma *dma, long npage, bool async)
{
	int ret;

	if (!npage)
		return 0;
	if (async && !mmget_not_zero(dma->mm))
		return -ESRCH;	/* the process has exited, and its account with it */

	ret = vfio_mm_lock_acct(dma->task, dma->mm, dma->lock_cap, npage);
	if (!ret)
		dma->locked_vm += npage;
	if (async)
		mmput(dma->mm);
	return ret;
}

/* The caller takes over @dma, and the account for its pages, from who mapped it. */
int vfio_change_dma_owner(struct vfio_dma *dma)
{
	struct task_struct *task = current->group_leader;
	bool lock_cap = capable(CAP_IPC_LOCK);
	struct mm_struct *mm = current->mm;
	int ret;

	if (mm == dma->mm || MUTANT(type1_owner_not_changed, mm != dma->mm))
		return 0;

	ret = vfio_mm_lock_acct(task, mm, lock_cap, dma->locked_vm);
	if (ret)
		return ret;
	if (mmget_not_zero(dma->mm)) {
		vfio_mm_lock_acct(dma->task, dma->mm, dma->lock_cap, -dma->locked_vm);
		mmput(dma->mm);
	}

	get_task_struct(task);
	put_task_struct(dma->task);
	dma->task = task;
	mmgrab(mm);
	mmdrop(dma->mm);
	dma->mm = mm;
	dma->lock_cap = lock_cap;
	return 0;
}

/*
 * Collect the pages from @iova to the end of @dma as far as they are contiguous.
 * Those that drivers pinned before are on the account already. On an error the
 * pages of the run are given back.
 */
int vfio_pin_run(struct vfio_dma *dma, dma_addr_t iova, struct vfio_batch *batch,
			unsigned long limit, struct vfio_extent *run)
{
	unsigned long vaddr = dma->vaddr + (iova - dma->iova);
	long left = (dma->size - (iova - dma->iova)) >> PAGE_SHIFT;
	struct mm_struct *mm = current->mm;
	unsigned long pfn;
	bool reserved;
	long acct = 0;
	int ret;

	if (!mm)
		return -ENODEV;

	*run = (struct vfio_extent) { .iova = iova };
	for (; left; left--, vaddr += PAGE_SIZE, iova += PAGE_SIZE) {
		if (!batch->count) {
			cond_resched();
			ret = vfio_batch_fill(batch, mm, vaddr, left, dma->prot);
			if (ret)
				goto err;
		}

		pfn = vfio_batch_peek(batch);
		reserved = vfio_pfn_reserved(pfn);
		if (!run->npages) {
			run->pfn = pfn;
			run->reserved = reserved;
		} else if (pfn != run->pfn + run->npages || reserved != run->reserved) {
			break;
		}

		if (!reserved && (!vfio_has_pins(dma) ||
				  !UNLESS_MUTANT(type1_pinned_charged_twice,
						 vfio_pinned(dma, iova)))) {
			if (!dma->lock_cap && mm->locked_vm + acct +
			    1 + MUTANT(type1_memlock_off, true) > limit) {
				pr_warn("%s: RLIMIT_MEMLOCK (%lu) exceeded\n", __func__,
					limit << PAGE_SHIFT);
				ret = -ENOMEM;
				goto err;
			}
			acct++;
		}
		vfio_batch_drop(batch);
		run->npages++;
		if (vfio_type1_disable_hugepages)
			break;
	}

	ret = vfio_lock_acct(dma, acct, false);
	if (!ret)
		return 0;
err:
	if (run->npages)
		vfio_put_pfns(dma, run->pfn, run->npages);
	return ret;
}

/* Pay for pages of @dma that were pinned; if they cannot be paid for all are given back. */
static int vfio_charge_pinned(struct vfio_dma *dma, struct page **pages, long npages)
{
	long i, charge = 0;
	int ret;

	for (i = 0; i < npages; i++)
		charge += !vfio_pfn_reserved(page_to_pfn(pages[i]));
	ret = vfio_lock_acct(dma, charge, false);
	for (i = 0; ret && i < npages; i++)
		vfio_put_pfns(dma, page_to_pfn(pages[i]), 1);
	if (ret == -ENOMEM)
		pr_warn("vfio: %s (%d): no page more within RLIMIT_MEMLOCK (%lu)\n",
			dma->task->comm, task_pid_nr(dma->task),
			task_rlimit(dma->task, RLIMIT_MEMLOCK));
	return ret;
}

long vfio_pin_pages_external(struct vfio_dma *dma, unsigned long vaddr, long npages,
			     struct page **pages, bool do_accounting)
{
	unsigned long pfn;
	long got, ret;

	if (!mmget_not_zero(dma->mm))
		return -ENODEV;
	got = vfio_pin_vaddr(dma->mm, vaddr, npages, dma->prot, pages, &pfn);
	if (!got) {
		pages[0] = pfn_to_page(pfn);
		got = 1;
	}
	if (got > 0 && do_accounting) {
		ret = vfio_charge_pinned(dma, pages, got);
		if (ret)
			got = ret;
	}
	mmput(dma->mm);
	return got;
}
