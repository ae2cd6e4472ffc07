// SPDX-License-Identifier: GPL-2.0-only
/* What all VFIO drivers do alike: capability chains, the tests of SET_IRQS. */
#include <linux/align.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <kapi/argsz.h>
#include "vfio.h"

static struct vfio_info_cap_header *vfio_info_cap_at(struct vfio_info_cap *caps, size_t offset)
{
	return (void *)caps->buf + offset;
}

/* Where the chain goes on: the next pointer that holds 0. */
static struct vfio_info_cap_header *vfio_info_cap_tail(struct vfio_info_cap *caps)
{
	struct vfio_info_cap_header *cap = caps->buf;

	while (cap->next)
		cap = vfio_info_cap_at(caps, cap->next);
	return cap;
}

struct vfio_info_cap_header *vfio_info_cap_add(struct vfio_info_cap *caps, size_t size, u16 id,
					       u16 version)
{
	size_t room = profile(BEH_INFO_CAP_ALIGN) ? ALIGN(size, sizeof(u64)) : size;
	struct vfio_info_cap_header *added;
	void *grown = krealloc(caps->buf, caps->size + room, GFP_KERNEL);

	if (!grown) {
		kfree(caps->buf);
		*caps = (struct vfio_info_cap) {};
		return ERR_PTR(-ENOMEM);
	}
	caps->buf = grown;

	added = memset(grown + caps->size, 0, room);
	added->version = version;
	added->id = id;
	/* The first one links to itself by 0, which is also the end mark. */
	vfio_info_cap_tail(caps)->next = caps->size;
	caps->size += room;
	return added;
}
EXPORT_SYMBOL_GPL(vfio_info_cap_add);

int vfio_info_add_capability(struct vfio_info_cap *caps, struct vfio_info_cap_header *cap,
			     size_t size)
{
	struct vfio_info_cap_header *added = vfio_info_cap_add(caps, size, cap->id, cap->version);

	/* The header is made already, with a link of its own. */
	if (!IS_ERR(added))
		memcpy(added + 1, cap + 1, size - sizeof(*cap));
	return PTR_ERR_OR_ZERO(added);
}
EXPORT_SYMBOL(vfio_info_add_capability);

void vfio_info_cap_shift(struct vfio_info_cap *caps, size_t offset)
{
	size_t at = 0, next;

	WARN_ON(!IS_ALIGNED(offset, sizeof(u64)));
	while ((next = vfio_info_cap_at(caps, at)->next)) {
		vfio_info_cap_at(caps, at)->next = next + offset +
			(MUTANT(cap_next_off, true) ? sizeof(u64) : 0);
		at = next;
	}
}
EXPORT_SYMBOL(vfio_info_cap_shift);

int vfio_info_put_caps(void __user *arg, size_t size, struct vfio_info_cap *caps, u32 *argsz,
		       u32 *cap_offset)
{
	size_t needed = size + caps->size;
	int ret = 0;

	if (!caps->size)
		return 0;

	*cap_offset = MUTANT(cap_offset_without_chain, needed > *argsz) ? size : 0;
	if (needed + MUTANT(cap_exact_room_refused, needed == *argsz) <= *argsz) {
		vfio_info_cap_shift(caps, size);
		if (copy_to_user(arg + size, caps->buf, caps->size))
			ret = -EFAULT;
		else
			*cap_offset = size;
	} else {
		*argsz = MUTANT(cap_needed_not_told, true) ? *argsz : needed;
	}
	kfree(caps->buf);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_info_put_caps);

/* Bytes of data that go with each interrupt, -EINVAL for none or several kinds of data. */
static int vfio_irq_data_width(u32 flags)
{
	switch (flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_NONE:
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		return sizeof(u8);
	case VFIO_IRQ_SET_DATA_EVENTFD:
		return sizeof(s32);
	default:
		return -EINVAL;
	}
}

int vfio_set_irqs_validate_and_prepare(struct vfio_irq_set *hdr, int num_irqs, int max_irq_type,
				       size_t *data_size)
{
	const u32 known = VFIO_IRQ_SET_DATA_TYPE_MASK | VFIO_IRQ_SET_ACTION_TYPE_MASK;
	u64 end = (u64)hdr->start + hdr->count;
	int width = vfio_irq_data_width(hdr->flags);

	/* The largest number stands for no interrupt, so none may reach it. */
	if (hdr->argsz < sizeof(*hdr) || hdr->index >= max_irq_type || end >= U32_MAX ||
	    UNLESS_MUTANT(irq_unknown_flags, hdr->flags & ~known))
		return -EINVAL;
	if (data_size)
		*data_size = 0;
	if (UNLESS_MUTANT(irq_starts_at_count, hdr->start >= num_irqs) || width < 0 ||
	    end > (u64)num_irqs + MUTANT(irq_range_one_past, end == (u64)num_irqs + 1))
		return -EINVAL;
	if (!width)
		return 0;

	if (!data_size || UNLESS_MUTANT(irq_data_too_short,
					(hdr->argsz - sizeof(*hdr)) / width < hdr->count))
		return -EINVAL;
	*data_size = (size_t)width * hdr->count;
	return 0;
}
EXPORT_SYMBOL(vfio_set_irqs_validate_and_prepare);
