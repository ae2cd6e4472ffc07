/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The character devices of VFIO devices, and the iommufd that they are bound to:
 * the way to a device that needs neither group nor container.
 * __foo() returns the result or -errno, foo() ends the test on an error.
 */
#ifndef CLIENT_IOMMUFD_H
#define CLIENT_IOMMUFD_H

#include <stddef.h>
#include <stdint.h>
#include <linux/iommufd.h>

#include "client/sysfs.h"

/*
 * Why there is no iommufd, or no character device for @bdf, in one line; NULL if
 * there are both. Kernels have them with CONFIG_IOMMUFD and CONFIG_VFIO_DEVICE_CDEV;
 * the userspace core has groups and containers only.
 */
const char *cdev_missing(const char *bdf);
/* The same of a mediated device. */
const char *mdev_cdev_missing(const char *uuid);

/* /dev/vfio/devices/vfioN of a device into @path: 0 or -ENOENT. */
int __cdev_path(const char *bdf, char *path, size_t size);
int __cdev_open(const char *bdf);
int cdev_open(const char *bdf);
int mdev_cdev_open(const char *uuid);

/* DEVICE_BIND_IOMMUFD; @devid gets the id of the device in the iommufd, may be NULL. */
int __cdev_bind(int cdev, int iommufd, uint32_t *devid);
void cdev_bind(int cdev, int iommufd, uint32_t *devid);
/* DEVICE_ATTACH_IOMMUFD_PT; @pt is replaced by what the call gives back. */
int __cdev_attach(int cdev, uint32_t *pt);
void cdev_attach(int cdev, uint32_t pt);
int __cdev_detach(int cdev);

/* /dev/iommu */
int __iommufd_open(void);
int iommufd_open(void);
/* IOMMU_DESTROY of the object @id. */
int __iommufd_destroy(int iommufd, uint32_t id);
/* A new I/O address space. Returns its id. */
uint32_t ioas_alloc(int iommufd);
/* Map @size bytes at @iova, for reads and writes. */
int __ioas_map(int iommufd, uint32_t ioas, const void *vaddr, uint64_t iova, uint64_t size);
void ioas_map(int iommufd, uint32_t ioas, const void *vaddr, uint64_t iova, uint64_t size);
int __ioas_unmap(int iommufd, uint32_t ioas, uint64_t iova, uint64_t size);
/* A page table for the device @devid over an I/O address space: its id in @hwpt. */
int __hwpt_alloc(int iommufd, uint32_t devid, uint32_t ioas, uint32_t *hwpt);
/*
 * The address space that VFIO's own calls use. @op: IOMMU_VFIO_IOAS_GET, which sets
 * *@ioas, _SET, which reads it, or _CLEAR.
 */
int __iommufd_vfio_ioas(int iommufd, unsigned int op, uint32_t *ioas);

#endif
