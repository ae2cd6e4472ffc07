// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: every SET_IRQS, eventfds that are shared, closed and given twice,
 * masks, ioeventfds, while the device raises (BAR 0) and is reset. Beside the
 * books of oracle_irq.c: the numbers of IRQ_INFO, and that an eventfd is readable
 * only after something was triggered.
 *
 * Input: a program, see program.h.
 */
#include <errno.h>
#include <linux/vfio.h>

#include "fuzz_program.h"

FUZZ_TARGET("set_irqs");

static void check_info(const struct prog_step *s)
{
	static const uint8_t count[VFIO_PCI_NUM_IRQS] = { 1, 1, 0, 0, 1 };
	uint32_t index;
	long want = 0;

	if (s->len < 16)
		return;
	index = arg32(s->before, 8);
	if (arg32(s->before, 0) < 16 || index >= VFIO_PCI_NUM_IRQS ||
	    index == VFIO_PCI_ERR_IRQ_INDEX)
		want = -EINVAL;
	if (!want && !s->writable)
		want = -EFAULT;
	ORACLE(s->ret == want, "IRQ_INFO of %u gives %ld, not %ld", index, s->ret, want);
	if (want)
		return;
	ORACLE(arg32(s->after, 12) == count[index], "index %u has %u interrupts", index,
	       arg32(s->after, 12));
	ORACLE(arg32(s->after, 4) & VFIO_IRQ_INFO_EVENTFD, "index %u: flags %#x", index,
	       arg32(s->after, 4));
}

static void check_ioeventfd(const struct prog_step *s)
{
	uint32_t width;

	if (s->len < 28) {
		ORACLE(s->ret == -EFAULT, "cut IOEVENTFD gives %ld", s->ret);
		return;
	}
	width = arg32(s->before, 4);
	if (arg32(s->before, 0) < 28 || width & ~15U || !width || width & (width - 1))
		ORACLE(s->ret == -EINVAL, "IOEVENTFD of width %#x gives %ld", width, s->ret);
	/* Config space and what is no BAR have none. */
	if (arg64(s->before, 8) >> 40 >= VFIO_PCI_ROM_REGION_INDEX)
		ORACLE(s->ret < 0, "IOEVENTFD outside of the BARs gives %ld", s->ret);
}

static void step(const struct prog_step *s)
{
	const struct o_file *f = o_file(s->fd);

	if (!f || f->kind != PROG_DEVICE || f->dev >= PROG_MDEV0)
		return;
	if (s->cmd == VFIO_DEVICE_GET_IRQ_INFO)
		check_info(s);
	if (s->cmd == VFIO_DEVICE_IOEVENTFD)
		check_ioeventfd(s);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_program_start(NULL);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_program(data, size, step);
	return 0;
}
