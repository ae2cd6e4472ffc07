/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PCI Express function that has one of everything vfio-pci treats specially,
 * which the edu devices of the core's machine do not have, and a way to open it.
 * One program includes it once.
 */
#ifndef VFIO_PCI_ZOO_H
#define VFIO_PCI_ZOO_H

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

static void zoo_set_wmask(struct pci_fn *fn, unsigned int off, u32 mask)
{
	memcpy(fn->wmask + off, &mask, 4);
}

static void zoo_add_bars(struct pci_fn *fn)
{
	pci_fn_add_bar(fn, 0, ZOO_BAR0_SIZE);
	pci_fn_set32(fn, PCI_BASE_ADDRESS_2, PCI_BASE_ADDRESS_MEM_TYPE_64 |
		     PCI_BASE_ADDRESS_MEM_PREFETCH);
	zoo_set_wmask(fn, PCI_BASE_ADDRESS_2, ~(ZOO_BAR2_SIZE - 1));
	zoo_set_wmask(fn, PCI_BASE_ADDRESS_3, ~0u);
	pci_fn_set32(fn, PCI_BASE_ADDRESS_4, PCI_BASE_ADDRESS_SPACE_IO);
	zoo_set_wmask(fn, PCI_BASE_ADDRESS_4, ~(ZOO_BAR4_SIZE - 1));
	pci_fn_add_bar(fn, 5, ZOO_BAR5_SIZE);
	zoo_set_wmask(fn, PCI_ROM_ADDRESS, ~(ZOO_ROM_SIZE - 1) | PCI_ROM_ADDRESS_ENABLE);
}

static void zoo_add_caps(struct pci_fn *fn)
{
	/* Each is put before the ones that are there. */
	pci_fn_add_cap(fn, PCI_CAP_ID_AF, ZOO_AF, PCI_CAP_AF_SIZEOF);
	fn->config[ZOO_AF + 2] = PCI_CAP_AF_SIZEOF;
	fn->config[ZOO_AF + PCI_AF_CAP] = PCI_AF_CAP_TP | PCI_AF_CAP_FLR;

	pci_fn_add_cap(fn, PCI_CAP_ID_MSIX, ZOO_MSIX, PCI_CAP_MSIX_SIZEOF);
	pci_fn_set16(fn, ZOO_MSIX + PCI_MSIX_FLAGS, ZOO_MSIX_COUNT - 1);
	pci_fn_set32(fn, ZOO_MSIX + PCI_MSIX_TABLE, ZOO_MSIX_TABLE);
	pci_fn_set32(fn, ZOO_MSIX + PCI_MSIX_PBA, ZOO_MSIX_PBA);
	zoo_set_wmask(fn, ZOO_MSIX, (u32)(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL) << 16);

	pci_fn_add_cap(fn, PCI_CAP_ID_EXP, ZOO_EXP, PCI_CAP_EXP_ENDPOINT_SIZEOF_V2);
	pci_fn_set16(fn, ZOO_EXP + PCI_EXP_FLAGS, 2 | PCI_EXP_TYPE_ENDPOINT << 4);
	pci_fn_set32(fn, ZOO_EXP + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_FLR | 2);
	pci_fn_set16(fn, ZOO_EXP + PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_READRQ_512B);
	zoo_set_wmask(fn, ZOO_EXP + PCI_EXP_DEVCTL, 0xffff);

	pci_fn_add_cap(fn, PCI_CAP_ID_VNDR, ZOO_VNDR, ZOO_VNDR_LEN);
	fn->config[ZOO_VNDR + 2] = ZOO_VNDR_LEN;
	zoo_set_wmask(fn, ZOO_VNDR + 4, ~0u);

	pci_fn_add_cap(fn, PCI_CAP_ID_VPD, ZOO_VPD, PCI_CAP_VPD_SIZEOF);
	zoo_set_wmask(fn, ZOO_VPD, 0xffff0000);
	zoo_set_wmask(fn, ZOO_VPD + PCI_VPD_DATA, ~0u);

	pci_fn_add_msi(fn, ZOO_MSI, 2);
	pci_fn_add_cap(fn, PCI_CAP_ID_CHSWP, ZOO_CHSWP, 4);

	pci_fn_add_cap(fn, PCI_CAP_ID_PM, ZOO_PM, PCI_PM_SIZEOF);
	pci_fn_set16(fn, ZOO_PM + PCI_PM_PMC, 3 | PCI_PM_CAP_PME_D0 | PCI_PM_CAP_PME_D3hot);
	zoo_set_wmask(fn, ZOO_PM + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_ENABLE);

	/* Registers in a gap. */
	pci_fn_set32(fn, ZOO_GAP, 0x67617031);

	pci_fn_add_ext_cap(fn, PCI_EXT_CAP_ID_PL_16GT, 1, ZOO_EXT_HEAD, 0x10);
	pci_fn_add_ext_cap(fn, PCI_EXT_CAP_ID_ERR, 2, ZOO_ERR, PCI_ERR_ROOT_COMMAND);
	pci_fn_add_ext_cap(fn, PCI_EXT_CAP_ID_DSN, 1, ZOO_DSN, PCI_EXT_CAP_DSN_SIZEOF);
	pci_fn_add_ext_cap(fn, PCI_EXT_CAP_ID_SECPCI, 1, ZOO_SECPCI, 0x10);
	pci_fn_add_ext_cap(fn, PCI_EXT_CAP_ID_DVSEC, 1, ZOO_DVSEC, ZOO_DVSEC_LEN);
	pci_fn_set32(fn, ZOO_DVSEC + PCI_DVSEC_HEADER1, ZOO_DVSEC_LEN << 20 | ZOO_VENDOR);
	zoo_set_wmask(fn, ZOO_DVSEC + 0xc, ~0u);
	zoo_set_wmask(fn, ZOO_ERR + PCI_ERR_UNCOR_MASK, ~0u);
}

/* A machine of an IOMMU and the zoo, bound to the driver that takes its id, if there is one. */
static inline struct pci_dev *zoo_start(void)
{
	static const char topology[] = "iommu vtd\n";
	char path[32];
	FILE *file = tmpfile();
	static const struct pci_fn_id id = {
		.vendor = ZOO_VENDOR, .device = ZOO_DEVICE, .class = 0xff0000,
	};

	if (!file || fputs(topology, file) < 0 || fflush(file))
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	if (vfio_model_init(path)) {
		printf("Bail out! no machine\n");
		exit(1);
	}
	fclose(file);

	pci_fn_init(&the_zoo.fn, &zoo_ops, PCI_HEADER_TYPE_NORMAL, PCI_CFG_SPACE_EXP_SIZE, &id);
	the_zoo.fn.config_written = zoo_config_written;
	zoo_add_bars(&the_zoo.fn);
	zoo_add_caps(&the_zoo.fn);
	if (kapi_pci_add_fn(&the_zoo.fn.hw, NULL, PCI_DEVFN(0x1e, 0))) {
		printf("Bail out! the zoo cannot be added\n");
		exit(1);
	}
	return the_zoo.fn.hw.pdev;
}

struct zoo_fds {
	int container, group, device;
};

/* Container and group as a user sets them up, and the device if it opens. */
static inline struct zoo_fds zoo_open(struct pci_dev *pdev)
{
	struct zoo_fds fds = { .container = open_container() };
	char path[64];

	snprintf(path, sizeof(path), "/dev/vfio/%d", iommu_group_id(pdev->dev.iommu_group));
	fds.group = kapi_sys_open(path, O_RDWR);
	if (sys(fds.group, VFIO_GROUP_SET_CONTAINER, &fds.container) ||
	    sysv(fds.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU)) {
		printf("Bail out! no container for the zoo\n");
		exit(1);
	}
	fds.device = sys(fds.group, VFIO_GROUP_GET_DEVICE_FD, (void *)pci_name(pdev));
	return fds;
}

static inline void zoo_close(struct zoo_fds *fds)
{
	if (fds->device >= 0)
		kapi_sys_close(fds->device);
	kapi_sys_close(fds->group);
	kapi_sys_close(fds->container);
}

static inline loff_t zoo_off(unsigned int region, u64 off)
{
	return VFIO_PCI_INDEX_TO_OFFSET(region) + off;
}

/* Config space of the open device, 1, 2 or 4 bytes; reads that fail give 0x0bad0bad. */
static inline u32 cfg_r(int device, unsigned int off, unsigned int width)
{
	u32 val = 0;

	if (kapi_sys_pread(device, &val, width, zoo_off(VFIO_PCI_CONFIG_REGION_INDEX, off)) !=
	    width)
		return 0x0bad0bad;
	return val;
}

static inline ssize_t cfg_w(int device, unsigned int off, unsigned int width, u32 val)
{
	return kapi_sys_pwrite(device, &val, width,
			       zoo_off(VFIO_PCI_CONFIG_REGION_INDEX, off));
}

#endif
