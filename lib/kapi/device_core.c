// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: life, and their place in sysfs.
 */
#include <kapi/objects.h>
#include <kapi/vfs.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>
#include "base.h"

pthread_mutex_t kapi_base_lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t dev_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct device_attribute *dattr = container_of(attr, struct device_attribute, attr);

	return dattr->show ? dattr->show(kobj_to_dev(kobj), dattr, buf) : -EIO;
}

static ssize_t dev_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf,
			      size_t count)
{
	struct device_attribute *dattr = container_of(attr, struct device_attribute, attr);

	return dattr->store ? dattr->store(kobj_to_dev(kobj), dattr, buf, count) : -EIO;
}

static const struct sysfs_ops dev_sysfs_ops = {
	.show = dev_attr_show,
	.store = dev_attr_store,
};

static void device_release(struct kobject *kobj)
{
	struct device *dev = kobj_to_dev(kobj);
	struct device_private *p = dev->p;

	kapi_object_add(KAPI_DEVICES, -1);
	devres_release_all(dev);
	if (dev->release)
		dev->release(dev);
	else if (dev->type && dev->type->release)
		dev->type->release(dev);
	else if (dev->class && dev->class->dev_release)
		dev->class->dev_release(dev);
	else
		WARN(1, "Device '%s' does not have a release() function, it is broken and must be fixed.\n",
		     dev_name(dev));
	kfree(p);
}

static const struct kobj_type device_ktype = {
	.release = device_release,
	.sysfs_ops = &dev_sysfs_ops,
};

void device_initialize(struct device *dev)
{
	dev->kobj.kset = kapi_devices_kset();
	kobject_init(&dev->kobj, &device_ktype);
	kapi_object_add(KAPI_DEVICES, 1);
	mutex_init(&dev->mutex);
	spin_lock_init(&dev->devres_lock);
	INIT_LIST_HEAD(&dev->devres_head);
	dev->numa_node = -1;
	kapi_pm_runtime_init(dev);
}

struct device *get_device(struct device *dev)
{
	if (dev)
		kobject_get(&dev->kobj);
	return dev;
}

void put_device(struct device *dev)
{
	if (dev)
		kobject_put(&dev->kobj);
}

int dev_set_name(struct device *dev, const char *fmt, ...)
{
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = kobject_set_name_vargs(&dev->kobj, fmt, args);
	va_end(args);
	return ret;
}

const char *dev_bus_name(const struct device *dev)
{
	return dev->bus ? dev->bus->name : dev->class ? dev->class->name : "";
}

const char *dev_driver_string(const struct device *dev)
{
	struct device_driver *drv = READ_ONCE(dev->driver);

	return drv ? drv->name : dev_bus_name(dev);
}

static ssize_t uevent_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	int n = 0;

	if (MAJOR(dev->devt))
		n += sysfs_emit_at(buf, n, "MAJOR=%u\nMINOR=%u\n", MAJOR(dev->devt),
				   MINOR(dev->devt));
	if (dev->driver)
		n += sysfs_emit_at(buf, n, "DRIVER=%s\n", dev->driver->name);
	return n;
}

/* Asks for an event to be sent again; there is nobody to get it. */
static ssize_t uevent_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t count)
{
	return count;
}

static ssize_t dev_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u:%u\n", MAJOR(dev->devt), MINOR(dev->devt));
}

static DEVICE_ATTR_RW(uevent);
static DEVICE_ATTR_RO(dev);

/*
 * The directory named after the class between a device and its parent, unless
 * the parent is of a class itself. It comes with the first device and goes with
 * the last. Under kapi_base_lock.
 */
struct glue {
	struct kobject kobj;
	struct list_head list;
};

static LIST_HEAD(glues);

static void free_glue(struct kobject *kobj)
{
	struct glue *glue = container_of(kobj, struct glue, kobj);

	list_del(&glue->list);
	kfree(glue);
}

static const struct kobj_type glue_ktype = { .release = free_glue };

static struct glue *new_glue(const char *name, struct kobject *parent)
{
	struct glue *glue = kzalloc(sizeof(*glue), GFP_KERNEL);

	if (!glue)
		return NULL;
	list_add_tail(&glue->list, &glues);
	if (kobject_init_and_add(&glue->kobj, &glue_ktype, parent, "%s", name)) {
		kobject_put(&glue->kobj);
		return NULL;
	}
	return glue;
}

static struct kobject *get_glue(struct device *dev, struct kobject *parent)
{
	struct glue *glue, *found = NULL;

	pthread_mutex_lock(&kapi_base_lock);
	list_for_each_entry(glue, &glues, list) {
		if (glue->kobj.parent == parent && !strcmp(glue->kobj.name, dev->class->name)) {
			found = glue;
			kobject_get(&found->kobj);
			break;
		}
	}
	if (!found)
		found = new_glue(dev->class->name, parent);
	pthread_mutex_unlock(&kapi_base_lock);
	return found ? &found->kobj : NULL;
}

static void put_glue(struct device *dev)
{
	pthread_mutex_lock(&kapi_base_lock);
	kobject_put(dev->p->glue);
	dev->p->glue = NULL;
	pthread_mutex_unlock(&kapi_base_lock);
}

static struct kobject *parent_kobj(struct device *dev)
{
	struct kobject *parent = dev->parent ? &dev->parent->kobj : NULL;

	if (!dev->class)
		return parent;
	if (dev->parent && dev->parent->class)
		return parent;
	dev->p->glue = get_glue(dev, parent ?: kapi_virtual_dir());
	return dev->p->glue ?: ERR_PTR(-ENOMEM);
}

static int add_attrs(struct device *dev)
{
	const struct attribute_group **groups[] = {
		dev->class ? dev->class->dev_groups : NULL,
		dev->type ? dev->type->groups : NULL,
		dev->groups,
	};
	int i, ret;

	ret = device_create_file(dev, &dev_attr_uevent);
	if (!ret && MAJOR(dev->devt))
		ret = device_create_file(dev, &dev_attr_dev);
	for (i = 0; i < 3 && !ret; i++)
		ret = sysfs_create_groups(&dev->kobj, groups[i]);
	return ret;
}

static void remove_attrs(struct device *dev)
{
	sysfs_remove_groups(&dev->kobj, dev->groups);
	if (dev->type)
		sysfs_remove_groups(&dev->kobj, dev->type->groups);
	if (dev->class)
		sysfs_remove_groups(&dev->kobj, dev->class->dev_groups);
	device_remove_file(dev, &dev_attr_dev);
	device_remove_file(dev, &dev_attr_uevent);
}

static int name_and_place(struct device *dev)
{
	struct kobject *parent;
	int ret = 0;

	if (!dev->p) {
		dev->p = kzalloc(sizeof(*dev->p), GFP_KERNEL);
		if (!dev->p)
			return -ENOMEM;
		INIT_LIST_HEAD(&dev->p->children);
		INIT_LIST_HEAD(&dev->p->child_node);
		INIT_LIST_HEAD(&dev->p->bus_node);
		INIT_LIST_HEAD(&dev->p->driver_node);
		INIT_LIST_HEAD(&dev->p->class_node);
		dev->p->device = dev;
	}
	dev->p->dead = false;
	if (dev->init_name) {
		ret = dev_set_name(dev, "%s", dev->init_name);
		dev->init_name = NULL;
	} else if (!dev_name(dev) && dev->bus && dev->bus->dev_name) {
		ret = dev_set_name(dev, "%s%u", dev->bus->dev_name, dev->id);
	}
	if (ret || !dev_name(dev))
		return ret ?: -EINVAL;
	parent = parent_kobj(dev);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	ret = kobject_add(&dev->kobj, parent, "%s", dev_name(dev));
	if (ret && dev->p->glue)
		put_glue(dev);
	return ret;
}

int device_add(struct device *dev)
{
	struct device *parent;
	int ret;

	dev = get_device(dev);
	if (!dev)
		return -EINVAL;
	parent = get_device(dev->parent);
	ret = name_and_place(dev);
	if (ret)
		goto err_parent;
	ret = add_attrs(dev);
	if (ret)
		goto err_attrs;
	ret = kapi_class_add_device(dev);
	if (ret)
		goto err_attrs;
	ret = kapi_bus_add_device(dev);
	if (ret)
		goto err_bus;
	ret = kapi_devnode_add(dev);
	if (ret)
		goto err_devnode;
	kapi_bus_notify(dev, BUS_NOTIFY_ADD_DEVICE);
	kapi_bus_probe_device(dev);
	pthread_mutex_lock(&kapi_base_lock);
	if (parent)
		list_add_tail(&dev->p->child_node, &parent->p->children);
	if (dev->class)
		list_add_tail(&dev->p->class_node, &kapi_class(dev->class)->devices);
	pthread_mutex_unlock(&kapi_base_lock);
	put_device(dev);
	return 0;

err_devnode:
	kapi_bus_remove_device(dev);
err_bus:
	kapi_class_remove_device(dev);
err_attrs:
	remove_attrs(dev);
	kobject_del(&dev->kobj);
	if (dev->p->glue)
		put_glue(dev);
err_parent:
	put_device(parent);
	put_device(dev);
	return ret;
}

int device_register(struct device *dev)
{
	device_initialize(dev);
	return device_add(dev);
}

bool kill_device(struct device *dev)
{
	device_lock_assert(dev);
	if (dev->p->dead)
		return false;
	dev->p->dead = true;
	return true;
}

void device_del(struct device *dev)
{
	struct device *parent = dev->parent;

	device_lock(dev);
	kill_device(dev);
	device_unlock(dev);
	kapi_bus_notify(dev, BUS_NOTIFY_DEL_DEVICE);
	pthread_mutex_lock(&kapi_base_lock);
	list_del_init(&dev->p->child_node);
	list_del_init(&dev->p->class_node);
	pthread_mutex_unlock(&kapi_base_lock);
	kapi_devnode_remove(dev);
	kapi_class_remove_device(dev);
	remove_attrs(dev);
	kapi_bus_remove_device(dev);
	kapi_bus_notify(dev, BUS_NOTIFY_REMOVED_DEVICE);
	kobject_del(&dev->kobj);
	if (dev->p->glue)
		put_glue(dev);
	put_device(parent);
}

void device_unregister(struct device *dev)
{
	device_del(dev);
	put_device(dev);
}

int device_create_file(struct device *dev, const struct device_attribute *attr)
{
	return sysfs_create_file(&dev->kobj, &attr->attr);
}

void device_remove_file(struct device *dev, const struct device_attribute *attr)
{
	sysfs_remove_file(&dev->kobj, &attr->attr);
}

bool device_remove_file_self(struct device *dev, const struct device_attribute *attr)
{
	return sysfs_remove_file_self(&dev->kobj, &attr->attr);
}

int device_create_bin_file(struct device *dev, const struct bin_attribute *attr)
{
	return sysfs_create_bin_file(&dev->kobj, attr);
}

void device_remove_bin_file(struct device *dev, const struct bin_attribute *attr)
{
	sysfs_remove_bin_file(&dev->kobj, attr);
}
