// SPDX-License-Identifier: GPL-2.0-only
/* Container, group and device descriptors come and go. */
#include <unistd.h>

#include "setup.h"

/* No other benchmark keeps the group of the plain device. */
static const char *bdf(struct bench *b)
{
	const char *name = role_bdf(ROLE_PLAIN);

	if (!name)
		bench_skip(b, role_missing(ROLE_PLAIN));
	return name;
}

static void bench_container(struct bench *b)
{
	int fd = 0;

	bench_floor(b, &floor_getppid, NULL, 2);
	while (fd >= 0 && bench_loop(b)) {
		fd = __container_open();
		if (fd < 0)
			bench_fail(b, "/dev/vfio/vfio: %s", client_errno(fd));
		else
			close(fd);
	}
	bench_set_items(b, 1);
}

static void bench_group(struct bench *b)
{
	const char *name = bdf(b);
	int number, fd = 0;

	if (!name)
		return;
	number = sysfs_group(name);
	bench_floor(b, &floor_getppid, NULL, 2);
	while (fd >= 0 && bench_loop(b)) {
		fd = __group_open(number);
		if (fd < 0)
			bench_fail(b, "group %d: %s", number, client_errno(fd));
		else
			close(fd);
	}
	bench_set_items(b, 1);
}

/* SET_CONTAINER, SET_IOMMU, UNSET_CONTAINER: domains are made and attached. */
static void bench_attach(struct bench *b)
{
	const char *name = bdf(b);
	int group, container;

	if (!name)
		return;
	group = group_open(sysfs_group(name));
	container = container_open();
	bench_floor(b, &floor_getppid, NULL, 3);
	while (bench_loop(b)) {
		group_set_container(group, container);
		container_set_iommu(container, VFIO_TYPE1v2_IOMMU);
		group_unset_container(group);
	}
	bench_set_items(b, 1);
	close(group);
	close(container);
}

/* GET_DEVICE_FD and close, the group being attached: the first open enables the device. */
static void bench_device(struct bench *b)
{
	const char *name = bdf(b);
	struct vfio_dev dev;
	int fd = 0;

	if (!name)
		return;
	device_open(&dev, name);
	close(dev.fd);
	dev.fd = -1;
	bench_floor(b, &floor_getppid, NULL, 2);
	while (fd >= 0 && bench_loop(b)) {
		fd = __group_get_device_fd(dev.group, name);
		if (fd < 0)
			bench_fail(b, "GET_DEVICE_FD: %s", client_errno(fd));
		else
			close(fd);
	}
	bench_set_items(b, 1);
	device_close(&dev);
}

/* A second descriptor of an open device. */
static void bench_device_again(struct bench *b)
{
	const char *name = bdf(b);
	struct vfio_dev dev;
	int fd = 0;

	if (!name)
		return;
	device_open(&dev, name);
	bench_floor(b, &floor_getppid, NULL, 2);
	while (fd >= 0 && bench_loop(b)) {
		fd = __group_get_device_fd(dev.group, name);
		if (fd < 0)
			bench_fail(b, "GET_DEVICE_FD: %s", client_errno(fd));
		else
			close(fd);
	}
	bench_set_items(b, 1);
	device_close(&dev);
}

static void bench_all(struct bench *b)
{
	const char *name = bdf(b);
	struct vfio_dev dev;

	if (!name)
		return;
	bench_floor(b, &floor_getppid, NULL, 8);
	while (bench_loop(b)) {
		device_open(&dev, name);
		device_close(&dev);
	}
	bench_set_items(b, 1);
}

void register_open_close(void)
{
	bench_register("open_close/container", bench_container, NULL);
	bench_register("open_close/group", bench_group, NULL);
	bench_register("open_close/attach", bench_attach, NULL);
	bench_register("open_close/device", bench_device, NULL);
	bench_register("open_close/device_again", bench_device_again, NULL);
	bench_register("open_close/all", bench_all, NULL);
}
