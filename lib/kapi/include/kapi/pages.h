/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/mm.h> about single pages: converting and pinning. Include
 * <linux/mm.h>.
 */
#ifndef KAPI_PAGES_H
#define KAPI_PAGES_H

#include <kapi/objects.h>

/* Pages, addresses and pfns turn into each other. */
#define page_to_pfn(pg)		((unsigned long)(pg) / sizeof(struct page))
#define pfn_to_page(pfn)	((struct page *)((unsigned long)(pfn) * sizeof(struct page)))
#define page_to_phys(page)	((phys_addr_t)page_to_pfn(page) << PAGE_SHIFT)
#define phys_to_page(phys)	pfn_to_page((phys) >> PAGE_SHIFT)
#define nth_page(page, n)	((page) + (n))
#define PFN_PHYS(pfn)		((phys_addr_t)(pfn) << PAGE_SHIFT)
#define PHYS_PFN(phys)		((unsigned long)((phys) >> PAGE_SHIFT))
#define PFN_UP(x)		(((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x)		((x) >> PAGE_SHIFT)
#define virt_to_page(addr) \
	pfn_to_page(((unsigned long)(addr) | KAPI_PHYS_USER) >> PAGE_SHIFT)
#define page_address(page) \
	((void *)((page_to_pfn(page) << PAGE_SHIFT) & ~(unsigned long)KAPI_PHYS_USER))

/* True for memory, false for a device's: what the kernel has a struct page for. */
static inline bool pfn_valid(unsigned long pfn)
{
	return pfn & (KAPI_PHYS_USER >> PAGE_SHIFT);
}

/* No user page is reserved; nothing counts references on pages. */
#define PageReserved(page)	((void)(page), 0)
#define is_zero_pfn(pfn)	((void)(pfn), 0)
#define get_page(page)		((void)(page))
#define put_page(page)		((void)(page))
#define set_page_dirty_lock(page) ((void)(page))
#define set_page_dirty(page)	((void)(page))

enum {
	FOLL_WRITE = 1 << 0,	/* fail with -EFAULT where the user cannot write */
	FOLL_GET = 1 << 1,
	FOLL_FORCE = 1 << 4,
	FOLL_LONGTERM = 1 << 8,
};

/*
 * Pin @nr pages of the program's memory from @start on. Every page is touched:
 * it is present, and writable for FOLL_WRITE. Return how many pages from the
 * first on are pinned and in @pages (may be NULL), or -EFAULT if the first is
 * bad or belongs to a device. @locked stays as it is.
 */
long pin_user_pages(unsigned long start, unsigned long nr, unsigned int gup_flags,
		    struct page **pages);
long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr,
			   unsigned int gup_flags, struct page **pages, int *locked);
int pin_user_pages_fast(unsigned long start, int nr, unsigned int gup_flags, struct page **pages);

/* Pins are counted and hold nothing: memory that the user unmaps is gone for the device too. */
static inline void unpin_user_page(struct page *page)
{
	kapi_object_add(KAPI_PINNED_PAGES, -1);
}

static inline void unpin_user_pages(struct page **pages, unsigned long npages)
{
	kapi_object_add(KAPI_PINNED_PAGES, -(long)npages);
}

static inline void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages,
					       bool make_dirty)
{
	unpin_user_pages(pages, npages);
}

static inline void unpin_user_page_range_dirty_lock(struct page *page, unsigned long npages,
						    bool make_dirty)
{
	kapi_object_add(KAPI_PINNED_PAGES, -(long)npages);
}

#endif
