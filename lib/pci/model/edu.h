/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The educational device of QEMU (docs/specs/edu): PCI 1234:11e8, one BAR of
 * 1 MiB, INTx or MSI, a factorial unit and a DMA engine with a 4 KiB buffer.
 *
 * What the specification leaves open is as in QEMU 7.2, measured there:
 * accesses of 1 and 2 bytes read 0, others that reach no register read all
 * ones, and none of them writes; 4-byte writes to the 8-byte DMA registers
 * replace the whole; a reset of the function resets its config space and
 * releases INTx but leaves the registers behind the BAR alone; what DMA cannot
 * read arrives as zeroes. Where QEMU stops the machine, on a transfer outside
 * the buffer, there is no transfer here. The factorial and DMA are done when
 * the write that starts them returns.
 */
#ifndef PCI_MODEL_EDU_H
#define PCI_MODEL_EDU_H

#include <kapi/pci_hw.h>

#define EDU_BAR_SIZE		0x100000

#define EDU_REG_ID		0x00
#define EDU_REG_LIVENESS	0x04
#define EDU_REG_FACTORIAL	0x08
#define EDU_REG_STATUS		0x20
#define EDU_REG_IRQ_STATUS	0x24
#define EDU_REG_IRQ_RAISE	0x60
#define EDU_REG_IRQ_ACK		0x64
#define EDU_REG_DMA_SRC		0x80
#define EDU_REG_DMA_DST		0x88
#define EDU_REG_DMA_COUNT	0x90
#define EDU_REG_DMA_CMD		0x98

#define EDU_ID			0x010000ed
#define EDU_STATUS_COMPUTING	0x01
#define EDU_STATUS_IRQFACT	0x80	/* raise EDU_IRQ_FACT when a factorial is done */
#define EDU_DMA_CMD_RUN		0x01
#define EDU_DMA_CMD_TO_PCI	0x02	/* from the buffer to DST; else from SRC to the buffer */
#define EDU_DMA_CMD_IRQ		0x04
#define EDU_IRQ_FACT		0x00000001
#define EDU_IRQ_DMA		0x00000100

#define EDU_BUF			0x40000
#define EDU_BUF_SIZE		0x1000
#define EDU_DMA_MASK		((1ull << 28) - 1)

/*
 * A new function, to be given to kapi_pci_add_fn(); freed by its destroy(). NULL: no memory.
 * @multifunction: its header says that there are more in the slot
 * @acs: a PCI Express endpoint with Access Control Services and 4096 bytes of
 *	config space, which QEMU's is not
 */
struct kapi_pci_fn *edu_create(bool multifunction, bool acs);

#endif
