// SPDX-License-Identifier: GPL-2.0-only
/* A group in a container: what is bound to what, and in which order it may end. */
#include <fcntl.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define IN_CONTAINER (VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET)

FIXTURE(attached)
{
	const char *bdf;
	int number, group, container;
};

FIXTURE_SETUP(attached)
{
	self->bdf = role_bdf(ROLE_MAIN);
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	self->number = sysfs_group(self->bdf);
	self->container = container_open();
	self->group = group_open(self->number);
	group_set_container(self->group, self->container);
}

FIXTURE_TEARDOWN(attached)
{
	close(self->group);
	close(self->container);
}

VFIO_TEST_F(attached, status, "GRP-013")
{
	EXPECT_EQ(IN_CONTAINER, group_flags(self->group));
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
	EXPECT_EQ(IN_CONTAINER, group_flags(self->group));
}

VFIO_TEST_F(attached, set_container_closed_fd, "GRP-021")
{
	int ret, fd = dup(self->container);

	ASSERT_GE(fd, 0);
	close(fd);
	ret = __group_set_container(self->group, fd);
	EXPECT_TRUE(ret == -EINVAL || ret == -EBADF);
	outcome("GRP-021", errno_name(ret));
}

VFIO_TEST_F(attached, set_container_twice, "GRP-022")
{
	int other = container_open();

	EXPECT_EQ(-EINVAL, __group_set_container(self->group, self->container));
	EXPECT_EQ(-EINVAL, __group_set_container(self->group, other));
	/* Still in the first. */
	EXPECT_EQ(-EINVAL, __container_set_iommu(other, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(0, __container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU));
	close(other);
}

VFIO_TEST_F(attached, container_close_does_not_detach, "GRP-034")
{
	close(self->container);
	self->container = -1;
	EXPECT_EQ(IN_CONTAINER, group_flags(self->group));
	EXPECT_EQ(0, __group_unset_container(self->group));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->group));
}

VFIO_TEST_F(attached, container_outlives_its_descriptor, "CONT-033")
{
	int device;

	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
	close(self->container);
	self->container = -1;
	/* Only a group in a container with an IOMMU gives devices. */
	device = __group_get_device_fd(self->group, self->bdf);
	EXPECT_GE(device, 0);
	close(device);
}

VFIO_TEST_F(attached, unset, "GRP-037")
{
	EXPECT_EQ(0, __group_unset_container(self->group));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->group));
	EXPECT_EQ(-EINVAL, __group_unset_container(self->group));
	/* And into another one. */
	EXPECT_EQ(0, __group_set_container(self->group, self->container));
}

VFIO_TEST_F(attached, last_group_releases_iommu, "CONT-034 T1-129")
{
	void *mem = pages_alloc(page_size());

	container_set_iommu(self->container, VFIO_TYPE1_IOMMU);
	iommu_map(self->container, mem, 0, page_size(), MAP_RW);
	group_unset_container(self->group);
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->container, VFIO_IOMMU_GET_INFO, NULL));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->container, VFIO_TYPE1_IOMMU));
	group_set_container(self->group, self->container);
	/* Another type may be chosen, and no mapping is left from before. */
	ASSERT_EQ(0, __container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(0, iommu_unmap(self->container, 0, page_size(), 0));
	EXPECT_EQ(0, __iommu_map(self->container, mem, 0, page_size(), MAP_RW));
}

VFIO_TEST_F(attached, group_close_detaches, "GRP-039")
{
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
	close(self->group);
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->container, VFIO_IOMMU_GET_INFO, NULL));
	self->group = group_open(self->number);
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->group));
}

VFIO_TEST_F(attached, duplicate_keeps_it_attached, "GRP-041")
{
	int copy = dup(self->group);

	ASSERT_GE(copy, 0);
	close(self->group);
	self->group = copy;
	EXPECT_EQ(IN_CONTAINER, group_flags(copy));
	EXPECT_EQ(-EBUSY, __group_open(self->number));
	EXPECT_EQ(0, __container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU));
}

VFIO_TEST_F(attached, no_device_without_iommu, "GRP-045")
{
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->group, self->bdf));
}

/* A second group, of another device, in the same container. */
FIXTURE(two_groups)
{
	struct vfio_dev first;
	int other;
};

FIXTURE_SETUP(two_groups)
{
	const char *bdf = role_bdf(ROLE_PEER) ?: role_bdf(ROLE_PLAIN);

	if (!role_bdf(ROLE_MAIN) || !bdf)
		SKIP(return, "%s", role_missing(ROLE_PEER));
	self->first.fd = -1;
	self->first.container = container_open();
	self->first.group = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
	group_set_container(self->first.group, self->first.container);
	container_set_iommu(self->first.container, VFIO_TYPE1v2_IOMMU);
	self->other = group_open(sysfs_group(bdf));
}

FIXTURE_TEARDOWN(two_groups)
{
	close(self->other);
	device_close(&self->first);
}

VFIO_TEST_F(two_groups, second_group_joins, "GRP-031")
{
	void *mem = pages_alloc(page_size());

	iommu_map(self->first.container, mem, 0, page_size(), MAP_RW);
	EXPECT_EQ(0, __group_set_container(self->other, self->first.container));
	EXPECT_EQ(IN_CONTAINER, group_flags(self->other));
	/* The IOMMU of the container is its IOMMU. */
	EXPECT_EQ(-EEXIST, __iommu_map(self->first.container, mem, 0, page_size(), MAP_RW));
}

VFIO_TEST_F(two_groups, mappings_stay_for_the_other, "CONT-035")
{
	void *mem = pages_alloc(page_size());

	iommu_map(self->first.container, mem, 0, page_size(), MAP_RW);
	group_set_container(self->other, self->first.container);
	group_unset_container(self->first.group);
	EXPECT_EQ(page_size(), iommu_unmap(self->first.container, 0, page_size(), 0));
}

/* With a device descriptor: the device holds the group, the group the container. */
FIXTURE(with_device)
{
	struct vfio_dev dev;
};

FIXTURE_SETUP(with_device)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
}

FIXTURE_TEARDOWN(with_device)
{
	device_close(&self->dev);
}

VFIO_TEST_F(with_device, unset_is_busy, "GRP-036")
{
	EXPECT_EQ(-EBUSY, __group_unset_container(self->dev.group));
	EXPECT_EQ(IN_CONTAINER, group_flags(self->dev.group));
	close(self->dev.fd);
	self->dev.fd = -1;
	EXPECT_EQ(0, __group_unset_container(self->dev.group));
}

VFIO_TEST_F(with_device, group_stays_busy, "GRP-003 GRP-004 GRP-040 SET-019")
{
	close(self->dev.group);
	EXPECT_EQ(-EBUSY, __group_open(self->dev.group_number));
	EXPECT_EQ(0, __vfio_ioctl(self->dev.container, VFIO_IOMMU_GET_INFO,
				  &(struct vfio_iommu_type1_info){ .argsz = 16 }));
	close(self->dev.fd);
	self->dev.fd = -1;
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->dev.container, VFIO_IOMMU_GET_INFO, NULL));
	self->dev.group = __group_open(self->dev.group_number);
	ASSERT_GE(self->dev.group, 0);
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->dev.group));
}

VFIO_TEST_F(with_device, device_alone_keeps_mappings, "SET-018")
{
	struct vfio_device_info info;
	void *mem = pages_alloc(page_size());
	int container = dup(self->dev.container);

	ASSERT_GE(container, 0);
	iommu_map(container, mem, 0, page_size(), MAP_RW);
	close(self->dev.group);
	close(self->dev.container);
	self->dev.group = self->dev.container = -1;
	device_info(self->dev.fd, &info);
	EXPECT_TRUE(info.flags & VFIO_DEVICE_FLAGS_PCI);
	EXPECT_EQ(page_size(), iommu_unmap(container, 0, page_size(), 0));
	close(container);
}

CONFORMANCE_MAIN
