// SPDX-License-Identifier: GPL-2.0-only
/* Access Control Services: which functions can reach each other past the IOMMU. */
#include "pci_internal.h"

void pci_acs_init(struct pci_dev *dev)
{
	dev->acs_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ACS);
	pci_enable_acs(dev);
}

void pci_enable_acs(struct pci_dev *dev)
{
	u16 cap, ctrl;

	if (!dev->acs_cap)
		return;
	pci_read_config_word(dev, dev->acs_cap + PCI_ACS_CAP, &cap);
	pci_read_config_word(dev, dev->acs_cap + PCI_ACS_CTRL, &ctrl);
	ctrl |= cap & (PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF);
	pci_write_config_word(dev, dev->acs_cap + PCI_ACS_CTRL, ctrl);
}

/* What the capability does not offer counts as wired to enabled, but for egress control. */
static bool flags_enabled(struct pci_dev *dev, u16 flags)
{
	u16 cap, ctrl;

	if (!dev->acs_cap)
		return false;
	pci_read_config_word(dev, dev->acs_cap + PCI_ACS_CAP, &cap);
	pci_read_config_word(dev, dev->acs_cap + PCI_ACS_CTRL, &ctrl);
	flags &= cap | PCI_ACS_EC;
	return (ctrl & flags) == flags;
}

bool pci_acs_enabled(struct pci_dev *dev, u16 flags)
{
	const unsigned int to_bus = BIT(PCI_EXP_TYPE_PCIE_BRIDGE) | BIT(PCI_EXP_TYPE_PCI_BRIDGE) |
				    BIT(PCI_EXP_TYPE_RC_EC);
	const unsigned int ports = BIT(PCI_EXP_TYPE_ROOT_PORT) | BIT(PCI_EXP_TYPE_DOWNSTREAM);
	unsigned int type;

	/* On a shared bus everyone hears everyone. */
	if (!pci_is_pcie(dev))
		return false;
	type = BIT(pci_pcie_type(dev));
	if (type & to_bus)
		return false;
	/* A single function has nobody beside it; a port has what is below. */
	return (!(type & ports) && !dev->multifunction) || flags_enabled(dev, flags);
}

bool pci_acs_path_enabled(struct pci_dev *dev, u16 flags)
{
	for (; dev; dev = dev->bus->self)
		if (!pci_acs_enabled(dev, flags))
			return false;
	return true;
}
