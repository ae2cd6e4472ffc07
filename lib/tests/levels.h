/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests of the API levels have in common: expected warnings, and the user's
 * side of a device. The program defines KAPI_LEVEL in its first line and includes
 * it once.
 */
#ifndef LEVELS_H
#define LEVELS_H

#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/vfio.h>
#include <kapi/module.h>
#include <kapi/syscalls.h>
#include <kapi/warn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../core/profile.h"
#include "tap.h"

#define PG 4096UL

static unsigned int level_warnings;

static inline bool level_claim(const struct kapi_warning *warning, void *arg)
{
	level_warnings++;
	return true;
}

/* Evaluate @expr, of which @count warnings are expected. */
#define with_warnings(count, expr) ({ \
	unsigned int __before = level_warnings; \
	typeof(expr) __r; \
	kapi_warn_set_hook(level_claim, NULL); \
	__r = (expr); \
	kapi_warn_set_hook(NULL, NULL); \
	is(level_warnings - __before, count, "warnings from %s", #expr); \
	__r; })

static inline int sys(int fd, unsigned int cmd, void *arg)
{
	return kapi_sys_ioctl(fd, cmd, (unsigned long)arg);
}

/* The descriptors of an open device; -1 or -errno where there is none. */
struct lfds {
	int container, group, device;
};

/* The device @name of a group, in a new container with type1, or in @container if it is not -1. */
static inline struct lfds lfds_open_group(int group, const char *name, int container)
{
	struct lfds fds = { .container = container };
	char path[64];

	if (container < 0)
		fds.container = kapi_sys_open("/dev/vfio/vfio", O_RDWR);
	snprintf(path, sizeof(path), "/dev/vfio/%d", group);
	fds.group = kapi_sys_open(path, O_RDWR);
	if (sys(fds.group, VFIO_GROUP_SET_CONTAINER, &fds.container) ||
	    (container < 0 && kapi_sys_ioctl(fds.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))) {
		printf("Bail out! no container for %s\n", name);
		exit(1);
	}
	fds.device = sys(fds.group, VFIO_GROUP_GET_DEVICE_FD, (void *)name);
	return fds;
}

static inline struct lfds lfds_open(struct vfio_device *vdev, int container)
{
	return lfds_open_group(iommu_group_id(vdev->dev->iommu_group), dev_name(vdev->dev),
			       container);
}

/* A container that came from elsewhere stays open. */
static inline void lfds_close(struct lfds *fds, bool keep_container)
{
	if (fds->device >= 0)
		kapi_sys_close(fds->device);
	kapi_sys_close(fds->group);
	if (!keep_container)
		kapi_sys_close(fds->container);
}

static inline int dma_map(int container, u64 iova, u64 size, void *vaddr, u32 flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = flags, .vaddr = (u64)vaddr, .iova = iova,
		.size = size };

	return sys(container, VFIO_IOMMU_MAP_DMA, &map);
}

static inline int dma_unmap(int container, u64 iova, u64 size)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .iova = iova, .size = size };

	return sys(container, VFIO_IOMMU_UNMAP_DMA, &unmap);
}

static inline int feature(int device, u32 flags, void *payload, size_t size)
{
	u64 buf[9] = { 0 };
	struct vfio_device_feature *req = (void *)buf;
	int ret;

	req->argsz = sizeof(*req) + size;
	req->flags = flags;
	if (payload)
		memcpy(req->data, payload, size);
	ret = sys(device, VFIO_DEVICE_FEATURE, req);
	if (payload)
		memcpy(payload, req->data, size);
	return ret;
}

static inline void level_start(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	kapi_init();
	if (kapi_load_module("vfio") || kapi_load_module("vfio_iommu_type1")) {
		printf("Bail out! the core's modules do not load\n");
		exit(1);
	}
}

#endif
