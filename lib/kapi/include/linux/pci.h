/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCI for drivers, at the level of Linux 6.12. Prototypes and behaviour are
 * those of the kernel (drivers/pci and its documentation); the parts say where
 * a machine of one domain, without hot plug and firmware, makes a difference.
 * What models implement is in kapi/pci_hw.h.
 */
#ifndef KAPI_LINUX_PCI_H
#define KAPI_LINUX_PCI_H

#include <linux/mod_devicetable.h>
#include <linux/types.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/property.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/pci_ids.h>
#include <linux/pci_regs.h>

#include <kapi/pci_dev.h>
#include <kapi/pci_search.h>
#include <kapi/pci_driver.h>
#include <kapi/pci_iov.h>
#include <kapi/pci_config.h>
#include <kapi/pci_resource.h>
#include <kapi/pci_irq.h>
#include <kapi/pci_power.h>

#endif
