// SPDX-License-Identifier: GPL-2.0-only
/* read() and write() of BARs and of regions that are not there. */
#include <linux/pci_regs.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define BAR		VFIO_PCI_BAR0_REGION_INDEX
#define ABSENT_BAR	VFIO_PCI_BAR1_REGION_INDEX

FIXTURE(bar)
{
	struct vfio_dev dev;
	int fd;
	uint64_t size;
};

FIXTURE_SETUP(bar)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (!edu_is(role_bdf(ROLE_MAIN)))
		SKIP(return, "what is behind the BARs is only known of an edu device");
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	self->size = region_size(self->fd, BAR);
}

FIXTURE_TEARDOWN(bar)
{
	device_close(&self->dev);
}

VFIO_TEST_F(bar, registers, "RW-011")
{
	uint8_t odd[7];
	uint32_t v[2];

	EXPECT_EQ(EDU_ID_VALUE, edu_read32(self->fd, EDU_ID));
	edu_write32(self->fd, EDU_LIVENESS, 0xdeadbeef);
	EXPECT_EQ(~0xdeadbeef, edu_read32(self->fd, EDU_LIVENESS));
	EXPECT_EQ(1, edu_factorial(self->fd, 0));
	EXPECT_EQ(3628800, edu_factorial(self->fd, 10));
	/*
	 * From 4 on nothing is aligned to 8: four bytes, then two. The device answers
	 * four at a time only; a write of two to the factorial goes nowhere.
	 */
	EXPECT_EQ(6, __region_write(self->fd, BAR, EDU_LIVENESS, "\1\2\3\4\5\0", 6));
	EXPECT_EQ(~0x04030201u, edu_read32(self->fd, EDU_LIVENESS));
	EXPECT_EQ(3628800, edu_read32(self->fd, EDU_FACTORIAL));
	memset(v, 0x5a, sizeof(v));
	EXPECT_EQ(5, __region_read(self->fd, BAR, EDU_LIVENESS, v, 5));
	EXPECT_EQ(~0x04030201u, v[0]);
	/* An odd start: one byte, two, four. */
	EXPECT_EQ(7, __region_read(self->fd, BAR, EDU_ID + 1, odd, 7));
	memcpy(v, odd + 3, 4);
	EXPECT_EQ(~0x04030201u, v[0]);
}

VFIO_TEST_F(bar, eight_bytes, "RW-012")
{
	uint64_t v = 0;

	edu_write32(self->fd, EDU_LIVENESS, 0);
	EXPECT_EQ(8, __region_read(self->fd, BAR, EDU_ID, &v, 8));
	/* The device answers to two accesses of four bytes, and with ones to one of eight. */
	ASSERT_TRUE(v == ~0ull || v == (0xffffffffull << 32 | EDU_ID_VALUE));
	outcome("RW-012", v == ~0ull ? "8" : "4");
}

VFIO_TEST_F(bar, nothing_to_do, "RW-001")
{
	struct vfio_device_info info;
	char c;

	device_info(self->fd, &info);
	EXPECT_EQ(0, pread(self->fd, &c, 0, 0));
	EXPECT_EQ(0, pwrite(self->fd, &c, 0, self->size));
	EXPECT_EQ(0, pread(self->fd, &c, 0, (uint64_t)info.num_regions << 40));
	EXPECT_EQ(0, pwrite(self->fd, &c, 0, (uint64_t)info.num_regions << 40));
	/* Nor is the buffer looked at. */
	EXPECT_EQ(0, pread(self->fd, bad_pointer(), 0, 0));
}

VFIO_TEST_F(bar, region_behind_last, "RW-002")
{
	struct vfio_device_info info;
	uint32_t v = 0;

	device_info(self->fd, &info);
	EXPECT_EQ(-1, pread(self->fd, &v, 4, (uint64_t)info.num_regions << 40));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pwrite(self->fd, &v, 4, (uint64_t)info.num_regions << 40));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pread(self->fd, &v, 4, 1ull << 62));
	EXPECT_EQ(EINVAL, errno);
}

VFIO_TEST_F(bar, negative_offset, "RW-003")
{
	uint32_t v = 0;

	EXPECT_EQ(-1, pread(self->fd, &v, 4, -4));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pwrite(self->fd, &v, 4, -4));
	EXPECT_EQ(EINVAL, errno);
}

VFIO_TEST_F(bar, behind_the_end, "RW-005")
{
	uint32_t v = 0;

	EXPECT_EQ(-EINVAL, __region_read(self->fd, BAR, self->size, &v, 4));
	EXPECT_EQ(-EINVAL, __region_write(self->fd, BAR, self->size, &v, 4));
	EXPECT_EQ(-EINVAL, __region_read(self->fd, BAR, (1ull << 40) - 4, &v, 4));
}

VFIO_TEST_F(bar, across_the_end, "RW-006")
{
	uint8_t buf[16] = { 0 };

	EXPECT_EQ(8, __region_read(self->fd, BAR, self->size - 8, buf, sizeof(buf)));
	EXPECT_EQ(8, __region_write(self->fd, BAR, self->size - 8, buf, sizeof(buf)));
	EXPECT_EQ(1, __region_read(self->fd, BAR, self->size - 1, buf, sizeof(buf)));
}

VFIO_TEST_F(bar, absent_bar, "RW-007")
{
	uint32_t v = 0;

	EXPECT_EQ(-EINVAL, __region_read(self->fd, ABSENT_BAR, 0, &v, 4));
	EXPECT_EQ(-EINVAL, __region_write(self->fd, ABSENT_BAR, 0, &v, 4));
}

VFIO_TEST_F(bar, memory_disabled, "RW-008 RW-035")
{
	uint32_t v = 0;

	edu_write32(self->fd, EDU_LIVENESS, 0x0f0f0f0f);
	config_command(self->fd, 0, PCI_COMMAND_MEMORY);
	EXPECT_EQ(-EIO, __region_read(self->fd, BAR, 0, &v, 4));
	EXPECT_EQ(-EIO, __region_write(self->fd, BAR, EDU_LIVENESS, &v, 4));
	/* A failed read() leaves the position where it was, at region 0, offset 0. */
	EXPECT_EQ(-1, read(self->fd, &v, 4));
	EXPECT_EQ(EIO, errno);
	config_command(self->fd, PCI_COMMAND_MEMORY, 0);
	EXPECT_EQ(~0x0f0f0f0fu, edu_read32(self->fd, EDU_LIVENESS));
	EXPECT_EQ(4, read(self->fd, &v, 4));
	EXPECT_EQ(EDU_ID_VALUE, v);
}

VFIO_TEST_F(bar, rom_is_not_writable, "RW-017")
{
	uint32_t v = 0;

	EXPECT_EQ(-EINVAL, __region_write(self->fd, VFIO_PCI_ROM_REGION_INDEX, 0, &v, 4));
}

VFIO_TEST_F(bar, absent_rom, "RW-019")
{
	uint32_t v;

	EXPECT_EQ(-EINVAL, __region_read(self->fd, VFIO_PCI_ROM_REGION_INDEX, 0, &v, 4));
}

VFIO_TEST_F(bar, absent_vga, "RW-021")
{
	const uint64_t offset = (uint64_t)VFIO_PCI_VGA_REGION_INDEX << 40;
	uint8_t v = 0;

	EXPECT_EQ(-1, pread(self->fd, &v, 1, offset + 0x3c0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pwrite(self->fd, &v, 1, offset + 0xa0000));
	EXPECT_EQ(EINVAL, errno);
}

VFIO_TEST_F(bar, bad_buffer, "RW-024")
{
	uint32_t value = 0x01010101;

	EXPECT_EQ(-EFAULT, __region_read(self->fd, BAR, 0, bad_pointer(), 4));
	EXPECT_EQ(-EFAULT, __region_read(self->fd, BAR, 0, border_alloc(4, NULL, true), 4));
	EXPECT_EQ(-EFAULT, __region_read(self->fd, VFIO_PCI_CONFIG_REGION_INDEX, 0, bad_pointer(),
					 4));
	EXPECT_EQ(-EFAULT, __region_write(self->fd, VFIO_PCI_CONFIG_REGION_INDEX,
					  PCI_INTERRUPT_LINE, bad_pointer(), 1));
	/* What the device got before the fault it keeps: four bytes at 4, none at 8. */
	EXPECT_EQ(-EFAULT, __region_write(self->fd, BAR, EDU_LIVENESS,
					  border_alloc(4, &value, false), 12));
	EXPECT_EQ(~value, edu_read32(self->fd, EDU_LIVENESS));
}

CONFORMANCE_MAIN
