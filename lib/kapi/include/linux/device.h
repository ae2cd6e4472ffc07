/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _DEVICE_H_
#define _DEVICE_H_

/*
 * The device model. Locking as in the kernel: probe and remove of a driver run
 * with device_lock() held (the parent's too, if the bus wants it).
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/cred.h>
#include <linux/dev_printk.h>
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/kobject.h>
#include <linux/lockdep.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/types.h>
#include <linux/device/bus.h>
#include <linux/device/class.h>
#include <linux/device/driver.h>

struct dev_iommu;
struct device;
struct device_node;
struct device_private;
struct fwnode_handle;
struct iommu_group;
struct kobj_uevent_env;

struct device_type {
	const struct dev_pm_ops *pm;
	void (*release)(struct device *dev);
	const char *name;
	char *(*devnode)(const struct device *dev, umode_t *mode, kuid_t *uid, kgid_t *gid);
	int (*uevent)(const struct device *dev, struct kobj_uevent_env *env);
	const struct attribute_group **groups;
};

struct device_attribute {
	ssize_t (*show)(struct device *dev, struct device_attribute *attr, char *buf);
	ssize_t (*store)(struct device *dev, struct device_attribute *attr, const char *buf,
			 size_t count);
	struct attribute attr;
};

#define __DEVICE_ATTR(_name) struct device_attribute dev_attr_##_name
#define DEVICE_ATTR(_name, _mode, _show, _store) \
	__DEVICE_ATTR(_name) = __ATTR(_name, _mode, _show, _store)
#define DEVICE_ATTR_RW(_name)	__DEVICE_ATTR(_name) = __ATTR_RW(_name)
#define DEVICE_ATTR_RO(_name)	__DEVICE_ATTR(_name) = __ATTR_RO(_name)
#define DEVICE_ATTR_WO(_name)	__DEVICE_ATTR(_name) = __ATTR_WO(_name)
#define DEVICE_ATTR_ADMIN_RW(_name) __DEVICE_ATTR(_name) = __ATTR_RW_MODE(_name, 0600)
#define DEVICE_ATTR_ADMIN_RO(_name) __DEVICE_ATTR(_name) = __ATTR_RO_MODE(_name, 0400)

struct device {
	const char *init_name;
	struct device *parent;
	struct kobject kobj;
	struct device_driver *driver;
	const struct bus_type *bus;
	const struct device_type *type;
	void *driver_data;
	void *platform_data;
	struct device_private *p;
	struct mutex mutex;
	struct dev_pm_info power;
	u64 *dma_mask;
	u64 coherent_dma_mask;
	u64 bus_dma_limit;
	struct device_node *of_node;
	struct fwnode_handle *fwnode;
	int numa_node;
	dev_t devt;
	u32 id;
	spinlock_t devres_lock;
	struct list_head devres_head;
	const struct class *class;
	const struct attribute_group **groups;
	void (*release)(struct device *dev);
	struct iommu_group *iommu_group;
	struct dev_iommu *iommu;
	bool offline;
	bool dma_coherent;
	bool can_match;
};

static inline struct device *kobj_to_dev(struct kobject *kobj)
{
	return container_of(kobj, struct device, kobj);
}

static inline const char *dev_name(const struct device *dev)
{
	return dev->init_name ? dev->init_name : kobject_name(&dev->kobj);
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline int device_is_registered(struct device *dev)
{
	return dev->kobj.state_in_sysfs;
}

static inline void device_lock(struct device *dev)
{
	mutex_lock(&dev->mutex);
}

static inline int device_trylock(struct device *dev)
{
	return mutex_trylock(&dev->mutex);
}

static inline int device_lock_interruptible(struct device *dev)
{
	return mutex_lock_interruptible(&dev->mutex);
}

static inline void device_lock_assert(struct device *dev)
{
	lockdep_assert_held(&dev->mutex);
}

static inline void device_unlock(struct device *dev)
{
	mutex_unlock(&dev->mutex);
}

DEFINE_GUARD(device, struct device *, device_lock(_T), device_unlock(_T))

int dev_set_name(struct device *dev, const char *fmt, ...) __printf(2, 3);
const char *dev_driver_string(const struct device *dev);
const char *dev_bus_name(const struct device *dev);

/* After device_initialize() the structure goes away through put_device() and release only. */
void device_initialize(struct device *dev);
int __must_check device_add(struct device *dev);
int __must_check device_register(struct device *dev);
void device_del(struct device *dev);
void device_unregister(struct device *dev);
struct device *get_device(struct device *dev);
void put_device(struct device *dev);
DEFINE_FREE(put_device, struct device *, if (_T) put_device(_T))
/* Marks the device as going: no driver is bound to it any more. Lock held. */
bool kill_device(struct device *dev);

/* Children in order of addition, each with a reference; a value other than 0 ends the walk. */
int device_for_each_child(struct device *dev, void *data,
			  int (*fn)(struct device *dev, void *data));
int device_for_each_child_reverse(struct device *dev, void *data,
				  int (*fn)(struct device *dev, void *data));
struct device *device_find_child(struct device *dev, void *data,
				 int (*match)(struct device *dev, void *data));

int device_create_file(struct device *dev, const struct device_attribute *attr);
void device_remove_file(struct device *dev, const struct device_attribute *attr);
bool device_remove_file_self(struct device *dev, const struct device_attribute *attr);
int __must_check device_create_bin_file(struct device *dev, const struct bin_attribute *attr);
void device_remove_bin_file(struct device *dev, const struct bin_attribute *attr);

/* 1: a driver was bound, 0: none fits, or -errno. */
int __must_check device_attach(struct device *dev);
int __must_check device_driver_attach(const struct device_driver *drv, struct device *dev);
int __must_check driver_attach(const struct device_driver *drv);
void device_release_driver(struct device *dev);
int __must_check device_bind_driver(struct device *dev);
int __must_check device_reprobe(struct device *dev);
bool device_is_bound(struct device *dev);

/* A registered device of @class, or ERR_PTR; device_destroy() undoes it. */
struct device *device_create(const struct class *class, struct device *parent, dev_t devt,
			     void *drvdata, const char *fmt, ...) __printf(5, 6);
void device_destroy(const struct class *class, dev_t devt);

static inline int dev_to_node(struct device *dev)
{
	return dev->numa_node;
}

#include <linux/device/devres.h>

#endif
