// SPDX-License-Identifier: GPL-2.0-only
/*
 * Config space of an edu function, byte by byte: what cannot be written stays
 * what it was first seen to be, what is virtual reads as it was written, and the
 * BARs do what BARs of that size do.
 */
#include <errno.h>
#include <string.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include "oracle.h"

#define SIZE	256U
#define BAR_LOW	(~0xfffffU)	/* BAR 0 has 1 MiB */

static struct space {
	uint8_t val[SIZE];
	bool known[SIZE];
} spaces[PROG_DEVS];

void oracle_config_reset(unsigned int dev)
{
	memset(spaces[dev].known, 0, sizeof(spaces[dev].known));
}

static bool in(unsigned int at, unsigned int first, unsigned int last)
{
	return at >= first && at <= last;
}

static bool constant(unsigned int at)
{
	return in(at, PCI_VENDOR_ID, PCI_DEVICE_ID + 1) ||
	       in(at, PCI_REVISION_ID, PCI_CLASS_DEVICE + 1) || at == PCI_HEADER_TYPE ||
	       in(at, PCI_SUBSYSTEM_VENDOR_ID, PCI_SUBSYSTEM_ID + 1) ||
	       at == PCI_CAPABILITY_LIST || at == PCI_INTERRUPT_PIN;
}

/* The bits of a byte that read as they were written, whatever the device does. */
static uint8_t kept(unsigned int at)
{
	if (at == PCI_INTERRUPT_LINE)
		return 0xff;
	if (at == PCI_COMMAND)
		return PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
	if (at == PCI_COMMAND + 1)
		return PCI_COMMAND_INTX_DISABLE >> 8;
	if (in(at, PCI_BASE_ADDRESS_0, PCI_BASE_ADDRESS_0 + 3))
		return BAR_LOW >> 8 * (at - PCI_BASE_ADDRESS_0);
	return 0;
}

/* Bits that are always 0. */
static uint8_t zero(unsigned int at)
{
	if (in(at, PCI_BASE_ADDRESS_0, PCI_BASE_ADDRESS_0 + 3))
		return ~kept(at);
	return in(at, PCI_BASE_ADDRESS_1, PCI_BASE_ADDRESS_5 + 3) ||
	       in(at, PCI_ROM_ADDRESS, PCI_ROM_ADDRESS + 3) ? 0xff : 0;
}

static void check_read(struct space *sp, unsigned int at, uint8_t got)
{
	uint8_t mask = constant(at) ? 0xff : kept(at);

	if (sp->known[at])
		ORACLE(!((got ^ sp->val[at]) & mask), "config byte %#x is %#x, not %#x", at, got,
		       sp->val[at]);
	ORACLE(!(got & zero(at)), "config byte %#x is %#x", at, got);
	sp->val[at] = got;
	sp->known[at] = true;
}

static void wrote(struct space *sp, unsigned int at, uint8_t val)
{
	if (constant(at) || !kept(at))
		return;
	sp->val[at] = val;
	sp->known[at] = true;
}

void oracle_config(struct o_device *d, unsigned int dev, const struct prog_step *s)
{
	uint64_t pos = s->value & ((1ULL << 40) - 1);
	struct space *sp = &spaces[dev];
	long i, n = s->ret;

	if (s->value >> 40 != VFIO_PCI_CONFIG_REGION_INDEX || dev >= PROG_MDEV0)
		return;
	if (pos >= SIZE) {
		/* Behind its end there is nothing, and it says so for any length. */
		ORACLE(n <= 0, "%ld bytes of config space at %#llx", n, (unsigned long long)pos);
		return;
	}
	if (s->len && pos + s->len <= SIZE)
		ORACLE(n == (long)s->len, "%zu bytes at %#llx give %ld", s->len,
		       (unsigned long long)pos, n);
	if (n < 0)
		oracle_config_reset(dev);
	for (i = 0; i < n; i++) {
		if (s->op == PROG_PREAD)
			check_read(sp, pos + i, s->after[i]);
		else
			wrote(sp, pos + i, s->before[i]);
	}
}
