// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a PCI Express function has beyond a conventional one: 64-bit BARs, power
 * management, device control, extended capabilities. That is a named NVMe
 * controller here.
 */
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define CONFIG VFIO_PCI_CONFIG_REGION_INDEX

FIXTURE(express)
{
	struct vfio_dev dev;
	int fd;
	unsigned int pm, exp;	/* offsets of the capabilities, 0 without */
};

FIXTURE_SETUP(express)
{
	if (!role_bdf(ROLE_MSIX))
		SKIP(return, "%s", role_missing(ROLE_MSIX));
	device_open(&self->dev, role_bdf(ROLE_MSIX));
	self->fd = self->dev.fd;
	self->pm = config_find_cap(self->fd, PCI_CAP_ID_PM);
	self->exp = config_find_cap(self->fd, PCI_CAP_ID_EXP);
	if (!self->exp)
		SKIP(device_close(&self->dev); return, "the device is not PCI Express");
}

FIXTURE_TEARDOWN(express)
{
	device_close(&self->dev);
}

/* A field of the device's own config space, which sysfs shows. */
static uint32_t hw32(const FIXTURE_DATA(express) *self, unsigned int offset)
{
	char path[128];
	uint32_t value;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", self->dev.bdf);
	fd = open(path, O_RDONLY);
	if (fd < 0 || pread(fd, &value, sizeof(value), offset) != sizeof(value))
		CLIENT_FAIL("%s: %s", path, client_errno(errno));
	close(fd);
	return value;
}

/* The number of a 64-bit memory BAR, -1 if there is none. */
static int bar64(const FIXTURE_DATA(express) *self)
{
	const uint32_t mask = PCI_BASE_ADDRESS_SPACE | PCI_BASE_ADDRESS_MEM_TYPE_MASK;
	int i;

	for (i = 0; i < 5; i++)
		if (region_size(self->fd, i) && (hw32(self, PCI_BASE_ADDRESS_0 + 4 * i) & mask) ==
						PCI_BASE_ADDRESS_MEM_TYPE_64)
			return i;
	return -1;
}

VFIO_TEST_F(express, second_half_of_a_bar, "INFO-020")
{
	struct vfio_region_info info;
	int bar = bar64(self);
	uint32_t v;

	if (bar < 0)
		SKIP(return, "the device has no 64-bit BAR");
	ASSERT_EQ(0, __region_info(self->fd, bar + 1, &info));
	EXPECT_EQ(0, info.size);
	EXPECT_EQ(0, info.flags);
	EXPECT_EQ(-EINVAL, __region_read(self->fd, bar + 1, 0, &v, 4));
}

VFIO_TEST_F(express, sizing_of_64_bits, "RW-033")
{
	int bar = bar64(self);
	uint32_t reg, low, high;
	uint64_t size;

	if (bar < 0)
		SKIP(return, "the device has no 64-bit BAR");
	reg = PCI_BASE_ADDRESS_0 + 4 * bar;
	low = config_read32(self->fd, reg);
	high = config_read32(self->fd, reg + 4);
	config_write32(self->fd, reg, ~0u);
	config_write32(self->fd, reg + 4, ~0u);
	size = config_read32(self->fd, reg) & PCI_BASE_ADDRESS_MEM_MASK;
	size |= (uint64_t)config_read32(self->fd, reg + 4) << 32;
	EXPECT_EQ(region_size(self->fd, bar), -size);
	/* The low bits say what it is, and stay. */
	EXPECT_EQ(low & ~PCI_BASE_ADDRESS_MEM_MASK,
		  config_read32(self->fd, reg) & ~PCI_BASE_ADDRESS_MEM_MASK);
	config_write32(self->fd, reg, low);
	config_write32(self->fd, reg + 4, high);
	EXPECT_EQ(low, config_read32(self->fd, reg));
	EXPECT_EQ(high, config_read32(self->fd, reg + 4));
}

/* A BAR with a vector table has capabilities, whose place is in the part after 32 bytes. */
VFIO_TEST_F(express, no_room_for_cap_offset, "INFO-023")
{
	struct {
		struct vfio_region_info info;
		uint8_t behind[64];
	} arg;
	uint32_t need, argsz, i;

	memset(&arg, 0, sizeof(arg));
	arg.info.argsz = sizeof(arg.info);
	for (i = 0; i < 6; i++) {
		arg.info.index = i;
		arg.info.argsz = sizeof(arg.info);
		ASSERT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_GET_REGION_INFO, &arg));
		if (arg.info.flags & VFIO_REGION_INFO_FLAG_CAPS)
			break;
	}
	if (i == 6)
		SKIP(return, "no BAR has capabilities");
	need = arg.info.argsz;
	EXPECT_LT(sizeof(arg.info), need);
	for (argsz = sizeof(arg.info); argsz < need; argsz++) {
		memset(&arg, 0x5a, sizeof(arg));
		arg.info.argsz = argsz;
		arg.info.index = i;
		ASSERT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_GET_REGION_INFO, &arg));
		EXPECT_EQ(need, arg.info.argsz);
		EXPECT_EQ(0, arg.info.cap_offset);
		EXPECT_TRUE(arg.info.flags & VFIO_REGION_INFO_FLAG_CAPS);
		EXPECT_EQ(0x5a, arg.behind[0]);
	}
}

static unsigned int power_state(const FIXTURE_DATA(express) *self)
{
	return config_read16(self->fd, self->pm + PCI_PM_CTRL) & PCI_PM_CTRL_STATE_MASK;
}

static void set_power_state(const FIXTURE_DATA(express) *self, unsigned int state)
{
	uint16_t ctrl = config_read16(self->fd, self->pm + PCI_PM_CTRL);

	config_write16(self->fd, self->pm + PCI_PM_CTRL,
		       (ctrl & ~PCI_PM_CTRL_STATE_MASK) | state);
}

VFIO_TEST_F(express, d3_takes_memory_away, "RW-048")
{
	uint32_t v;

	if (!self->pm)
		SKIP(return, "the device has no power management");
	ASSERT_EQ(4, __region_read(self->fd, 0, 0, &v, 4));
	set_power_state(self, 3);
	EXPECT_EQ(3, power_state(self));
	EXPECT_EQ(3, hw32(self, self->pm + PCI_PM_CTRL) & PCI_PM_CTRL_STATE_MASK);
	EXPECT_EQ(-EIO, __region_read(self->fd, 0, 0, &v, 4));
	EXPECT_EQ(-EIO, __region_write(self->fd, 0, 0x14, &v, 4));
	set_power_state(self, 0);
	EXPECT_EQ(0, power_state(self));
	EXPECT_EQ(4, __region_read(self->fd, 0, 0, &v, 4));
}

VFIO_TEST_F(express, reset_out_of_d3, "RST-004")
{
	uint32_t v;

	if (!self->pm)
		SKIP(return, "the device has no power management");
	set_power_state(self, 3);
	ASSERT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(0, power_state(self));
	EXPECT_EQ(4, __region_read(self->fd, 0, 0, &v, 4));
}

VFIO_TEST_F(express, no_power_events, "RW-049")
{
	uint16_t ctrl;

	if (!self->pm)
		SKIP(return, "the device has no power management");
	EXPECT_EQ(0, config_read16(self->fd, self->pm + PCI_PM_PMC) & PCI_PM_CAP_PME_MASK);
	ctrl = config_read16(self->fd, self->pm + PCI_PM_CTRL);
	EXPECT_EQ(0, ctrl & (PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS));
	config_write16(self->fd, self->pm + PCI_PM_CTRL,
		       ctrl | PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS);
	EXPECT_EQ(ctrl, config_read16(self->fd, self->pm + PCI_PM_CTRL));
	EXPECT_EQ(0, hw32(self, self->pm + PCI_PM_CTRL) & PCI_PM_CTRL_PME_ENABLE);
}

/* The payload size belongs to the host; what the program writes, it reads. */
VFIO_TEST_F(express, payload_is_virtual, "RW-052")
{
	unsigned int reg = self->exp + PCI_EXP_DEVCTL;
	uint16_t was = config_read16(self->fd, reg);
	uint16_t own = hw32(self, reg) & PCI_EXP_DEVCTL_PAYLOAD;
	uint16_t other = (was & ~PCI_EXP_DEVCTL_PAYLOAD) | (own ^ 0x20);

	config_write16(self->fd, reg, other);
	EXPECT_EQ(other & PCI_EXP_DEVCTL_PAYLOAD,
		  config_read16(self->fd, reg) & PCI_EXP_DEVCTL_PAYLOAD);
	EXPECT_EQ(own, hw32(self, reg) & PCI_EXP_DEVCTL_PAYLOAD);
	config_write16(self->fd, reg, was | PCI_EXP_DEVCTL_PHANTOM);
	EXPECT_EQ(0, config_read16(self->fd, reg) & PCI_EXP_DEVCTL_PHANTOM);
	config_write16(self->fd, reg, was);
}

/* A program may ask for more in one read than the host does, but not for less than a payload. */
VFIO_TEST_F(express, read_request, "RW-053")
{
	unsigned int reg = self->exp + PCI_EXP_DEVCTL, size;
	uint16_t was = config_read16(self->fd, reg);
	uint16_t payload = (hw32(self, reg) & PCI_EXP_DEVCTL_PAYLOAD) >> 5;
	uint16_t hw;

	for (size = 0; size <= 5; size++) {
		config_write16(self->fd, reg, (was & ~PCI_EXP_DEVCTL_READRQ) | size << 12);
		EXPECT_EQ(size, (config_read16(self->fd, reg) & PCI_EXP_DEVCTL_READRQ) >> 12);
		hw = (hw32(self, reg) & PCI_EXP_DEVCTL_READRQ) >> 12;
		EXPECT_LE(payload, hw);
	}
	config_write16(self->fd, reg, was);
}

VFIO_TEST_F(express, ari_is_not_writable, "RW-054")
{
	unsigned int reg = self->exp + PCI_EXP_DEVCTL2;
	uint16_t was = config_read16(self->fd, reg);

	config_write16(self->fd, reg, was ^ PCI_EXP_DEVCTL2_ARI);
	EXPECT_EQ(was & PCI_EXP_DEVCTL2_ARI, config_read16(self->fd, reg) & PCI_EXP_DEVCTL2_ARI);
	EXPECT_EQ(was & PCI_EXP_DEVCTL2_ARI, hw32(self, reg) & PCI_EXP_DEVCTL2_ARI);
}

/* The list of extended capabilities is VFIO's: it ends, rises, and cannot be written. */
VFIO_TEST_F(express, extended_list, "RW-061")
{
	unsigned int pos = 0x100, n = 0;
	uint32_t head;

	if (region_size(self->fd, CONFIG) <= 0x100)
		SKIP(return, "config space has 256 bytes");
	while (pos) {
		head = config_read32(self->fd, pos);
		config_write32(self->fd, pos, ~head);
		EXPECT_EQ(head, config_read32(self->fd, pos));
		if (PCI_EXT_CAP_ID(head))
			EXPECT_EQ(PCI_EXT_CAP_ID(hw32(self, pos)), PCI_EXT_CAP_ID(head));
		pos = PCI_EXT_CAP_NEXT(head);
		ASSERT_EQ(0, pos % 4);
		ASSERT_GT(1024, ++n);
	}
}

CONFORMANCE_MAIN
