// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/vfio_client.h"

int __container_open(void)
{
	int fd = open("/dev/vfio/vfio", O_RDWR);

	return fd < 0 ? -errno : fd;
}

int container_open(void)
{
	int fd = __container_open();

	if (fd < 0)
		CLIENT_FAIL("/dev/vfio/vfio: %s", client_errno(fd));
	return fd;
}

bool group_is_noiommu(int number)
{
	char path[40];

	snprintf(path, sizeof(path), "/dev/vfio/noiommu-%d", number);
	return !access(path, F_OK);
}

int __group_open(int number)
{
	char path[40];
	int fd;

	snprintf(path, sizeof(path), "/dev/vfio/%d", number);
	fd = open(path, O_RDWR);
	if (fd < 0 && errno == ENOENT) {
		snprintf(path, sizeof(path), "/dev/vfio/noiommu-%d", number);
		fd = open(path, O_RDWR);
	}
	return fd < 0 ? -errno : fd;
}

int group_open(int number)
{
	int fd = __group_open(number);

	if (fd < 0)
		CLIENT_FAIL("/dev/vfio/%d: %s", number, client_errno(fd));
	return fd;
}

uint32_t group_flags(int group)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int ret = __vfio_ioctl(group, VFIO_GROUP_GET_STATUS, &status);

	if (ret)
		CLIENT_FAIL("GROUP_GET_STATUS: %s", client_errno(ret));
	return status.flags;
}

int __group_set_container(int group, int container)
{
	return __vfio_ioctl(group, VFIO_GROUP_SET_CONTAINER, &container);
}

void group_set_container(int group, int container)
{
	int ret = __group_set_container(group, container);

	if (ret)
		CLIENT_FAIL("GROUP_SET_CONTAINER: %s", client_errno(ret));
}

int __group_unset_container(int group)
{
	return __vfio_ioctl(group, VFIO_GROUP_UNSET_CONTAINER, NULL);
}

void group_unset_container(int group)
{
	int ret = __group_unset_container(group);

	if (ret)
		CLIENT_FAIL("GROUP_UNSET_CONTAINER: %s", client_errno(ret));
}

int __group_get_device_fd(int group, const char *name)
{
	return __vfio_ioctl(group, VFIO_GROUP_GET_DEVICE_FD, name);
}

int group_get_device_fd(int group, const char *name)
{
	int fd = __group_get_device_fd(group, name);

	if (fd < 0)
		CLIENT_FAIL("GROUP_GET_DEVICE_FD %s: %s", name, client_errno(fd));
	return fd;
}

int __container_set_iommu(int container, unsigned long type)
{
	return __vfio_ioctl(container, VFIO_SET_IOMMU, (void *)type);
}

void container_set_iommu(int container, unsigned long type)
{
	int ret = __container_set_iommu(container, type);

	if (ret)
		CLIENT_FAIL("SET_IOMMU %lu: %s", type, client_errno(ret));
}

int __container_check(int container, unsigned long extension)
{
	return __vfio_ioctl(container, VFIO_CHECK_EXTENSION, (void *)extension);
}

int __iommu_map(int container, const void *vaddr, uint64_t iova, uint64_t size, uint32_t flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = flags,
		.vaddr = (uintptr_t)vaddr,
		.iova = iova,
		.size = size,
	};

	return __vfio_ioctl(container, VFIO_IOMMU_MAP_DMA, &map);
}

void iommu_map(int container, const void *vaddr, uint64_t iova, uint64_t size, uint32_t flags)
{
	int ret = __iommu_map(container, vaddr, iova, size, flags);

	if (ret)
		CLIENT_FAIL("MAP_DMA iova 0x%llx size 0x%llx flags 0x%x: %s",
			    (unsigned long long)iova, (unsigned long long)size, flags,
			    client_errno(ret));
}

int __iommu_unmap(int container, uint64_t iova, uint64_t size, uint32_t flags, uint64_t *unmapped)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.flags = flags,
		.iova = iova,
		.size = size,
	};
	int ret = __vfio_ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap);

	if (!ret && unmapped)
		*unmapped = unmap.size;
	return ret;
}

uint64_t iommu_unmap(int container, uint64_t iova, uint64_t size, uint32_t flags)
{
	uint64_t unmapped = 0;
	int ret = __iommu_unmap(container, iova, size, flags, &unmapped);

	if (ret)
		CLIENT_FAIL("UNMAP_DMA iova 0x%llx size 0x%llx flags 0x%x: %s",
			    (unsigned long long)iova, (unsigned long long)size, flags,
			    client_errno(ret));
	return unmapped;
}

struct vfio_iommu_type1_info *iommu_info(int container)
{
	uint32_t argsz = sizeof(struct vfio_iommu_type1_info);
	struct vfio_iommu_type1_info *info = NULL;
	int ret;

	for (;;) {
		free(info);
		info = calloc(1, argsz);
		if (!info)
			CLIENT_FAIL("no memory");
		info->argsz = argsz;
		ret = __vfio_ioctl(container, VFIO_IOMMU_GET_INFO, info);
		if (ret)
			CLIENT_FAIL("IOMMU_GET_INFO: %s", client_errno(ret));
		if (info->argsz <= argsz)
			return info;
		argsz = info->argsz;
	}
}

struct vfio_info_cap_header *info_cap(void *info, uint32_t argsz, uint32_t offset, uint16_t id)
{
	struct vfio_info_cap_header *cap;
	unsigned int n;

	for (n = 0; offset; n++) {
		if (n > argsz || offset > argsz - sizeof(*cap) || argsz < sizeof(*cap))
			CLIENT_FAIL("capability chain of %u bytes leads to offset %u", argsz,
				    offset);
		cap = (struct vfio_info_cap_header *)((char *)info + offset);
		if (cap->id == id)
			return cap;
		offset = cap->next;
	}
	return NULL;
}

uint32_t iommu_dma_avail(int container)
{
	struct vfio_iommu_type1_info *info = iommu_info(container);
	struct vfio_iommu_type1_info_dma_avail *cap;
	uint32_t avail;

	cap = (void *)info_cap(info, info->argsz,
			       info->flags & VFIO_IOMMU_INFO_CAPS ? info->cap_offset : 0,
			       VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL);
	if (!cap)
		CLIENT_FAIL("IOMMU_GET_INFO has no DMA_AVAIL capability");
	avail = cap->avail;
	free(info);
	return avail;
}

int __iommu_dirty_bitmap(int container, uint64_t iova, uint64_t size, uint64_t pgsize,
			 void *bitmap, uint64_t bytes)
{
	struct vfio_iommu_type1_dirty_bitmap_get *get;
	union {
		struct vfio_iommu_type1_dirty_bitmap head;
		uint8_t room[sizeof(struct vfio_iommu_type1_dirty_bitmap) + sizeof(*get)];
	} arg;

	memset(&arg, 0, sizeof(arg));
	arg.head.argsz = sizeof(arg);
	arg.head.flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP;
	get = (void *)arg.head.data;
	get->iova = iova;
	get->size = size;
	get->bitmap.pgsize = pgsize;
	get->bitmap.size = bytes;
	get->bitmap.data = bitmap;
	return __vfio_ioctl(container, VFIO_IOMMU_DIRTY_PAGES, &arg);
}

int __iommu_dirty(int container, uint32_t flags)
{
	struct vfio_iommu_type1_dirty_bitmap head = { .argsz = sizeof(head), .flags = flags };

	return __vfio_ioctl(container, VFIO_IOMMU_DIRTY_PAGES, &head);
}
