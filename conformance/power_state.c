// SPDX-License-Identifier: GPL-2.0-only
/* The power state that a user leaves a device in. */
#include <linux/pci_regs.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define D0	0
#define D3HOT	3

FIXTURE(pm)
{
	struct vfio_dev dev;
	unsigned int cap;
};

FIXTURE_SETUP(pm)
{
	if (!role_bdf(ROLE_MSIX))
		SKIP(return, "%s", role_missing(ROLE_MSIX));
	device_open(&self->dev, role_bdf(ROLE_MSIX));
	self->cap = config_find_cap(self->dev.fd, PCI_CAP_ID_PM);
	if (!self->cap)
		SKIP(device_close(&self->dev); return, "the device has no power management");
	config_command(self->dev.fd, PCI_COMMAND_MEMORY, 0);
}

FIXTURE_TEARDOWN(pm)
{
	device_close(&self->dev);
}

static void set_state(FIXTURE_DATA(pm) *self, unsigned int state)
{
	config_write16(self->dev.fd, self->cap + PCI_PM_CTRL, state);
	/* What the specification asks for before the next access. */
	usleep(10000);
}

static unsigned int state(FIXTURE_DATA(pm) *self)
{
	return config_read16(self->dev.fd, self->cap + PCI_PM_CTRL) & PCI_PM_CTRL_STATE_MASK;
}

VFIO_TEST_F(pm, closed_in_d3hot, "DEV-041")
{
	uint32_t got = 0;

	set_state(self, D3HOT);
	EXPECT_EQ(D3HOT, state(self));
	close(self->dev.fd);
	self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_EQ(D0, state(self));
	config_command(self->dev.fd, PCI_COMMAND_MEMORY, 0);
	region_read(self->dev.fd, VFIO_PCI_BAR0_REGION_INDEX, NVME_VS, &got, sizeof(got));
	EXPECT_NE(0, got);
	EXPECT_NE(~0u, got);
}

CONFORMANCE_MAIN
