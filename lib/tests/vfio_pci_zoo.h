/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PCI Express function that has one of everything vfio-pci treats specially,
 * which the edu devices of the core's machine do not have, and a way to open it.
 * One program includes it once.
 */
#ifndef VFIO_PCI_ZOO_H
#define VFIO_PCI_ZOO_H

#include "vfio_pci_zoo_hw.h"

/* Extended capabilities whose length follows from what is in them, one every 0x80 bytes. */
#define ZOO_LONG	0x200
static const struct zoo_long_cap {
	u16 id, len;
	u8 off;		/* where the dword is that decides */
	u32 val;
} zoo_long_caps[] = {
	{ PCI_EXT_CAP_ID_VNDR, 0x14, PCI_VSEC_HDR, 0x14 << 20 },
	{ PCI_EXT_CAP_ID_VC, 0x1c, PCI_VC_PORT_CAP1, 0 },
	{ PCI_EXT_CAP_ID_MFVC, 0x30, PCI_VC_PORT_CAP2, PCI_VC_CAP2_32_PHASE },
	{ PCI_EXT_CAP_ID_ACS, 8, PCI_ACS_CAP, PCI_ACS_SV },
	{ PCI_EXT_CAP_ID_ACS, 12, PCI_ACS_CAP, PCI_ACS_EC | 20 << 8 },
	{ PCI_EXT_CAP_ID_REBAR, 4 + 8 * 2, PCI_REBAR_CTRL, 2 << PCI_REBAR_CTRL_NBAR_SHIFT },
	{ PCI_EXT_CAP_ID_DPA, PCI_DPA_BASE_SIZEOF + 4, PCI_DPA_CAP, 3 },
	{ PCI_EXT_CAP_ID_TPH, PCI_TPH_BASE_SIZEOF, PCI_TPH_CAP, PCI_TPH_LOC_MSIX },
	{ PCI_EXT_CAP_ID_TPH, PCI_TPH_BASE_SIZEOF + 8, PCI_TPH_CAP, PCI_TPH_LOC_CAP | 3 << 16 },
	{ PCI_EXT_CAP_ID_PWR, PCI_EXT_CAP_PWR_SIZEOF },
	{ PCI_EXT_CAP_ID_SRIOV, PCI_EXT_CAP_SRIOV_SIZEOF },
	{ PCI_EXT_CAP_ID_LTR, PCI_EXT_CAP_LTR_SIZEOF },
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

static void zoo_add_long_caps(struct pci_fn *fn)
{
	unsigned int i, pos;

	for (i = 0; i < ARRAY_SIZE(zoo_long_caps); i++) {
		pos = ZOO_LONG + 0x80 * i;
		pci_fn_add_ext_cap(fn, zoo_long_caps[i].id, 1, pos, 4);
		if (zoo_long_caps[i].off)
			pci_fn_set32(fn, pos + zoo_long_caps[i].off, zoo_long_caps[i].val);
		/* Around its end the device would take writes. */
		zoo_set_wmask(fn, pos + zoo_long_caps[i].len - 1, ~0u);
	}
}

/* A machine of an IOMMU and the zoo, bound to the driver that takes its id, if there is one. */
static inline struct pci_dev *zoo_start_class(u32 class)
{
	static const char topology[] = "iommu vtd\n";
	char path[32];
	FILE *file = tmpfile();
	const struct pci_fn_id id = {
		.vendor = ZOO_VENDOR, .device = ZOO_DEVICE, .class = class,
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
	zoo_add_long_caps(&the_zoo.fn);
	if (kapi_pci_add_fn(&the_zoo.fn.hw, NULL, PCI_DEVFN(0x1e, 0))) {
		printf("Bail out! the zoo cannot be added\n");
		exit(1);
	}
	return the_zoo.fn.hw.pdev;
}

static inline struct pci_dev *zoo_start(void)
{
	return zoo_start_class(0xff0000);
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
