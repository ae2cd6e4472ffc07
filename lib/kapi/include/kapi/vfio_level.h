/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/vfio.h> that only earlier API levels have, and the user API
 * that they do not have yet. Symbols with a level in their name are adapters in
 * lib/core/compat*.c. Include <linux/vfio.h>.
 */
#ifndef KAPI_VFIO_LEVEL_H
#define KAPI_VFIO_LEVEL_H

#include <linux/notifier.h>

/* What came after 6.1: drivers ask with #ifdef whether there is such a thing. */
#undef VFIO_MIGRATION_PRE_COPY
#undef VFIO_MIG_GET_PRECOPY_INFO
#undef VFIO_DEVICE_FEATURE_MIG_DATA_SIZE
#undef VFIO_DEVICE_FEATURE_BUS_MASTER
#undef VFIO_DEVICE_BIND_IOMMUFD
#undef VFIO_DEVICE_ATTACH_IOMMUFD_PT
#undef VFIO_DEVICE_DETACH_IOMMUFD_PT
#undef VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP
#undef VFIO_PCI_HOT_RESET_FLAG_DEV_ID
#undef VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED
#undef VFIO_PCI_DEVID_OWNED
#undef VFIO_PCI_DEVID_NOT_OWNED

#if KAPI_LEVEL == 601
/* Level 6.1: the driver's release op frees the device itself. */

/* As vfio_alloc_device() of 6.12, for memory of the caller's; cleared. Returns 0 or -errno. */
int vfio_init_device_601(struct vfio_device *device, struct device *dev,
			 const struct vfio_device_ops *ops);
#define vfio_init_device vfio_init_device_601
/* Use vfio_alloc_device(struct name, member, parent device, ops); see 6.12. */
struct vfio_device *_vfio_alloc_device_601(size_t size, struct device *dev,
					   const struct vfio_device_ops *ops);
#define vfio_alloc_device(type, member, dev, ops) \
	container_of(_vfio_alloc_device_601(sizeof(struct type) + \
					    BUILD_BUG_ON_ZERO(offsetof(struct type, member)), \
					    dev, ops), \
		     struct type, member)
/* The end of a release op of a device that vfio_alloc_device() made. */
void vfio_free_device(struct vfio_device *device);

/* Drops the driver's reference; the last one runs ops->release. */
static inline void vfio_put_device(struct vfio_device *device)
{
	put_device(&device->device);
}

int vfio_register_group_dev_601(struct vfio_device *device);
int vfio_register_emulated_iommu_dev_601(struct vfio_device *device);
#define vfio_register_group_dev			vfio_register_group_dev_601
#define vfio_register_emulated_iommu_dev	vfio_register_emulated_iommu_dev_601

/* Sum of the members' open_count. Call with dev_set->lock held. */
unsigned int vfio_device_set_open_count(struct vfio_device_set *dev_set);
#endif

#if KAPI_LEVEL == 519
/* What came with 6.0 and 6.1. */
#undef VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY
#undef VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP
#undef VFIO_DEVICE_FEATURE_LOW_POWER_EXIT
#undef VFIO_DEVICE_FEATURE_DMA_LOGGING_START
#undef VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP
#undef VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT

/*
 * Level 5.19: the device is part of a structure that the driver allocates, clears
 * and frees. init makes it ready, and fails silently if there is no memory: then
 * register returns -ENOMEM. uninit is its reverse, to be called after unregister
 * or when there was no (successful) register; it waits for the last reference, so
 * that the memory can be freed next.
 */
void vfio_init_group_dev(struct vfio_device *device, struct device *dev,
			 const struct vfio_device_ops *ops);
void vfio_uninit_group_dev(struct vfio_device *device);
int vfio_register_group_dev_519(struct vfio_device *device);
int vfio_register_emulated_iommu_dev_519(struct vfio_device *device);
#define vfio_register_group_dev			vfio_register_group_dev_519
#define vfio_register_emulated_iommu_dev	vfio_register_emulated_iommu_dev_519

enum vfio_notify_type {
	VFIO_IOMMU_NOTIFY = 0,
};

/* Event with a struct vfio_iommu_type1_dma_unmap: iova and size are about to be unmapped. */
#define VFIO_IOMMU_NOTIFY_DMA_UNMAP	BIT(0)

/*
 * vfio_register_notifier - have @nb called at events of the device's container
 * @type: VFIO_IOMMU_NOTIFY
 * @required_events: mask of events that must be known; known ones are cleared
 *
 * For an open device. Returns 0, -EINVAL (not open, other type, no event or one
 * that there is not) or -ENOTTY (no-IOMMU). Clauses PIN-044 to PIN-046.
 */
int vfio_register_notifier(struct vfio_device *device, enum vfio_notify_type type,
			   unsigned long *required_events, struct notifier_block *nb);
/* Undo it; also for an open device only. 0, -EINVAL, -ENOTTY or -ENOENT. */
int vfio_unregister_notifier(struct vfio_device *device, enum vfio_notify_type type,
			     struct notifier_block *nb);

/*
 * vfio_pin_pages - pin single pages of user memory
 * @user_pfn: I/O virtual page numbers, any
 * @phys_pfn: receives the page frame numbers
 *
 * Errors as at 6.12; and -EINVAL while no device of the container has a notifier
 * for DMA_UNMAP, or if the group has more devices (PIN-006, PIN-020).
 */
int vfio_pin_pages_519(struct vfio_device *device, unsigned long *user_pfn, int npage, int prot,
		       unsigned long *phys_pfn);
/*
 * Returns the pages up to the first that is not mapped, or -EINVAL (none), -E2BIG,
 * -EACCES (type1 v1), -ENOTTY. Clauses PIN-018, PIN-019.
 */
int vfio_unpin_pages_519(struct vfio_device *device, unsigned long *user_pfn, int npage);
#define vfio_pin_pages		vfio_pin_pages_519
#define vfio_unpin_pages	vfio_unpin_pages_519
#endif

#endif
