// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots of the hot-plug controllers in PCIe ports. Below a port there is one, of
 * device number 0, and nothing here is ever unplugged: a slot is what is reset at
 * once, under the controller's eyes, and a directory below /sys/bus/pci/slots.
 */
#include <kapi/vfs.h>
#include <stdio.h>

#include "pci_internal.h"

struct hotplug_slot {
	struct pci_slot slot;
	struct list_head list;
};

static LIST_HEAD(slots);	/* under pci_bus_sem */

static ssize_t address_show(void *priv, char *buf)
{
	struct pci_slot *slot = priv;

	return sysfs_emit(buf, "%04x:%02x:%02x\n", pci_domain_nr(slot->bus), slot->bus->number,
			  slot->number);
}

static const struct kapi_attr_ops address_ops = { .show = address_show };

void pci_assign_slot(struct pci_dev *dev)
{
	struct hotplug_slot *hp;

	down_read(&pci_bus_sem);
	list_for_each_entry(hp, &slots, list)
		if (hp->slot.bus == dev->bus && hp->slot.number == PCI_SLOT(dev->devfn))
			dev->slot = &hp->slot;
	up_read(&pci_bus_sem);
}

int pcie_hotplug_init(struct pci_dev *port)
{
	struct hotplug_slot *hp;
	char path[64];
	u32 cap = 0;

	if (port->pcie_flags_reg & PCI_EXP_FLAGS_SLOT)
		pcie_capability_read_dword(port, PCI_EXP_SLTCAP, &cap);
	if (!(cap & PCI_EXP_SLTCAP_HPC) || !port->subordinate)
		return 0;
	hp = kzalloc(sizeof(*hp), GFP_KERNEL);
	if (!hp)
		return -ENOMEM;
	hp->slot.bus = port->subordinate;
	snprintf(path, sizeof(path), "/sys/bus/pci/slots/%u/address", cap >> 19);
	if (!kapi_mkattr(NULL, path, 0444, 4096, &address_ops, &hp->slot)) {
		kfree(hp);
		return -EEXIST;
	}
	down_write(&pci_bus_sem);
	list_add_tail(&hp->list, &slots);
	up_write(&pci_bus_sem);
	return 0;
}

static bool slot_resettable(struct pci_slot *slot)
{
	struct pci_dev *dev;

	if (slot->bus->self->dev_flags & PCI_DEV_FLAGS_NO_BUS_RESET)
		return false;
	list_for_each_entry(dev, &slot->bus->devices, bus_list)
		if (dev->slot == slot && (dev->dev_flags & PCI_DEV_FLAGS_NO_BUS_RESET ||
		    (dev->subordinate && pci_probe_reset_bus(dev->subordinate))))
			return false;
	return true;
}

int pci_probe_reset_slot(struct pci_slot *slot)
{
	return slot && slot_resettable(slot) ? 0 : -ENOTTY;
}

/* What the controller does: the link goes down and comes back, and it looks away. */
int pci_hotplug_reset(struct pci_slot *slot)
{
	return pci_bridge_secondary_bus_reset(slot->bus->self);
}

int pci_dev_reset_slot_function(struct pci_dev *dev, bool probe)
{
	if (dev->multifunction || dev->subordinate || !dev->slot ||
	    dev->dev_flags & PCI_DEV_FLAGS_NO_BUS_RESET)
		return -ENOTTY;
	return probe ? 0 : pci_hotplug_reset(dev->slot);
}
