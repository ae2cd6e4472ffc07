// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_DEVICE_IOEVENTFD: an eventfd that writes a register. */
#include <linux/pci_regs.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define SIZE32		VFIO_DEVICE_IOEVENTFD_32
#define SIZE64		VFIO_DEVICE_IOEVENTFD_64
#define ARGSZ		28u	/* up to fd */

FIXTURE(ioeventfd)
{
	struct vfio_dev dev;
	int fd, event;
};

FIXTURE_SETUP(ioeventfd)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (!edu_is(role_bdf(ROLE_MAIN)))
		SKIP(return, "what is behind the BARs is only known of an edu device");
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	self->event = eventfd_new();
}

FIXTURE_TEARDOWN(ioeventfd)
{
	device_close(&self->dev);
	close(self->event);
}

static int set(int fd, uint32_t flags, uint64_t offset, uint64_t data, int event)
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg),
		.flags = flags,
		.offset = offset,
		.data = data,
		.fd = event,
	};

	return __vfio_ioctl(fd, VFIO_DEVICE_IOEVENTFD, &arg);
}

VFIO_TEST_F(ioeventfd, arguments, "RST-034")
{
	struct vfio_device_ioeventfd arg = { .flags = SIZE32, .offset = 4, .fd = self->event };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_IOEVENTFD, bad_pointer()));
	arg.argsz = ARGSZ;
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_IOEVENTFD,
					border_alloc(ARGSZ - 1, &arg, false)));
	for (arg.argsz = 0; arg.argsz < ARGSZ; arg.argsz++)
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, VFIO_DEVICE_IOEVENTFD, &arg));
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_IOEVENTFD, &arg));
}

VFIO_TEST_F(ioeventfd, flags, "RST-035 RST-036")
{
	unsigned int bit, flags;

	for (bit = 4; bit < 32; bit++)
		EXPECT_EQ(-EINVAL, set(self->fd, SIZE32 | 1u << bit, 4, 0, self->event));
	for (flags = 0; flags < 16; flags++) {
		if (__builtin_popcount(flags) != 1)
			EXPECT_EQ(-EINVAL, set(self->fd, flags, 4, 0, self->event));
	}
}

VFIO_TEST_F(ioeventfd, descriptor, "RST-037 RST-049")
{
	int closed = eventfd_new();

	close(closed);
	EXPECT_EQ(-EINVAL, set(self->fd, SIZE32, 4, 0, -2));
	EXPECT_EQ(-EBADF, set(self->fd, SIZE32, 4, 0, closed));
	EXPECT_EQ(-EINVAL, set(self->fd, SIZE32, 4, 0, self->dev.container));
	/* Nothing is left of them. */
	EXPECT_EQ(-ENODEV, set(self->fd, SIZE32, 4, 0, -1));
}

VFIO_TEST_F(ioeventfd, place, "RST-038 RST-040")
{
	const uint64_t size = region_size(self->fd, 0);
	uint64_t i;

	for (i = VFIO_PCI_ROM_REGION_INDEX; i <= VFIO_PCI_NUM_REGIONS; i++)
		EXPECT_EQ(-EINVAL, set(self->fd, SIZE32, i << 40, 0, self->event));
	EXPECT_EQ(-EINVAL, set(self->fd, SIZE32, size - 2, 0, self->event));
	EXPECT_EQ(-EINVAL, set(self->fd, SIZE32, size, 0, self->event));
	/* A BAR that is not there has no room. */
	EXPECT_EQ(-EINVAL, set(self->fd, SIZE32, 1ull << 40, 0, self->event));
}

VFIO_TEST_F(ioeventfd, eight_bytes, "RST-042")
{
	int ret = set(self->fd, SIZE64, EDU_DMA_SRC, 0, self->event);

	ASSERT_TRUE(ret == 0 || ret == -EINVAL);
	outcome("RST-042", errno_name(ret));
}

VFIO_TEST_F(ioeventfd, writes_the_register, "RST-043 RST-046")
{
	int i;

	edu_write32(self->fd, EDU_LIVENESS, 0);
	EXPECT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 0x1f2e3d4c, self->event));
	EXPECT_EQ(~0u, edu_read32(self->fd, EDU_LIVENESS));
	eventfd_raise(self->event);
	for (i = 0; i < 200 && edu_read32(self->fd, EDU_LIVENESS) == ~0u; i++)
		usleep(5000);
	EXPECT_EQ(~0x1f2e3d4cu, edu_read32(self->fd, EDU_LIVENESS));
	EXPECT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 0x1f2e3d4c, -1));
	edu_write32(self->fd, EDU_LIVENESS, 0);
	eventfd_raise(self->event);
	usleep(20000);
	EXPECT_EQ(~0u, edu_read32(self->fd, EDU_LIVENESS));
}

VFIO_TEST_F(ioeventfd, memory_disabled, "RST-043")
{
	edu_write32(self->fd, EDU_LIVENESS, 0);
	ASSERT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 1, self->event));
	config_command(self->fd, 0, PCI_COMMAND_MEMORY);
	eventfd_raise(self->event);
	usleep(20000);
	config_command(self->fd, PCI_COMMAND_MEMORY, 0);
	EXPECT_EQ(~0u, edu_read32(self->fd, EDU_LIVENESS));
}

VFIO_TEST_F(ioeventfd, identity, "RST-044 RST-045 RST-047")
{
	int other = eventfd_new();

	ASSERT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 1, self->event));
	EXPECT_EQ(-EEXIST, set(self->fd, SIZE32, EDU_LIVENESS, 1, self->event));
	EXPECT_EQ(-EEXIST, set(self->fd, SIZE32, EDU_LIVENESS, 1, other));
	EXPECT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 2, other));
	EXPECT_EQ(-ENODEV, set(self->fd, SIZE32, EDU_LIVENESS, 3, -1));
	EXPECT_EQ(-ENODEV, set(self->fd, VFIO_DEVICE_IOEVENTFD_16, EDU_LIVENESS, 1, -1));
	EXPECT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 1, -1));
	EXPECT_EQ(-ENODEV, set(self->fd, SIZE32, EDU_LIVENESS, 1, -1));
	close(other);
}

VFIO_TEST_F(ioeventfd, as_many_as_a_thousand, "RST-048")
{
	unsigned int i;

	for (i = 0; i < 1000; i++)
		ASSERT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, i, self->event));
	EXPECT_EQ(-ENOSPC, set(self->fd, SIZE32, EDU_LIVENESS, 1000, self->event));
	EXPECT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 500, -1));
	EXPECT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 1000, self->event));
}

/* Who closes the eventfd has not taken it away. */
VFIO_TEST_F(ioeventfd, closed_eventfd, "RST-051")
{
	int event = eventfd_new(), i;

	ASSERT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 1, event));
	close(event);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(-EEXIST, set(self->fd, SIZE32, EDU_LIVENESS, 1, self->event));
	EXPECT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 1, -1));
	EXPECT_EQ(-ENODEV, set(self->fd, SIZE32, EDU_LIVENESS, 1, -1));
	EXPECT_EQ(0, set(self->fd, SIZE32, EDU_LIVENESS, 1, self->event));
}

CONFORMANCE_MAIN
