// SPDX-License-Identifier: GPL-2.0-only
/* INTx over low power: masked while the device sleeps, and back as it was. */
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define SOON_MS	1000
#define QUIET_MS 20

FIXTURE(sleeping)
{
	struct vfio_dev dev;
	int event;
};

FIXTURE_SETUP(sleeping)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (!edu_is(role_bdf(ROLE_MAIN)))
		SKIP(return, "only an edu device can be told to raise an interrupt");
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->event = eventfd_new();
	if (__feature_probe(self->dev.fd, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY,
			    VFIO_DEVICE_FEATURE_SET) == -ENOTTY)
		SKIP(return, "the kernel has no low power features");
	irq_eventfd(self->dev.fd, INTX, TRIGGER, self->event);
}

FIXTURE_TEARDOWN(sleeping)
{
	device_close(&self->dev);
	close(self->event);
}

static void sleep_and_wake(int fd)
{
	feature_set(fd, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, NULL, 0);
	/* It suspends when it has been idle for a moment. */
	usleep(50000);
	feature_set(fd, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, NULL, 0);
}

VFIO_TEST_F(sleeping, intx_comes_back, "FEAT-090")
{
	sleep_and_wake(self->dev.fd);
	edu_write32(self->dev.fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	edu_write32(self->dev.fd, EDU_IRQ_ACK, ~0u);
}

/* A mask of the user's is the user's to end. */
VFIO_TEST_F(sleeping, mask_stays, "FEAT-090")
{
	irq_none(self->dev.fd, INTX, VFIO_IRQ_SET_ACTION_MASK, 0, 1);
	sleep_and_wake(self->dev.fd);
	edu_write32(self->dev.fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(0, eventfd_wait(self->event, QUIET_MS));
	irq_none(self->dev.fd, INTX, VFIO_IRQ_SET_ACTION_UNMASK, 0, 1);
	EXPECT_EQ(1, eventfd_wait(self->event, SOON_MS));
	edu_write32(self->dev.fd, EDU_IRQ_ACK, ~0u);
}

CONFORMANCE_MAIN
