// SPDX-License-Identifier: GPL-2.0-only
/* Hot reset of all devices on a bus: who is affected, and whose consent it takes. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "hot_reset.h"

FIXTURE(hot)
{
	struct vfio_dev dev;
	struct info info;
	int fd;
};

FIXTURE_SETUP(hot)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (on_root_bus(role_bdf(ROLE_MAIN)))
		SKIP(return, "the device is on the root bus");
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	ASSERT_EQ(0, get_info(self->fd, &self->info));
}

FIXTURE_TEARDOWN(hot)
{
	device_close(&self->dev);
}

VFIO_TEST_F(hot, info_arguments, "RST-009")
{
	struct vfio_pci_hot_reset_info head = { 0 };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, GET_INFO, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, GET_INFO, border_alloc(11, &head, false)));
	for (head.argsz = 0; head.argsz < 12; head.argsz++)
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, GET_INFO, &head));
	/* Results that cannot be written: the header, then the devices. */
	head.argsz = 12;
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, GET_INFO, border_alloc(12, &head, true)));
	head.argsz = sizeof(struct info);
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, GET_INFO, border_alloc(12, &head, true)));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, GET_INFO, border_alloc(12, &head, false)));
}

VFIO_TEST_F(hot, info_no_space, "RST-010")
{
	struct info info = { .head = { .argsz = 12, .flags = ~0u, .count = 77 } };

	EXPECT_EQ(-ENOSPC, __vfio_ioctl(self->fd, GET_INFO, &info));
	EXPECT_EQ(self->info.head.count, info.head.count);
	EXPECT_EQ(0, info.head.flags);
	info.head.argsz = 12 + 8 * self->info.head.count - 1;
	EXPECT_EQ(-ENOSPC, __vfio_ioctl(self->fd, GET_INFO, &info));
	info.head.argsz = 12 + 8 * self->info.head.count;
	EXPECT_EQ(0, __vfio_ioctl(self->fd, GET_INFO, &info));
}

VFIO_TEST_F(hot, info, "RST-011")
{
	struct vfio_pci_dependent_device *d;
	bool found = false;
	char bdf[BDF_MAX];
	uint32_t i;

	EXPECT_EQ(0, self->info.head.flags);
	ASSERT_GT(self->info.head.count, 0);
	ASSERT_LE(self->info.head.count, ROOM);
	for (i = 0; i < self->info.head.count; i++) {
		d = &self->info.devices[i];
		snprintf(bdf, sizeof(bdf), "%04x:%02x:%02x.%x", d->segment, d->bus,
			 (d->devfn >> 3) & 0x1f, d->devfn & 7);
		EXPECT_EQ(sysfs_group(bdf), (int)d->group_id);
		found |= !strcmp(bdf, self->dev.bdf);
	}
	EXPECT_TRUE(found);
}

VFIO_TEST_F(hot, reset_arguments, "RST-015 RST-016")
{
	const int32_t group = self->dev.group;
	uint32_t argsz, head[3] = { HEADER, 0, 1 };
	unsigned int bit;

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_PCI_HOT_RESET, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_PCI_HOT_RESET,
					border_alloc(HEADER - 1, head, false)));
	for (argsz = 0; argsz < HEADER; argsz++)
		EXPECT_EQ(-EINVAL, hot_reset(self->fd, argsz, 0, 1, &group, 1));
	for (bit = 0; bit < 32; bit++)
		EXPECT_EQ(-EINVAL, hot_reset(self->fd, HEADER + 4, 1u << bit, 1, &group, 1));
}

VFIO_TEST_F(hot, count, "RST-018 RST-020")
{
	const int32_t group = self->dev.group;

	EXPECT_EQ(-EINVAL, hot_reset(self->fd, HEADER, 0, 0, NULL, 0));
	EXPECT_EQ(-EINVAL, hot_reset(self->fd, HEADER + 4, 0, self->info.head.count + 1, &group,
				     1));
	EXPECT_EQ(-EINVAL, hot_reset(self->fd, HEADER + 4, 0, ~0u, &group, 1));
}

VFIO_TEST_F(hot, descriptors_not_readable, "RST-021 RST-022")
{
	uint32_t head[4] = { HEADER, 0, 1 };
	const int32_t group = self->dev.group;

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_PCI_HOT_RESET,
					border_alloc(HEADER, head, false)));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_PCI_HOT_RESET,
					border_alloc(HEADER + 3, head, false)));
	/* argsz need not cover the array. */
	EXPECT_EQ(0, hot_reset(self->fd, HEADER, 0, 1, &group, 1));
}

VFIO_TEST_F(hot, wrong_descriptors, "RST-023 RST-024")
{
	int event = eventfd_new();

	EXPECT_EQ(-EINVAL, hot_reset_with(self->fd, event));
	EXPECT_EQ(-EINVAL, hot_reset_with(self->fd, self->dev.container));
	EXPECT_EQ(-EINVAL, hot_reset_with(self->fd, self->fd));
	close(event);
	EXPECT_EQ(-EBADF, hot_reset_with(self->fd, event));
	EXPECT_EQ(-EBADF, hot_reset_with(self->fd, -1));
}

VFIO_TEST_F(hot, other_group_is_no_proof, "RST-028")
{
	const char *bdf = role_bdf(ROLE_PEER) ?: role_bdf(ROLE_PLAIN);
	int other;

	if (!bdf)
		SKIP(return, "%s", role_missing(ROLE_PEER));
	other = group_open(sysfs_group(bdf));
	EXPECT_EQ(-EINVAL, hot_reset_with(self->fd, other));
	close(other);
}

VFIO_TEST_F(hot, device_is_reset, "RST-030")
{
	void *bar = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	struct mock mock;
	uint64_t resets = 0;

	ASSERT_NE(MAP_FAILED, bar);
	if (edu_is(self->dev.bdf))
		EXPECT_EQ(EDU_ID_VALUE, *(volatile uint32_t *)bar);
	if (!__mock_find(self->fd, &mock))
		resets = mock_read(&mock, MOCK_REG_RESETS);
	ASSERT_EQ(0, hot_reset_with(self->fd, self->dev.group));
	if (edu_is(self->dev.bdf)) {
		EXPECT_EQ(EDU_ID_VALUE, *(volatile uint32_t *)bar);
		EXPECT_EQ(EDU_ID_VALUE, edu_read32(self->fd, EDU_ID));
	}
	if (!__mock_find(self->fd, &mock))
		EXPECT_EQ(resets + 1, mock_read(&mock, MOCK_REG_RESETS));
}

VFIO_TEST_F(hot, groups_are_not_held, "RST-031")
{
	ASSERT_EQ(0, hot_reset_with(self->fd, self->dev.group));
	EXPECT_EQ(-EBADF, hot_reset_with(self->fd, -1));
	EXPECT_EQ(-EINVAL, hot_reset(self->fd, HEADER + 4, 0, 77, &(int32_t){ self->dev.group },
				     1));
	device_close(&self->dev);
	self->dev.group = __group_open(self->dev.group_number);
	EXPECT_GE(self->dev.group, 0);
}

/* On the root bus there is nothing to reset the bus with. */
FIXTURE(root)
{
	struct vfio_dev dev;
};

FIXTURE_SETUP(root)
{
	unsigned int i;

	for (i = 0; named_bdf(i) && !on_root_bus(named_bdf(i)); i++)
		;
	if (!named_bdf(i))
		SKIP(return, "no device on a root bus is named");
	device_open(&self->dev, named_bdf(i));
}

FIXTURE_TEARDOWN(root)
{
	device_close(&self->dev);
}

VFIO_TEST_F(root, no_hot_reset, "RST-008 RST-017 SET-004")
{
	struct vfio_pci_hot_reset_info head = { .argsz = 11 };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, GET_INFO, bad_pointer()));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->dev.fd, GET_INFO, &head));
	head.argsz = 12;
	EXPECT_EQ(-ENODEV, __vfio_ioctl(self->dev.fd, GET_INFO, &head));
	EXPECT_EQ(-ENODEV, hot_reset_with(self->dev.fd, self->dev.group));
}

CONFORMANCE_MAIN
