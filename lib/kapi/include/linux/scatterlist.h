/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of pieces of memory, and what a device sees of them. A list is one array:
 * chains of arrays, which the kernel has for want of large allocations, do not occur.
 */
#ifndef KAPI_LINUX_SCATTERLIST_H
#define KAPI_LINUX_SCATTERLIST_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/types.h>

/* Lowest bit of page_link: the last entry. */
struct scatterlist {
	unsigned long page_link;
	unsigned int offset, length;
	dma_addr_t dma_address;
	unsigned int dma_length;
};

/* @nents: entries that dma_map_sgtable() made, in the dma_ members; @orig_nents: all. */
struct sg_table {
	struct scatterlist *sgl;
	unsigned int nents, orig_nents;
};

/* A table that grows. @prv: the last entry; @total_nents: room. */
struct sg_append_table {
	struct sg_table sgt;
	struct scatterlist *prv;
	unsigned int total_nents;
};

#define sg_dma_address(sg)	((sg)->dma_address)
#define sg_dma_len(sg)		((sg)->dma_length)
#define sg_is_last(sg)		((sg)->page_link & 1)

static inline struct page *sg_page(const struct scatterlist *sg)
{
	return (struct page *)(sg->page_link & ~1UL);
}

static inline void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int len,
			       unsigned int offset)
{
	sg->page_link = (unsigned long)page | sg_is_last(sg);
	sg->offset = offset;
	sg->length = len;
}

static inline void *sg_virt(const struct scatterlist *sg)
{
	return (char *)page_address(sg_page(sg)) + sg->offset;
}

static inline phys_addr_t sg_phys(const struct scatterlist *sg)
{
	return page_to_phys(sg_page(sg)) + sg->offset;
}

/* NULL behind the last. */
static inline struct scatterlist *sg_next(struct scatterlist *sg)
{
	return sg_is_last(sg) ? NULL : sg + 1;
}

/* Clear @nents entries and mark the last. */
void sg_init_table(struct scatterlist *sgl, unsigned int nents);
void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int len);
/* 0, -EINVAL (no entries) or -ENOMEM. */
int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp);
void sg_free_table(struct sg_table *table);
/*
 * A table for @size bytes in @n_pages from @offset in the first; pages that follow
 * each other in memory become one entry. 0, -EINVAL, -ENOMEM.
 */
int sg_alloc_table_from_pages(struct sg_table *sgt, struct page **pages, unsigned int n_pages,
			      unsigned int offset, unsigned long size, gfp_t gfp);
/*
 * As above at the end of a table, which is all zero at first. @left_pages: how many
 * more will come. @max_segment: bytes an entry may have, whole pages.
 */
int sg_alloc_append_table_from_pages(struct sg_append_table *sgt, struct page **pages,
				     unsigned int n_pages, unsigned int offset,
				     unsigned long size, unsigned int max_segment,
				     unsigned int left_pages, gfp_t gfp);
void sg_free_append_table(struct sg_append_table *sgt);
/* Copy from or to the list, from its begin; bytes copied. */
size_t sg_copy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			   size_t buflen);
size_t sg_copy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen);

#define for_each_sg(sglist, sg, nr, i) \
	for (i = 0, sg = (sglist); i < (nr); i++, sg = sg_next(sg))
#define for_each_sgtable_sg(sgt, sg, i)		for_each_sg((sgt)->sgl, sg, (sgt)->orig_nents, i)
#define for_each_sgtable_dma_sg(sgt, sg, i)	for_each_sg((sgt)->sgl, sg, (sgt)->nents, i)

/* Page by page, as the core sees it. */
struct sg_page_iter {
	struct scatterlist *sg;
	unsigned int sg_pgoffset, __nents;
	int __pg_advance;
};

/* Page by page, as the device sees it. */
struct sg_dma_page_iter {
	struct sg_page_iter base;
};

bool __sg_page_iter_next(struct sg_page_iter *iter);
bool __sg_page_iter_dma_next(struct sg_dma_page_iter *iter);
void __sg_page_iter_start(struct sg_page_iter *iter, struct scatterlist *sgl, unsigned int nents,
			  unsigned long pgoffset);

static inline struct page *sg_page_iter_page(struct sg_page_iter *iter)
{
	return nth_page(sg_page(iter->sg), iter->sg_pgoffset);
}

static inline dma_addr_t sg_page_iter_dma_address(struct sg_dma_page_iter *iter)
{
	return sg_dma_address(iter->base.sg) + ((dma_addr_t)iter->base.sg_pgoffset << PAGE_SHIFT);
}

#define for_each_sg_page(sglist, iter, nents, pgoffset) \
	for (__sg_page_iter_start(iter, sglist, nents, pgoffset); __sg_page_iter_next(iter);)
#define for_each_sg_dma_page(sglist, iter, nents, pgoffset) \
	for (__sg_page_iter_start(&(iter)->base, sglist, nents, pgoffset); \
	     __sg_page_iter_dma_next(iter);)
#define for_each_sgtable_page(sgt, iter, pgoffset) \
	for_each_sg_page((sgt)->sgl, iter, (sgt)->orig_nents, pgoffset)
#define for_each_sgtable_dma_page(sgt, iter, pgoffset) \
	for_each_sg_dma_page((sgt)->sgl, iter, (sgt)->nents, pgoffset)

#endif
