/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages, device mappings, pinning. Physical addresses: see <kapi/phys.h>.
 */
#ifndef KAPI_LINUX_MM_H
#define KAPI_LINUX_MM_H

#include <linux/mm_types.h>
#include <linux/errno.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/rbtree_types.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/mman.h>
#include <linux/fs.h>
#include <kapi/phys.h>

/* vma->vm_flags */
#define VM_READ		0x00000001UL
#define VM_WRITE	0x00000002UL
#define VM_EXEC		0x00000004UL
#define VM_SHARED	0x00000008UL
#define VM_MAYREAD	0x00000010UL
#define VM_MAYWRITE	0x00000020UL
#define VM_MAYEXEC	0x00000040UL
#define VM_MAYSHARE	0x00000080UL
#define VM_PFNMAP	0x00000400UL
#define VM_LOCKED	0x00002000UL
#define VM_IO		0x00004000UL
#define VM_DONTCOPY	0x00020000UL
#define VM_DONTEXPAND	0x00040000UL
#define VM_NORESERVE	0x00200000UL
#define VM_DONTDUMP	0x04000000UL
#define VM_MIXEDMAP	0x10000000UL
#define VM_ALLOW_ANY_UNCACHED	(1UL << 39)	/* of a device that bears any kind of mapping */

#define pgprot_noncached(prot)		(prot)
#define pgprot_writecombine(prot)	(prot)
#define pgprot_decrypted(prot)		(prot)

struct vm_fault {
	struct vm_area_struct *vma;
	unsigned long address;		/* of the page */
	unsigned long real_address;
	pgoff_t pgoff;
	unsigned int flags;		/* FAULT_FLAG_* */
};

/* open and close run for each area that a split makes or an unmap takes away. */
struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);
	void (*close)(struct vm_area_struct *vma);
	int (*may_split)(struct vm_area_struct *vma, unsigned long addr);
	vm_fault_t (*fault)(struct vm_fault *vmf);
	vm_fault_t (*pfn_mkwrite)(struct vm_fault *vmf);
	int (*access)(struct vm_area_struct *vma, unsigned long addr, void *buf, int len,
		      int write);
};

static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}

#define vmalloc_to_page(addr)	virt_to_page(addr)
#define vmalloc_to_pfn(addr)	page_to_pfn(virt_to_page(addr))

static inline unsigned long vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/* No bits of an address are a tag: the processor is one without. */
#define untagged_addr(addr)		(addr)
#define untagged_addr_remote(mm, addr)	((void)(mm), (addr))

/* mm->mmap_lock: held for reading around faults, for writing while mappings change. */
static inline void mmap_read_lock(struct mm_struct *mm)
{
	down_read(&mm->mmap_lock);
}

static inline void mmap_read_unlock(struct mm_struct *mm)
{
	up_read(&mm->mmap_lock);
}

static inline bool mmap_read_trylock(struct mm_struct *mm)
{
	return down_read_trylock(&mm->mmap_lock);
}

static inline void mmap_write_lock(struct mm_struct *mm)
{
	down_write(&mm->mmap_lock);
}

static inline int mmap_write_lock_killable(struct mm_struct *mm)
{
	down_write(&mm->mmap_lock);
	return 0;
}

static inline void mmap_write_unlock(struct mm_struct *mm)
{
	up_write(&mm->mmap_lock);
}

/*
 * Device mapping that ends behind, or contains, @addr; NULL if there is none,
 * as for all memory of the program. Caller holds the mmap_lock.
 */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr);

/*
 * From vm_ops->fault: map @pfn at @addr of a VM_PFNMAP area. VM_FAULT_NOPAGE, or
 * VM_FAULT_SIGBUS outside of the area or where no such memory is.
 */
vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn);
vm_fault_t vmf_insert_pfn_prot(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
			       pgprot_t prot);
/* From f_op->mmap: map a range at once and mark the area VM_PFNMAP. 0 or -EINVAL. */
int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		    unsigned long size, pgprot_t prot);
#define io_remap_pfn_range(vma, addr, pfn, size, prot) \
	remap_pfn_range(vma, addr, pfn, size, prot)

/*
 * Drop the pages, so that the next access faults again: those of one area; all
 * of a file's offsets [start, start+len), to the end if @len is 0.
 */
void zap_vma_ptes(struct vm_area_struct *vma, unsigned long addr, unsigned long size);
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, int even_cows);

/* Look up a mapped page of a VM_IO or VM_PFNMAP area. 0, or -EINVAL if nothing is mapped there. */
struct follow_pfnmap_args {
	struct vm_area_struct *vma;
	unsigned long address;
	bool writable;
	unsigned long pfn;
	bool special;
	pgprot_t pgprot;
};

int follow_pfnmap_start(struct follow_pfnmap_args *args);
void follow_pfnmap_end(struct follow_pfnmap_args *args);

/* Fault a device page in as an access would. 0, -EFAULT (none, not allowed, SIGBUS), -ENOMEM. */
int fixup_user_fault(struct mm_struct *mm, unsigned long address, unsigned int fault_flags,
		     bool *unlocked);

#include <kapi/pages.h>

/*
 * Charge (@inc) or give back @pages to mm->locked_vm. 0, or -ENOMEM above
 * RLIMIT_MEMLOCK without CAP_IPC_LOCK. The second form is told the task whose
 * limit counts and whether to bypass it, and runs under the mmap_lock.
 */
int account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc);
int __account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc,
			struct task_struct *task, bool bypass_rlim);

/* Let a thread of the core (current->mm is NULL) act on @mm until the second call. */
void kthread_use_mm(struct mm_struct *mm);
void kthread_unuse_mm(struct mm_struct *mm);

#endif
