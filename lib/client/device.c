// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/vfio_client.h"

static void open_into(struct vfio_dev *dev, const char *bdf, int container)
{
	snprintf(dev->bdf, sizeof(dev->bdf), "%s", bdf);
	dev->group_number = sysfs_group(bdf);
	dev->container = container;
	dev->group = group_open(dev->group_number);
	group_set_container(dev->group, container);
}

void device_open_type(struct vfio_dev *dev, const char *bdf, unsigned long iommu_type)
{
	open_into(dev, bdf, container_open());
	container_set_iommu(dev->container, iommu_type);
	dev->fd = group_get_device_fd(dev->group, bdf);
}

void device_open(struct vfio_dev *dev, const char *bdf)
{
	bool noiommu = group_is_noiommu(sysfs_group(bdf));

	device_open_type(dev, bdf, noiommu ? VFIO_NOIOMMU_IOMMU : VFIO_TYPE1v2_IOMMU);
}

void device_open_in(struct vfio_dev *dev, const char *bdf, const struct vfio_dev *first)
{
	int container = fcntl(first->container, F_DUPFD_CLOEXEC, 0);

	if (container < 0)
		CLIENT_FAIL("dup of the container: %s", client_errno(errno));
	open_into(dev, bdf, container);
	dev->fd = group_get_device_fd(dev->group, bdf);
}

void device_close(struct vfio_dev *dev)
{
	if (dev->fd >= 0)
		close(dev->fd);
	if (dev->group >= 0)
		close(dev->group);
	if (dev->container >= 0)
		close(dev->container);
	dev->fd = dev->group = dev->container = -1;
}

void device_info(int fd, struct vfio_device_info *info)
{
	int ret;

	memset(info, 0, sizeof(*info));
	info->argsz = sizeof(*info);
	ret = __vfio_ioctl(fd, VFIO_DEVICE_GET_INFO, info);
	if (ret)
		CLIENT_FAIL("DEVICE_GET_INFO: %s", client_errno(ret));
}

int __region_info(int fd, uint32_t index, struct vfio_region_info *info)
{
	memset(info, 0, sizeof(*info));
	info->argsz = sizeof(*info);
	info->index = index;
	return __vfio_ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, info);
}

struct vfio_region_info *region_info(int fd, uint32_t index)
{
	uint32_t argsz = sizeof(struct vfio_region_info);
	struct vfio_region_info *info = NULL;
	int ret;

	for (;;) {
		free(info);
		info = calloc(1, argsz);
		if (!info)
			CLIENT_FAIL("no memory");
		info->argsz = argsz;
		info->index = index;
		ret = __vfio_ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, info);
		if (ret)
			CLIENT_FAIL("GET_REGION_INFO %u: %s", index, client_errno(ret));
		if (info->argsz <= argsz)
			return info;
		argsz = info->argsz;
	}
}

static void must_region_info(int fd, uint32_t index, struct vfio_region_info *info)
{
	int ret = __region_info(fd, index, info);

	if (ret)
		CLIENT_FAIL("GET_REGION_INFO %u: %s", index, client_errno(ret));
}

uint64_t region_offset(int fd, uint32_t index)
{
	struct vfio_region_info info;

	must_region_info(fd, index, &info);
	return info.offset;
}

uint64_t region_size(int fd, uint32_t index)
{
	struct vfio_region_info info;

	must_region_info(fd, index, &info);
	return info.size;
}

ssize_t __region_read(int fd, uint32_t index, uint64_t offset, void *buf, size_t len)
{
	ssize_t ret = pread(fd, buf, len, region_offset(fd, index) + offset);

	return ret < 0 ? -errno : ret;
}

ssize_t __region_write(int fd, uint32_t index, uint64_t offset, const void *buf, size_t len)
{
	ssize_t ret = pwrite(fd, buf, len, region_offset(fd, index) + offset);

	return ret < 0 ? -errno : ret;
}

void region_read(int fd, uint32_t index, uint64_t offset, void *buf, size_t len)
{
	ssize_t ret = __region_read(fd, index, offset, buf, len);

	if (ret != (ssize_t)len)
		CLIENT_FAIL("read of %zu at 0x%llx of region %u: %zd%s%s", len,
			    (unsigned long long)offset, index, ret, ret < 0 ? " " : "",
			    ret < 0 ? client_errno(ret) : "");
}

void region_write(int fd, uint32_t index, uint64_t offset, const void *buf, size_t len)
{
	ssize_t ret = __region_write(fd, index, offset, buf, len);

	if (ret != (ssize_t)len)
		CLIENT_FAIL("write of %zu at 0x%llx of region %u: %zd%s%s", len,
			    (unsigned long long)offset, index, ret, ret < 0 ? " " : "",
			    ret < 0 ? client_errno(ret) : "");
}
