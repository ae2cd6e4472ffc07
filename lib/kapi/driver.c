// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers: registration and their directories.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>
#include "base.h"
#include "vfs_node.h"

static ssize_t drv_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct driver_attribute *dattr = container_of(attr, struct driver_attribute, attr);

	return dattr->show ? dattr->show(to_driver(kobj)->driver, buf) : -EIO;
}

static ssize_t drv_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf,
			      size_t count)
{
	struct driver_attribute *dattr = container_of(attr, struct driver_attribute, attr);

	return dattr->store ? dattr->store(to_driver(kobj)->driver, buf, count) : -EIO;
}

static const struct sysfs_ops drv_sysfs_ops = {
	.show = drv_attr_show,
	.store = drv_attr_store,
};

static void driver_release(struct kobject *kobj)
{
	kfree(to_driver(kobj));
}

static const struct kobj_type driver_ktype = {
	.release = driver_release,
	.sysfs_ops = &drv_sysfs_ops,
};

static ssize_t bind_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct device *dev = bus_find_device_by_name(drv->bus, NULL, buf);
	ssize_t ret = -ENODEV;

	if (dev && kapi_match(drv, dev) > 0)
		ret = device_driver_attach(drv, dev) ?: (ssize_t)count;
	put_device(dev);
	return ret;
}

static ssize_t unbind_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct device *dev = bus_find_device_by_name(drv->bus, NULL, buf);
	ssize_t ret = -ENODEV;

	if (dev && dev->driver == drv) {
		kapi_driver_detach(drv, dev);
		ret = count;
	}
	put_device(dev);
	return ret;
}

static ssize_t uevent_store(struct device_driver *drv, const char *buf, size_t count)
{
	return count;
}

static DRIVER_ATTR_WO(bind);
static DRIVER_ATTR_WO(unbind);
static DRIVER_ATTR_WO(uevent);

static const struct attribute *bind_attrs[] = {
	&driver_attr_bind.attr,
	&driver_attr_unbind.attr,
	NULL,
};

/* /sys/module/M/drivers/BUS:DRIVER and the way back. */
static void add_module_links(struct device_driver *drv)
{
	struct kapi_node *mod = drv->owner ? drv->owner->dir : NULL, *dir;
	char name[64];

	if (!mod)
		return;
	kapi_mklink(drv->p->kobj.sd, "module", mod);
	kapi_mkdir(mod, "drivers");
	dir = kapi_node_find(mod, "drivers");
	snprintf(name, sizeof(name), "%s:%s", drv->bus->name, drv->name);
	if (dir)
		kapi_mklink(dir, name, drv->p->kobj.sd);
	kapi_node_put(dir);
}

static int add_files(struct device_driver *drv, const struct bus_type *bus)
{
	int ret = sysfs_create_file(&drv->p->kobj, &driver_attr_uevent.attr);

	if (!ret)
		ret = sysfs_create_groups(&drv->p->kobj, bus->drv_groups);
	if (!ret && !drv->suppress_bind_attrs)
		ret = sysfs_create_files(&drv->p->kobj, bind_attrs);
	if (!ret)
		ret = sysfs_create_groups(&drv->p->kobj, drv->groups);
	return ret;
}

int driver_register(struct device_driver *drv)
{
	struct subsys_private *sp = kapi_bus(drv->bus);
	struct driver_private *p;
	int ret;

	if (!sp) {
		pr_err("Driver '%s' was unable to register with bus_type '%s' because the bus was not initialized.\n",
		       drv->name, drv->bus ? drv->bus->name : "");
		return -EINVAL;
	}
	if (driver_find(drv->name, drv->bus)) {
		pr_err("Error: Driver '%s' is already registered, aborting...\n", drv->name);
		return -EBUSY;
	}
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	INIT_LIST_HEAD(&p->devices);
	INIT_LIST_HEAD(&p->bus_node);
	p->driver = drv;
	drv->p = p;
	p->kobj.kset = sp->drivers_kset;
	ret = kobject_init_and_add(&p->kobj, &driver_ktype, NULL, "%s", drv->name);
	if (!ret)
		ret = add_files(drv, drv->bus);
	if (ret) {
		drv->p = NULL;
		kobject_put(&p->kobj);
		return ret;
	}
	add_module_links(drv);
	pthread_mutex_lock(&kapi_base_lock);
	list_add_tail(&p->bus_node, &sp->drivers);
	pthread_mutex_unlock(&kapi_base_lock);
	if (sp->drivers_autoprobe)
		ret = driver_attach(drv);
	if (ret)
		driver_unregister(drv);
	return ret;
}

void driver_unregister(struct device_driver *drv)
{
	struct driver_private *p = drv->p;

	if (WARN(!p, "Unexpected driver unregister!\n"))
		return;
	sysfs_remove_groups(&p->kobj, drv->groups);
	if (!drv->suppress_bind_attrs)
		sysfs_remove_files(&p->kobj, bind_attrs);
	sysfs_remove_groups(&p->kobj, drv->bus->drv_groups);
	sysfs_remove_file(&p->kobj, &driver_attr_uevent.attr);
	pthread_mutex_lock(&kapi_base_lock);
	list_del_init(&p->bus_node);
	pthread_mutex_unlock(&kapi_base_lock);
	kapi_driver_detach_all(drv);
	kobject_del(&p->kobj);
	drv->p = NULL;
	kobject_put(&p->kobj);
}

struct device_driver *driver_find(const char *name, const struct bus_type *bus)
{
	struct subsys_private *sp = kapi_bus(bus);
	struct device_driver *found = NULL;
	struct driver_private *p;

	if (!sp)
		return NULL;
	pthread_mutex_lock(&kapi_base_lock);
	list_for_each_entry(p, &sp->drivers, bus_node)
		if (!strcmp(p->driver->name, name))
			found = p->driver;
	pthread_mutex_unlock(&kapi_base_lock);
	return found;
}

int driver_create_file(const struct device_driver *driver, const struct driver_attribute *attr)
{
	return sysfs_create_file(&driver->p->kobj, &attr->attr);
}

void driver_remove_file(const struct device_driver *driver, const struct driver_attribute *attr)
{
	sysfs_remove_file(&driver->p->kobj, &attr->attr);
}

int driver_for_each_device(struct device_driver *drv, struct device *start, void *data,
			   int (*fn)(struct device *dev, void *data))
{
	return kapi_walk(&drv->p->devices, kapi_list_offset(driver_node), start, data, fn);
}

struct device *driver_find_device(const struct device_driver *drv, struct device *start,
				  const void *data,
				  int (*match)(struct device *dev, const void *data))
{
	return kapi_search(&drv->p->devices, kapi_list_offset(driver_node), start, data, match);
}

int driver_set_override(struct device *dev, const char **override, const char *s, size_t len)
{
	const char *name, *old;
	size_t n;

	if (!override || !s)
		return -EINVAL;
	/* The attribute's text goes through a page, newline and NUL included. */
	if (len >= 4096 - 1)
		return -EINVAL;
	n = strcspn(s, "\n");
	n = min(n, len);
	name = n ? kstrndup(s, n, GFP_KERNEL) : NULL;
	if (n && !name)
		return -ENOMEM;
	device_lock(dev);
	old = *override;
	*override = name;
	device_unlock(dev);
	kfree(old);
	return 0;
}
