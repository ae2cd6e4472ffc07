// SPDX-License-Identifier: GPL-2.0-only
/* Hot reset of a bus with more than one function on it. */
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "hot_reset.h"

/* Two functions of one slot in one group. */
FIXTURE(shared)
{
	struct vfio_dev dev;
	struct info info;
	int sibling;
};

FIXTURE_SETUP(shared)
{
	if (!role_bdf(ROLE_SIBLING))
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	if (on_root_bus(role_bdf(ROLE_SHARED)))
		SKIP(return, "the devices are on the root bus");
	device_open(&self->dev, role_bdf(ROLE_SHARED));
	ASSERT_EQ(0, get_info(self->dev.fd, &self->info));
	self->sibling = group_get_device_fd(self->dev.group, role_bdf(ROLE_SIBLING));
}

FIXTURE_TEARDOWN(shared)
{
	close(self->sibling);
	device_close(&self->dev);
}

VFIO_TEST_F(shared, both_are_affected, "RST-011 SET-007")
{
	struct info info;

	ASSERT_EQ(0, get_info(self->sibling, &info));
	EXPECT_GE(info.head.count, 2);
	EXPECT_EQ(0, memcmp(&self->info, &info, sizeof(info)));
}

VFIO_TEST_F(shared, both_are_reset, "RST-030")
{
	struct mock a, b;
	uint64_t resets;

	if (self->info.head.count != 2)
		SKIP(return, "devices of other groups are affected");
	if (__mock_find(self->dev.fd, &a) || __mock_find(self->sibling, &b)) {
		EXPECT_EQ(0, hot_reset_with(self->dev.fd, self->dev.group));
		SKIP(return, "the driver does not count resets");
	}
	resets = mock_read(&b, MOCK_REG_RESETS);
	EXPECT_EQ(0, hot_reset_with(self->dev.fd, self->dev.group));
	EXPECT_EQ(resets + 1, mock_read(&b, MOCK_REG_RESETS));
}

VFIO_TEST_F(shared, same_group_twice, "RST-026")
{
	const int32_t fds[2] = { self->dev.group, self->dev.group };

	if (self->info.head.count != 2)
		SKIP(return, "devices of other groups are affected");
	EXPECT_EQ(0, hot_reset(self->dev.fd, HEADER + 8, 0, 2, fds, 2));
}

VFIO_TEST_F(shared, group_outside_of_containers, "RST-025")
{
	const char *bdf = role_bdf(ROLE_PLAIN) ?: role_bdf(ROLE_MAIN);
	int32_t fds[2] = { self->dev.group };

	if (self->info.head.count != 2 || sysfs_group(bdf) == self->dev.group_number)
		SKIP(return, "no other group to name, or devices of others are affected");
	fds[1] = group_open(sysfs_group(bdf));
	EXPECT_EQ(0, hot_reset(self->dev.fd, HEADER + 8, 0, 2, fds, 2));
	close(fds[1]);
}

VFIO_TEST_F(shared, sibling_works_after_close_of_first, "SET-001 RST-033")
{
	if (!edu_is(self->dev.bdf) || !edu_is(role_bdf(ROLE_SIBLING)))
		SKIP(return, "what is behind the BARs is only known of an edu device");
	edu_write32(self->sibling, EDU_LIVENESS, 0x1234);
	/* No bus reset while one of the set is open. */
	close(self->dev.fd);
	self->dev.fd = -1;
	EXPECT_EQ(~0x1234u, edu_read32(self->sibling, EDU_LIVENESS));
	EXPECT_EQ(-EBUSY, __group_unset_container(self->dev.group));
	close(self->sibling);
	self->sibling = -1;
	EXPECT_EQ(0, __group_unset_container(self->dev.group));
}

CONFORMANCE_MAIN
