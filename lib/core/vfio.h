/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the VFIO core share. Drivers see <linux/vfio.h> only.
 *
 * Lock order: vfio group list lock > group->group_lock > dev_set->lock >
 * container->group_lock > IOMMU driver list lock > the backend's locks.
 * group->device_lock is a leaf. In close_device and open_device the first three
 * may be held, so drivers must not take them.
 */
#ifndef CORE_VFIO_H
#define CORE_VFIO_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/file.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/vfio.h>

#include <kapi/mutant.h>
#include "profile.h"

struct vfio_container;

enum vfio_group_type {
	VFIO_IOMMU,		/* behind a real IOMMU */
	VFIO_EMULATED_IOMMU,	/* DMA is done by the driver with vfio_pin_pages(), vfio_dma_rw() */
	VFIO_NO_IOMMU,		/* nothing between device and memory; root's own risk */
};

struct vfio_group {
	struct device dev;
	struct cdev cdev;
	refcount_t drivers;		/* registered devices, and the file if it keeps the group */
	enum vfio_group_type type;
	struct list_head vfio_next;	/* under the group list lock */

	struct mutex device_lock;
	struct list_head device_list;	/* under device_lock */

	struct mutex group_lock;	/* all below */
	struct iommu_group *iommu_group;	/* NULL once the last device has gone */
	struct vfio_container *container;
	unsigned int container_users;	/* 1 for the container itself, 1 per open device */
	struct list_head container_next;	/* under container->group_lock */
	struct file *opened_file;
	bool kept_by_file;		/* of @drivers one is the file's */

	spinlock_t kvm_ref_lock;
	struct kvm *kvm;		/* under kvm_ref_lock */
};

/* The backend of a container: how groups are attached and memory is mapped. */
struct vfio_iommu_driver_ops {
	struct module *owner;
	char *name;
	/* Container ioctls; VFIO_CHECK_EXTENSION comes with NULL before open. */
	long (*ioctl)(void *iommu_data, unsigned int cmd, unsigned long arg);
	/* @arg: the VFIO_*_IOMMU type. Returns the backend's own object or ERR_PTR. */
	void *(*open)(unsigned long arg);
	int (*attach_group)(void *iommu_data, struct iommu_group *group,
			    enum vfio_group_type type);
	void (*detach_group)(void *iommu_data, struct iommu_group *group);
	void (*release)(void *iommu_data);
	/* Optional, both or none: from the first open to the last close of a device. */
	void (*register_device)(void *iommu_data, struct vfio_device *vdev);
	void (*unregister_device)(void *iommu_data, struct vfio_device *vdev);
	/* Optional; see vfio_pin_pages() and vfio_dma_rw(). */
	int (*dma_rw)(void *iommu_data, dma_addr_t user_iova, void *data, size_t count,
		      bool write);
	int (*pin_pages)(void *iommu_data, struct iommu_group *group, dma_addr_t user_iova,
			 int npage, int prot, struct page **pages);
	/* Returns how many pages were mapped, counted to the first that is not, or -errno. */
	int (*unpin_pages)(void *iommu_data, dma_addr_t user_iova, int npage);
	/* Optional: the container's file was closed; devices of its groups may still be open. */
	void (*closed)(void *iommu_data);
};

struct vfio_iommu_driver {
	struct list_head vfio_next;
	const struct vfio_iommu_driver_ops *ops;
};

/* iommu_driver.c */
int vfio_register_iommu_driver(const struct vfio_iommu_driver_ops *ops);
void vfio_unregister_iommu_driver(const struct vfio_iommu_driver_ops *ops);

/*
 * Walk the backends. @fn gets each one, with a module reference held during the
 * call, until it returns true; that backend is returned and keeps its module
 * reference (drop it with vfio_iommu_driver_put()), else NULL.
 */
struct vfio_iommu_driver *vfio_iommu_driver_find(bool (*fn)(struct vfio_iommu_driver *driver,
							    void *arg), void *arg);
void vfio_iommu_driver_put(struct vfio_iommu_driver *driver);

/* noiommu.c */
extern bool vfio_noiommu;
extern const struct vfio_iommu_driver_ops vfio_noiommu_ops;

/* container.c; those with a group need group->group_lock. */
int vfio_container_init(void);
void vfio_container_cleanup(void);
struct vfio_container *vfio_container_from_file(struct file *file);
long vfio_container_check_extension(struct vfio_container *container, unsigned long arg);
int vfio_container_attach_group(struct vfio_container *container, struct vfio_group *group);
void vfio_group_detach_container(struct vfio_group *group);
/*
 * For backends that make others wait. Something that they may be waiting for has
 * changed; how often it has; wait until it has been more often than @seen. An
 * attach_group that returns -ERESTARTSYS is repeated after the next change.
 */
void vfio_backend_changed(void);
unsigned int vfio_backend_changes(void);
int vfio_backend_wait(unsigned int seen);
/*
 * A device of the group starts to use the container, which keeps the group file
 * open, and ends to. The latter returns the group file: fput() it with no lock
 * held, it may be the last reference.
 */
int vfio_group_use_container(struct vfio_group *group);
struct file *vfio_group_unuse_container(struct vfio_group *group);
/* The container's backend. Stable while a device of the group is open. */
const struct vfio_iommu_driver_ops *vfio_container_backend(struct vfio_container *container,
							   void **iommu_data);

/* group.c */
int vfio_group_init(void);
void vfio_group_cleanup(void);
/* Find or make the group of device->dev; device->group holds the registration. */
int vfio_device_set_group(struct vfio_device *device, enum vfio_group_type type);
void vfio_device_remove_group(struct vfio_device *device);
/* Drop one of group->drivers; the last one ends the group. */
void vfio_group_put(struct vfio_group *group);
/* Let users find the device by name, or no longer. */
void vfio_device_group_register(struct vfio_device *device);
void vfio_device_group_unregister(struct vfio_device *device);

/* group_file.c */
extern const struct file_operations vfio_group_fops;
struct vfio_group *vfio_group_from_file(struct file *file);

/* device.c */
int vfio_device_init(void);
void vfio_device_cleanup(void);
/* Clear memory for a device and what its driver has around it; kvfree(). ERR_PTR if none. */
struct vfio_device *vfio_device_zalloc(size_t size);
/*
 * As vfio_alloc_device() in memory of the caller's, which is clear. The last
 * reference on device->device ends with ops->release, which may free it. 0 or -errno.
 */
int vfio_init_device(struct vfio_device *device, struct device *dev,
		     const struct vfio_device_ops *ops);

/* device_file.c */
extern const struct file_operations vfio_device_fops;
/* Open the device for its group's container. On success the file owns a registration. */
struct file *vfio_device_open_file(struct vfio_device *device);
struct vfio_device *vfio_device_from_file(struct file *file);

/* pin.c: is it open? Warns once if not: a driver must know. */
bool vfio_assert_device_open(struct vfio_device *device);

/* virqfd.c */
int vfio_virqfd_init(void);
void vfio_virqfd_exit(void);

/* device_set.c */
void vfio_release_device_set(struct vfio_device *device);

/* feature.c: VFIO_DEVICE_FEATURE; @arg points to the header. */
int vfio_device_feature(struct vfio_device *device, struct vfio_device_feature __user *arg);

/* What users give to and get from the features of the core. */
union vfio_feature_data {
	struct vfio_device_feature_migration migration;
	struct vfio_device_feature_mig_state state;
	struct vfio_device_feature_mig_data_size size;
	struct vfio_device_feature_dma_logging_control control;
	struct vfio_device_feature_dma_logging_report report;
};

/*
 * A feature of the core, behind the checks of the header. @data is what the user
 * gave, or clear if the feature takes nothing. 0, or how many bytes of @data to
 * hand back, or -errno.
 */
typedef int vfio_feature_fn(struct vfio_device *device, u32 flags, union vfio_feature_data *data,
			    void __user *arg);
/* migration.c */
vfio_feature_fn vfio_feature_migration, vfio_feature_mig_device_state, vfio_feature_mig_data_size,
		vfio_feature_mig_precopy_info_v2;
/* dma_logging.c */
vfio_feature_fn vfio_feature_logging_start, vfio_feature_logging_stop,
		vfio_feature_logging_report;

/* kvm.c: take and drop the device's reference on the VM; dev_set->lock held. */
void vfio_device_get_kvm(struct vfio_device *device);
void vfio_device_put_kvm(struct vfio_device *device);

static inline bool vfio_device_is_noiommu(struct vfio_device *device)
{
	return device->group->type == VFIO_NO_IOMMU;
}

#endif
