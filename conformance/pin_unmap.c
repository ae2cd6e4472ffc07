// SPDX-License-Identifier: GPL-2.0-only
/* Drivers hear of unmapping, and give back what they pinned. */
#include "pin_fixture.h"

VFIO_TEST_F(pin, unmap_tells_the_driver, "PIN-021")
{
	uint64_t before = unmap_calls(self), p = self->page;

	map_pages(self, IOVA, 8, MAP_RW);
	EXPECT_EQ(2, pin(self, IOVA + 3 * p, 2, PIN_READ));
	EXPECT_EQ(8 * p, iommu_unmap(self->dev.container, IOVA, 8 * p, 0));
	/* With all of the mapping, whatever of it is pinned. */
	EXPECT_EQ(before + 1, unmap_calls(self));
	EXPECT_EQ(IOVA, mock_read(&self->mock, MOCK_REG_UNMAP_IOVA));
	EXPECT_EQ(8 * p, mock_read(&self->mock, MOCK_REG_UNMAP_LEN));
	EXPECT_EQ(0, pins(self));
	EXPECT_EQ(-EINVAL, pin(self, IOVA + 3 * p, 1, PIN_READ));
}

VFIO_TEST_F(pin, each_mapping_by_itself, "PIN-021")
{
	uint64_t before = unmap_calls(self), p = self->page;

	map_pages(self, IOVA, 1, MAP_RW);
	map_pages(self, IOVA + p, 1, MAP_RW);
	map_pages(self, IOVA + 2 * p, 1, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA + 2 * p, 1, PIN_READ));
	/* Nothing is pinned in the one in the middle. */
	EXPECT_EQ(3 * p, iommu_unmap(self->dev.container, IOVA, 3 * p, 0));
	EXPECT_EQ(before + 2, unmap_calls(self));
	EXPECT_EQ(IOVA + 2 * p, mock_read(&self->mock, MOCK_REG_UNMAP_IOVA));
	EXPECT_EQ(p, mock_read(&self->mock, MOCK_REG_UNMAP_LEN));
	EXPECT_EQ(0, pins(self));
}

VFIO_TEST_F(pin, unmap_of_what_is_not_pinned, "PIN-021")
{
	uint64_t before = unmap_calls(self), p = self->page;

	map_pages(self, IOVA, 2, MAP_RW);
	map_pages(self, IOVA + 2 * p, 1, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(p, iommu_unmap(self->dev.container, IOVA + 2 * p, p, 0));
	EXPECT_EQ(0, iommu_unmap(self->dev.container, IOVA + 2 * p, p, 0));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->dev.container, IOVA, p, 0, NULL));
	EXPECT_EQ(before, unmap_calls(self));
	EXPECT_EQ(1, pins(self));
}

VFIO_TEST_F(pin, close_gives_back, "PIN-024")
{
	const char *name = variant->real ? role_bdf(ROLE_MAIN) : mdev_uuid(0);

	map_pages(self, IOVA, 4, MAP_RW);
	EXPECT_EQ(4, pin(self, IOVA, 4, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	close(self->dev.fd);
	self->dev.fd = self->mock.fd = group_get_device_fd(self->dev.group, name);
	EXPECT_EQ(0, pins(self));
	EXPECT_FALSE(was_pinned(self));
}

VFIO_TEST_F(pin, pins_at_the_end, "PIN-024 T1-133")
{
	/* Nothing is given back by hand: not a WARN may come of it. */
	map_pages(self, IOVA, 4, MAP_RW);
	EXPECT_EQ(4, pin(self, IOVA, 4, PIN_READ));
	device_close(&self->dev);
	pin_open(self, variant->real, VFIO_TYPE1v2_IOMMU);
	EXPECT_EQ(0, pins(self));
	EXPECT_EQ(-EINVAL, pin(self, IOVA, 1, PIN_READ));
}

VFIO_TEST_F(pin, other_devices_hear_of_it, "PIN-023 PIN-026")
{
	struct vfio_dev other;
	uint64_t before;
	struct mock mock;

	if (!mdev_uuid(1))
		SKIP(return, "no second mediated device is named");
	mdev_open_in(&other, mdev_uuid(1), &self->dev);
	mock_find(other.fd, &mock);
	before = mock_read(&mock, MOCK_REG_UNMAP_CALLS);

	/* Also without a pin of its own, but not without a user. */
	map_pages(self, IOVA, 2, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_TRUE(was_pinned(self));
	EXPECT_EQ(before + 1, mock_read(&mock, MOCK_REG_UNMAP_CALLS));
	EXPECT_EQ(IOVA, mock_read(&mock, MOCK_REG_UNMAP_IOVA));
	EXPECT_EQ(2 * self->page, mock_read(&mock, MOCK_REG_UNMAP_LEN));
	close(other.fd);

	map_pages(self, IOVA, 2, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_TRUE(was_pinned(self));
	other.fd = mock.fd = group_get_device_fd(other.group, mdev_uuid(1));
	EXPECT_EQ(before + 1, mock_read(&mock, MOCK_REG_UNMAP_CALLS));
	device_close(&other);
}

VFIO_TEST_F(pin, two_devices_pin_one_page, "PIN-011 PIN-026")
{
	struct vfio_dev other;
	struct mock mock;

	if (!mdev_uuid(1))
		SKIP(return, "no second mediated device is named");
	mdev_open_in(&other, mdev_uuid(1), &self->dev);
	mock_find(other.fd, &mock);
	map_pages(self, IOVA, 1, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(1, mock_command(&mock, MOCK_CMD_PIN, IOVA, 1, PIN_READ));
	EXPECT_EQ(0, unpin(self, IOVA, 1));
	/* The other one still has it. */
	EXPECT_TRUE(was_pinned(self));
	EXPECT_EQ(0, mock_read(&mock, MOCK_REG_PINS));
	device_close(&other);
}

CONFORMANCE_MAIN
