// SPDX-License-Identifier: GPL-2.0-only
/* The container descriptor, with no group and with one. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define NO_SUCH_TYPE	0x7fff
/* Not handled by the container nor by type1. */
#define NO_SUCH_IOCTL	_IO(VFIO_TYPE, VFIO_BASE + 90)

FIXTURE(container)
{
	int fd;
};

FIXTURE_SETUP(container)
{
	self->fd = container_open();
}

FIXTURE_TEARDOWN(container)
{
	close(self->fd);
}

VFIO_TEST_F(container, opens_are_independent, "CONT-001")
{
	int group, other = __container_open();
	struct stat st;

	ASSERT_GE(other, 0);
	ASSERT_NE(other, self->fd);
	ASSERT_EQ(0, fstat(other, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	group = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
	group_set_container(group, self->fd);
	/* The group is in one of them only. */
	EXPECT_EQ(-EINVAL, __container_set_iommu(other, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(0, __container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU));
	close(group);
	close(other);
}

VFIO_TEST_F(container, api_version, "CONT-002")
{
	EXPECT_EQ(VFIO_API_VERSION, __vfio_ioctl(self->fd, VFIO_GET_API_VERSION, NULL));
	EXPECT_EQ(VFIO_API_VERSION, __vfio_ioctl(self->fd, VFIO_GET_API_VERSION, bad_pointer()));
}

VFIO_TEST_F(container, unknown_extension_is_absent, "CONT-003")
{
	EXPECT_EQ(0, __container_check(self->fd, 0));
	EXPECT_EQ(0, __container_check(self->fd, NO_SUCH_TYPE));
	EXPECT_EQ(0, __container_check(self->fd, ~0ul));
}

VFIO_TEST_F(container, type1_extensions, "CONT-004 CONT-005 CONT-007")
{
	EXPECT_EQ(1, __container_check(self->fd, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(1, __container_check(self->fd, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(1, __container_check(self->fd, VFIO_UNMAP_ALL));
}

VFIO_TEST_F(container, nesting_extension, "CONT-006")
{
	int ret = __container_check(self->fd, VFIO_TYPE1_NESTING_IOMMU);

	ASSERT_TRUE(ret == 0 || ret == 1);
	outcome("CONT-006", ret ? "1" : "0");
}

VFIO_TEST_F(container, update_vaddr_without_iommu, "CONT-008")
{
	int ret = __container_check(self->fd, VFIO_UPDATE_VADDR);

	ASSERT_TRUE(ret == 0 || ret == 1);
	outcome("CONT-008", ret ? "1" : "0");
}

VFIO_TEST_F(container, no_coherency_without_iommu, "CONT-011")
{
	EXPECT_EQ(0, __container_check(self->fd, VFIO_DMA_CC_IOMMU));
}

VFIO_TEST_F(container, noiommu_only_when_enabled, "CONT-014")
{
	char c = 'N';
	int fd = open("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", O_RDONLY);

	if (fd >= 0) {
		ASSERT_EQ(1, read(fd, &c, 1));
		close(fd);
	}
	if (c == 'Y')
		SKIP(return, "enable_unsafe_noiommu_mode is on");
	EXPECT_EQ(0, __container_check(self->fd, VFIO_NOIOMMU_IOMMU));
}

VFIO_TEST_F(container, set_iommu_needs_group, "CONT-018")
{
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->fd, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU));
	/* Before the type is looked at. */
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->fd, NO_SUCH_TYPE));
}

VFIO_TEST_F(container, other_ioctls_need_iommu, "CONT-030 T1-002")
{
	/* The argument is not read: a bad one changes nothing. */
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, VFIO_IOMMU_GET_INFO, bad_pointer()));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, VFIO_IOMMU_MAP_DMA, bad_pointer()));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, VFIO_IOMMU_UNMAP_DMA, bad_pointer()));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, VFIO_IOMMU_DIRTY_PAGES, bad_pointer()));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, NO_SUCH_IOCTL, NULL));
}

/* A container that holds the main device's group, with no IOMMU chosen. */
FIXTURE(with_group)
{
	int fd, group;
};

FIXTURE_SETUP(with_group)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	self->fd = container_open();
	self->group = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
	group_set_container(self->group, self->fd);
}

FIXTURE_TEARDOWN(with_group)
{
	close(self->group);
	close(self->fd);
}

VFIO_TEST_F(with_group, unknown_iommu_type, "CONT-020")
{
	EXPECT_EQ(-ENODEV, __container_set_iommu(self->fd, NO_SUCH_TYPE));
	EXPECT_EQ(-ENODEV, __container_set_iommu(self->fd, 0));
	/* A refused type leaves the choice open. */
	EXPECT_EQ(0, __container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU));
}

VFIO_TEST_F(with_group, noiommu_refuses_real_group, "CONT-021")
{
	EXPECT_EQ(0, __container_check(self->fd, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(-ENODEV, __container_set_iommu(self->fd, VFIO_NOIOMMU_IOMMU));
}

VFIO_TEST_F(with_group, iommu_is_set_once, "CONT-019")
{
	container_set_iommu(self->fd, VFIO_TYPE1_IOMMU);
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->fd, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->fd, NO_SUCH_TYPE));
}

VFIO_TEST_F(with_group, extensions_with_iommu, "CONT-009 CONT-013")
{
	container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU);
	EXPECT_EQ(1, __container_check(self->fd, VFIO_UPDATE_VADDR));
	EXPECT_EQ(1, __container_check(self->fd, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(1, __container_check(self->fd, VFIO_UNMAP_ALL));
	EXPECT_EQ(0, __container_check(self->fd, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(0, __container_check(self->fd, NO_SUCH_TYPE));
}

VFIO_TEST_F(with_group, coherency_with_iommu, "CONT-012")
{
	int ret;

	container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU);
	ret = __container_check(self->fd, VFIO_DMA_CC_IOMMU);
	ASSERT_TRUE(ret == 0 || ret == 1);
	/* The IOMMU's property; asking twice cannot change it. */
	EXPECT_EQ(ret, __container_check(self->fd, VFIO_DMA_CC_IOMMU));
	outcome("CONT-012", ret ? "1" : "0");
}

/* v1 lets an unmap take more than was asked for, v2 does not. */
VFIO_TEST_F(with_group, type1_has_v1_semantics, "CONT-027")
{
	uint64_t size = 2 * page_size();
	void *mem = pages_alloc(size);

	container_set_iommu(self->fd, VFIO_TYPE1_IOMMU);
	iommu_map(self->fd, mem, 0, size, MAP_RW);
	EXPECT_EQ(size, iommu_unmap(self->fd, 0, page_size(), 0));
}

VFIO_TEST_F(with_group, type1v2_has_v2_semantics, "CONT-028")
{
	uint64_t size = 2 * page_size();
	void *mem = pages_alloc(size);

	container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU);
	iommu_map(self->fd, mem, 0, size, MAP_RW);
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->fd, 0, page_size(), 0, NULL));
	EXPECT_EQ(size, iommu_unmap(self->fd, 0, size, 0));
}

VFIO_TEST_F(with_group, nesting_type, "CONT-029 T1-134")
{
	uint64_t size = 2 * page_size();
	int ret = __container_set_iommu(self->fd, VFIO_TYPE1_NESTING_IOMMU);

	outcome("CONT-029", errno_name(ret));
	if (ret) {
		/* Refused by the IOMMU's driver or unknown; another type is still to be had. */
		EXPECT_TRUE(ret == -EINVAL || ret == -ENODEV || ret == -EBUSY || ret == -EPERM ||
			    ret == -EOPNOTSUPP);
		EXPECT_EQ(0, __container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU));
		return;
	}
	iommu_map(self->fd, pages_alloc(size), 0, size, MAP_RW);
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->fd, 0, page_size(), 0, NULL));
}

VFIO_TEST_F(with_group, unknown_ioctl_with_iommu, "CONT-031 T1-001")
{
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, NO_SUCH_IOCTL, NULL));
	container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU);
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->fd, NO_SUCH_IOCTL, NULL));
	/* A device's call means nothing here. */
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->fd, VFIO_DEVICE_GET_REGION_INFO, bad_pointer()));
}

VFIO_TEST_F(with_group, type1_module_is_held, "CONT-036 CONT-037")
{
	static const char path[] = "/sys/module/vfio_iommu_type1/refcnt";
	const uint64_t before = file_number(path, -1);

	if (before == (uint64_t)-1)
		SKIP(return, "vfio_iommu_type1 is not a module here");
	container_set_iommu(self->fd, VFIO_TYPE1v2_IOMMU);
	EXPECT_EQ(before + 1, file_number(path, -1));
	close(self->fd);
	self->fd = -1;
	EXPECT_EQ(before + 1, file_number(path, -1));
	close(self->group);
	self->group = -1;
	EXPECT_EQ(before, file_number(path, -1));
}

CONFORMANCE_MAIN
