// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_DEVICE_RESET. */
#include <linux/pci_regs.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

FIXTURE(reset)
{
	struct vfio_dev dev;
	struct vfio_device_info info;
	int fd;
};

FIXTURE_SETUP(reset)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	device_info(self->fd, &self->info);
	if (!(self->info.flags & VFIO_DEVICE_FLAGS_RESET))
		SKIP(device_close(&self->dev); return, "the device has no reset");
}

FIXTURE_TEARDOWN(reset)
{
	device_close(&self->dev);
}

VFIO_TEST_F(reset, keeps_config, "RST-002")
{
	uint32_t bar = config_read32(self->fd, PCI_BASE_ADDRESS_0);
	uint16_t command;

	config_command(self->fd, PCI_COMMAND_MASTER, 0);
	config_write8(self->fd, PCI_INTERRUPT_LINE, 0x77);
	command = config_read16(self->fd, PCI_COMMAND);
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
	/* The argument is not looked at. */
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, bad_pointer()));
	EXPECT_EQ(command, config_read16(self->fd, PCI_COMMAND));
	EXPECT_EQ(bar, config_read32(self->fd, PCI_BASE_ADDRESS_0));
	EXPECT_EQ(0x77, config_read8(self->fd, PCI_INTERRUPT_LINE));
}

VFIO_TEST_F(reset, device_works_afterwards, "RST-002")
{
	uint8_t *mem = pages_alloc(2 * page_size());

	if (!edu_is(self->dev.bdf))
		SKIP(return, "only an edu device can be told to do DMA");
	memset(mem, 0xa5, 64);
	iommu_map(self->dev.container, mem, 0x100000, 2 * page_size(), MAP_RW);
	edu_enable_dma(self->fd);
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(EDU_ID_VALUE, edu_read32(self->fd, EDU_ID));
	EXPECT_EQ(24, edu_factorial(self->fd, 4));
	/* The mapping is there, and the device may use it. */
	edu_dma(self->fd, 0x100000, 0, 64, 0);
	edu_dma(self->fd, 0x100000 + page_size(), 0, 64, EDU_DMA_TO_RAM);
	EXPECT_EQ(0, memcmp(mem, mem + page_size(), 64));
}

VFIO_TEST_F(reset, interrupts_stay_set_up, "RST-005")
{
	int event = eventfd_new();

	if (!edu_is(self->dev.bdf))
		SKIP(return, "only an edu device can be told to raise an interrupt");
	edu_enable_dma(self->fd);
	irq_eventfd(self->fd, VFIO_PCI_MSI_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER, event);
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(0, __irq_none(self->fd, VFIO_PCI_MSI_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER, 0,
				1));
	EXPECT_EQ(1, eventfd_count(event));
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(event, 1000));
	edu_write32(self->fd, EDU_IRQ_ACK, 1);
	close(event);
}

VFIO_TEST_F(reset, driver_is_told, "RST-002")
{
	struct mock mock;
	uint64_t resets;

	if (__mock_find(self->fd, &mock))
		SKIP(return, "the driver does not count resets");
	resets = mock_read(&mock, MOCK_REG_RESETS);
	ASSERT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(resets + 1, mock_read(&mock, MOCK_REG_RESETS));
}

FIXTURE(no_reset)
{
	struct vfio_dev dev;
};

FIXTURE_SETUP(no_reset)
{
	struct vfio_device_info info;
	unsigned int i;

	for (i = 0; named_bdf(i); i++) {
		device_open(&self->dev, named_bdf(i));
		device_info(self->dev.fd, &info);
		if (!(info.flags & VFIO_DEVICE_FLAGS_RESET))
			return;
		device_close(&self->dev);
	}
	SKIP(return, "all named devices have a reset");
}

FIXTURE_TEARDOWN(no_reset)
{
	device_close(&self->dev);
}

VFIO_TEST_F(no_reset, refused, "RST-001")
{
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_RESET, NULL));
}

struct resetter {
	int fd;
	bool stop;
	unsigned int done, busy, other;
};

static void *reset_on(void *arg)
{
	struct resetter *r = arg;
	int ret;

	while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED)) {
		ret = __vfio_ioctl(r->fd, VFIO_DEVICE_RESET, NULL);
		r->done += !ret;
		r->busy += ret == -EAGAIN;
		r->other += ret && ret != -EAGAIN;
	}
	return NULL;
}

/* Two at once: one of them resets, and nobody waits. */
VFIO_TEST_F(reset, by_two, "RST-003")
{
	struct resetter other = { .fd = self->fd }, own = other;
	pthread_t thread;
	int i, ret;

	ASSERT_EQ(0, pthread_create(&thread, NULL, reset_on, &other));
	/* A reset may take a second. */
	for (i = 0; i < 200 && own.done < 8 && !(own.done && (own.busy || other.busy)); i++) {
		ret = __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL);
		own.done += !ret;
		own.busy += ret == -EAGAIN;
		own.other += ret && ret != -EAGAIN;
		usleep(1000);
	}
	__atomic_store_n(&other.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, own.other + other.other);
	EXPECT_LT(0, own.done + other.done);
	/* The lock is free again. */
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
}

CONFORMANCE_MAIN
