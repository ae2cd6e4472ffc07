// SPDX-License-Identifier: GPL-2.0-only
/* MSI-X: SET_IRQS in all its forms, and vectors that the device really raises. */
#include <linux/pci_regs.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define MSIX	VFIO_PCI_MSIX_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define MASK	VFIO_IRQ_SET_ACTION_MASK
#define UNMASK	VFIO_IRQ_SET_ACTION_UNMASK
#define NONE	VFIO_IRQ_SET_DATA_NONE
#define BOOL	VFIO_IRQ_SET_DATA_BOOL
#define EVENTFD	VFIO_IRQ_SET_DATA_EVENTFD

#define SOON_MS		1000
#define QUIET_MS	20
#define IOVA		0x100000
#define VECTORS_MAX	8

FIXTURE(msix)
{
	struct vfio_dev dev;
	int fd, count;
	int event[VECTORS_MAX];
	struct nvme nvme;
};

FIXTURE_SETUP(msix)
{
	struct vfio_irq_info info;
	int i;

	if (!role_bdf(ROLE_MSIX))
		SKIP(return, "%s", role_missing(ROLE_MSIX));
	device_open(&self->dev, role_bdf(ROLE_MSIX));
	self->fd = self->dev.fd;
	irq_info(self->fd, MSIX, &info);
	if (info.count < 2)
		SKIP(device_close(&self->dev); return, "the device has one vector or none");
	self->count = info.count < VECTORS_MAX ? info.count : VECTORS_MAX;
	for (i = 0; i < self->count; i++)
		self->event[i] = eventfd_new();
}

FIXTURE_TEARDOWN(msix)
{
	int i;

	if (self->dev.fd >= 0)
		nvme_stop(&self->nvme, self->dev.container);
	device_close(&self->dev);
	for (i = 0; i < self->count; i++)
		close(self->event[i]);
}

static int set(FIXTURE_DATA(msix) *self, uint32_t start, uint32_t count, const int *events)
{
	return __irq_set(self->fd, MSIX, EVENTFD | TRIGGER, start, count, events,
			 count * sizeof(*events));
}

VFIO_TEST_F(msix, raised_by_device, "IRQ-053 MSIX-001")
{
	ASSERT_EQ(0, set(self, 0, self->count, self->event));
	ASSERT_EQ(0, __nvme_start(&self->nvme, self->dev.container, self->fd, IOVA));
	nvme_identify(&self->nvme);
	EXPECT_EQ(1, eventfd_wait(self->event[0], SOON_MS));
	EXPECT_EQ(NVME_OK, __nvme_wait(&self->nvme, 0));
	/* What the device wrote for us names itself. */
	EXPECT_EQ(config_read16(self->fd, PCI_VENDOR_ID),
		  nvme_data(&self->nvme)[0] | nvme_data(&self->nvme)[1] << 8);
	EXPECT_EQ(0, eventfd_count(self->event[1]));
}

/* Each vector has its eventfd. */
VFIO_TEST_F(msix, every_vector, "MSIX-001")
{
	int v;

	ASSERT_EQ(0, set(self, 0, self->count, self->event));
	ASSERT_EQ(0, __nvme_start(&self->nvme, self->dev.container, self->fd, IOVA));
	for (v = 1; v < self->count && v < 3; v++) {
		ASSERT_EQ(NVME_OK, __nvme_make_queues(&self->nvme, v, v));
		eventfd_wait(self->event[0], SOON_MS);
		nvme_bad_io(&self->nvme, v);
		EXPECT_EQ(1, eventfd_wait(self->event[v], SOON_MS));
		EXPECT_EQ(NVME_INVALID_NSID, __nvme_wait(&self->nvme, v));
	}
}

VFIO_TEST_F(msix, trigger_moves, "IRQ-059 IRQ-061")
{
	int none = -1;

	ASSERT_EQ(0, set(self, 0, 1, self->event));
	ASSERT_EQ(0, __nvme_start(&self->nvme, self->dev.container, self->fd, IOVA));
	/* To another eventfd, to none, and back, with the device raising it in between. */
	ASSERT_EQ(0, set(self, 0, 1, self->event + 1));
	nvme_identify(&self->nvme);
	EXPECT_EQ(1, eventfd_wait(self->event[1], SOON_MS));
	EXPECT_EQ(NVME_OK, __nvme_wait(&self->nvme, 0));
	EXPECT_EQ(0, eventfd_count(self->event[0]));
	ASSERT_EQ(0, set(self, 0, 1, &none));
	nvme_identify(&self->nvme);
	EXPECT_EQ(NVME_OK, __nvme_wait(&self->nvme, 0));
	EXPECT_EQ(0, eventfd_wait(self->event[1], QUIET_MS));
	ASSERT_EQ(0, set(self, 0, 1, self->event));
	nvme_identify(&self->nvme);
	EXPECT_LE(1, eventfd_wait(self->event[0], SOON_MS));
}

VFIO_TEST_F(msix, reset_keeps_vectors, "RST-005 IRQ-069")
{
	ASSERT_EQ(0, set(self, 0, self->count, self->event));
	ASSERT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
	ASSERT_EQ(0, __nvme_start(&self->nvme, self->dev.container, self->fd, IOVA));
	nvme_identify(&self->nvme);
	EXPECT_EQ(1, eventfd_wait(self->event[0], SOON_MS));
	EXPECT_EQ(NVME_OK, __nvme_wait(&self->nvme, 0));
	/* Assigned anew it is the same vector. */
	ASSERT_EQ(0, set(self, 0, 1, self->event + 1));
	nvme_identify(&self->nvme);
	EXPECT_EQ(1, eventfd_wait(self->event[1], SOON_MS));
	EXPECT_EQ(NVME_OK, __nvme_wait(&self->nvme, 0));
}

/* Nobody has to turn memory decoding on for the table to be written. */
VFIO_TEST_F(msix, memory_disabled, "IRQ-082")
{
	config_command(self->fd, 0, PCI_COMMAND_MEMORY);
	ASSERT_EQ(0, set(self, 0, self->count, self->event));
	EXPECT_FALSE(config_read16(self->fd, PCI_COMMAND) & PCI_COMMAND_MEMORY);
	ASSERT_EQ(0, __nvme_start(&self->nvme, self->dev.container, self->fd, IOVA));
	nvme_identify(&self->nvme);
	EXPECT_EQ(1, eventfd_wait(self->event[0], SOON_MS));
}

VFIO_TEST_F(msix, excludes_intx, "IRQ-050 IRQ-051")
{
	struct vfio_irq_info info;

	irq_info(self->fd, INTX, &info);
	if (!info.count)
		SKIP(return, "the device has no INTx");
	ASSERT_EQ(0, __irq_eventfd(self->fd, INTX, TRIGGER, self->event[0]));
	EXPECT_EQ(-EINVAL, set(self, 0, 1, self->event));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, MSIX, TRIGGER, 0, 0));
	irq_disable(self->fd, INTX);
	ASSERT_EQ(0, set(self, 0, 1, self->event));
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->fd, INTX, TRIGGER, self->event[0]));
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, INTX, TRIGGER, 0, 0));
}

/* By a vector less than are there: the others come one by one, or not at all. */
VFIO_TEST_F(msix, grow, "IRQ-058")
{
	int ret;

	ASSERT_EQ(0, set(self, 0, self->count - 1, self->event));
	ret = set(self, self->count - 1, 1, self->event + self->count - 1);
	ASSERT_TRUE(!ret || ret == -EINVAL);
	outcome("IRQ-058", errno_name(ret));
	EXPECT_EQ(ret, __irq_none(self->fd, MSIX, TRIGGER, self->count - 1, 1));
	EXPECT_EQ(!ret, eventfd_count(self->event[self->count - 1]));
	/* Those that were there are there. */
	EXPECT_EQ(0, __irq_none(self->fd, MSIX, TRIGGER, 0, self->count - 1));
	EXPECT_EQ(1, eventfd_count(self->event[0]));
}

/* No vectors from the second on: the first is there, or none. */
VFIO_TEST_F(msix, none_behind_the_first, "IRQ-056")
{
	int ret = set(self, 1, 0, self->event);

	ASSERT_TRUE(!ret || ret == -EINVAL);
	outcome("IRQ-056", errno_name(ret));
	/* Whether MSI-X is the mode in use. */
	EXPECT_EQ(ret, __irq_none(self->fd, MSIX, TRIGGER, 0, 1));
	EXPECT_EQ(0, eventfd_count(self->event[0]));
	EXPECT_EQ(ret, __irq_none(self->fd, MSIX, TRIGGER, 0, 0));
}

/* Vectors that nobody has assigned are passed over, or were never there. */
VFIO_TEST_F(msix, loopback_behind_the_last, "IRQ-065")
{
	int ret;

	ASSERT_EQ(0, set(self, 0, 1, self->event));
	ret = __irq_none(self->fd, MSIX, TRIGGER, 0, self->count);
	ASSERT_TRUE(!ret || ret == -EINVAL);
	outcome("IRQ-065", errno_name(ret));
	EXPECT_EQ(!ret, eventfd_count(self->event[0]));
	EXPECT_EQ(ret, __irq_none(self->fd, MSIX, TRIGGER, self->count - 1, 1));
	EXPECT_EQ(0, eventfd_count(self->event[0]));
	EXPECT_EQ(0, eventfd_count(self->event[self->count - 1]));
}

/* An eventfd that is none takes back what the call had done before it. */
VFIO_TEST_F(msix, partial_failure, "MSIX-002")
{
	int events[VECTORS_MAX];
	int i;

	for (i = 0; i < self->count; i++)
		events[i] = self->event[i];
	events[self->count - 1] = self->dev.container;
	EXPECT_EQ(-EINVAL, set(self, 0, self->count, events));
	/* At all: MSI-X is not the mode in use. */
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, MSIX, TRIGGER, 0, 1));
	ASSERT_EQ(0, set(self, 0, self->count, self->event));
	EXPECT_EQ(-EINVAL, set(self, 0, self->count, events));
	/* In use it stays, but the vectors of the call have no trigger. */
	EXPECT_EQ(0, __irq_none(self->fd, MSIX, TRIGGER, 0, self->count));
	for (i = 0; i < self->count; i++)
		EXPECT_EQ(0, eventfd_count(self->event[i]));
}

VFIO_TEST_F(msix, bool_picks_vectors, "MSIX-003")
{
	uint8_t on[VECTORS_MAX] = { 0 };
	int i;

	ASSERT_EQ(0, set(self, 0, self->count, self->event));
	on[self->count - 1] = 0xff;
	EXPECT_EQ(0, __irq_set(self->fd, MSIX, BOOL | TRIGGER, 0, self->count, on, self->count));
	for (i = 0; i < self->count; i++)
		EXPECT_EQ(i == self->count - 1, eventfd_count(self->event[i]));
	EXPECT_EQ(0, __irq_none(self->fd, MSIX, TRIGGER, 1, 1));
	EXPECT_EQ(0, eventfd_count(self->event[0]));
	EXPECT_EQ(1, eventfd_count(self->event[1]));
	EXPECT_EQ(0, __irq_none(self->fd, MSIX, TRIGGER, 0, self->count));
	for (i = 0; i < self->count; i++)
		EXPECT_EQ(1, eventfd_count(self->event[i]));
}

/* Every data type with every action at every edge of the range, enabled or not. */
VFIO_TEST_F(msix, matrix, "IRQ-016 MSIX-004")
{
	static const uint32_t types[] = { NONE, BOOL, EVENTFD };
	static const uint32_t actions[] = { MASK, UNMASK, TRIGGER };
	struct vfio_irq_info info;
	unsigned int cell;
	uint32_t n;

	irq_info(self->fd, MSIX, &info);
	n = info.count;
	for (cell = 0; cell < 2 * 3 * 3 * 7; cell++) {
		const struct { uint32_t start, count; bool valid; } ranges[] = {
			{ 0, 1, true }, { n - 1, 1, true }, { 0, n + 1, false }, { n, 1, false },
			{ n, 0, false }, { 1, n, false }, { 1, UINT32_MAX, false },
		}, *range = &ranges[cell % 7];
		uint32_t type = types[cell / 7 % 3], action = actions[cell / 21 % 3];
		size_t size = type == NONE ? 0 : type == BOOL ? 1 : sizeof(int);
		uint8_t data[4096] = { 0 };
		bool enabled = cell / 63;
		int i, want, ret;

		for (i = 0; i < self->count && type == EVENTFD; i++)
			((int *)data)[i] = self->event[0];
		if (enabled)
			ASSERT_EQ(0, set(self, 0, self->count, self->event));
		want = !range->valid ? -EINVAL : action != TRIGGER ? -ENOTTY :
		       type == EVENTFD || enabled ? 0 : -EINVAL;
		ret = __irq_set(self->fd, MSIX, type | action, range->start, range->count, data,
				range->valid ? range->count * size : sizeof(data));
		EXPECT_EQ(want, ret) {
			TH_LOG("%s, data %#x, action %#x, start %u, count %u",
			       enabled ? "enabled" : "disabled", type, action, range->start,
			       range->count);
		}
		if (enabled || (type == EVENTFD && !ret))
			irq_disable(self->fd, MSIX);
	}
}

VFIO_TEST_F(msix, disable, "IRQ-062")
{
	unsigned int cap = config_find_cap(self->fd, PCI_CAP_ID_MSIX);

	EXPECT_FALSE(config_read16(self->fd, cap + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_ENABLE);
	ASSERT_EQ(0, set(self, 0, 1, self->event));
	EXPECT_TRUE(config_read16(self->fd, cap + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_ENABLE);
	EXPECT_EQ(0, __irq_none(self->fd, MSIX, TRIGGER, 0, 0));
	EXPECT_FALSE(config_read16(self->fd, cap + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_ENABLE);
	EXPECT_EQ(-EINVAL, __irq_none(self->fd, MSIX, TRIGGER, 0, 1));
	/* Which is what a close does, too. */
	ASSERT_EQ(0, set(self, 0, 1, self->event));
	close(self->fd);
	self->fd = self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_FALSE(config_read16(self->fd, cap + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_ENABLE);
}

CONFORMANCE_MAIN
