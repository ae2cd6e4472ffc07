// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: the ordered map of mappings, and in each the ordered map of pages that
 * drivers pinned. Ranges are compared by their last byte, so that one may end at
 * the very top of the address space.
 */
#include "type1.h"

dma_addr_t vfio_dma_last(const struct vfio_dma *dma)
{
	return dma->iova + dma->size - 1;
}

struct vfio_dma *vfio_dma_from(struct vfio_iommu *iommu, dma_addr_t iova)
{
	struct rb_node *node = iommu->dma_list.rb_node;
	struct vfio_dma *dma, *best = NULL;

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

void vfio_link_dma(struct vfio_iommu *iommu, struct vfio_dma *dma)
{
	struct rb_node **link = &iommu->dma_list.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		if (dma->iova < rb_entry(parent, struct vfio_dma, node)->iova)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&dma->node, parent, link);
	rb_insert_color(&dma->node, &iommu->dma_list);
}

struct vfio_pfn *vfio_find_vpfn(struct vfio_dma *dma, dma_addr_t iova)
{
	struct rb_node *node = dma->pfn_list.rb_node;
	struct vfio_pfn *vpfn;

	while (node) {
		vpfn = rb_entry(node, struct vfio_pfn, node);
		if (iova == vpfn->iova)
			return vpfn;
		node = iova < vpfn->iova ? node->rb_left : node->rb_right;
	}
	return NULL;
}

void vfio_link_vpfn(struct vfio_dma *dma, struct vfio_pfn *vpfn)
{
	struct rb_node **link = &dma->pfn_list.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		if (vpfn->iova < rb_entry(parent, struct vfio_pfn, node)->iova)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&vpfn->node, parent, link);
	rb_insert_color(&vpfn->node, &dma->pfn_list);
}
