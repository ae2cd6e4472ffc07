// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups without an IOMMU: what they are called, who may use them, and what a
 * container with them can do.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "conformance.h"
#include "noiommu.h"

FIXTURE(noiommu)
{
	const char *bdf;
	int number, container, group;
};

FIXTURE_SETUP(noiommu)
{
	if (noiommu_missing())
		SKIP(return, "%s", noiommu_missing());
	self->bdf = noiommu_bdf(0);
	self->number = sysfs_group(self->bdf);
	self->container = container_open();
	self->group = group_open(self->number);
}

FIXTURE_TEARDOWN(noiommu)
{
	close(self->group);
	close(self->container);
}

VFIO_TEST_F(noiommu, node, "NOIO-002")
{
	char path[64], name[32];
	struct stat st;

	snprintf(path, sizeof(path), "/dev/vfio/%d", self->number);
	EXPECT_NE(0, stat(path, &st));
	snprintf(path, sizeof(path), "/dev/vfio/noiommu-%d", self->number);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	ASSERT_LT(0, __sysfs_read(self->bdf, "iommu_group/name", name, sizeof(name)));
	EXPECT_STREQ("vfio-noiommu", name);
}

VFIO_TEST_F(noiommu, flags, "NOIO-010")
{
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->group));
	group_set_container(self->group, self->container);
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET,
		  group_flags(self->group));
}

VFIO_TEST_F(noiommu, open_needs_rawio, "NOIO-005 GRP-007")
{
	EXPECT_EQ(-EBUSY, __group_open(self->number));
	drop_capability(CAP_SYS_RAWIO);
	EXPECT_EQ(-EPERM, __group_open(self->number));
	close(self->group);
	self->group = -1;
	EXPECT_EQ(-EPERM, __group_open(self->number));
}

VFIO_TEST_F(noiommu, set_container_needs_rawio, "NOIO-006 GRP-025")
{
	int ret;

	drop_capability(CAP_SYS_RAWIO);
	ret = __group_set_container(self->group, -1);
	outcome("GRP-025", errno_name(ret));
	/* Up to 5.19 the sign of the number is looked at first. */
	EXPECT_TRUE(ret == -EINVAL || ret == -EBADF || ret == -EPERM);
	EXPECT_EQ(-EPERM, __group_set_container(self->group, self->container));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->group));
}

VFIO_TEST_F(noiommu, set_iommu_needs_rawio, "CONT-023")
{
	group_set_container(self->group, self->container);
	drop_capability(CAP_SYS_RAWIO);
	EXPECT_EQ(-EPERM, __container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(-ENODEV, __container_set_iommu(self->container, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(0, __group_unset_container(self->group));
}

VFIO_TEST_F(noiommu, device_needs_rawio, "NOIO-007")
{
	group_set_container(self->group, self->container);
	container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU);
	drop_capability(CAP_SYS_RAWIO);
	EXPECT_EQ(-EPERM, __group_get_device_fd(self->group, self->bdf));
	EXPECT_EQ(0, __group_unset_container(self->group));
}

VFIO_TEST_F(noiommu, extensions, "CONT-015 CONT-017 NOIO-012")
{
	static const unsigned long others[] = {
		VFIO_TYPE1_IOMMU, VFIO_TYPE1v2_IOMMU, VFIO_DMA_CC_IOMMU, VFIO_TYPE1_NESTING_IOMMU,
		VFIO_UNMAP_ALL, VFIO_UPDATE_VADDR, 0x7fff,
	};
	unsigned int i;

	EXPECT_EQ(1, __container_check(self->container, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(1, __container_check(self->container, VFIO_TYPE1_IOMMU));
	group_set_container(self->group, self->container);
	EXPECT_EQ(1, __container_check(self->container, VFIO_NOIOMMU_IOMMU));
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		EXPECT_EQ(0, __container_check(self->container, others[i]));
	container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU);
	EXPECT_EQ(1, __container_check(self->container, VFIO_NOIOMMU_IOMMU));
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		EXPECT_EQ(0, __container_check(self->container, others[i]));
}

VFIO_TEST_F(noiommu, other_backends_are_refused, "CONT-022 CONT-024")
{
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU));
	group_set_container(self->group, self->container);
	EXPECT_EQ(-ENODEV, __container_set_iommu(self->container, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(-ENODEV, __container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(0, __container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU));
}

VFIO_TEST_F(noiommu, nothing_is_mapped, "NOIO-011 CONT-032")
{
	struct vfio_iommu_type1_dirty_bitmap dirty = {
		.argsz = sizeof(dirty), .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_START,
	};
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };
	void *page = pages_alloc(page_size());

	group_set_container(self->group, self->container);
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, page, 0, page_size(), MAP_RW));
	container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU);
	EXPECT_EQ(-ENOTTY, __iommu_map(self->container, page, 0, page_size(), MAP_RW));
	EXPECT_EQ(-ENOTTY, __iommu_unmap(self->container, 0, page_size(), 0, NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->container, VFIO_IOMMU_GET_INFO, &info));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->container, VFIO_IOMMU_DIRTY_PAGES, &dirty));
	EXPECT_EQ(VFIO_API_VERSION, __vfio_ioctl(self->container, VFIO_GET_API_VERSION, NULL));
}

VFIO_TEST_F(noiommu, groups_do_not_mix, "NOIO-008 NOIO-009 GRP-026 CONT-016")
{
	int real;

	if (!iommu_bdf())
		SKIP(return, "no device with an IOMMU is named");
	real = group_open(sysfs_group(iommu_bdf()));
	group_set_container(self->group, self->container);
	EXPECT_EQ(-EPERM, __group_set_container(real, self->container));
	container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU);
	EXPECT_EQ(-EPERM, __group_set_container(real, self->container));

	/* It is of that kind only while there is one in it. */
	group_unset_container(self->group);
	ASSERT_EQ(0, __group_set_container(real, self->container));
	EXPECT_EQ(-EPERM, __group_set_container(self->group, self->container));
	EXPECT_EQ(0, __container_check(self->container, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(-ENODEV, __container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU));
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
	EXPECT_EQ(-EPERM, __group_set_container(self->group, self->container));
	group_unset_container(real);
	EXPECT_EQ(0, __group_set_container(self->group, self->container));
	close(real);
}

VFIO_TEST_F(noiommu, groups_share_a_container, "NOIO-010")
{
	int second, fd;

	if (!noiommu_bdf(1))
		SKIP(return, "no second device without an IOMMU is named");
	second = group_open(sysfs_group(noiommu_bdf(1)));
	group_set_container(self->group, self->container);
	container_set_iommu(self->container, VFIO_NOIOMMU_IOMMU);
	EXPECT_EQ(0, __group_set_container(second, self->container));
	fd = __group_get_device_fd(second, noiommu_bdf(1));
	EXPECT_GE(fd, 0);
	close(fd);
	close(second);
}

CONFORMANCE_MAIN
