// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot reset: who is affected, who has to agree, and what comes of states,
 * interrupts and mappings. The books are oracle_reset.c; here is what
 * GET_PCI_HOT_RESET_INFO says of the topology.
 *
 * Input: a program, see program.h.
 */
#include <errno.h>
#include <linux/vfio.h>

#include "fuzz_program.h"

#define HEADER	12U
#define ENTRY	8U

FUZZ_TARGET("hot_reset");

static const uint8_t bus[] = {
	[PROG_MAIN] = 1, [PROG_PLAIN] = 0, [PROG_PAIR0] = 2, [PROG_PAIR1] = 2, [PROG_PEER] = 3,
};

static long expect(unsigned int dev, const struct prog_step *s)
{
	unsigned int n = dev == PROG_PAIR0 || dev == PROG_PAIR1 ? 2 : 1;

	if (s->len < HEADER)
		return -EFAULT;
	if (arg32(s->before, 0) < HEADER)
		return -EINVAL;
	if (dev == PROG_PLAIN)
		return -ENODEV;
	if (!s->writable)
		return -EFAULT;
	if (arg32(s->before, 0) - HEADER < n * ENTRY)
		return -ENOSPC;
	/* More is said to be there than there is. */
	return s->len < HEADER + n * ENTRY ? -EFAULT : 0;
}

static void check_info(unsigned int dev, const struct prog_step *s)
{
	long want = expect(dev, s);
	uint32_t count, i;

	ORACLE(s->ret == want, "HOT_RESET_INFO of device %u gives %ld, not %ld", dev, s->ret, want);
	if (want)
		return;
	count = arg32(s->after, 8);
	ORACLE(count == (bus[dev] == 2 ? 2U : 1U), "%u devices are affected", count);
	for (i = 0; i < count; i++)
		ORACLE(s->after[HEADER + ENTRY * i + 6] == bus[dev], "device %u is on bus %u", i,
		       s->after[HEADER + ENTRY * i + 6]);
}

static void step(const struct prog_step *s)
{
	const struct o_file *f = o_file(s->fd);

	if (f && f->kind == PROG_DEVICE && f->dev < PROG_MDEV0 &&
	    s->cmd == VFIO_DEVICE_GET_PCI_HOT_RESET_INFO)
		check_info(f->dev, s);
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
