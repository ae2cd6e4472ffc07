// SPDX-License-Identifier: GPL-2.0-only
/*
 * What drivers do with registers: those of the PCI Express capability, of capabilities
 * in a row, and device memory by bytes.
 */
#include <kapi/warn.h>
#include <linux/io.h>

#include "pci_function.h"

static u32 word_at(struct pci_dev *dev, int pos)
{
	u16 val = 0xeeee;

	return pcie_capability_read_word(dev, pos, &val) ? 0xffffffff : val;
}

/* A register that the type has not reads as 0. */
static bool has(struct pci_dev *dev, int type, int version, bool slot, bool link, bool slots,
		bool root, bool v2)
{
	u16 flags = dev->pcie_flags_reg;
	bool good;
	u32 cap;

	dev->pcie_flags_reg = type << 4 | version | (slot ? PCI_EXP_FLAGS_SLOT : 0);
	pcie_capability_read_dword(dev, PCI_EXP_SLTCAP, &cap);
	good = (word_at(dev, PCI_EXP_LNKSTA) == 0x1234) == link && (cap == 0x5678) == slots &&
	       (word_at(dev, PCI_EXP_RTCTL) == 0xbc) == root &&
	       (word_at(dev, PCI_EXP_LNKCAP2) == 0x9a) == (v2 && link);
	dev->pcie_flags_reg = flags;
	return good;
}

static void test_express(struct pci_dev *dev, struct pci_dev *edu)
{
	u32 dword;
	u16 word;

	check(has(dev, PCI_EXP_TYPE_ENDPOINT, 2, true, true, false, false, true), "an endpoint");
	check(has(dev, PCI_EXP_TYPE_ENDPOINT, 1, true, true, false, false, false), "of version 1");
	check(has(dev, PCI_EXP_TYPE_RC_END, 2, false, false, false, false, true), "in the root complex");
	check(has(dev, PCI_EXP_TYPE_RC_EC, 2, false, false, false, true, true), "an event collector");
	check(has(dev, PCI_EXP_TYPE_ROOT_PORT, 2, true, true, true, true, true), "a root port");
	check(has(dev, PCI_EXP_TYPE_ROOT_PORT, 2, false, true, false, true, true), "without a slot");
	check(has(dev, PCI_EXP_TYPE_DOWNSTREAM, 2, true, true, true, false, true), "a downstream port");
	check(has(dev, PCI_EXP_TYPE_PCIE_BRIDGE, 2, true, true, true, false, true), "a bridge");
	is(word_at(dev, 1), 0xffffffff, "an odd register");
	is(word_at(dev, -2), 0, "one before it");
	is(word_at(dev, 0x3e), 0, "and one behind");
	is(pcie_capability_read_dword(dev, 2, &dword), PCIBIOS_BAD_REGISTER_NUMBER, "half a register");
	is(pcie_capability_write_word(dev, 3, 0), PCIBIOS_BAD_REGISTER_NUMBER, "an odd one to write");
	is(pcie_capability_write_dword(dev, 6, 0), PCIBIOS_BAD_REGISTER_NUMBER, "a half one");
	is(pcie_capability_write_dword(dev, PCI_EXP_RTCTL + 4, 1), 0, "one that is not there");
	is(pcie_capability_write_dword(dev, PCI_EXP_DEVCTL2, 0x5), 0, "one that is");
	is(word_at(dev, PCI_EXP_DEVCTL2), 5, "has what was written");
	is(pcie_capability_clear_and_set_word(dev, 1, 0, 0), PCIBIOS_BAD_REGISTER_NUMBER, "odd again");
	pcie_capability_clear_and_set_word(dev, PCI_EXP_DEVCTL2, 4, 2);
	is(word_at(dev, PCI_EXP_DEVCTL2), 3, "some bits cleared, some set");
	is(pcie_capability_read_word(edu, PCI_EXP_DEVCTL, &word), 0, "none of a conventional device");
	is(word, 0, "are 0");
	is(pcie_capability_write_word(edu, PCI_EXP_DEVCTL, 1), 0, "and are written in vain");
	check(pcie_set_readrq(dev, 64) == -EINVAL && pcie_set_readrq(dev, 8192) == -EINVAL &&
	      pcie_set_readrq(dev, 384) == -EINVAL, "read requests of no size");
	check(!pcie_set_readrq(dev, 1024) && pcie_get_readrq(dev) == 1024, "and of one");
	is(pcie_get_mps(dev), 128, "payloads");
}

static void test_atomics(struct pci_dev *dev, struct pci_dev *edu)
{
	struct pci_dev *port = dev->bus->self;
	u16 flags = port->pcie_flags_reg, own = dev->pcie_flags_reg;
	struct pci_fn *hw = to_pci_fn(port->fn);

	is(pci_enable_atomic_ops_to_root(edu, PCI_EXP_DEVCAP2_ATOMIC_COMP32), -EINVAL, "no Express");
	is(pci_enable_atomic_ops_to_root(port, PCI_EXP_DEVCAP2_ATOMIC_COMP32), -EINVAL, "a port");
	is(pci_enable_atomic_ops_to_root(dev, PCI_EXP_DEVCAP2_ATOMIC_COMP32), -EINVAL,
	   "a root port that does not complete them");
	pci_fn_set32(hw, PORT_EXP + PCI_EXP_DEVCAP2, PCI_EXP_DEVCAP2_ATOMIC_COMP32);
	is(pci_enable_atomic_ops_to_root(dev, PCI_EXP_DEVCAP2_ATOMIC_COMP32), 0, "one that does");
	check(word_at(dev, PCI_EXP_DEVCTL2) & PCI_EXP_DEVCTL2_ATOMIC_REQ, "may make them then");
	is(pci_enable_atomic_ops_to_root(dev, PCI_EXP_DEVCAP2_ATOMIC_COMP32 |
					 PCI_EXP_DEVCAP2_ATOMIC_COMP64), -EINVAL, "but not wider ones");
	dev->is_virtfn = 1;
	is(pci_enable_atomic_ops_to_root(dev, PCI_EXP_DEVCAP2_ATOMIC_COMP32), -EINVAL, "a VF");
	dev->is_virtfn = 0;
	dev->pcie_flags_reg = PCI_EXP_TYPE_UPSTREAM << 4 | 2;
	is(pci_enable_atomic_ops_to_root(dev, PCI_EXP_DEVCAP2_ATOMIC_COMP32), -EINVAL, "a switch");
	dev->pcie_flags_reg = own;
	port->pcie_flags_reg = PCI_EXP_TYPE_DOWNSTREAM << 4 | 2;
	is(pci_enable_atomic_ops_to_root(dev, 0), -EINVAL, "a switch that does not route them");
	pci_fn_set32(hw, PORT_EXP + PCI_EXP_DEVCAP2, PCI_EXP_DEVCAP2_ATOMIC_ROUTE);
	is(pci_enable_atomic_ops_to_root(dev, 0), 0, "that does");
	port->pcie_flags_reg = PCI_EXP_TYPE_UPSTREAM << 4 | 2;
	is(pci_enable_atomic_ops_to_root(dev, 0), 0, "at its upper end");
	pci_fn_set16(hw, PORT_EXP + PCI_EXP_DEVCTL2, PCI_EXP_DEVCTL2_ATOMIC_EGRESS_BLOCK);
	is(pci_enable_atomic_ops_to_root(dev, 0), -EINVAL, "which may be blocked");
	port->pcie_flags_reg = PCI_EXP_TYPE_PCI_BRIDGE << 4 | 2;
	is(pci_enable_atomic_ops_to_root(dev, 0), 0, "what is neither is not asked");
	port->pcie_flags_reg = flags;
}

static void test_capabilities(struct pci_dev *dev)
{
	u32 dword;
	u16 word;
	u8 pos = pci_find_capability(dev, PCI_CAP_ID_VNDR);

	/* The one added last is the first. */
	check(pos == VND2 && pci_find_next_capability(dev, pos, PCI_CAP_ID_VNDR) == VND &&
	      !pci_find_next_capability(dev, VND, PCI_CAP_ID_VNDR), "capabilities of a kind in a row");
	check(!pci_find_capability(dev, PCI_CAP_ID_AGP), "and of none");
	is(pci_find_dvsec_capability(dev, 0x1e98, 3), DVSEC, "a designated one");
	check(!pci_find_dvsec_capability(dev, 0x1e98, 4) && !pci_find_dvsec_capability(dev, 1, 3),
	      "of another number or vendor");
	check(!pci_find_next_ext_capability(dev, DVSEC, PCI_EXT_CAP_ID_DVSEC) &&
	      !pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ERR), "no other");
	is(pci_read_config_word(dev, 1, &word), PCIBIOS_BAD_REGISTER_NUMBER, "an odd register");
	is(word, 0xffff, "reads as ones");
	check(pci_read_config_dword(dev, 4096, &dword) && dword == ~0u, "one behind the end, too");
	check(pci_write_config_dword(dev, 4096, 0) && pci_write_config_word(dev, 3, 0), "nor to write");
	dev->error_state = pci_channel_io_perm_failure;
	is(pci_read_config_word(dev, 0, &word), PCIBIOS_DEVICE_NOT_FOUND, "a device that is gone");
	is(pci_write_config_word(dev, PCI_COMMAND, 0), PCIBIOS_DEVICE_NOT_FOUND, "in either direction");
	dev->error_state = pci_channel_io_normal;
		fn.config[PCI_STATUS] &= ~PCI_STATUS_CAP_LIST;
	check(!pci_find_capability(dev, PCI_CAP_ID_VNDR), "without one nothing is found");
	fn.config[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
	fn.config[PM + PCI_CAP_LIST_NEXT] = VND2;
	check(!pci_find_capability(dev, PCI_CAP_ID_AGP), "a list without an end");
	fn.config[PM + PCI_CAP_LIST_NEXT] = 0;
}

static void test_memory(struct pci_dev *dev)
{
	void __iomem *io = pci_iomap(dev, 0, 0), *part;
	u8 in[40], out[40];

	for (int i = 0; i < 40; i++)
		in[i] = 100 + i;
	memcpy_toio(io + 3, in, 38);
	check(!memcmp(memory + 3, in, 38) && !memory[2] && !memory[41], "memcpy_toio, unaligned");
	memset(out, 0, sizeof(out));
	memcpy_fromio(out, io + 5, 33);
	check(!memcmp(out, in + 2, 33) && !out[33], "memcpy_fromio");
	memset_io(io + 9, 0xa5, 13);
	check(memory[8] == 105 && memory[9] == 0xa5 && memory[21] == 0xa5 && memory[22] == 119, "memset_io");
	memcpy_toio(io, in, 0);
	memcpy_fromio(out, io, 0);
	memset_io(io, 0, 0);
	iowrite16be(0x1234, io);
	iowrite32be(0x12345678, io + 4);
	iowrite64be(0x0102030405060708ULL, io + 8);
	check(memory[0] == 0x12 && memory[4] == 0x12 && memory[8] == 1, "big-endian writes");
	check(ioread16be(io) == 0x1234 && ioread32be(io + 4) == 0x12345678 &&
	      ioread64be(io + 8) == 0x0102030405060708ULL && ioread8(io + 15) == 8, "and reads");
	part = pci_iomap_range(dev, 0, 8, 4);
	check(part == io + 8, "part of it");
	check(!pci_iomap(dev, 1, 0) && !pci_iomap_range(dev, 0, 0x1000, 0), "none of what is not there");
	check(!ioremap(0x1000, 0) && !ioremap(-1, 16) && !ioremap(1ULL << 63, 16), "nor of nowhere");
	ioport_unmap(pci_iomap(dev, 2, 4));
	pci_iounmap(dev, part);
	pci_iounmap(dev, io);
}

int main(void)
{
	struct pci_dev *dev, *edu;

	machine_init();
	edu = machine_dev(0, 3, 0);
	dev = make_function(machine_dev(0, 6, 0));
	test_express(dev, edu);
	test_atomics(dev, edu);
	test_capabilities(dev);
	is(pci_enable_device(dev), 0, "enabled");
	test_memory(dev);
	is(kapi_warn_count(), 0, "no warning on the way");
	return tap_done();
}
