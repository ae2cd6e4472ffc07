/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine the core runs on: PCI functions on buses, from a topology file.
 *
 * A topology is text, one statement a line, '#' to the end of a line is
 * comment. Functions below a port follow it.
 *
 *   iommu vtd [aw=39|48] [snoop] [intremap=off]
 *                              an IOMMU with that address width (default 39), with
 *                              snoop control or without, and without remapping of
 *                              interrupts if that is off (then no IOMMU does). The
 *                              functions that follow are behind it, up to the next
 *                              one. Without an IOMMU there are no groups and DMA
 *                              addresses are physical.
 *   param MODULE.NAME=VALUE    set a module parameter, as the kernel's command line would
 *   port SLOT [hotplug]        PCIe root port 0000:00:SLOT.0, SLOT hexadecimal;
 *                              opens the bus for the functions that follow. With
 *                              hotplug it has a slot, and resets go by that
 *   root                       back to bus 00
 *   edu SLOT.FUNC [acs] [noiommu] [driver=NAME]
 *                              an edu function on the bus opened last; bound to
 *                              driver NAME by driver_override at the start. acs
 *                              makes it PCI Express with Access Control Services,
 *                              so that it shares no group with others of its slot;
 *                              noiommu leaves it out of the IOMMU, and of all groups
 *
 *   nvme SLOT.FUNC [vfs=N] [driver=NAME]
 *                              an NVMe controller that can have N VFs, 0 to 8
 *
 * Functions are enumerated in the order of the file, so ports get the buses
 * 01, 02, ... in turn.
 */
#ifndef PCI_MODEL_H
#define PCI_MODEL_H

#include <linux/types.h>

/*
 * Build the machine, register its drivers, bind what the topology says. The
 * drivers named must be registered already. @topology_file NULL: the default,
 * compiled in. Once per process; further calls return what the first did.
 *
 * Returns 0; -ENOENT and other errors of reading the file; -EINVAL for what is
 * not a topology; -ENODEV if a function named a driver that did not take it.
 */
int vfio_model_init(const char *topology_file);

/*
 * Before vfio_model_init(): functions that a topology binds to driver @from get
 * driver @to. Both strings stay.
 */
void vfio_model_replace_driver(const char *from, const char *to);

/* Why it failed, in one line: "FILE:LINE: expected SLOT.FUNC". "" if it did not. */
const char *vfio_model_error(void);

/* "0000:00:03.0 0000:01:00.0 ...": all but the ports; "" before vfio_model_init(). */
const char *vfio_model_bdfs(void);

#endif
