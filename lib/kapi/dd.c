// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binding of devices and drivers.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include "base.h"

bool device_is_bound(struct device *dev)
{
	return dev->p && !list_empty(&dev->p->driver_node);
}

int kapi_match(const struct device_driver *drv, struct device *dev)
{
	return drv->bus->match ? drv->bus->match(dev, drv) : 1;
}

/* The parent's lock first, on buses whose drivers look at the parent. */
static void lock_both(struct device *dev, struct device *parent)
{
	if (parent && dev->bus->need_parent_lock)
		device_lock(parent);
	device_lock(dev);
}

static void unlock_both(struct device *dev, struct device *parent)
{
	device_unlock(dev);
	if (parent && dev->bus->need_parent_lock)
		device_unlock(parent);
}

static int add_links(struct device *dev, struct device_driver *drv)
{
	int ret;

	kapi_bus_notify(dev, BUS_NOTIFY_BIND_DRIVER);
	ret = sysfs_create_link(&drv->p->kobj, &dev->kobj, kobject_name(&dev->kobj));
	if (ret)
		return ret;
	ret = sysfs_create_link(&dev->kobj, &drv->p->kobj, "driver");
	if (ret)
		sysfs_remove_link(&drv->p->kobj, kobject_name(&dev->kobj));
	return ret;
}

static void remove_links(struct device *dev, struct device_driver *drv)
{
	sysfs_remove_link(&drv->p->kobj, kobject_name(&dev->kobj));
	sysfs_remove_link(&dev->kobj, "driver");
}

static void driver_bound(struct device *dev)
{
	pthread_mutex_lock(&kapi_base_lock);
	list_add_tail(&dev->p->driver_node, &dev->driver->p->devices);
	pthread_mutex_unlock(&kapi_base_lock);
	kapi_bus_notify(dev, BUS_NOTIFY_BOUND_DRIVER);
}

int device_bind_driver(struct device *dev)
{
	int ret = add_links(dev, dev->driver);

	if (!ret)
		driver_bound(dev);
	else
		kapi_bus_notify(dev, BUS_NOTIFY_DRIVER_NOT_BOUND);
	return ret;
}

/* What a driver leaves behind, or never got to use. */
static void unbind_cleanup(struct device *dev)
{
	/* Before the driver is forgotten: the bus asks it. */
	if (dev->bus->dma_cleanup)
		dev->bus->dma_cleanup(dev);
	devres_release_all(dev);
	dev_set_drvdata(dev, NULL);
	dev->driver = NULL;
}

static int call_probe(struct device *dev, struct device_driver *drv)
{
	int ret = 0;

	if (dev->bus->probe)
		ret = dev->bus->probe(dev);
	else if (drv->probe)
		ret = drv->probe(dev);
	if (ret == -ENODEV || ret == -ENXIO)
		dev_dbg(dev, "probe with driver %s rejects match %d\n", drv->name, ret);
	else if (ret < 0 && ret != -EPROBE_DEFER)
		dev_err(dev, "probe with driver %s failed with error %d\n", drv->name, ret);
	return ret > 0 ? -ret : ret;
}

static void call_remove(struct device *dev, struct device_driver *drv)
{
	sysfs_remove_groups(&dev->kobj, drv->dev_groups);
	if (dev->bus->remove)
		dev->bus->remove(dev);
	else if (drv->remove)
		drv->remove(dev);
}

static int really_probe(struct device *dev, struct device_driver *drv)
{
	int ret;

	if (!list_empty(&dev->devres_head)) {
		dev_crit(dev, "Resources present before probing\n");
		return -EBUSY;
	}
	dev->driver = drv;
	if (dev->bus->dma_configure) {
		ret = dev->bus->dma_configure(dev);
		if (ret) {
			dev->driver = NULL;
			kapi_bus_notify(dev, BUS_NOTIFY_DRIVER_NOT_BOUND);
			return ret;
		}
	}
	ret = add_links(dev, drv);
	if (ret)
		goto fail;
	ret = call_probe(dev, drv);
	if (ret)
		goto fail_links;
	ret = sysfs_create_groups(&dev->kobj, drv->dev_groups);
	if (ret) {
		call_remove(dev, drv);
		goto fail_links;
	}
	driver_bound(dev);
	return 0;

fail_links:
	remove_links(dev, drv);
fail:
	kapi_bus_notify(dev, BUS_NOTIFY_DRIVER_NOT_BOUND);
	unbind_cleanup(dev);
	return ret;
}

/* Locks held. */
static int probe_device(struct device *dev, struct device_driver *drv)
{
	int ret;

	if (dev->p->dead || !device_is_registered(dev))
		return -ENODEV;
	if (dev->driver)
		return -EBUSY;
	dev->can_match = true;
	ret = really_probe(dev, drv);
	pm_runtime_idle(dev);
	return ret;
}

static int attach_one(struct device_driver *drv, void *data)
{
	struct device *dev = data;
	int ret = kapi_match(drv, dev);

	if (ret <= 0)
		return ret == -EPROBE_DEFER ? 0 : ret;
	/* A driver that fails does not keep the next one from trying. */
	return probe_device(dev, drv) ? 0 : 1;
}

int device_attach(struct device *dev)
{
	struct device *parent = dev->parent;
	int ret = 0;

	if (!dev->bus)
		return 0;
	lock_both(dev, parent);
	if (dev->p->dead)
		goto out;
	if (dev->driver) {
		ret = device_is_bound(dev) || !device_bind_driver(dev);
		if (!ret)
			dev->driver = NULL;
		goto out;
	}
	ret = bus_for_each_drv(dev->bus, NULL, dev, attach_one);
out:
	unlock_both(dev, parent);
	return ret;
}

int device_driver_attach(const struct device_driver *drv, struct device *dev)
{
	struct device *parent = dev->parent;
	int ret;

	lock_both(dev, parent);
	ret = probe_device(dev, (struct device_driver *)drv);
	unlock_both(dev, parent);
	return ret == -EPROBE_DEFER ? -EAGAIN : ret;
}

static int driver_attach_one(struct device *dev, void *data)
{
	struct device_driver *drv = data;
	struct device *parent = dev->parent;
	int ret = kapi_match(drv, dev);

	if (ret <= 0)
		return 0;
	lock_both(dev, parent);
	if (!dev->driver)
		probe_device(dev, drv);
	unlock_both(dev, parent);
	return 0;
}

int driver_attach(const struct device_driver *drv)
{
	return bus_for_each_dev(drv->bus, NULL, (void *)drv, driver_attach_one);
}

/* Locks held. */
static void release_driver(struct device *dev)
{
	struct device_driver *drv = dev->driver;

	if (!drv)
		return;
	/* The driver finds its device awake. */
	pm_runtime_get_sync(dev);
	remove_links(dev, drv);
	kapi_bus_notify(dev, BUS_NOTIFY_UNBIND_DRIVER);
	pm_runtime_put_sync(dev);
	call_remove(dev, drv);
	unbind_cleanup(dev);
	pthread_mutex_lock(&kapi_base_lock);
	list_del_init(&dev->p->driver_node);
	pthread_mutex_unlock(&kapi_base_lock);
	kapi_bus_notify(dev, BUS_NOTIFY_UNBOUND_DRIVER);
}

void kapi_driver_detach(const struct device_driver *drv, struct device *dev)
{
	struct device *parent = dev->parent;

	if (!dev->bus)
		return;
	lock_both(dev, parent);
	if (!drv || drv == dev->driver)
		release_driver(dev);
	unlock_both(dev, parent);
}

void device_release_driver(struct device *dev)
{
	kapi_driver_detach(NULL, dev);
}

/* Last bound, first unbound. */
void kapi_driver_detach_all(struct device_driver *drv)
{
	for (;;) {
		struct device *dev = NULL;

		pthread_mutex_lock(&kapi_base_lock);
		if (!list_empty(&drv->p->devices)) {
			dev = list_last_entry(&drv->p->devices, struct device_private,
					      driver_node)->device;
			get_device(dev);
		}
		pthread_mutex_unlock(&kapi_base_lock);
		if (!dev)
			return;
		kapi_driver_detach(drv, dev);
		put_device(dev);
	}
}

int device_reprobe(struct device *dev)
{
	int ret;

	if (dev->driver)
		device_release_driver(dev);
	ret = dev->driver ? 0 : device_attach(dev);
	return ret < 0 ? ret : 0;
}
