// SPDX-License-Identifier: GPL-2.0-only
/* The calls of a container on an iommufd: where they are the same, and where not. */
#include <string.h>

#include "conformance.h"
#include "client/iommufd.h"
#include "client/vfio_client.h"

FIXTURE(compat)
{
	const char *bdf;
	int iommufd, group, fd;
	uint64_t page;
	uint8_t *mem;
};

FIXTURE_SETUP(compat)
{
	self->iommufd = self->group = self->fd = -1;
	self->bdf = role_bdf(ROLE_MAIN);
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (cdev_missing(self->bdf))
		SKIP(return, "%s", cdev_missing(self->bdf));
	self->page = page_size();
	self->mem = pages_alloc(8 * self->page);
	self->iommufd = iommufd_open();
	self->group = group_open(sysfs_group(self->bdf));
	group_set_container(self->group, self->iommufd);
}

FIXTURE_TEARDOWN(compat)
{
	close(self->fd);
	close(self->group);
	close(self->iommufd);
}

static void attach(FIXTURE_DATA(compat) *self)
{
	container_set_iommu(self->iommufd, VFIO_TYPE1v2_IOMMU);
	self->fd = group_get_device_fd(self->group, self->bdf);
}

static int map(FIXTURE_DATA(compat) *self, uint64_t iova, uint64_t size)
{
	return __iommu_map(self->iommufd, self->mem, iova, size, MAP_RW);
}

VFIO_TEST_F(compat, extensions, "IOFD-008 IOFD-009 IOFD-010 IOFD-011")
{
	static const unsigned long yes[] = { VFIO_TYPE1_IOMMU, VFIO_TYPE1v2_IOMMU,
					     VFIO_UNMAP_ALL };
	static const unsigned long no[] = { VFIO_TYPE1_NESTING_IOMMU, VFIO_UPDATE_VADDR, 0, 2, 7,
					    11, 0x7fff, ~0ul };
	int empty = iommufd_open(), unsafe, i;
	unsigned int n;

	EXPECT_EQ(VFIO_API_VERSION, __vfio_ioctl(empty, VFIO_GET_API_VERSION, bad_pointer()));
	for (i = 0; i < 2; i++) {
		int fd = i ? self->iommufd : empty;

		for (n = 0; n < sizeof(yes) / sizeof(*yes); n++)
			EXPECT_EQ(1, __container_check(fd, yes[n]));
		for (n = 0; n < sizeof(no) / sizeof(*no); n++)
			EXPECT_EQ(0, __container_check(fd, no[n]));
	}
	unsafe = __container_check(empty, VFIO_NOIOMMU_IOMMU);
	outcome("IOFD-010", unsafe ? "1" : "0");
	EXPECT_EQ(unsafe, __container_check(self->iommufd, VFIO_NOIOMMU_IOMMU));
	close(empty);
}

VFIO_TEST_F(compat, without_address_space, "IOFD-012 IOFD-013 IOFD-033")
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };
	int empty = iommufd_open();

	EXPECT_EQ(-ENODEV, __container_check(empty, VFIO_DMA_CC_IOMMU));
	EXPECT_EQ(-ENODEV, __container_set_iommu(empty, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(-ENODEV, __container_set_iommu(empty, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(-ENODEV, __vfio_ioctl(empty, VFIO_IOMMU_GET_INFO, &info));
	EXPECT_EQ(-ENODEV, __iommu_map(empty, self->mem, 0, self->page, MAP_RW));
	EXPECT_EQ(-ENODEV, __iommu_unmap(empty, 0, self->page, 0, NULL));
	/* What is wrong with the argument is found first. */
	EXPECT_EQ(-EFAULT, __vfio_ioctl(empty, VFIO_IOMMU_GET_INFO, bad_pointer()));
	EXPECT_EQ(-EINVAL, __iommu_map(empty, self->mem, 0, self->page, 1 << 3));
	close(empty);
}

VFIO_TEST_F(compat, set_iommu, "IOFD-014 IOFD-015 IOFD-016")
{
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->iommufd, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->iommufd, VFIO_TYPE1_NESTING_IOMMU));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->iommufd, 0));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->iommufd, 0x7fff));
	EXPECT_EQ(0, __container_set_iommu(self->iommufd, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(0, __container_set_iommu(self->iommufd, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(0, __container_set_iommu(self->iommufd, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(0, __container_set_iommu(self->iommufd, VFIO_TYPE1_IOMMU));
}

VFIO_TEST_F(compat, type1_cuts, "IOFD-016")
{
	uint64_t unmapped;

	container_set_iommu(self->iommufd, VFIO_TYPE1_IOMMU);
	self->fd = group_get_device_fd(self->group, self->bdf);
	ASSERT_EQ(0, map(self, 0, 8 * self->page));
	ASSERT_EQ(0, __iommu_unmap(self->iommufd, 2 * self->page, self->page, 0, &unmapped));
	EXPECT_EQ(self->page, unmapped);
	EXPECT_EQ(0, map(self, 2 * self->page, self->page));
	EXPECT_EQ(-EEXIST, map(self, self->page, self->page));
	EXPECT_EQ(-EEXIST, map(self, 3 * self->page, self->page));
	EXPECT_EQ(8 * self->page, iommu_unmap(self->iommufd, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL));
}

VFIO_TEST_F(compat, map_flags, "IOFD-017 IOFD-018")
{
	uint32_t bit;

	int ret;

	/* Nobody's to use, until a device comes whose IOMMU cannot do such a thing, perhaps. */
	EXPECT_EQ(0, __iommu_map(self->iommufd, self->mem, 0, self->page, 0));
	EXPECT_EQ(self->page, iommu_unmap(self->iommufd, 0, self->page, 0));
	attach(self);
	ret = __iommu_map(self->iommufd, self->mem, 0, self->page, 0);
	outcome("IOFD-017", errno_name(ret));
	EXPECT_TRUE(!ret || ret == -EINVAL);
	EXPECT_EQ(-EINVAL, __iommu_map(self->iommufd, self->mem, 0x10000, self->page,
				       VFIO_DMA_MAP_FLAG_VADDR));
	for (bit = 1 << 3; bit; bit <<= 1)
		EXPECT_EQ(-EINVAL, __iommu_map(self->iommufd, self->mem, 0x10000, self->page,
					       MAP_RW | bit));
	EXPECT_EQ(0, __iommu_map(self->iommufd, self->mem, 0x10000, self->page,
				 VFIO_DMA_MAP_FLAG_READ));
	EXPECT_EQ(0, __iommu_map(self->iommufd, self->mem, 0x20000, self->page,
				 VFIO_DMA_MAP_FLAG_WRITE));
}

VFIO_TEST_F(compat, map_range, "IOFD-019 IOFD-020 IOFD-021 IOFD-022")
{
	const uint64_t page = self->page;

	attach(self);
	ASSERT_EQ(0, map(self, 4 * page, 2 * page));
	EXPECT_EQ(-EEXIST, map(self, 4 * page, 2 * page));
	EXPECT_EQ(-EEXIST, map(self, 3 * page, 2 * page));
	EXPECT_EQ(-EEXIST, map(self, 5 * page, page));
	EXPECT_EQ(-EEXIST, map(self, 0, 8 * page));
	EXPECT_EQ(-EINVAL, map(self, 0x10000, 0));
	EXPECT_EQ(-EINVAL, map(self, 0x10000, page - 1));
	EXPECT_EQ(-EINVAL, map(self, 0x10000, page + 1));
	EXPECT_EQ(-EINVAL, map(self, 0x10000 + 1, page));
	/* Where interrupts are sent to, and far beyond what the IOMMU reaches. */
	EXPECT_EQ(-EINVAL, map(self, 0xfee00000, page));
	EXPECT_EQ(-EINVAL, map(self, 1ull << 62, page));
	EXPECT_EQ(-EOVERFLOW, map(self, -page, 2 * page));
	EXPECT_EQ(0, map(self, 3 * page, page));
	EXPECT_EQ(0, map(self, 6 * page, page));
}

VFIO_TEST_F(compat, map_vaddr, "IOFD-023")
{
	attach(self);
	EXPECT_EQ(-EINVAL, __iommu_map(self->iommufd, self->mem + 1, 0, self->page, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->iommufd, self->mem + 512, 0, self->page, MAP_RW));
	EXPECT_EQ(-EFAULT, __iommu_map(self->iommufd, bad_pointer(), 0, self->page, MAP_RW));
	EXPECT_EQ(0, __iommu_map(self->iommufd, self->mem + self->page, 0, self->page, MAP_RW));
}

/* UNMAP_DMA: the size that it writes back, whatever it returns. */
static int unmap(FIXTURE_DATA(compat) *self, uint32_t flags, uint64_t iova, uint64_t *size)
{
	struct vfio_iommu_type1_dma_unmap arg = {
		.argsz = sizeof(arg), .flags = flags, .iova = iova, .size = *size,
	};
	int ret = __vfio_ioctl(self->iommufd, VFIO_IOMMU_UNMAP_DMA, &arg);

	*size = arg.size;
	return ret;
}

VFIO_TEST_F(compat, unmap_flags, "IOFD-024 IOFD-025")
{
	uint64_t size = self->page;
	uint32_t bit;

	attach(self);
	ASSERT_EQ(0, map(self, 0, self->page));
	for (bit = 1; bit; bit <<= 1) {
		if (bit == VFIO_DMA_UNMAP_FLAG_ALL)
			continue;
		EXPECT_EQ(-EINVAL, unmap(self, bit, 0, &size));
		EXPECT_EQ(self->page, size);
	}
	EXPECT_EQ(-EINVAL, unmap(self, VFIO_DMA_UNMAP_FLAG_ALL, 0, &size));
	EXPECT_EQ(self->page, size);
	size = 0;
	EXPECT_EQ(-EINVAL, unmap(self, VFIO_DMA_UNMAP_FLAG_ALL, self->page, &size));
	EXPECT_EQ(0, unmap(self, VFIO_DMA_UNMAP_FLAG_ALL, 0, &size));
	EXPECT_EQ(self->page, size);
	size = 0;
	EXPECT_EQ(0, unmap(self, VFIO_DMA_UNMAP_FLAG_ALL, 0, &size));
	EXPECT_EQ(0, size);
}

VFIO_TEST_F(compat, unmap_range, "IOFD-026 IOFD-027 IOFD-028 IOFD-029 IOFD-030")
{
	uint64_t size = 0, page = self->page;
	int ret;

	attach(self);
	ASSERT_EQ(0, map(self, 4 * page, 4 * page));
	EXPECT_EQ(-EINVAL, unmap(self, 0, 4 * page, &size));
	size = 2 * page;
	EXPECT_EQ(-EOVERFLOW, unmap(self, 0, -page, &size));
	EXPECT_EQ(0, size);

	size = page;
	ret = unmap(self, 0, 16 * page, &size);
	outcome("IOFD-028", errno_name(ret));
	EXPECT_TRUE(!ret || ret == -ENOENT);
	EXPECT_EQ(0, size);

	/* It ends in the middle of the mapping, or begins there. */
	size = 2 * page;
	EXPECT_EQ(-ENOENT, unmap(self, 0, 4 * page, &size));
	EXPECT_EQ(0, size);
	size = 4 * page;
	EXPECT_EQ(-ENOENT, unmap(self, 0, 6 * page, &size));
	EXPECT_EQ(0, size);
	/* What lies before it is gone, and the call says so. */
	ASSERT_EQ(0, map(self, 0, page));
	size = 6 * page;
	EXPECT_EQ(-ENOENT, unmap(self, 0, 0, &size));
	EXPECT_EQ(page, size);
	EXPECT_EQ(0, map(self, 0, page));
	size = 16 * page;
	EXPECT_EQ(0, unmap(self, 0, 0, &size));
	EXPECT_EQ(5 * page, size);
}

VFIO_TEST_F(compat, other_calls, "IOFD-031 IOFD-034")
{
	static const unsigned long calls[] = {
		VFIO_GROUP_GET_STATUS, VFIO_GROUP_SET_CONTAINER, VFIO_GROUP_UNSET_CONTAINER,
		VFIO_GROUP_GET_DEVICE_FD, VFIO_DEVICE_GET_INFO, VFIO_DEVICE_GET_REGION_INFO,
		VFIO_DEVICE_GET_IRQ_INFO, VFIO_DEVICE_SET_IRQS, VFIO_DEVICE_RESET,
		VFIO_IOMMU_DIRTY_PAGES, VFIO_IOMMU_ENABLE, VFIO_IOMMU_DISABLE,
		VFIO_DEVICE_BIND_IOMMUFD, _IO(';', 100 + 26),
	};
	unsigned int i;

	attach(self);
	EXPECT_EQ(-ENOTTY, __iommu_dirty(self->iommufd, VFIO_IOMMU_DIRTY_PAGES_FLAG_START));
	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->iommufd, calls[i], bad_pointer())) {
			TH_LOG("ioctl 0x%lx", calls[i]);
		}
}

VFIO_TEST_F(compat, info, "IOFD-032")
{
	struct {
		struct vfio_iommu_type1_info head;
		uint8_t caps[1024];
	} info = { .head.argsz = sizeof(info) };
	struct vfio_iommu_type1_info_cap_iova_range *ranges;
	struct vfio_iommu_type1_info_dma_avail *avail;
	uint32_t total;

	attach(self);
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->iommufd, VFIO_IOMMU_GET_INFO, bad_pointer()));
	ASSERT_EQ(0, __vfio_ioctl(self->iommufd, VFIO_IOMMU_GET_INFO, &info));
	total = info.head.argsz;
	EXPECT_LT(sizeof(info.head), total);
	EXPECT_EQ(VFIO_IOMMU_INFO_PGSIZES | VFIO_IOMMU_INFO_CAPS, info.head.flags);
	EXPECT_TRUE(info.head.iova_pgsizes & self->page);
	ASSERT_EQ(sizeof(info.head), info.head.cap_offset);
	avail = (void *)info_cap(&info, total, info.head.cap_offset,
				 VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL);
	ranges = (void *)info_cap(&info, total, info.head.cap_offset,
				  VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	ASSERT_NE(NULL, avail);
	ASSERT_NE(NULL, ranges);
	EXPECT_EQ(~0u, avail->avail);
	EXPECT_LT((void *)avail, (void *)ranges);
	EXPECT_LE(2, ranges->nr_iovas);
	EXPECT_EQ(NULL, info_cap(&info, total, info.head.cap_offset,
				 VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION));

	/* Too short for all: it says how much it takes. */
	info.head.argsz = sizeof(info.head);
	ASSERT_EQ(0, __vfio_ioctl(self->iommufd, VFIO_IOMMU_GET_INFO, &info));
	EXPECT_EQ(total, info.head.argsz);
	EXPECT_EQ(0, info.head.cap_offset);
	info.head.argsz = total - 1;
	ASSERT_EQ(0, __vfio_ioctl(self->iommufd, VFIO_IOMMU_GET_INFO, &info));
	EXPECT_EQ(total, info.head.argsz);
	EXPECT_EQ(0, info.head.cap_offset);
	info.head.argsz = 15;
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->iommufd, VFIO_IOMMU_GET_INFO, &info));
}

CONFORMANCE_MAIN
