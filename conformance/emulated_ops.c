// SPDX-License-Identifier: GPL-2.0-only
/* What a driver leaves out: mock_mdev has neither mmap nor features, nor names of its own. */
#include "emulated_fixture.h"

VFIO_TEST_F(emulated, no_mmap, "DEV-008")
{
	uint64_t i;

	for (i = 0; i < 3; i++) {
		errno = 0;
		EXPECT_EQ(MAP_FAILED, mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->dev.fd,
					   i << 40));
		EXPECT_EQ(EINVAL, errno);
	}
}

VFIO_TEST_F(emulated, no_features, "FEAT-007")
{
	uint8_t data[64] = { 0 };
	int ret;

	ret = __device_feature(self->dev.fd, VFIO_DEVICE_FEATURE_PROBE | 100, NULL, 0);
	ASSERT_TRUE(ret == -ENOTTY || ret == -EINVAL);
	outcome("FEAT-007", errno_name(ret));
	EXPECT_EQ(ret, __feature_get(self->dev.fd, 100, data, sizeof(data)));
	EXPECT_EQ(ret, __feature_set(self->dev.fd, VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, data, 16));
	/* The header is looked at all the same. */
	EXPECT_EQ(-EINVAL, __feature_get(self->dev.fd, 100 | 1u << 20, data, sizeof(data)));
	EXPECT_EQ(-EFAULT, __feature_raw(self->dev.fd, bad_pointer()));
}

/* The name is the device's, from the first to the last letter, and has no options. */
VFIO_TEST_F(emulated, name_is_exact, "GRP-068")
{
	const char *uuid = mdev_uuid(0);
	char name[128];
	int fd;

	snprintf(name, sizeof(name), "%s ", uuid);
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->dev.group, name));
	snprintf(name, sizeof(name), "%s vf_token=%s", uuid, uuid);
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->dev.group, name));
	snprintf(name, sizeof(name), "%.*s", (int)strlen(uuid) - 1, uuid);
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->dev.group, name));
	fd = __group_get_device_fd(self->dev.group, uuid);
	ASSERT_GE(fd, 0);
	close(fd);
}

/* What a reset is, the driver says: mock_mdev's counts, and clears COMMAND. */
VFIO_TEST_F(emulated, reset_is_the_drivers, "RST-007")
{
	uint64_t before = mock_read(&self->mock, MOCK_REG_RESETS);

	EXPECT_EQ(0, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(before + 1, mock_read(&self->mock, MOCK_REG_RESETS));
}

CONFORMANCE_MAIN
