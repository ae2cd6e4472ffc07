// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_DEVICE_SET_IRQS: what is refused before anything is done. */
#include <string.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define NONE	VFIO_IRQ_SET_DATA_NONE
#define BOOL	VFIO_IRQ_SET_DATA_BOOL
#define EVENTFD	VFIO_IRQ_SET_DATA_EVENTFD
#define MASK	VFIO_IRQ_SET_ACTION_MASK
#define UNMASK	VFIO_IRQ_SET_ACTION_UNMASK
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define DATA	VFIO_IRQ_SET_DATA_TYPE_MASK
#define ACTION	VFIO_IRQ_SET_ACTION_TYPE_MASK

#define HEADER	((uint32_t)sizeof(struct vfio_irq_set))
#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define MSI	VFIO_PCI_MSI_IRQ_INDEX
#define MSIX	VFIO_PCI_MSIX_IRQ_INDEX
#define ERR	VFIO_PCI_ERR_IRQ_INDEX
#define REQ	VFIO_PCI_REQ_IRQ_INDEX

FIXTURE(irqs)
{
	struct vfio_dev dev;
	int fd;
	uint32_t count[VFIO_PCI_NUM_IRQS];	/* 0 for an index without info as well */
};

FIXTURE_SETUP(irqs)
{
	struct vfio_irq_info info;
	uint32_t i;

	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	for (i = 0; i < VFIO_PCI_NUM_IRQS; i++) {
		info = (struct vfio_irq_info){ .argsz = sizeof(info), .index = i };
		if (!__vfio_ioctl(self->fd, VFIO_DEVICE_GET_IRQ_INFO, &info))
			self->count[i] = info.count;
	}
}

FIXTURE_TEARDOWN(irqs)
{
	device_close(&self->dev);
}

/* SET_IRQS with a given argsz and 64 bytes of zeros as data. */
static int call(int fd, uint32_t argsz, uint32_t flags, uint32_t index, uint32_t start,
		uint32_t count)
{
	struct {
		struct vfio_irq_set head;
		uint8_t data[64];
	} arg = { { argsz, flags, index, start, count } };

	return __vfio_ioctl(fd, VFIO_DEVICE_SET_IRQS, &arg);
}

VFIO_TEST_F(irqs, bad_pointer, "IRQ-001")
{
	uint32_t head[5] = { HEADER, NONE | TRIGGER, REQ, 0, 0 };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_SET_IRQS, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_SET_IRQS,
					border_alloc(HEADER - 1, head, false)));
}

VFIO_TEST_F(irqs, short_argsz, "IRQ-002")
{
	uint32_t argsz;

	for (argsz = 0; argsz < HEADER; argsz++)
		EXPECT_EQ(-EINVAL, call(self->fd, argsz, EVENTFD | TRIGGER, REQ, 0, 1));
}

VFIO_TEST_F(irqs, index_behind_last, "IRQ-003")
{
	EXPECT_EQ(-EINVAL, call(self->fd, HEADER, NONE | TRIGGER, VFIO_PCI_NUM_IRQS, 0, 0));
	EXPECT_EQ(-EINVAL, call(self->fd, HEADER, NONE | TRIGGER, ~0u, 0, 0));
}

VFIO_TEST_F(irqs, start_and_count_wrap, "IRQ-004")
{
	EXPECT_EQ(-EINVAL, call(self->fd, HEADER, NONE | TRIGGER, REQ, 0, ~0u));
	EXPECT_EQ(-EINVAL, call(self->fd, HEADER, NONE | TRIGGER, REQ, 1, ~0u));
	EXPECT_EQ(-EINVAL, call(self->fd, HEADER, NONE | TRIGGER, REQ, ~0u, 1));
	EXPECT_EQ(-EINVAL, call(self->fd, HEADER, NONE | TRIGGER, REQ, ~0u, 2));
	EXPECT_EQ(-EINVAL, call(self->fd, HEADER, NONE | TRIGGER, REQ, 0x80000000, 0x80000000));
}

VFIO_TEST_F(irqs, unknown_flags, "IRQ-005")
{
	unsigned int bit;

	for (bit = 6; bit < 32; bit++)
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER + 4, BOOL | TRIGGER | 1u << bit, REQ, 0,
					1));
}

VFIO_TEST_F(irqs, range, "IRQ-006 IRQ-007 IRQ-070")
{
	uint32_t i, n;

	for (i = 0; i < VFIO_PCI_NUM_IRQS; i++) {
		n = self->count[i];
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER + 4, BOOL | TRIGGER, i, n, 0));
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER + 4, BOOL | TRIGGER, i, n, 1));
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER + 4, BOOL | TRIGGER, i, n + 1, 0));
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER + 64, BOOL | TRIGGER, i, 0, n + 1));
	}
}

VFIO_TEST_F(irqs, index_without_irqs, "IRQ-008")
{
	uint32_t i, seen = 0;

	for (i = 0; i < VFIO_PCI_NUM_IRQS; i++) {
		if (self->count[i])
			continue;
		seen++;
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER, NONE | TRIGGER, i, 0, 0));
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER, NONE | MASK, i, 0, 0));
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER + 4, EVENTFD | TRIGGER, i, 0, 1));
	}
	if (!seen)
		SKIP(return, "the device has all kinds of interrupts");
}

VFIO_TEST_F(irqs, error_of_conventional_pci, "IRQ-018")
{
	int none = -1, ret;

	if (config_find_cap(self->fd, 0x10))
		SKIP(return, "the device is PCI Express");
	ret = __irq_set(self->fd, ERR, EVENTFD | TRIGGER, 0, 1, &none, sizeof(none));
	ASSERT_TRUE(ret == -EINVAL || ret == 0);
	outcome("IRQ-018", errno_name(ret));
	EXPECT_EQ(self->count[ERR] ? 0 : -EINVAL, ret);
}

VFIO_TEST_F(irqs, data_type, "IRQ-009 IRQ-010")
{
	static const uint32_t types[] = { 0, NONE | BOOL, NONE | EVENTFD, BOOL | EVENTFD, DATA };
	unsigned int i;

	for (i = 0; i < 5; i++) {
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER + 4, types[i] | TRIGGER, REQ, 0, 1));
		EXPECT_EQ(-EINVAL, call(self->fd, HEADER + 4, types[i] | MASK, REQ, 0, 0));
	}
}

VFIO_TEST_F(irqs, data_length, "IRQ-011 IRQ-012")
{
	uint32_t argsz;

	EXPECT_EQ(-EINVAL, call(self->fd, HEADER, BOOL | TRIGGER, REQ, 0, 1));
	for (argsz = HEADER; argsz < HEADER + 4; argsz++)
		EXPECT_EQ(-EINVAL, call(self->fd, argsz, EVENTFD | TRIGGER, REQ, 0, 1));
	/* Zero is a false BOOL, which does nothing. */
	EXPECT_EQ(0, call(self->fd, HEADER + 1, BOOL | TRIGGER, REQ, 0, 1));
}

VFIO_TEST_F(irqs, data_not_readable, "IRQ-013")
{
	uint32_t head[6] = { HEADER + 4, EVENTFD | TRIGGER, REQ, 0, 1 };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_SET_IRQS,
					border_alloc(HEADER, head, false)));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_SET_IRQS,
					border_alloc(HEADER + 3, head, false)));
	head[1] = BOOL | TRIGGER;
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_SET_IRQS,
					border_alloc(HEADER, head, false)));
	/* Without an action it is read all the same. */
	head[1] = BOOL;
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_DEVICE_SET_IRQS,
					border_alloc(HEADER, head, false)));
}

VFIO_TEST_F(irqs, action, "IRQ-014 IRQ-015")
{
	static const uint32_t actions[] = { 0, MASK | UNMASK, MASK | TRIGGER, UNMASK | TRIGGER,
					    ACTION };
	static const uint32_t indexes[] = { INTX, MSI, REQ };
	unsigned int i, j;

	for (i = 0; i < 3; i++) {
		if (!self->count[indexes[i]])
			continue;
		for (j = 0; j < 5; j++) {
			EXPECT_EQ(-ENOTTY, call(self->fd, HEADER, NONE | actions[j], indexes[i], 0,
						0));
			EXPECT_EQ(-ENOTTY, call(self->fd, HEADER + 4, BOOL | actions[j],
						indexes[i], 0, 1));
		}
	}
}

VFIO_TEST_F(irqs, mask_is_for_intx, "IRQ-016 IRQ-017")
{
	static const uint32_t indexes[] = { MSI, MSIX, REQ, ERR };
	static const uint32_t types[] = { NONE, BOOL, EVENTFD };
	unsigned int i, j;

	for (i = 0; i < 4; i++) {
		if (!self->count[indexes[i]])
			continue;
		for (j = 0; j < 3; j++) {
			EXPECT_EQ(-ENOTTY, call(self->fd, HEADER + 4, types[j] | MASK, indexes[i],
						0, 1));
			EXPECT_EQ(-ENOTTY, call(self->fd, HEADER + 4, types[j] | UNMASK,
						indexes[i], 0, 1));
		}
	}
}

/* The errno that the header alone decides, 0 if none. */
static int refused(uint32_t n, uint32_t index, uint32_t flags, uint32_t start, uint32_t count,
		   uint32_t argsz)
{
	uint32_t size = flags & BOOL ? 1 : flags & EVENTFD ? 4 : 0;

	if (index >= VFIO_PCI_NUM_IRQS || start >= n || start + count > n)
		return -EINVAL;
	if ((flags & DATA) != NONE && (flags & DATA) != BOOL && (flags & DATA) != EVENTFD)
		return -EINVAL;
	if (argsz - HEADER < size * count)
		return -EINVAL;
	if ((flags & ACTION) != TRIGGER && (index != INTX || ((flags & ACTION) != MASK &&
							      (flags & ACTION) != UNMASK)))
		return -ENOTTY;
	return 0;
}

/* Every combination of flags, index and range whose end is known beforehand. */
VFIO_TEST_F(irqs, precedence, "IRQ-019")
{
	static const uint32_t ranges[][2] = { { 0, 0 }, { 0, 1 }, { 0, 2 }, { 1, 0 }, { 1, 1 } };
	uint32_t index, flags, r, argsz, n, tried = 0;
	int want;

	for (index = 0; index <= VFIO_PCI_NUM_IRQS; index++) {
		n = index < VFIO_PCI_NUM_IRQS ? self->count[index] : 0;
		for (flags = 0; flags <= (DATA | ACTION); flags++) {
			for (r = 0; r < 5; r++) {
				for (argsz = HEADER; argsz <= HEADER + 8; argsz += 4) {
					want = refused(n, index, flags, ranges[r][0], ranges[r][1],
						       argsz);
					if (!want)
						continue;
					tried++;
					ASSERT_EQ(want, call(self->fd, argsz, flags, index,
							     ranges[r][0], ranges[r][1])) {
						TH_LOG("index %u flags 0x%x start %u count %u "
						       "argsz %u", index, flags, ranges[r][0],
						       ranges[r][1], argsz);
					}
				}
			}
		}
	}
	EXPECT_GT(tried, 1000);
}

CONFORMANCE_MAIN
