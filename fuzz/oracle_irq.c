// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_DEVICE_SET_IRQS of an edu function. Clauses IRQ-001 to IRQ-080. */
#include <errno.h>
#include <linux/vfio.h>

#include "oracle.h"

#define HEADER	20U
#define FLAGS	0x3fU
#define EVENTFD	VFIO_IRQ_SET_DATA_EVENTFD
#define NONE	VFIO_IRQ_SET_DATA_NONE

struct req {
	uint32_t flags, index, start, count, data;
};

/* INTx and MSI one each, no MSI-X, no error reporting on conventional PCI, one request. */
static const uint8_t nr_irqs[VFIO_PCI_NUM_IRQS] = { 1, 1, 0, 0, 1 };

static long decode(const struct prog_step *s, struct req *r)
{
	uint32_t argsz, width;

	if (s->len < HEADER)
		return -EFAULT;
	argsz = arg32(s->before, 0);
	*r = (struct req) { arg32(s->before, 4), arg32(s->before, 8), arg32(s->before, 12),
			    arg32(s->before, 16), 0 };
	if (argsz < HEADER || r->index >= VFIO_PCI_NUM_IRQS || r->count >= ~0U - r->start ||
	    r->flags & ~FLAGS || r->start >= nr_irqs[r->index] ||
	    r->start + r->count > nr_irqs[r->index])
		return -EINVAL;
	r->data = r->flags & VFIO_IRQ_SET_DATA_TYPE_MASK;
	if (r->data != NONE && r->data != VFIO_IRQ_SET_DATA_BOOL && r->data != EVENTFD)
		return -EINVAL;
	width = r->data == NONE ? 0 : r->data == EVENTFD ? 4 : 1;
	if (argsz - HEADER < r->count * width)
		return -EINVAL;
	return s->len < HEADER + r->count * width ? -EFAULT : 0;
}

/* What is wrong with the first eventfd of the call. */
static long eventfd_error(const struct prog_step *s)
{
	int fd = arg32(s->before, HEADER);
	const struct o_file *f = o_operand(fd);

	return fd < 0 ? 0 : !f ? -EBADF : f->kind == PROG_EVENT ? 0 : -EINVAL;
}

static long trigger(struct o_device *d, const struct req *r, const struct prog_step *s)
{
	bool active = d->irq == (int)r->index, msi = r->index == VFIO_PCI_MSI_IRQ_INDEX;
	long ret;

	if (active && !r->count && r->data == NONE) {
		d->irq = -1;
		return 0;
	}
	if (d->irq >= 0 && !active)
		return -EINVAL;
	if (!msi && r->count != 1)
		return -EINVAL;
	if (r->data != EVENTFD)
		return active ? 0 : -EINVAL;
	if (msi && !r->count)
		return active ? 0 : -ERANGE;
	ret = eventfd_error(s);
	if (!ret)
		d->irq = r->index;
	return ret;
}

static long expect(struct o_device *d, const struct req *r, const struct prog_step *s)
{
	uint32_t action = r->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK;

	if (action == VFIO_IRQ_SET_ACTION_TRIGGER && r->index != VFIO_PCI_REQ_IRQ_INDEX)
		return trigger(d, r, s);
	if (action == VFIO_IRQ_SET_ACTION_TRIGGER) {
		/* Whether there is an eventfd to take away or to signal is not kept here. */
		if (r->data != EVENTFD)
			return s->ret == 0 ? 0 : -EINVAL;
		return !r->count || (int)arg32(s->before, HEADER) < -1 ? -EINVAL :
			eventfd_error(s);
	}
	if (r->index != VFIO_PCI_INTX_IRQ_INDEX ||
	    (action != VFIO_IRQ_SET_ACTION_MASK && action != VFIO_IRQ_SET_ACTION_UNMASK))
		return -ENOTTY;
	if (d->irq != VFIO_PCI_INTX_IRQ_INDEX || r->count != 1)
		return -EINVAL;
	if (r->data != EVENTFD)
		return 0;
	if (action == VFIO_IRQ_SET_ACTION_MASK)
		return -ENOTTY;
	/* One eventfd unmasks at a time, until it is closed. */
	return s->ret == -EBUSY ? -EBUSY : eventfd_error(s);
}

void oracle_irq(struct o_device *d, unsigned int dev, const struct prog_step *s)
{
	struct req r = {};
	long want;

	if (dev >= PROG_MDEV0)
		return;
	want = decode(s, &r);
	if (!want)
		want = expect(d, &r, s);
	ORACLE(s->ret == want, "SET_IRQS flags %#x index %u start %u count %u gives %ld, not %ld",
	       r.flags, r.index, r.start, r.count, s->ret, want);
}
