/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the zoo of vfio_pci_zoo.h behaves: its BARs, its ROM, and the registers of
 * configuration space that do something when written.
 */
#ifndef VFIO_PCI_ZOO_HW_H
#define VFIO_PCI_ZOO_HW_H

#include "core_test.h"

#include <linux/pci.h>
#include <linux/vfio_pci_core.h>

#include "../core/profile.h"
#include "../pci/model/model.h"
#include "../pci/model/pci_fn.h"

#define ZOO_VENDOR	0x1b36
#define ZOO_DEVICE	0x0fee
#define ZOO_BDF		"0000:00:1e.0"

/* BARs: 0 memory, 2 prefetchable 64 bit (with 3), 4 ports, 5 smaller than a page; ROM. */
#define ZOO_BAR0_SIZE	0x10000u
#define ZOO_BAR2_SIZE	0x800000u
#define ZOO_BAR4_SIZE	0x20u
#define ZOO_BAR5_SIZE	0x100u
#define ZOO_ROM_SIZE	0x10000u
#define ZOO_ROM_IMAGE	0x400u
#define ZOO_MSIX_TABLE	0x8000u
#define ZOO_MSIX_PBA	0x9000u
#define ZOO_MSIX_COUNT	4

enum {
	ZOO_PM = 0x40, ZOO_CHSWP = 0x48, ZOO_MSI = 0x4c, ZOO_VPD = 0x5c, ZOO_GAP = 0x64,
	ZOO_VNDR = 0x68, ZOO_EXP = 0x70, ZOO_MSIX = 0xac, ZOO_AF = 0xb8,
	ZOO_VNDR_LEN = 8,
	ZOO_EXT_HEAD = 0x100, ZOO_ERR = 0x110, ZOO_DSN = 0x140, ZOO_SECPCI = 0x150,
	ZOO_DVSEC = 0x160, ZOO_DVSEC_LEN = 0x10,
};

struct zoo_access {
	unsigned int bar, width;
	u64 off;
	bool write;
};

struct zoo {
	struct pci_fn fn;
	u8 mem[ZOO_BAR0_SIZE];
	u8 vpd[64];
	unsigned int resets;
	bool in_d3;
	unsigned int nr_log;
	struct zoo_access log[64];	/* programmed accesses, but for the vector table's */
};

static struct zoo the_zoo;

static void zoo_note(unsigned int bar, u64 off, unsigned int width, bool write)
{
	if (bar == 0 && off >= ZOO_MSIX_TABLE && off < ZOO_MSIX_PBA)
		return;
	if (the_zoo.nr_log < ARRAY_SIZE(the_zoo.log))
		the_zoo.log[the_zoo.nr_log++] = (struct zoo_access){ bar, width, off, write };
}

/* The ROM: a header that says how long the image is, and one PCI data structure. */
static u8 zoo_rom_byte(u64 off)
{
	static const u8 head[] = { 0x55, 0xaa, ZOO_ROM_IMAGE / 512, [0x18] = 0x1c, 0 };
	static const u8 pcir[] = { 'P', 'C', 'I', 'R', [0x10] = ZOO_ROM_IMAGE / 512, 0,
				   [0x15] = 0x80 };

	if (off < sizeof(head))
		return head[off];
	if (off >= 0x1c && off < 0x1c + sizeof(pcir))
		return pcir[off - 0x1c];
	return off < ZOO_ROM_IMAGE ? off : 0xee;
}

static u64 zoo_bar_read(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width)
{
	u64 val = 0;
	unsigned int i;

	zoo_note(bar, off, width, false);
	for (i = 0; i < width; i++) {
		u8 byte = bar == 6 ? zoo_rom_byte(off + i) : bar ? (u8)(off + i) :
			  the_zoo.mem[off + i];

		val |= (u64)byte << (8 * i);
	}
	return val;
}

static void zoo_bar_write(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width,
			  u64 val)
{
	zoo_note(bar, off, width, true);
	if (bar == 0)
		memcpy(the_zoo.mem + off, &val, width);
}

static void zoo_reset(struct kapi_pci_fn *hw)
{
	pci_fn_reset(&the_zoo.fn);
	pci_fn_set16(&the_zoo.fn, ZOO_PM + PCI_PM_CTRL, 0);
	the_zoo.in_d3 = false;
	pci_fn_set16(&the_zoo.fn, ZOO_EXP + PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_READRQ_512B);
	the_zoo.resets++;
}

static void zoo_vpd_written(struct pci_fn *fn)
{
	u16 addr = pci_fn_get16(fn, ZOO_VPD + PCI_VPD_ADDR);
	unsigned int off = addr & 0x3c;
	u32 data;

	if (addr & PCI_VPD_ADDR_F) {
		data = pci_fn_get32(fn, ZOO_VPD + PCI_VPD_DATA);
		memcpy(the_zoo.vpd + off, &data, 4);
	} else {
		memcpy(&data, the_zoo.vpd + off, 4);
		pci_fn_set32(fn, ZOO_VPD + PCI_VPD_DATA, data);
	}
	pci_fn_set16(fn, ZOO_VPD + PCI_VPD_ADDR, addr ^ PCI_VPD_ADDR_F);
}

static void zoo_config_written(struct pci_fn *fn, unsigned int off, unsigned int width)
{
	bool d3 = (pci_fn_get16(fn, ZOO_PM + PCI_PM_CTRL) & PCI_PM_CTRL_STATE_MASK) == 3;

	if (the_zoo.in_d3 && !d3)
		zoo_reset(&fn->hw);
	the_zoo.in_d3 = d3;
	if (off <= ZOO_VPD + PCI_VPD_ADDR + 1 && off + width > ZOO_VPD + PCI_VPD_ADDR + 1)
		zoo_vpd_written(fn);
	if (pci_fn_get16(fn, ZOO_EXP + PCI_EXP_DEVCTL) & PCI_EXP_DEVCTL_BCR_FLR)
		zoo_reset(&fn->hw);
}

static void zoo_destroy(struct kapi_pci_fn *hw)
{
	pci_fn_destroy(&the_zoo.fn);
}

static const struct kapi_pci_hw_ops zoo_ops = {
	.cfg_read = pci_fn_cfg_read,
	.cfg_write = pci_fn_cfg_write,
	.bar_read = zoo_bar_read,
	.bar_write = zoo_bar_write,
	.reset = zoo_reset,
	.destroy = zoo_destroy,
};

#endif
