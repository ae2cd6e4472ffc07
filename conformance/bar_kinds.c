// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs that few devices have: ports, ROMs, less than a page. Each test takes the
 * first named device with one; vm --machine e1000e and testdev have some.
 */
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define ROM		VFIO_PCI_ROM_REGION_INDEX
#define READ		VFIO_REGION_INFO_FLAG_READ
#define WRITE		VFIO_REGION_INFO_FLAG_WRITE
#define MMAP		VFIO_REGION_INFO_FLAG_MMAP
#define RESOURCE_IO	0x100	/* as the resource attribute has them */
#define RESOURCE_MEM	0x200

/* One line of the resource attribute. */
struct resource {
	uint64_t start, end, flags;
};

static bool get_resource(const char *bdf, unsigned int nr, struct resource *res)
{
	unsigned long long start, end, flags;
	char path[128], line[128];
	unsigned int i;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource", bdf);
	f = fopen(path, "r");
	if (!f)
		return false;
	for (i = 0; i <= nr; i++) {
		if (!fgets(line, sizeof(line), f)) {
			fclose(f);
			return false;
		}
	}
	fclose(f);
	if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3 || !flags)
		return false;
	*res = (struct resource){ start, end, flags };
	return true;
}

FIXTURE(kind)
{
	struct vfio_dev dev;
	struct resource res;
	unsigned int bar;
	int fd;
};

FIXTURE_SETUP(kind)
{
	self->dev.fd = -1;
}

FIXTURE_TEARDOWN(kind)
{
	if (self->dev.fd >= 0)
		device_close(&self->dev);
}

/* Open the first named device with a BAR from @first to @last that @fits; false: there is none. */
static bool find(FIXTURE_DATA(kind) *self, unsigned int first, unsigned int last,
		 bool (*fits)(const struct resource *res))
{
	unsigned int n;

	for (n = 0; named_bdf(n); n++) {
		for (self->bar = first; self->bar <= last; self->bar++) {
			if (!get_resource(named_bdf(n), self->bar, &self->res) ||
			    !fits(&self->res) || group_is_noiommu(sysfs_group(named_bdf(n))))
				continue;
			device_open(&self->dev, named_bdf(n));
			self->fd = self->dev.fd;
			return true;
		}
	}
	return false;
}

static bool is_ports(const struct resource *res)
{
	return res->flags & RESOURCE_IO;
}

static bool is_small(const struct resource *res)
{
	return res->flags & RESOURCE_MEM && res->end - res->start + 1 < page_size();
}

static bool is_any(const struct resource *res)
{
	return true;
}

VFIO_TEST_F(kind, ports, "INFO-017 RW-009 RST-050")
{
	struct vfio_device_ioeventfd arg = { .argsz = sizeof(arg), .fd = -1,
					     .flags = VFIO_DEVICE_IOEVENTFD_8 };
	struct vfio_region_info info;
	uint8_t v;

	if (!find(self, 0, 5, is_ports))
		SKIP(return, "no named device has a BAR of ports");
	ASSERT_EQ(0, __region_info(self->fd, self->bar, &info));
	EXPECT_EQ(READ | WRITE, info.flags);
	EXPECT_EQ(self->res.end - self->res.start + 1, info.size);
	/* Nobody asks whether ports are decoded. */
	config_command(self->fd, 0, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	EXPECT_EQ(1, __region_read(self->fd, self->bar, 0, &v, 1));
	arg.offset = info.offset + info.size - 1;
	arg.fd = eventfd_new();
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_IOEVENTFD, &arg));
	close(arg.fd);
	arg.fd = -1;
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_IOEVENTFD, &arg));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->fd,
				   info.offset));
}

/* Less than a page can be mapped when the page has nothing else. */
VFIO_TEST_F(kind, less_than_a_page, "INFO-018 INFO-019 MMAP-007")
{
	struct vfio_region_info info;
	void *p;

	if (!find(self, 0, 5, is_small))
		SKIP(return, "no named device has a memory BAR of less than a page");
	ASSERT_EQ(0, __region_info(self->fd, self->bar, &info));
	EXPECT_EQ(self->res.end - self->res.start + 1, info.size);
	p = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->fd, info.offset);
	if (info.flags & MMAP) {
		EXPECT_EQ(0, self->res.start % page_size());
		EXPECT_NE(MAP_FAILED, p);
	} else {
		EXPECT_EQ(MAP_FAILED, p);
	}
}

VFIO_TEST_F(kind, rom, "INFO-026 INFO-027 INFO-029 RW-013 RW-018 RW-034")
{
	struct vfio_region_info info, again;
	uint8_t rom[16], last[16];
	uint32_t mask;

	if (!find(self, ROM, ROM, is_any))
		SKIP(return, "no named device has a ROM");
	ASSERT_EQ(0, __region_info(self->fd, ROM, &info));
	/* Sizing works whether there is an image in it or not, the enable bit beside it. */
	config_write32(self->fd, PCI_ROM_ADDRESS, ~0u);
	mask = config_read32(self->fd, PCI_ROM_ADDRESS);
	EXPECT_EQ(self->res.end - self->res.start + 1, -(mask & PCI_ROM_ADDRESS_MASK));
	EXPECT_TRUE(mask & PCI_ROM_ADDRESS_ENABLE);
	config_command(self->fd, 0, PCI_COMMAND_MEMORY);
	ASSERT_EQ(0, __region_info(self->fd, ROM, &again));
	EXPECT_EQ(info.size, again.size);
	EXPECT_EQ(info.flags, again.flags);
	config_command(self->fd, PCI_COMMAND_MEMORY, 0);
	if (!info.size) {
		EXPECT_EQ(0, info.flags);
		SKIP(return, "the ROM has no image");
	}
	EXPECT_EQ(READ, info.flags);
	EXPECT_EQ(self->res.end - self->res.start + 1, info.size);
	ASSERT_EQ(16, __region_read(self->fd, ROM, 0, rom, sizeof(rom)));
	EXPECT_EQ(0x55, rom[0]);
	EXPECT_EQ(0xaa, rom[1]);
	/* What is behind the image reads as all ones; this one is as long as its header says. */
	ASSERT_EQ(16, __region_read(self->fd, ROM, info.size - 16, last, sizeof(last)));
	if (rom[2] * 512u + 16 <= info.size && !memcmp(last, "\xff\xff\xff\xff", 4))
		EXPECT_EQ(0xff, last[15]);
}

/* One kind of message excludes the other, of a device that has both. */
VFIO_TEST_F(kind, both_kinds_of_messages, "IRQ-052")
{
	struct vfio_irq_info msi, msix;
	int event = eventfd_new();
	unsigned int n;

	for (n = 0; named_bdf(n); n++) {
		if (group_is_noiommu(sysfs_group(named_bdf(n))))
			continue;
		device_open(&self->dev, named_bdf(n));
		irq_info(self->dev.fd, VFIO_PCI_MSI_IRQ_INDEX, &msi);
		irq_info(self->dev.fd, VFIO_PCI_MSIX_IRQ_INDEX, &msix);
		if (msi.count && msix.count)
			break;
		device_close(&self->dev);
		self->dev.fd = -1;
	}
	if (self->dev.fd < 0)
		SKIP(close(event); return, "no named device has MSI and MSI-X");
	irq_eventfd(self->dev.fd, msi.index, VFIO_IRQ_SET_ACTION_TRIGGER, event);
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->dev.fd, msix.index, VFIO_IRQ_SET_ACTION_TRIGGER,
					 event));
	EXPECT_EQ(-EINVAL, __irq_none(self->dev.fd, msix.index, VFIO_IRQ_SET_ACTION_TRIGGER, 0,
				      0));
	irq_disable(self->dev.fd, msi.index);
	EXPECT_EQ(0, __irq_eventfd(self->dev.fd, msix.index, VFIO_IRQ_SET_ACTION_TRIGGER, event));
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->dev.fd, msi.index, VFIO_IRQ_SET_ACTION_TRIGGER,
					 event));
	close(event);
}

CONFORMANCE_MAIN
