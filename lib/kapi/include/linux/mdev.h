/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MDEV_H
#define MDEV_H

/*
 * Mediated devices: a parent device offers types, users make devices of them
 * through sysfs, and the parent's driver drives them. Rules: clauses MDEV. The
 * functions stand in the core (module mdev).
 */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/rwsem.h>
#include <linux/uuid.h>
#include <kapi/level.h>

struct mdev_driver;
struct mdev_parent;
struct mdev_type;

/* A device that a user made. @uuid is its name; the rest is the core's. */
struct mdev_device {
	struct device dev;
	struct mdev_type *type;
	guid_t uuid;
	bool active;
	struct list_head next;
};

/*
 * The driver sets both names before it registers the parent: the directory is
 * called DRIVER-@sysfs_name, and the name attribute shows @pretty_name, or
 * without one @sysfs_name. Must stay until the parent device is released.
 */
struct mdev_type {
	const char *sysfs_name;
	const char *pretty_name;

	struct mdev_parent *parent;	/* set by mdev_register_parent() */

	/* For the core only. */
	struct kobject kobj;
	struct kobject *devices_kobj;
	void (*release)(struct mdev_type *type);	/* of types that the core allocated */
};

/* Embedded in the parent's own structure. All of it is set by mdev_register_parent(). */
struct mdev_parent {
	struct mdev_driver *mdev_driver;
	struct device *dev;
	atomic_t available_instances;
	unsigned int nr_types;
	struct mdev_type **types;
	struct kset *mdev_types_kset;
	struct rw_semaphore unreg_sem;	/* written while the parent goes away */
};

static inline struct mdev_device *to_mdev_device(struct device *dev)
{
	return container_of(dev, struct mdev_device, dev);
}

static inline struct device *mdev_dev(struct mdev_device *mdev)
{
	return &mdev->dev;
}

#if KAPI_LEVEL < 601
#include <kapi/mdev_level.h>
#else
/*
 * @device_api: text of the attribute of that name; needed
 * @max_instances: devices that a parent may have in all, counted by the core
 * @probe, @remove: a device has come, must go. 0 or -errno
 * @get_available: how many more devices of a type there can be. A driver with
 *	it counts for itself, and @max_instances has no meaning
 * @show_description: text of the description attribute, which is there if this is
 */
struct mdev_driver {
	int (*probe)(struct mdev_device *dev);
	void (*remove)(struct mdev_device *dev);
	const char *device_api;
	ssize_t (*show_description)(struct mdev_type *mtype, char *buf);
	unsigned int (*get_available)(struct mdev_type *mtype);
	unsigned int max_instances;
	struct device_driver driver;
};

/*
 * Offer @types below @dev, whose driver name, or else class name, begins their
 * names. The caller keeps a reference on @dev until it has unregistered. Users
 * may make devices before the call returns. 0 or -errno.
 */
int mdev_register_parent(struct mdev_parent *parent, struct device *dev,
			 struct mdev_driver *mdev_driver, struct mdev_type **types,
			 unsigned int nr_types);
/* Removes all its devices first, and so sleeps until nobody uses them. */
void mdev_unregister_parent(struct mdev_parent *parent);

/* 0; -EINVAL without device_api; what driver_register() returns. */
int mdev_register_driver(struct mdev_driver *drv);
void mdev_unregister_driver(struct mdev_driver *drv);
#endif	/* KAPI_LEVEL */

#endif
