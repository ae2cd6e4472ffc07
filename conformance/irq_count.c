// SPDX-License-Identifier: GPL-2.0-only
/* How many interrupts an index has: what configuration space says. */
#include <linux/pci_regs.h>

#include "conformance.h"
#include "client/vfio_client.h"

FIXTURE(count)
{
	struct vfio_dev dev;
};

FIXTURE_VARIANT(count)
{
	enum device_role role;
};

FIXTURE_VARIANT_ADD(count, main) { .role = ROLE_MAIN };
FIXTURE_VARIANT_ADD(count, msix) { .role = ROLE_MSIX };

FIXTURE_SETUP(count)
{
	if (!role_bdf(variant->role))
		SKIP(return, "%s", role_missing(variant->role));
	device_open(&self->dev, role_bdf(variant->role));
}

FIXTURE_TEARDOWN(count)
{
	device_close(&self->dev);
}

static uint32_t count_of(int fd, uint32_t index)
{
	struct vfio_irq_info info;

	irq_info(fd, index, &info);
	return info.count;
}

VFIO_TEST_F(count, of_msix, "INFO-038")
{
	unsigned int cap = config_find_cap(self->dev.fd, PCI_CAP_ID_MSIX);
	uint16_t control = cap ? config_read16(self->dev.fd, cap + PCI_MSIX_FLAGS) : 0;

	EXPECT_EQ(cap ? (control & PCI_MSIX_FLAGS_QSIZE) + 1u : 0,
		  count_of(self->dev.fd, VFIO_PCI_MSIX_IRQ_INDEX));
}

VFIO_TEST_F(count, of_intx, "INFO-036")
{
	EXPECT_EQ(config_read8(self->dev.fd, PCI_INTERRUPT_PIN) ? 1 : 0,
		  count_of(self->dev.fd, VFIO_PCI_INTX_IRQ_INDEX));
}

CONFORMANCE_MAIN
