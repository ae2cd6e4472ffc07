// SPDX-License-Identifier: GPL-2.0-only
/* Hot reset: who has to agree. Clauses RST-015 to RST-029. */
#include <errno.h>
#include <linux/vfio.h>

#include "oracle.h"

#define HEADER	12U

static unsigned int affected(unsigned int dev)
{
	return dev == PROG_PAIR0 || dev == PROG_PAIR1 ? 2 : 1;
}

static long expect(unsigned int dev, const struct prog_step *s)
{
	bool owned = false;
	uint32_t count, i;

	if (s->len < HEADER)
		return -EFAULT;
	count = arg32(s->before, 8);
	if (arg32(s->before, 0) < HEADER || arg32(s->before, 4) || !count)
		return -EINVAL;
	if (dev == PROG_PLAIN)
		return -ENODEV;
	if (count > affected(dev))
		return -EINVAL;
	if (s->len < HEADER + 4 * count)
		return -EFAULT;
	for (i = 0; i < count; i++) {
		const struct o_file *f = o_operand(arg32(s->before, HEADER + 4 * i));

		if (!f)
			return -EBADF;
		if (f->kind != PROG_GROUP)
			return -EINVAL;
		owned |= f->group == o_group_of(dev);
	}
	return owned ? 0 : -EINVAL;
}

void oracle_hot_reset(unsigned int dev, const struct prog_step *s)
{
	unsigned int i;
	long want;

	if (dev >= PROG_MDEV0)
		return;
	want = expect(dev, s);
	ORACLE(s->ret == want, "PCI_HOT_RESET of device %u gives %ld, not %ld", dev, s->ret, want);
	for (i = 0; !want && i < PROG_NO_DEVICE; i++) {
		if (o_group_of(i) != o_group_of(dev))
			continue;
		oracle_fsm_reset(&o_devices[i]);
		oracle_config_reset(i);
	}
}
