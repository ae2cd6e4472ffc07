// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration space of a device with many capabilities, as a user sees it.
 */
#include "vfio_pci_zoo.h"

static int dev;

static void test_chain(void)
{
	static const struct {
		u8 id, pos;
	} want[] = {
		{ PCI_CAP_ID_PM, ZOO_PM }, { PCI_CAP_ID_MSI, ZOO_MSI },
		{ PCI_CAP_ID_VPD, ZOO_VPD }, { PCI_CAP_ID_VNDR, ZOO_VNDR },
		{ PCI_CAP_ID_EXP, ZOO_EXP }, { PCI_CAP_ID_MSIX, ZOO_MSIX },
		{ PCI_CAP_ID_AF, ZOO_AF },
	};
	unsigned int i;
	u8 pos = cfg_r(dev, PCI_CAPABILITY_LIST, 1);

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		is(pos, want[i].pos, "capability %u at its place", i);
		is(cfg_r(dev, pos, 1), want[i].id, "capability %u is what it is", i);
		pos = cfg_r(dev, pos + 1, 1);
	}
	is(pos, 0, "end of the chain; the unknown one is skipped");
}

static void test_ext_chain(void)
{
	bool dvsec = profile(BEH_PCI_DVSEC_RAW);

	is(cfg_r(dev, ZOO_EXT_HEAD, 4), (u32)ZOO_ERR << 20, "unknown head: only the pointer");
	is(cfg_r(dev, ZOO_ERR, 4), PCI_EXT_CAP_ID_ERR | 2 << 16 | (u32)ZOO_DSN << 20, "AER");
	is(cfg_r(dev, ZOO_DSN, 4),
	   PCI_EXT_CAP_ID_DSN | 1 << 16 | (u32)(dvsec ? ZOO_DVSEC : ZOO_LONG) << 20,
	   "the unknown one behind the serial number is skipped");

	is(cfg_w(dev, ZOO_EXT_HEAD + 4, 4, ~0u), 4, "write into the unknown head");
	is(cfg_r(dev, ZOO_EXT_HEAD + 4, 4), 0, "is dropped");
	is(cfg_w(dev, ZOO_ERR + PCI_ERR_UNCOR_MASK, 4, ~0u), 4, "write the error mask");
	is(cfg_r(dev, ZOO_ERR + PCI_ERR_UNCOR_MASK, 4) & PCI_ERR_UNC_ECRC, PCI_ERR_UNC_ECRC,
	   "errors that exist are masked");
	is(cfg_r(dev, ZOO_ERR + PCI_ERR_UNCOR_MASK, 4) & 0x2, 0, "others are not");
	if (dvsec) {
		is(cfg_w(dev, ZOO_DVSEC + 0xc, 4, 0x12345678), 4, "write a vendor's register");
		is(pci_fn_get32(&the_zoo.fn, ZOO_DVSEC + 0xc), 0x12345678, "reaches the device");
	}
}

/* The last byte of a capability is read-only or its own, the one behind it is the device's. */
static void test_lengths(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(zoo_long_caps); i++) {
		unsigned int end = ZOO_LONG + 0x80 * i + zoo_long_caps[i].len;
		u16 id = zoo_long_caps[i].id;

		the_zoo.fn.config[end - 1] = 0;
		is(cfg_w(dev, end - 1, 1, 0x5a), 1, "write the last byte of ecap %#x", id);
		is(the_zoo.fn.config[end - 1], id == PCI_EXT_CAP_ID_VNDR ? 0x5a : 0,
		   "which is %s", id == PCI_EXT_CAP_ID_VNDR ? "the vendor's" : "dropped");
		is(cfg_w(dev, end, 1, 0xa5), 1, "write behind it");
		is(the_zoo.fn.config[end], 0xa5, "which reaches the device");
	}
}

static void test_bars(void)
{
	static const struct {
		unsigned int reg;
		u32 want;
		const char *what;
	} bars[] = {
		{ PCI_BASE_ADDRESS_0, ~(ZOO_BAR0_SIZE - 1), "32-bit memory" },
		{ PCI_BASE_ADDRESS_1, 0, "no BAR" },
		{ PCI_BASE_ADDRESS_2, ~(ZOO_BAR2_SIZE - 1) | 0xc, "64-bit prefetchable, low" },
		{ PCI_BASE_ADDRESS_3, ~0u, "64-bit, high" },
		{ PCI_BASE_ADDRESS_4, ~(ZOO_BAR4_SIZE - 1) | 1, "I/O ports" },
		{ PCI_BASE_ADDRESS_5, ~(ZOO_BAR5_SIZE - 1), "small memory" },
		{ PCI_ROM_ADDRESS, ~(ZOO_ROM_SIZE - 1) | 1, "ROM with its enable bit" },
	};
	u32 real = pci_fn_get32(&the_zoo.fn, PCI_BASE_ADDRESS_0);
	unsigned int i;

	is(cfg_r(dev, PCI_BASE_ADDRESS_0, 4), real, "virtual BAR starts as the real one");
	for (i = 0; i < ARRAY_SIZE(bars); i++) {
		is(cfg_w(dev, bars[i].reg, 4, ~0u), 4, "size %s", bars[i].what);
		is(cfg_r(dev, bars[i].reg, 4), bars[i].want, "size of %s", bars[i].what);
	}
	is(pci_fn_get32(&the_zoo.fn, PCI_BASE_ADDRESS_0), real, "the device's BAR is untouched");
	is(cfg_w(dev, PCI_BASE_ADDRESS_0 + 2, 2, 0xfed0), 2, "a half of a BAR");
	is(cfg_r(dev, PCI_BASE_ADDRESS_0, 4), 0xfed00000, "is written alone");
}

static void test_pieces(void)
{
	u8 bytes[16];
	u32 val = 0x55aa1234;
	loff_t off = zoo_off(VFIO_PCI_CONFIG_REGION_INDEX, ZOO_GAP - 3);

	is(kapi_sys_pread(dev, bytes, 11, off), 11, "unaligned read over three capabilities");
	memcpy(&val, bytes + 3, 4);
	is(val, 0x67617031, "a gap shows the device");
	is(cfg_w(dev, ZOO_GAP, 4, 0x11223344), 4, "write to the gap");
	is(pci_fn_get32(&the_zoo.fn, ZOO_GAP), 0x11223344, "reaches the device");
	is(cfg_w(dev, ZOO_VNDR + 4, 4, 0xabcdef01), 4, "write to a vendor's capability");
	is(pci_fn_get32(&the_zoo.fn, ZOO_VNDR + 4), 0xabcdef01, "reaches the device");

	off = zoo_off(VFIO_PCI_CONFIG_REGION_INDEX, PCI_CFG_SPACE_EXP_SIZE - 4);
	is(kapi_sys_pread(dev, bytes, 8, off), -EFAULT, "over the end of config space");
	is(kapi_sys_pread(dev, bytes, 4, off), 4, "up to the end");
	is(kapi_sys_pread(dev, (void *)8, 4, off), -EFAULT, "into a bad buffer");
	is(cfg_w(dev, ZOO_MSIX + PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_ENABLE), 2, "enable MSI-X");
	is(cfg_r(dev, ZOO_MSIX + PCI_MSIX_FLAGS, 2), ZOO_MSIX_COUNT - 1, "is dropped");
	is(cfg_w(dev, ZOO_MSI + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE | 0x20), 2, "enable MSI");
	is(cfg_r(dev, ZOO_MSI + PCI_MSI_FLAGS, 2) & (PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE),
	   0, "is dropped, as is the number of vectors");
	is(cfg_w(dev, ZOO_MSI + PCI_MSI_ADDRESS_LO, 4, 0xfee00000), 4, "an MSI address");
	is(cfg_r(dev, ZOO_MSI + PCI_MSI_ADDRESS_LO, 4), 0xfee00000, "is kept");
	is(pci_fn_get32(&the_zoo.fn, ZOO_MSI + PCI_MSI_ADDRESS_LO), 0, "away from the device");
}

static void test_power(void)
{
	u32 val;

	is(cfg_r(dev, ZOO_PM + PCI_PM_PMC, 2), 3, "power events are hidden");
	is(cfg_w(dev, ZOO_PM + PCI_PM_CTRL, 2, PCI_PM_CTRL_PME_ENABLE), 2, "enable them");
	is(cfg_r(dev, ZOO_PM + PCI_PM_CTRL, 2), 0, "is dropped");

	is(cfg_w(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER), 2, "memory on");
	is(cfg_w(dev, ZOO_PM + PCI_PM_CTRL, 2, 3), 2, "to D3hot");
	is(cfg_r(dev, ZOO_PM + PCI_PM_CTRL, 2), 3, "is there");
	is(kapi_sys_pread(dev, &val, 4, zoo_off(0, 0)), -EIO, "memory is off");
	is(cfg_w(dev, ZOO_PM + PCI_PM_CTRL, 2, 0), 2, "to D0");
	is(cfg_r(dev, ZOO_PM + PCI_PM_CTRL, 2), 0, "is there");
	is(kapi_sys_pread(dev, &val, 4, zoo_off(0, 0)), 4, "memory is on");
	is(cfg_r(dev, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, PCI_COMMAND_MASTER,
	   "what the soft reset lost is restored");
}

static void test_vpd(void)
{
	memcpy(the_zoo.vpd, "\x82\x04\x00zoo!\x78", 8);
	is(cfg_w(dev, ZOO_VPD + PCI_VPD_ADDR, 2, 4), 2, "VPD address");
	is(cfg_r(dev, ZOO_VPD + PCI_VPD_ADDR, 2), 4 | PCI_VPD_ADDR_F, "read is done");
	is(cfg_r(dev, ZOO_VPD + PCI_VPD_DATA, 4), 0x78216f6f, "and has the data");
	is(cfg_w(dev, ZOO_VPD + PCI_VPD_DATA, 4, 0x78316f6f), 4, "VPD data");
	is(cfg_w(dev, ZOO_VPD + PCI_VPD_ADDR, 2, 4 | PCI_VPD_ADDR_F), 2, "VPD write");
	is(cfg_r(dev, ZOO_VPD + PCI_VPD_ADDR, 2), 4, "is done");
	is(the_zoo.vpd[6], '1', "and is in the device");
}

static void test_reset_registers(void)
{
	unsigned int resets = the_zoo.resets;

	is(cfg_w(dev, ZOO_EXP + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR | 0x40), 2, "PCIe FLR");
	is(the_zoo.resets, resets + 1, "resets the function");
	is(cfg_r(dev, ZOO_EXP + PCI_EXP_DEVCTL, 2) & (PCI_EXP_DEVCTL_BCR_FLR | 0xe0), 0x40,
	   "reads as 0; the payload size is as written");
	is(pci_fn_get16(&the_zoo.fn, ZOO_EXP + PCI_EXP_DEVCTL) & PCI_EXP_DEVCTL_PAYLOAD, 0,
	   "but not in the device");
	is(cfg_w(dev, ZOO_AF + PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR), 1, "AF FLR");
	is(the_zoo.resets, resets + 2, "resets the function");
	is(cfg_r(dev, ZOO_AF + PCI_AF_CTRL, 1), 0, "reads as 0");

	is(cfg_w(dev, ZOO_EXP + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_READRQ_1024B), 2, "read size");
	is(pci_fn_get16(&the_zoo.fn, ZOO_EXP + PCI_EXP_DEVCTL) & PCI_EXP_DEVCTL_READRQ,
	   PCI_EXP_DEVCTL_READRQ_1024B, "reaches the device");
}

/* A reset by a door that the host does not know: enabling memory brings the BARs back. */
static void test_backdoor(void)
{
	u32 real = pci_fn_get32(&the_zoo.fn, PCI_BASE_ADDRESS_0), val;

	cfg_w(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	zoo_reset(&the_zoo.fn.hw);
	is(pci_fn_get32(&the_zoo.fn, PCI_BASE_ADDRESS_0), 0, "BAR lost");
	is(cfg_w(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY), 2, "memory on again");
	is(pci_fn_get32(&the_zoo.fn, PCI_BASE_ADDRESS_0), real, "BAR is back");
	is(kapi_sys_pread(dev, &val, 4, zoo_off(0, 0)), 4, "and answers");
}

int main(void)
{
	struct pci_dev *pdev;
	struct zoo_fds fds;

	core_start();
	is(kapi_load_module("vfio_pci_core"), 0, "load vfio-pci-core");
	/* The second entry is not one; the others must be taken all the same. */
	is(kapi_set_param("vfio_pci", "ids", "1b36:0fed,nonsense,1b36:0fee"), 0, "set ids");
	is(kapi_load_module("vfio_pci"), 0, "load vfio-pci");
	pdev = zoo_start();

	fds = zoo_open(pdev);
	dev = fds.device;
	if (!ok(dev >= 0, "open the zoo (%d)", dev))
		return tap_done();

	test_chain();
	test_ext_chain();
	test_lengths();
	test_bars();
	test_pieces();
	test_power();
	test_vpd();
	test_reset_registers();
	test_backdoor();
	zoo_close(&fds);

	fds = zoo_open(pdev);
	is(cfg_r(fds.device, PCI_BASE_ADDRESS_0, 4), pci_fn_get32(&the_zoo.fn, PCI_BASE_ADDRESS_0),
	   "reopened: virtual registers start anew");
	zoo_close(&fds);
	return tap_done();
}
