// SPDX-License-Identifier: GPL-2.0-only
/* Drivers read and write user memory by the CPU: in a user's call, and in a kernel thread. */
#include <string.h>

#define PIN_FIXTURE_THREAD
#include "pin_fixture.h"

#define READ	0
#define WRITE	1

static int64_t dma_rw(FIXTURE_DATA(pin) *self, const FIXTURE_VARIANT(pin) *variant, uint64_t iova,
		      uint64_t len, uint64_t write)
{
	return mock_command(&self->mock, variant->dma_rw, iova, len, write);
}

/* What the driver reads and writes: byte i is @seed + i. */
static void fill(void *buf, size_t len, uint8_t seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		((uint8_t *)buf)[i] = seed + i;
}

static bool filled(const void *buf, size_t len, uint8_t seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (((const uint8_t *)buf)[i] != (uint8_t)(seed + i))
			return false;
	return true;
}

static void set_data(FIXTURE_DATA(pin) *self, uint8_t seed)
{
	uint8_t buf[MOCK_DATA_SIZE];

	fill(buf, sizeof(buf), seed);
	mock_write_bytes(&self->mock, MOCK_DATA, buf, sizeof(buf));
}

static bool data_is(FIXTURE_DATA(pin) *self, size_t len, uint8_t seed)
{
	uint8_t buf[MOCK_DATA_SIZE];

	mock_read_bytes(&self->mock, MOCK_DATA, buf, sizeof(buf));
	return filled(buf, len, seed);
}

VFIO_TEST_F(pin, moves_data, "PIN-035 PIN-036")
{
	uint8_t *mem = (uint8_t *)map_pages(self, IOVA, 2, MAP_RW);

	set_data(self, 7);
	EXPECT_EQ(0, dma_rw(self, variant, IOVA + 100, 1000, WRITE));
	EXPECT_TRUE(filled(mem + 100, 1000, 7));
	EXPECT_EQ(0, mem[99]);
	EXPECT_EQ(0, mem[1100]);
	/* Across a page, a byte, to the very end. */
	EXPECT_EQ(0, dma_rw(self, variant, IOVA + self->page - 10, 20, WRITE));
	EXPECT_TRUE(filled(mem + self->page - 10, 20, 7));
	EXPECT_EQ(0, dma_rw(self, variant, IOVA + 2 * self->page - 1, 1, WRITE));
	EXPECT_EQ(7, mem[2 * self->page - 1]);

	fill(mem, 2 * self->page, 42);
	EXPECT_EQ(0, dma_rw(self, variant, IOVA, MOCK_DATA_SIZE, READ));
	EXPECT_TRUE(data_is(self, MOCK_DATA_SIZE, 42));
	EXPECT_TRUE(filled(mem, 2 * self->page, 42));
}

VFIO_TEST_F(pin, nothing_to_move, "PIN-027")
{
	map_pages(self, IOVA, 1, MAP_RW);
	EXPECT_EQ(-EINVAL, dma_rw(self, variant, IOVA, 0, READ));
	EXPECT_EQ(-EINVAL, dma_rw(self, variant, IOVA, 0, WRITE));
}

VFIO_TEST_F(pin, rw_unmapped, "PIN-030")
{
	map_pages(self, IOVA, 1, MAP_RW);
	EXPECT_EQ(-EINVAL, dma_rw(self, variant, IOVA - 1, 1, READ));
	EXPECT_EQ(-EINVAL, dma_rw(self, variant, IOVA - 1, 1, WRITE));
	EXPECT_EQ(-EINVAL, dma_rw(self, variant, IOVA + self->page, 1, READ));
	EXPECT_EQ(-EINVAL, dma_rw(self, variant, 0, 1, READ));
	EXPECT_EQ(-EINVAL, dma_rw(self, variant, ~0ull, 1, READ));
}

VFIO_TEST_F(pin, rw_access_rights, "PIN-031 PIN-032")
{
	uint8_t *mem = (uint8_t *)map_pages(self, IOVA, 1, VFIO_DMA_MAP_FLAG_READ);
	uint64_t write_only = IOVA + self->page;

	map_pages(self, write_only, 1, VFIO_DMA_MAP_FLAG_WRITE);
	set_data(self, 1);
	EXPECT_EQ(-EPERM, dma_rw(self, variant, IOVA, 8, WRITE));
	EXPECT_EQ(0, mem[0]);
	EXPECT_EQ(0, dma_rw(self, variant, IOVA, 8, READ));
	EXPECT_EQ(-EPERM, dma_rw(self, variant, write_only, 8, READ));
	EXPECT_EQ(-EPERM, dma_rw(self, variant, write_only, 8, WRITE));
}

VFIO_TEST_F(pin, across_mappings, "PIN-036")
{
	uint8_t *second = (uint8_t *)map_pages(self, IOVA + self->page, 1, MAP_RW);
	uint8_t *first = (uint8_t *)map_pages(self, IOVA, 1, MAP_RW);

	set_data(self, 9);
	EXPECT_EQ(0, dma_rw(self, variant, IOVA + self->page - 100, 200, WRITE));
	EXPECT_TRUE(filled(first + self->page - 100, 100, 9));
	EXPECT_TRUE(filled(second, 100, 9 + 100));
	fill(first + self->page - 100, 100, 50);
	fill(second, 100, 150);
	EXPECT_EQ(0, dma_rw(self, variant, IOVA + self->page - 100, 200, READ));
	EXPECT_TRUE(data_is(self, 200, 50));
}

VFIO_TEST_F(pin, off_the_end, "PIN-037")
{
	uint8_t *mem = (uint8_t *)map_pages(self, IOVA, 1, MAP_RW);

	set_data(self, 3);
	EXPECT_EQ(-EINVAL, dma_rw(self, variant, IOVA + self->page - 100, 200, WRITE));
	/* What came before stays done. */
	EXPECT_TRUE(filled(mem + self->page - 100, 100, 3));
	/* A second mapping without the right to write. */
	map_pages(self, IOVA + self->page, 1, VFIO_DMA_MAP_FLAG_READ);
	set_data(self, 77);
	EXPECT_EQ(-EPERM, dma_rw(self, variant, IOVA + self->page - 100, 200, WRITE));
	EXPECT_TRUE(filled(mem + self->page - 100, 100, 77));
}

VFIO_TEST_F(pin, rw_memory_gone, "PIN-038")
{
	char *mem = map_pages(self, IOVA, 3, MAP_RW);

	/* Not unmapped: a thread that starts might put something of its own there. */
	ASSERT_EQ(0, mprotect(mem + self->page, self->page, PROT_NONE));
	ASSERT_EQ(0, mprotect(mem + 2 * self->page, self->page, PROT_READ));
	EXPECT_EQ(0, dma_rw(self, variant, IOVA, 8, WRITE));
	EXPECT_EQ(-EFAULT, dma_rw(self, variant, IOVA + self->page, 8, READ));
	EXPECT_EQ(-EFAULT, dma_rw(self, variant, IOVA + self->page, 8, WRITE));
	EXPECT_EQ(-EFAULT, dma_rw(self, variant, IOVA + self->page - 4, 8, READ));
	EXPECT_EQ(0, dma_rw(self, variant, IOVA + 2 * self->page, 8, READ));
	EXPECT_EQ(-EFAULT, dma_rw(self, variant, IOVA + 2 * self->page, 8, WRITE));
}

CONFORMANCE_MAIN
