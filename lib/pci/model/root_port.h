/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PCI Express root port: bridge header, PCIe capability of a root port at
 * 2.5 GT/s x1 and ACS. No slot, hot plug, AER or interrupt of its own. The bus
 * below is reset on the rising edge of BRIDGE_CONTROL.BUS_RESET.
 */
#ifndef PCI_MODEL_ROOT_PORT_H
#define PCI_MODEL_ROOT_PORT_H

#include <kapi/pci_hw.h>

/* @hotplug: with a slot, whose number is @port_number. NULL: no memory. */
struct kapi_pci_fn *root_port_create(u8 port_number, bool hotplug);
/* Tell the port what is on its bus, so that a bus reset reaches it. 0 or -ENOSPC. */
int root_port_add_child(struct kapi_pci_fn *port, struct kapi_pci_fn *child);

#endif
