/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Drivers that were compiled at an API level before that of the core. For each of
 * their devices an adapter stands between: the core calls the functions that the
 * driver filled in, in the core's own layout, and the adapter carries out what
 * the level has of its own. Struct vfio_device is the same at all levels.
 */
#ifndef CORE_COMPAT_H
#define CORE_COMPAT_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/notifier.h>
#include <linux/vfio.h>

/* What drivers of 6.1 and 5.19 fill in: their layout under other names. */
#define vfio_device_ops vfio_device_ops_601
#define vfio_migration_ops vfio_migration_ops_601
#define KAPI_OPS_LEVEL 601
#include <kapi/vfio_ops.h>
#undef KAPI_OPS_LEVEL
#undef vfio_migration_ops
#undef vfio_device_ops

#define vfio_device_ops vfio_device_ops_519
#define KAPI_OPS_LEVEL 519
#include <kapi/vfio_ops.h>
#undef KAPI_OPS_LEVEL
#undef vfio_device_ops

struct vfio_compat {
	struct vfio_device_ops ops;		/* what the core calls */
	struct vfio_migration_ops mig_ops;	/* the same, if the driver migrates */

	/* Level 5.19: who hears of unmaps, and the end of the device for uninit. */
	struct vfio_device *device;
	struct blocking_notifier_head notifier;
	unsigned int nr_notifiers;
	struct list_head notified;		/* with notifiers, under a lock of compat_519.c */
	struct completion released;
};

/* The callbacks that every level has: from @drv, the driver's, to @ops, the core's. */
#define vfio_compat_copy_ops(ops, drv) do {		\
	(ops)->name = (drv)->name;			\
	(ops)->open_device = (drv)->open_device;	\
	(ops)->close_device = (drv)->close_device;	\
	(ops)->read = (drv)->read;			\
	(ops)->write = (drv)->write;			\
	(ops)->ioctl = (drv)->ioctl;			\
	(ops)->mmap = (drv)->mmap;			\
	(ops)->request = (drv)->request;		\
	(ops)->match = (drv)->match;			\
	(ops)->device_feature = (drv)->device_feature;	\
} while (0)

/*
 * compat_601.c. The symbols that <linux/vfio.h> names at that level, see there.
 * vfio_compat_prepare_601() makes the core see the migration ops that a driver
 * has set since its init; before registration.
 */
int vfio_init_device_601(struct vfio_device *device, struct device *dev,
			 const struct vfio_device_ops_601 *ops);
struct vfio_device *_vfio_alloc_device_601(size_t size, struct device *dev,
					   const struct vfio_device_ops_601 *ops);
void vfio_free_device(struct vfio_device *device);
void vfio_compat_prepare_601(struct vfio_device *device);
int vfio_register_group_dev_601(struct vfio_device *device);
int vfio_register_emulated_iommu_dev_601(struct vfio_device *device);

/* compat_519.c. */
enum vfio_notify_type {
	VFIO_IOMMU_NOTIFY = 0,
};
#define VFIO_IOMMU_NOTIFY_DMA_UNMAP	BIT(0)

void vfio_init_group_dev(struct vfio_device *device, struct device *dev,
			 const struct vfio_device_ops_519 *ops);
void vfio_uninit_group_dev(struct vfio_device *device);
int vfio_register_group_dev_519(struct vfio_device *device);
int vfio_register_emulated_iommu_dev_519(struct vfio_device *device);
int vfio_register_notifier(struct vfio_device *device, enum vfio_notify_type type,
			   unsigned long *required_events, struct notifier_block *nb);
int vfio_unregister_notifier(struct vfio_device *device, enum vfio_notify_type type,
			     struct notifier_block *nb);
int vfio_pin_pages_519(struct vfio_device *device, unsigned long *user_pfn, int npage, int prot,
		       unsigned long *phys_pfn);
int vfio_unpin_pages_519(struct vfio_device *device, unsigned long *user_pfn, int npage);

#endif
