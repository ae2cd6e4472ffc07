// SPDX-License-Identifier: GPL-2.0-only
/* Pinning of user memory by the driver of a device whose mappings are an iommufd's. */
#include <unistd.h>

#include "conformance.h"
#include "client/iommufd.h"
#include "client/mdev.h"
#include "client/vfio_client.h"

#define IOVA		0x10000000ull
#define PIN_READ	1
#define PIN_WRITE	2

FIXTURE(pin)
{
	int iommufd;
	uint32_t ioas;
	struct vfio_dev dev;
	struct mock mock;
	uint64_t page;
};

FIXTURE_SETUP(pin)
{
	self->iommufd = self->dev.fd = self->dev.group = self->dev.container = -1;
	self->page = page_size();
	if (!mdev_uuid(0))
		SKIP(return, MDEV_NO_UUID);
	if (mdev_cdev_missing(mdev_uuid(0)))
		SKIP(return, "%s", mdev_cdev_missing(mdev_uuid(0)));
	self->iommufd = iommufd_open();
	self->dev.group = group_open(mdev_group(mdev_uuid(0)));
	group_set_container(self->dev.group, self->iommufd);
	self->dev.fd = group_get_device_fd(self->dev.group, mdev_uuid(0));
	if (__mock_find(self->dev.fd, &self->mock))
		SKIP(return, "the mediated device's driver is not the mock driver");
	ASSERT_EQ(0, __iommufd_vfio_ioas(self->iommufd, IOMMU_VFIO_IOAS_GET, &self->ioas));
}

FIXTURE_TEARDOWN(pin)
{
	device_close(&self->dev);
	close(self->iommufd);
}

static char *map_pages(FIXTURE_DATA(pin) *self, uint64_t iova, uint64_t npage, uint32_t flags)
{
	char *mem = pages_alloc(npage * self->page);

	iommu_map(self->iommufd, mem, iova, npage * self->page, flags);
	return mem;
}

static int64_t pin(FIXTURE_DATA(pin) *self, uint64_t iova, uint64_t npage, uint64_t prot)
{
	return mock_command(&self->mock, MOCK_CMD_PIN, iova, npage, prot);
}

static int64_t unpin(FIXTURE_DATA(pin) *self, uint64_t iova, uint64_t npage)
{
	return mock_command(&self->mock, MOCK_CMD_UNPIN, iova, npage, 0);
}

static uint64_t pins(FIXTURE_DATA(pin) *self)
{
	return mock_read(&self->mock, MOCK_REG_PINS);
}

/* Unmap one mapping, and tell whether the driver was called for it. */
static bool was_pinned(FIXTURE_DATA(pin) *self, uint64_t iova, uint64_t npage)
{
	uint64_t before = mock_read(&self->mock, MOCK_REG_UNMAP_CALLS);

	iommu_unmap(self->iommufd, iova, npage * self->page, 0);
	return mock_read(&self->mock, MOCK_REG_UNMAP_CALLS) != before;
}

VFIO_TEST_F(pin, unmapped, "PIN-039")
{
	EXPECT_EQ(-ENOENT, pin(self, IOVA, 1, PIN_READ));
	map_pages(self, IOVA, 2, MAP_RW);
	EXPECT_EQ(-ENOENT, pin(self, IOVA - self->page, 1, PIN_READ));
	EXPECT_EQ(-ENOENT, pin(self, IOVA + 2 * self->page, 1, PIN_READ));
	/* Those before the one that failed are given back. */
	EXPECT_EQ(-ENOENT, pin(self, IOVA, 3, PIN_READ));
	EXPECT_EQ(0, pins(self));
	EXPECT_FALSE(was_pinned(self, IOVA, 2));
}

VFIO_TEST_F(pin, access_rights, "PIN-040")
{
	map_pages(self, IOVA, 1, VFIO_DMA_MAP_FLAG_READ);
	map_pages(self, IOVA + self->page, 1, MAP_RW);
	EXPECT_EQ(-EPERM, pin(self, IOVA, 1, PIN_WRITE));
	EXPECT_EQ(-EPERM, pin(self, IOVA, 1, PIN_READ | PIN_WRITE));
	/* All pages of a call need them. */
	EXPECT_EQ(-EPERM, pin(self, IOVA, 2, PIN_WRITE));
	EXPECT_EQ(0, pins(self));
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA + self->page, 1, PIN_WRITE));
	EXPECT_TRUE(was_pinned(self, IOVA, 1));
	EXPECT_TRUE(was_pinned(self, IOVA + self->page, 1));
}

/* What is given back is a range that was pinned, and not part of one. */
VFIO_TEST_F(pin, unpin_what_is_not_pinned, "PIN-042")
{
	map_pages(self, IOVA, 4, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	expect_warn_begin("iopt_area_remove_access");
	EXPECT_EQ(0, unpin(self, IOVA + self->page, 1));
	expect_warn_end();
	expect_warn_begin("iommufd_access_unpin_pages");
	EXPECT_EQ(0, unpin(self, IOVA + 4 * self->page, 1));
	expect_warn_end();
	EXPECT_EQ(1, pins(self));
	EXPECT_EQ(0, unpin(self, IOVA, 1));
	EXPECT_FALSE(was_pinned(self, IOVA, 4));
}

/* As often as pinned, each page of a mapping, by either way to unmap it. */
VFIO_TEST_F(pin, unmap_asks_the_driver, "PIN-043 IOFD-035")
{
	uint64_t i, calls;

	map_pages(self, IOVA, 4, MAP_RW);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(1, pin(self, IOVA + i * self->page, 1, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_WRITE));
	EXPECT_EQ(5, pins(self));
	EXPECT_TRUE(was_pinned(self, IOVA, 4));
	EXPECT_EQ(0, pins(self));
	EXPECT_EQ(-ENOENT, pin(self, IOVA, 1, PIN_READ));

	map_pages(self, IOVA, 1, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	calls = mock_read(&self->mock, MOCK_REG_UNMAP_CALLS);
	EXPECT_EQ(0, __ioas_unmap(self->iommufd, self->ioas, IOVA, self->page));
	EXPECT_LT(calls, mock_read(&self->mock, MOCK_REG_UNMAP_CALLS));
	EXPECT_EQ(0, pins(self));
}

/* A driver that goes gives back what it has, and the mapping stays. */
VFIO_TEST_F(pin, close_gives_back, "PIN-043")
{
	map_pages(self, IOVA, 2, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA + self->page, 1, PIN_WRITE));
	close(self->dev.fd);
	self->dev.fd = group_get_device_fd(self->dev.group, mdev_uuid(0));
	self->mock.fd = self->dev.fd;
	EXPECT_EQ(0, pins(self));
	EXPECT_FALSE(was_pinned(self, IOVA, 2));
}

CONFORMANCE_MAIN
