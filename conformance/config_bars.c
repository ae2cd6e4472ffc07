// SPDX-License-Identifier: GPL-2.0-only
/* BARs in configuration space: sized by the user, kept by the host. */
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

FIXTURE(bars)
{
	struct vfio_dev dev;
};

/* Devices whose BARs are of different types. */
FIXTURE_VARIANT(bars)
{
	enum device_role role;
};

FIXTURE_VARIANT_ADD(bars, main) { .role = ROLE_MAIN };
FIXTURE_VARIANT_ADD(bars, msix) { .role = ROLE_MSIX };

FIXTURE_SETUP(bars)
{
	if (!role_bdf(variant->role))
		SKIP(return, "%s", role_missing(variant->role));
	device_open(&self->dev, role_bdf(variant->role));
}

FIXTURE_TEARDOWN(bars)
{
	device_close(&self->dev);
}

VFIO_TEST_F(bars, type_outlives_sizing, "RW-031")
{
	unsigned int reg;
	uint32_t before;

	for (reg = PCI_BASE_ADDRESS_0; reg <= PCI_BASE_ADDRESS_5; reg += 4) {
		before = config_read32(self->dev.fd, reg);
		config_write32(self->dev.fd, reg, ~0u);
		EXPECT_EQ(before & 0xf, config_read32(self->dev.fd, reg) & 0xf);
		/* The upper half of one of 64 bits has no type. */
		if ((before & 7) == PCI_BASE_ADDRESS_MEM_TYPE_64)
			reg += 4;
	}
}

/* As after a reset that nobody told the host of. */
VFIO_TEST_F(bars, host_writes_them_back, "RW-036")
{
	uint32_t real, zero = 0, got;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", self->dev.bdf);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		SKIP(return, "%s: %s", path, errno_name(errno));
	config_command(self->dev.fd, PCI_COMMAND_MEMORY, 0);
	ASSERT_EQ(sizeof(real), pread(fd, &real, sizeof(real), PCI_BASE_ADDRESS_0));
	ASSERT_EQ(sizeof(zero), pwrite(fd, &zero, sizeof(zero), PCI_BASE_ADDRESS_0));
	config_command(self->dev.fd, PCI_COMMAND_MEMORY, 0);
	ASSERT_EQ(sizeof(got), pread(fd, &got, sizeof(got), PCI_BASE_ADDRESS_0));
	EXPECT_EQ(real, got);
	pwrite(fd, &real, sizeof(real), PCI_BASE_ADDRESS_0);
	close(fd);
}

CONFORMANCE_MAIN
