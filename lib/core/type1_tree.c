// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: the ordered map of mappings. Ranges are compared by their last byte, so
 * that one may end at the very top of the address space.
 */
#include "type1.h"

dma_addr_t vfio_dma_last(const struct vfio_dma *dma)
{
	return dma->iova + dma->size - 1;
}

struct vfio_dma *vfio_dma_from(struct vfio_iommu *iommu, dma_addr_t iova)
{
	struct rb_node *node = iommu->dma_list.rb_node;
	struct vfio_dma *dma = iommu->newest, *best = NULL;

	/* What was mapped last is used first. They are disjoint: no other has @iova. */
	if (dma && iova >= dma->iova && iova <= vfio_dma_last(dma))
		return dma;
	while (node) {
		dma = rb_entry(node, struct vfio_dma, node);
		if (iova <= vfio_dma_last(dma)) {
			best = dma;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return best;
}

struct vfio_dma *vfio_find_dma(struct vfio_iommu *iommu, dma_addr_t start, dma_addr_t last)
{
	struct vfio_dma *dma = vfio_dma_from(iommu, start);

	return dma && dma->iova <= last ? dma : NULL;
}

struct vfio_dma *vfio_dma_next(struct vfio_dma *dma)
{
	struct rb_node *node = rb_next(&dma->node);

	return node ? rb_entry(node, struct vfio_dma, node) : NULL;
}

struct vfio_dma *vfio_find_place(struct vfio_iommu *iommu, dma_addr_t start, dma_addr_t last,
				 struct vfio_place *place)
{
	struct vfio_dma *dma;

	place->link = &iommu->dma_list.rb_node;
	place->parent = NULL;
	while (*place->link) {
		place->parent = *place->link;
		dma = rb_entry(place->parent, struct vfio_dma, node);
		if (last < dma->iova)
			place->link = &dma->node.rb_left;
		else if (start > vfio_dma_last(dma))
			place->link = &dma->node.rb_right;
		else
			return dma;
	}
	return NULL;
}

void vfio_link_dma(struct vfio_iommu *iommu, struct vfio_dma *dma, const struct vfio_place *place)
{
	rb_link_node(&dma->node, place->parent, place->link);
	rb_insert_color(&dma->node, &iommu->dma_list);
	iommu->newest = dma;
}

void vfio_unlink_dma(struct vfio_iommu *iommu, struct vfio_dma *dma)
{
	rb_erase(&dma->node, &iommu->dma_list);
	if (iommu->newest == dma)
		iommu->newest = NULL;
}
