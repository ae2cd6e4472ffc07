// SPDX-License-Identifier: GPL-2.0-only
/* INTx: raised by the device, seen on an eventfd, masked and unmasked. */
#include <linux/pci_regs.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define MASK	VFIO_IRQ_SET_ACTION_MASK
#define UNMASK	VFIO_IRQ_SET_ACTION_UNMASK
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define EVENTFD	VFIO_IRQ_SET_DATA_EVENTFD

#define SOON_MS		1000	/* for what must come */
#define QUIET_MS	20	/* for what must not */

FIXTURE(intx)
{
	struct vfio_dev dev;
	int fd, event;
};

FIXTURE_SETUP(intx)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (!edu_is(role_bdf(ROLE_MAIN)))
		SKIP(return, "only an edu device can be told to raise an interrupt");
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	self->event = eventfd_new();
}

FIXTURE_TEARDOWN(intx)
{
	/* An edu device holds its line until it is told. */
	if (self->dev.fd >= 0)
		edu_write32(self->dev.fd, EDU_IRQ_ACK, ~0u);
	device_close(&self->dev);
	close(self->event);
}

static void enable(FIXTURE_DATA(intx) *self)
{
	irq_eventfd(self->fd, INTX, TRIGGER, self->event);
}

static int closed_eventfd(void)
{
	int fd = eventfd_new();

	close(fd);
	return fd;
}

VFIO_TEST_F(intx, enable, "IRQ-020 IRQ-041")
{
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, TRIGGER, self->event));
	EXPECT_EQ(0, eventfd_count(self->event));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	EXPECT_EQ(1, edu_read32(self->fd, EDU_IRQ_STATUS));
	/* The line is still up, but masked: one signal only. */
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	edu_write32(self->fd, EDU_IRQ_ACK, 1);
	edu_write32(self->fd, EDU_IRQ_RAISE, 2);
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	irq_none(self->fd, INTX, UNMASK, 0, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
}

VFIO_TEST_F(intx, device_raises_by_itself, "IRQ-041")
{
	enable(self);
	/* Behind a factorial, rather than by command. */
	edu_write32(self->fd, EDU_STATUS, EDU_STATUS_IRQ);
	EXPECT_EQ(720, edu_factorial(self->fd, 6));
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	edu_write32(self->fd, EDU_STATUS, 0);
}

VFIO_TEST_F(intx, enable_without_trigger, "IRQ-021 IRQ-022")
{
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, TRIGGER, -1));
	EXPECT_EQ(0, __irq_none(self->fd, INTX, TRIGGER, 0, 1));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	edu_write32(self->fd, EDU_IRQ_ACK, 1);
	EXPECT_EQ(0, __irq_none(self->fd, INTX, TRIGGER, 0, 0));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 0));
}

VFIO_TEST_F(intx, wrong_trigger, "IRQ-023 IRQ-024")
{
	EXPECT_EQ(-EBADF, __irq_eventfd(self->fd, INTX, TRIGGER, closed_eventfd()));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 1));
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->fd, INTX, TRIGGER, self->dev.container));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 1));
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, TRIGGER, self->event));
}

VFIO_TEST_F(intx, not_enabled, "IRQ-026 IRQ-027 IRQ-036")
{
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 1));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 0));
	EXPECT_EQ(-EINVAL, __irq_bool(self->fd, INTX, TRIGGER, 1));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, MASK, 0, 1));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, UNMASK, 0, 1));
	EXPECT_EQ(-EINVAL, __irq_bool(self->fd, INTX, MASK, 1));
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->fd, INTX, UNMASK, self->event));
}

VFIO_TEST_F(intx, disable, "IRQ-028")
{
	enable(self);
	EXPECT_EQ(0, __irq_none(self->fd, INTX, TRIGGER, 0, 0));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 0));
	edu_write32(self->fd, EDU_IRQ_ACK, 1);
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, TRIGGER, self->event));
}

VFIO_TEST_F(intx, another_trigger, "IRQ-029 IRQ-030")
{
	int other = eventfd_new();

	enable(self);
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, TRIGGER, other));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(other, SOON_MS));
	EXPECT_EQ(0, eventfd_count(self->event));
	edu_write32(self->fd, EDU_IRQ_ACK, 1);
	/* Taken away, with INTx still the mode in use. */
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, TRIGGER, -1));
	EXPECT_EQ(0, __irq_none(self->fd, INTX, TRIGGER, 0, 1));
	EXPECT_EQ(0, eventfd_wait(other, QUIET_MS));
	close(other);
}

VFIO_TEST_F(intx, no_eventfds, "IRQ-031")
{
	EXPECT_EQ(-EINVAL, __irq_set(self->fd, INTX, EVENTFD | TRIGGER, 0, 0, NULL, 0));
	enable(self);
	EXPECT_EQ(-EINVAL, __irq_set(self->fd, INTX, EVENTFD | TRIGGER, 0, 0, NULL, 0));
}

VFIO_TEST_F(intx, loopback, "IRQ-032 IRQ-033 IRQ-034")
{
	enable(self);
	EXPECT_EQ(0, __irq_none(self->fd, INTX, TRIGGER, 0, 1));
	EXPECT_EQ(1, eventfd_count(self->event));
	EXPECT_EQ(0, __irq_bool(self->fd, INTX, TRIGGER, 0));
	EXPECT_EQ(0, eventfd_count(self->event));
	EXPECT_EQ(0, __irq_bool(self->fd, INTX, TRIGGER, 1));
	EXPECT_EQ(0, __irq_bool(self->fd, INTX, TRIGGER, 0xff));
	EXPECT_EQ(2, eventfd_count(self->event));
	/* Not masked by it: the device's own interrupt comes through. */
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
}

VFIO_TEST_F(intx, disabled_in_command, "IRQ-035 RW-037")
{
	enable(self);
	config_command(self->fd, PCI_COMMAND_INTX_DISABLE, 0);
	EXPECT_EQ(0, __irq_none(self->fd, INTX, TRIGGER, 0, 1));
	EXPECT_EQ(0, eventfd_count(self->event));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	/* Pending, so that it comes as soon as it may. */
	config_command(self->fd, 0, PCI_COMMAND_INTX_DISABLE);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
}

VFIO_TEST_F(intx, mask, "IRQ-037 IRQ-042")
{
	enable(self);
	EXPECT_EQ(0, __irq_none(self->fd, INTX, MASK, 0, 1));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	EXPECT_EQ(0, __irq_none(self->fd, INTX, UNMASK, 0, 1));
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	/* Masked again by that, and signalled again by each unmask while the line is up. */
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	EXPECT_EQ(0, __irq_none(self->fd, INTX, UNMASK, 0, 1));
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	edu_write32(self->fd, EDU_IRQ_ACK, 1);
	EXPECT_EQ(0, __irq_none(self->fd, INTX, UNMASK, 0, 1));
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
}

VFIO_TEST_F(intx, mask_is_no_counter, "IRQ-038 IRQ-039")
{
	enable(self);
	EXPECT_EQ(0, __irq_bool(self->fd, INTX, MASK, 1));
	EXPECT_EQ(0, __irq_none(self->fd, INTX, MASK, 0, 1));
	EXPECT_EQ(0, __irq_bool(self->fd, INTX, UNMASK, 0));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	EXPECT_EQ(0, __irq_bool(self->fd, INTX, UNMASK, 1));
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	edu_write32(self->fd, EDU_IRQ_ACK, 1);
	EXPECT_EQ(0, __irq_none(self->fd, INTX, UNMASK, 0, 1));
	/* A false MASK does nothing. */
	EXPECT_EQ(0, __irq_bool(self->fd, INTX, MASK, 0));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
}

VFIO_TEST_F(intx, no_mask_eventfd, "IRQ-040")
{
	enable(self);
	EXPECT_EQ(-ENOTTY, __irq_eventfd(self->fd, INTX, MASK, eventfd_new()));
}

VFIO_TEST_F(intx, unmask_eventfd, "IRQ-043 IRQ-044 IRQ-045")
{
	int unmask = eventfd_new(), other = eventfd_new();

	enable(self);
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, UNMASK, unmask));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	eventfd_raise(unmask);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	EXPECT_EQ(-EBUSY, __irq_eventfd(self->fd, INTX, UNMASK, other));
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, UNMASK, -1));
	eventfd_raise(unmask);
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, UNMASK, other));
	eventfd_raise(other);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
}

VFIO_TEST_F(intx, wrong_unmask_eventfd, "IRQ-046 IRQ-047")
{
	enable(self);
	EXPECT_EQ(-EBADF, __irq_eventfd(self->fd, INTX, UNMASK, closed_eventfd()));
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->fd, INTX, UNMASK, self->dev.container));
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, UNMASK, eventfd_new()));
}

VFIO_TEST_F(intx, unmask_eventfd_closed, "IRQ-048")
{
	int unmask = eventfd_new(), i, ret = -EBUSY;

	enable(self);
	ASSERT_EQ(0, __irq_eventfd(self->fd, INTX, UNMASK, unmask));
	close(unmask);
	unmask = eventfd_new();
	/* Let go of by a worker, some time later. */
	for (i = 0; i < 200 && ret == -EBUSY; i++) {
		ret = __irq_eventfd(self->fd, INTX, UNMASK, unmask);
		usleep(5000);
	}
	EXPECT_EQ(0, ret);
}

VFIO_TEST_F(intx, unmask_eventfd_raised_before, "IRQ-049")
{
	int unmask = eventfd_new();

	enable(self);
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	eventfd_raise(unmask);
	EXPECT_EQ(0, __irq_eventfd(self->fd, INTX, UNMASK, unmask));
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
}

VFIO_TEST_F(intx, excludes_msi, "IRQ-051")
{
	struct vfio_irq_info info;

	irq_info(self->fd, VFIO_PCI_MSI_IRQ_INDEX, &info);
	if (!info.count)
		SKIP(return, "the device has no MSI");
	enable(self);
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->fd, VFIO_PCI_MSI_IRQ_INDEX, TRIGGER, self->event));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, VFIO_PCI_MSI_IRQ_INDEX, TRIGGER, 0, 0));
	irq_disable(self->fd, INTX);
	EXPECT_EQ(0, __irq_eventfd(self->fd, VFIO_PCI_MSI_IRQ_INDEX, TRIGGER, self->event));
}

VFIO_TEST_F(intx, close_disables, "IRQ-080")
{
	enable(self);
	close(self->fd);
	self->fd = self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 1));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
}

CONFORMANCE_MAIN
