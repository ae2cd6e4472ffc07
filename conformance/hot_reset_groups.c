// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot reset of a bus whose functions are in several groups: it takes the consent
 * of the owners of all of them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "bind_util.h"
#include "hot_reset.h"

FIXTURE(groups)
{
	struct vfio_dev dev;
	struct info info;
	int numbers[ROOM];	/* of the groups that are affected, its own first */
	int32_t fds[ROOM];
	uint32_t count;
};

static void name_of(const struct vfio_pci_dependent_device *d, char *bdf)
{
	snprintf(bdf, BDF_MAX, "%04x:%02x:%02x.%x", d->segment, d->bus, (d->devfn >> 3) & 0x1f,
		 d->devfn & 7);
}

static bool is_named(const char *bdf)
{
	unsigned int i;

	for (i = 0; named_bdf(i); i++)
		if (!strcmp(named_bdf(i), bdf))
			return true;
	return false;
}

/* The groups of the devices that a reset affects; false if one is not named. */
static bool collect(FIXTURE_DATA(groups) *self)
{
	char bdf[BDF_MAX];
	uint32_t i, j;

	self->count = 1;
	self->numbers[0] = self->dev.group_number;
	for (i = 0; i < self->info.head.count; i++) {
		name_of(&self->info.devices[i], bdf);
		if (!is_named(bdf))
			return false;
		for (j = 0; j < self->count; j++)
			if (self->numbers[j] == (int)self->info.devices[i].group_id)
				break;
		if (j == self->count)
			self->numbers[self->count++] = self->info.devices[i].group_id;
	}
	return true;
}

static int try_open(FIXTURE_DATA(groups) *self, const char *bdf)
{
	if (on_root_bus(bdf) || !device_is_bound(bdf))
		return -ENODEV;
	device_open(&self->dev, bdf);
	if (!get_info(self->dev.fd, &self->info) && collect(self) && self->count > 1)
		return 0;
	device_close(&self->dev);
	return -ENODEV;
}

FIXTURE_SETUP(groups)
{
	unsigned int i;

	self->dev.container = self->dev.group = self->dev.fd = -1;
	for (i = 0; named_bdf(i); i++)
		if (!try_open(self, named_bdf(i)))
			break;
	if (!named_bdf(i))
		SKIP(return, "no bus has named devices, and only those, of several groups");
	self->fds[0] = self->dev.group;
	for (i = 1; i < self->count; i++)
		self->fds[i] = group_open(self->numbers[i]);
}

FIXTURE_TEARDOWN(groups)
{
	unsigned int i;

	for (i = 1; i < self->count; i++)
		close(self->fds[i]);
	device_close(&self->dev);
}

static int reset_with_all(FIXTURE_DATA(groups) *self)
{
	return hot_reset(self->dev.fd, HEADER + 4 * self->count, 0, self->count, self->fds,
			 self->count);
}

VFIO_TEST_F(groups, info_names_all, "RST-011 SET-007")
{
	char bdf[BDF_MAX];
	uint32_t i;

	EXPECT_EQ(0, self->info.head.flags);
	EXPECT_GE(self->info.head.count, self->count);
	for (i = 0; i < self->info.head.count; i++) {
		name_of(&self->info.devices[i], bdf);
		EXPECT_EQ(sysfs_group(bdf), (int)self->info.devices[i].group_id);
	}
}

VFIO_TEST_F(groups, each_group_is_needed, "RST-028")
{
	int32_t fds[ROOM];
	uint32_t i, j, n;

	for (i = 0; i < self->count; i++) {
		for (j = n = 0; j < self->count; j++)
			if (j != i)
				fds[n++] = self->fds[j];
		EXPECT_EQ(-EINVAL, hot_reset(self->dev.fd, HEADER + 4 * n, 0, n, fds, n)) {
			TH_LOG("without group %d", self->numbers[i]);
		}
	}
	/* Nor can one stand for another. */
	for (i = 0; i < self->count; i++)
		fds[i] = self->fds[0];
	EXPECT_EQ(-EINVAL, hot_reset(self->dev.fd, HEADER + 4 * i, 0, i, fds, i));
}

VFIO_TEST_F(groups, all_together, "RST-030 RST-025 SET-007")
{
	struct mock before, mock;
	uint64_t resets = 0;
	bool counts;

	counts = !__mock_find(self->dev.fd, &before);
	if (counts)
		resets = mock_read(&before, MOCK_REG_RESETS);
	EXPECT_EQ(0, reset_with_all(self));
	if (counts && !__mock_find(self->dev.fd, &mock))
		EXPECT_EQ(resets + 1, mock_read(&mock, MOCK_REG_RESETS));
	if (edu_is(self->dev.bdf))
		EXPECT_EQ(EDU_ID_VALUE, edu_read32(self->dev.fd, EDU_ID));
}

VFIO_TEST_F(groups, count_of_devices_bounds, "RST-020")
{
	uint32_t max = self->info.head.count, i;
	int32_t fds[ROOM];

	/* As many as there are devices, though they are fewer groups. */
	for (i = 0; i <= max; i++)
		fds[i] = self->fds[i < self->count ? i : 0];
	EXPECT_EQ(0, hot_reset(self->dev.fd, HEADER + 4 * max, 0, max, fds, max));
	EXPECT_EQ(-EINVAL, hot_reset(self->dev.fd, HEADER + 4 * (max + 1), 0, max + 1, fds,
				     max + 1));
}

VFIO_TEST_F(groups, open_devices_of_all_are_reset, "RST-030 RST-031")
{
	const struct vfio_pci_dependent_device *d = self->info.devices;
	uint64_t resets[ROOM];
	struct mock mock[ROOM];
	char bdf[BDF_MAX];
	int devs[ROOM];
	uint32_t i, j;

	for (i = 1; i < self->count; i++)
		group_set_container(self->fds[i], self->dev.container);
	for (i = 0; i < self->info.head.count; i++) {
		name_of(&d[i], bdf);
		for (j = 0; self->numbers[j] != (int)d[i].group_id; j++)
			;
		devs[i] = group_get_device_fd(self->fds[j], bdf);
		if (__mock_find(devs[i], &mock[i]))
			mock[i].fd = -1;
		else
			resets[i] = mock_read(&mock[i], MOCK_REG_RESETS);
	}
	EXPECT_EQ(0, reset_with_all(self));
	for (i = 0; i < self->info.head.count; i++) {
		if (mock[i].fd >= 0)
			EXPECT_EQ(resets[i] + 1, mock_read(&mock[i], MOCK_REG_RESETS));
		close(devs[i]);
	}
	/* No reference on the files is left. */
	close(self->fds[1]);
	self->fds[1] = __group_open(self->numbers[1]);
	EXPECT_GE(self->fds[1], 0);
}

/* A device on the bus that VFIO does not have. */
FIXTURE(unbound)
{
	struct binding binding;
	struct vfio_dev dev;
	struct info info;
};

FIXTURE_SETUP(unbound)
{
	const char *bdf = role_bdf(ROLE_SIBLING);
	char driver[64], path[128];

	self->dev.container = self->dev.group = self->dev.fd = -1;
	if (!bdf)
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	if (on_root_bus(bdf))
		SKIP(return, "the devices are on the root bus");
	if (__sysfs_driver(bdf, driver, sizeof(driver)))
		SKIP(return, "%s is not bound to a driver", bdf);
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/unbind", driver);
	if (access(path, W_OK))
		SKIP(return, "this user cannot write to the driver's unbind attribute");
	binding_keep(&self->binding, bdf);
}

FIXTURE_TEARDOWN(unbound)
{
	device_close(&self->dev);
	binding_restore(&self->binding);
}

VFIO_TEST_F(unbound, keeps_the_bus_from_reset, "RST-011 RST-027")
{
	struct info bound;

	device_open(&self->dev, role_bdf(ROLE_SHARED));
	ASSERT_EQ(0, get_info(self->dev.fd, &bound));
	ASSERT_LT(0, __device_unbind(&self->binding));
	/* It is affected all the same. */
	ASSERT_EQ(0, get_info(self->dev.fd, &self->info));
	EXPECT_EQ(0, memcmp(&bound, &self->info, sizeof(bound)));
	EXPECT_EQ(-EINVAL, hot_reset_with(self->dev.fd, self->dev.group));
}

CONFORMANCE_MAIN
