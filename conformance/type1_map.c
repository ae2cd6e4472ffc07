// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_IOMMU_MAP_DMA: what it takes, and what it refuses. */
#include <stdlib.h>
#include <sys/mman.h>

#include "type1_fixture.h"

#define IOVA	0x10000000ull
#define READ	VFIO_DMA_MAP_FLAG_READ
#define WRITE	VFIO_DMA_MAP_FLAG_WRITE
#define VADDR	VFIO_DMA_MAP_FLAG_VADDR

VFIO_TEST_F(type1, bad_pointer, "T1-019")
{
	struct vfio_iommu_type1_dma_map map = { .argsz = sizeof(map) };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_MAP_DMA, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_MAP_DMA,
					border_alloc(sizeof(map) - 1, &map, false)));
}

VFIO_TEST_F(type1, short_argsz, "T1-020")
{
	struct vfio_iommu_type1_dma_map map = {
		.flags = MAP_RW,
		.vaddr = (uintptr_t)pages_alloc(self->page),
		.iova = IOVA,
		.size = self->page,
	};

	for (map.argsz = 0; map.argsz < sizeof(map); map.argsz++)
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->container, VFIO_IOMMU_MAP_DMA, &map));
	EXPECT_EQ(0, __vfio_ioctl(self->container, VFIO_IOMMU_MAP_DMA, &map));
}

VFIO_TEST_F(type1, unknown_flags, "T1-021")
{
	void *mem = pages_alloc(self->page);
	unsigned int bit;

	for (bit = 3; bit < 32; bit++)
		EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, self->page,
					       MAP_RW | 1u << bit));
}

VFIO_TEST_F(type1, no_direction, "T1-022")
{
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, pages_alloc(self->page), IOVA, self->page,
				       0));
}

VFIO_TEST_F(type1, vaddr_and_direction, "T1-023")
{
	void *mem = pages_alloc(self->page);

	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, self->page, VADDR | READ));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, self->page, VADDR | WRITE));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, self->page, VADDR | MAP_RW));
}

VFIO_TEST_F(type1, one_direction, "T1-024")
{
	void *mem = pages_alloc(self->page);

	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, self->page, READ));
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA + self->page, self->page, WRITE));
}

VFIO_TEST_F(type1, size_zero, "T1-025")
{
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, pages_alloc(self->page), IOVA, 0, MAP_RW));
}

VFIO_TEST_F(type1, alignment, "T1-026 T1-027 T1-028")
{
	char *mem = pages_alloc(4 * self->page);

	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, self->page + 1, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, self->page - 1, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA + 1, self->page, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA + self->page / 2, self->page,
				       MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem + 1, IOVA, self->page, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem + self->page / 2, IOVA, self->page,
				       MAP_RW));
	EXPECT_EQ(0, iommu_unmap(self->container, IOVA - self->page, 4 * self->page, 0));
}

VFIO_TEST_F(type1, iova_wraps, "T1-029 T1-031")
{
	char *mem = pages_alloc(2 * self->page);
	int ret = __iommu_map(self->container, mem, -self->page, 2 * self->page, MAP_RW);

	EXPECT_TRUE(ret == -EINVAL || ret == -EOVERFLOW);
	outcome("T1-029", errno_name(ret));
	ret = __iommu_map(self->container, mem, -self->page, 2 * self->page, 0);
	EXPECT_TRUE(ret == -EINVAL || ret == -EOVERFLOW);
	outcome("T1-031", errno_name(ret));
}

VFIO_TEST_F(type1, vaddr_wraps, "T1-030")
{
	int ret = __iommu_map(self->container, (void *)-self->page, IOVA, 2 * self->page, MAP_RW);

	EXPECT_TRUE(ret == -EINVAL || ret == -EOVERFLOW);
	outcome("T1-030", errno_name(ret));
}

VFIO_TEST_F(type1, overlap, "T1-033 T1-034")
{
	char *mem = pages_alloc(4 * self->page);
	uint64_t p = self->page;

	iommu_map(self->container, mem, IOVA, 2 * p, MAP_RW);
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA, 2 * p, MAP_RW));
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA, p, MAP_RW));
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA + p, p, MAP_RW));
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA + p, 2 * p, MAP_RW));
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA - p, 2 * p, MAP_RW));
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA - p, 4 * p, MAP_RW));
}

VFIO_TEST_F(type1, neighbours_stay_apart, "T1-035")
{
	char *mem = pages_alloc(3 * self->page);
	uint64_t p = self->page;
	uint32_t avail = iommu_dma_avail(self->container);

	iommu_map(self->container, mem + p, IOVA + p, p, MAP_RW);
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, p, MAP_RW));
	EXPECT_EQ(0, __iommu_map(self->container, mem + 2 * p, IOVA + 2 * p, p, MAP_RW));
	EXPECT_EQ(avail - 3, iommu_dma_avail(self->container));
	/* v2 does not let an unmap cut a mapping: they were not made into one. */
	EXPECT_EQ(p, iommu_unmap(self->container, IOVA + p, p, 0));
}

VFIO_TEST_F(type1, order_does_not_matter, "T1-033 T1-079")
{
	static const uint8_t order[] = { 3, 9, 0, 5, 12, 1, 14, 7, 2, 11, 4, 15, 6, 13, 8, 10 };
	char *mem = pages_alloc(self->page);
	uint64_t p = self->page;
	unsigned int i;

	for (i = 0; i < sizeof(order); i++)
		iommu_map(self->container, mem, IOVA + order[i] * 2 * p, p, MAP_RW);
	for (i = 0; i < sizeof(order); i++) {
		EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA + i * 2 * p, p, MAP_RW));
		EXPECT_EQ(0, iommu_unmap(self->container, IOVA + i * 2 * p + p, p, 0));
	}
	EXPECT_EQ(16 * p, iommu_unmap(self->container, IOVA, 32 * p, 0));
}

VFIO_TEST_F(type1, reserved_and_beyond, "T1-038 T1-039")
{
	struct vfio_iommu_type1_info *info = iommu_info(self->container);
	struct vfio_iommu_type1_info_cap_iova_range *cap =
		(void *)info_cap(info, info->argsz, info->cap_offset,
				 VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	char *mem = pages_alloc(2 * self->page);
	uint64_t end;
	uint32_t i;

	ASSERT_NE(NULL, cap);
	for (i = 0; i < cap->nr_iovas; i++) {
		end = cap->iova_ranges[i].end + 1;
		if (!end)
			continue;
		EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, end, self->page, MAP_RW));
		EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, end - self->page,
					       2 * self->page, MAP_RW));
	}
	EXPECT_EQ(0, iommu_unmap(self->container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL));
	free(info);
}

VFIO_TEST_F(type1, no_memory_there, "T1-041")
{
	uint32_t avail = iommu_dma_avail(self->container);

	EXPECT_EQ(-EFAULT, __iommu_map(self->container, bad_pointer(), IOVA, self->page, MAP_RW));
	EXPECT_EQ(-EFAULT, __iommu_map(self->container, NULL, IOVA, self->page, READ));
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
	EXPECT_EQ(0, __iommu_map(self->container, pages_alloc(self->page), IOVA, self->page,
				 MAP_RW));
}

VFIO_TEST_F(type1, read_only_memory, "T1-042 T1-043")
{
	void *mem = pages_alloc(self->page);

	ASSERT_EQ(0, mprotect(mem, self->page, PROT_READ));
	EXPECT_EQ(-EFAULT, __iommu_map(self->container, mem, IOVA, self->page, MAP_RW));
	EXPECT_EQ(-EFAULT, __iommu_map(self->container, mem, IOVA, self->page, WRITE));
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, self->page, READ));
}

VFIO_TEST_F(type1, memory_ends_early, "T1-044")
{
	char *mem = pages_alloc(4 * self->page);
	uint32_t avail = iommu_dma_avail(self->container);

	ASSERT_EQ(0, mprotect(mem + 3 * self->page, self->page, PROT_NONE));
	EXPECT_EQ(-EFAULT, __iommu_map(self->container, mem, IOVA, 4 * self->page, MAP_RW));
	/* The head is not left behind. */
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, 3 * self->page, MAP_RW));
}

VFIO_TEST_F(type1, memory_is_not_changed, "T1-024")
{
	char *mem = pages_alloc(2 * self->page);

	mem[0] = 1;
	mem[self->page] = 2;
	mem[2 * self->page - 1] = 3;
	iommu_map(self->container, mem, IOVA, 2 * self->page, MAP_RW);
	EXPECT_EQ(1, mem[0]);
	EXPECT_EQ(2, mem[self->page]);
	EXPECT_EQ(3, mem[2 * self->page - 1]);
}

CONFORMANCE_MAIN
