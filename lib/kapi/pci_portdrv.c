// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver of PCIe ports. It only keeps them enabled; of the
 * services that the kernel's has, there is hot plug, for ports with a slot: see
 * pci_slot.c. It does no DMA, so groups with a port in them can still be given to user space.
 */
#include <linux/module.h>

#include "pci_internal.h"

static int pcie_portdrv_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	int type = pci_pcie_type(dev), ret;

	if (!pci_is_pcie(dev) || (type != PCI_EXP_TYPE_ROOT_PORT &&
				  type != PCI_EXP_TYPE_UPSTREAM &&
				  type != PCI_EXP_TYPE_DOWNSTREAM))
		return -ENODEV;
	ret = pci_enable_device(dev);
	if (ret)
		return ret;
	pci_set_master(dev);
	pci_save_state(dev);
	/* As in Linux a port works without its services. */
	ret = pcie_hotplug_init(dev);
	if (ret)
		pci_warn(dev, "no hot plug, error %d\n", ret);
	return 0;
}

static void pcie_portdrv_remove(struct pci_dev *dev)
{
	pci_disable_device(dev);
}

static const struct pci_device_id port_ids[] = {
	{ PCI_DEVICE_CLASS(PCI_CLASS_BRIDGE_PCI_NORMAL, ~0) },
	{ }
};

static struct pci_driver pcie_portdriver = {
	.name = "pcieport",
	.id_table = port_ids,
	.probe = pcie_portdrv_probe,
	.remove = pcie_portdrv_remove,
	.driver_managed_dma = true,
};

int pcie_portdrv_register(void)
{
	return pci_register_driver(&pcie_portdriver);
}
