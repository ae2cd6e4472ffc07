// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_IOMMU_GET_INFO and its capabilities. */
#include <stdlib.h>
#include <string.h>

#include "conformance.h"
#include "type1_fixture.h"

#define FILL		0x5a
#define MIN_INFO	16u	/* up to iova_pgsizes */
#define ROOM		4096

/* Call with @argsz in a buffer full of FILL; how many bytes changed, or -errno. */
static int written(int container, uint32_t argsz, uint8_t *buf)
{
	int ret, n;

	memset(buf, FILL, ROOM);
	memcpy(buf, &argsz, sizeof(argsz));
	ret = __vfio_ioctl(container, VFIO_IOMMU_GET_INFO, buf);
	if (ret)
		return ret;
	for (n = ROOM; n && buf[n - 1] == FILL; n--)
		;
	return n;
}

static void *find(struct vfio_iommu_type1_info *info, uint16_t id)
{
	return info_cap(info, info->argsz, info->cap_offset, id);
}

VFIO_TEST_F(type1, bad_pointer, "T1-003")
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_GET_INFO, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_GET_INFO,
					border_alloc(MIN_INFO - 1, &info, false)));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_GET_INFO,
					border_alloc(sizeof(info), &info, true)));
	/* Room for the capabilities is said to be there, and is not. */
	info.argsz = ROOM;
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_GET_INFO,
					border_alloc(sizeof(info), &info, false)));
}

VFIO_TEST_F(type1, short_argsz, "T1-004")
{
	uint8_t buf[ROOM] __attribute__((aligned(8)));
	uint32_t argsz;

	for (argsz = 0; argsz < MIN_INFO; argsz++) {
		EXPECT_EQ(-EINVAL, written(self->container, argsz, buf));
		EXPECT_EQ(FILL, buf[4]);
	}
}

VFIO_TEST_F(type1, minimum, "T1-005")
{
	uint8_t buf[ROOM] __attribute__((aligned(8)));

	EXPECT_EQ(MIN_INFO, written(self->container, MIN_INFO, buf));
	EXPECT_EQ(0, __vfio_ioctl(self->container, VFIO_IOMMU_GET_INFO,
				  border_alloc(MIN_INFO, &(uint32_t[4]){ MIN_INFO }, false)));
}

VFIO_TEST_F(type1, offset_field, "T1-006 T1-009")
{
	struct vfio_iommu_type1_info *info;
	uint8_t buf[ROOM] __attribute__((aligned(8)));
	int n;

	/* Room for the structure alone: told how much the capabilities need, given none. */
	n = written(self->container, sizeof(*info), buf);
	info = (void *)buf;
	EXPECT_TRUE(info->flags & VFIO_IOMMU_INFO_CAPS);
	EXPECT_GT(info->argsz, sizeof(*info));
	EXPECT_EQ(0, info->cap_offset);
	ASSERT_TRUE(n == 20 || n == 24);
	outcome("T1-006", n == 20 ? "20" : "24");
	/* One byte less than needed is as good as none. */
	n = written(self->container, info->argsz - 1, buf);
	EXPECT_LE(n, 24);
	EXPECT_EQ(0, info->cap_offset);
	n = written(self->container, info->argsz, buf);
	EXPECT_LE(n, (int)info->argsz);
	EXPECT_NE(0, info->cap_offset);
}

VFIO_TEST_F(type1, flags, "T1-007")
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info), .flags = ~0u };

	ASSERT_EQ(0, __vfio_ioctl(self->container, VFIO_IOMMU_GET_INFO, &info));
	EXPECT_EQ(VFIO_IOMMU_INFO_PGSIZES | VFIO_IOMMU_INFO_CAPS, info.flags);
}

VFIO_TEST_F(type1, page_sizes, "T1-008")
{
	struct vfio_iommu_type1_info *info = iommu_info(self->container);

	EXPECT_TRUE(info->iova_pgsizes & page_size());
	EXPECT_EQ(0, info->iova_pgsizes & (page_size() - 1));
	free(info);
}

VFIO_TEST_F(type1, chain, "T1-010 T1-011 T1-017")
{
	struct vfio_iommu_type1_info *info = iommu_info(self->container);
	static const uint16_t order[] = { VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION,
					  VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL,
					  VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE };
	struct vfio_info_cap_header *cap;
	uint32_t offset = info->cap_offset, i;

	EXPECT_EQ(sizeof(*info), offset);
	for (i = 0; i < 3; i++) {
		ASSERT_NE(0, offset);
		ASSERT_LE(offset + sizeof(*cap), info->argsz);
		cap = (void *)((char *)info + offset);
		EXPECT_EQ(order[i], cap->id);
		EXPECT_EQ(1, cap->version);
		if (i == 2) {
			ASSERT_TRUE(offset == 68 || offset == 72);
			outcome("T1-017", offset == 68 ? "68" : "72");
		}
		offset = cap->next;
	}
	EXPECT_EQ(0, offset);
	free(info);
}

VFIO_TEST_F(type1, migration_capability, "T1-013 T1-014")
{
	struct vfio_iommu_type1_info *info = iommu_info(self->container);
	struct vfio_iommu_type1_info_cap_migration *cap =
		find(info, VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION);

	ASSERT_NE(NULL, cap);
	EXPECT_EQ(0, cap->flags);
	EXPECT_EQ(256ull << 20, cap->max_dirty_bitmap_size);
	EXPECT_EQ(page_size(), cap->pgsize_bitmap);
	/* Four bytes of padding behind the flags. */
	EXPECT_EQ(0, *(uint32_t *)((char *)&cap->flags + sizeof(cap->flags)));
	free(info);
}

VFIO_TEST_F(type1, available_mappings, "T1-015")
{
	uint64_t limit = file_number("/sys/module/vfio_iommu_type1/parameters/dma_entry_limit",
				     65535);
	void *mem = pages_alloc(page_size());

	EXPECT_EQ(limit, iommu_dma_avail(self->container));
	iommu_map(self->container, mem, 0, page_size(), MAP_RW);
	EXPECT_EQ(limit - 1, iommu_dma_avail(self->container));
	iommu_map(self->container, mem, page_size(), page_size(), MAP_RW);
	EXPECT_EQ(limit - 2, iommu_dma_avail(self->container));
	/* A refused one costs nothing. */
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, 0, page_size(), MAP_RW));
	EXPECT_EQ(limit - 2, iommu_dma_avail(self->container));
	iommu_unmap(self->container, 0, 2 * page_size(), 0);
	EXPECT_EQ(limit, iommu_dma_avail(self->container));
}

VFIO_TEST_F(type1, iova_ranges, "T1-018")
{
	struct vfio_iommu_type1_info *info = iommu_info(self->container);
	struct vfio_iommu_type1_info_cap_iova_range *cap =
		find(info, VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	void *mem = pages_alloc(page_size());
	uint64_t last;
	uint32_t i;

	ASSERT_NE(NULL, cap);
	ASSERT_GT(cap->nr_iovas, 0);
	for (i = 0; i < cap->nr_iovas; i++) {
		EXPECT_LE(cap->iova_ranges[i].start, cap->iova_ranges[i].end);
		if (i)
			EXPECT_GT(cap->iova_ranges[i].start, cap->iova_ranges[i - 1].end + 1);
		/* Both ends can be mapped. */
		last = cap->iova_ranges[i].end + 1 - page_size();
		EXPECT_EQ(0, __iommu_map(self->container, mem, cap->iova_ranges[i].start,
					 page_size(), MAP_RW));
		EXPECT_EQ(0, __iommu_map(self->container, mem, last, page_size(), MAP_RW));
	}
	free(info);
}

VFIO_TEST_F(type1, module_parameters, "T1-136")
{
	static const char * const names[] = { "allow_unsafe_interrupts", "disable_hugepages",
					      "dma_entry_limit" };
	char path[128], text[16];
	unsigned int i;
	FILE *f;

	if (access("/sys/module/vfio_iommu_type1/parameters", F_OK))
		SKIP(return, "vfio_iommu_type1 shows no parameters here");
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/sys/module/vfio_iommu_type1/parameters/%s",
			 names[i]);
		f = fopen(path, "r");
		ASSERT_NE(NULL, f);
		EXPECT_NE(NULL, fgets(text, sizeof(text), f));
		fclose(f);
		EXPECT_TRUE(i < 2 ? text[0] == 'Y' || text[0] == 'N' : atoi(text) > 0);
	}
}

CONFORMANCE_MAIN
