/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PCI Express endpoint whose registers are memory, with two BARs, power states, MSI,
 * MSI-X and capabilities in a row. One program includes it once.
 */
#ifndef TESTS_PCI_FUNCTION_H
#define TESTS_PCI_FUNCTION_H

#include "../pci/model/pci_fn.h"
#include "pci_machine.h"

#define PM	0x40
#define MSI	0x50
#define MSIX	0x64
#define EXP	0x70
#define VND	0xb0
#define VND2	0xc0
#define DVSEC	0x100
#define VECTORS	4
#define TABLE	0x800
#define PORT_EXP 0x54

static struct pci_fn fn;
static u8 memory[0x1000];
static u64 r_read(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width)
{
	u64 val = 0;

	memcpy(&val, memory + off, width);
	return val;
}

static void r_write(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width, u64 val)
{
	memcpy(memory + off, &val, width);
}

static void r_reset(struct kapi_pci_fn *hw)
{
	pci_fn_reset(&fn);
}

static const struct kapi_pci_hw_ops ops = {
	.cfg_read = pci_fn_cfg_read, .cfg_write = pci_fn_cfg_write,
	.bar_read = r_read, .bar_write = r_write, .reset = r_reset,
};

/* Behind @port at 01.0 of its bus. */
static struct pci_dev *make_function(struct pci_dev *port)
{
	static const struct pci_fn_id id = { .vendor = 0x1b36, .device = 0xfeed, .class = 0x088000 };

	pci_fn_init(&fn, &ops, PCI_HEADER_TYPE_NORMAL, PCI_CFG_SPACE_EXP_SIZE, &id);
	pci_fn_add_bar(&fn, 0, sizeof(memory));
	pci_fn_add_bar(&fn, 2, 0x20);
	fn.config[PCI_BASE_ADDRESS_2] = PCI_BASE_ADDRESS_SPACE_IO;
	pci_fn_add_cap(&fn, PCI_CAP_ID_PM, PM, 8);
	pci_fn_set16(&fn, PM + PCI_PM_PMC, 3 | PCI_PM_CAP_D2);
	fn.wmask[PM + PCI_PM_CTRL] = PCI_PM_CTRL_STATE_MASK;
	pci_fn_add_msi(&fn, MSI, 2);
	pci_fn_add_cap(&fn, PCI_CAP_ID_MSIX, MSIX, 12);
	pci_fn_set16(&fn, MSIX + PCI_MSIX_FLAGS, VECTORS - 1);
	fn.wmask[MSIX + PCI_MSIX_FLAGS + 1] = 0xc0;
	pci_fn_set32(&fn, MSIX + PCI_MSIX_TABLE, TABLE);
	pci_fn_add_cap(&fn, PCI_CAP_ID_EXP, EXP, 0x3c);
	pci_fn_set16(&fn, EXP + PCI_EXP_FLAGS, 2);
	memset(fn.wmask + EXP + PCI_EXP_DEVCTL, 0xff, 2);
	memset(fn.wmask + EXP + PCI_EXP_DEVCTL2, 0xff, 4);
	pci_fn_add_cap(&fn, PCI_CAP_ID_VNDR, VND, 8);
	pci_fn_add_cap(&fn, PCI_CAP_ID_VNDR, VND2, 8);
	pci_fn_add_ext_cap(&fn, PCI_EXT_CAP_ID_DVSEC, 1, DVSEC, 16);
	pci_fn_set32(&fn, DVSEC + PCI_DVSEC_HEADER1, 0x1e98);
	pci_fn_set16(&fn, DVSEC + PCI_DVSEC_HEADER2, 3);
	pci_fn_set16(&fn, EXP + PCI_EXP_LNKSTA, 0x1234);
	pci_fn_set32(&fn, EXP + PCI_EXP_SLTCAP, 0x5678);
	pci_fn_set16(&fn, EXP + PCI_EXP_LNKCAP2, 0x9a);
	pci_fn_set16(&fn, EXP + PCI_EXP_RTCTL, 0xbc);
	is(kapi_pci_add_fn(&fn.hw, port, PCI_DEVFN(1, 0)), 0, "a function comes");
	return machine_dev(3, 1, 0);
}

#endif
