// SPDX-License-Identifier: GPL-2.0-only
/* What all VFIO drivers do alike: capability chains, the tests of SET_IRQS. */
#include <linux/align.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vfio.h"

static struct vfio_info_cap_header *vfio_info_cap_at(struct vfio_info_cap *caps, size_t offset)
{
	return (void *)caps->buf + offset;
}

struct vfio_info_cap_header *vfio_info_cap_add(struct vfio_info_cap *caps, size_t size, u16 id,
					       u16 version)
{
	struct vfio_info_cap_header *header, *last;
	void *buf;

	if (profile(BEH_INFO_CAP_ALIGN))
		size = ALIGN(size, sizeof(u64));

	buf = krealloc(caps->buf, caps->size + size, GFP_KERNEL);
	if (!buf) {
		kfree(caps->buf);
		*caps = (struct vfio_info_cap) {};
		return ERR_PTR(-ENOMEM);
	}
	caps->buf = buf;

	header = vfio_info_cap_at(caps, caps->size);
	memset(header, 0, size);
	header->id = id;
	header->version = version;

	/* The first one links to itself by 0, which is also the end mark. */
	last = caps->buf;
	while (last->next)
		last = vfio_info_cap_at(caps, last->next);
	last->next = caps->size;
	caps->size += size;
	return header;
}
EXPORT_SYMBOL_GPL(vfio_info_cap_add);

int vfio_info_add_capability(struct vfio_info_cap *caps, struct vfio_info_cap_header *cap,
			     size_t size)
{
	struct vfio_info_cap_header *header;

	header = vfio_info_cap_add(caps, size, cap->id, cap->version);
	if (IS_ERR(header))
		return PTR_ERR(header);
	memcpy(header + 1, cap + 1, size - sizeof(*header));
	return 0;
}
EXPORT_SYMBOL(vfio_info_add_capability);

void vfio_info_cap_shift(struct vfio_info_cap *caps, size_t offset)
{
	size_t at = 0, next;

	WARN_ON(!IS_ALIGNED(offset, sizeof(u64)));
	while ((next = vfio_info_cap_at(caps, at)->next)) {
		vfio_info_cap_at(caps, at)->next = next + offset;
		at = next;
	}
}
EXPORT_SYMBOL(vfio_info_cap_shift);

int vfio_set_irqs_validate_and_prepare(struct vfio_irq_set *hdr, int num_irqs, int max_irq_type,
				       size_t *data_size)
{
	size_t minsz = offsetofend(struct vfio_irq_set, count), each;

	if (hdr->argsz < minsz || hdr->index >= max_irq_type ||
	    hdr->count >= U32_MAX - hdr->start ||
	    hdr->flags & ~(VFIO_IRQ_SET_DATA_TYPE_MASK | VFIO_IRQ_SET_ACTION_TYPE_MASK))
		return -EINVAL;
	if (data_size)
		*data_size = 0;
	if (hdr->start >= num_irqs || hdr->start + hdr->count > num_irqs)
		return -EINVAL;

	switch (hdr->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_NONE:
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		each = sizeof(u8);
		break;
	case VFIO_IRQ_SET_DATA_EVENTFD:
		each = sizeof(s32);
		break;
	default:
		return -EINVAL;
	}

	if (!data_size || hdr->argsz - minsz < hdr->count * each)
		return -EINVAL;
	*data_size = hdr->count * each;
	return 0;
}
EXPORT_SYMBOL(vfio_set_irqs_validate_and_prepare);
