/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a driver of VFIO devices is written against, at API level 6.12.
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

struct kvm;
struct iommufd_ctx;
struct vfio_group;

/*
 * Devices that must be opened, closed and reset under one lock. @lock is held
 * around open_device and close_device of every member.
 */
struct vfio_device_set {
	void *set_id;
	struct mutex lock;
	struct list_head device_list;
	unsigned int device_count;
};

struct vfio_device {
	struct device *dev;
	const struct vfio_device_ops *ops;
	/* Both are set by the init op, before registration, and never change. */
	const struct vfio_migration_ops *mig_ops;
	const struct vfio_log_ops *log_ops;
	struct vfio_group *group;
	struct list_head group_next;
	struct list_head iommu_entry;
	struct vfio_device_set *dev_set;
	struct list_head dev_set_list;
	unsigned int migration_flags;	/* VFIO_MIGRATION_* */
	struct kvm *kvm;		/* valid from open_device to close_device, or NULL */

	/* For the core only. */
	unsigned int index;		/* the X of vfioX */
	struct device device;		/* its references keep this object */
	refcount_t refcount;		/* users of the registration */
	unsigned int open_count;	/* under dev_set->lock */
	struct completion comp;		/* the last user of the registration left */
	void (*put_kvm)(struct kvm *kvm);
	struct inode *inode;		/* address space of all its mmaps */
};

/**
 * struct vfio_device_ops - what the core calls
 *
 * @name: of the driver
 * @init: fill the driver's part of a new device; its error fails vfio_alloc_device()
 * @release: undo @init; the core frees the memory
 * @open_device: the first file of the device opens; open_count is 1 already
 * @close_device: the last one closes; all pages must be unpinned at the end of it
 * @read, @write, @ioctl, @mmap: of a device file; a missing one answers -EINVAL
 * @request: please give the device back; called with 0, 1, ... every 10 seconds
 *	while an unregistration waits
 * @match: is @buf, from VFIO_GROUP_GET_DEVICE_FD, this device? 0 no, > 0 yes,
 *	-errno ends the search. Without it the name must equal dev_name()
 * @dma_unmap: a range is about to be unmapped; unpin all within it. Comes with no
 *	IOMMU lock held. Needed by drivers that pin
 * @device_feature: VFIO_DEVICE_FEATURE that the core does not handle itself;
 *	@arg is the payload and @argsz its size without the header
 *
 * The iommufd ops are the kernel's; this core has no iommufd and leaves them be.
 */
struct vfio_device_ops {
	char *name;
	int (*init)(struct vfio_device *vdev);
	void (*release)(struct vfio_device *vdev);
	int (*bind_iommufd)(struct vfio_device *vdev, struct iommufd_ctx *ictx,
			    u32 *out_device_id);
	void (*unbind_iommufd)(struct vfio_device *vdev);
	int (*attach_ioas)(struct vfio_device *vdev, u32 *pt_id);
	void (*detach_ioas)(struct vfio_device *vdev);
	int (*open_device)(struct vfio_device *vdev);
	void (*close_device)(struct vfio_device *vdev);
	ssize_t (*read)(struct vfio_device *vdev, char __user *buf, size_t count, loff_t *ppos);
	ssize_t (*write)(struct vfio_device *vdev, const char __user *buf, size_t count,
			 loff_t *ppos);
	long (*ioctl)(struct vfio_device *vdev, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct vfio_device *vdev, struct vm_area_struct *vma);
	void (*request)(struct vfio_device *vdev, unsigned int count);
	int (*match)(struct vfio_device *vdev, char *buf);
	void (*dma_unmap)(struct vfio_device *vdev, u64 iova, u64 length);
	int (*device_feature)(struct vfio_device *vdev, u32 flags, void __user *arg,
			      size_t argsz);
};

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
/* The reverse. Sleeps until no user has the device open, calling ops->request. */
void vfio_unregister_group_dev(struct vfio_device *device);

/*
 * Join the set named by @set_id, any non-NULL pointer. In init, or before
 * registration; a device that joins none gets one of its own. Returns 0, -EINVAL
 * or -ENOMEM.
 */
int vfio_assign_device_set(struct vfio_device *device, void *set_id);
/* Sum of the members' open_count. Call with dev_set->lock held. */
unsigned int vfio_device_set_open_count(struct vfio_device_set *dev_set);
/* The member that stands for @dev, or NULL. Call with dev_set->lock held. */
struct vfio_device *vfio_find_device_in_devset(struct vfio_device_set *dev_set,
					       struct device *dev);

#include <kapi/vfio_migration.h>
#include <kapi/vfio_util.h>
#include <kapi/virqfd.h>

#endif
