// SPDX-License-Identifier: GPL-2.0-only
/* pci-pf-stub: a driver for PFs that need nothing but to have VFs. By driver_override. */
#include <linux/module.h>

#include "pci_internal.h"

/* It has nothing to do but to be there. */
static int pf_stub_probe(struct pci_dev *pf, const struct pci_device_id *id)
{
	return 0;
}

static struct pci_driver pf_stub = {
	.sriov_configure = pci_sriov_configure_simple,
	.probe = pf_stub_probe,
	.name = "pci-pf-stub",
};

int pci_pf_stub_register(void)
{
	return pci_register_driver(&pf_stub);
}
