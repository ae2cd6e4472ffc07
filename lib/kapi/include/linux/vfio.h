/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a driver of VFIO devices is written against, at API level 6.12, or at the
 * one that KAPI_LEVEL says: see kapi/level.h and kapi/vfio_level.h.
 *
 * A driver embeds struct vfio_device as the first member of its own structure,
 * gets it from vfio_alloc_device(), registers it and from then on is called
 * through struct vfio_device_ops. Rules that bind the core: clauses SET, DRV,
 * DEV, FEAT, MIG and PIN.
 */
#ifndef VFIO_H
#define VFIO_H

#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/workqueue.h>
#include <linux/poll.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/completion.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/iova_bitmap.h>
#include <uapi/linux/vfio.h>

struct iommufd_ctx;

#include <kapi/vfio_device.h>
#define KAPI_OPS_LEVEL KAPI_LEVEL
#include <kapi/vfio_ops.h>
#undef KAPI_OPS_LEVEL

#if KAPI_LEVEL < 612
#include <kapi/vfio_level.h>
#else
/* Drivers name these in their ops; without iommufd they are null pointers of the right type. */
#define VFIO_NO_IOMMUFD_OP(op) ((typeof(((struct vfio_device_ops *)NULL)->op))NULL)
#define vfio_iommufd_physical_bind		VFIO_NO_IOMMUFD_OP(bind_iommufd)
#define vfio_iommufd_physical_unbind		VFIO_NO_IOMMUFD_OP(unbind_iommufd)
#define vfio_iommufd_physical_attach_ioas	VFIO_NO_IOMMUFD_OP(attach_ioas)
#define vfio_iommufd_physical_detach_ioas	VFIO_NO_IOMMUFD_OP(detach_ioas)
#define vfio_iommufd_emulated_bind		VFIO_NO_IOMMUFD_OP(bind_iommufd)
#define vfio_iommufd_emulated_unbind		VFIO_NO_IOMMUFD_OP(unbind_iommufd)
#define vfio_iommufd_emulated_attach_ioas	VFIO_NO_IOMMUFD_OP(attach_ioas)
#define vfio_iommufd_emulated_detach_ioas	VFIO_NO_IOMMUFD_OP(detach_ioas)

static inline struct iommufd_ctx *vfio_iommufd_device_ictx(struct vfio_device *vdev)
{
	return NULL;
}

static inline int vfio_iommufd_get_dev_id(struct vfio_device *vdev, struct iommufd_ctx *ictx)
{
	return VFIO_PCI_DEVID_NOT_OWNED;
}

/* True while the device is open through its own character device: never here. */
static inline bool vfio_device_cdev_opened(struct vfio_device *device)
{
	return false;
}

/*
 * Use vfio_alloc_device(struct name, member, parent device, ops): allocates and
 * clears the driver's structure, whose first member is a struct vfio_device, and
 * runs ops->init. Returns it or ERR_PTR (-ENOMEM, or init's error).
 */
struct vfio_device *_vfio_alloc_device(size_t size, struct device *dev,
				       const struct vfio_device_ops *ops);
#define vfio_alloc_device(type, member, dev, ops) \
	container_of(_vfio_alloc_device(sizeof(struct type) + \
					BUILD_BUG_ON_ZERO(offsetof(struct type, member)), \
					dev, ops), \
		     struct type, member)

/* Drops the driver's reference; the last one runs ops->release and frees. */
static inline void vfio_put_device(struct vfio_device *device)
{
	put_device(&device->device);
}

/*
 * Make a device known to users: behind its IOMMU group, or in a group of its own
 * whose IOMMU the driver emulates. May be opened before the call returns.
 * Returns 0, -EINVAL (no IOMMU group, no cache coherency, registered twice),
 * -EBUSY or -ENOMEM.
 */
int vfio_register_group_dev(struct vfio_device *device);
int vfio_register_emulated_iommu_dev(struct vfio_device *device);

/* Sum of the members' open_count. Call with dev_set->lock held. */
unsigned int vfio_device_set_open_count(struct vfio_device_set *dev_set);
/* The member that stands for @dev, or NULL. Call with dev_set->lock held. */
struct vfio_device *vfio_find_device_in_devset(struct vfio_device_set *dev_set,
					       struct device *dev);
#endif	/* KAPI_LEVEL */

/* The reverse of register. Sleeps until no user has the device open, calling ops->request. */
void vfio_unregister_group_dev(struct vfio_device *device);

/*
 * Hold a device back from being unregistered, and no longer. False if it is on its
 * way out already. Not for drivers before Linux 6.19.
 */
bool vfio_device_try_get_registration(struct vfio_device *device);
void vfio_device_put_registration(struct vfio_device *device);

/*
 * Join the set named by @set_id, any non-NULL pointer. In init, or before
 * registration; a device that joins none gets one of its own. Returns 0, -EINVAL
 * or -ENOMEM.
 */
int vfio_assign_device_set(struct vfio_device *device, void *set_id);

#include <kapi/vfio_migration.h>
#include <kapi/vfio_util.h>
#include <kapi/virqfd.h>

#endif
