/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/vfio.h> that is one at all API levels: the device. The
 * members for callbacks are those of the driver's level; the core's own, which
 * an adapter fills at earlier levels, stand beside them under another name.
 */
#ifndef KAPI_VFIO_DEVICE_H
#define KAPI_VFIO_DEVICE_H

#include <linux/completion.h>
#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <kapi/level.h>

struct kvm;
struct vfio_device_ops;
struct vfio_group;
struct vfio_log_ops;
struct vfio_migration_ops;

/*
 * Devices that must be opened, closed and reset under one lock. @lock is held
 * around open_device and close_device of every member.
 */
struct vfio_device_set {
	struct mutex lock;
	unsigned int device_count;
	struct list_head device_list;
	void *set_id;
};

struct vfio_device {
	struct device *dev;
#if KAPI_LEVEL >= 612
	const struct vfio_device_ops *ops;
	/* Both are set by the init op, before registration, and never change. */
	const struct vfio_migration_ops *mig_ops;
	const void *level_ops, *level_mig_ops;
#else
	const void *core_ops, *core_mig_ops;
	const struct vfio_device_ops *ops;
	/* Set by the init op, before registration, and never changes. */
	const struct vfio_migration_ops *mig_ops;
#endif
	const struct vfio_log_ops *log_ops;	/* as mig_ops */
	struct vfio_group *group;
	struct list_head group_next;
	struct list_head iommu_entry;
	struct vfio_device_set *dev_set;
	struct list_head dev_set_list;
	unsigned int migration_flags;	/* VFIO_MIGRATION_* */
	struct kvm *kvm;		/* valid from open_device to close_device, or NULL */

	/* For the core only. */
	struct vfio_compat *compat;	/* adapter of a driver at an earlier API level, or NULL */
	unsigned int index;		/* the X of vfioX */
	struct device device;		/* its references keep this object */
	refcount_t refcount;		/* users of the registration */
	unsigned int open_count;	/* under dev_set->lock */
	struct completion comp;		/* the last user of the registration left */
	void (*put_kvm)(struct kvm *kvm);
	bool precopy_info_v2;		/* under dev_set->lock */
	struct inode *inode;		/* address space of all its mmaps */
};

#endif
