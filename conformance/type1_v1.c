// SPDX-License-Identifier: GPL-2.0-only
/* What a v1 IOMMU does otherwise than v2. */
#define TYPE1_FIXTURE_TYPE VFIO_TYPE1_IOMMU
#include "type1_fixture.h"

#define IOVA	0x10000000ull

VFIO_TEST_F(type1, middle_is_not_unmapped, "T1-080")
{
	void *mem = pages_alloc(4 * self->page);

	iommu_map(self->container, mem, IOVA, 4 * self->page, MAP_RW);
	EXPECT_EQ(0, iommu_unmap(self->container, IOVA + self->page, self->page, 0));
	EXPECT_EQ(0, iommu_unmap(self->container, IOVA + self->page, 3 * self->page, 0));
	EXPECT_EQ(4 * self->page, iommu_unmap(self->container, IOVA, 4 * self->page, 0));
}

VFIO_TEST_F(type1, first_page_takes_all, "T1-081")
{
	void *mem = pages_alloc(4 * self->page);
	uint32_t avail = iommu_dma_avail(self->container);

	iommu_map(self->container, mem, IOVA, 4 * self->page, MAP_RW);
	EXPECT_EQ(4 * self->page, iommu_unmap(self->container, IOVA, self->page, 0));
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
	/* Also when the range begins before the mapping. */
	iommu_map(self->container, mem, IOVA, 4 * self->page, MAP_RW);
	EXPECT_EQ(4 * self->page, iommu_unmap(self->container, IOVA - self->page, 2 * self->page,
					      0));
}

VFIO_TEST_F(type1, walk_stops_at_cut_mapping, "T1-082")
{
	void *mem = pages_alloc(2 * self->page);

	iommu_map(self->container, mem, IOVA, 2 * self->page, MAP_RW);
	iommu_map(self->container, mem, IOVA + 2 * self->page, self->page, MAP_RW);
	EXPECT_EQ(0, iommu_unmap(self->container, IOVA + self->page, 2 * self->page, 0));
	EXPECT_EQ(3 * self->page, iommu_unmap(self->container, IOVA, 3 * self->page, 0));
}

VFIO_TEST_F(type1, no_dirty_tracking, "T1-093")
{
	EXPECT_EQ(-EACCES, __iommu_dirty(self->container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START));
	EXPECT_EQ(-EACCES, __iommu_dirty(self->container, 0));
	EXPECT_EQ(-EACCES, __vfio_ioctl(self->container, VFIO_IOMMU_DIRTY_PAGES, bad_pointer()));
}

VFIO_TEST_F(type1, same_rules_for_arguments, "T1-025 T1-071")
{
	void *mem = pages_alloc(self->page);

	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, 0, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, 0, 0, NULL));
	iommu_map(self->container, mem, IOVA, self->page, MAP_RW);
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA, self->page, MAP_RW));
	EXPECT_EQ(self->page, iommu_unmap(self->container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL));
}

CONFORMANCE_MAIN
