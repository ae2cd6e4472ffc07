// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes by which a user gives a device to VFIO: driver_override, bind,
 * unbind, drivers_probe, new_id and remove_id; and reset, enable, sriov_numvfs.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "bind_util.h"

#define PROBE		"/sys/bus/pci/drivers_probe"
#define NO_DEVICE	"0000:7f:1f.7"
#define NO_DRIVER	"vfio-compliance-none"

FIXTURE(attrs)
{
	struct binding binding;
	char driver_dir[128];
	int len;
};

FIXTURE_SETUP(attrs)
{
	const char *why, *bdf = bind_candidate(&why);

	if (!bdf)
		SKIP(return, "%s", why);
	self->len = strlen(bdf);
	binding_keep(&self->binding, bdf);
	snprintf(self->driver_dir, sizeof(self->driver_dir), "/sys/bus/pci/drivers/%s",
		 self->binding.driver);
}

FIXTURE_TEARDOWN(attrs)
{
	binding_restore(&self->binding);
}

/* Write to an attribute of the driver. */
static int driver_write(FIXTURE_DATA(attrs) *self, const char *attr, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", self->driver_dir, attr);
	return __file_write(path, text);
}

static int set_override(FIXTURE_DATA(attrs) *self, const char *text)
{
	return __sysfs_write(self->binding.bdf, "driver_override", text);
}

static const char *override(FIXTURE_DATA(attrs) *self)
{
	static char text[128];

	if (__sysfs_read(self->binding.bdf, "driver_override", text, sizeof(text)) < 0)
		return "?";
	return text;
}

VFIO_TEST_F(attrs, unbind_of_others, "BIND-003")
{
	EXPECT_EQ(-ENODEV, driver_write(self, "unbind", NO_DEVICE));
	EXPECT_EQ(-ENODEV, driver_write(self, "unbind", "nonsense"));
	EXPECT_EQ(self->len, __device_unbind(&self->binding));
	EXPECT_FALSE(device_is_bound(self->binding.bdf));
	EXPECT_EQ(-ENODEV, driver_write(self, "unbind", self->binding.bdf));
}

VFIO_TEST_F(attrs, bind_of_bound, "BIND-004")
{
	set_override(self, self->binding.driver);
	EXPECT_EQ(-EBUSY, driver_write(self, "bind", self->binding.bdf));
	EXPECT_EQ(-ENODEV, driver_write(self, "bind", NO_DEVICE));
	EXPECT_TRUE(device_is_bound(self->binding.bdf));
}

VFIO_TEST_F(attrs, newline_is_taken, "BIND-001 BIND-002")
{
	char line[32];

	snprintf(line, sizeof(line), "%s\n", self->binding.bdf);
	EXPECT_EQ(self->len + 1, driver_write(self, "unbind", line));
	EXPECT_FALSE(device_is_bound(self->binding.bdf));
	set_override(self, self->binding.driver);
	EXPECT_EQ(self->len + 1, driver_write(self, "bind", line));
	EXPECT_TRUE(device_is_bound(self->binding.bdf));
}

VFIO_TEST_F(attrs, override_text, "BIND-005")
{
	char *text = malloc(4200);

	EXPECT_EQ(8, set_override(self, "vfio-pci"));
	EXPECT_STREQ("vfio-pci", override(self));
	EXPECT_EQ(9, set_override(self, "vfio-pci\n"));
	EXPECT_STREQ("vfio-pci", override(self));
	/* It names a driver for later: the binding stays. */
	EXPECT_TRUE(device_is_bound(self->binding.bdf));
	EXPECT_EQ(1, set_override(self, "\n"));
	EXPECT_STREQ("(null)", override(self));

	memset(text, 'x', 4200);
	text[4095] = 0;
	EXPECT_EQ(-EINVAL, set_override(self, text));
	EXPECT_STREQ("(null)", override(self));
	free(text);
}

VFIO_TEST_F(attrs, override_keeps_others_away, "BIND-006")
{
	ASSERT_EQ(self->len, __device_unbind(&self->binding));
	ASSERT_LT(0, set_override(self, NO_DRIVER));
	EXPECT_EQ(-ENODEV, __device_bind(&self->binding, self->binding.driver));
	/* To probe is no error if nobody takes the device. */
	EXPECT_EQ(self->len, __file_write(PROBE, self->binding.bdf));
	EXPECT_FALSE(device_is_bound(self->binding.bdf));
	EXPECT_EQ(-ENODEV, __file_write(PROBE, NO_DEVICE));

	ASSERT_LT(0, set_override(self, self->binding.driver));
	EXPECT_EQ(self->len, __file_write(PROBE, self->binding.bdf));
	EXPECT_TRUE(device_is_bound(self->binding.bdf));
	EXPECT_EQ(self->len, __file_write(PROBE, self->binding.bdf));
}

VFIO_TEST_F(attrs, override_to_vfio_pci, "BIND-006 BIND-007")
{
	char driver[64] = "";
	struct vfio_dev dev;

	if (access("/sys/bus/pci/drivers/vfio-pci", F_OK))
		SKIP(return, "vfio-pci is not loaded");
	ASSERT_EQ(self->len, __device_unbind(&self->binding));
	ASSERT_LT(0, set_override(self, "vfio-pci"));
	ASSERT_EQ(self->len, __file_write(PROBE, self->binding.bdf));
	ASSERT_EQ(0, __sysfs_driver(self->binding.bdf, driver, sizeof(driver)));
	EXPECT_STREQ("vfio-pci", driver);
	ASSERT_TRUE(group_node_is(self->binding.group, true));
	device_open(&dev, self->binding.bdf);
	device_close(&dev);
	EXPECT_EQ(self->len, __device_unbind(&self->binding));
	EXPECT_TRUE(group_node_is(self->binding.group, false));
}

/* Ids that no device has. */
VFIO_TEST_F(attrs, new_id, "BIND-008")
{
	EXPECT_EQ(-EINVAL, driver_write(self, "new_id", "nonsense"));
	EXPECT_EQ(-EINVAL, driver_write(self, "new_id", "fffd"));
	ASSERT_EQ(9, driver_write(self, "new_id", "fffd fffc"));
	EXPECT_EQ(-EEXIST, driver_write(self, "new_id", "fffd fffc"));
	EXPECT_EQ(-EEXIST, driver_write(self, "new_id", "fffd fffc 1 2"));
	EXPECT_EQ(-EINVAL, driver_write(self, "remove_id", "fffd"));
	EXPECT_EQ(-ENODEV, driver_write(self, "remove_id", "fffd fffb"));
	EXPECT_EQ(9, driver_write(self, "remove_id", "fffd fffc"));
	EXPECT_EQ(-ENODEV, driver_write(self, "remove_id", "fffd fffc"));
	ASSERT_EQ(10, driver_write(self, "new_id", "fffd fffc\n"));
	EXPECT_EQ(10, driver_write(self, "remove_id", "fffd fffc\n"));
}

/* The attribute is there from a time when the device was alone on its bus, perhaps. */
static bool reset_works(const char *bdf)
{
	struct vfio_device_info info;
	struct vfio_dev dev;

	device_open(&dev, bdf);
	device_info(dev.fd, &info);
	device_close(&dev);
	return info.flags & VFIO_DEVICE_FLAGS_RESET;
}

VFIO_TEST_F(attrs, reset, "BIND-009")
{
	if (!sysfs_can_reset(self->binding.bdf)) {
		EXPECT_EQ(-ENOENT, __sysfs_write(self->binding.bdf, "reset", "1"));
		SKIP(return, "the device has no reset");
	}
	EXPECT_EQ(-EINVAL, __sysfs_write(self->binding.bdf, "reset", "0"));
	EXPECT_EQ(-EINVAL, __sysfs_write(self->binding.bdf, "reset", "nonsense"));
	if (!reset_works(self->binding.bdf)) {
		EXPECT_EQ(-ENOTTY, __sysfs_write(self->binding.bdf, "reset", "1"));
		SKIP(return, "no reset of the device works");
	}
	EXPECT_EQ(1, __sysfs_write(self->binding.bdf, "reset", "1"));
	EXPECT_EQ(2, __sysfs_write(self->binding.bdf, "reset", "1\n"));
}

VFIO_TEST_F(attrs, reset_of_open_device, "BIND-009 RST-005")
{
	struct vfio_dev dev;

	if (!sysfs_can_reset(self->binding.bdf) || !reset_works(self->binding.bdf))
		SKIP(return, "no reset of the device works");
	device_open(&dev, self->binding.bdf);
	config_command(dev.fd, 2, 0);
	EXPECT_EQ(1, __sysfs_write(self->binding.bdf, "reset", "1"));
	EXPECT_EQ(2, config_read16(dev.fd, 4) & 2);
	if (edu_is(self->binding.bdf))
		EXPECT_EQ(EDU_ID_VALUE, edu_read32(dev.fd, EDU_ID));
	device_close(&dev);
}

VFIO_TEST_F(attrs, enable, "BIND-010")
{
	const char *bdf = self->binding.bdf;

	EXPECT_EQ(-EINVAL, __sysfs_write(bdf, "enable", "nonsense"));
	EXPECT_EQ(-EBUSY, __sysfs_write(bdf, "enable", "1"));
	EXPECT_EQ(-EBUSY, __sysfs_write(bdf, "enable", "0"));
	ASSERT_EQ(self->len, __device_unbind(&self->binding));
	EXPECT_EQ(0, sysfs_number(bdf, "enable"));
	EXPECT_EQ(-EIO, __sysfs_write(bdf, "enable", "0"));
	EXPECT_EQ(1, __sysfs_write(bdf, "enable", "1"));
	EXPECT_EQ(1, sysfs_number(bdf, "enable"));
	EXPECT_EQ(1, __sysfs_write(bdf, "enable", "1"));
	EXPECT_EQ(2, sysfs_number(bdf, "enable"));
	EXPECT_EQ(1, __sysfs_write(bdf, "enable", "0"));
	EXPECT_EQ(1, __sysfs_write(bdf, "enable", "0"));
	EXPECT_EQ(0, sysfs_number(bdf, "enable"));
}

/* Only a function that can have virtual ones has the attribute. */
VFIO_TEST_F(attrs, sriov_numvfs, "DRV-028")
{
	char text[8];

	if (__sysfs_read(self->binding.bdf, "sriov_totalvfs", text, sizeof(text)) > 0)
		SKIP(return, "the device has SR-IOV");
	EXPECT_EQ(-ENOENT, __sysfs_write(self->binding.bdf, "sriov_numvfs", "1"));
}

/* A device of a group or bus that is not VFIO's. */
FIXTURE(half)
{
	struct binding binding;
	struct vfio_dev dev;
};

FIXTURE_SETUP(half)
{
	char path[128], driver[64];
	const char *bdf = role_bdf(ROLE_SIBLING);

	if (!bdf)
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	self->dev.container = self->dev.group = self->dev.fd = -1;
	if (__sysfs_driver(bdf, driver, sizeof(driver)))
		SKIP(return, "%s is not bound to a driver", bdf);
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/unbind", driver);
	if (access(path, W_OK))
		SKIP(return, "this user cannot write to the driver's unbind attribute");
	binding_keep(&self->binding, bdf);
}

FIXTURE_TEARDOWN(half)
{
	device_close(&self->dev);
	binding_restore(&self->binding);
}

VFIO_TEST_F(half, group_stays_with_the_other, "BIND-011")
{
	EXPECT_LT(0, __device_unbind(&self->binding));
	EXPECT_TRUE(group_node_is(self->binding.group, true));
	device_open(&self->dev, role_bdf(ROLE_SHARED));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET,
		  group_flags(self->dev.group));
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->dev.group, self->binding.bdf));
}

CONFORMANCE_MAIN
