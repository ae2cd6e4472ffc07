// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BAR with the MSI-X table, the capability, and function level reset: what
 * VFIO shows of them and what reaches the device.
 */
#include <linux/pci_regs.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define MSIX	VFIO_PCI_MSIX_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define IOVA	0x100000

FIXTURE(table)
{
	struct vfio_dev dev;
	int fd;
	unsigned int cap, bar, count;
	uint64_t off, size;	/* of the table in its BAR */
	uint64_t bar_size;
	uint32_t *map;		/* of the table */
};

FIXTURE_SETUP(table)
{
	uint32_t reg;

	self->map = MAP_FAILED;
	if (!role_bdf(ROLE_MSIX))
		SKIP(return, "%s", role_missing(ROLE_MSIX));
	device_open(&self->dev, role_bdf(ROLE_MSIX));
	self->fd = self->dev.fd;
	self->cap = config_find_cap(self->fd, PCI_CAP_ID_MSIX);
	if (!self->cap)
		SKIP(device_close(&self->dev); return, "the device has no MSI-X");
	reg = config_read32(self->fd, self->cap + PCI_MSIX_TABLE);
	self->bar = reg & PCI_MSIX_TABLE_BIR;
	self->off = reg & PCI_MSIX_TABLE_OFFSET;
	self->count = (config_read16(self->fd, self->cap + PCI_MSIX_FLAGS) &
		       PCI_MSIX_FLAGS_QSIZE) + 1;
	self->size = self->count * PCI_MSIX_ENTRY_SIZE;
	self->bar_size = region_size(self->fd, self->bar);
	config_command(self->fd, PCI_COMMAND_MEMORY, 0);
}

FIXTURE_TEARDOWN(table)
{
	if (self->map != MAP_FAILED)
		munmap(self->map, page_size());
	device_close(&self->dev);
}

/* The table through a mapping, or NULL if it is not at the start of a page. */
static volatile uint32_t *map_table(FIXTURE_DATA(table) *self)
{
	if (self->off % page_size())
		return NULL;
	self->map = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd,
			 region_offset(self->fd, self->bar) + self->off);
	return self->map == MAP_FAILED ? NULL : self->map;
}

VFIO_TEST_F(table, region_info_without_room, "INFO-021")
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = self->bar };

	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_GET_REGION_INFO, &info));
	EXPECT_EQ(VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE |
		  VFIO_REGION_INFO_FLAG_MMAP | VFIO_REGION_INFO_FLAG_CAPS, info.flags);
	EXPECT_EQ(sizeof(info) + 8, info.argsz);
	EXPECT_EQ(0, info.cap_offset);
	EXPECT_LT(self->off, info.size);
}

VFIO_TEST_F(table, region_info_capability, "INFO-022")
{
	struct {
		struct vfio_region_info info;
		struct vfio_info_cap_header cap;
		uint8_t behind[8];
	} arg = { .info = { .argsz = sizeof(arg), .index = self->bar } };
	static const uint8_t untouched[8];

	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_GET_REGION_INFO, &arg));
	EXPECT_EQ(sizeof(arg.info), arg.info.cap_offset);
	EXPECT_EQ(sizeof(arg), arg.info.argsz);
	EXPECT_EQ(VFIO_REGION_INFO_CAP_MSIX_MAPPABLE, arg.cap.id);
	EXPECT_EQ(1, arg.cap.version);
	EXPECT_EQ(0, arg.cap.next);
	EXPECT_EQ(0, memcmp(arg.behind, untouched, sizeof(untouched)));
}

VFIO_TEST_F(table, read_is_ones, "RW-014")
{
	uint8_t bytes[64], want[64];
	uint32_t word;

	memset(want, 0xff, sizeof(want));
	ASSERT_LE(PCI_MSIX_ENTRY_SIZE, self->size);
	EXPECT_EQ(PCI_MSIX_ENTRY_SIZE, __region_read(self->fd, self->bar, self->off, bytes,
						     PCI_MSIX_ENTRY_SIZE));
	EXPECT_EQ(0, memcmp(bytes, want, PCI_MSIX_ENTRY_SIZE));
	EXPECT_EQ(4, __region_read(self->fd, self->bar, self->off + self->size - 4, &word, 4));
	EXPECT_EQ(~0u, word);
	EXPECT_EQ(1, __region_read(self->fd, self->bar, self->off + 5, bytes, 1));
	EXPECT_EQ(0xff, bytes[0]);
	/* What is around it is the device's. */
	EXPECT_EQ(4, __region_read(self->fd, self->bar, 0, &word, 4));
	EXPECT_NE(~0u, word);
	if (self->off + self->size + 4 <= self->bar_size) {
		memset(bytes, 0, sizeof(bytes));
		EXPECT_EQ(8, __region_read(self->fd, self->bar, self->off + self->size - 4, bytes, 8));
		EXPECT_EQ(0, memcmp(bytes, want, 4));
		EXPECT_NE(0, memcmp(bytes + 4, want, 4));
	}
}

VFIO_TEST_F(table, write_is_dropped, "RW-015")
{
	volatile uint32_t *table = map_table(self);
	uint32_t word = 0xfee00000, before;

	if (!table)
		SKIP(return, "the table cannot be mapped");
	before = table[0];
	ASSERT_NE(word, before);
	EXPECT_EQ(4, __region_write(self->fd, self->bar, self->off, &word, 4));
	EXPECT_EQ(before, table[0]);
	/* A mapping is the device itself. */
	EXPECT_EQ(1, table[3] & PCI_MSIX_ENTRY_CTRL_MASKBIT);
	word = 0;
	EXPECT_EQ(4, __region_write(self->fd, self->bar, self->off + 12, &word, 4));
	EXPECT_EQ(1, table[3] & PCI_MSIX_ENTRY_CTRL_MASKBIT);
}

VFIO_TEST_F(table, mapping_reaches_hardware, "RW-016")
{
	volatile uint32_t *table = map_table(self);

	if (!table)
		SKIP(return, "the table cannot be mapped");
	table[0] = 0xfee01000;
	table[2] = 0x4321;
	EXPECT_EQ(0xfee01000, table[0]);
	EXPECT_EQ(0x4321, table[2]);
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(0, table[0]);
	EXPECT_EQ(0, table[2]);
}

/* A table that was spoilt is written anew with the next trigger. */
VFIO_TEST_F(table, assignment_repairs, "IRQ-069")
{
	volatile uint32_t *table = map_table(self);
	int event = eventfd_new();
	uint32_t addr, data;

	if (!table)
		SKIP(return, "the table cannot be mapped");
	irq_eventfd(self->fd, MSIX, TRIGGER, event);
	addr = table[0];
	data = table[2];
	EXPECT_NE(0, addr);
	table[0] = 0;
	table[2] = ~data;
	irq_eventfd(self->fd, MSIX, TRIGGER, event);
	EXPECT_EQ(addr, table[0]);
	EXPECT_EQ(data, table[2]);
	EXPECT_EQ(0, table[3] & PCI_MSIX_ENTRY_CTRL_MASKBIT);
	irq_disable(self->fd, MSIX);
	EXPECT_EQ(1, table[3] & PCI_MSIX_ENTRY_CTRL_MASKBIT);
	close(event);
}

VFIO_TEST_F(table, control_is_read_only, "RW-059")
{
	uint16_t flags = config_read16(self->fd, self->cap + PCI_MSIX_FLAGS);
	uint16_t want = flags | PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL;

	EXPECT_EQ(0, flags & PCI_MSIX_FLAGS_ENABLE);
	EXPECT_EQ(2, __region_write(self->fd, VFIO_PCI_CONFIG_REGION_INDEX,
				    self->cap + PCI_MSIX_FLAGS, &want, 2));
	EXPECT_EQ(flags, config_read16(self->fd, self->cap + PCI_MSIX_FLAGS));
}

static int ioeventfd(int fd, uint64_t offset, int event)
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg), .flags = VFIO_DEVICE_IOEVENTFD_32, .offset = offset,
		.data = 0, .fd = event,
	};

	return __vfio_ioctl(fd, VFIO_DEVICE_IOEVENTFD, &arg);
}

VFIO_TEST_F(table, no_ioeventfd, "RST-041")
{
	uint64_t base = region_offset(self->fd, self->bar);
	int event = eventfd_new();

	EXPECT_EQ(-EINVAL, ioeventfd(self->fd, base + self->off, event));
	EXPECT_EQ(-EINVAL, ioeventfd(self->fd, base + self->off + self->size - 4, event));
	if (self->off >= 4) {
		EXPECT_EQ(0, ioeventfd(self->fd, base + self->off - 4, event));
		EXPECT_EQ(0, ioeventfd(self->fd, base + self->off - 4, -1));
	}
	close(event);
}

/* Resets of the function alone, both ways. */
static void check_reset(struct __test_metadata *_metadata, FIXTURE_DATA(table) *self,
			void (*reset)(int fd, unsigned int exp))
{
	unsigned int exp = config_find_cap(self->fd, PCI_CAP_ID_EXP);
	uint32_t bar0 = config_read32(self->fd, PCI_BASE_ADDRESS_0);
	struct nvme nvme;
	uint16_t command;

	ASSERT_EQ(0, __nvme_start(&nvme, self->dev.container, self->fd, IOVA));
	command = config_read16(self->fd, PCI_COMMAND);
	EXPECT_EQ(NVME_CC_ENABLE, nvme_read32(self->fd, NVME_CC));
	reset(self->fd, exp);
	EXPECT_EQ(0, nvme_read32(self->fd, NVME_CC));
	EXPECT_EQ(0, nvme_read32(self->fd, NVME_CSTS));
	nvme_stop(&nvme, self->dev.container);
	/* Configuration is as it was. */
	EXPECT_EQ(command, config_read16(self->fd, PCI_COMMAND));
	EXPECT_EQ(bar0, config_read32(self->fd, PCI_BASE_ADDRESS_0));
	EXPECT_EQ(0, config_read16(self->fd, exp + PCI_EXP_DEVCTL) & PCI_EXP_DEVCTL_BCR_FLR);
}

static void by_ioctl(int fd, unsigned int exp)
{
	int ret = __vfio_ioctl(fd, VFIO_DEVICE_RESET, NULL);

	if (ret)
		CLIENT_FAIL("VFIO_DEVICE_RESET: %s", client_errno(ret));
}

static void by_config(int fd, unsigned int exp)
{
	uint16_t ctl = config_read16(fd, exp + PCI_EXP_DEVCTL);

	config_write16(fd, exp + PCI_EXP_DEVCTL, ctl | PCI_EXP_DEVCTL_BCR_FLR);
}

VFIO_TEST_F(table, reset_by_ioctl, "RST-002")
{
	if (!sysfs_has_reset(self->dev.bdf, "flr"))
		SKIP(return, "the device has no function level reset");
	check_reset(_metadata, self, by_ioctl);
}

VFIO_TEST_F(table, reset_by_config, "RW-051")
{
	if (!sysfs_has_reset(self->dev.bdf, "flr"))
		SKIP(return, "the device has no function level reset");
	check_reset(_metadata, self, by_config);
}

CONFORMANCE_MAIN
