/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the files of the device model (device*.c, bus.c, class.c, driver*.c).
 *
 * All lists of devices and drivers are under one lock, which is held for steps
 * only: walks work on a copy of the list with a reference on each member.
 */
#ifndef KAPI_BASE_H
#define KAPI_BASE_H

#include <linux/device.h>

struct kapi_node;

struct device_private {
	struct list_head children;	/* child_node of the children */
	struct list_head child_node;
	struct list_head bus_node;
	struct list_head driver_node;
	struct list_head class_node;
	struct device *device;
	struct kapi_node *node;		/* below /dev */
	struct kapi_node *dev_char;	/* in /sys/dev/char */
	struct kobject *glue;		/* the class directory between parent and device */
	bool dead;
};

struct driver_private {
	struct kobject kobj;
	struct list_head devices;	/* driver_node of the devices bound */
	struct list_head bus_node;
	struct device_driver *driver;
};

struct subsys_private {
	struct list_head all;
	const struct bus_type *bus;
	struct kset *subsys;		/* /sys/bus/NAME */
	struct kset *devices_kset;
	struct kset *drivers_kset;
	struct list_head devices;	/* in order of addition */
	struct list_head drivers;
	struct blocking_notifier_head notifier;
	bool drivers_autoprobe;
};

struct class_private {
	struct list_head all;
	const struct class *class;
	struct kset *subsys;		/* /sys/class/NAME */
	struct list_head devices;
};

extern pthread_mutex_t kapi_base_lock;
/* /sys/devices, /sys/devices/virtual, /sys/bus, /sys/class; made on first use. */
struct kset *kapi_devices_kset(void);
struct kobject *kapi_virtual_dir(void);
struct kset *kapi_bus_kset(void);
struct kset *kapi_class_kset(void);

/* The members of a device list, each with a reference; NULL terminated, free with put_devices(). */
struct device **kapi_copy_list(struct list_head *head, size_t offset);
void kapi_put_copy(struct device **devs);
/* Walk a copy from behind @start on (NULL: all) until @fn says something but 0. */
int kapi_walk(struct list_head *head, size_t offset, const struct device *start, void *data,
	      int (*fn)(struct device *dev, void *data));
struct device *kapi_search(struct list_head *head, size_t offset, const struct device *start,
			   const void *data, int (*match)(struct device *dev, const void *data));
#define kapi_list_offset(node) offsetof(struct device_private, node)

struct subsys_private *kapi_bus(const struct bus_type *bus);
struct class_private *kapi_class(const struct class *class);

/* Steps of device_add() and device_del(). */
int kapi_bus_add_device(struct device *dev);
void kapi_bus_probe_device(struct device *dev);
void kapi_bus_remove_device(struct device *dev);
void kapi_bus_notify(struct device *dev, enum bus_notifier_event event);
int kapi_class_add_device(struct device *dev);
void kapi_class_remove_device(struct device *dev);
int kapi_devnode_add(struct device *dev);
void kapi_devnode_remove(struct device *dev);

/* Does @drv fit? With its negative errors. */
int kapi_match(const struct device_driver *drv, struct device *dev);
/* Unbind @dev if it is bound to @drv (NULL: whatever it is bound to), with the locks taken. */
void kapi_driver_detach(const struct device_driver *drv, struct device *dev);
void kapi_driver_detach_all(struct device_driver *drv);
int kapi_bus_add_driver(struct device_driver *drv);
void kapi_bus_remove_driver(struct device_driver *drv);

static inline struct driver_private *to_driver(struct kobject *kobj)
{
	return container_of(kobj, struct driver_private, kobj);
}

#endif
