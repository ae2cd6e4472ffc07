// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the core does to the driver when devices are opened and closed, as the
 * mock driver counts it. The counters are read through a device that is open,
 * so a close is seen with the next open.
 */
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

FIXTURE(calls)
{
	struct vfio_dev dev;
	struct mock mock;
	uint64_t opens, closes;
};

FIXTURE_SETUP(calls)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	if (__mock_find(self->dev.fd, &self->mock))
		SKIP(device_close(&self->dev); return, "the driver does not count its calls");
	self->opens = mock_read(&self->mock, MOCK_REG_OPEN_CALLS);
	self->closes = mock_read(&self->mock, MOCK_REG_CLOSE_CALLS);
}

FIXTURE_TEARDOWN(calls)
{
	device_close(&self->dev);
}

static void reopen(FIXTURE_DATA(calls) *self)
{
	self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	self->mock.fd = self->dev.fd;
}

VFIO_TEST_F(calls, one_open_for_two_descriptors, "SET-011 GRP-051 DEV-001 DEV-002")
{
	int second = group_get_device_fd(self->dev.group, self->dev.bdf);

	EXPECT_EQ(self->opens, mock_read(&self->mock, MOCK_REG_OPEN_CALLS));
	close(self->dev.fd);
	self->mock.fd = self->dev.fd = second;
	EXPECT_EQ(self->closes, mock_read(&self->mock, MOCK_REG_CLOSE_CALLS));
	close(self->dev.fd);
	reopen(self);
	EXPECT_EQ(self->opens + 1, mock_read(&self->mock, MOCK_REG_OPEN_CALLS));
	EXPECT_EQ(self->closes + 1, mock_read(&self->mock, MOCK_REG_CLOSE_CALLS));
}

VFIO_TEST_F(calls, duplicate_is_no_open, "DEV-001")
{
	int copy = dup(self->dev.fd);

	ASSERT_GE(copy, 0);
	EXPECT_EQ(self->opens, mock_read(&self->mock, MOCK_REG_OPEN_CALLS));
	close(self->dev.fd);
	self->mock.fd = self->dev.fd = copy;
	EXPECT_EQ(self->closes, mock_read(&self->mock, MOCK_REG_CLOSE_CALLS));
}

VFIO_TEST_F(calls, open_count_in_open_device, "DEV-024")
{
	EXPECT_EQ(1, mock_read(&self->mock, MOCK_REG_OPEN_COUNT));
}

VFIO_TEST_F(calls, open_device_fails, "SET-012 SET-013 GRP-052")
{
	mock_write(&self->mock, MOCK_REG_OPEN_ERRNO, EXDEV);
	close(self->dev.fd);
	self->dev.fd = -1;
	EXPECT_EQ(-EXDEV, __group_get_device_fd(self->dev.group, self->dev.bdf));
	/* Nothing is counted as open. */
	EXPECT_EQ(0, __group_unset_container(self->dev.group));
	group_set_container(self->dev.group, self->dev.container);
	container_set_iommu(self->dev.container, VFIO_TYPE1v2_IOMMU);
	reopen(self);
	EXPECT_EQ(1, mock_read(&self->mock, MOCK_REG_OPEN_COUNT));
	EXPECT_EQ(self->opens + 2, mock_read(&self->mock, MOCK_REG_OPEN_CALLS));
	/* An open that failed is not closed. */
	EXPECT_EQ(self->closes + 1, mock_read(&self->mock, MOCK_REG_CLOSE_CALLS));
}

VFIO_TEST_F(calls, closed_by_process_end, "DEV-002")
{
	int status;
	pid_t child;

	device_close(&self->dev);
	child = fork();
	ASSERT_GE(child, 0);
	if (!child) {
		device_open(&self->dev, role_bdf(ROLE_MAIN));
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	/* All that the child had is free again. */
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->mock.fd = self->dev.fd;
	EXPECT_EQ(self->opens - self->closes, mock_read(&self->mock, MOCK_REG_OPEN_CALLS) -
						      mock_read(&self->mock, MOCK_REG_CLOSE_CALLS));
}

VFIO_TEST_F(calls, mapping_holds_it_open, "MMAP-016 DEV-002")
{
	void *bar = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->dev.fd, 0);

	ASSERT_NE(MAP_FAILED, bar);
	close(self->dev.fd);
	reopen(self);
	EXPECT_EQ(self->opens, mock_read(&self->mock, MOCK_REG_OPEN_CALLS));
	EXPECT_EQ(self->closes, mock_read(&self->mock, MOCK_REG_CLOSE_CALLS));
	ASSERT_EQ(0, munmap(bar, page_size()));
}

/* Two devices of one group. */
FIXTURE(pair)
{
	struct vfio_dev dev;
	int sibling;
};

FIXTURE_SETUP(pair)
{
	if (!role_bdf(ROLE_SIBLING))
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	device_open(&self->dev, role_bdf(ROLE_SHARED));
	self->sibling = group_get_device_fd(self->dev.group, role_bdf(ROLE_SIBLING));
}

FIXTURE_TEARDOWN(pair)
{
	close(self->sibling);
	device_close(&self->dev);
}

VFIO_TEST_F(pair, each_has_its_own_count, "SET-001")
{
	struct mock a, b;

	if (__mock_find(self->dev.fd, &a) || __mock_find(self->sibling, &b))
		SKIP(return, "the driver does not count its calls");
	EXPECT_EQ(1, mock_read(&a, MOCK_REG_OPEN_COUNT));
	EXPECT_EQ(1, mock_read(&b, MOCK_REG_OPEN_COUNT));
}

VFIO_TEST_F(pair, group_is_held_by_either, "GRP-036 GRP-040")
{
	close(self->dev.fd);
	self->dev.fd = -1;
	EXPECT_EQ(-EBUSY, __group_unset_container(self->dev.group));
	close(self->sibling);
	self->sibling = -1;
	EXPECT_EQ(0, __group_unset_container(self->dev.group));
}

CONFORMANCE_MAIN
