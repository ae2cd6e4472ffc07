// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: which pages of a mapping drivers have pinned, and how often. They pin
 * neighbours together, so the pages are kept in groups: the tree is searched, and
 * memory taken, once for several.
 */
#include <linux/slab.h>

#include "type1.h"

static dma_addr_t vfio_pins_base(dma_addr_t iova)
{
	return iova - ((dma_addr_t)vfio_pin_index(iova) << PAGE_SHIFT);
}

struct vfio_pins *vfio_pins_find(struct vfio_dma *dma, dma_addr_t iova)
{
	dma_addr_t base = vfio_pins_base(iova);
	struct rb_node *node = dma->pins.rb_node;

	while (node) {
		struct vfio_pins *pins = rb_entry(node, struct vfio_pins, node);

		if (base == pins->base)
			return pins;
		node = base < pins->base ? node->rb_left : node->rb_right;
	}
	return NULL;
}

struct vfio_pins *vfio_pins_get(struct vfio_dma *dma, dma_addr_t iova)
{
	struct rb_node **link = &dma->pins.rb_node, *parent = NULL;
	dma_addr_t base = vfio_pins_base(iova);
	struct vfio_pins *pins;

	while (*link) {
		parent = *link;
		pins = rb_entry(parent, struct vfio_pins, node);
		if (base == pins->base)
			return pins;
		link = base < pins->base ? &parent->rb_left : &parent->rb_right;
	}
	pins = kzalloc(sizeof(*pins), GFP_KERNEL);
	if (!pins)
		return NULL;
	pins->base = base;
	rb_link_node(&pins->node, parent, link);
	rb_insert_color(&pins->node, &dma->pins);
	return pins;
}

void vfio_pins_put(struct vfio_dma *dma, struct vfio_pins *pins)
{
	if (pins->used)
		return;
	rb_erase(&pins->node, &dma->pins);
	kfree(pins);
}

bool vfio_pinned(struct vfio_dma *dma, dma_addr_t iova)
{
	struct vfio_pins *pins = vfio_pins_find(dma, iova);

	return pins && pins->ref_count[vfio_pin_index(iova)];
}

bool vfio_next_pinned(struct vfio_dma *dma, struct vfio_pins **pins, unsigned int *index)
{
	struct rb_node *node;

	if (*pins) {
		node = &(*pins)->node;
		++*index;
	} else {
		node = rb_first(&dma->pins);
		*index = 0;
	}
	for (; node; node = rb_next(node), *index = 0) {
		*pins = rb_entry(node, struct vfio_pins, node);
		for (; *index < VFIO_PINS; ++*index)
			if ((*pins)->ref_count[*index])
				return true;
	}
	return false;
}
