// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/iommufd.h"
#include "client/mdev.h"
#include "client/vfio_client.h"

/* The entry of vfio-dev, below a device's directory, as a path in /dev. */
static int find_cdev(const char *dir, char *path, size_t size)
{
	struct dirent *entry;
	int ret = -ENOENT;
	DIR *d = opendir(dir);

	while (d && ret && (entry = readdir(d))) {
		if (strncmp(entry->d_name, "vfio", 4))
			continue;
		snprintf(path, size, "/dev/vfio/devices/%s", entry->d_name);
		ret = access(path, F_OK) ? -ENOENT : 0;
	}
	if (d)
		closedir(d);
	return ret;
}

int __cdev_path(const char *bdf, char *path, size_t size)
{
	char dir[128];

	snprintf(dir, sizeof(dir), "/sys/bus/pci/devices/%s/vfio-dev", bdf);
	return find_cdev(dir, path, size);
}

static const char *missing(int cdev)
{
	if (cdev)
		return "no character devices of VFIO devices (CONFIG_VFIO_DEVICE_CDEV)";
	if (access("/dev/iommu", F_OK))
		return "no /dev/iommu (CONFIG_IOMMUFD)";
	return NULL;
}

const char *cdev_missing(const char *bdf)
{
	char path[300];

	return missing(__cdev_path(bdf, path, sizeof(path)));
}

const char *mdev_cdev_missing(const char *uuid)
{
	char path[300];

	return missing(find_cdev(mdev_path(uuid, "vfio-dev"), path, sizeof(path)));
}

int __cdev_open(const char *bdf)
{
	char path[300];
	int fd = __cdev_path(bdf, path, sizeof(path));

	if (!fd)
		fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int cdev_open(const char *bdf)
{
	int fd = __cdev_open(bdf);

	if (fd < 0)
		CLIENT_FAIL("character device of %s: %s", bdf, client_errno(fd));
	return fd;
}

int mdev_cdev_open(const char *uuid)
{
	char path[300];
	int fd = -1;

	if (!find_cdev(mdev_path(uuid, "vfio-dev"), path, sizeof(path)))
		fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		CLIENT_FAIL("character device of %s: %s", uuid, client_errno(errno));
	return fd;
}

int __cdev_bind(int cdev, int iommufd, uint32_t *devid)
{
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind), .iommufd = iommufd };
	int ret = __vfio_ioctl(cdev, VFIO_DEVICE_BIND_IOMMUFD, &bind);

	if (!ret && devid)
		*devid = bind.out_devid;
	return ret;
}

void cdev_bind(int cdev, int iommufd, uint32_t *devid)
{
	int ret = __cdev_bind(cdev, iommufd, devid);

	if (ret)
		CLIENT_FAIL("BIND_IOMMUFD: %s", client_errno(ret));
}

int __cdev_attach(int cdev, uint32_t *pt)
{
	struct vfio_device_attach_iommufd_pt attach = { .argsz = sizeof(attach), .pt_id = *pt };
	int ret = __vfio_ioctl(cdev, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach);

	*pt = attach.pt_id;
	return ret;
}

void cdev_attach(int cdev, uint32_t pt)
{
	int ret = __cdev_attach(cdev, &pt);

	if (ret)
		CLIENT_FAIL("ATTACH_IOMMUFD_PT: %s", client_errno(ret));
}

int __cdev_detach(int cdev)
{
	struct vfio_device_detach_iommufd_pt detach = { .argsz = sizeof(detach) };

	return __vfio_ioctl(cdev, VFIO_DEVICE_DETACH_IOMMUFD_PT, &detach);
}

int __iommufd_open(void)
{
	int fd = open("/dev/iommu", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int iommufd_open(void)
{
	int fd = __iommufd_open();

	if (fd < 0)
		CLIENT_FAIL("/dev/iommu: %s", client_errno(fd));
	return fd;
}

int __iommufd_destroy(int iommufd, uint32_t id)
{
	struct iommu_destroy destroy = { .size = sizeof(destroy), .id = id };

	return __vfio_ioctl(iommufd, IOMMU_DESTROY, &destroy);
}

uint32_t ioas_alloc(int iommufd)
{
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	int ret = __vfio_ioctl(iommufd, IOMMU_IOAS_ALLOC, &alloc);

	if (ret)
		CLIENT_FAIL("IOMMU_IOAS_ALLOC: %s", client_errno(ret));
	return alloc.out_ioas_id;
}

int __ioas_map(int iommufd, uint32_t ioas, const void *vaddr, uint64_t iova, uint64_t size)
{
	struct iommu_ioas_map map = {
		.size = sizeof(map), .ioas_id = ioas, .user_va = (uintptr_t)vaddr,
		.length = size, .iova = iova,
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_WRITEABLE |
			 IOMMU_IOAS_MAP_READABLE,
	};

	return __vfio_ioctl(iommufd, IOMMU_IOAS_MAP, &map);
}

void ioas_map(int iommufd, uint32_t ioas, const void *vaddr, uint64_t iova, uint64_t size)
{
	int ret = __ioas_map(iommufd, ioas, vaddr, iova, size);

	if (ret)
		CLIENT_FAIL("IOMMU_IOAS_MAP: %s", client_errno(ret));
}

int __ioas_unmap(int iommufd, uint32_t ioas, uint64_t iova, uint64_t size)
{
	struct iommu_ioas_unmap unmap = {
		.size = sizeof(unmap), .ioas_id = ioas, .iova = iova, .length = size,
	};

	return __vfio_ioctl(iommufd, IOMMU_IOAS_UNMAP, &unmap);
}

int __hwpt_alloc(int iommufd, uint32_t devid, uint32_t ioas, uint32_t *hwpt)
{
	struct iommu_hwpt_alloc alloc = { .size = sizeof(alloc), .dev_id = devid, .pt_id = ioas };
	int ret = __vfio_ioctl(iommufd, IOMMU_HWPT_ALLOC, &alloc);

	if (!ret)
		*hwpt = alloc.out_hwpt_id;
	return ret;
}

int __iommufd_vfio_ioas(int iommufd, unsigned int op, uint32_t *ioas)
{
	struct iommu_vfio_ioas cmd = { .size = sizeof(cmd), .op = op };
	int ret;

	if (op == IOMMU_VFIO_IOAS_SET)
		cmd.ioas_id = *ioas;
	ret = __vfio_ioctl(iommufd, IOMMU_VFIO_IOAS, &cmd);
	if (!ret && op == IOMMU_VFIO_IOAS_GET)
		*ioas = cmd.ioas_id;
	return ret;
}
