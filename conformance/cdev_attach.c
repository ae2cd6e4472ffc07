// SPDX-License-Identifier: GPL-2.0-only
/* A device that is bound to an iommufd: attaching it to address spaces, and lifetimes. */
#include <string.h>
#include <sys/mman.h>

#include "cdev_fixture.h"
#include "client/mdev.h"

#define NO_ID	0x7fffffffu
#define IOVA	0x100000

FIXTURE(bound)
{
	const char *bdf;
	int number, iommufd, fd;
	uint32_t devid, ioas;
};

FIXTURE_SETUP(bound)
{
	self->fd = self->iommufd = -1;
	self->bdf = role_bdf(ROLE_MAIN);
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (cdev_missing(self->bdf))
		SKIP(return, "%s", cdev_missing(self->bdf));
	self->number = sysfs_group(self->bdf);
	self->iommufd = iommufd_open();
	self->fd = cdev_open(self->bdf);
	cdev_bind(self->fd, self->iommufd, &self->devid);
	self->ioas = ioas_alloc(self->iommufd);
}

FIXTURE_TEARDOWN(bound)
{
	close(self->fd);
	close(self->iommufd);
}

static int attach_with(int fd, uint32_t argsz, uint32_t flags, uint32_t pt)
{
	const uint32_t arg[4] = { argsz, flags, pt, 1 };

	return __vfio_ioctl(fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, arg);
}

static int detach_with(int fd, uint32_t argsz, uint32_t flags)
{
	const uint32_t arg[3] = { argsz, flags, 1 };

	return __vfio_ioctl(fd, VFIO_DEVICE_DETACH_IOMMUFD_PT, arg);
}

VFIO_TEST_F(bound, attach_argument, "CDEV-026 CDEV-027 CDEV-028")
{
	uint32_t argsz, bit;

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, bad_pointer()));
	for (argsz = 0; argsz < 12; argsz++)
		EXPECT_EQ(-EINVAL, attach_with(self->fd, argsz, 0, self->ioas));
	for (bit = 2; bit; bit <<= 1)
		EXPECT_EQ(-EINVAL, attach_with(self->fd, 12, bit, self->ioas));
	EXPECT_EQ(0, attach_with(self->fd, 12, 0, self->ioas));
	EXPECT_EQ(0, attach_with(self->fd, ~0u, 0, self->ioas));
}

VFIO_TEST_F(bound, detach_argument, "CDEV-035 CDEV-036")
{
	uint32_t argsz, bit;

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_DETACH_IOMMUFD_PT, bad_pointer()));
	for (argsz = 0; argsz < 8; argsz++)
		EXPECT_EQ(-EINVAL, detach_with(self->fd, argsz, 0));
	for (bit = 2; bit; bit <<= 1)
		EXPECT_EQ(-EINVAL, detach_with(self->fd, 8, bit));
	EXPECT_EQ(0, __cdev_detach(self->fd));
	cdev_attach(self->fd, self->ioas);
	EXPECT_EQ(0, __cdev_detach(self->fd));
	EXPECT_EQ(0, __cdev_detach(self->fd));
}

/* A kernel with PASIDs looks for the driver's support first; one without knows no flag. */
VFIO_TEST_F(bound, pasid, "CDEV-028 CDEV-038 CDEV-039")
{
	int ret = attach_with(self->fd, 16, 1, self->ioas);

	outcome("CDEV-038", errno_name(ret));
	EXPECT_TRUE(ret == -EOPNOTSUPP || ret == -EINVAL);
	EXPECT_EQ(ret, detach_with(self->fd, 12, 1));
	EXPECT_EQ(ret, attach_with(self->fd, 12, 1, self->ioas));
	EXPECT_EQ(ret, detach_with(self->fd, 8, 1));
}

VFIO_TEST_F(bound, attach_to_what_is_none, "CDEV-029 CDEV-030")
{
	uint32_t pt = NO_ID, ioas;

	EXPECT_EQ(-ENOENT, __cdev_attach(self->fd, &pt));
	EXPECT_EQ(NO_ID, pt);
	pt = 0;
	EXPECT_EQ(-ENOENT, __cdev_attach(self->fd, &pt));
	pt = self->devid;
	EXPECT_EQ(-EINVAL, __cdev_attach(self->fd, &pt));
	ioas = ioas_alloc(self->iommufd);
	ASSERT_EQ(0, __iommufd_destroy(self->iommufd, ioas));
	EXPECT_EQ(-ENOENT, __cdev_attach(self->fd, &ioas));
	/* Nor does it lose what it has. */
	cdev_attach(self->fd, self->ioas);
	pt = NO_ID;
	EXPECT_EQ(-ENOENT, __cdev_attach(self->fd, &pt));
	pt = self->devid;
	EXPECT_EQ(-EINVAL, __cdev_attach(self->fd, &pt));
	EXPECT_EQ(-EBUSY, __iommufd_destroy(self->iommufd, self->ioas));
}

VFIO_TEST_F(bound, attach_gives_the_page_table, "CDEV-031")
{
	uint32_t pt = self->ioas, again = self->ioas, hwpt;

	ASSERT_EQ(0, __cdev_attach(self->fd, &pt));
	EXPECT_NE(self->ioas, pt);
	EXPECT_NE(self->devid, pt);
	/* One that was made by itself is used again, */
	ASSERT_EQ(0, __cdev_attach(self->fd, &again));
	EXPECT_EQ(pt, again);
	/* and one of the user's own can be named. */
	ASSERT_EQ(0, __hwpt_alloc(self->iommufd, self->devid, self->ioas, &hwpt));
	again = hwpt;
	ASSERT_EQ(0, __cdev_attach(self->fd, &again));
	EXPECT_EQ(hwpt, again);
	EXPECT_EQ(-EBUSY, __iommufd_destroy(self->iommufd, hwpt));
	EXPECT_EQ(0, __cdev_detach(self->fd));
	EXPECT_EQ(0, __iommufd_destroy(self->iommufd, hwpt));
}

VFIO_TEST_F(bound, ioas_is_in_use, "CDEV-032 CDEV-043")
{
	uint32_t second = ioas_alloc(self->iommufd), device = self->devid;

	cdev_attach(self->fd, self->ioas);
	EXPECT_EQ(-EBUSY, __iommufd_destroy(self->iommufd, self->ioas));
	EXPECT_EQ(-EBUSY, __iommufd_destroy(self->iommufd, device));
	cdev_attach(self->fd, second);
	EXPECT_EQ(-EBUSY, __iommufd_destroy(self->iommufd, second));
	EXPECT_EQ(0, __iommufd_destroy(self->iommufd, self->ioas));
	EXPECT_EQ(0, __cdev_detach(self->fd));
	EXPECT_EQ(0, __iommufd_destroy(self->iommufd, second));
}

/* What the device writes to the page at IOVA: true if it arrives. */
static bool writes_arrive(int fd, uint8_t *page)
{
	static uint8_t value;
	uint32_t i;

	/* Read what it is to write by way of the same page. */
	memset(page, ++value, 64);
	edu_dma(fd, IOVA, 0, 64, 0);
	memset(page, 0, 64);
	edu_dma(fd, IOVA, 0, 64, EDU_DMA_TO_RAM);
	for (i = 0; i < 64; i++)
		if (page[i] != value)
			return false;
	return true;
}

VFIO_TEST_F(bound, dma_follows_attach, "CDEV-031 CDEV-032 CDEV-037")
{
	uint8_t *a = pages_alloc(page_size()), *b = pages_alloc(page_size());
	uint32_t second = ioas_alloc(self->iommufd);

	if (!edu_is(self->bdf))
		SKIP(return, "no device that can be told to do DMA");
	edu_enable_dma(self->fd);
	ioas_map(self->iommufd, self->ioas, a, IOVA, page_size());
	ioas_map(self->iommufd, second, b, IOVA, page_size());
	EXPECT_FALSE(writes_arrive(self->fd, a));
	cdev_attach(self->fd, self->ioas);
	EXPECT_TRUE(writes_arrive(self->fd, a));
	cdev_attach(self->fd, second);
	EXPECT_FALSE(writes_arrive(self->fd, a));
	EXPECT_TRUE(writes_arrive(self->fd, b));
	ASSERT_EQ(0, __cdev_detach(self->fd));
	EXPECT_FALSE(writes_arrive(self->fd, b));
	/* The mappings are still there. */
	EXPECT_EQ(-EEXIST, __ioas_map(self->iommufd, second, b, IOVA, page_size()));
	cdev_attach(self->fd, second);
	EXPECT_TRUE(writes_arrive(self->fd, b));
	EXPECT_EQ(0, __ioas_unmap(self->iommufd, second, IOVA, page_size()));
	EXPECT_FALSE(writes_arrive(self->fd, b));
}

VFIO_TEST_F(bound, outlives_the_iommufd, "CDEV-042")
{
	uint8_t *page = pages_alloc(page_size());
	struct vfio_device_info info;

	cdev_attach(self->fd, self->ioas);
	ioas_map(self->iommufd, self->ioas, page, IOVA, page_size());
	close(self->iommufd);
	self->iommufd = -1;
	device_info(self->fd, &info);
	EXPECT_TRUE(info.flags & VFIO_DEVICE_FLAGS_PCI);
	if (edu_is(self->bdf)) {
		edu_enable_dma(self->fd);
		EXPECT_TRUE(writes_arrive(self->fd, page));
	}
	EXPECT_EQ(0, __cdev_detach(self->fd));
	EXPECT_EQ(-EBUSY, __group_open(self->number));
	close(self->fd);
	self->fd = -1;
	EXPECT_TRUE(cdev_group_is_free(self->number));
}

/* A mapping keeps the file, and with it the binding. */
VFIO_TEST_F(bound, mapping_keeps_it_bound, "CDEV-041 CDEV-013")
{
	void *bar = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->fd,
			 region_offset(self->fd, 0));

	ASSERT_NE(MAP_FAILED, bar);
	close(self->fd);
	self->fd = -1;
	EXPECT_EQ(-EBUSY, __group_open(self->number));
	ASSERT_EQ(0, munmap(bar, page_size()));
	EXPECT_TRUE(cdev_group_is_free(self->number));
}

/* A mediated device, which has no page table of its own. */
FIXTURE(emulated)
{
	int iommufd, fd;
	uint32_t devid, ioas;
};

FIXTURE_SETUP(emulated)
{
	self->fd = self->iommufd = -1;
	if (!mdev_uuid(0))
		SKIP(return, MDEV_NO_UUID);
	if (mdev_cdev_missing(mdev_uuid(0)))
		SKIP(return, "%s", mdev_cdev_missing(mdev_uuid(0)));
	self->iommufd = iommufd_open();
	self->fd = mdev_cdev_open(mdev_uuid(0));
	cdev_bind(self->fd, self->iommufd, &self->devid);
	self->ioas = ioas_alloc(self->iommufd);
}

FIXTURE_TEARDOWN(emulated)
{
	close(self->fd);
	close(self->iommufd);
}

VFIO_TEST_F(emulated, attach, "CDEV-033 CDEV-034")
{
	uint32_t pt = self->ioas;

	EXPECT_EQ(0, __cdev_attach(self->fd, &pt));
	EXPECT_EQ(self->ioas, pt);
	pt = self->devid;
	EXPECT_EQ(-ENOENT, __cdev_attach(self->fd, &pt));
	pt = NO_ID;
	EXPECT_EQ(-ENOENT, __cdev_attach(self->fd, &pt));
	EXPECT_EQ(-EBUSY, __iommufd_destroy(self->iommufd, self->ioas));
	EXPECT_EQ(0, __cdev_detach(self->fd));
	EXPECT_EQ(0, __cdev_detach(self->fd));
	EXPECT_EQ(0, __iommufd_destroy(self->iommufd, self->ioas));
}

VFIO_TEST_F(emulated, pins_end_with_the_mapping, "IOFD-035")
{
	uint8_t *pages = pages_alloc(2 * page_size());
	struct mock mock;
	uint64_t calls;

	if (__mock_find(self->fd, &mock))
		SKIP(return, "the mediated device's driver is not the mock driver");
	cdev_attach(self->fd, self->ioas);
	ioas_map(self->iommufd, self->ioas, pages, IOVA, 2 * page_size());
	calls = mock_read(&mock, MOCK_REG_UNMAP_CALLS);
	ASSERT_EQ(1, mock_command(&mock, MOCK_CMD_PIN, IOVA, 1, 3));
	/* Half of a mapping cannot go, and nobody is told. */
	EXPECT_EQ(-ENOENT, __ioas_unmap(self->iommufd, self->ioas, IOVA, page_size()));
	EXPECT_EQ(calls, mock_read(&mock, MOCK_REG_UNMAP_CALLS));
	EXPECT_EQ(0, __ioas_unmap(self->iommufd, self->ioas, IOVA, 2 * page_size()));
	EXPECT_EQ(calls + 1, mock_read(&mock, MOCK_REG_UNMAP_CALLS));
	EXPECT_EQ(IOVA, mock_read(&mock, MOCK_REG_UNMAP_IOVA));
	EXPECT_EQ(2 * page_size(), mock_read(&mock, MOCK_REG_UNMAP_LEN));
	EXPECT_EQ(0, mock_read(&mock, MOCK_REG_PINS));
}

CONFORMANCE_MAIN
