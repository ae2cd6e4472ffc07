// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: config space against the byte model of oracle_config.c, BAR 0 against
 * the edu device's registers, and what GET_INFO and REGION_INFO say of both.
 *
 * Input: a program, see program.h.
 */
#include <errno.h>
#include <linux/vfio.h>

#include "fuzz_program.h"

#define EDU_ID		0x010000edU
#define BAR_SIZE	(1ULL << 20)

FUZZ_TARGET("config");

static void check_region(unsigned int dev, const struct prog_step *s)
{
	static const uint64_t size[VFIO_PCI_NUM_REGIONS] = {
		[VFIO_PCI_BAR0_REGION_INDEX] = BAR_SIZE, [VFIO_PCI_CONFIG_REGION_INDEX] = 256,
	};
	uint32_t index;

	if (s->len < 32 || s->ret)
		return;
	index = arg32(s->before, 8);
	ORACLE(arg32(s->before, 0) >= 32, "REGION_INFO with argsz %u", arg32(s->before, 0));
	if (index < VFIO_PCI_NUM_REGIONS)
		ORACLE(arg64(s->after, 16) == size[index], "region %u has %llu bytes", index,
		       (unsigned long long)arg64(s->after, 16));
	else
		ORACLE(dev != PROG_PLAIN && index == VFIO_PCI_NUM_REGIONS, "there is a region %u",
		       index);
	ORACLE(arg64(s->after, 24) == (uint64_t)index << 40, "region %u is at %#llx", index,
	       (unsigned long long)arg64(s->after, 24));
}

/* Aligned reads of BAR 0; there is nothing behind its end. */
static void check_bar(const struct prog_step *s)
{
	if (s->value >= BAR_SIZE) {
		ORACLE(s->ret <= 0, "%ld bytes of BAR 0 at %#llx", s->ret,
		       (unsigned long long)s->value);
		return;
	}
	ORACLE(s->ret < 0 || s->ret == (long)s->len || s->value + s->len > BAR_SIZE,
	       "%zu bytes at %#llx give %ld", s->len, (unsigned long long)s->value, s->ret);
	if (s->op == PROG_PREAD && s->value == 0 && s->ret == 4)
		ORACLE(arg32(s->after, 0) == EDU_ID, "the edu's id is %#x", arg32(s->after, 0));
}

static void step(const struct prog_step *s)
{
	const struct o_file *f = o_file(s->fd);

	if (!f || f->kind != PROG_DEVICE || f->dev >= PROG_MDEV0)
		return;
	if (s->cmd == VFIO_DEVICE_GET_REGION_INFO)
		check_region(f->dev, s);
	if (s->cmd == VFIO_DEVICE_GET_INFO && !s->ret && s->len >= 16) {
		ORACLE(arg32(s->after, 8) == VFIO_PCI_NUM_REGIONS + (f->dev != PROG_PLAIN),
		       "%u regions", arg32(s->after, 8));
		ORACLE(arg32(s->after, 12) == VFIO_PCI_NUM_IRQS, "%u interrupts",
		       arg32(s->after, 12));
	}
	if ((s->op == PROG_PREAD || s->op == PROG_PWRITE) && !(s->value >> 40))
		check_bar(s);
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
