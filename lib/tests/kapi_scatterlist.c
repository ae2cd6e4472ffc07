// SPDX-License-Identifier: GPL-2.0-only
/* Scatter lists, and what a device sees of them. */
#include <kapi/syscalls.h>
#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "tap.h"

#define PAGES 6

static struct page *pages[PAGES];
static char *mem;

/* Pages 0 1 2, then 4 5, then 3. */
static void make_pages(void)
{
	static const int order[PAGES] = { 0, 1, 2, 4, 5, 3 };
	int i;

	mem = (char *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 3);
	for (i = 0; i < PAGES; i++)
		pages[i] = virt_to_page(mem + order[i] * PAGE_SIZE);
}

static void test_table(void)
{
	struct sg_table t;
	struct scatterlist *sg;
	struct sg_page_iter iter;
	unsigned int i, n = 0;
	char text[64] = "";

	is(sg_alloc_table_from_pages(&t, pages, PAGES, 100, 5 * PAGE_SIZE + 7, GFP_KERNEL), 0,
	   "a table of pages");
	is(t.orig_nents, 3, "pages in a row are one entry");
	for_each_sgtable_sg(&t, sg, i)
		n += sg->length;
	is(n, 5 * PAGE_SIZE + 7, "it has all bytes");
	is(t.sgl->offset, 100, "from the offset on");
	is(t.sgl->length, 3 * PAGE_SIZE - 100, "the first run");
	is(t.sgl[2].length, 107, "the last one ends where the bytes do");
	check(!sg_next(t.sgl + 2) && sg_next(t.sgl) == t.sgl + 1, "the last is marked");
	n = 0;
	for_each_sgtable_page(&t, &iter, 0)
		if (sg_page_iter_page(&iter) == pages[n])
			n++;
	is(n, PAGES, "page by page in order");
	n = 0;
	for_each_sgtable_page(&t, &iter, 4)
		n++;
	is(n, 2, "from a page within it");

	strcpy(mem + 3 * PAGE_SIZE, "the last page");
	is(sg_copy_to_buffer(t.sgl, t.orig_nents, text, sizeof(text)), sizeof(text), "copied out");
	n = sg_copy_from_buffer(t.sgl, t.orig_nents, "begin", 5);
	check(n == 5 && !memcmp(mem + 100, "begin", 5), "copied in, from the offset on");
	sg_free_table(&t);
	check(!t.sgl, "freed");
	is(sg_alloc_table(&t, 0, GFP_KERNEL), -EINVAL, "a table of nothing: EINVAL");
	is(sg_alloc_table(&t, 4, GFP_KERNEL), 0, "an empty table");
	check(sg_is_last(t.sgl + 3) && !sg_is_last(t.sgl + 2), "its end is marked");
	sg_free_table(&t);
}

static void test_append(void)
{
	struct sg_append_table t = { };

	is(sg_alloc_append_table_from_pages(&t, pages, 3, 0, 3 * PAGE_SIZE, 2 * PAGE_SIZE, 3,
					    GFP_KERNEL), 0, "the begin of a table");
	is(t.sgt.orig_nents, 2, "no entry is larger than it may be");
	is(sg_alloc_append_table_from_pages(&t, pages + 3, 3, 0, 3 * PAGE_SIZE, 2 * PAGE_SIZE, 0,
					    GFP_KERNEL), 0, "more of it");
	is(t.sgt.orig_nents, 4, "it grows");
	check(t.prv == t.sgt.sgl + 3 && sg_is_last(t.prv) && !sg_is_last(t.sgt.sgl + 1),
	      "only its end is marked");
	check(sg_page(t.sgt.sgl) == pages[0] && sg_page(t.prv) == pages[5], "old and new stay");
	is(sg_alloc_append_table_from_pages(&t, pages, 1, 0, PAGE_SIZE, 100, 0, GFP_KERNEL),
	   -EINVAL, "entries of less than a page: EINVAL");
	sg_free_append_table(&t);
}

static void test_dma(void)
{
	u64 mask = DMA_BIT_MASK(64);
	struct device dev = { .dma_mask = &mask };
	struct sg_dma_page_iter iter;
	struct sg_table t;
	dma_addr_t addr;
	unsigned int n = 0;
	void *buf;

	addr = dma_map_single(&dev, mem + 5, 100, DMA_TO_DEVICE);
	is(addr, page_to_phys(virt_to_page(mem)) + 5, "the bus address is the physical one");
	sg_alloc_table_from_pages(&t, pages, PAGES, 0, PAGES * PAGE_SIZE, GFP_KERNEL);
	is(dma_map_sgtable(&dev, &t, DMA_TO_DEVICE, 0), 0, "a table is mapped");
	is(sg_dma_len(t.sgl), 3 * PAGE_SIZE, "with lengths");
	for_each_sgtable_dma_page(&t, &iter, 0)
		if (sg_page_iter_dma_address(&iter) == page_to_phys(pages[n]))
			n++;
	is(n, PAGES, "the device sees each page");
	buf = dma_alloc_coherent(&dev, 100, &addr, GFP_KERNEL);
	check(buf && !memchr_inv(buf, 0, 100), "coherent memory, zeroed");
	dma_free_coherent(&dev, 100, buf, addr);

	mask = DMA_BIT_MASK(28);
	check(dma_mapping_error(&dev, dma_map_page(&dev, pages[0], 0, 8, DMA_TO_DEVICE)),
	      "out of a device's reach");
	is(dma_map_sgtable(&dev, &t, DMA_TO_DEVICE, 0), -EIO, "a table, too: EIO");
	check(!dma_alloc_coherent(&dev, 100, &addr, GFP_KERNEL), "no memory there");
	sg_free_table(&t);
}

int main(void)
{
	kapi_init();
	make_pages();
	test_table();
	test_append();
	test_dma();
	free_pages((unsigned long)mem, 3);
	return done_testing();
}
