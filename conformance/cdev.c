// SPDX-License-Identifier: GPL-2.0-only
/* Character devices of VFIO devices: what they do unbound, and how they are bound. */
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cdev_fixture.h"

/* What later kernels have in their uapi header. */
#define FLAG_TOKEN	1u

struct bind_token {
	struct vfio_device_bind_iommufd bind;
	uint64_t token_uuid_ptr;
};

VFIO_TEST_F(cdev, node, "CDEV-001 DEV-019")
{
	char path[300], attr[64], number[32], expected[32];
	struct stat st;

	ASSERT_EQ(0, __cdev_path(self->bdf, path, sizeof(path)));
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(0600, st.st_mode & 07777);
	snprintf(attr, sizeof(attr), "vfio-dev/%s/dev", strrchr(path, '/') + 1);
	ASSERT_LT(0, __sysfs_read(self->bdf, attr, number, sizeof(number)));
	snprintf(expected, sizeof(expected), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	EXPECT_STREQ(expected, number);
}

/* Calls of a device, and numbers that none has. */
static const unsigned long calls[] = {
	VFIO_DEVICE_GET_INFO, VFIO_DEVICE_GET_REGION_INFO, VFIO_DEVICE_GET_IRQ_INFO,
	VFIO_DEVICE_SET_IRQS, VFIO_DEVICE_RESET, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO,
	VFIO_DEVICE_PCI_HOT_RESET, VFIO_DEVICE_IOEVENTFD, VFIO_DEVICE_FEATURE,
	VFIO_DEVICE_ATTACH_IOMMUFD_PT, VFIO_DEVICE_DETACH_IOMMUFD_PT, VFIO_GET_API_VERSION,
	VFIO_GROUP_GET_STATUS, 0, 0xffffffff,
};

VFIO_TEST_F(cdev, unbound_takes_no_call, "CDEV-003")
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	unsigned int i;

	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		/* Nothing is read of the argument. */
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, calls[i], bad_pointer())) {
			TH_LOG("ioctl 0x%lx", calls[i]);
		}
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, calls[i], &info));
	}
}

VFIO_TEST_F(cdev, unbound_has_no_content, "CDEV-004")
{
	uint32_t value = 0;

	EXPECT_EQ(-1, pread(self->fd, &value, 4, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pwrite(self->fd, &value, 4, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

/* Opened and closed, by any number at a time: the driver does not hear of it. */
VFIO_TEST_F(cdev, unbound_is_not_open, "CDEV-005")
{
	struct vfio_dev dev;
	struct mock mock;
	uint64_t opens;
	int fd, i;

	device_open(&dev, self->bdf);
	if (__mock_find(dev.fd, &mock))
		SKIP(device_close(&dev); return, "the driver does not count its calls");
	opens = mock_read(&mock, MOCK_REG_OPEN_CALLS);
	device_close(&dev);
	for (i = 0; i < 5; i++) {
		fd = cdev_open(self->bdf);
		EXPECT_EQ(0, close(fd));
	}
	device_open(&dev, self->bdf);
	mock_find(dev.fd, &mock);
	EXPECT_EQ(opens + 1, mock_read(&mock, MOCK_REG_OPEN_CALLS));
	EXPECT_EQ(opens, mock_read(&mock, MOCK_REG_CLOSE_CALLS));
	device_close(&dev);
}

static int bind_with(int fd, uint32_t argsz, uint32_t flags, int iommufd)
{
	struct vfio_device_bind_iommufd bind = { argsz, flags, iommufd, 0 };

	return __vfio_ioctl(fd, VFIO_DEVICE_BIND_IOMMUFD, &bind);
}

VFIO_TEST_F(cdev, bind_argument, "CDEV-006 CDEV-007 CDEV-008 CDEV-009")
{
	const uint32_t size = sizeof(struct vfio_device_bind_iommufd);
	void *shorter = border_alloc(size - 4, NULL, false);
	uint32_t argsz, bit;

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_BIND_IOMMUFD, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_BIND_IOMMUFD, shorter));
	border_free(shorter, size - 4);
	for (argsz = 0; argsz < size; argsz++)
		EXPECT_EQ(-EINVAL, bind_with(self->fd, argsz, 0, self->iommufd));
	for (bit = 2; bit; bit <<= 1)
		EXPECT_EQ(-EINVAL, bind_with(self->fd, size, bit, self->iommufd));
	EXPECT_EQ(-EINVAL, bind_with(self->fd, size, 0, -1));
	EXPECT_EQ(-EINVAL, bind_with(self->fd, size, 0, INT32_MIN));
	/* None of that has done anything. */
	EXPECT_TRUE(cdev_group_is_free(self->number));
	EXPECT_EQ(0, bind_with(self->fd, size, 0, self->iommufd));
}

VFIO_TEST_F(cdev, bind_argument_grows, "CDEV-010")
{
	struct {
		struct vfio_device_bind_iommufd bind;
		uint64_t tail[8];
	} arg = { .bind = { .argsz = sizeof(arg), .iommufd = self->iommufd }, .tail[7] = 1 };
	int ret = __vfio_ioctl(self->fd, VFIO_DEVICE_BIND_IOMMUFD, &arg);

	outcome("CDEV-010", errno_name(ret));
	EXPECT_TRUE(!ret || ret == -E2BIG);
	if (ret) {
		arg.tail[7] = 0;
		EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_BIND_IOMMUFD, &arg));
	}
}

/* A kernel that does not know the flag refuses it as any other. */
VFIO_TEST_F(cdev, bind_token, "CDEV-008 CDEV-024 CDEV-025")
{
	static const uint8_t uuid[16] = { 1 };
	struct bind_token arg = {
		.bind = { .argsz = sizeof(arg), .flags = FLAG_TOKEN, .iommufd = self->iommufd },
		.token_uuid_ptr = (uintptr_t)bad_pointer(),
	};
	int ret = __vfio_ioctl(self->fd, VFIO_DEVICE_BIND_IOMMUFD, &arg);

	outcome("CDEV-025", errno_name(ret));
	EXPECT_TRUE(ret == -EINVAL || ret == -EFAULT);
	/* The device is no virtual function and takes none. */
	arg.token_uuid_ptr = (uintptr_t)uuid;
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, VFIO_DEVICE_BIND_IOMMUFD, &arg));
	EXPECT_TRUE(cdev_group_is_free(self->number));
}

VFIO_TEST_F(cdev, bind_to_other_files, "CDEV-016 CDEV-017")
{
	int others[] = {
		eventfd(0, 0), open("/dev/null", O_RDWR), container_open(), self->fd,
		open("/", O_DIRECTORY), cdev_open(self->bdf),
	};
	unsigned int i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++) {
		ASSERT_LE(0, others[i]);
		EXPECT_EQ(-EBADFD, __cdev_bind(self->fd, others[i], NULL));
		if (others[i] != self->fd)
			close(others[i]);
	}
	EXPECT_EQ(-EBADF, __cdev_bind(self->fd, others[0], NULL));
	EXPECT_TRUE(cdev_group_is_free(self->number));
	EXPECT_EQ(0, __cdev_bind(self->fd, self->iommufd, NULL));
}

VFIO_TEST_F(cdev, bind_writes_the_id, "CDEV-019")
{
	struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind) + 100, .iommufd = self->iommufd, .out_devid = 0xdeadbeef,
	};
	struct vfio_device_info info;

	ASSERT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_BIND_IOMMUFD, &bind));
	EXPECT_EQ(sizeof(bind) + 100, bind.argsz);
	EXPECT_EQ(0, bind.flags);
	EXPECT_EQ(self->iommufd, bind.iommufd);
	EXPECT_NE(0xdeadbeef, bind.out_devid);
	EXPECT_LT(0, bind.out_devid);
	device_info(self->fd, &info);
	EXPECT_TRUE(info.flags & VFIO_DEVICE_FLAGS_PCI);
	if (edu_is(self->bdf))
		EXPECT_EQ(EDU_ID_VALUE, edu_read32(self->fd, EDU_ID));
}

VFIO_TEST_F(cdev, bound_once, "CDEV-015 CDEV-018 CDEV-022")
{
	int second = cdev_open(self->bdf), other = iommufd_open();

	cdev_bind(self->fd, self->iommufd, NULL);
	EXPECT_EQ(-EINVAL, __cdev_bind(self->fd, self->iommufd, NULL));
	EXPECT_EQ(-EINVAL, __cdev_bind(self->fd, other, NULL));
	EXPECT_EQ(-EINVAL, __cdev_bind(second, self->iommufd, NULL));
	EXPECT_EQ(-EINVAL, __cdev_bind(second, other, NULL));
	/* What failed holds nothing. */
	close(self->fd);
	self->fd = -1;
	EXPECT_TRUE(cdev_group_is_free(self->number));
	EXPECT_EQ(0, __cdev_bind(second, other, NULL));
	close(second);
	close(other);
}

VFIO_TEST_F(cdev, not_from_a_group, "CDEV-011 CDEV-040")
{
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind), .flags = 2 };
	struct vfio_dev dev;
	uint32_t pt = 1;

	device_open(&dev, self->bdf);
	EXPECT_EQ(-EINVAL, __cdev_bind(dev.fd, self->iommufd, NULL));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(dev.fd, VFIO_DEVICE_BIND_IOMMUFD, bad_pointer()));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(dev.fd, VFIO_DEVICE_BIND_IOMMUFD, &bind));
	EXPECT_EQ(-ENOTTY, __cdev_attach(dev.fd, &pt));
	EXPECT_EQ(-ENOTTY, __cdev_detach(dev.fd));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(dev.fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, bad_pointer()));
	device_close(&dev);
}

VFIO_TEST_F(cdev, group_or_cdev, "CDEV-012 CDEV-013 CDEV-041 GRP-005")
{
	int group = group_open(self->number), container = container_open();

	EXPECT_EQ(-EBUSY, __cdev_bind(self->fd, self->iommufd, NULL));
	group_set_container(group, container);
	EXPECT_EQ(-EBUSY, __cdev_bind(self->fd, self->iommufd, NULL));
	close(group);
	cdev_bind(self->fd, self->iommufd, NULL);
	EXPECT_EQ(-EBUSY, __group_open(self->number));
	close(self->fd);
	self->fd = -1;
	EXPECT_TRUE(cdev_group_is_free(self->number));
	close(container);
}

VFIO_TEST_F(cdev, argument_is_read_only, "CDEV-020")
{
	const struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind), .iommufd = self->iommufd,
	};
	void *arg = border_alloc(sizeof(bind), &bind, true);

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_BIND_IOMMUFD, arg));
	border_free(arg, sizeof(bind));
	EXPECT_TRUE(cdev_group_is_free(self->number));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(0, __cdev_bind(self->fd, self->iommufd, NULL));
}

VFIO_TEST_F(cdev, bound_again_and_again, "CDEV-041")
{
	uint32_t ioas = ioas_alloc(self->iommufd);
	int i;

	for (i = 0; i < 10; i++) {
		cdev_bind(self->fd, self->iommufd, NULL);
		cdev_attach(self->fd, ioas);
		/* With what is attached, which is undone by close. */
		close(self->fd);
		EXPECT_TRUE(cdev_group_is_free(self->number));
		self->fd = cdev_open(self->bdf);
	}
	EXPECT_EQ(0, __iommufd_destroy(self->iommufd, ioas));
}

VFIO_TEST_F(cdev, two_of_a_group, "CDEV-013 CDEV-014")
{
	const char *sibling = role_bdf(ROLE_SIBLING);
	int a, b, other;

	if (!sibling)
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	a = cdev_open(role_bdf(ROLE_SHARED));
	b = cdev_open(sibling);
	other = iommufd_open();
	cdev_bind(a, self->iommufd, NULL);
	/* A group has one owner. */
	EXPECT_EQ(-EPERM, __cdev_bind(b, other, NULL));
	EXPECT_EQ(0, __cdev_bind(b, self->iommufd, NULL));
	EXPECT_EQ(-EBUSY, __group_open(sysfs_group(sibling)));
	close(a);
	EXPECT_EQ(-EBUSY, __group_open(sysfs_group(sibling)));
	close(b);
	EXPECT_TRUE(cdev_group_is_free(sysfs_group(sibling)));
	close(other);
}

CONFORMANCE_MAIN
