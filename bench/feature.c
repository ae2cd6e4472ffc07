// SPDX-License-Identifier: GPL-2.0-only
/* DEVICE_FEATURE and DEVICE_GET_INFO: calls that do next to nothing. */
#include <string.h>

#include "setup.h"

static void refused(struct bench *b, int ret)
{
	if (ret == -ENOTTY)
		bench_skip(b, "the device lacks this feature");
	else
		bench_fail(b, "DEVICE_FEATURE: %s", client_errno(ret));
}

static void feature(struct bench *b, uint32_t flags, uint64_t payload, size_t len)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);
	struct {
		struct vfio_device_feature header;
		uint64_t payload;
	} arg = { .header = { sizeof(arg.header) + len, flags }, .payload = payload };
	int ret = 0;

	if (!dev)
		return;
	bench_floor(b, &floor_getppid, NULL, 1);
	while (!ret && bench_loop(b)) {
		ret = __feature_raw(dev->fd, &arg);
		if (ret)
			refused(b, ret);
	}
	bench_set_items(b, 1);
}

static void bench_probe(struct bench *b)
{
	feature(b, VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_GET |
		   VFIO_DEVICE_FEATURE_MIGRATION, 0, 0);
}

static void bench_get(struct bench *b)
{
	feature(b, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIGRATION, 0,
		sizeof(struct vfio_device_feature_migration));
}

static void bench_get_state(struct bench *b)
{
	feature(b, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, 0,
		sizeof(struct vfio_device_feature_mig_state));
}

/* To the state that it has. */
static void bench_set_state(struct bench *b)
{
	feature(b, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
		VFIO_DEVICE_STATE_RUNNING, sizeof(struct vfio_device_feature_mig_state));
}

static void bench_get_size(struct bench *b)
{
	feature(b, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, 0,
		sizeof(struct vfio_device_feature_mig_data_size));
}

static void bench_info(struct bench *b)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);
	struct vfio_device_info info = { .argsz = sizeof(info) };
	int ret = 0;

	if (!dev)
		return;
	bench_floor(b, &floor_getppid, NULL, 1);
	while (!ret && bench_loop(b)) {
		ret = __vfio_ioctl(dev->fd, VFIO_DEVICE_GET_INFO, &info);
		if (ret)
			bench_fail(b, "GET_INFO: %s", client_errno(ret));
	}
	bench_set_items(b, 1);
}

void register_feature(void)
{
	bench_register("feature_probe", bench_probe, NULL);
	bench_register("feature_get", bench_get, NULL);
	bench_register("feature_get_state", bench_get_state, NULL);
	bench_register("feature_set_same_state", bench_set_state, NULL);
	bench_register("feature_get_data_size", bench_get_size, NULL);
	bench_register("device_get_info", bench_info, NULL);
}
