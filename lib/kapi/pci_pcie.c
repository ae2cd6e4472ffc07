// SPDX-License-Identifier: GPL-2.0-only
/* Registers of the PCI Express capability. */
#include <linux/bitops.h>
#include <linux/log2.h>

#include "pci_internal.h"

static int cap_version(const struct pci_dev *dev)
{
	return pcie_caps_reg(dev) & PCI_EXP_FLAGS_VERS;
}

static bool downstream_port(const struct pci_dev *dev)
{
	int type = pci_pcie_type(dev);

	return type == PCI_EXP_TYPE_ROOT_PORT || type == PCI_EXP_TYPE_DOWNSTREAM ||
	       type == PCI_EXP_TYPE_PCIE_BRIDGE;
}

static bool has_link(const struct pci_dev *dev)
{
	int type = pci_pcie_type(dev);

	return type != PCI_EXP_TYPE_RC_END && type != PCI_EXP_TYPE_RC_EC;
}

enum reg_of { NOBODY, ALL, LINKS, SLOTS, ROOTS, VERSION_2, LINKS_2 };

/* Who has which registers. Version 1 leaves out what the device type does not need. */
static const u8 reg_of[] = {
	[PCI_EXP_FLAGS] = ALL,
	[PCI_EXP_DEVCAP] = ALL, [PCI_EXP_DEVCTL] = ALL, [PCI_EXP_DEVSTA] = ALL,
	[PCI_EXP_LNKCAP] = LINKS, [PCI_EXP_LNKCTL] = LINKS, [PCI_EXP_LNKSTA] = LINKS,
	[PCI_EXP_SLTCAP] = SLOTS, [PCI_EXP_SLTCTL] = SLOTS, [PCI_EXP_SLTSTA] = SLOTS,
	[PCI_EXP_RTCAP] = ROOTS, [PCI_EXP_RTCTL] = ROOTS, [PCI_EXP_RTSTA] = ROOTS,
	[PCI_EXP_DEVCAP2] = VERSION_2, [PCI_EXP_DEVCTL2] = VERSION_2,
	[PCI_EXP_LNKCAP2] = LINKS_2, [PCI_EXP_LNKCTL2] = LINKS_2, [PCI_EXP_LNKSTA2] = LINKS_2,
};

static bool implemented(struct pci_dev *dev, int pos)
{
	if (!pci_is_pcie(dev) || pos < 0 || pos >= ARRAY_SIZE(reg_of))
		return false;
	switch (reg_of[pos]) {
	case ALL:
		return true;
	case LINKS:
		return has_link(dev);
	case SLOTS:
		return downstream_port(dev) && pcie_caps_reg(dev) & PCI_EXP_FLAGS_SLOT;
	case ROOTS:
		return pci_pcie_type(dev) == PCI_EXP_TYPE_ROOT_PORT ||
		       pci_pcie_type(dev) == PCI_EXP_TYPE_RC_EC;
	case VERSION_2:
		return cap_version(dev) > 1;
	case LINKS_2:
		return cap_version(dev) > 1 && has_link(dev);
	}
	return false;
}

int pcie_capability_read_word(struct pci_dev *dev, int pos, u16 *val)
{
	*val = 0;
	if (pos & 1)
		return PCIBIOS_BAD_REGISTER_NUMBER;
	if (!implemented(dev, pos))
		return 0;
	return pci_read_config_word(dev, dev->pcie_cap + pos, val);
}

int pcie_capability_read_dword(struct pci_dev *dev, int pos, u32 *val)
{
	*val = 0;
	if (pos & 3)
		return PCIBIOS_BAD_REGISTER_NUMBER;
	if (!implemented(dev, pos))
		return 0;
	return pci_read_config_dword(dev, dev->pcie_cap + pos, val);
}

int pcie_capability_write_word(struct pci_dev *dev, int pos, u16 val)
{
	if (pos & 1)
		return PCIBIOS_BAD_REGISTER_NUMBER;
	if (!implemented(dev, pos))
		return 0;
	return pci_write_config_word(dev, dev->pcie_cap + pos, val);
}

int pcie_capability_write_dword(struct pci_dev *dev, int pos, u32 val)
{
	if (pos & 3)
		return PCIBIOS_BAD_REGISTER_NUMBER;
	if (!implemented(dev, pos))
		return 0;
	return pci_write_config_dword(dev, dev->pcie_cap + pos, val);
}

int pcie_capability_clear_and_set_word(struct pci_dev *dev, int pos, u16 clear, u16 set)
{
	u16 val;
	int ret = pcie_capability_read_word(dev, pos, &val);

	return ret ? ret : pcie_capability_write_word(dev, pos, (val & ~clear) | set);
}

/* Sizes in the device control register are powers of two from 128 on. */
static int devctl_size(struct pci_dev *dev, u16 field)
{
	u16 control;

	pcie_capability_read_word(dev, PCI_EXP_DEVCTL, &control);
	return 128 << ((control & field) >> __ffs(field));
}

int pcie_get_readrq(struct pci_dev *dev)
{
	return devctl_size(dev, PCI_EXP_DEVCTL_READRQ);
}

int pcie_set_readrq(struct pci_dev *dev, int rq)
{
	int ret;

	if (rq < 128 || rq > 4096 || !is_power_of_2(rq))
		return -EINVAL;
	ret = pcie_capability_clear_and_set_word(dev, PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_READRQ,
						 (ilog2(rq) - 7) << 12);
	return pcibios_err_to_errno(ret);
}

int pcie_get_mps(struct pci_dev *dev)
{
	return devctl_size(dev, PCI_EXP_DEVCTL_PAYLOAD);
}

/* Can atomic operations pass @bridge? A root port has to complete those of @widths. */
static bool takes_atomics(struct pci_dev *bridge, u32 widths)
{
	int type = pci_pcie_type(bridge);
	u32 cap;
	u16 ctl;

	pcie_capability_read_dword(bridge, PCI_EXP_DEVCAP2, &cap);
	pcie_capability_read_word(bridge, PCI_EXP_DEVCTL2, &ctl);

	if (type == PCI_EXP_TYPE_ROOT_PORT)
		return (cap & widths) == widths;
	if (type == PCI_EXP_TYPE_UPSTREAM && (ctl & PCI_EXP_DEVCTL2_ATOMIC_EGRESS_BLOCK))
		return false;
	if (type == PCI_EXP_TYPE_UPSTREAM || type == PCI_EXP_TYPE_DOWNSTREAM)
		return cap & PCI_EXP_DEVCAP2_ATOMIC_ROUTE;
	return true;
}

int pci_enable_atomic_ops_to_root(struct pci_dev *dev, u32 cap_mask)
{
	const unsigned int requesters = BIT(PCI_EXP_TYPE_ENDPOINT) | BIT(PCI_EXP_TYPE_LEG_END) |
					BIT(PCI_EXP_TYPE_RC_END);
	struct pci_dev *bridge;

	if (!pci_is_pcie(dev) || dev->is_virtfn || !(BIT(pci_pcie_type(dev)) & requesters))
		return -EINVAL;
	for (bridge = dev->bus->self; bridge; bridge = bridge->bus->self)
		if (!takes_atomics(bridge, cap_mask))
			return -EINVAL;
	pcie_capability_set_word(dev, PCI_EXP_DEVCTL2, PCI_EXP_DEVCTL2_ATOMIC_REQ);
	return 0;
}
