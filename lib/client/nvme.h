/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An NVM Express controller behind BAR 0 of a device descriptor, as far as a
 * VFIO program needs it to make the device do DMA and raise its vectors.
 * Registers and commands are those of the NVMe specification 1.4.
 */
#ifndef CLIENT_NVME_H
#define CLIENT_NVME_H

#include <stdbool.h>
#include <stdint.h>

#define NVME_CAP		0x00	/* 64 bit */
#define NVME_VS			0x08
#define NVME_CC			0x14
#define NVME_CC_ENABLE		0x00460001u	/* entries of 64 and 16 bytes, 4 KiB pages */
#define NVME_CSTS		0x1c
#define NVME_CSTS_RDY		0x01
#define NVME_AQA		0x24
#define NVME_ASQ		0x28	/* 64 bit */
#define NVME_ACQ		0x30

#define NVME_OK			0
#define NVME_INVALID_OPCODE	1
#define NVME_INVALID_NSID	0x0b

/* The device has the class of an NVMe controller. */
bool nvme_is(const char *bdf);

uint32_t nvme_read32(int fd, unsigned int reg);
void nvme_write32(int fd, unsigned int reg, uint32_t val);

#define NVME_QUEUES	4	/* of each direction, the admin queue included */
#define NVME_MEMORY	0x10000

/* A controller with its queues, in memory that the device sees at @iova. */
struct nvme {
	int fd;
	uint64_t iova;
	uint8_t *mem;			/* NVME_MEMORY bytes */
	struct {
		uint32_t sq_tail, cq_head;
		bool phase;
	} queue[NVME_QUEUES];
};

/*
 * Map memory at @iova of the container, turn on memory and bus mastering, and
 * enable the controller. -ENODEV if it does not become ready within a second.
 */
int __nvme_start(struct nvme *nvme, int container, int fd, uint64_t iova);
/* Disable it, and free what start took. */
void nvme_stop(struct nvme *nvme, int container);

/* Queue Identify Controller, whose answer goes to nvme_data(). */
void nvme_identify(struct nvme *nvme);
/* Queue an I/O command for namespace 0, which there cannot be. */
void nvme_bad_io(struct nvme *nvme, unsigned int queue);
/* Status of the next completion of @queue, -ETIMEDOUT if none comes within a second. */
int __nvme_wait(struct nvme *nvme, unsigned int queue);
const uint8_t *nvme_data(const struct nvme *nvme);
/* Make I/O queues @queue, that raise @vector. Status as __nvme_wait(). */
int __nvme_make_queues(struct nvme *nvme, unsigned int queue, unsigned int vector);

#endif
