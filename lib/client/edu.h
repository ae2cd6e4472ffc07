/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's educational device, behind BAR 0 of a device descriptor. Registers
 * are those of its specification (QEMU, docs/specs/edu).
 */
#ifndef CLIENT_EDU_H
#define CLIENT_EDU_H

#include <stdbool.h>
#include <stdint.h>

#define EDU_VENDOR		0x1234
#define EDU_DEVICE		0x11e8

#define EDU_ID			0x00	/* 0x010000ed */
#define EDU_ID_VALUE		0x010000edu
#define EDU_LIVENESS		0x04	/* reads as the inverse of what was written */
#define EDU_FACTORIAL		0x08	/* write n, read n! once STATUS is idle */
#define EDU_STATUS		0x20
#define EDU_STATUS_COMPUTING	0x01
#define EDU_STATUS_IRQ		0x80	/* raise an interrupt behind a factorial */
#define EDU_IRQ_STATUS		0x24
#define EDU_IRQ_RAISE		0x60
#define EDU_IRQ_ACK		0x64
#define EDU_DMA_SRC		0x80	/* 64 bit */
#define EDU_DMA_DST		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_CMD		0x98
#define EDU_DMA_RUN		0x01
#define EDU_DMA_TO_RAM		0x02
#define EDU_DMA_IRQ		0x04	/* IRQ_STATUS gets 0x100 when done */
#define EDU_DMA_IRQ_STATUS	0x100

/* The device's own memory, seen by its DMA engine only. */
#define EDU_BUFFER		0x40000
#define EDU_BUFFER_SIZE		0x1000
#define EDU_IOVA_MAX		0x0fffffffu	/* highest address it can reach */
#define EDU_BAR_SIZE		0x100000

bool edu_is(const char *bdf);

uint32_t edu_read32(int fd, uint32_t reg);
void edu_write32(int fd, uint32_t reg, uint32_t value);

/* Let the device compute n!, and wait for it. */
uint32_t edu_factorial(int fd, uint32_t n);

/* Bus mastering on, which DMA and MSI need. */
void edu_enable_dma(int fd);
/*
 * edu_dma_start - copy between the device's buffer and an I/O virtual address
 * @offset: in the buffer
 * @flags:  EDU_DMA_TO_RAM or 0 for from RAM; EDU_DMA_IRQ
 * edu_dma_wait() waits until the device is done, which says nothing about
 * whether the IOMMU let it through. edu_dma() does both.
 */
void edu_dma_start(int fd, uint32_t iova, uint32_t offset, uint32_t len, uint32_t flags);
void edu_dma_wait(int fd);
void edu_dma(int fd, uint32_t iova, uint32_t offset, uint32_t len, uint32_t flags);

#endif
