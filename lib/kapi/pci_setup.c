// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs and bridge windows: sizes, addresses, and the way of an access from an
 * address to the model.
 */
#include <kapi/phys.h>

#include "pci_internal.h"

/* What a bridge forwards, fixed at enumeration as firmware does. */
#define WINDOW_MEM	(32ull << 20)
#define WINDOW_PREF	(1ull << 30)
#define WINDOW_IO	0x1000ull

static unsigned int bar_reg(struct pci_dev *dev, int i)
{
	return i == PCI_ROM_RESOURCE ? dev->rom_base_reg : PCI_BASE_ADDRESS_0 + 4 * i;
}

static u32 sizing_read(struct pci_dev *dev, unsigned int reg, u32 ones, u32 *orig)
{
	u32 sz;

	pci_read_config_dword(dev, reg, orig);
	pci_write_config_dword(dev, reg, *orig | ones);
	pci_read_config_dword(dev, reg, &sz);
	pci_write_config_dword(dev, reg, *orig);
	return sz == ~0u ? 0 : sz;
}

/* Lowest bit that can be written, which is the size; 0 for a BAR that is not there. */
static u64 mask_to_size(u64 writable)
{
	return writable & -writable;
}

static int size_resource(struct pci_dev *dev, struct resource *res, u64 writable, int regs)
{
	u64 size = mask_to_size(writable);

	if (!size) {
		res->flags = 0;
		return regs;
	}
	res->name = pci_name(dev);
	res->start = 0;
	res->end = size - 1;
	res->flags |= IORESOURCE_UNSET;
	return regs;
}

static void read_rom(struct pci_dev *dev)
{
	struct resource *res = &dev->resource[PCI_ROM_RESOURCE];
	u32 orig, sz = sizing_read(dev, dev->rom_base_reg, (u32)PCI_ROM_ADDRESS_MASK, &orig);

	res->flags = IORESOURCE_MEM | IORESOURCE_PREFETCH | IORESOURCE_READONLY |
		     IORESOURCE_SIZEALIGN;
	size_resource(dev, res, sz & PCI_ROM_ADDRESS_MASK, 1);
}

int pci_read_bar(struct pci_dev *dev, struct resource *res, unsigned int reg)
{
	u32 orig, hi, sz = sizing_read(dev, reg, ~0u, &orig);
	u64 writable;
	int regs = 1;

	if (sz & PCI_BASE_ADDRESS_SPACE_IO) {
		writable = sz & PCI_BASE_ADDRESS_IO_MASK & 0xffff;
		res->flags = IORESOURCE_IO;
	} else {
		writable = sz & PCI_BASE_ADDRESS_MEM_MASK;
		res->flags = IORESOURCE_MEM;
		if (sz & PCI_BASE_ADDRESS_MEM_PREFETCH)
			res->flags |= IORESOURCE_PREFETCH;
		if ((sz & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64) {
			hi = sizing_read(dev, reg + 4, ~0u, &orig);
			writable |= (u64)hi << 32;
			res->flags |= IORESOURCE_MEM_64;
			regs = 2;
		}
	}
	res->flags |= IORESOURCE_SIZEALIGN | (sz & (res->flags & IORESOURCE_IO ? 0x3 : 0xf));
	return size_resource(dev, res, writable, regs);
}

void pci_read_bases(struct pci_dev *dev)
{
	int i, count = PCI_STD_NUM_BARS;
	u16 cmd;

	dev->rom_base_reg = PCI_ROM_ADDRESS;
	if (dev->hdr_type == PCI_HEADER_TYPE_BRIDGE) {
		count = 2;
		dev->rom_base_reg = PCI_ROM_ADDRESS1;
	}
	/* No decoding while the registers hold sizes. */
	pci_read_config_word(dev, PCI_COMMAND, &cmd);
	pci_write_config_word(dev, PCI_COMMAND, cmd & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	for (i = 0; i < count; )
		i += pci_read_bar(dev, &dev->resource[i], bar_reg(dev, i));
	read_rom(dev);
	pci_write_config_word(dev, PCI_COMMAND, cmd);
}

/* Does the function decode its BAR at the address the resource has? */
static bool decodes(struct pci_bar *bar)
{
	struct pci_dev *dev = bar->dev;
	struct resource *res = &dev->resource[bar->nr];
	unsigned int reg = bar_reg(dev, bar->nr);
	u64 addr = pci_hw_read(dev, reg, 4);
	u16 cmd = res->flags & IORESOURCE_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;

	if (dev->pm_cap && pci_hw_read(dev, dev->pm_cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK)
		return false;
	if (dev->is_virtfn)
		return pci_iov_decodes(dev, bar->nr) && pci_path_enabled(dev->bus->self, cmd);
	if (bar->nr == PCI_ROM_RESOURCE) {
		if (!(addr & PCI_ROM_ADDRESS_ENABLE))
			return false;
		addr &= PCI_ROM_ADDRESS_MASK;
	} else if (res->flags & IORESOURCE_IO) {
		addr &= PCI_BASE_ADDRESS_IO_MASK;
	} else {
		addr &= PCI_BASE_ADDRESS_MEM_MASK;
		if (res->flags & IORESOURCE_MEM_64)
			addr |= (u64)pci_hw_read(dev, reg + 4, 4) << 32;
	}
	return addr == res->start && pci_path_enabled(dev, cmd);
}

static u64 bar_read(void *priv, u64 off, unsigned int width)
{
	struct pci_bar *bar = priv;

	if (!decodes(bar))
		return ~0ull;
	return bar->dev->fn->ops->bar_read(bar->dev->fn, bar->nr, off, width);
}

static void bar_write(void *priv, u64 off, unsigned int width, u64 val)
{
	struct pci_bar *bar = priv;

	if (decodes(bar) && bar->nr != PCI_ROM_RESOURCE)
		bar->dev->fn->ops->bar_write(bar->dev->fn, bar->nr, off, width, val);
}

static const struct kapi_phys_ops bar_ops = {
	.read = bar_read,
	.write = bar_write,
};

static void write_bar(struct pci_dev *dev, int i)
{
	struct resource *res = &dev->resource[i];

	pci_write_config_dword(dev, bar_reg(dev, i), res->start);
	if (res->flags & IORESOURCE_MEM_64)
		pci_write_config_dword(dev, bar_reg(dev, i) + 4, res->start >> 32);
}

/* The window of the bus for a resource: prefetchable 64-bit ones go above 4 GiB. */
static struct resource *bus_window(struct pci_bus *bus, struct resource *res)
{
	unsigned long pref64 = IORESOURCE_PREFETCH | IORESOURCE_MEM_64;

	if (res->flags & IORESOURCE_IO)
		return bus->resource[0];
	if ((res->flags & pref64) == pref64 && bus->resource[2])
		return bus->resource[2];
	return bus->resource[1];
}

int pci_place(struct pci_dev *dev, struct resource *res, u64 align)
{
	struct resource *window = bus_window(dev->bus, res);
	u64 size = resource_size(res);

	if (!window || allocate_resource(window, res, size, 1, ~0ull, align, NULL, NULL)) {
		res->start = 0;
		res->end = size - 1;
		return -ENOSPC;
	}
	res->flags &= ~IORESOURCE_UNSET;
	return 0;
}

void pci_register_bar(struct pci_dev *dev, int i)
{
	struct resource *res = &dev->resource[i];
	u64 phys = res->flags & IORESOURCE_IO ? KAPI_PHYS_PIO + res->start : res->start;
	struct pci_bar *bar = &dev->bars[i];

	bar->dev = dev;
	bar->nr = i;
	bar->range = kapi_phys_register(phys, resource_size(res), &bar_ops, bar, -1);
}

static void assign_bar(struct pci_dev *dev, int i)
{
	struct resource *res = &dev->resource[i];

	if (pci_place(dev, res, resource_size(res))) {
		pci_warn(dev, "BAR %d: can't assign; no space\n", i);
		return;
	}
	pci_register_bar(dev, i);
	write_bar(dev, i);
}

/* Windows of a bridge: taken from the bus above and written where the bridge decodes them. */
static void assign_window(struct pci_dev *dev, int i, unsigned long flags, u64 size)
{
	struct resource *res = &dev->resource[PCI_BRIDGE_RESOURCES + i];
	struct resource *parent = dev->bus->resource[i];

	res->name = pci_name(dev);
	res->flags = flags | IORESOURCE_WINDOW;
	if (!parent || allocate_resource(parent, res, size, 1, ~0ull, i ? 1 << 20 : 0x1000,
					 NULL, NULL)) {
		res->flags = 0;
		res->start = res->end = 0;
		return;
	}
	dev->subordinate->resource[i] = res;
	switch (i) {
	case 0:
		pci_write_config_byte(dev, PCI_IO_BASE, res->start >> 8 & 0xf0);
		pci_write_config_byte(dev, PCI_IO_LIMIT, res->end >> 8 & 0xf0);
		break;
	case 1:
		pci_write_config_word(dev, PCI_MEMORY_BASE, res->start >> 16 & 0xfff0);
		pci_write_config_word(dev, PCI_MEMORY_LIMIT, res->end >> 16 & 0xfff0);
		break;
	case 2:
		pci_write_config_word(dev, PCI_PREF_MEMORY_BASE, res->start >> 16 & 0xfff0);
		pci_write_config_word(dev, PCI_PREF_MEMORY_LIMIT, res->end >> 16 & 0xfff0);
		pci_write_config_dword(dev, PCI_PREF_BASE_UPPER32, res->start >> 32);
		pci_write_config_dword(dev, PCI_PREF_LIMIT_UPPER32, res->end >> 32);
		break;
	}
}

void pci_assign_resources(struct pci_dev *dev)
{
	int i;

	for (i = 0; i <= PCI_ROM_RESOURCE; i++)
		if (dev->resource[i].flags)
			assign_bar(dev, i);
	pci_iov_assign(dev);
	if (dev->subordinate) {
		assign_window(dev, 0, IORESOURCE_IO, WINDOW_IO);
		assign_window(dev, 1, IORESOURCE_MEM, WINDOW_MEM);
		assign_window(dev, 2, IORESOURCE_MEM | IORESOURCE_PREFETCH | IORESOURCE_MEM_64,
			      WINDOW_PREF);
	}
	/* As firmware leaves a function it set up. */
	pci_write_config_word(dev, PCI_COMMAND,
			      PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_SERR);
}

void pci_release_resources(struct pci_dev *dev)
{
	int i;

	for (i = 0; i <= PCI_ROM_RESOURCE; i++) {
		kapi_phys_unregister(dev->bars[i].range);
		dev->bars[i].range = NULL;
	}
	for (i = 0; i < PCI_NUM_RESOURCES; i++)
		if (dev->resource[i].parent)
			release_resource(&dev->resource[i]);
}

int pci_enable_resources(struct pci_dev *dev, int mask)
{
	u16 cmd, old;
	int i;

	pci_read_config_word(dev, PCI_COMMAND, &cmd);
	old = cmd;
	for (i = 0; i < PCI_NUM_RESOURCES; i++) {
		struct resource *res = &dev->resource[i];

		if (!(mask & 1 << i) || !(res->flags & (IORESOURCE_IO | IORESOURCE_MEM)))
			continue;
		/* A ROM is enabled by who maps it. */
		if (i == PCI_ROM_RESOURCE)
			continue;
		if (res->flags & IORESOURCE_UNSET || !res->parent) {
			pci_err(dev, "BAR %d: not assigned; can't enable device\n", i);
			return -EINVAL;
		}
		cmd |= res->flags & IORESOURCE_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	}
	if (cmd != old)
		pci_write_config_word(dev, PCI_COMMAND, cmd);
	return 0;
}
