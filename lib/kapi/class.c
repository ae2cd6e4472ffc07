// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classes of devices.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>
#include "base.h"

static LIST_HEAD(classes);

struct class_private *kapi_class(const struct class *class)
{
	struct class_private *cp;

	list_for_each_entry(cp, &classes, all)
		if (cp->class == class)
			return cp;
	return NULL;
}

static struct class_private *find_class(const struct class *class)
{
	struct class_private *cp;

	pthread_mutex_lock(&kapi_base_lock);
	cp = kapi_class(class);
	pthread_mutex_unlock(&kapi_base_lock);
	return cp;
}

static const struct class *class_of(struct kobject *kobj)
{
	const struct class *class = NULL;
	struct class_private *cp;

	pthread_mutex_lock(&kapi_base_lock);
	list_for_each_entry(cp, &classes, all)
		if (&cp->subsys->kobj == kobj)
			class = cp->class;
	pthread_mutex_unlock(&kapi_base_lock);
	return class;
}

static ssize_t class_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct class_attribute *cattr = container_of(attr, struct class_attribute, attr);

	return cattr->show ? cattr->show(class_of(kobj), cattr, buf) : -EIO;
}

static ssize_t class_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf,
				size_t count)
{
	struct class_attribute *cattr = container_of(attr, struct class_attribute, attr);

	return cattr->store ? cattr->store(class_of(kobj), cattr, buf, count) : -EIO;
}

static const struct sysfs_ops class_sysfs_ops = {
	.show = class_attr_show,
	.store = class_attr_store,
};

static void class_kset_release(struct kobject *kobj)
{
	kfree(to_kset(kobj));
}

static const struct kobj_type class_ktype = {
	.release = class_kset_release,
	.sysfs_ops = &class_sysfs_ops,
};

static int make_dir(struct class_private *cp)
{
	struct kset *kset = kzalloc(sizeof(*kset), GFP_KERNEL);
	int ret;

	if (!kset)
		return -ENOMEM;
	kset->kobj.ktype = &class_ktype;
	kset->kobj.kset = kapi_class_kset();
	ret = kobject_set_name(&kset->kobj, "%s", cp->class->name);
	if (!ret)
		ret = kset_register(kset);
	if (ret) {
		kfree(kset->kobj.name);
		kfree(kset);
		return ret;
	}
	cp->subsys = kset;
	return 0;
}

int class_register(const struct class *class)
{
	struct class_private *cp = kzalloc(sizeof(*cp), GFP_KERNEL);
	int ret;

	if (!cp)
		return -ENOMEM;
	cp->class = class;
	INIT_LIST_HEAD(&cp->devices);
	ret = make_dir(cp);
	if (ret) {
		kfree(cp);
		return ret;
	}
	pthread_mutex_lock(&kapi_base_lock);
	list_add_tail(&cp->all, &classes);
	pthread_mutex_unlock(&kapi_base_lock);
	ret = sysfs_create_groups(&cp->subsys->kobj, class->class_groups);
	if (ret)
		class_unregister(class);
	return ret;
}

void class_unregister(const struct class *class)
{
	struct class_private *cp = find_class(class);

	if (!cp)
		return;
	WARN_ON(!list_empty(&cp->devices));
	sysfs_remove_groups(&cp->subsys->kobj, class->class_groups);
	pthread_mutex_lock(&kapi_base_lock);
	list_del(&cp->all);
	pthread_mutex_unlock(&kapi_base_lock);
	kset_unregister(cp->subsys);
	kfree(cp);
	if (class->class_release)
		class->class_release(class);
}

static void free_class(const struct class *class)
{
	kfree(class);
}

struct class *class_create(const char *name)
{
	struct class *class = kzalloc(sizeof(*class), GFP_KERNEL);
	int ret;

	if (!class)
		return ERR_PTR(-ENOMEM);
	class->name = name;
	class->class_release = free_class;
	ret = class_register(class);
	if (ret) {
		kfree(class);
		return ERR_PTR(ret);
	}
	return class;
}

void class_destroy(const struct class *class)
{
	if (!IS_ERR_OR_NULL(class))
		class_unregister(class);
}

bool class_is_registered(const struct class *class)
{
	return find_class(class);
}

int kapi_class_add_device(struct device *dev)
{
	struct class_private *cp;
	int ret;

	if (!dev->class)
		return 0;
	cp = find_class(dev->class);
	if (!cp)
		return -EINVAL;
	ret = sysfs_create_link(&dev->kobj, &cp->subsys->kobj, "subsystem");
	if (!ret && dev->parent)
		ret = sysfs_create_link(&dev->kobj, &dev->parent->kobj, "device");
	if (!ret)
		ret = sysfs_create_link(&cp->subsys->kobj, &dev->kobj, dev_name(dev));
	if (ret)
		kapi_class_remove_device(dev);
	return ret;
}

void kapi_class_remove_device(struct device *dev)
{
	struct class_private *cp = dev->class ? find_class(dev->class) : NULL;

	if (!cp)
		return;
	sysfs_remove_link(&cp->subsys->kobj, dev_name(dev));
	if (dev->parent)
		sysfs_remove_link(&dev->kobj, "device");
	sysfs_remove_link(&dev->kobj, "subsystem");
}

int class_for_each_device(const struct class *class, const struct device *start, void *data,
			  int (*fn)(struct device *dev, void *data))
{
	struct class_private *cp = find_class(class);

	if (!cp)
		return -EINVAL;
	return kapi_walk(&cp->devices, kapi_list_offset(class_node), start, data, fn);
}

struct device *class_find_device(const struct class *class, const struct device *start,
				 const void *data,
				 int (*match)(struct device *dev, const void *data))
{
	struct class_private *cp = find_class(class);

	if (!cp)
		return NULL;
	return kapi_search(&cp->devices, kapi_list_offset(class_node), start, data, match);
}

struct device *class_find_device_by_name(const struct class *class, const char *name)
{
	return class_find_device(class, NULL, name, device_match_name);
}

struct device *class_find_device_by_devt(const struct class *class, dev_t devt)
{
	return class_find_device(class, NULL, &devt, device_match_devt);
}

static void free_device(struct device *dev)
{
	kfree(dev);
}

struct device *device_create(const struct class *class, struct device *parent, dev_t devt,
			     void *drvdata, const char *fmt, ...)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	va_list args;
	int ret;

	if (!dev)
		return ERR_PTR(-ENOMEM);
	device_initialize(dev);
	dev->devt = devt;
	dev->class = class;
	dev->parent = parent;
	dev->release = free_device;
	dev_set_drvdata(dev, drvdata);
	va_start(args, fmt);
	ret = kobject_set_name_vargs(&dev->kobj, fmt, args);
	va_end(args);
	if (!ret)
		ret = device_add(dev);
	if (ret) {
		put_device(dev);
		return ERR_PTR(ret);
	}
	return dev;
}

void device_destroy(const struct class *class, dev_t devt)
{
	struct device *dev = class_find_device_by_devt(class, devt);

	if (dev) {
		put_device(dev);
		device_unregister(dev);
	}
}

struct class_compat {
	struct kobject *kobj;
};

struct class_compat *class_compat_register(const char *name)
{
	struct class_compat *cls = kmalloc(sizeof(*cls), GFP_KERNEL);

	if (!cls)
		return NULL;
	cls->kobj = kobject_create_and_add(name, &kapi_class_kset()->kobj);
	if (!cls->kobj) {
		kfree(cls);
		return NULL;
	}
	return cls;
}

void class_compat_unregister(struct class_compat *cls)
{
	kobject_del(cls->kobj);
	kobject_put(cls->kobj);
	kfree(cls);
}

int class_compat_create_link(struct class_compat *cls, struct device *dev,
			     struct device *device_link)
{
	int ret = sysfs_create_link(cls->kobj, &dev->kobj, dev_name(dev));

	if (ret || !device_link)
		return ret;
	ret = sysfs_create_link(&dev->kobj, &device_link->kobj, "device");
	if (ret)
		sysfs_remove_link(cls->kobj, dev_name(dev));
	return ret;
}

void class_compat_remove_link(struct class_compat *cls, struct device *dev,
			      struct device *device_link)
{
	if (device_link)
		sysfs_remove_link(&dev->kobj, "device");
	sysfs_remove_link(cls->kobj, dev_name(dev));
}
