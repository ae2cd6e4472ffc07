// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

void sg_init_table(struct scatterlist *sgl, unsigned int nents)
{
	memset(sgl, 0, nents * sizeof(*sgl));
	sgl[nents - 1].page_link = 1;
}

void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int len)
{
	sg_init_table(sg, 1);
	sg_set_page(sg, virt_to_page(buf), len, offset_in_page(buf));
}

int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp)
{
	memset(table, 0, sizeof(*table));
	if (!nents)
		return -EINVAL;
	table->sgl = kvcalloc(nents, sizeof(*table->sgl), gfp);
	if (!table->sgl)
		return -ENOMEM;
	sg_init_table(table->sgl, nents);
	table->nents = table->orig_nents = nents;
	return 0;
}

void sg_free_table(struct sg_table *table)
{
	kvfree(table->sgl);
	memset(table, 0, sizeof(*table));
}

/* How many of @pages lie in a row from @first on, and fit a segment. */
static unsigned int run_length(struct page **pages, unsigned int first, unsigned int n,
			       unsigned int max_pages)
{
	unsigned int len = 1;

	while (first + len < n && len < max_pages && pages[first + len] == pages[first] + len)
		len++;
	return len;
}

/* Room for @more entries behind those that are there; at least as much again is kept ready. */
static int grow(struct sg_append_table *t, unsigned int more, gfp_t gfp)
{
	unsigned int used = t->sgt.orig_nents;
	struct scatterlist *bigger;

	if (used + more <= t->total_nents)
		return 0;
	bigger = kvcalloc(used + more, sizeof(*bigger), gfp);
	if (!bigger)
		return -ENOMEM;
	if (used)
		memcpy(bigger, t->sgt.sgl, used * sizeof(*bigger));
	kvfree(t->sgt.sgl);
	t->sgt.sgl = bigger;
	t->total_nents = used + more;
	t->prv = used ? bigger + used - 1 : NULL;
	return 0;
}

int sg_alloc_append_table_from_pages(struct sg_append_table *t, struct page **pages,
				     unsigned int n_pages, unsigned int offset,
				     unsigned long size, unsigned int max_segment,
				     unsigned int left_pages, gfp_t gfp)
{
	unsigned int max_pages = max_segment >> PAGE_SHIFT, runs = 0, i, len;
	struct scatterlist *sg;
	int ret;

	if (!n_pages || !size || !max_pages || offset >= PAGE_SIZE)
		return -EINVAL;
	for (i = 0; i < n_pages; i += run_length(pages, i, n_pages, max_pages))
		runs++;
	ret = grow(t, runs, gfp);
	if (ret)
		return ret;
	if (t->prv)
		t->prv->page_link &= ~1UL;
	for (i = 0; i < n_pages; i += len, offset = 0) {
		unsigned long bytes;

		len = run_length(pages, i, n_pages, max_pages);
		bytes = min(((unsigned long)len << PAGE_SHIFT) - offset, size);
		size -= bytes;
		sg = t->sgt.sgl + t->sgt.orig_nents++;
		memset(sg, 0, sizeof(*sg));
		sg_set_page(sg, pages[i], bytes, offset);
		t->prv = sg;
	}
	t->prv->page_link |= 1;
	t->sgt.nents = t->sgt.orig_nents;
	return 0;
}

void sg_free_append_table(struct sg_append_table *t)
{
	kvfree(t->sgt.sgl);
	memset(t, 0, sizeof(*t));
}

int sg_alloc_table_from_pages(struct sg_table *sgt, struct page **pages, unsigned int n_pages,
			      unsigned int offset, unsigned long size, gfp_t gfp)
{
	struct sg_append_table t = { };
	int ret;

	ret = sg_alloc_append_table_from_pages(&t, pages, n_pages, offset, size,
					       UINT_MAX & PAGE_MASK, 0, gfp);
	*sgt = t.sgt;
	return ret;
}

static size_t copy(struct scatterlist *sgl, unsigned int nents, char *buf, size_t left, bool in)
{
	struct scatterlist *sg;
	size_t done = 0, n;
	unsigned int i;

	for_each_sg(sgl, sg, nents, i) {
		n = min(left - done, (size_t)sg->length);
		if (in)
			memcpy(sg_virt(sg), buf + done, n);
		else
			memcpy(buf + done, sg_virt(sg), n);
		done += n;
	}
	return done;
}

size_t sg_copy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			   size_t buflen)
{
	return copy(sgl, nents, (char *)buf, buflen, true);
}

size_t sg_copy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen)
{
	return copy(sgl, nents, buf, buflen, false);
}

void __sg_page_iter_start(struct sg_page_iter *iter, struct scatterlist *sgl, unsigned int nents,
			  unsigned long pgoffset)
{
	*iter = (struct sg_page_iter) { .sg = sgl, .sg_pgoffset = pgoffset, .__nents = nents };
}

/* To the next page; the first call stays where it is. */
static bool next_page(struct sg_page_iter *iter, bool dma)
{
	unsigned int pages;

	if (!iter->sg || !iter->__nents)
		return false;
	iter->sg_pgoffset += iter->__pg_advance;
	iter->__pg_advance = 1;
	for (;;) {
		pages = dma ? PFN_UP(iter->sg->dma_length) :
			      PFN_UP(iter->sg->offset + iter->sg->length);
		if (iter->sg_pgoffset < pages)
			return true;
		iter->sg_pgoffset -= pages;
		iter->sg = sg_next(iter->sg);
		if (!--iter->__nents || !iter->sg)
			return false;
	}
}

bool __sg_page_iter_next(struct sg_page_iter *iter)
{
	return next_page(iter, false);
}

bool __sg_page_iter_dma_next(struct sg_dma_page_iter *iter)
{
	return next_page(&iter->base, true);
}
