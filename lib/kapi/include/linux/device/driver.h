/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _DEVICE_DRIVER_H_
#define _DEVICE_DRIVER_H_

#include <linux/device/bus.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/types.h>

struct driver_private;

/* probe: 0 binds; -ENODEV, -ENXIO: not for this device. */
struct device_driver {
	const char *name;
	const struct bus_type *bus;
	struct module *owner;
	const char *mod_name;
	bool suppress_bind_attrs;
	int (*probe)(struct device *dev);
	int (*remove)(struct device *dev);
	void (*shutdown)(struct device *dev);
	const struct attribute_group **groups;
	const struct attribute_group **dev_groups;
	const struct dev_pm_ops *pm;
	struct driver_private *p;
};

struct driver_attribute {
	struct attribute attr;
	ssize_t (*show)(struct device_driver *driver, char *buf);
	ssize_t (*store)(struct device_driver *driver, const char *buf, size_t count);
};

#define DRIVER_ATTR_RW(_name) struct driver_attribute driver_attr_##_name = __ATTR_RW(_name)
#define DRIVER_ATTR_RO(_name) struct driver_attribute driver_attr_##_name = __ATTR_RO(_name)
#define DRIVER_ATTR_WO(_name) struct driver_attribute driver_attr_##_name = __ATTR_WO(_name)

/* -EBUSY: a driver of this name is on the bus; -EINVAL: no such bus. Binds what matches. */
int __must_check driver_register(struct device_driver *drv);
/* Unbinds all its devices first. */
void driver_unregister(struct device_driver *drv);
struct device_driver *driver_find(const char *name, const struct bus_type *bus);
int __must_check driver_create_file(const struct device_driver *driver,
				    const struct driver_attribute *attr);
void driver_remove_file(const struct device_driver *driver, const struct driver_attribute *attr);
int driver_for_each_device(struct device_driver *drv, struct device *start, void *data,
			   int (*fn)(struct device *dev, void *data));
/* With a reference, or NULL. */
struct device *driver_find_device(const struct device_driver *drv, struct device *start,
				  const void *data,
				  int (*match)(struct device *dev, const void *data));
/*
 * What a bus's driver_override attribute stores: *@override becomes a copy of
 * the @len bytes at @s without a trailing newline; "" clears it. 0, -EINVAL, -ENOMEM.
 */
int driver_set_override(struct device *dev, const char **override, const char *s, size_t len);
/* Likewise for a device of a bus that has the attribute (PCI). -EINVAL: of another one. */
int device_set_driver_override(struct device *dev, const char *s);
static inline void wait_for_device_probe(void)
{
}

#endif
