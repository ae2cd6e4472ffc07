/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_HIGHMEM_H
#define KAPI_LINUX_HIGHMEM_H

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <string.h>

/*
 * All memory is mapped: a page's address is that of the user. It may go away
 * under the caller if the user unmaps pinned memory (see kapi/phys.h).
 */
static inline void *kmap_local_page(struct page *page)
{
	return page_address(page);
}

/* What an address that kmap() gave is of. */
#define kmap_to_page(addr)	virt_to_page(addr)
#define kunmap_local(addr)	((void)(addr))
#define kmap(page)		kmap_local_page(page)
#define kunmap(page)		((void)(page))
#define kmap_atomic(page)	kmap_local_page(page)
#define kunmap_atomic(addr)	((void)(addr))

static inline void memcpy_from_page(void *to, struct page *page, size_t offset, size_t len)
{
	memcpy(to, (char *)page_address(page) + offset, len);
}

static inline void memcpy_to_page(struct page *page, size_t offset, const void *from, size_t len)
{
	memcpy((char *)page_address(page) + offset, from, len);
}

static inline void clear_highpage(struct page *page)
{
	memset(page_address(page), 0, PAGE_SIZE);
}

#endif
