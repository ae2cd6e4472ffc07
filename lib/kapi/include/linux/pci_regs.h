/* SPDX-License-Identifier: GPL-2.0-only */
/* Register layout is uapi; the system's header has it. Here: what 6.12 names and older ones lack. */
#ifndef KAPI_LINUX_PCI_REGS_H
#define KAPI_LINUX_PCI_REGS_H

#include_next <linux/pci_regs.h>

#ifndef PCI_HEADER_TYPE_MFD
#define PCI_HEADER_TYPE_MFD	0x80
#endif
#ifndef PCI_EXT_CAP_ID_NPEM
#define PCI_EXT_CAP_ID_NPEM	0x29
#endif

#endif
