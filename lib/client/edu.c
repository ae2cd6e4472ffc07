// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <linux/pci_regs.h>
#include <unistd.h>

#include "client/vfio_client.h"

#define BAR VFIO_PCI_BAR0_REGION_INDEX
/* The device takes 100 ms for a copy; an emulated machine may be far slower than a clock. */
#define WAIT_STEPS	2000
#define WAIT_STEP_US	5000

bool edu_is(const char *bdf)
{
	return sysfs_number(bdf, "vendor") == EDU_VENDOR &&
	       sysfs_number(bdf, "device") == EDU_DEVICE;
}

uint32_t edu_read32(int fd, uint32_t reg)
{
	uint32_t v;

	region_read(fd, BAR, reg, &v, sizeof(v));
	return le32toh(v);
}

void edu_write32(int fd, uint32_t reg, uint32_t value)
{
	value = htole32(value);
	region_write(fd, BAR, reg, &value, sizeof(value));
}

static uint32_t wait_clear(int fd, uint32_t reg, uint32_t bits)
{
	uint32_t v = bits;
	int i;

	for (i = 0; i < WAIT_STEPS; i++) {
		v = edu_read32(fd, reg);
		if (!(v & bits))
			break;
		usleep(WAIT_STEP_US);
	}
	return v & bits;
}

uint32_t edu_factorial(int fd, uint32_t n)
{
	edu_write32(fd, EDU_FACTORIAL, n);
	if (wait_clear(fd, EDU_STATUS, EDU_STATUS_COMPUTING))
		CLIENT_FAIL("the device is still computing %u!", n);
	return edu_read32(fd, EDU_FACTORIAL);
}

void edu_enable_dma(int fd)
{
	config_command(fd, PCI_COMMAND_MASTER, 0);
}

void edu_dma_start(int fd, uint32_t iova, uint32_t offset, uint32_t len, uint32_t flags)
{
	/* 32-bit writes: vfio-pci splits 64-bit ones up to 6.10, and the device wants no halves. */
	uint32_t buffer = EDU_BUFFER + offset;
	bool to_ram = flags & EDU_DMA_TO_RAM;

	edu_write32(fd, EDU_DMA_SRC, to_ram ? buffer : iova);
	edu_write32(fd, EDU_DMA_DST, to_ram ? iova : buffer);
	edu_write32(fd, EDU_DMA_COUNT, len);
	edu_write32(fd, EDU_DMA_CMD, EDU_DMA_RUN | flags);
}

void edu_dma_wait(int fd)
{
	if (wait_clear(fd, EDU_DMA_CMD, EDU_DMA_RUN))
		CLIENT_FAIL("the device does not end its DMA");
}

void edu_dma(int fd, uint32_t iova, uint32_t offset, uint32_t len, uint32_t flags)
{
	edu_dma_start(fd, iova, offset, len, flags);
	edu_dma_wait(fd);
}
