/* SPDX-License-Identifier: GPL-2.0-only */
/* Identifiers by which drivers name the devices they take. */
#ifndef KAPI_LINUX_MOD_DEVICETABLE_H
#define KAPI_LINUX_MOD_DEVICETABLE_H

#include <linux/types.h>

typedef unsigned long kernel_ulong_t;

#define PCI_ANY_ID (~0)

enum {
	/* The entry counts only for a device whose driver_override names the driver (5.16). */
	PCI_ID_F_VFIO_DRIVER_OVERRIDE = 1,
};

struct pci_device_id {
	__u32 vendor, device;
	__u32 subvendor, subdevice;
	__u32 class, class_mask;
	kernel_ulong_t driver_data;
	__u32 override_only;
};

#endif
