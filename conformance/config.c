// SPDX-License-Identifier: GPL-2.0-only
/* Config space: what is virtual, what is the device's, what is refused. */
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define CONFIG VFIO_PCI_CONFIG_REGION_INDEX

FIXTURE(config)
{
	struct vfio_dev dev;
	int fd;
	unsigned int size;
	unsigned int msi;	/* offset of the MSI capability, 0 without */
	uint8_t hw[4096];	/* the device's own config space when the test began */
};

/* What sysfs shows is the device's own config space, with nothing virtual. */
static int read_hw(const char *bdf, uint8_t *buf, size_t size)
{
	char path[128];
	int fd, n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", bdf);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	n = pread(fd, buf, size, 0);
	close(fd);
	return n;
}

FIXTURE_SETUP(config)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	self->size = region_size(self->fd, CONFIG);
	self->msi = config_find_cap(self->fd, PCI_CAP_ID_MSI);
	ASSERT_LE(PCI_STD_HEADER_SIZEOF, read_hw(self->dev.bdf, self->hw, sizeof(self->hw)));
}

FIXTURE_TEARDOWN(config)
{
	device_close(&self->dev);
}

static uint32_t hw32(const uint8_t *hw, unsigned int offset)
{
	return hw[offset] | hw[offset + 1] << 8 | hw[offset + 2] << 16 |
	       (uint32_t)hw[offset + 3] << 24;
}

VFIO_TEST_F(config, access_across_the_end, "RW-026")
{
	uint8_t buf[8];

	memset(buf, 0x5a, sizeof(buf));
	EXPECT_EQ(-EFAULT, __region_read(self->fd, CONFIG, self->size - 4, buf, 8));
	EXPECT_EQ(0x5a, buf[0]);
	EXPECT_EQ(4, __region_read(self->fd, CONFIG, self->size - 4, buf, 4));
	EXPECT_EQ(-EFAULT, __region_write(self->fd, CONFIG, self->size - 1, buf, 2));
	EXPECT_EQ(-EFAULT, __region_read(self->fd, CONFIG, 0, self->hw, self->size + 1));
}

VFIO_TEST_F(config, access_behind_the_end, "RW-027 RW-062")
{
	uint32_t v = 0;

	EXPECT_EQ(-EFAULT, __region_read(self->fd, CONFIG, self->size, &v, 1));
	EXPECT_EQ(-EFAULT, __region_read(self->fd, CONFIG, self->size, &v, 4));
	EXPECT_EQ(-EFAULT, __region_write(self->fd, CONFIG, self->size, &v, 4));
	EXPECT_EQ(-EFAULT, __region_read(self->fd, CONFIG, self->size + 4096, &v, 4));
}

VFIO_TEST_F(config, large_access_is_split, "RW-028")
{
	uint8_t whole[4096], line[3] = { 0x11, 0x5a, 0xff };
	unsigned int i;

	ASSERT_EQ((ssize_t)self->size,
		  __region_read(self->fd, CONFIG, 0, whole, self->size));
	for (i = 0; i < self->size; i++)
		ASSERT_EQ(whole[i], config_read8(self->fd, i));
	/* Odd start, odd length, across fields: reserved, interrupt line, interrupt pin. */
	EXPECT_EQ(3, __region_write(self->fd, CONFIG, PCI_INTERRUPT_LINE - 1, line, 3));
	EXPECT_EQ(0x5a, config_read8(self->fd, PCI_INTERRUPT_LINE));
	EXPECT_EQ(whole[PCI_INTERRUPT_PIN], config_read8(self->fd, PCI_INTERRUPT_PIN));
}

/* Registers are written one after the other, until the program's memory ends. */
VFIO_TEST_F(config, error_in_the_middle, "RW-029")
{
	uint32_t first = config_read32(self->fd, PCI_BASE_ADDRESS_0);
	uint32_t second = config_read32(self->fd, PCI_BASE_ADDRESS_1);
	uint32_t ones = ~0u;
	uint8_t *buf;

	EXPECT_EQ(-EFAULT, __region_write(self->fd, CONFIG, PCI_BASE_ADDRESS_0,
					  border_alloc(4, &ones, false), 8));
	EXPECT_EQ((uint32_t)-region_size(self->fd, 0),
		  config_read32(self->fd, PCI_BASE_ADDRESS_0) & PCI_BASE_ADDRESS_MEM_MASK);
	EXPECT_EQ(second, config_read32(self->fd, PCI_BASE_ADDRESS_1));
	config_write32(self->fd, PCI_BASE_ADDRESS_0, first);
	buf = border_alloc(4, NULL, false);
	EXPECT_EQ(-EFAULT, __region_read(self->fd, CONFIG, PCI_VENDOR_ID, buf, 8));
	EXPECT_EQ(config_read16(self->fd, PCI_VENDOR_ID), buf[0] | buf[1] << 8);
}

VFIO_TEST_F(config, ids_are_read_only, "RW-030")
{
	uint32_t ids = sysfs_number(self->dev.bdf, "vendor") |
		       sysfs_number(self->dev.bdf, "device") << 16;

	EXPECT_EQ(ids, config_read32(self->fd, PCI_VENDOR_ID));
	config_write32(self->fd, PCI_VENDOR_ID, ~ids);
	EXPECT_EQ(ids, config_read32(self->fd, PCI_VENDOR_ID));
	config_write8(self->fd, PCI_DEVICE_ID, 0);
	EXPECT_EQ(ids, config_read32(self->fd, PCI_VENDOR_ID));
}

VFIO_TEST_F(config, bar_sizing, "RW-031 RW-032")
{
	uint8_t hw[PCI_STD_HEADER_SIZEOF];
	uint32_t first, flags, reg;
	uint64_t size;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		reg = PCI_BASE_ADDRESS_0 + 4 * i;
		size = region_size(self->fd, i);
		first = config_read32(self->fd, reg);
		if (size && (first & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
			    PCI_BASE_ADDRESS_MEM_TYPE_64)
			SKIP(return, "BAR %u is 64 bits wide, see RW-033", i);
		flags = first & (first & PCI_BASE_ADDRESS_SPACE_IO ? ~PCI_BASE_ADDRESS_IO_MASK :
				 ~PCI_BASE_ADDRESS_MEM_MASK);
		config_write32(self->fd, reg, ~0u);
		EXPECT_EQ(size ? (uint32_t)~(size - 1) | flags : 0, config_read32(self->fd, reg));
		/* An address is kept as far as the size has bits for it. */
		config_write32(self->fd, reg, 0xabcdef01);
		EXPECT_EQ(size ? (0xabcdef01 & (uint32_t)~(size - 1)) | flags : 0,
			  config_read32(self->fd, reg));
		config_write32(self->fd, reg, first);
	}
	/* The device itself has seen nothing of it. */
	ASSERT_LE(PCI_STD_HEADER_SIZEOF, read_hw(self->dev.bdf, hw, sizeof(hw)));
	EXPECT_EQ(0, memcmp(hw + PCI_BASE_ADDRESS_0, self->hw + PCI_BASE_ADDRESS_0, 24));
}

VFIO_TEST_F(config, master_bit_reaches_device, "RW-038")
{
	uint8_t hw[PCI_STD_HEADER_SIZEOF];

	config_command(self->fd, PCI_COMMAND_MASTER, 0);
	EXPECT_TRUE(config_read16(self->fd, PCI_COMMAND) & PCI_COMMAND_MASTER);
	ASSERT_LE(PCI_STD_HEADER_SIZEOF, read_hw(self->dev.bdf, hw, sizeof(hw)));
	EXPECT_TRUE(hw[PCI_COMMAND] & PCI_COMMAND_MASTER);
	config_command(self->fd, 0, PCI_COMMAND_MASTER);
	ASSERT_LE(PCI_STD_HEADER_SIZEOF, read_hw(self->dev.bdf, hw, sizeof(hw)));
	EXPECT_FALSE(hw[PCI_COMMAND] & PCI_COMMAND_MASTER);
}

VFIO_TEST_F(config, interrupt_line_is_virtual, "RW-039")
{
	uint8_t hw[PCI_STD_HEADER_SIZEOF];
	uint8_t line = ~self->hw[PCI_INTERRUPT_LINE];

	config_write8(self->fd, PCI_INTERRUPT_LINE, line);
	EXPECT_EQ(line, config_read8(self->fd, PCI_INTERRUPT_LINE));
	ASSERT_LE(PCI_STD_HEADER_SIZEOF, read_hw(self->dev.bdf, hw, sizeof(hw)));
	EXPECT_EQ(self->hw[PCI_INTERRUPT_LINE], hw[PCI_INTERRUPT_LINE]);
}

VFIO_TEST_F(config, interrupt_pin_is_read_only, "RW-040")
{
	uint8_t pin = config_read8(self->fd, PCI_INTERRUPT_PIN);

	config_write8(self->fd, PCI_INTERRUPT_PIN, pin + 1);
	EXPECT_EQ(pin, config_read8(self->fd, PCI_INTERRUPT_PIN));
}

VFIO_TEST_F(config, capability_chain_ends, "RW-042")
{
	unsigned int pos, n;
	uint8_t id;

	if (!(config_read16(self->fd, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		SKIP(return, "the device has no capabilities");
	pos = config_read8(self->fd, PCI_CAPABILITY_LIST);
	for (n = 0; pos && n < 48; n++) {
		ASSERT_GE(pos, PCI_STD_HEADER_SIZEOF);
		ASSERT_EQ(0, pos & 3);
		id = config_read8(self->fd, pos);
		EXPECT_NE(0, id);
		EXPECT_LE(id, PCI_CAP_ID_MAX);
		EXPECT_EQ(self->hw[pos], id);
		pos = config_read8(self->fd, pos + PCI_CAP_LIST_NEXT);
	}
	EXPECT_GT(n, 0);
	EXPECT_EQ(0, pos);
}

VFIO_TEST_F(config, gaps_are_the_devices_own, "RW-046")
{
	unsigned int end = self->msi + PCI_MSI_DATA_64 + 2, i;
	uint8_t hw[256];

	if (!edu_is(self->dev.bdf) || !self->msi)
		SKIP(return, "where the gaps are is only known of an edu device");
	ASSERT_EQ((int)self->size, read_hw(self->dev.bdf, self->hw, self->size));
	/* The device keeps what is written there. */
	for (i = (end + 3) & ~3; i < self->size; i += 4) {
		ASSERT_EQ(hw32(self->hw, i), config_read32(self->fd, i));
		config_write32(self->fd, i, ~hw32(self->hw, i));
		ASSERT_EQ(~hw32(self->hw, i), config_read32(self->fd, i));
	}
	ASSERT_EQ((int)sizeof(hw), read_hw(self->dev.bdf, hw, sizeof(hw)));
	for (i = (end + 3) & ~3; i < self->size; i += 4) {
		EXPECT_EQ(~hw32(self->hw, i), hw32(hw, i));
		config_write32(self->fd, i, hw32(self->hw, i));
	}
}

VFIO_TEST_F(config, capability_header_is_read_only, "RW-047")
{
	if (!self->msi)
		SKIP(return, "the device has no MSI");
	EXPECT_EQ(2, __region_write(self->fd, CONFIG, self->msi, "\xff\xff", 2));
	EXPECT_EQ(PCI_CAP_ID_MSI, config_read8(self->fd, self->msi));
	EXPECT_EQ(self->hw[self->msi + 1], config_read8(self->fd, self->msi + 1));
	EXPECT_EQ(self->msi, config_find_cap(self->fd, PCI_CAP_ID_MSI));
}

VFIO_TEST_F(config, msi_enable_is_refused, "RW-057")
{
	unsigned int flags = self->msi + PCI_MSI_FLAGS;
	uint8_t hw[256];

	if (!self->msi)
		SKIP(return, "the device has no MSI");
	config_write16(self->fd, flags, config_read16(self->fd, flags) | PCI_MSI_FLAGS_ENABLE);
	EXPECT_FALSE(config_read16(self->fd, flags) & PCI_MSI_FLAGS_ENABLE);
	ASSERT_EQ((int)sizeof(hw), read_hw(self->dev.bdf, hw, sizeof(hw)));
	EXPECT_FALSE(hw[flags] & PCI_MSI_FLAGS_ENABLE);
	/* No more vectors than the device has. */
	config_write16(self->fd, flags, config_read16(self->fd, flags) | PCI_MSI_FLAGS_QSIZE);
	EXPECT_LE((config_read16(self->fd, flags) & PCI_MSI_FLAGS_QSIZE) >> 4,
		  (config_read16(self->fd, flags) & PCI_MSI_FLAGS_QMASK) >> 1);
}

VFIO_TEST_F(config, msi_message_is_virtual, "RW-058")
{
	unsigned int address = self->msi + PCI_MSI_ADDRESS_LO;
	uint8_t hw[256];

	if (!self->msi)
		SKIP(return, "the device has no MSI");
	config_write32(self->fd, address, 0xfee12340);
	EXPECT_EQ(0xfee12340, config_read32(self->fd, address));
	ASSERT_EQ((int)sizeof(hw), read_hw(self->dev.bdf, hw, sizeof(hw)));
	EXPECT_EQ(hw32(self->hw, address), hw32(hw, address));
}

VFIO_TEST_F(config, reopen_starts_from_hardware, "RW-063")
{
	uint32_t bar = config_read32(self->fd, PCI_BASE_ADDRESS_0);

	EXPECT_EQ(hw32(self->hw, PCI_BASE_ADDRESS_0), bar);
	config_write32(self->fd, PCI_BASE_ADDRESS_0, ~0u);
	config_write8(self->fd, PCI_INTERRUPT_LINE, ~self->hw[PCI_INTERRUPT_LINE]);
	close(self->fd);
	self->fd = self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_EQ(bar, config_read32(self->fd, PCI_BASE_ADDRESS_0));
	EXPECT_EQ(self->hw[PCI_INTERRUPT_LINE], config_read8(self->fd, PCI_INTERRUPT_LINE));
}

CONFORMANCE_MAIN
