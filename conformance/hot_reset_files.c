// SPDX-License-Identifier: GPL-2.0-only
/* Files that are no groups, beside the group that would do, as proof for a hot reset. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"
#include "hot_reset.h"

FIXTURE(files)
{
	struct vfio_dev dev;
	struct info info;
	int event;
};

FIXTURE_SETUP(files)
{
	if (!role_bdf(ROLE_SHARED))
		SKIP(return, "%s", role_missing(ROLE_SHARED));
	device_open(&self->dev, role_bdf(ROLE_SHARED));
	self->event = eventfd_new();
	if (on_root_bus(self->dev.bdf) || get_info(self->dev.fd, &self->info) ||
	    self->info.head.count != 2)
		SKIP(return, "no hot reset that takes two devices along, both of one group");
}

FIXTURE_TEARDOWN(files)
{
	device_close(&self->dev);
	close(self->event);
}

VFIO_TEST_F(files, not_beside_the_group, "RST-024")
{
	const int32_t others[] = { self->event, self->dev.container, self->dev.fd };
	unsigned int i;

	ASSERT_EQ(0, hot_reset_with(self->dev.fd, self->dev.group));
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const int32_t after[] = { self->dev.group, others[i] };
		const int32_t before[] = { others[i], self->dev.group };

		EXPECT_EQ(-EINVAL, hot_reset(self->dev.fd, HEADER + 8, 0, 2, after, 2));
		EXPECT_EQ(-EINVAL, hot_reset(self->dev.fd, HEADER + 8, 0, 2, before, 2));
	}
	/* The group is still held by us alone, and still enough. */
	EXPECT_EQ(0, hot_reset_with(self->dev.fd, self->dev.group));
}

CONFORMANCE_MAIN
