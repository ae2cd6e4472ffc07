// SPDX-License-Identifier: GPL-2.0-only
/* What the last close of a device takes back, so that nothing reaches the next user. */
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define SOON_MS	1000	/* for what must come */
#define QUIET_MS 20	/* for what must not */

FIXTURE(closed)
{
	struct vfio_dev dev;
	int event;
};

FIXTURE_SETUP(closed)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (!edu_is(role_bdf(ROLE_MAIN)))
		SKIP(return, "what is behind the BARs is only known of an edu device");
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->event = eventfd_new();
}

FIXTURE_TEARDOWN(closed)
{
	device_close(&self->dev);
	close(self->event);
}

/* The register that the eventfd writes to, once it has or a second later. */
static uint32_t stored(int fd, uint32_t expected)
{
	uint32_t got;
	int i;

	for (i = 0; (got = edu_read32(fd, EDU_LIVENESS)) != expected && i < SOON_MS; i++)
		usleep(1000);
	return got;
}

/* Configuration space as the host sees it; -1: not for this user. */
static int host_config(const struct vfio_dev *dev, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", dev->bdf);
	return open(path, flags | O_CLOEXEC);
}

static void reopen(struct vfio_dev *dev)
{
	close(dev->fd);
	dev->fd = group_get_device_fd(dev->group, dev->bdf);
}

VFIO_TEST_F(closed, ioeventfd, "RST-060")
{
	struct vfio_device_ioeventfd store = {
		.argsz = sizeof(store),
		.flags = VFIO_DEVICE_IOEVENTFD_32,
		.offset = EDU_LIVENESS,
		.data = 0x12345678,
		.fd = self->event,
	};
	uint32_t before;

	ASSERT_EQ(0, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_IOEVENTFD, &store));
	eventfd_raise(self->event);
	EXPECT_EQ(~0x12345678u, stored(self->dev.fd, ~0x12345678u));
	EXPECT_EQ(0, eventfd_count(self->event));

	reopen(&self->dev);
	before = edu_read32(self->dev.fd, EDU_LIVENESS);
	eventfd_raise(self->event);
	usleep(QUIET_MS * 1000);
	/* Nobody takes what is written now. */
	EXPECT_EQ(1, eventfd_count(self->event));
	EXPECT_EQ(before, edu_read32(self->dev.fd, EDU_LIVENESS));
	EXPECT_EQ(0, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_IOEVENTFD, &store));
}

VFIO_TEST_F(closed, intx_disable, "IRQ-090")
{
	config_command(self->dev.fd, PCI_COMMAND_INTX_DISABLE, 0);
	reopen(&self->dev);
	EXPECT_EQ(0, config_read16(self->dev.fd, PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE);
	irq_eventfd(self->dev.fd, INTX, TRIGGER, self->event);
	edu_write32(self->dev.fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	edu_write32(self->dev.fd, EDU_IRQ_ACK, ~0u);
}

/* DisINTx that is set already when INTx comes counts as well, on the device, too. */
VFIO_TEST_F(closed, intx_set_up_disabled, "RW-037 IRQ-035")
{
	uint16_t command = 0;
	int fd;

	config_command(self->dev.fd, PCI_COMMAND_INTX_DISABLE, 0);
	irq_eventfd(self->dev.fd, INTX, TRIGGER, self->event);
	fd = host_config(&self->dev, O_RDONLY);
	if (fd >= 0) {
		EXPECT_EQ(sizeof(command), pread(fd, &command, sizeof(command), PCI_COMMAND));
		EXPECT_NE(0, command & PCI_COMMAND_INTX_DISABLE);
		close(fd);
	}
	edu_write32(self->dev.fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	/* It is still asserted, and comes once it may. */
	config_command(self->dev.fd, 0, PCI_COMMAND_INTX_DISABLE);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	edu_write32(self->dev.fd, EDU_IRQ_ACK, ~0u);
}

VFIO_TEST_F(closed, unmask_eventfd, "IRQ-080 IRQ-045")
{
	int unmask = eventfd_new();

	irq_eventfd(self->dev.fd, INTX, TRIGGER, self->event);
	irq_eventfd(self->dev.fd, INTX, VFIO_IRQ_SET_ACTION_UNMASK, unmask);
	/* With INTx its unmask eventfd goes; what is written to it stays. */
	irq_disable(self->dev.fd, INTX);
	eventfd_raise(unmask);
	usleep(QUIET_MS * 1000);
	EXPECT_EQ(1, eventfd_count(unmask));
	close(unmask);
}

/* The host may have left DMA on. */
VFIO_TEST_F(closed, bus_master_at_open, "DEV-040")
{
	uint16_t command;
	int fd;

	close(self->dev.fd);
	self->dev.fd = -1;
	fd = host_config(&self->dev, O_RDWR);
	if (fd < 0)
		SKIP(return, "its configuration space in sysfs: %s", errno_name(errno));
	ASSERT_EQ(sizeof(command), pread(fd, &command, sizeof(command), PCI_COMMAND));
	command |= PCI_COMMAND_MASTER;
	ASSERT_EQ(sizeof(command), pwrite(fd, &command, sizeof(command), PCI_COMMAND));
	self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_EQ(0, config_read16(self->dev.fd, PCI_COMMAND) & PCI_COMMAND_MASTER);
	command &= ~PCI_COMMAND_MASTER;
	EXPECT_EQ(sizeof(command), pwrite(fd, &command, sizeof(command), PCI_COMMAND));
	close(fd);
}

CONFORMANCE_MAIN
