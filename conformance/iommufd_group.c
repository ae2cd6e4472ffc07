// SPDX-License-Identifier: GPL-2.0-only
/* Groups with an iommufd in place of a container. */
#include <fcntl.h>
#include <sys/eventfd.h>

#include "conformance.h"
#include "client/iommufd.h"
#include "client/kvm.h"
#include "client/mdev.h"
#include "client/vfio_client.h"
#include "noiommu.h"

FIXTURE(group)
{
	const char *bdf;
	int iommufd, group;
};

FIXTURE_SETUP(group)
{
	self->iommufd = self->group = -1;
	self->bdf = role_bdf(ROLE_MAIN);
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (cdev_missing(self->bdf))
		SKIP(return, "%s", cdev_missing(self->bdf));
	self->iommufd = iommufd_open();
	self->group = group_open(sysfs_group(self->bdf));
}

FIXTURE_TEARDOWN(group)
{
	close(self->group);
	close(self->iommufd);
}

VFIO_TEST_F(group, joins, "IOFD-001 GRP-014")
{
	uint32_t ioas, again;
	int container = container_open(), other = iommufd_open();

	EXPECT_EQ(-ENODEV, __iommufd_vfio_ioas(self->iommufd, IOMMU_VFIO_IOAS_GET, &ioas));
	ASSERT_EQ(0, __group_set_container(self->group, self->iommufd));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET,
		  group_flags(self->group));
	/* The address space is made with the first group, and is the user's from then on. */
	ASSERT_EQ(0, __iommufd_vfio_ioas(self->iommufd, IOMMU_VFIO_IOAS_GET, &ioas));
	EXPECT_EQ(-EINVAL, __group_set_container(self->group, self->iommufd));
	EXPECT_EQ(-EINVAL, __group_set_container(self->group, other));
	EXPECT_EQ(-EINVAL, __group_set_container(self->group, container));
	EXPECT_EQ(0, __group_unset_container(self->group));
	EXPECT_EQ(-EINVAL, __group_unset_container(self->group));
	ASSERT_EQ(0, __group_set_container(self->group, self->iommufd));
	ASSERT_EQ(0, __iommufd_vfio_ioas(self->iommufd, IOMMU_VFIO_IOAS_GET, &again));
	EXPECT_EQ(ioas, again);
	EXPECT_EQ(0, __group_unset_container(self->group));
	EXPECT_EQ(0, __group_set_container(self->group, container));
	close(container);
	close(other);
}

VFIO_TEST_F(group, other_files, "IOFD-002")
{
	int fds[] = { eventfd(0, 0), open("/dev/null", O_RDWR), self->group,
		      cdev_open(self->bdf) };
	unsigned int i;

	for (i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
		EXPECT_EQ(-EBADFD, __group_set_container(self->group, fds[i]));
		if (fds[i] != self->group)
			close(fds[i]);
	}
	EXPECT_EQ(-EBADF, __group_set_container(self->group, -1));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->group));
}

VFIO_TEST_F(group, unset_while_open, "IOFD-003 GRP-038")
{
	struct vfio_device_info info;
	int fd, second;

	group_set_container(self->group, self->iommufd);
	fd = group_get_device_fd(self->group, self->bdf);
	EXPECT_EQ(0, __group_unset_container(self->group));
	/* For others the group is taken. */
	EXPECT_EQ(0, group_flags(self->group));
	device_info(fd, &info);
	EXPECT_TRUE(info.flags & VFIO_DEVICE_FLAGS_PCI);
	second = __group_get_device_fd(self->group, self->bdf);
	EXPECT_EQ(-EINVAL, second);
	group_set_container(self->group, self->iommufd);
	second = __group_get_device_fd(self->group, self->bdf);
	EXPECT_LE(0, second);
	close(fd);
	device_info(second, &info);
	close(second);
}

VFIO_TEST_F(group, device_uses_the_address_space, "IOFD-004 IOFD-013")
{
	uint32_t *page = pages_alloc(page_size());
	uint32_t ioas;
	int fd;

	group_set_container(self->group, self->iommufd);
	container_set_iommu(self->iommufd, VFIO_TYPE1v2_IOMMU);
	fd = group_get_device_fd(self->group, self->bdf);
	iommu_map(self->iommufd, page, 0, page_size(), MAP_RW);
	ASSERT_EQ(0, __iommufd_vfio_ioas(self->iommufd, IOMMU_VFIO_IOAS_GET, &ioas));
	EXPECT_EQ(-EBUSY, __iommufd_destroy(self->iommufd, ioas));
	/* One space under two names. */
	EXPECT_EQ(-EEXIST, __ioas_map(self->iommufd, ioas, page, 0, page_size()));
	if (edu_is(self->bdf)) {
		edu_enable_dma(fd);
		*page = 0x12345678;
		edu_dma(fd, 0, 0, 4, 0);
		edu_dma(fd, 8, 0, 4, EDU_DMA_TO_RAM);
		EXPECT_EQ(0x12345678, page[2]);
		close(self->iommufd);
		self->iommufd = -1;
		edu_dma(fd, 16, 0, 4, EDU_DMA_TO_RAM);
		EXPECT_EQ(0x12345678, page[4]);
	}
	close(fd);
}

VFIO_TEST_F(group, address_space_is_gone, "IOFD-005")
{
	struct vfio_dev dev;
	struct mock mock;
	uint64_t opens = 0, closes = 0;
	uint32_t ioas;
	int fd;

	group_set_container(self->group, self->iommufd);
	ASSERT_EQ(0, __iommufd_vfio_ioas(self->iommufd, IOMMU_VFIO_IOAS_CLEAR, NULL));
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->group, self->bdf));
	EXPECT_EQ(-ENODEV, __container_set_iommu(self->iommufd, VFIO_TYPE1v2_IOMMU));

	ioas = ioas_alloc(self->iommufd);
	ASSERT_EQ(0, __iommufd_vfio_ioas(self->iommufd, IOMMU_VFIO_IOAS_SET, &ioas));
	fd = __group_get_device_fd(self->group, self->bdf);
	ASSERT_LE(0, fd);
	if (!__mock_find(fd, &mock)) {
		opens = mock_read(&mock, MOCK_REG_OPEN_CALLS);
		closes = mock_read(&mock, MOCK_REG_CLOSE_CALLS);
	}
	close(fd);
	ASSERT_EQ(0, __iommufd_destroy(self->iommufd, ioas));
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->group, self->bdf));

	/* Each time it was closed again. */
	close(self->group);
	device_open(&dev, self->bdf);
	if (!__mock_find(dev.fd, &mock)) {
		EXPECT_EQ(opens + 2, mock_read(&mock, MOCK_REG_OPEN_CALLS));
		EXPECT_EQ(closes + 2, mock_read(&mock, MOCK_REG_CLOSE_CALLS));
	}
	device_close(&dev);
	self->group = -1;
}

VFIO_TEST_F(group, neither_of_them, "IOFD-007")
{
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->group, self->bdf));
	group_set_container(self->group, self->iommufd);
	group_unset_container(self->group);
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->group, self->bdf));
}

VFIO_TEST_F(group, shown_to_a_vm, "IOFD-036")
{
	struct mock mock;
	int vm, device, fd;

	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	vm = vm_create();
	device = vm_vfio_device(vm);
	EXPECT_EQ(-EINVAL, __kvm_vfio_add(device, self->iommufd));
	group_set_container(self->group, self->iommufd);
	kvm_vfio_add(device, self->group);
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(device, self->group));
	fd = group_get_device_fd(self->group, self->bdf);
	if (!__mock_find(fd, &mock))
		EXPECT_EQ(1, mock_read(&mock, MOCK_REG_HAS_KVM));
	kvm_vfio_del(device, self->group);
	EXPECT_EQ(-ENOENT, __kvm_vfio_del(device, self->group));
	close(fd);
	close(device);
	close(vm);
}

VFIO_TEST_F(group, emulated_device_joins, "IOFD-001 IOFD-004")
{
	uint8_t *page = pages_alloc(page_size());
	struct vfio_dev dev;
	struct mock mock;

	if (!mdev_uuid(0))
		SKIP(return, MDEV_NO_UUID);
	dev.group = group_open(mdev_group(mdev_uuid(0)));
	dev.container = -1;
	group_set_container(self->group, self->iommufd);
	group_set_container(dev.group, self->iommufd);
	dev.fd = group_get_device_fd(dev.group, mdev_uuid(0));
	iommu_map(self->iommufd, page, 0, page_size(), MAP_RW);
	if (!__mock_find(dev.fd, &mock)) {
		EXPECT_EQ(1, mock_command(&mock, MOCK_CMD_PIN, 0, 1, 3));
		EXPECT_EQ(page_size(), iommu_unmap(self->iommufd, 0, page_size(), 0));
		EXPECT_EQ(0, mock_read(&mock, MOCK_REG_PINS));
	}
	device_close(&dev);
}

/* A group without an IOMMU. */
FIXTURE(unsafe)
{
	const char *bdf;
	int iommufd, group;
};

FIXTURE_SETUP(unsafe)
{
	self->iommufd = self->group = -1;
	if (noiommu_missing())
		SKIP(return, "%s", noiommu_missing());
	if (access("/dev/iommu", F_OK))
		SKIP(return, "no /dev/iommu (CONFIG_IOMMUFD)");
	self->bdf = noiommu_bdf(0);
	self->iommufd = iommufd_open();
	self->group = group_open(sysfs_group(self->bdf));
}

FIXTURE_TEARDOWN(unsafe)
{
	close(self->group);
	close(self->iommufd);
}

VFIO_TEST_F(unsafe, joins, "NOIO-016 IOFD-001 IOFD-009 IOFD-010")
{
	struct vfio_device_info info;
	uint32_t ioas;
	int fd;

	EXPECT_EQ(1, __container_check(self->iommufd, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(1, __container_check(self->iommufd, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->iommufd, VFIO_NOIOMMU_IOMMU));
	ASSERT_EQ(0, __group_set_container(self->group, self->iommufd));
	EXPECT_EQ(-ENODEV, __iommufd_vfio_ioas(self->iommufd, IOMMU_VFIO_IOAS_GET, &ioas));
	EXPECT_EQ(0, __container_check(self->iommufd, VFIO_TYPE1_IOMMU));
	EXPECT_EQ(0, __container_check(self->iommufd, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(0, __container_check(self->iommufd, VFIO_UNMAP_ALL));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->iommufd, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(0, __container_set_iommu(self->iommufd, VFIO_NOIOMMU_IOMMU));
	fd = __group_get_device_fd(self->group, self->bdf);
	ASSERT_LE(0, fd);
	device_info(fd, &info);
	EXPECT_TRUE(info.flags & VFIO_DEVICE_FLAGS_PCI);
	close(fd);
}

VFIO_TEST_F(unsafe, needs_rawio, "NOIO-016 IOFD-006")
{
	group_set_container(self->group, self->iommufd);
	drop_capability(CAP_SYS_RAWIO);
	EXPECT_EQ(-EPERM, __container_set_iommu(self->iommufd, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(-EPERM, __group_get_device_fd(self->group, self->bdf));
}

VFIO_TEST_F(unsafe, does_not_mix, "NOIO-017 IOFD-006")
{
	uint32_t ioas = ioas_alloc(self->iommufd);
	int real, other = iommufd_open();

	/* The user has an address space: who takes the group must not expect it to be used. */
	ASSERT_EQ(0, __group_set_container(self->group, other));
	ioas = ioas_alloc(other);
	ASSERT_EQ(0, __iommufd_vfio_ioas(other, IOMMU_VFIO_IOAS_SET, &ioas));
	EXPECT_EQ(-EPERM, __group_get_device_fd(self->group, self->bdf));
	group_unset_container(self->group);

	if (!iommu_bdf())
		SKIP(return, "no device with an IOMMU is named");
	real = group_open(sysfs_group(iommu_bdf()));
	group_set_container(real, self->iommufd);
	EXPECT_EQ(-EINVAL, __group_set_container(self->group, self->iommufd));
	/* Leaving does not take the address space away. */
	group_unset_container(real);
	EXPECT_EQ(-EINVAL, __group_set_container(self->group, self->iommufd));
	close(other);
	other = iommufd_open();
	group_set_container(self->group, other);
	EXPECT_EQ(-EINVAL, __group_set_container(real, other));
	close(real);
	close(other);
}

/* Kernels that have one for it (IOMMUFD_NOIOMMU) call it noiommu-vfioN. */
VFIO_TEST_F(unsafe, has_no_character_device, "NOIO-018")
{
	char path[300];

	EXPECT_EQ(-ENOENT, __cdev_path(self->bdf, path, sizeof(path)));
}

CONFORMANCE_MAIN
