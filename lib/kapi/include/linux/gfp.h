/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_GFP_H
#define __LINUX_GFP_H

/* Whole pages. A page here is memory of the process: <linux/mm.h> converts. */
#include <linux/gfp_types.h>
#include <linux/types.h>

struct page;

/* The smallest order whose pages hold @size bytes. */
static inline int get_order(unsigned long size)
{
	return size <= 4096 ? 0 : 64 - __builtin_clzl((size - 1) >> 12);
}

/* 2^@order pages, aligned to their size; 0 without memory. */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
void free_pages(unsigned long addr, unsigned int order);
struct page *alloc_pages(gfp_t gfp, unsigned int order);
void __free_pages(struct page *page, unsigned int order);

#define __get_free_page(gfp)	__get_free_pages((gfp), 0)
#define get_zeroed_page(gfp)	__get_free_pages((gfp) | __GFP_ZERO, 0)
#define free_page(addr)		free_pages((addr), 0)
#define alloc_page(gfp)		alloc_pages(gfp, 0)
#define __free_page(page)	__free_pages((page), 0)

#endif
