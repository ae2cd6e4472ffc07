/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state machine of migration as a driver sees it, at the API level of the
 * program. Rules: clauses MIG and FSM.
 */
#ifndef LEVELS_MIG_H
#define LEVELS_MIG_H

#include "levels_driver.h"

static int set_state(int device, u32 state)
{
	struct vfio_device_feature_mig_state mig = { .device_state = state, .data_fd = 77 };
	int ret = feature(device, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
			  &mig, sizeof(mig));

	if (!ret)
		is(mig.data_fd, -1, "no data descriptor");
	return ret;
}

/* Go to the last of @states from where the device is, through exactly these. */
#define expect_way(device, ldev, ...) do { \
	static const u32 __way[] = { __VA_ARGS__ }; \
	unsigned int __n = ARRAY_SIZE(__way); \
	is(set_state(device, __way[__n - 1]), 0, "to %s", #__VA_ARGS__); \
	ok((ldev)->nr_hops == __n && !memcmp((ldev)->hops, __way, sizeof(__way)), \
	   "by this way"); \
} while (0)

static void test_migration(void)
{
	enum { STOP = VFIO_DEVICE_STATE_STOP, RUN = VFIO_DEVICE_STATE_RUNNING,
	       SCPY = VFIO_DEVICE_STATE_STOP_COPY, RES = VFIO_DEVICE_STATE_RESUMING,
	       P2P = VFIO_DEVICE_STATE_RUNNING_P2P };
	struct ldev *ldev = ldev_new("level-mig");
	struct lfds fds = lfds_open(&ldev->vdev, -1);
	struct vfio_device_feature_migration mig = {};
	struct vfio_device_feature_mig_state state = {};

	is(feature(fds.device, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIGRATION, &mig,
		   sizeof(mig)), 0, "it migrates");
	is(mig.flags, VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P, "with the driver's flags");
	expect_way(fds.device, ldev, P2P, STOP, SCPY);
	expect_way(fds.device, ldev, STOP, RES);
	expect_way(fds.device, ldev, STOP, P2P, RUN);
	expect_way(fds.device, ldev, P2P);
	expect_way(fds.device, ldev, STOP);
	ldev->nr_hops = 0;
	is(set_state(fds.device, STOP), 0, "where it is already");
	is(ldev->nr_hops, 0, "takes no hop");
	is(set_state(fds.device, VFIO_DEVICE_STATE_ERROR), -EINVAL, "ERROR is no goal");
	is(set_state(fds.device, VFIO_DEVICE_STATE_PRE_COPY), -EINVAL, "nor is PRE_COPY");

	ldev->fail_hop = 2;
	is(set_state(fds.device, RUN), -EIO, "the second hop fails");
	is(feature(fds.device, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
		   &state, sizeof(state)), 0, "the state");
	is(state.device_state, P2P, "is that of the first");
	lfds_close(&fds, false);
	ldev_remove(ldev);

	/* A level has no data size to tell, whatever kernel the core behaves as. */
	ldev = ldev_new("level-stop-copy");
	ldev->vdev.migration_flags = VFIO_MIGRATION_STOP_COPY;
	fds = lfds_open(&ldev->vdev, -1);
	is(feature(fds.device, VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_GET | 9, NULL, 8),
	   profile(BEH_FEATURE_ENOTTY) ? -ENOTTY : -EINVAL,
	   "no MIG_DATA_SIZE without the driver's function");
	is(set_state(fds.device, P2P), -EINVAL, "no RUNNING_P2P without the flag");
	expect_way(fds.device, ldev, STOP, SCPY);
	expect_way(fds.device, ldev, STOP, RUN);
	lfds_close(&fds, false);
	ldev_remove(ldev);
}

#endif
