// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_IOMMU_UNMAP_DMA on a v2 IOMMU. */
#include <string.h>
#include <sys/wait.h>

#include "type1_fixture.h"

#define IOVA	0x10000000ull
#define ALL	VFIO_DMA_UNMAP_FLAG_ALL
#define VADDR	VFIO_DMA_UNMAP_FLAG_VADDR
#define DIRTY	VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP

static int unmap_raw(int container, struct vfio_iommu_type1_dma_unmap *unmap)
{
	return __vfio_ioctl(container, VFIO_IOMMU_UNMAP_DMA, unmap);
}

VFIO_TEST_F(type1, bad_pointer, "T1-057")
{
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap) };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_UNMAP_DMA, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_UNMAP_DMA,
					border_alloc(sizeof(unmap) - 1, &unmap, false)));
	/* Too late to refuse when the result cannot be written. */
	unmap.iova = IOVA;
	unmap.size = self->page;
	iommu_map(self->container, pages_alloc(self->page), IOVA, self->page, MAP_RW);
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_UNMAP_DMA,
					border_alloc(sizeof(unmap), &unmap, true)));
	EXPECT_EQ(0, iommu_unmap(self->container, IOVA, self->page, 0));
}

VFIO_TEST_F(type1, short_argsz, "T1-058")
{
	struct vfio_iommu_type1_dma_unmap unmap = { .iova = IOVA, .size = self->page };

	for (unmap.argsz = 0; unmap.argsz < sizeof(unmap); unmap.argsz++)
		EXPECT_EQ(-EINVAL, unmap_raw(self->container, &unmap));
	EXPECT_EQ(0, unmap_raw(self->container, &unmap));
}

VFIO_TEST_F(type1, unknown_flags, "T1-059")
{
	unsigned int bit;

	for (bit = 3; bit < 32; bit++)
		EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, self->page, 1u << bit,
						 NULL));
}

VFIO_TEST_F(type1, flags_that_exclude, "T1-060 T1-061")
{
	struct {
		struct vfio_iommu_type1_dma_unmap head;
		struct vfio_bitmap bitmap;
	} arg = { .head.argsz = sizeof(arg), .head.flags = DIRTY | ALL };

	EXPECT_EQ(-EINVAL, unmap_raw(self->container, &arg.head));
	arg.head.flags = DIRTY | VADDR;
	arg.head.iova = IOVA;
	arg.head.size = self->page;
	EXPECT_EQ(-EINVAL, unmap_raw(self->container, &arg.head));
}

VFIO_TEST_F(type1, alignment, "T1-069 T1-070")
{
	void *mem = pages_alloc(self->page);

	iommu_map(self->container, mem, IOVA, self->page, MAP_RW);
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA + 1, self->page, 0, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, self->page + 1, 0, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, 1, 0, NULL));
	EXPECT_EQ(self->page, iommu_unmap(self->container, IOVA, self->page, 0));
}

VFIO_TEST_F(type1, size_zero, "T1-071")
{
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, 0, 0, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, 0, 0, 0, NULL));
}

VFIO_TEST_F(type1, all_takes_no_range, "T1-072")
{
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, 0, ALL, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, 0, self->page, ALL, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, self->page, ALL, NULL));
}

VFIO_TEST_F(type1, all, "T1-073 T1-074")
{
	void *mem = pages_alloc(3 * self->page);
	uint32_t avail = iommu_dma_avail(self->container);

	EXPECT_EQ(0, iommu_unmap(self->container, 0, 0, ALL));
	iommu_map(self->container, mem, 0, self->page, MAP_RW);
	iommu_map(self->container, mem, IOVA, 3 * self->page, MAP_RW);
	iommu_map(self->container, mem, 1ull << 38, 2 * self->page, MAP_RW);
	EXPECT_EQ(6 * self->page, iommu_unmap(self->container, 0, 0, ALL));
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
	EXPECT_EQ(0, iommu_unmap(self->container, 0, 0, ALL));
}

VFIO_TEST_F(type1, range_wraps, "T1-075")
{
	int ret = __iommu_unmap(self->container, -self->page, 2 * self->page, 0, NULL);

	EXPECT_TRUE(ret == -EINVAL || ret == -EOVERFLOW);
	outcome("T1-075", errno_name(ret));
}

VFIO_TEST_F(type1, nothing_there, "T1-076")
{
	uint64_t unmapped = ~0ull;

	EXPECT_EQ(0, __iommu_unmap(self->container, IOVA, self->page, 0, &unmapped));
	EXPECT_EQ(0, unmapped);
}

VFIO_TEST_F(type1, starts_inside, "T1-077")
{
	void *mem = pages_alloc(4 * self->page);
	uint32_t avail;

	iommu_map(self->container, mem, IOVA, 2 * self->page, MAP_RW);
	iommu_map(self->container, mem, IOVA + 2 * self->page, self->page, MAP_RW);
	avail = iommu_dma_avail(self->container);
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA + self->page, self->page, 0, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA + self->page, 2 * self->page, 0,
					 NULL));
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
}

VFIO_TEST_F(type1, ends_inside, "T1-078")
{
	void *mem = pages_alloc(4 * self->page);
	uint32_t avail;

	iommu_map(self->container, mem, IOVA - self->page, self->page, MAP_RW);
	iommu_map(self->container, mem, IOVA, 2 * self->page, MAP_RW);
	avail = iommu_dma_avail(self->container);
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, self->page, 0, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA - self->page, 2 * self->page, 0,
					 NULL));
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
}

VFIO_TEST_F(type1, mappings_and_holes, "T1-079")
{
	void *mem = pages_alloc(4 * self->page);
	uint64_t p = self->page;

	iommu_map(self->container, mem, IOVA, p, MAP_RW);
	iommu_map(self->container, mem, IOVA + 2 * p, 2 * p, MAP_RW);
	iommu_map(self->container, mem, IOVA + 8 * p, p, MAP_RW);
	iommu_map(self->container, mem, IOVA + 16 * p, p, MAP_RW);
	EXPECT_EQ(4 * p, iommu_unmap(self->container, IOVA - p, 12 * p, 0));
	/* The last one was outside. */
	EXPECT_EQ(p, iommu_unmap(self->container, IOVA, 32 * p, 0));
}

VFIO_TEST_F(type1, writes_24_bytes, "T1-083")
{
	struct {
		struct vfio_iommu_type1_dma_unmap head;
		uint8_t behind[64];
	} arg = { .head = { .argsz = sizeof(arg), .iova = IOVA, .size = 4 * self->page } };
	unsigned int i;

	memset(arg.behind, 0x5a, sizeof(arg.behind));
	iommu_map(self->container, pages_alloc(self->page), IOVA, self->page, MAP_RW);
	EXPECT_EQ(0, unmap_raw(self->container, &arg.head));
	EXPECT_EQ(self->page, arg.head.size);
	EXPECT_EQ(sizeof(arg), arg.head.argsz);
	EXPECT_EQ(IOVA, arg.head.iova);
	for (i = 0; i < sizeof(arg.behind); i++)
		ASSERT_EQ(0x5a, arg.behind[i]);
}

VFIO_TEST_F(type1, failure_writes_nothing, "T1-084")
{
	struct vfio_iommu_type1_dma_unmap was = {
		.argsz = sizeof(was), .iova = IOVA + self->page, .size = 4 * self->page,
	}, unmap = was;

	iommu_map(self->container, pages_alloc(2 * self->page), IOVA, 2 * self->page, MAP_RW);
	EXPECT_EQ(-EINVAL, unmap_raw(self->container, &unmap));
	EXPECT_EQ(0, memcmp(&was, &unmap, sizeof(was)));
}

VFIO_TEST_F(type1, unmapped_by_another_process, "T1-085")
{
	uint64_t unmapped = ~0ull;
	int status, ends[2];
	pid_t child;

	iommu_map(self->container, pages_alloc(self->page), IOVA, self->page, MAP_RW);
	ASSERT_EQ(0, pipe(ends));
	child = fork();
	ASSERT_GE(child, 0);
	if (!child) {
		status = __iommu_unmap(self->container, IOVA, self->page, 0, &unmapped);
		if (write(ends[1], &unmapped, sizeof(unmapped)) != sizeof(unmapped))
			_exit(1);
		_exit(-status);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	ASSERT_EQ((ssize_t)sizeof(unmapped), read(ends[0], &unmapped, sizeof(unmapped)));
	ASSERT_TRUE(unmapped == 0 || unmapped == self->page);
	outcome("T1-085", unmapped ? "unmapped" : "kept");
}

CONFORMANCE_MAIN
