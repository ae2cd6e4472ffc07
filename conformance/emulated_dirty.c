// SPDX-License-Identifier: GPL-2.0-only
/* Dirty pages where drivers say what they touch. */
#include <string.h>

#include "emulated_fixture.h"

#define PAGES 64		/* one word of bitmap */

static void start(FIXTURE_DATA(emulated) *self)
{
	if (__iommu_dirty(self->dev.container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START))
		CLIENT_FAIL("DIRTY_PAGES START fails");
}

static void stop(FIXTURE_DATA(emulated) *self)
{
	if (__iommu_dirty(self->dev.container, VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP))
		CLIENT_FAIL("DIRTY_PAGES STOP fails");
}

/* Bit i is page i of the mapping. */
static uint64_t dirty(FIXTURE_DATA(emulated) *self)
{
	uint64_t bitmap = 0;
	int ret;

	ret = __iommu_dirty_bitmap(self->dev.container, IOVA, PAGES * self->page, self->page,
				   &bitmap, sizeof(bitmap));
	if (ret)
		CLIENT_FAIL("DIRTY_PAGES GET_BITMAP: %s", client_errno(ret));
	return bitmap;
}

static int64_t dma_write(FIXTURE_DATA(emulated) *self, uint64_t iova, uint64_t len)
{
	return mock_command(&self->mock, MOCK_CMD_DMA_RW, iova, len, 1);
}

VFIO_TEST_F(emulated, clean_without_pins, "T1-115")
{
	map_pages(self, IOVA, PAGES);
	start(self);
	EXPECT_EQ(0, dirty(self));
	/* What the CPU of the user writes is not the device's. */
	memset(map_pages(self, IOVA + PAGES * self->page, 1), 1, self->page);
	EXPECT_EQ(0, mock_command(&self->mock, MOCK_CMD_DMA_RW, IOVA, 8, 0));
	EXPECT_EQ(0, dirty(self));
}

VFIO_TEST_F(emulated, pinned_stays_dirty, "T1-115 T1-116")
{
	map_pages(self, IOVA, PAGES);
	EXPECT_EQ(1, pin(self, IOVA, 1));
	start(self);
	EXPECT_EQ(1, dirty(self));
	/* Pinned while it is tracked. */
	EXPECT_EQ(2, pin(self, IOVA + 62 * self->page, 2));
	EXPECT_EQ(1 | 3ull << 62, dirty(self));
	EXPECT_EQ(1 | 3ull << 62, dirty(self));
	/* Since the last look it may have been written to. */
	unpin(self, IOVA + 62 * self->page, 1);
	EXPECT_EQ(1 | 3ull << 62, dirty(self));
	EXPECT_EQ(1 | 1ull << 63, dirty(self));
	/* Pinned and unpinned in between: dirty once. */
	EXPECT_EQ(1, pin(self, IOVA + 7 * self->page, 1));
	unpin(self, IOVA + 7 * self->page, 1);
	EXPECT_EQ(1 | 1ull << 7 | 1ull << 63, dirty(self));
	EXPECT_EQ(1 | 1ull << 63, dirty(self));
}

VFIO_TEST_F(emulated, start_again, "T1-120")
{
	map_pages(self, IOVA, PAGES);
	start(self);
	EXPECT_EQ(1, pin(self, IOVA + 5 * self->page, 1));
	EXPECT_EQ(0, dma_write(self, IOVA + 9 * self->page, 1));
	stop(self);
	start(self);
	EXPECT_EQ(1ull << 5, dirty(self));
	/* A second START changes nothing. */
	EXPECT_EQ(0, dma_write(self, IOVA + 9 * self->page, 1));
	start(self);
	EXPECT_EQ(1ull << 5 | 1ull << 9, dirty(self));
}

VFIO_TEST_F(emulated, written_is_dirty_once, "T1-117")
{
	map_pages(self, IOVA, PAGES);
	start(self);
	EXPECT_EQ(0, dma_write(self, IOVA + 3 * self->page + 17, 100));
	EXPECT_EQ(1ull << 3, dirty(self));
	EXPECT_EQ(0, dirty(self));
	/* Reading is not writing, and a failure leaves no mark. */
	EXPECT_EQ(0, mock_command(&self->mock, MOCK_CMD_DMA_RW, IOVA, 8, 0));
	EXPECT_EQ(-EINVAL, dma_write(self, IOVA + PAGES * self->page, 8));
	EXPECT_EQ(0, dirty(self));
}

VFIO_TEST_F(emulated, write_across_pages, "T1-118")
{
	uint64_t p = self->page;

	map_pages(self, IOVA, PAGES);
	start(self);
	EXPECT_EQ(0, dma_write(self, IOVA + 11 * p - 1, 2));
	EXPECT_EQ(3ull << 10, dirty(self));
	EXPECT_EQ(0, dma_write(self, IOVA + 20 * p, MOCK_DATA_SIZE));
	EXPECT_EQ(((1ull << MOCK_DATA_SIZE / p) - 1) << 20, dirty(self));
	/* To the last byte before a page, and from its first. */
	EXPECT_EQ(0, dma_write(self, IOVA + 31 * p - 8, 8));
	EXPECT_EQ(1ull << 30, dirty(self));
	EXPECT_EQ(0, dma_write(self, IOVA + 31 * p, 8));
	EXPECT_EQ(1ull << 31, dirty(self));
}

VFIO_TEST_F(emulated, unmap_reports, "T1-067 T1-115")
{
	uint64_t p = self->page, bitmap = 0;
	struct {
		struct vfio_iommu_type1_dma_unmap unmap;
		struct vfio_bitmap bitmap;
	} arg = {
		.unmap = {
			.argsz = sizeof(arg), .flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
			.iova = IOVA, .size = PAGES * p,
		},
		.bitmap = { .pgsize = p, .size = sizeof(bitmap), .data = (void *)&bitmap },
	};

	map_pages(self, IOVA, PAGES);
	start(self);
	/* Its driver unpins when it hears of the unmapping; the page may be dirty for all that. */
	EXPECT_EQ(1, pin(self, IOVA + 2 * p, 1));
	EXPECT_EQ(0, dma_write(self, IOVA + 4 * p, 1));
	EXPECT_EQ(0, __vfio_ioctl(self->dev.container, VFIO_IOMMU_UNMAP_DMA, &arg));
	EXPECT_EQ(PAGES * p, arg.unmap.size);
	EXPECT_EQ(1 << 2 | 1 << 4, bitmap);
	EXPECT_EQ(0, mock_read(&self->mock, MOCK_REG_PINS));
}

VFIO_TEST_F(emulated, real_group_dirties_all, "T1-114 T1-131")
{
	NEED_REAL();
	map_pages(self, IOVA, PAGES);
	EXPECT_EQ(1, pin(self, IOVA, 1));
	start(self);
	EXPECT_EQ(1, dirty(self));
	join(self);
	EXPECT_EQ(~0ull, dirty(self));
	EXPECT_EQ(~0ull, dirty(self));
	/* What it did until it left is not known: all may be dirty, once. */
	leave(self);
	EXPECT_EQ(~0ull, dirty(self));
	EXPECT_EQ(1, dirty(self));
}

VFIO_TEST_F(emulated, emulated_group_leaves, "T1-131")
{
	struct vfio_dev other;
	struct mock mock;

	if (!mdev_uuid(1))
		SKIP(return, "no second mediated device is named");
	mdev_open_in(&other, mdev_uuid(1), &self->dev);
	mock_find(other.fd, &mock);
	map_pages(self, IOVA, PAGES);
	start(self);
	EXPECT_EQ(1, mock_command(&mock, MOCK_CMD_PIN, IOVA + 8 * self->page, 1, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA, 1));
	EXPECT_EQ(1 | 1 << 8, dirty(self));
	device_close(&other);
	EXPECT_EQ(1 | 1 << 8, dirty(self));
	EXPECT_EQ(1, dirty(self));
}

/* A group behind a real IOMMU whose driver pins tells by that what it touches. */
VFIO_TEST_F(emulated, real_group_that_pins, "PIN-025")
{
	struct vfio_dev real;
	struct mock mock;

	NEED_REAL();
	close(self->real);
	self->real = -1;
	device_open_in(&real, role_bdf(ROLE_MAIN), &self->dev);
	if (__mock_find(real.fd, &mock))
		SKIP(goto out, "the main device's driver is not the mock driver");
	map_pages(self, IOVA, PAGES);
	start(self);
	EXPECT_EQ(~0ull, dirty(self));
	/* A failure does not count. */
	EXPECT_EQ(-EINVAL, mock_command(&mock, MOCK_CMD_PIN, IOVA - self->page, 1, PIN_READ));
	EXPECT_EQ(~0ull, dirty(self));
	EXPECT_EQ(1, mock_command(&mock, MOCK_CMD_PIN, IOVA + 6 * self->page, 1, PIN_READ));
	EXPECT_EQ(1ull << 6, dirty(self) & 1ull << 6);
	EXPECT_EQ(1ull << 6, dirty(self));
	/* For good: also when nothing is pinned any more, */
	mock_command(&mock, MOCK_CMD_UNPIN, IOVA + 6 * self->page, 1, 0);
	dirty(self);
	EXPECT_EQ(0, dirty(self));
	/* and when the device was closed. */
	close(real.fd);
	real.fd = group_get_device_fd(real.group, role_bdf(ROLE_MAIN));
	EXPECT_EQ(0, dirty(self));
out:
	device_close(&real);
}

CONFORMANCE_MAIN
