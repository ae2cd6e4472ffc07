// SPDX-License-Identifier: GPL-2.0-only
/* Emulated and real groups in one container: what joins, leaves and pays. */
#include <stdlib.h>
#include <string.h>

#include "emulated_fixture.h"

VFIO_TEST_F(emulated, real_joins, "GRP-027 CONT-010 CONT-012")
{
	struct vfio_dev alone;
	int coherent;

	NEED_REAL();
	EXPECT_EQ(0, __join(self));
	coherent = __container_check(self->dev.container, VFIO_DMA_CC_IOMMU);
	outcome("CONT-010",
		__container_check(self->dev.container, VFIO_UPDATE_VADDR) ? "1" : "0");
	leave(self);
	EXPECT_EQ(1, __container_check(self->dev.container, VFIO_DMA_CC_IOMMU));
	close(self->real);
	self->real = -1;

	/* The answer is that of the real one. */
	device_open(&alone, role_bdf(ROLE_MAIN));
	EXPECT_EQ(__container_check(alone.container, VFIO_DMA_CC_IOMMU), coherent);
	EXPECT_EQ(1, __container_check(alone.container, VFIO_UPDATE_VADDR));
	device_close(&alone);
}

VFIO_TEST_F(emulated, emulated_joins, "GRP-027 CONT-010")
{
	struct vfio_dev real, other;

	NEED_REAL();
	if (!mdev_uuid(1))
		SKIP(return, "no second mediated device is named");
	close(self->real);
	self->real = -1;
	device_open(&real, role_bdf(ROLE_MAIN));
	EXPECT_EQ(1, __container_check(real.container, VFIO_UPDATE_VADDR));
	mdev_open_in(&other, mdev_uuid(1), &real);
	outcome("CONT-010", __container_check(real.container, VFIO_UPDATE_VADDR) ? "1" : "0");
	device_close(&other);
	EXPECT_EQ(1, __container_check(real.container, VFIO_UPDATE_VADDR));
	device_close(&real);
}

VFIO_TEST_F(emulated, real_sees_what_was_mapped, "T1-126 T1-127")
{
	static const char text[] = "replayed";
	struct vfio_dev real;
	char *mem;

	NEED_REAL();
	if (!edu_is(role_bdf(ROLE_MAIN)))
		SKIP(return, "the main device is not an edu device");
	close(self->real);
	self->real = -1;
	mem = map_pages(self, IOVA & EDU_IOVA_MAX, 1);
	memcpy(mem, text, sizeof(text));
	device_open_in(&real, role_bdf(ROLE_MAIN), &self->dev);
	edu_enable_dma(real.fd);
	edu_dma(real.fd, IOVA & EDU_IOVA_MAX, 0, sizeof(text), 0);
	edu_dma(real.fd, (IOVA & EDU_IOVA_MAX) + 100, 0, sizeof(text), EDU_DMA_TO_RAM);
	EXPECT_STREQ(text, mem + 100);
	device_close(&real);
}

VFIO_TEST_F(emulated, join_fails_without_memory, "T1-127")
{
	uint64_t p = self->page;

	NEED_REAL();
	map_pages(self, IOVA, 2);
	iommu_map(self->dev.container, bad_pointer(), IOVA + 2 * p, p, MAP_RW);
	EXPECT_EQ(-EFAULT, __join(self));
	EXPECT_EQ(0, group_flags(self->real) & VFIO_GROUP_FLAGS_CONTAINER_SET);
	/* Nothing else changed, and without the culprit it works. */
	EXPECT_EQ(1, pin(self, IOVA, 1));
	EXPECT_EQ(p, iommu_unmap(self->dev.container, IOVA + 2 * p, p, 0));
	EXPECT_EQ(0, __join(self));
}

VFIO_TEST_F(emulated, join_fails_on_the_limit, "T1-127 T1-050")
{
	uint64_t p = self->page;

	NEED_REAL();
	limit_locked_memory(4 * p);
	map_pages(self, IOVA, 5);
	EXPECT_EQ(-ENOMEM, __join(self));
	/* What was pinned until it failed is given back. */
	EXPECT_EQ(4, pin(self, IOVA, 4));
	unpin(self, IOVA, 4);
	EXPECT_EQ(5 * p, unmap_all(self));

	/* A page that is pinned already is not paid for again. */
	map_pages(self, IOVA, 4);
	EXPECT_EQ(2, pin(self, IOVA, 2));
	EXPECT_EQ(0, __join(self));
	EXPECT_EQ(4, pin(self, IOVA, 4));
	EXPECT_EQ(-ENOMEM, __iommu_map(self->dev.container, pages_alloc(p), IOVA + 4 * p, p,
				       MAP_RW));
}

/* A range that the real group leaves out (@hole), or what lies behind its last one. */
static uint64_t forbidden_iova(FIXTURE_DATA(emulated) *self, bool hole)
{
	struct vfio_iommu_type1_info_cap_iova_range *cap;
	struct vfio_iommu_type1_info *info;
	uint64_t iova = 0;

	join(self);
	info = iommu_info(self->dev.container);
	leave(self);
	cap = (void *)info_cap(info, info->argsz, info->cap_offset,
			       VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	if (cap && hole && cap->nr_iovas > 1)
		iova = cap->iova_ranges[0].end + 1;
	if (cap && !hole)
		iova = cap->iova_ranges[cap->nr_iovas - 1].end + 1;
	free(info);
	return iova;
}

VFIO_TEST_F(emulated, join_fails_on_reserved_addresses, "T1-124")
{
	uint64_t iova;

	NEED_REAL();
	iova = forbidden_iova(self, true);
	if (!iova)
		SKIP(return, "the main device's group has no reserved addresses in between");
	map_pages(self, iova, 1);
	EXPECT_EQ(-EINVAL, __join(self));
	EXPECT_EQ(0, group_flags(self->real) & VFIO_GROUP_FLAGS_CONTAINER_SET);
	EXPECT_EQ(self->page, unmap_all(self));
	EXPECT_EQ(0, __join(self));
	/* From now on its limits hold. */
	EXPECT_EQ(-EINVAL, __iommu_map(self->dev.container, pages_alloc(self->page), iova,
				       self->page, MAP_RW));
	leave(self);
	map_pages(self, iova, 1);
}

VFIO_TEST_F(emulated, join_fails_on_addresses_beyond, "T1-124 T1-126 T1-130")
{
	uint64_t iova;
	int ret;

	NEED_REAL();
	iova = forbidden_iova(self, false);
	if (!iova)
		SKIP(return, "the main device's IOMMU takes all addresses");
	map_pages(self, iova, 1);
	/* There are no limits yet that it could be held against: the replay fails. */
	ret = __join(self);
	EXPECT_TRUE(ret == -EINVAL || ret == -EFAULT);
	outcome("T1-124", errno_name(ret));
	EXPECT_EQ(0, group_flags(self->real) & VFIO_GROUP_FLAGS_CONTAINER_SET);
	EXPECT_EQ(1, pin(self, iova, 1));
	EXPECT_EQ(self->page, unmap_all(self));
	EXPECT_EQ(0, __join(self));
	EXPECT_EQ(-EINVAL, __iommu_map(self->dev.container, pages_alloc(self->page), iova,
				       self->page, MAP_RW));
	leave(self);
	map_pages(self, iova, 1);
}

VFIO_TEST_F(emulated, real_leaves, "T1-128 T1-130")
{
	uint64_t p = self->page;
	char *mem;

	NEED_REAL();
	limit_locked_memory(4 * p);
	join(self);
	mem = map_pages(self, IOVA, 4);
	memset(mem, 0x3a, p);
	EXPECT_EQ(2, pin(self, IOVA, 2));
	leave(self);

	/* The mapping stays, and two pages are left to pay for. */
	EXPECT_EQ(-EEXIST, __iommu_map(self->dev.container, mem, IOVA, p, MAP_RW));
	EXPECT_EQ(0, mock_command(&self->mock, MOCK_CMD_DMA_RW, IOVA, 8, 0));
	map_pages(self, IOVA + 4 * p, 4);
	EXPECT_EQ(2, pin(self, IOVA + 4 * p, 2));
	EXPECT_EQ(-ENOMEM, pin(self, IOVA + 6 * p, 1));
	unpin(self, IOVA, 1);
	EXPECT_EQ(1, pin(self, IOVA + 6 * p, 1));
	EXPECT_EQ(8 * p, unmap_all(self));
	map_pages(self, IOVA, 4);
	EXPECT_EQ(4, pin(self, IOVA, 4));
}

VFIO_TEST_F(emulated, emulated_leaves, "T1-128")
{
	uint64_t p = self->page;
	char *mem;

	NEED_REAL();
	limit_locked_memory(4 * p);
	join(self);
	mem = map_pages(self, IOVA, 4);
	EXPECT_EQ(2, pin(self, IOVA, 2));
	close(self->dev.fd);
	self->dev.fd = -1;
	group_unset_container(self->dev.group);
	/* All is as the real group has it: mapped, and paid for. */
	EXPECT_EQ(-EEXIST, __iommu_map(self->dev.container, mem, IOVA, p, MAP_RW));
	EXPECT_EQ(-ENOMEM, __iommu_map(self->dev.container, mem, IOVA + 4 * p, p, MAP_RW));
	EXPECT_EQ(4 * p, unmap_all(self));
	EXPECT_EQ(0, __iommu_map(self->dev.container, mem, IOVA, 4 * p, MAP_RW));
}

CONFORMANCE_MAIN
