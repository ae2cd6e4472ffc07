// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA that really happens: the device copies between its own buffer and an I/O
 * virtual address, and what the IOMMU let through is seen in memory.
 */
#include <linux/pci_regs.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define IOVA	0x200000u
#define LEN	256u

FIXTURE(dma)
{
	struct vfio_dev dev;
	uint8_t *mem;
	uint8_t pattern[LEN];
};

FIXTURE_SETUP(dma)
{
	unsigned int i;

	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (!edu_is(role_bdf(ROLE_MAIN)))
		SKIP(return, "only an edu device can be told to do DMA");
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	edu_enable_dma(self->dev.fd);
	self->mem = pages_alloc(2 * page_size());
	for (i = 0; i < LEN; i++)
		self->pattern[i] = i * 7 + 1;
}

FIXTURE_TEARDOWN(dma)
{
	device_close(&self->dev);
}

/* Bring the pattern into the device through a mapping of our own, away from IOVA. */
static void load_device(int container, int fd, const uint8_t *pattern)
{
	uint8_t *mem = pages_alloc(page_size());

	memcpy(mem, pattern, LEN);
	iommu_map(container, mem, 0x800000, page_size(), VFIO_DMA_MAP_FLAG_READ);
	edu_dma(fd, 0x800000, 0, LEN, 0);
	iommu_unmap(container, 0x800000, page_size(), 0);
	munmap(mem, page_size());
}

static bool all_zero(const uint8_t *mem)
{
	unsigned int i;

	for (i = 0; i < LEN && !mem[i]; i++)
		;
	return i == LEN;
}

VFIO_TEST_F(dma, both_directions, "DMA-001")
{
	iommu_map(self->dev.container, self->mem, IOVA, 2 * page_size(), MAP_RW);
	memcpy(self->mem, self->pattern, LEN);
	edu_dma(self->dev.fd, IOVA, 0, LEN, 0);
	/* Back to another place, over a page border; nothing beside it is touched. */
	edu_dma(self->dev.fd, IOVA + page_size() - 100, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_EQ(0, memcmp(self->mem + page_size() - 100, self->pattern, LEN));
	EXPECT_EQ(0, self->mem[page_size() - 101]);
	EXPECT_EQ(0, self->mem[page_size() - 100 + LEN]);
	EXPECT_EQ(0, memcmp(self->mem, self->pattern, LEN));
}

VFIO_TEST_F(dma, read_only_mapping, "DMA-002 T1-024")
{
	load_device(self->dev.container, self->dev.fd, self->pattern);
	iommu_map(self->dev.container, self->mem, IOVA, page_size(), VFIO_DMA_MAP_FLAG_READ);
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_TRUE(all_zero(self->mem));
}

/* Whether reads are refused then is up to the IOMMU: QEMU's lets them through. */
VFIO_TEST_F(dma, write_only_mapping, "DMA-003 T1-024")
{
	load_device(self->dev.container, self->dev.fd, self->pattern);
	iommu_map(self->dev.container, self->mem, IOVA, page_size(), VFIO_DMA_MAP_FLAG_WRITE);
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_EQ(0, memcmp(self->mem, self->pattern, LEN));
}

VFIO_TEST_F(dma, nothing_mapped, "DMA-004")
{
	load_device(self->dev.container, self->dev.fd, self->pattern);
	iommu_map(self->dev.container, self->mem, IOVA, page_size(), MAP_RW);
	/* Right behind the mapping, and right before it. */
	edu_dma(self->dev.fd, IOVA + page_size(), 0, LEN, EDU_DMA_TO_RAM);
	edu_dma(self->dev.fd, IOVA - LEN, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_TRUE(all_zero(self->mem));
	EXPECT_TRUE(all_zero(self->mem + page_size()));
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_EQ(0, memcmp(self->mem, self->pattern, LEN));
}

VFIO_TEST_F(dma, after_unmap, "DMA-005")
{
	load_device(self->dev.container, self->dev.fd, self->pattern);
	iommu_map(self->dev.container, self->mem, IOVA, 2 * page_size(), MAP_RW);
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	ASSERT_EQ(0, memcmp(self->mem, self->pattern, LEN));
	memset(self->mem, 0, LEN);
	ASSERT_EQ(2 * page_size(), iommu_unmap(self->dev.container, IOVA, 2 * page_size(), 0));
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_TRUE(all_zero(self->mem));
	/* Mapped again, elsewhere: the new place is used. */
	iommu_map(self->dev.container, self->mem + page_size(), IOVA, page_size(), MAP_RW);
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_TRUE(all_zero(self->mem));
	EXPECT_EQ(0, memcmp(self->mem + page_size(), self->pattern, LEN));
}

VFIO_TEST_F(dma, needs_bus_master, "DMA-006 RW-038")
{
	load_device(self->dev.container, self->dev.fd, self->pattern);
	iommu_map(self->dev.container, self->mem, IOVA, page_size(), MAP_RW);
	config_command(self->dev.fd, 0, PCI_COMMAND_MASTER);
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_TRUE(all_zero(self->mem));
	config_command(self->dev.fd, PCI_COMMAND_MASTER, 0);
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_EQ(0, memcmp(self->mem, self->pattern, LEN));
}

VFIO_TEST_F(dma, master_off_at_open, "DMA-007")
{
	close(self->dev.fd);
	self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_FALSE(config_read16(self->dev.fd, PCI_COMMAND) & PCI_COMMAND_MASTER);
}

VFIO_TEST_F(dma, container_descriptor_closed, "CONT-033 SET-018")
{
	load_device(self->dev.container, self->dev.fd, self->pattern);
	iommu_map(self->dev.container, self->mem, IOVA, page_size(), MAP_RW);
	close(self->dev.container);
	close(self->dev.group);
	self->dev.container = self->dev.group = -1;
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_EQ(0, memcmp(self->mem, self->pattern, LEN));
}

VFIO_TEST_F(dma, second_group_sees_mappings, "GRP-031")
{
	const char *bdf = role_bdf(ROLE_PEER) ?: role_bdf(ROLE_PLAIN);
	struct vfio_dev other;

	if (!bdf || !edu_is(bdf))
		SKIP(return, "%s", role_missing(ROLE_PEER));
	memcpy(self->mem, self->pattern, LEN);
	/* One mapping from before it joins, one from after. */
	iommu_map(self->dev.container, self->mem, IOVA, page_size(), MAP_RW);
	device_open_in(&other, bdf, &self->dev);
	edu_enable_dma(other.fd);
	iommu_map(self->dev.container, self->mem + page_size(), IOVA + page_size(), page_size(),
		  MAP_RW);
	edu_dma(other.fd, IOVA, 0, LEN, 0);
	edu_dma(other.fd, IOVA + page_size(), 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_EQ(0, memcmp(self->mem + page_size(), self->pattern, LEN));
	/* And the first device still has them when the other one is gone. */
	device_close(&other);
	edu_dma(self->dev.fd, IOVA, 0, LEN, 0);
	memset(self->mem, 0, LEN);
	edu_dma(self->dev.fd, IOVA, 0, LEN, EDU_DMA_TO_RAM);
	EXPECT_EQ(0, memcmp(self->mem, self->pattern, LEN));
}

CONFORMANCE_MAIN
