// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device mappings: the areas, and what is mapped in them.
 *
 * An area is reserved address space without access. A page for which the
 * driver's fault() inserted a pfn is mapped there from the range's memfd, or,
 * where there is none, stays without access and each access is emulated.
 *
 * Locks as in the kernel: mm->mmap_lock for reading around a fault, for writing
 * while areas come and go. vma_lock, innermost, covers the table and the pages
 * of all areas; unmap_mapping_range() needs it alone, so a driver may call that
 * with a lock held that its fault() takes.
 */
#include <kapi/fail_nth.h>
#include <kapi/fault.h>
#include <kapi/host.h>
#include <kapi/objects.h>
#include <kapi/task.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"
#include "vma.h"

#define RESERVED_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

unsigned int kapi_vma_count;

static struct vm_area_struct **vmas;	/* sorted by address */
static unsigned int max_vmas;
static pthread_mutex_t vma_lock = PTHREAD_MUTEX_INITIALIZER;

void kapi_vma_lock(bool lock)
{
	if (lock)
		pthread_mutex_lock(&vma_lock);
	else
		pthread_mutex_unlock(&vma_lock);
}

/* Index of the first area that ends behind @addr. */
static unsigned int find_index(unsigned long addr)
{
	unsigned int low = 0, high = kapi_vma_count, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (vmas[mid]->vm_end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = NULL;
	unsigned int i;

	pthread_mutex_lock(&vma_lock);
	i = find_index(addr);
	if (i < kapi_vma_count)
		vma = vmas[i];
	pthread_mutex_unlock(&vma_lock);
	return vma;
}

struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	return vma && vma->vm_start <= addr ? vma : NULL;
}

unsigned long kapi_vma_next(unsigned long addr, unsigned long end)
{
	unsigned long next = end;
	unsigned int i;

	pthread_mutex_lock(&vma_lock);
	i = find_index(addr);
	if (i < kapi_vma_count && vmas[i]->vm_start < end)
		next = vmas[i]->vm_start > addr ? vmas[i]->vm_start : addr;
	pthread_mutex_unlock(&vma_lock);
	return next;
}

bool kapi_vma_overlaps(unsigned long addr, unsigned long len)
{
	unsigned long end = addr + len < addr ? ULONG_MAX : addr + len;

	return READ_ONCE(kapi_vma_count) && kapi_vma_next(addr, end) < end;
}

int kapi_vma_insert(struct vm_area_struct *vma)
{
	struct vm_area_struct **bigger;
	unsigned int i;
	int ret = 0;

	pthread_mutex_lock(&vma_lock);
	if (kapi_vma_count == max_vmas) {
		bigger = realloc(vmas, (max_vmas * 2 + 16) * sizeof(*vmas));
		if (!bigger) {
			ret = -ENOMEM;
			goto out;
		}
		vmas = bigger;
		max_vmas = max_vmas * 2 + 16;
	}
	i = find_index(vma->vm_start);
	memmove(&vmas[i + 1], &vmas[i], (kapi_vma_count - i) * sizeof(*vmas));
	vmas[i] = vma;
	__atomic_add_fetch(&kapi_vma_count, 1, __ATOMIC_RELEASE);
out:
	pthread_mutex_unlock(&vma_lock);
	return ret;
}

void kapi_vma_remove(struct vm_area_struct *vma)
{
	unsigned int i;

	pthread_mutex_lock(&vma_lock);
	i = find_index(vma->vm_start);
	if (i < kapi_vma_count && vmas[i] == vma) {
		__atomic_sub_fetch(&kapi_vma_count, 1, __ATOMIC_RELEASE);
		memmove(&vmas[i], &vmas[i + 1], (kapi_vma_count - i) * sizeof(*vmas));
	}
	pthread_mutex_unlock(&vma_lock);
}

/*
 * The page table comes with the first page. The vma_lock is held by who changes it;
 * kapi_vma_pfn() looks without.
 */
static int make_pfns(struct vm_area_struct *vma)
{
	unsigned long *pfns;

	if (vma->kapi_pfns)
		return 0;
	pfns = calloc(vma_pages(vma), sizeof(*pfns));
	__atomic_store_n(&vma->kapi_pfns, pfns, __ATOMIC_RELEASE);
	return pfns ? 0 : -ENOMEM;
}

/* An area that begins at @addr inside of @vma, which ends there then. */
int kapi_vma_split(struct vm_area_struct *vma, unsigned long addr)
{
	unsigned long before = (addr - vma->vm_start) >> PAGE_SHIFT;
	struct vm_area_struct *tail;
	int ret;

	if (vma->vm_ops && vma->vm_ops->may_split) {
		ret = vma->vm_ops->may_split(vma, addr);
		if (ret)
			return ret;
	}
	tail = kapi_should_fail(KAPI_FAIL_ALLOC) ? NULL : malloc(sizeof(*tail));
	if (!tail)
		return -ENOMEM;
	kapi_object_add(KAPI_VMAS, 1);
	*tail = *vma;
	tail->vm_start = addr;
	tail->vm_pgoff += before;
	get_file(tail->vm_file);
	pthread_mutex_lock(&vma_lock);
	tail->kapi_pfns = NULL;
	ret = vma->kapi_pfns ? make_pfns(tail) : 0;
	if (!ret) {
		if (vma->kapi_pfns)
			memcpy(tail->kapi_pfns, vma->kapi_pfns + before,
			       vma_pages(tail) * sizeof(*tail->kapi_pfns));
		vma->vm_end = addr;
	}
	pthread_mutex_unlock(&vma_lock);
	if (!ret) {
		ret = kapi_vma_insert(tail);
		if (ret)
			vma->vm_end = tail->vm_end;
	}
	if (ret) {
		fput(tail->vm_file);
		free(tail->kapi_pfns);
		free(tail);
		kapi_object_add(KAPI_VMAS, -1);
		return ret;
	}
	if (tail->vm_ops && tail->vm_ops->open)
		tail->vm_ops->open(tail);
	return 0;
}

void kapi_vma_free(struct vm_area_struct *vma)
{
	fput(vma->vm_file);
	free(vma->kapi_pfns);
	free(vma);
	kapi_object_add(KAPI_VMAS, -1);
}

/* Take the pages [first, last) of @vma away. The vma_lock is held. */
static void zap(struct vm_area_struct *vma, unsigned long first, unsigned long last)
{
	bool mapped = false;
	u64 off;

	if (!vma->kapi_pfns)
		return;
	for (; first < last && !vma->kapi_pfns[first]; first++)
		;
	for (; first < last && !vma->kapi_pfns[last - 1]; last--)
		;
	if (first == last)
		return;
	for (unsigned long i = first; i < last; i++) {
		if (vma->kapi_pfns[i] &&
		    kapi_phys_memfd(PFN_PHYS(vma->kapi_pfns[i] - 1), &off) >= 0)
			mapped = true;
		WRITE_ONCE(vma->kapi_pfns[i], 0);
	}
	if (mapped)
		kapi_host_mmap((void *)(vma->vm_start + (first << PAGE_SHIFT)),
			       (last - first) << PAGE_SHIFT, PROT_NONE, RESERVED_FLAGS | MAP_FIXED,
			       -1, 0);
}

void zap_vma_ptes(struct vm_area_struct *vma, unsigned long addr, unsigned long size)
{
	if (addr < vma->vm_start || addr + size > vma->vm_end || addr + size < addr)
		return;
	pthread_mutex_lock(&vma_lock);
	zap(vma, (addr - vma->vm_start) >> PAGE_SHIFT,
	    (addr + size - vma->vm_start) >> PAGE_SHIFT);
	pthread_mutex_unlock(&vma_lock);
}

void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, int even_cows)
{
	unsigned long first = (unsigned long)start >> PAGE_SHIFT, last, from, to, i;
	struct vm_area_struct *vma;

	last = len ? ((unsigned long)start + len + PAGE_SIZE - 1) >> PAGE_SHIFT : ULONG_MAX;
	if (last <= first)
		last = ULONG_MAX;
	pthread_mutex_lock(&vma_lock);
	for (i = 0; i < kapi_vma_count; i++) {
		vma = vmas[i];
		if (vma->vm_file->f_mapping != mapping || vma->vm_pgoff >= last ||
		    vma->vm_pgoff + vma_pages(vma) <= first)
			continue;
		from = first > vma->vm_pgoff ? first - vma->vm_pgoff : 0;
		to = last - vma->vm_pgoff;
		zap(vma, from, to < vma_pages(vma) ? to : vma_pages(vma));
	}
	pthread_mutex_unlock(&vma_lock);
}

static int prot_of(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_READ ? PROT_READ : 0) |
	       (vma->vm_flags & VM_WRITE ? PROT_WRITE : 0) |
	       (vma->vm_flags & VM_EXEC ? PROT_EXEC : 0);
}

/* Put @pfn, and the @count - 1 behind it, at page @index. The vma_lock is held. */
static int map_pages(struct vm_area_struct *vma, unsigned long index, unsigned long pfn,
		     unsigned long count)
{
	unsigned long i;
	int memfd;
	void *at;
	u64 off;

	if (make_pfns(vma))
		return -ENOMEM;
	memfd = kapi_phys_memfd(PFN_PHYS(pfn), &off);
	if (memfd >= 0) {
		at = kapi_host_mmap((void *)(vma->vm_start + (index << PAGE_SHIFT)),
				    count << PAGE_SHIFT, prot_of(vma), MAP_SHARED | MAP_FIXED,
				    memfd, off);
		if (IS_ERR(at))
			return PTR_ERR(at);
	}
	for (i = 0; i < count; i++)
		WRITE_ONCE(vma->kapi_pfns[index + i], pfn + i + 1);
	return 0;
}

vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn)
{
	unsigned long index = (addr - vma->vm_start) >> PAGE_SHIFT;
	int ret = 0;

	if (addr < vma->vm_start || addr >= vma->vm_end || pfn_valid(pfn) ||
	    !(vma->vm_flags & VM_PFNMAP))
		return VM_FAULT_SIGBUS;
	pthread_mutex_lock(&vma_lock);
	if (!vma->kapi_pfns || !vma->kapi_pfns[index])
		ret = map_pages(vma, index, pfn, 1);
	pthread_mutex_unlock(&vma_lock);
	return ret ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
}

vm_fault_t vmf_insert_pfn_prot(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
			       pgprot_t prot)
{
	return vmf_insert_pfn(vma, addr, pfn);
}

int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		    unsigned long size, pgprot_t prot)
{
	int ret;

	size = PAGE_ALIGN(size);
	if (addr & ~PAGE_MASK || addr < vma->vm_start || addr + size > vma->vm_end || !size ||
	    addr + size < addr || pfn_valid(pfn))
		return -EINVAL;
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	pthread_mutex_lock(&vma_lock);
	ret = map_pages(vma, (addr - vma->vm_start) >> PAGE_SHIFT, pfn, size >> PAGE_SHIFT);
	pthread_mutex_unlock(&vma_lock);
	return ret;
}

int kapi_vma_map(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		 unsigned long count)
{
	int ret;

	pthread_mutex_lock(&vma_lock);
	ret = map_pages(vma, (addr - vma->vm_start) >> PAGE_SHIFT, pfn, count);
	pthread_mutex_unlock(&vma_lock);
	return ret;
}

unsigned long kapi_vma_pfn(struct vm_area_struct *vma, unsigned long addr)
{
	unsigned long *pfns = __atomic_load_n(&vma->kapi_pfns, __ATOMIC_ACQUIRE);

	return pfns ? __atomic_load_n(&pfns[(addr - vma->vm_start) >> PAGE_SHIFT],
				      __ATOMIC_RELAXED) : 0;
}

int follow_pfnmap_start(struct follow_pfnmap_args *args)
{
	struct vm_area_struct *vma = args->vma;
	unsigned long pfn;

	if (args->address < vma->vm_start || args->address >= vma->vm_end ||
	    !(vma->vm_flags & (VM_IO | VM_PFNMAP)))
		return -EINVAL;
	/* Until follow_pfnmap_end() the page stays. */
	pthread_mutex_lock(&vma_lock);
	pfn = kapi_vma_pfn(vma, args->address);
	if (!pfn) {
		pthread_mutex_unlock(&vma_lock);
		return -EINVAL;
	}
	args->pfn = pfn - 1;
	args->pgprot = vma->vm_page_prot;
	args->writable = vma->vm_flags & VM_WRITE;
	args->special = true;
	return 0;
}

void follow_pfnmap_end(struct follow_pfnmap_args *args)
{
	pthread_mutex_unlock(&vma_lock);
}

void kapi_vma_after_fork(struct mm_struct *mm)
{
	unsigned int i;

	pthread_mutex_init(&vma_lock, NULL);
	for (i = 0; i < kapi_vma_count; i++)
		vmas[i]->vm_mm = mm;
}
