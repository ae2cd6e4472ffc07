/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The DMA API, as drivers use it for devices they work with themselves. What the
 * user of an assigned device maps goes through the IOMMU API.
 */
#ifndef KAPI_LINUX_DMA_MAPPING_H
#define KAPI_LINUX_DMA_MAPPING_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/device.h>

#define DMA_BIT_MASK(n)	(((n) == 64) ? ~0ULL : ((1ULL << (n)) - 1))
#define DMA_MAPPING_ERROR	(~(dma_addr_t)0)

enum dma_data_direction {
	DMA_BIDIRECTIONAL = 0,
	DMA_TO_DEVICE = 1,
	DMA_FROM_DEVICE = 2,
	DMA_NONE = 3,
};

/* -EIO for a device that cannot do DMA (no mask to set), else 0. */
static inline int dma_set_mask(struct device *dev, u64 mask)
{
	if (!dev->dma_mask)
		return -EIO;
	*dev->dma_mask = mask;
	return 0;
}

static inline int dma_set_coherent_mask(struct device *dev, u64 mask)
{
	if (!dev->dma_mask)
		return -EIO;
	dev->coherent_dma_mask = mask;
	return 0;
}

static inline int dma_set_mask_and_coherent(struct device *dev, u64 mask)
{
	int ret = dma_set_mask(dev, mask);

	return ret ? ret : dma_set_coherent_mask(dev, mask);
}

static inline u64 dma_get_mask(struct device *dev)
{
	return dev->dma_mask && *dev->dma_mask ? *dev->dma_mask : DMA_BIT_MASK(32);
}

struct page;
struct sg_table;

/*
 * Bus addresses are physical addresses. DMA_MAPPING_ERROR if the device's mask does
 * not reach. Nothing has to be undone, nothing to be synchronised.
 */
dma_addr_t dma_map_page(struct device *dev, struct page *page, size_t offset, size_t size,
			enum dma_data_direction dir);
dma_addr_t dma_map_single(struct device *dev, void *ptr, size_t size,
			  enum dma_data_direction dir);
/* 0, or -EIO: out of the device's reach. */
int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		    unsigned long attrs);
#define dma_unmap_page(dev, addr, size, dir)	((void)(dev), (void)(addr))
#define dma_unmap_single(dev, addr, size, dir)	((void)(dev), (void)(addr))
#define dma_unmap_sgtable(dev, sgt, dir, attrs)	((void)(dev), (void)(sgt))
#define dma_sync_single_for_cpu(dev, addr, size, dir)		((void)(dev), (void)(addr))
#define dma_sync_single_for_device(dev, addr, size, dir)	((void)(dev), (void)(addr))

static inline int dma_mapping_error(struct device *dev, dma_addr_t addr)
{
	return addr == DMA_MAPPING_ERROR ? -ENOMEM : 0;
}

/* Zeroed; NULL without memory, or if the mask does not reach. */
void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp);
void dma_free_coherent(struct device *dev, size_t size, void *mem, dma_addr_t handle);

#endif
