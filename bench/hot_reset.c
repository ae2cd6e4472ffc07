// SPDX-License-Identifier: GPL-2.0-only
/* Reset of a device, and of all devices of a bus by the size of that set. */
#include <string.h>
#include <unistd.h>

#include "hot_reset.h"
#include "setup.h"

/* The smallest set is that of the main device, a larger one has devices that share a group. */
static struct vfio_dev *device_of(struct bench *b, uint32_t want, struct info *info)
{
	enum device_role role = want == 1 ? ROLE_MAIN : ROLE_SHARED;
	struct vfio_dev *dev = setup_device(b, role);
	uint32_t i;
	int ret;

	if (!dev)
		return NULL;
	if (on_root_bus(dev->bdf)) {
		bench_skip(b, "the device is on the root bus");
		return NULL;
	}
	ret = get_info(dev->fd, info);
	if (ret) {
		bench_fail(b, "GET_PCI_HOT_RESET_INFO: %s", client_errno(ret));
		return NULL;
	}
	for (i = 0; i < info->head.count; i++)
		if ((int)info->devices[i].group_id != dev->group_number) {
			bench_skip(b, "devices of other groups are affected");
			return NULL;
		}
	if (info->head.count != want) {
		bench_skip(b, "no bus with as many devices is named");
		return NULL;
	}
	return dev;
}

static void bench_hot_reset(struct bench *b)
{
	struct info info;
	struct vfio_dev *dev = device_of(b, bench_arg(b, 0), &info);
	int ret = 0;

	if (!dev)
		return;
	bench_floor(b, &floor_getppid, NULL, 1);
	while (!ret && bench_loop(b)) {
		ret = hot_reset_with(dev->fd, dev->group);
		if (ret)
			bench_fail(b, "PCI_HOT_RESET: %s", client_errno(ret));
	}
	bench_set_items(b, info.head.count);
}

static void bench_info(struct bench *b)
{
	struct info info;
	struct vfio_dev *dev = device_of(b, bench_arg(b, 0), &info);
	int ret = 0;

	if (!dev)
		return;
	bench_floor(b, &floor_getppid, NULL, 1);
	while (!ret && bench_loop(b))
		ret = get_info(dev->fd, &info);
	bench_set_items(b, 1);
}

static void bench_reset(struct bench *b)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);
	int ret = 0;

	if (!dev)
		return;
	if (!sysfs_can_reset(dev->bdf)) {
		bench_skip(b, "the device cannot be reset");
		return;
	}
	bench_floor(b, &floor_getppid, NULL, 1);
	while (!ret && bench_loop(b)) {
		ret = __vfio_ioctl(dev->fd, VFIO_DEVICE_RESET, NULL);
		if (ret)
			bench_fail(b, "DEVICE_RESET: %s", client_errno(ret));
	}
	bench_set_items(b, 1);
}

void register_hot_reset(void)
{
	struct bench_entry *e;

	e = bench_register("hot_reset", bench_hot_reset, NULL);
	BENCH_ARGS(e, "devices", 1, 2);
	e = bench_register("hot_reset_info", bench_info, NULL);
	BENCH_ARGS(e, "devices", 1, 2);
	bench_register("device_reset", bench_reset, NULL);
}
