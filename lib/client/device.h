/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device descriptors: opening, info, regions, config space, features.
 * __foo() returns the result or -errno, foo() ends the test on an error.
 */
#ifndef CLIENT_DEVICE_H
#define CLIENT_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/vfio.h>

#include "client/sysfs.h"

/* A device with the container and group it was opened through. */
struct vfio_dev {
	char bdf[BDF_MAX];
	int group_number;
	int container;
	int group;
	int fd;
};

/* Open container, group (type1 v2, or without IOMMU) and device. */
void device_open(struct vfio_dev *dev, const char *bdf);
/* Likewise with another IOMMU type. */
void device_open_type(struct vfio_dev *dev, const char *bdf, unsigned long iommu_type);
/*
 * Open a device of another group in the container of @first, so that both see
 * the same mappings. dev->container is a duplicate of its own.
 */
void device_open_in(struct vfio_dev *dev, const char *bdf, const struct vfio_dev *first);
/* Close all three; descriptors set to -1 were closed by the test and are left alone. */
void device_close(struct vfio_dev *dev);

void device_info(int fd, struct vfio_device_info *info);
/* @info may be short of capabilities; argsz is set to what they need. */
int __region_info(int fd, uint32_t index, struct vfio_region_info *info);
/* With the capabilities behind it; free() it. */
struct vfio_region_info *region_info(int fd, uint32_t index);
/* Offset of a region on the device descriptor. */
uint64_t region_offset(int fd, uint32_t index);
uint64_t region_size(int fd, uint32_t index);

/* One pread() or pwrite() at @offset of region @index: bytes done or -errno. */
ssize_t __region_read(int fd, uint32_t index, uint64_t offset, void *buf, size_t len);
ssize_t __region_write(int fd, uint32_t index, uint64_t offset, const void *buf, size_t len);
void region_read(int fd, uint32_t index, uint64_t offset, void *buf, size_t len);
void region_write(int fd, uint32_t index, uint64_t offset, const void *buf, size_t len);

/* Config space through the config region; the widths of pread() and pwrite() are these. */
uint8_t config_read8(int fd, unsigned int offset);
uint16_t config_read16(int fd, unsigned int offset);
uint32_t config_read32(int fd, unsigned int offset);
void config_write8(int fd, unsigned int offset, uint8_t value);
void config_write16(int fd, unsigned int offset, uint16_t value);
void config_write32(int fd, unsigned int offset, uint32_t value);
/* Set and clear bits of COMMAND. */
void config_command(int fd, uint16_t set, uint16_t clear);
/* Offset of the capability @id (PCI_CAP_ID_*), 0 if the device has none. */
unsigned int config_find_cap(int fd, uint8_t id);

/*
 * __device_feature - DEVICE_FEATURE
 * @flags: feature number and VFIO_DEVICE_FEATURE_GET, _SET, _PROBE
 * @data:  payload of @len bytes behind the header, read for SET, written for GET
 */
int __device_feature(int fd, uint32_t flags, void *data, size_t len);
int __feature_get(int fd, uint32_t feature, void *data, size_t len);
int __feature_set(int fd, uint32_t feature, const void *data, size_t len);
/* @ops: VFIO_DEVICE_FEATURE_GET, _SET or both. 0 if the device can do them. */
int __feature_probe(int fd, uint32_t feature, uint32_t ops);
void feature_get(int fd, uint32_t feature, void *data, size_t len);
void feature_set(int fd, uint32_t feature, const void *data, size_t len);
/* __device_feature() with a header made by the caller, argsz included; any pointer. */
int __feature_raw(int fd, const void *feature);

#endif
