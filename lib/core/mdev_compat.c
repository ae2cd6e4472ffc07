// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers of mediated devices written for 5.19: their types are groups of
 * attributes, and parents are known by their device. For each driver and each
 * parent there is one of the core's own here, which speaks with theirs.
 */
#include <linux/err.h>
#include <linux/kref.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mdev.h"

#define mdev_driver mdev_driver_519
#define mdev_type_attribute mdev_type_attribute_519
#include <kapi/mdev_ops_519.h>
#undef mdev_type_attribute
#undef mdev_driver

int mdev_register_device(struct device *dev, struct mdev_driver_519 *drv);
void mdev_unregister_device(struct device *dev);
int mdev_register_driver_519(struct mdev_driver_519 *drv);
void mdev_unregister_driver_519(struct mdev_driver_519 *drv);
unsigned int mdev_get_type_group_id(struct mdev_device *mdev);
unsigned int mtype_get_type_group_id(struct mdev_type *mtype);
struct device *mtype_get_parent_dev(struct mdev_type *mtype);
struct device *mdev_parent_dev(struct mdev_device *mdev);

struct mdev_compat_driver {
	struct mdev_driver driver;
	struct mdev_driver_519 *theirs;
	struct list_head next;
	char device_api[64];
};

struct mdev_compat_type {
	struct mdev_type type;
	struct mdev_compat_parent *parent;
	struct attribute_group *group;
	unsigned int id;
	char name[64];
};

/* Lives until the last of its types is released, which its devices may delay. */
struct mdev_compat_parent {
	struct mdev_parent parent;
	struct kref ref;
	struct list_head next;
	unsigned int nr_types;
	struct mdev_type **types;
	struct mdev_compat_type type[];
};

static DEFINE_MUTEX(mdev_compat_lock);	/* both lists */
static LIST_HEAD(mdev_compat_drivers);
static LIST_HEAD(mdev_compat_parents);

static struct mdev_compat_type *to_compat_type(struct mdev_type *type)
{
	return container_of(type, struct mdev_compat_type, type);
}

/* What the driver's attribute @name of the type shows, without the newline; -errno. */
static ssize_t mdev_compat_show(struct mdev_compat_type *ct, const char *name, char *buf)
{
	struct mdev_type_attribute_519 *ta;
	struct attribute **attr;
	ssize_t len;

	for (attr = ct->group->attrs; *attr; attr++) {
		if (strcmp((*attr)->name, name))
			continue;
		ta = container_of(*attr, struct mdev_type_attribute_519, attr);
		len = ta->show ? ta->show(&ct->type, ta, buf) : -EIO;
		if (len > 0 && buf[len - 1] == '\n')
			len--;
		if (len >= 0)
			buf[len] = '\0';
		return len;
	}
	return -ENOENT;
}

static unsigned int mdev_compat_available(struct mdev_type *type)
{
	unsigned int left = 0;
	char *buf = kzalloc(PAGE_SIZE, GFP_KERNEL);

	if (buf && mdev_compat_show(to_compat_type(type), "available_instances", buf) > 0 &&
	    kstrtouint(buf, 0, &left))
		left = 0;
	kfree(buf);
	return left;
}

static ssize_t mdev_compat_description(struct mdev_type *type, char *buf)
{
	ssize_t len = mdev_compat_show(to_compat_type(type), "description", buf);

	return len < 0 ? len : sysfs_emit_at(buf, len, "\n") + len;
}

static struct mdev_compat_driver *mdev_compat_driver(const struct mdev_driver_519 *drv)
{
	struct mdev_compat_driver *cd;

	list_for_each_entry(cd, &mdev_compat_drivers, next)
		if (cd->theirs == drv)
			return cd;
	return NULL;
}

static struct mdev_compat_parent *mdev_compat_parent(const struct device *dev)
{
	struct mdev_compat_parent *cp;

	list_for_each_entry(cp, &mdev_compat_parents, next)
		if (cp->parent.dev == dev)
			return cp;
	return NULL;
}

int mdev_register_driver_519(struct mdev_driver_519 *drv)
{
	struct mdev_compat_driver *cd = kzalloc(sizeof(*cd), GFP_KERNEL);
	int ret;

	if (!cd)
		return -ENOMEM;
	cd->theirs = drv;
	cd->driver.probe = drv->probe;
	cd->driver.remove = drv->remove;
	cd->driver.get_available = mdev_compat_available;
	cd->driver.device_api = cd->device_api;
	cd->driver.driver = drv->driver;

	ret = mdev_register_driver(&cd->driver);
	if (ret) {
		kfree(cd);
		return ret;
	}
	mutex_lock(&mdev_compat_lock);
	list_add(&cd->next, &mdev_compat_drivers);
	mutex_unlock(&mdev_compat_lock);
	return 0;
}
EXPORT_SYMBOL(mdev_register_driver_519);

void mdev_unregister_driver_519(struct mdev_driver_519 *drv)
{
	struct mdev_compat_driver *cd;

	mutex_lock(&mdev_compat_lock);
	cd = mdev_compat_driver(drv);
	if (cd)
		list_del(&cd->next);
	mutex_unlock(&mdev_compat_lock);
	if (!cd)
		return;
	mdev_unregister_driver(&cd->driver);
	kfree(cd);
}
EXPORT_SYMBOL(mdev_unregister_driver_519);

static void mdev_compat_parent_free(struct kref *ref)
{
	struct mdev_compat_parent *cp = container_of(ref, struct mdev_compat_parent, ref);

	kfree(cp->types);
	kfree(cp);
}

static void mdev_compat_type_release(struct mdev_type *type)
{
	kref_put(&to_compat_type(type)->parent->ref, mdev_compat_parent_free);
}

static struct mdev_compat_parent *mdev_compat_parent_alloc(struct device *dev,
							   struct attribute_group **groups)
{
	struct mdev_compat_parent *cp;
	struct mdev_compat_type *ct;
	unsigned int n, i;

	for (n = 0; groups[n]; n++)
		if (!groups[n]->name)
			return ERR_PTR(-EINVAL);

	cp = kzalloc(struct_size(cp, type, n), GFP_KERNEL);
	if (!cp)
		return ERR_PTR(-ENOMEM);
	cp->types = kcalloc(n, sizeof(*cp->types), GFP_KERNEL);
	if (!cp->types) {
		kfree(cp);
		return ERR_PTR(-ENOMEM);
	}

	kref_init(&cp->ref);
	cp->nr_types = n;
	cp->parent.dev = dev;
	for (i = 0; i < n; i++) {
		ct = &cp->type[i];
		ct->parent = cp;
		ct->group = groups[i];
		ct->id = i;
		ct->type.sysfs_name = groups[i]->name;
		ct->type.parent = &cp->parent;	/* the driver's attributes ask for it */
		ct->type.release = mdev_compat_type_release;
		cp->types[i] = &ct->type;
	}
	return cp;
}

/* Texts that the core has as such, the driver as functions. @page: room for one. */
static void mdev_compat_texts(struct mdev_compat_parent *cp, struct mdev_compat_driver *cd,
			      char *page)
{
	unsigned int i;

	if (cp->nr_types && mdev_compat_show(&cp->type[0], "device_api", page) > 0)
		strscpy(cd->device_api, page, sizeof(cd->device_api));
	for (i = 0; i < cp->nr_types; i++) {
		if (mdev_compat_show(&cp->type[i], "name", page) > 0) {
			strscpy(cp->type[i].name, page, sizeof(cp->type[i].name));
			cp->type[i].type.pretty_name = cp->type[i].name;
		}
		if (mdev_compat_show(&cp->type[i], "description", page) >= 0)
			cd->driver.show_description = mdev_compat_description;
	}
}

static int mdev_compat_register(struct mdev_compat_parent *cp, struct mdev_compat_driver *cd)
{
	char *page = kzalloc(PAGE_SIZE, GFP_KERNEL);
	struct device *dev = cp->parent.dev;
	unsigned int i;
	int ret;

	if (!page)
		return -ENOMEM;
	mdev_compat_texts(cp, cd, page);
	kfree(page);

	for (i = 0; i < cp->nr_types; i++)
		kref_get(&cp->ref);
	get_device(dev);
	ret = mdev_register_parent(&cp->parent, dev, &cd->driver, cp->types, cp->nr_types);
	if (!ret)
		return 0;

	/* The core releases the types that it began with, and only these. */
	for (i = 0; i < cp->nr_types; i++)
		if (!cp->type[i].type.kobj.kset)
			kref_put(&cp->ref, mdev_compat_parent_free);
	put_device(dev);
	return ret;
}

int mdev_register_device(struct device *dev, struct mdev_driver_519 *drv)
{
	struct mdev_compat_parent *cp;
	struct mdev_compat_driver *cd;
	int ret;

	if (!drv->supported_type_groups)
		return -EINVAL;

	mutex_lock(&mdev_compat_lock);
	cd = mdev_compat_driver(drv);
	if (!cd)
		ret = -ENODEV;
	else if (mdev_compat_parent(dev))
		ret = -EEXIST;
	else
		ret = PTR_ERR_OR_ZERO(cp = mdev_compat_parent_alloc(dev,
								    drv->supported_type_groups));
	if (!ret) {
		ret = mdev_compat_register(cp, cd);
		if (!ret)
			list_add(&cp->next, &mdev_compat_parents);
		else
			kref_put(&cp->ref, mdev_compat_parent_free);
	}
	mutex_unlock(&mdev_compat_lock);
	return ret;
}
EXPORT_SYMBOL(mdev_register_device);

void mdev_unregister_device(struct device *dev)
{
	struct mdev_compat_parent *cp;

	mutex_lock(&mdev_compat_lock);
	cp = mdev_compat_parent(dev);
	if (cp)
		list_del(&cp->next);
	mutex_unlock(&mdev_compat_lock);
	if (!cp)
		return;
	mdev_unregister_parent(&cp->parent);
	kref_put(&cp->ref, mdev_compat_parent_free);
	put_device(dev);
}
EXPORT_SYMBOL(mdev_unregister_device);

unsigned int mtype_get_type_group_id(struct mdev_type *mtype)
{
	return to_compat_type(mtype)->id;
}
EXPORT_SYMBOL(mtype_get_type_group_id);

unsigned int mdev_get_type_group_id(struct mdev_device *mdev)
{
	return mtype_get_type_group_id(mdev->type);
}
EXPORT_SYMBOL(mdev_get_type_group_id);

struct device *mtype_get_parent_dev(struct mdev_type *mtype)
{
	return mtype->parent->dev;
}
EXPORT_SYMBOL(mtype_get_parent_dev);

struct device *mdev_parent_dev(struct mdev_device *mdev)
{
	return mdev->type->parent->dev;
}
EXPORT_SYMBOL(mdev_parent_dev);
