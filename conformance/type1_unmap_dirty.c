// SPDX-License-Identifier: GPL-2.0-only
/* UNMAP_DMA with the bitmap of dirty pages of what it takes away. */
#include "type1_fixture.h"

#define IOVA		0x10000000ull
#define START		VFIO_IOMMU_DIRTY_PAGES_FLAG_START
#define STOP		VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP
/* A kernel address on every 64-bit machine. */
#define NOT_USER	((void *)0xffff800000000000ull)

/* 70 pages, so that the bitmap takes two words. */
#define PAGES		70
#define WORDS		2
#define BYTES		(WORDS * sizeof(uint64_t))

static void map_and_start(FIXTURE_DATA(type1) *self)
{
	iommu_map(self->container, pages_alloc(PAGES * self->page), IOVA, PAGES * self->page,
		  MAP_RW);
	if (__iommu_dirty(self->container, START))
		CLIENT_FAIL("DIRTY_PAGES START fails");
}

static int unmap(FIXTURE_DATA(type1) *self, uint32_t argsz, uint64_t pgsize, void *bitmap,
		 uint64_t bytes, uint64_t *size)
{
	struct {
		struct vfio_iommu_type1_dma_unmap head;
		struct vfio_bitmap bitmap;
	} arg = {
		.head.argsz = argsz,
		.head.flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
		.head.iova = IOVA,
		.head.size = PAGES * self->page,
		.bitmap.pgsize = pgsize,
		.bitmap.size = bytes,
		.bitmap.data = bitmap,
	};
	int ret = __vfio_ioctl(self->container, VFIO_IOMMU_UNMAP_DMA, &arg);

	if (size)
		*size = arg.head.size;
	return ret;
}

#define UNMAP_ARGSZ (sizeof(struct vfio_iommu_type1_dma_unmap) + sizeof(struct vfio_bitmap))

VFIO_TEST_F(type1, unmap_arguments, "T1-062 T1-063 T1-064 T1-066")
{
	uint64_t bitmap[WORDS];
	uint32_t argsz;

	map_and_start(self);
	for (argsz = sizeof(struct vfio_iommu_type1_dma_unmap); argsz < UNMAP_ARGSZ; argsz++)
		ASSERT_EQ(-EINVAL, unmap(self, argsz, self->page, bitmap, BYTES, NULL));
	EXPECT_EQ(-EINVAL, unmap(self, UNMAP_ARGSZ, self->page, NOT_USER, BYTES, NULL));
	EXPECT_EQ(-EINVAL, unmap(self, UNMAP_ARGSZ, self->page, bitmap, 0, NULL));
	EXPECT_EQ(-EINVAL, unmap(self, UNMAP_ARGSZ, self->page, bitmap, BYTES - 1, NULL));
	EXPECT_EQ(-EINVAL, unmap(self, UNMAP_ARGSZ, self->page, bitmap, (256ull << 20) + 1, NULL));
	EXPECT_EQ(-EINVAL, unmap(self, UNMAP_ARGSZ, 2 * self->page, bitmap, BYTES, NULL));
	EXPECT_EQ(0, unmap(self, UNMAP_ARGSZ, self->page, bitmap, BYTES, NULL));
}

VFIO_TEST_F(type1, unmap_argument_ends_early, "T1-062")
{
	struct vfio_iommu_type1_dma_unmap head = {
		.argsz = UNMAP_ARGSZ,
		.flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
		.iova = IOVA,
		.size = PAGES * self->page,
	};

	map_and_start(self);
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_UNMAP_DMA,
					border_alloc(sizeof(head), &head, false)));
	EXPECT_EQ(PAGES * self->page, iommu_unmap(self->container, IOVA, PAGES * self->page, 0));
}

VFIO_TEST_F(type1, unmap_while_off, "T1-065")
{
	uint64_t bitmap[WORDS];

	map_and_start(self);
	ASSERT_EQ(0, __iommu_dirty(self->container, STOP));
	EXPECT_EQ(-EINVAL, unmap(self, UNMAP_ARGSZ, self->page, bitmap, BYTES, NULL));
	EXPECT_EQ(PAGES * self->page, iommu_unmap(self->container, IOVA, PAGES * self->page, 0));
}

VFIO_TEST_F(type1, unmap_returns_bitmap, "T1-067")
{
	uint64_t bitmap[WORDS] = { 0 }, size;

	map_and_start(self);
	EXPECT_EQ(0, unmap(self, UNMAP_ARGSZ, self->page, bitmap, BYTES, &size));
	EXPECT_EQ(PAGES * self->page, size);
	EXPECT_EQ(~0ull, bitmap[0]);
	EXPECT_EQ((1ull << (PAGES - 64)) - 1, bitmap[1]);
	EXPECT_EQ(0, iommu_unmap(self->container, IOVA, PAGES * self->page, 0));
}

VFIO_TEST_F(type1, unmap_bitmap_faults, "T1-068")
{
	uint64_t size;

	map_and_start(self);
	EXPECT_EQ(-EFAULT, unmap(self, UNMAP_ARGSZ, self->page, bad_pointer(), BYTES, &size));
	EXPECT_EQ(PAGES * self->page, size);
	/* It is still there. */
	EXPECT_EQ(PAGES * self->page, iommu_unmap(self->container, IOVA, PAGES * self->page, 0));
}

CONFORMANCE_MAIN
