/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An NVM Express controller as QEMU's `nvme` shows it to the PCI bus: a PF with
 * VFs, MSI-X, power management and FLR. Of NVMe (specification 1.4) it has the
 * controller registers and as much of the queues as makes it use DMA and raise
 * each of its vectors: Identify, and making and deleting of I/O queues. It has no
 * namespace. VFs are secondary controllers without resources: offline.
 */
#ifndef PCI_MODEL_NVME_H
#define PCI_MODEL_NVME_H

struct kapi_pci_fn;

/* BAR 0. */
#define NVME_BAR_SIZE		0x4000
#define NVME_REG_CAP		0x00
#define NVME_REG_VS		0x08
#define NVME_REG_INTMS		0x0c
#define NVME_REG_INTMC		0x10
#define NVME_REG_CC		0x14
#define NVME_REG_CSTS		0x1c
#define NVME_REG_AQA		0x24
#define NVME_REG_ASQ		0x28
#define NVME_REG_ACQ		0x30
#define NVME_REG_DOORBELLS	0x1000
#define NVME_MSIX_TABLE		0x2000
#define NVME_MSIX_PBA		0x3000

#define NVME_CC_EN		(1u << 0)
#define NVME_CC_MPS(cc)		((cc) >> 7 & 0xf)
#define NVME_CC_SHN(cc)		((cc) >> 14 & 0x3)
#define NVME_CC_IOSQES(cc)	((cc) >> 16 & 0xf)
#define NVME_CC_IOCQES(cc)	((cc) >> 20 & 0xf)

#define NVME_CSTS_RDY		(1u << 0)
#define NVME_CSTS_CFS		(1u << 1)
#define NVME_CSTS_SHST		(3u << 2)
#define NVME_CSTS_SHST_DONE	(2u << 2)

/* Vectors of the PF; a VF has one. */
#define NVME_VECTORS		3

/* A PF that can have @vfs VFs, up to 8. NULL without memory. */
struct kapi_pci_fn *nvme_create(unsigned int vfs);

#endif
