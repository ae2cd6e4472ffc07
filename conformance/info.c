// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_DEVICE_GET_INFO and GET_REGION_INFO of a PCI device. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define FILL	0x5a
#define MIN_INFO offsetofend(struct vfio_device_info, num_irqs)
#define READ_WRITE (VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE)
#define offsetofend(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))

FIXTURE(info)
{
	struct vfio_dev dev;
	struct vfio_device_info device;
};

FIXTURE_SETUP(info)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	device_info(self->dev.fd, &self->device);
}

FIXTURE_TEARDOWN(info)
{
	device_close(&self->dev);
}

/* Call with a structure of @argsz in a buffer of FILL; how many bytes changed, or -errno. */
static int written(int fd, unsigned long request, uint32_t argsz, uint32_t index, uint8_t *buf,
		   size_t size)
{
	int ret, n;

	memset(buf, FILL, size);
	memcpy(buf, &argsz, sizeof(argsz));
	if (request != VFIO_DEVICE_GET_INFO)
		memcpy(buf + 8, &index, sizeof(index));
	ret = __vfio_ioctl(fd, request, buf);
	if (ret)
		return ret;
	for (n = size; n && buf[n - 1] == FILL; n--)
		;
	return n;
}

VFIO_TEST_F(info, device_bad_pointer, "INFO-001")
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_INFO, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_INFO,
					border_alloc(sizeof(info), &info, true)));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_INFO,
					border_alloc(MIN_INFO - 1, &info, false)));
}

VFIO_TEST_F(info, device_short_argsz, "INFO-002")
{
	struct vfio_device_info info;
	uint32_t argsz;

	for (argsz = 0; argsz < MIN_INFO; argsz++) {
		memset(&info, FILL, sizeof(info));
		info.argsz = argsz;
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_INFO, &info));
		EXPECT_EQ(argsz, info.argsz);
		EXPECT_EQ(0x5a5a5a5a, info.flags);
	}
}

VFIO_TEST_F(info, device_minimum, "INFO-003")
{
	uint32_t argsz;
	uint8_t buf[64] __attribute__((aligned(8)));
	int n;

	for (argsz = MIN_INFO; argsz < MIN_INFO + 4; argsz++) {
		n = written(self->dev.fd, VFIO_DEVICE_GET_INFO, argsz, 0, buf, sizeof(buf));
		EXPECT_GE(n, MIN_INFO);
		EXPECT_LE(n, argsz);
	}
	/* And no more is touched. */
	n = __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_INFO,
			 border_alloc(MIN_INFO, &(uint32_t[4]){ MIN_INFO }, false));
	EXPECT_EQ(0, n);
}

VFIO_TEST_F(info, device_whole, "INFO-004 INFO-005")
{
	struct vfio_device_info *info;
	uint8_t buf[64] __attribute__((aligned(8)));
	int n;

	n = written(self->dev.fd, VFIO_DEVICE_GET_INFO, sizeof(buf), 0, buf, sizeof(buf));
	info = (void *)buf;
	if (info->flags & VFIO_DEVICE_FLAGS_CAPS)
		SKIP(return, "the device has capabilities in its info");
	EXPECT_EQ(0, info->cap_offset);
	/* With the pad word since 6.6, without it before. */
	ASSERT_TRUE(n == 20 || n == 24);
	outcome("INFO-005", n == 20 ? "20" : "24");
	EXPECT_EQ(n == 20 ? 0x5a5a5a5a : 0, info->pad);
}

VFIO_TEST_F(info, device_flags, "INFO-006 INFO-007")
{
	const uint32_t flags = self->device.flags & ~VFIO_DEVICE_FLAGS_CAPS;
	struct {
		struct vfio_pci_hot_reset_info head;
		struct vfio_pci_dependent_device devices[1];
	} bus = { .head.argsz = sizeof(bus) };

	EXPECT_EQ(VFIO_DEVICE_FLAGS_PCI, flags & ~VFIO_DEVICE_FLAGS_RESET);
	EXPECT_GE(self->device.num_regions, VFIO_PCI_NUM_REGIONS);
	EXPECT_EQ(VFIO_PCI_NUM_IRQS, self->device.num_irqs);
	/* A bus reset is a function's reset only for one that is alone on its bus. */
	if (!sysfs_can_reset(self->dev.bdf)) {
		EXPECT_EQ(0, flags & VFIO_DEVICE_FLAGS_RESET);
	} else if (!__vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &bus)) {
		EXPECT_NE(0, flags & VFIO_DEVICE_FLAGS_RESET);
	}
}

VFIO_TEST_F(info, region_bad_pointer, "INFO-010")
{
	struct vfio_region_info info = { .argsz = sizeof(info) };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_REGION_INFO, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_REGION_INFO,
					border_alloc(sizeof(info), &info, true)));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_REGION_INFO,
					border_alloc(sizeof(info) - 1, &info, false)));
}

VFIO_TEST_F(info, region_short_argsz, "INFO-011")
{
	struct vfio_region_info info;
	uint32_t argsz;

	for (argsz = 0; argsz < sizeof(info); argsz++) {
		memset(&info, FILL, sizeof(info));
		info.argsz = argsz;
		info.index = 0;
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_REGION_INFO, &info));
		EXPECT_EQ(0x5a5a5a5a, info.flags);
	}
}

VFIO_TEST_F(info, region_index_behind_last, "INFO-012")
{
	struct vfio_region_info info;

	EXPECT_EQ(0, __region_info(self->dev.fd, VFIO_PCI_CONFIG_REGION_INDEX, &info));
	EXPECT_EQ(-EINVAL, __region_info(self->dev.fd, self->device.num_regions, &info));
	EXPECT_EQ(-EINVAL, __region_info(self->dev.fd, ~0u, &info));
	EXPECT_EQ(-EINVAL, __region_info(self->dev.fd, 0x80000000, &info));
}

VFIO_TEST_F(info, region_vga, "INFO-013")
{
	struct vfio_region_info info;

	if (sysfs_number(self->dev.bdf, "class") >> 8 == 0x0300)
		SKIP(return, "the device is a VGA controller");
	EXPECT_EQ(-EINVAL, __region_info(self->dev.fd, VFIO_PCI_VGA_REGION_INDEX, &info));
}

VFIO_TEST_F(info, region_offset, "INFO-014")
{
	struct vfio_region_info info;
	uint32_t i;

	for (i = 0; i < self->device.num_regions; i++) {
		if (i == VFIO_PCI_VGA_REGION_INDEX)
			continue;
		ASSERT_EQ(0, __region_info(self->dev.fd, i, &info));
		EXPECT_EQ(i, info.index);
		EXPECT_EQ((uint64_t)i << 40, info.offset);
	}
}

/* BAR by BAR against the resource file, whose lines are start, end and flags. */
VFIO_TEST_F(info, region_bars, "INFO-015 INFO-016")
{
	unsigned long long start, end, flags;
	struct vfio_region_info info;
	char text[1024], *line;
	uint32_t i, want;
	uint64_t size;

	ASSERT_GT(__sysfs_read(self->dev.bdf, "resource", text, sizeof(text)), 0);
	line = strtok(text, "\n");
	for (i = 0; i <= VFIO_PCI_BAR5_REGION_INDEX; i++, line = strtok(NULL, "\n")) {
		ASSERT_NE(NULL, line);
		ASSERT_EQ(3, sscanf(line, "%llx %llx %llx", &start, &end, &flags));
		size = end ? end - start + 1 : 0;
		ASSERT_EQ(0, __region_info(self->dev.fd, i, &info));
		EXPECT_EQ(size, info.size);
		if (size && flags & 0x100)	/* I/O ports */
			want = READ_WRITE;
		else if (size >= page_size())
			want = READ_WRITE | VFIO_REGION_INFO_FLAG_MMAP;
		else if (size)			/* may or may not be mapped, see INFO-018 */
			continue;
		else
			want = 0;
		EXPECT_EQ(want, info.flags & ~VFIO_REGION_INFO_FLAG_CAPS);
	}
}

VFIO_TEST_F(info, region_config, "INFO-024")
{
	struct vfio_region_info info;
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", self->dev.bdf);
	ASSERT_EQ(0, stat(path, &st));
	ASSERT_EQ(0, __region_info(self->dev.fd, VFIO_PCI_CONFIG_REGION_INDEX, &info));
	EXPECT_EQ(st.st_size, info.size);
	EXPECT_EQ(READ_WRITE, info.flags);
}

VFIO_TEST_F(info, region_rom_absent, "INFO-025")
{
	struct vfio_region_info info;
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/rom", self->dev.bdf);
	if (!stat(path, &st))
		SKIP(return, "the device has a ROM");
	ASSERT_EQ(0, __region_info(self->dev.fd, VFIO_PCI_ROM_REGION_INDEX, &info));
	EXPECT_EQ(0, info.size);
	EXPECT_EQ(0, info.flags);
}

VFIO_TEST_F(info, region_type_capability, "INFO-030")
{
	struct vfio_region_info_cap_type *type;
	struct vfio_region_info *info;
	struct mock mock;

	if (__mock_find(self->dev.fd, &mock))
		SKIP(return, "the device has no region of its driver's own");
	info = region_info(self->dev.fd, mock.index);
	type = (void *)info_cap(info, info->argsz, info->cap_offset, VFIO_REGION_INFO_CAP_TYPE);
	ASSERT_NE(NULL, type);
	EXPECT_EQ(1, type->header.version);
	EXPECT_EQ(sizeof(*info), info->cap_offset);
	EXPECT_EQ(MOCK_REGION_TYPE, type->type);
	EXPECT_EQ(MOCK_REGION_SUBTYPE, type->subtype);
	EXPECT_EQ(MOCK_REGION_SIZE, info->size);
	/* Room for the capability is said to be there, and is not. */
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_REGION_INFO,
					border_alloc(sizeof(*info), info, false)));
	free(info);
}

VFIO_TEST_F(info, region_writes_32_bytes, "INFO-031")
{
	uint8_t buf[256] __attribute__((aligned(8)));

	EXPECT_LE(written(self->dev.fd, VFIO_DEVICE_GET_REGION_INFO, sizeof(buf),
			  VFIO_PCI_CONFIG_REGION_INDEX, buf, sizeof(buf)), 32);
}

VFIO_TEST_F(info, region_input_is_ignored, "INFO-032")
{
	struct vfio_region_info want, info;

	ASSERT_EQ(0, __region_info(self->dev.fd, VFIO_PCI_CONFIG_REGION_INDEX, &want));
	memset(&info, 0xff, sizeof(info));
	info.argsz = sizeof(info);
	info.index = VFIO_PCI_CONFIG_REGION_INDEX;
	ASSERT_EQ(0, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_REGION_INFO, &info));
	EXPECT_EQ(want.flags, info.flags);
	EXPECT_EQ(want.size, info.size);
	EXPECT_EQ(want.offset, info.offset);
	/* Without capabilities this one is left as it came. */
	EXPECT_EQ(~0u, info.cap_offset);
}

CONFORMANCE_MAIN
