// SPDX-License-Identifier: GPL-2.0-only
/* MSI, raised by the device and by the program, and the REQ index beside it. */
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define MSI	VFIO_PCI_MSI_IRQ_INDEX
#define REQ	VFIO_PCI_REQ_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define BOOL	VFIO_IRQ_SET_DATA_BOOL
#define EVENTFD	VFIO_IRQ_SET_DATA_EVENTFD

#define SOON_MS		1000
#define QUIET_MS	20

FIXTURE(msi)
{
	struct vfio_dev dev;
	int fd, event;
};

FIXTURE_SETUP(msi)
{
	struct vfio_irq_info info;

	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (!edu_is(role_bdf(ROLE_MAIN)))
		SKIP(return, "only an edu device can be told to raise an interrupt");
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	irq_info(self->fd, MSI, &info);
	if (!info.count)
		SKIP(device_close(&self->dev); return, "the device has no MSI");
	self->event = eventfd_new();
}

FIXTURE_TEARDOWN(msi)
{
	if (self->dev.fd >= 0)
		edu_write32(self->dev.fd, EDU_IRQ_ACK, ~0u);
	device_close(&self->dev);
	close(self->event);
}

static int closed_eventfd(void)
{
	int fd = eventfd_new();

	close(fd);
	return fd;
}

VFIO_TEST_F(msi, raised_by_device, "IRQ-053")
{
	EXPECT_EQ(0, __irq_eventfd(self->fd, MSI, TRIGGER, self->event));
	/* A message is a write to memory. */
	edu_enable_dma(self->fd);
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	/* Nothing masks it. */
	edu_write32(self->fd, EDU_IRQ_RAISE, 2);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
}

VFIO_TEST_F(msi, no_vectors, "IRQ-055 IRQ-063")
{
	EXPECT_EQ(-ERANGE, __irq_set(self->fd, MSI, EVENTFD | TRIGGER, 0, 0, NULL, 0));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, MSI, TRIGGER, 0, 0));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, MSI, TRIGGER, 0, 1));
	EXPECT_EQ(-EINVAL, __irq_bool(self->fd, MSI, TRIGGER, 1));
}

VFIO_TEST_F(msi, wrong_eventfd, "IRQ-057")
{
	EXPECT_EQ(-EBADF, __irq_eventfd(self->fd, MSI, TRIGGER, closed_eventfd()));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, MSI, TRIGGER, 0, 0));
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->fd, MSI, TRIGGER, self->dev.container));
	/* Nothing is left of it: another mode can be had. */
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, TRIGGER, self->event));
}

VFIO_TEST_F(msi, trigger_taken_away, "IRQ-059 IRQ-061")
{
	irq_eventfd(self->fd, MSI, TRIGGER, self->event);
	EXPECT_EQ(0, __irq_eventfd(self->fd, MSI, TRIGGER, -1));
	EXPECT_EQ(0, __irq_none(self->fd, MSI, TRIGGER, 0, 1));
	EXPECT_EQ(0, eventfd_count(self->event));
	EXPECT_EQ(0, __irq_eventfd(self->fd, MSI, TRIGGER, self->event));
	EXPECT_EQ(0, __irq_eventfd(self->fd, MSI, TRIGGER, -5));
	EXPECT_EQ(0, __irq_none(self->fd, MSI, TRIGGER, 0, 1));
	EXPECT_EQ(0, eventfd_count(self->event));
	/* MSI is still the mode in use. */
	EXPECT_EQ(0, __irq_none(self->fd, MSI, TRIGGER, 0, 0));
}

VFIO_TEST_F(msi, bad_trigger_while_active, "IRQ-060")
{
	irq_eventfd(self->fd, MSI, TRIGGER, self->event);
	EXPECT_EQ(-EBADF, __irq_eventfd(self->fd, MSI, TRIGGER, closed_eventfd()));
	EXPECT_EQ(0, __irq_none(self->fd, MSI, TRIGGER, 0, 1));
	EXPECT_EQ(0, eventfd_count(self->event));
}

VFIO_TEST_F(msi, disable, "IRQ-062")
{
	irq_eventfd(self->fd, MSI, TRIGGER, self->event);
	EXPECT_EQ(0, __irq_none(self->fd, MSI, TRIGGER, 0, 0));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, MSI, TRIGGER, 0, 1));
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, TRIGGER, self->event));
}

VFIO_TEST_F(msi, loopback, "IRQ-064 IRQ-066 IRQ-067")
{
	irq_eventfd(self->fd, MSI, TRIGGER, self->event);
	EXPECT_EQ(0, __irq_none(self->fd, MSI, TRIGGER, 0, 1));
	EXPECT_EQ(1, eventfd_count(self->event));
	EXPECT_EQ(0, __irq_bool(self->fd, MSI, TRIGGER, 0));
	EXPECT_EQ(0, eventfd_count(self->event));
	EXPECT_EQ(0, __irq_bool(self->fd, MSI, TRIGGER, 1));
	EXPECT_EQ(1, eventfd_count(self->event));
	EXPECT_EQ(0, __irq_set(self->fd, MSI, BOOL | TRIGGER, 0, 0, NULL, 0));
	EXPECT_EQ(0, eventfd_count(self->event));
}

VFIO_TEST_F(msi, excludes_intx, "IRQ-050")
{
	irq_eventfd(self->fd, MSI, TRIGGER, self->event);
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->fd, INTX, TRIGGER, self->event));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 0));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 1));
}

static bool enabled_in_hardware(const struct vfio_dev *dev, unsigned int cap)
{
	uint8_t config[256];
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", dev->bdf);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, config, sizeof(config)) != sizeof(config))
		CLIENT_FAIL("%s: %s", path, client_errno(errno));
	close(fd);
	return config[cap + PCI_MSI_FLAGS] & PCI_MSI_FLAGS_ENABLE;
}

VFIO_TEST_F(msi, enable_bit, "IRQ-068 RW-057")
{
	unsigned int cap = config_find_cap(self->fd, PCI_CAP_ID_MSI);
	uint16_t flags = config_read16(self->fd, cap + PCI_MSI_FLAGS);

	irq_eventfd(self->fd, MSI, TRIGGER, self->event);
	EXPECT_TRUE(enabled_in_hardware(&self->dev, cap));
	/* What the program writes becomes visible while MSI is the mode in use, not else. */
	config_write16(self->fd, cap + PCI_MSI_FLAGS, flags | PCI_MSI_FLAGS_ENABLE);
	EXPECT_TRUE(config_read16(self->fd, cap + PCI_MSI_FLAGS) & PCI_MSI_FLAGS_ENABLE);
	config_write16(self->fd, cap + PCI_MSI_FLAGS, flags & ~PCI_MSI_FLAGS_ENABLE);
	EXPECT_FALSE(config_read16(self->fd, cap + PCI_MSI_FLAGS) & PCI_MSI_FLAGS_ENABLE);
	irq_disable(self->fd, MSI);
	EXPECT_FALSE(enabled_in_hardware(&self->dev, cap));
	config_write16(self->fd, cap + PCI_MSI_FLAGS, flags | PCI_MSI_FLAGS_ENABLE);
	EXPECT_FALSE(config_read16(self->fd, cap + PCI_MSI_FLAGS) & PCI_MSI_FLAGS_ENABLE);
}

VFIO_TEST_F(msi, close_disables, "IRQ-080")
{
	unsigned int cap = config_find_cap(self->fd, PCI_CAP_ID_MSI);

	irq_eventfd(self->fd, MSI, TRIGGER, self->event);
	close(self->fd);
	self->fd = self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_FALSE(enabled_in_hardware(&self->dev, cap));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, MSI, TRIGGER, 0, 1));
}

/* The index through which the kernel asks for the device back. */
FIXTURE(req)
{
	struct vfio_dev dev;
	int fd, event;
};

FIXTURE_SETUP(req)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	self->event = eventfd_new();
}

FIXTURE_TEARDOWN(req)
{
	device_close(&self->dev);
	close(self->event);
}

VFIO_TEST_F(req, loopback, "IRQ-071")
{
	ASSERT_EQ(0, __irq_eventfd(self->fd, REQ, TRIGGER, self->event));
	EXPECT_EQ(0, __irq_none(self->fd, REQ, TRIGGER, 0, 1));
	EXPECT_EQ(1, eventfd_count(self->event));
	EXPECT_EQ(0, __irq_bool(self->fd, REQ, TRIGGER, 1));
	EXPECT_EQ(1, eventfd_count(self->event));
	EXPECT_EQ(0, __irq_bool(self->fd, REQ, TRIGGER, 0));
	EXPECT_EQ(0, eventfd_count(self->event));
}

VFIO_TEST_F(req, release, "IRQ-072 IRQ-073 IRQ-074")
{
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, REQ, TRIGGER, 0, 0));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, REQ, TRIGGER, 0, 1));
	EXPECT_EQ(0, __irq_bool(self->fd, REQ, TRIGGER, 1));
	ASSERT_EQ(0, __irq_eventfd(self->fd, REQ, TRIGGER, self->event));
	EXPECT_EQ(0, __irq_none(self->fd, REQ, TRIGGER, 0, 0));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, REQ, TRIGGER, 0, 1));
	EXPECT_EQ(0, __irq_bool(self->fd, REQ, TRIGGER, 1));
	EXPECT_EQ(0, eventfd_count(self->event));
}

VFIO_TEST_F(req, counts_of_zero, "IRQ-075 IRQ-076")
{
	EXPECT_EQ(-EINVAL, __irq_set(self->fd, REQ, BOOL | TRIGGER, 0, 0, NULL, 0));
	EXPECT_EQ(-EINVAL, __irq_set(self->fd, REQ, EVENTFD | TRIGGER, 0, 0, NULL, 0));
	ASSERT_EQ(0, __irq_eventfd(self->fd, REQ, TRIGGER, self->event));
	EXPECT_EQ(-EINVAL, __irq_set(self->fd, REQ, BOOL | TRIGGER, 0, 0, NULL, 0));
	EXPECT_EQ(-EINVAL, __irq_set(self->fd, REQ, EVENTFD | TRIGGER, 0, 0, NULL, 0));
}

VFIO_TEST_F(req, take_away, "IRQ-077 IRQ-078")
{
	int ret;

	EXPECT_EQ(0, __irq_eventfd(self->fd, REQ, TRIGGER, -1));
	ASSERT_EQ(0, __irq_eventfd(self->fd, REQ, TRIGGER, self->event));
	ret = __irq_eventfd(self->fd, REQ, TRIGGER, -2);
	EXPECT_TRUE(ret == 0 || ret == -EINVAL);
	outcome("IRQ-078", errno_name(ret));
	/* Either way the eventfd is kept. */
	EXPECT_EQ(0, __irq_none(self->fd, REQ, TRIGGER, 0, 1));
	EXPECT_EQ(1, eventfd_count(self->event));
	EXPECT_EQ(0, __irq_eventfd(self->fd, REQ, TRIGGER, -1));
	EXPECT_EQ(0, __irq_eventfd(self->fd, REQ, TRIGGER, -1));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, REQ, TRIGGER, 0, 1));
}

VFIO_TEST_F(req, wrong_eventfd, "IRQ-079")
{
	ASSERT_EQ(0, __irq_eventfd(self->fd, REQ, TRIGGER, self->event));
	EXPECT_EQ(-EBADF, __irq_eventfd(self->fd, REQ, TRIGGER, closed_eventfd()));
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->fd, REQ, TRIGGER, self->dev.container));
	EXPECT_EQ(0, __irq_none(self->fd, REQ, TRIGGER, 0, 1));
	EXPECT_EQ(1, eventfd_count(self->event));
}

VFIO_TEST_F(req, gone_after_close, "IRQ-080 IRQ-081")
{
	ASSERT_EQ(0, __irq_eventfd(self->fd, REQ, TRIGGER, self->event));
	close(self->fd);
	self->fd = self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, REQ, TRIGGER, 0, 1));
	EXPECT_EQ(0, eventfd_count(self->event));
}

CONFORMANCE_MAIN
