/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests of the interposer that need a device: it is opened, and saved or resumed
 * through a data file, which unlike the other files has a poll operation. One program
 * includes it once.
 */
#ifndef TESTS_PRELOAD_DEVICE_H
#define TESTS_PRELOAD_DEVICE_H

#include <fcntl.h>
#include <linux/vfio.h>
#include <sys/ioctl.h>
#include "preload.h"

static int container, group, device;

static void open_device(void)
{
	char link[256] = "", name[64];

	readlink(DEV "/iommu_group", link, sizeof(link) - 1);
	snprintf(name, sizeof(name), "/dev/vfio/%s", strrchr(link, '/') + 1);
	container = open("/dev/vfio/vfio", O_RDWR);
	group = open(name, O_RDWR);
	is(ioctl(group, VFIO_GROUP_SET_CONTAINER, &container), 0, "a group in a container");
	is(ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "with an IOMMU");
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, "0000:01:00.0");
	ok(device >= 0, "a device");
}

/* To @state; the data file that comes with it, or -1. */
static int data_file(unsigned int state)
{
	union {
		struct vfio_device_feature head;
		char bytes[sizeof(struct vfio_device_feature) +
			   sizeof(struct vfio_device_feature_mig_state)];
	} arg = {
		.head = { sizeof(arg), VFIO_DEVICE_FEATURE_SET |
			  VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE },
	};
	struct vfio_device_feature_mig_state mig = { .device_state = state, .data_fd = -1 };

	memcpy(arg.head.data, &mig, sizeof(mig));
	is(ioctl(device, VFIO_DEVICE_FEATURE, &arg), 0, "device state %u", state);
	memcpy(&mig, arg.head.data, sizeof(mig));
	return mig.data_fd;
}

static void close_device(void)
{
	is(close(device), 0, "close the device");
	is(close(group), 0, "and its group");
	is(close(container), 0, "and the container");
}

#endif
