// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA API, for a device that its own driver works with: its bus addresses are
 * the physical ones, as under an identity domain. (What the user of a device maps
 * goes through the IOMMU API.)
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

static dma_addr_t map(struct device *dev, phys_addr_t phys, size_t size)
{
	if (!size || phys + size - 1 < phys || phys + size - 1 > dma_get_mask(dev))
		return DMA_MAPPING_ERROR;
	return phys;
}

dma_addr_t dma_map_page(struct device *dev, struct page *page, size_t offset, size_t size,
			enum dma_data_direction dir)
{
	return map(dev, page_to_phys(page) + offset, size);
}

dma_addr_t dma_map_single(struct device *dev, void *ptr, size_t size,
			  enum dma_data_direction dir)
{
	return map(dev, page_to_phys(virt_to_page(ptr)) + offset_in_page(ptr), size);
}

int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		    unsigned long attrs)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i) {
		sg->dma_address = map(dev, sg_phys(sg), sg->length);
		if (sg->dma_address == DMA_MAPPING_ERROR)
			return -EIO;
		sg->dma_length = sg->length;
	}
	sgt->nents = sgt->orig_nents;
	return 0;
}

void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp)
{
	void *mem = (void *)__get_free_pages(gfp | __GFP_ZERO, get_order(size));

	if (!mem)
		return NULL;
	*handle = dma_map_single(dev, mem, size, DMA_BIDIRECTIONAL);
	if (*handle == DMA_MAPPING_ERROR) {
		free_pages((unsigned long)mem, get_order(size));
		return NULL;
	}
	return mem;
}

void dma_free_coherent(struct device *dev, size_t size, void *mem, dma_addr_t handle)
{
	free_pages((unsigned long)mem, get_order(size));
}
