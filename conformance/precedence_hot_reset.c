// SPDX-License-Identifier: GPL-2.0-only
/* Order of checks in the calls that reset the devices of a bus. */
#include <unistd.h>

#include "precedence.h"

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

#define DEPENDENTS 32

struct info_arg {
	struct vfio_pci_hot_reset_info head;
	struct vfio_pci_dependent_device devices[DEPENDENTS - 12];
};

static void cut_11(struct call *call)
{
	call->len = 11;
}

static void info_no_room(struct call *call)
{
	call_argsz(call, sizeof(struct vfio_pci_hot_reset_info));
}

static void info_devices_cut(struct call *call)
{
	call->len = sizeof(struct vfio_pci_hot_reset_info);
}

/* What cannot be written is EFAULT even where there is no room. */
VFIO_TEST_F(order, hot_reset_info, "PREC-012")
{
	struct info_arg arg = { .head.argsz = sizeof(arg) };
	struct call good = CALL_INIT(self->fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, arg);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, cut_11, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
		{ "no room", -ENOSPC, 0, info_no_room, F_ARGSZ },
		{ "list not writable", -EFAULT, 0, info_devices_cut, F_POINTER },
	};
	int ret = call_issue(&good);

	if (ret == -ENODEV)
		SKIP(return, "the device has no reset of its bus");
	EXPECT_EQ(0, ret);
	PRECEDENCE(good, rules);
}

struct reset_arg {
	struct vfio_pci_hot_reset head;
	int32_t fds[1];
};

#define RESET(call) CALL_ARG(call, struct reset_arg)

static void reset_flags(struct call *call)
{
	RESET(call)->head.flags = 1;
}

static void reset_none(struct call *call)
{
	RESET(call)->head.count = 0;
}

static void reset_many(struct call *call)
{
	RESET(call)->head.count = 1000;
}

static void reset_cut(struct call *call)
{
	call->len = sizeof(struct vfio_pci_hot_reset) + 3;
}

static void reset_closed(struct call *call)
{
	RESET(call)->fds[0] = closed_fd();
}

static void reset_foreign(struct call *call)
{
	const FIXTURE_DATA(order) *self = call->self;

	RESET(call)->fds[0] = self->dev.container;
}

VFIO_TEST_F(order, hot_reset, "PREC-013")
{
	struct reset_arg arg = { .head = { .argsz = sizeof(arg), .count = 1 },
				 .fds = { self->dev.group } };
	struct call good = CALL_INIT(self->fd, VFIO_DEVICE_PCI_HOT_RESET, arg);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, cut_11, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "flags", -EINVAL, 0, reset_flags, 0 },
		{ "no groups", -EINVAL, 0, reset_none, F_A },
		{ "too many", -EINVAL, 0, reset_many, F_A },
		{ "list a byte short", -EFAULT, 0, reset_cut, F_POINTER },
		{ "closed", -EBADF, 0, reset_closed, F_B },
		{ "no group", -EINVAL, 0, reset_foreign, F_B },
	};
	int ret = call_issue(&good);

	if (ret == -ENODEV)
		SKIP(return, "the device has no reset of its bus");
	/* The hardware may fail; no argument has been refused then. */
	EXPECT_TRUE(!ret || ret == -ENOTTY);
	PRECEDENCE(good, rules);
}

static void anything(struct call *call)
{
}

/* A device that no bus or slot reset is for says so before it looks at groups. */
VFIO_TEST_F(order, no_hot_reset, "PREC-012 PREC-013")
{
	struct reset_arg reset = { .head = { .argsz = sizeof(reset), .count = 1 } };
	struct info_arg info = { .head.argsz = sizeof(info) };
	static const struct rule reset_rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "flags", -EINVAL, 0, reset_flags, 0 },
		{ "no groups", -EINVAL, -ENODEV, reset_none, F_A },
		{ "no reset", -ENODEV, 0, anything, 0 },
		{ "too many", -ENODEV, 0, reset_many, F_A },
		{ "list a byte short", -ENODEV, 0, reset_cut, F_POINTER },
		{ "closed", -ENODEV, 0, reset_closed, F_B },
	}, info_rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "no reset", -ENODEV, 0, anything, 0 },
		{ "no room", -ENODEV, 0, info_no_room, F_ARGSZ },
		{ "not writable", -ENODEV, 0, call_readonly, F_POINTER },
	};
	struct vfio_dev dev;
	struct call good;

	if (!role_bdf(ROLE_PLAIN))
		SKIP(return, "%s", role_missing(ROLE_PLAIN));
	device_open(&dev, role_bdf(ROLE_PLAIN));
	good = CALL_INIT(dev.fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, info);
	if (call_issue(&good) != -ENODEV)
		SKIP(device_close(&dev); return, "no device without a reset of its bus");
	PRECEDENCE(good, info_rules);
	good = CALL_INIT(dev.fd, VFIO_DEVICE_PCI_HOT_RESET, reset);
	PRECEDENCE(good, reset_rules);
	device_close(&dev);
}

CONFORMANCE_MAIN
