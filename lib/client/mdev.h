/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mediated devices: found, made and removed through sysfs, opened like others.
 *
 * The environment names what may be touched: VFIO_COMPLIANCE_MDEVS lists the
 * UUIDs of devices, VFIO_COMPLIANCE_MDEV_PARENT the parents (names below
 * /sys/class/mdev_bus) of which devices may be made, both separated by blanks.
 */
#ifndef CLIENT_MDEV_H
#define CLIENT_MDEV_H

#include <stdbool.h>
#include <stddef.h>

#include "client/device.h"

#define MDEV_UUID_LEN	36
#define MDEV_NAME_MAX	128	/* names of parents and types, with their NUL */

/* Number @n (from 0) of the devices or parents named, NULL behind the last. */
const char *mdev_uuid(unsigned int n);
const char *mdev_parent(unsigned int n);
/* Why there are none. */
#define MDEV_NO_UUID	"no mediated device is named in VFIO_COMPLIANCE_MDEVS"
#define MDEV_NO_PARENT	"no parent of mediated devices is named in VFIO_COMPLIANCE_MDEV_PARENT"

/* Write @len bytes to any file in one write(): bytes taken or -errno. */
int __file_put(const char *path, const void *text, size_t len);
/* All of a small file as text, without the newline at its end: its length or -errno. */
int __file_get(const char *path, char *buf, size_t size);

/* Number @n of the types of @parent into @type: false behind the last. */
bool mdev_type(const char *parent, unsigned int n, char type[MDEV_NAME_MAX]);
/* Path of an attribute of a type; valid until the next call but three. */
const char *mdev_type_path(const char *parent, const char *type, const char *attr);
/* Path of @attr of a device, or of the device for "". Likewise. */
const char *mdev_path(const char *uuid, const char *attr);
unsigned int mdev_available(const char *parent, const char *type);

/* Make a device: 0 or -errno. */
int __mdev_create(const char *parent, const char *type, const char *uuid);
void mdev_create(const char *parent, const char *type, const char *uuid);
/* Remove it: 0 or -errno; -ENOENT: there is none. Waits for its users. */
int __mdev_remove(const char *uuid);
bool mdev_exists(const char *uuid);
/* Number of its IOMMU group. */
int mdev_group(const char *uuid);

/*
 * Open container, group and device; the type is that of the container's IOMMU.
 * device_close() closes them. dev->bdf is empty.
 */
void mdev_open(struct vfio_dev *dev, const char *uuid, unsigned long iommu_type);
/* In a duplicate of the container of @first, which has its IOMMU. */
void mdev_open_in(struct vfio_dev *dev, const char *uuid, const struct vfio_dev *first);

#endif
