// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buses: their devices and drivers, and what user space does with them.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>
#include "base.h"

static LIST_HEAD(buses);

struct subsys_private *kapi_bus(const struct bus_type *bus)
{
	struct subsys_private *sp, *found = NULL;

	pthread_mutex_lock(&kapi_base_lock);
	list_for_each_entry(sp, &buses, all)
		if (bus && sp->bus == bus)
			found = sp;
	pthread_mutex_unlock(&kapi_base_lock);
	return found;
}

static const struct bus_type *bus_of(struct kobject *kobj)
{
	const struct bus_type *bus = NULL;
	struct subsys_private *sp;

	pthread_mutex_lock(&kapi_base_lock);
	list_for_each_entry(sp, &buses, all)
		if (&sp->subsys->kobj == kobj)
			bus = sp->bus;
	pthread_mutex_unlock(&kapi_base_lock);
	return bus;
}

static ssize_t bus_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct bus_attribute *battr = container_of(attr, struct bus_attribute, attr);

	return battr->show ? battr->show(bus_of(kobj), buf) : -EIO;
}

static ssize_t bus_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf,
			      size_t count)
{
	struct bus_attribute *battr = container_of(attr, struct bus_attribute, attr);

	return battr->store ? battr->store(bus_of(kobj), buf, count) : -EIO;
}

static const struct sysfs_ops bus_sysfs_ops = {
	.show = bus_attr_show,
	.store = bus_attr_store,
};

static void bus_kset_release(struct kobject *kobj)
{
	kfree(to_kset(kobj));
}

static const struct kobj_type bus_ktype = {
	.release = bus_kset_release,
	.sysfs_ops = &bus_sysfs_ops,
};

static int rescan_device(struct device *dev, void *data)
{
	int ret = dev->driver ? 0 : device_attach(dev);

	return ret < 0 ? ret : 0;
}

static ssize_t drivers_probe_store(const struct bus_type *bus, const char *buf, size_t count)
{
	struct device *dev = bus_find_device_by_name(bus, NULL, buf);
	ssize_t ret;

	if (!dev)
		return -ENODEV;
	ret = rescan_device(dev, NULL) ? -EINVAL : (ssize_t)count;
	put_device(dev);
	return ret;
}

static ssize_t drivers_autoprobe_show(const struct bus_type *bus, char *buf)
{
	return sysfs_emit(buf, "%d\n", kapi_bus(bus)->drivers_autoprobe);
}

static ssize_t drivers_autoprobe_store(const struct bus_type *bus, const char *buf, size_t count)
{
	kapi_bus(bus)->drivers_autoprobe = buf[0] != '0';
	return count;
}

static ssize_t uevent_store(const struct bus_type *bus, const char *buf, size_t count)
{
	return count;
}

static BUS_ATTR_WO(drivers_probe);
static BUS_ATTR_RW(drivers_autoprobe);
static BUS_ATTR_WO(uevent);

static const struct attribute *bus_attrs[] = {
	&bus_attr_uevent.attr,
	&bus_attr_drivers_probe.attr,
	&bus_attr_drivers_autoprobe.attr,
	NULL,
};

static int make_dirs(struct subsys_private *sp)
{
	struct kset *kset = kzalloc(sizeof(*kset), GFP_KERNEL);
	int ret;

	if (!kset)
		return -ENOMEM;
	kset->kobj.ktype = &bus_ktype;
	kset->kobj.kset = kapi_bus_kset();
	ret = kobject_set_name(&kset->kobj, "%s", sp->bus->name);
	if (!ret)
		ret = kset_register(kset);
	if (ret) {
		kfree(kset->kobj.name);
		kfree(kset);
		return ret;
	}
	sp->subsys = kset;
	sp->devices_kset = kset_create_and_add("devices", NULL, &kset->kobj);
	sp->drivers_kset = kset_create_and_add("drivers", NULL, &kset->kobj);
	return sp->devices_kset && sp->drivers_kset ? 0 : -ENOMEM;
}

static void remove_dirs(struct subsys_private *sp)
{
	kset_unregister(sp->drivers_kset);
	kset_unregister(sp->devices_kset);
	kset_unregister(sp->subsys);
}

int bus_register(const struct bus_type *bus)
{
	struct subsys_private *sp = kzalloc(sizeof(*sp), GFP_KERNEL);
	int ret;

	if (!sp)
		return -ENOMEM;
	sp->bus = bus;
	sp->drivers_autoprobe = true;
	INIT_LIST_HEAD(&sp->devices);
	INIT_LIST_HEAD(&sp->drivers);
	BLOCKING_INIT_NOTIFIER_HEAD(&sp->notifier);
	ret = make_dirs(sp);
	if (!ret) {
		pthread_mutex_lock(&kapi_base_lock);
		list_add_tail(&sp->all, &buses);
		pthread_mutex_unlock(&kapi_base_lock);
		ret = sysfs_create_files(&sp->subsys->kobj, bus_attrs);
		if (!ret)
			ret = sysfs_create_groups(&sp->subsys->kobj, bus->bus_groups);
		if (!ret)
			return 0;
		pthread_mutex_lock(&kapi_base_lock);
		list_del(&sp->all);
		pthread_mutex_unlock(&kapi_base_lock);
	}
	remove_dirs(sp);
	kfree(sp);
	return ret;
}

void bus_unregister(const struct bus_type *bus)
{
	struct subsys_private *sp = kapi_bus(bus);

	if (!sp)
		return;
	WARN_ON(!list_empty(&sp->devices) || !list_empty(&sp->drivers));
	sysfs_remove_groups(&sp->subsys->kobj, bus->bus_groups);
	sysfs_remove_files(&sp->subsys->kobj, bus_attrs);
	pthread_mutex_lock(&kapi_base_lock);
	list_del(&sp->all);
	pthread_mutex_unlock(&kapi_base_lock);
	remove_dirs(sp);
	kfree(sp);
}

int bus_create_file(const struct bus_type *bus, struct bus_attribute *attr)
{
	struct subsys_private *sp = kapi_bus(bus);

	return sp ? sysfs_create_file(&sp->subsys->kobj, &attr->attr) : -EINVAL;
}

void bus_remove_file(const struct bus_type *bus, struct bus_attribute *attr)
{
	struct subsys_private *sp = kapi_bus(bus);

	if (sp)
		sysfs_remove_file(&sp->subsys->kobj, &attr->attr);
}

int bus_register_notifier(const struct bus_type *bus, struct notifier_block *nb)
{
	struct subsys_private *sp = kapi_bus(bus);

	return sp ? blocking_notifier_chain_register(&sp->notifier, nb) : -EINVAL;
}

int bus_unregister_notifier(const struct bus_type *bus, struct notifier_block *nb)
{
	struct subsys_private *sp = kapi_bus(bus);

	return sp ? blocking_notifier_chain_unregister(&sp->notifier, nb) : -EINVAL;
}

void kapi_bus_notify(struct device *dev, enum bus_notifier_event event)
{
	struct subsys_private *sp = kapi_bus(dev->bus);

	if (sp)
		blocking_notifier_call_chain(&sp->notifier, event, dev);
}

int kapi_bus_add_device(struct device *dev)
{
	struct subsys_private *sp;
	int ret;

	if (!dev->bus)
		return 0;
	sp = kapi_bus(dev->bus);
	if (!sp)
		return -EINVAL;
	ret = sysfs_create_groups(&dev->kobj, dev->bus->dev_groups);
	if (ret)
		return ret;
	ret = sysfs_create_link(&sp->devices_kset->kobj, &dev->kobj, dev_name(dev));
	if (!ret) {
		ret = sysfs_create_link(&dev->kobj, &sp->subsys->kobj, "subsystem");
		if (ret)
			sysfs_remove_link(&sp->devices_kset->kobj, dev_name(dev));
	}
	if (ret) {
		sysfs_remove_groups(&dev->kobj, dev->bus->dev_groups);
		return ret;
	}
	pthread_mutex_lock(&kapi_base_lock);
	list_add_tail(&dev->p->bus_node, &sp->devices);
	pthread_mutex_unlock(&kapi_base_lock);
	return 0;
}

void kapi_bus_probe_device(struct device *dev)
{
	struct subsys_private *sp = kapi_bus(dev->bus);

	if (sp && sp->drivers_autoprobe && device_attach(dev) < 0)
		dev_dbg(dev, "no driver could be bound\n");
}

void kapi_bus_remove_device(struct device *dev)
{
	struct subsys_private *sp = kapi_bus(dev->bus);

	if (!sp)
		return;
	sysfs_remove_link(&dev->kobj, "subsystem");
	sysfs_remove_link(&sp->devices_kset->kobj, dev_name(dev));
	sysfs_remove_groups(&dev->kobj, dev->bus->dev_groups);
	pthread_mutex_lock(&kapi_base_lock);
	list_del_init(&dev->p->bus_node);
	pthread_mutex_unlock(&kapi_base_lock);
	device_release_driver(dev);
}

int bus_for_each_dev(const struct bus_type *bus, struct device *start, void *data,
		     int (*fn)(struct device *dev, void *data))
{
	struct subsys_private *sp = kapi_bus(bus);

	return sp ? kapi_walk(&sp->devices, kapi_list_offset(bus_node), start, data, fn) : -EINVAL;
}

struct device *bus_find_device(const struct bus_type *bus, struct device *start,
			       const void *data,
			       int (*match)(struct device *dev, const void *data))
{
	struct subsys_private *sp = kapi_bus(bus);

	return sp ? kapi_search(&sp->devices, kapi_list_offset(bus_node), start, data, match) :
	       NULL;
}

struct device *bus_find_device_by_name(const struct bus_type *bus, struct device *start,
				       const char *name)
{
	return bus_find_device(bus, start, name, device_match_name);
}

int bus_rescan_devices(const struct bus_type *bus)
{
	return bus_for_each_dev(bus, NULL, NULL, rescan_device);
}

/* Drivers stay while they are walked: their kobjects are held. */
int bus_for_each_drv(const struct bus_type *bus, struct device_driver *start, void *data,
		     int (*fn)(struct device_driver *drv, void *data))
{
	struct subsys_private *sp = kapi_bus(bus);
	struct driver_private **copy, *p;
	size_t n = 0, i;
	bool go = !start;
	int ret = 0;

	if (!sp)
		return -EINVAL;
	pthread_mutex_lock(&kapi_base_lock);
	copy = kcalloc(list_count_nodes(&sp->drivers) + 1, sizeof(*copy),
		       GFP_KERNEL | __GFP_NOFAIL);
	BUG_ON(!copy);
	list_for_each_entry(p, &sp->drivers, bus_node) {
		if (go && kobject_get_unless_zero(&p->kobj))
			copy[n++] = p;
		go |= p->driver == start;
	}
	pthread_mutex_unlock(&kapi_base_lock);
	for (i = 0; i < n && !ret; i++)
		ret = fn(copy[i]->driver, data);
	for (i = 0; i < n; i++)
		kobject_put(&copy[i]->kobj);
	kfree(copy);
	return ret;
}
