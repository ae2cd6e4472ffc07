// SPDX-License-Identifier: GPL-2.0-only
/* pci-pf-stub: a driver for PFs that need nothing but to have VFs. By driver_override. */
#include <linux/module.h>

#include "pci_internal.h"

static int pci_pf_stub_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	pci_info(dev, "claimed by pci-pf-stub\n");
	return 0;
}

static struct pci_driver pf_stub_driver = {
	.name = "pci-pf-stub",
	.probe = pci_pf_stub_probe,
	.sriov_configure = pci_sriov_configure_simple,
};

int pci_pf_stub_register(void)
{
	return pci_register_driver(&pf_stub_driver);
}
