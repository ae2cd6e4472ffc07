// SPDX-License-Identifier: GPL-2.0-only
/* A mediated device that looks like a PCI function: its configuration space, reset and close. */
#include <linux/pci_regs.h>
#include <unistd.h>

#include "conformance.h"
#include "client/mdev.h"
#include "client/vfio_client.h"

#define CONFIG	VFIO_PCI_CONFIG_REGION_INDEX
#define REQ	VFIO_PCI_REQ_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER

FIXTURE(function)
{
	struct vfio_dev dev;
};

FIXTURE_SETUP(function)
{
	struct vfio_device_info info;

	if (!mdev_uuid(0))
		SKIP(return, MDEV_NO_UUID);
	mdev_open(&self->dev, mdev_uuid(0), VFIO_TYPE1v2_IOMMU);
	device_info(self->dev.fd, &info);
	if (!(info.flags & VFIO_DEVICE_FLAGS_PCI))
		SKIP(device_close(&self->dev); return, "it does not look like a PCI function");
}

FIXTURE_TEARDOWN(function)
{
	device_close(&self->dev);
}

VFIO_TEST_F(function, ids_are_read_only, "RW-073")
{
	uint32_t ids = config_read32(self->dev.fd, PCI_VENDOR_ID);
	uint16_t class = config_read16(self->dev.fd, PCI_CLASS_DEVICE);

	config_write32(self->dev.fd, PCI_VENDOR_ID, ~ids);
	EXPECT_EQ(ids, config_read32(self->dev.fd, PCI_VENDOR_ID));
	config_write16(self->dev.fd, PCI_CLASS_DEVICE, ~class);
	EXPECT_EQ(class, config_read16(self->dev.fd, PCI_CLASS_DEVICE));
}

VFIO_TEST_F(function, behind_the_last_region, "INFO-060")
{
	struct vfio_device_info info;
	struct vfio_region_info region = { .argsz = sizeof(region) };

	device_info(self->dev.fd, &info);
	EXPECT_EQ(0, __region_info(self->dev.fd, info.num_regions - 1, &region));
	region.argsz = sizeof(region);
	EXPECT_EQ(-EINVAL, __region_info(self->dev.fd, info.num_regions, &region));
	region.argsz = sizeof(region);
	EXPECT_EQ(-EINVAL, __region_info(self->dev.fd, ~0u, &region));
}

VFIO_TEST_F(function, reset, "RST-061")
{
	struct vfio_device_info info;

	device_info(self->dev.fd, &info);
	if (!(info.flags & VFIO_DEVICE_FLAGS_RESET))
		SKIP(return, "it has no reset");
	config_write16(self->dev.fd, PCI_COMMAND, PCI_COMMAND_MASTER);
	EXPECT_EQ(PCI_COMMAND_MASTER, config_read16(self->dev.fd, PCI_COMMAND));
	EXPECT_EQ(0, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(0, config_read16(self->dev.fd, PCI_COMMAND));
}

VFIO_TEST_F(function, request_eventfd_goes, "IRQ-080 IRQ-081")
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = REQ };
	int event;

	if (__vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_IRQ_INFO, &info) || !info.count)
		SKIP(return, "it has no request interrupt");
	event = eventfd_new();
	EXPECT_EQ(0, __irq_eventfd(self->dev.fd, REQ, TRIGGER, event));
	EXPECT_EQ(0, __irq_none(self->dev.fd, REQ, TRIGGER, 0, 1));
	EXPECT_EQ(1, eventfd_count(event));
	close(self->dev.fd);
	self->dev.fd = group_get_device_fd(self->dev.group, mdev_uuid(0));
	/* An error or not, but not on the eventfd of the open before. */
	__irq_none(self->dev.fd, REQ, TRIGGER, 0, 1);
	EXPECT_EQ(0, eventfd_count(event));
	close(event);
}

CONFORMANCE_MAIN
