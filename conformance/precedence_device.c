// SPDX-License-Identifier: GPL-2.0-only
/* Order of checks in the calls of a vfio-pci device, but for DEVICE_FEATURE. */
#include <unistd.h>

#include "precedence.h"

#define REQ	VFIO_PCI_REQ_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER

FIXTURE(order)
{
	struct vfio_dev dev;
	int fd;
};

FIXTURE_SETUP(order)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
}

FIXTURE_TEARDOWN(order)
{
	device_close(&self->dev);
}

static int closed_fd(void)
{
	int fd = eventfd_new();

	close(fd);
	return fd;
}

static void cut_15(struct call *call)
{
	call->len = 15;
}

static void cut_31(struct call *call)
{
	call->len = 31;
}

static void info_index(struct call *call)
{
	CALL_ARG(call, struct vfio_region_info)->index = 0x10000;
}

static void irq_info_index(struct call *call)
{
	CALL_ARG(call, struct vfio_irq_info)->index = VFIO_PCI_NUM_IRQS;
}

VFIO_TEST_F(order, infos, "PREC-010")
{
	struct vfio_device_info device = { .argsz = sizeof(device) };
	struct vfio_region_info region = { .argsz = sizeof(region),
					   .index = VFIO_PCI_CONFIG_REGION_INDEX };
	struct vfio_irq_info irq = { .argsz = sizeof(irq), .index = REQ };
	struct call good = CALL_INIT(self->fd, VFIO_DEVICE_GET_INFO, device);
	static const struct rule device_rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, cut_15, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
	}, region_rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, cut_31, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "no such region", -EINVAL, 0, info_index, F_A },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
	}, irq_rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, cut_15, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "no such index", -EINVAL, 0, irq_info_index, F_A },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
	};

	EXPECT_EQ(0, call_issue(&good));
	PRECEDENCE(good, device_rules);
	good = CALL_INIT(self->fd, VFIO_DEVICE_GET_REGION_INFO, region);
	EXPECT_EQ(0, call_issue(&good));
	PRECEDENCE(good, region_rules);
	good = CALL_INIT(self->fd, VFIO_DEVICE_GET_IRQ_INFO, irq);
	EXPECT_EQ(0, call_issue(&good));
	PRECEDENCE(good, irq_rules);
}

struct set_arg {
	struct vfio_irq_set set;
	int32_t fd;
};

#define SET(call) CALL_ARG(call, struct set_arg)

static void set_cut(struct call *call)
{
	call->len = sizeof(struct vfio_irq_set) - 1;
}

static void set_data_cut(struct call *call)
{
	call->len = sizeof(struct set_arg) - 1;
}

static void set_index(struct call *call)
{
	SET(call)->set.index = VFIO_PCI_NUM_IRQS;
}

static void set_flag(struct call *call)
{
	SET(call)->set.flags |= 1u << 6;
}

static void set_start(struct call *call)
{
	SET(call)->set.start = 1;
}

static void set_wraps(struct call *call)
{
	SET(call)->set.start = ~0u;
}

static void set_no_type(struct call *call)
{
	SET(call)->set.flags &= ~VFIO_IRQ_SET_DATA_TYPE_MASK;
}

static void set_argsz(struct call *call)
{
	call_argsz(call, sizeof(struct vfio_irq_set) + 3);
}

static void set_mask(struct call *call)
{
	SET(call)->set.flags &= ~VFIO_IRQ_SET_ACTION_TYPE_MASK;
	SET(call)->set.flags |= VFIO_IRQ_SET_ACTION_MASK;
}

static void set_no_action(struct call *call)
{
	SET(call)->set.flags &= ~VFIO_IRQ_SET_ACTION_TYPE_MASK;
}

static void set_closed(struct call *call)
{
	SET(call)->fd = closed_fd();
}

static void set_foreign(struct call *call)
{
	const FIXTURE_DATA(order) *self = call->self;

	SET(call)->fd = self->dev.container;
}

VFIO_TEST_F(order, set_irqs, "PREC-011")
{
	struct set_arg arg = {
		.set = { .argsz = sizeof(arg), .index = REQ, .count = 1,
			 .flags = VFIO_IRQ_SET_DATA_EVENTFD | TRIGGER },
		.fd = eventfd_new(),
	};
	struct call good = CALL_INIT(self->fd, VFIO_DEVICE_SET_IRQS, arg);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, set_cut, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "no such index", -EINVAL, 0, set_index, 0 },
		{ "start and count wrap", -EINVAL, 0, set_wraps, F_A },
		{ "unknown flag", -EINVAL, 0, set_flag, 0 },
		{ "behind the last", -EINVAL, 0, set_start, F_A },
		{ "no data type", -EINVAL, 0, set_no_type, 0 },
		{ "argsz without data", -EINVAL, 0, set_argsz, F_ARGSZ },
		{ "data a byte short", -EFAULT, 0, set_data_cut, F_POINTER },
		{ "an action of others", -ENOTTY, 0, set_mask, F_C },
		{ "no action", -ENOTTY, 0, set_no_action, F_C },
		{ "closed", -EBADF, 0, set_closed, F_B },
		{ "no eventfd", -EINVAL, 0, set_foreign, F_B },
	};

	PRECEDENCE(good, rules);
	EXPECT_EQ(0, call_issue(&good));
}

#define IOEV(call) CALL_ARG(call, struct vfio_device_ioeventfd)

static void ioev_cut(struct call *call)
{
	call->len = 27;
}

static void ioev_flag(struct call *call)
{
	IOEV(call)->flags |= 1u << 4;
}

static void ioev_sizes(struct call *call)
{
	IOEV(call)->flags |= VFIO_DEVICE_IOEVENTFD_8 | VFIO_DEVICE_IOEVENTFD_16;
}

static void ioev_fd(struct call *call)
{
	IOEV(call)->fd = -2;
}

static void ioev_config(struct call *call)
{
	const FIXTURE_DATA(order) *self = call->self;

	IOEV(call)->offset = region_offset(self->fd, VFIO_PCI_CONFIG_REGION_INDEX);
}

static void ioev_behind(struct call *call)
{
	const FIXTURE_DATA(order) *self = call->self;

	IOEV(call)->offset = region_size(self->fd, 0) - 2;
}

static void ioev_exists(struct call *call)
{
	IOEV(call)->data = 1;
}

static void ioev_remove(struct call *call)
{
	IOEV(call)->fd = -1;
}

static void ioev_closed(struct call *call)
{
	IOEV(call)->fd = closed_fd();
}

static void ioev_foreign(struct call *call)
{
	const FIXTURE_DATA(order) *self = call->self;

	IOEV(call)->fd = self->dev.container;
}

VFIO_TEST_F(order, ioeventfd, "PREC-014")
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg), .flags = VFIO_DEVICE_IOEVENTFD_32, .offset = 8,
		.fd = eventfd_new(),
	};
	struct call good = CALL_INIT(self->fd, VFIO_DEVICE_IOEVENTFD, arg), call = good;
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, ioev_cut, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "unknown flag", -EINVAL, 0, ioev_flag, 0 },
		{ "two sizes", -EINVAL, 0, ioev_sizes, 0 },
		{ "-2", -EINVAL, 0, ioev_fd, F_B },
		{ "no BAR", -EINVAL, 0, ioev_config, F_A },
		{ "behind the end", -EINVAL, 0, ioev_behind, F_A },
		{ "is there", -EEXIST, 0, ioev_exists, F_A | F_C },
		{ "is not there", -ENODEV, 0, ioev_remove, F_B | F_C },
		{ "closed", -EBADF, 0, ioev_closed, F_B },
		{ "no eventfd", -EINVAL, 0, ioev_foreign, F_B },
	};

	if (!region_size(self->fd, 0))
		SKIP(return, "BAR 0 is none");
	IOEV(&call)->data = 1;
	ASSERT_EQ(0, call_issue(&call));
	PRECEDENCE(good, rules);
	EXPECT_EQ(0, call_issue(&good));
	IOEV(&call)->fd = -1;
	EXPECT_EQ(0, call_issue(&call));
}

/* No argument, and one cause to refuse it. */
VFIO_TEST_F(order, reset, "PREC-015")
{
	struct vfio_device_info info;

	device_info(self->fd, &info);
	EXPECT_EQ(info.flags & VFIO_DEVICE_FLAGS_RESET ? 0 : -EINVAL,
		  __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, bad_pointer()));
	/* And what is no call of the device's is ENOTTY whatever its argument is. */
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->fd, VFIO_GROUP_GET_STATUS + 40, bad_pointer()));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->fd, VFIO_SET_IOMMU, bad_pointer()));
}

CONFORMANCE_MAIN
