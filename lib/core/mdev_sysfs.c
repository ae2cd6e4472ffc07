// SPDX-License-Identifier: GPL-2.0-only
/*
 * What users see of mediated devices: types below a parent, the remove attribute
 * of a device, and the links between the two. Clauses MDEV-001 to MDEV-004,
 * MDEV-008 to MDEV-010, MDEV-014.
 */
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mdev.h"

struct mdev_type_attribute {
	struct attribute attr;
	ssize_t (*show)(struct mdev_type *type, char *buf);
	ssize_t (*store)(struct mdev_type *type, const char *buf, size_t count);
};

static struct mdev_type *mdev_type_of(struct kobject *kobj)
{
	return container_of(kobj, struct mdev_type, kobj);
}

static ssize_t mdev_type_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct mdev_type_attribute *ta = container_of(attr, struct mdev_type_attribute, attr);

	return ta->show ? ta->show(mdev_type_of(kobj), buf) : -EIO;
}

static ssize_t mdev_type_attr_store(struct kobject *kobj, struct attribute *attr,
				    const char *buf, size_t count)
{
	struct mdev_type_attribute *ta = container_of(attr, struct mdev_type_attribute, attr);

	return ta->store ? ta->store(mdev_type_of(kobj), buf, count) : -EIO;
}

static const struct sysfs_ops mdev_type_sysfs_ops = {
	.show = mdev_type_attr_show,
	.store = mdev_type_attr_store,
};

static ssize_t create_store(struct mdev_type *type, const char *buf, size_t count)
{
	guid_t uuid;
	int ret;

	/* With a newline behind it or without. @buf ends with a NUL in any case. */
	if (UNLESS_MUTANT(mdev_any_uuid_length,
			  count != UUID_STRING_LEN && count != UUID_STRING_LEN + 1))
		return -EINVAL;
	ret = guid_parse(buf, &uuid);
	if (!ret)
		ret = mdev_device_create(type, &uuid);
	return ret ?: count;
}

static ssize_t device_api_show(struct mdev_type *type, char *buf)
{
	return sysfs_emit(buf, "%s\n", type->parent->mdev_driver->device_api);
}

static ssize_t name_show(struct mdev_type *type, char *buf)
{
	return sysfs_emit(buf, "%s\n", type->pretty_name ?: type->sysfs_name);
}

static ssize_t available_instances_show(struct mdev_type *type, char *buf)
{
	struct mdev_parent *parent = type->parent;
	unsigned int left;

	if (parent->mdev_driver->get_available)
		left = parent->mdev_driver->get_available(type);
	else
		left = atomic_read(&parent->available_instances);
	return sysfs_emit(buf, "%u\n", left);
}

static ssize_t description_show(struct mdev_type *type, char *buf)
{
	return type->parent->mdev_driver->show_description(type, buf);
}

static struct mdev_type_attribute mdev_type_create = __ATTR_WO(create);
static struct mdev_type_attribute mdev_type_device_api = __ATTR_RO(device_api);
static struct mdev_type_attribute mdev_type_name = __ATTR_RO(name);
static struct mdev_type_attribute mdev_type_available = __ATTR_RO(available_instances);
static struct mdev_type_attribute mdev_type_description = __ATTR_RO(description);

static struct attribute *mdev_type_attrs[] = {
	&mdev_type_create.attr,
	&mdev_type_device_api.attr,
	&mdev_type_name.attr,
	&mdev_type_available.attr,
	&mdev_type_description.attr,
	NULL,
};

static umode_t mdev_type_attr_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	if (attr == &mdev_type_description.attr &&
	    !mdev_type_of(kobj)->parent->mdev_driver->show_description)
		return 0;
	return attr->mode;
}

static const struct attribute_group mdev_type_group = {
	.attrs = mdev_type_attrs,
	.is_visible = mdev_type_attr_visible,
};

static const struct attribute_group *mdev_type_groups[] = { &mdev_type_group, NULL };

/* A type is part of what hangs off the parent device, and keeps it. */
static void mdev_type_release(struct kobject *kobj)
{
	struct mdev_type *type = mdev_type_of(kobj);

	put_device(type->parent->dev);
	if (type->release)
		type->release(type);
}

static const struct kobj_type mdev_type_ktype = {
	.sysfs_ops = &mdev_type_sysfs_ops,
	.default_groups = mdev_type_groups,
	.release = mdev_type_release,
};

static void mdev_type_remove(struct mdev_type *type)
{
	struct kobject *dir = &type->kobj;

	kobject_put(type->devices_kobj);
	kobject_del(dir);
	kobject_put(dir);
}

static int mdev_type_add(struct mdev_parent *parent, struct mdev_type *type)
{
	struct device *dev = get_device(parent->dev);
	struct kobject *dir = &type->kobj;
	int ret;

	type->parent = parent;
	dir->kset = parent->mdev_types_kset;
	ret = kobject_init_and_add(dir, &mdev_type_ktype, NULL, "%s-%s", dev_driver_string(dev),
				   type->sysfs_name);
	if (!ret) {
		type->devices_kobj = kobject_create_and_add("devices", dir);
		if (type->devices_kobj)
			return 0;
		kobject_del(dir);
		ret = -ENOMEM;
	}
	kobject_put(dir);
	return ret;
}

static void mdev_remove_types(struct mdev_parent *parent, unsigned int n)
{
	while (n--)
		mdev_type_remove(parent->types[n]);
	kset_unregister(parent->mdev_types_kset);
}

int mdev_parent_add_types(struct mdev_parent *parent)
{
	struct kset *types = kset_create_and_add("mdev_supported_types", NULL,
						 &parent->dev->kobj);
	unsigned int done;
	int ret = 0;

	if (!types)
		return -ENOMEM;
	parent->mdev_types_kset = types;
	for (done = 0; done < parent->nr_types && !ret; done += !ret)
		ret = mdev_type_add(parent, parent->types[done]);
	if (ret)
		mdev_remove_types(parent, done);
	return ret;
}

void mdev_parent_remove_types(struct mdev_parent *parent)
{
	mdev_remove_types(parent, parent->nr_types);
}

/*
 * The attribute goes first, so that of several writers one goes on to remove the
 * device; the others find nothing left to do.
 */
static ssize_t remove_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t count)
{
	unsigned long value;
	int ret = 0;

	if (kstrtoul(buf, 0, &value))
		return -EINVAL;
	if ((value || MUTANT(mdev_remove_by_zero, !value)) && device_remove_file_self(dev, attr))
		ret = mdev_device_remove(to_mdev_device(dev));
	return ret ?: count;
}
static DEVICE_ATTR_WO(remove);

static struct attribute *mdev_device_attrs[] = { &dev_attr_remove.attr, NULL };
static const struct attribute_group mdev_device_group = { .attrs = mdev_device_attrs };
const struct attribute_group *mdev_device_groups[] = { &mdev_device_group, NULL };

/* Each leads to the other: the device in its type's list, the type in its device. */
int mdev_add_links(struct mdev_device *mdev)
{
	struct kobject *list = mdev->type->devices_kobj, *own = &mdev->dev.kobj;
	int ret = sysfs_create_link(list, own, dev_name(&mdev->dev));

	if (!ret) {
		ret = sysfs_create_link(own, &mdev->type->kobj, "mdev_type");
		if (ret)
			sysfs_remove_link(list, dev_name(&mdev->dev));
	}
	return ret;
}

void mdev_remove_links(struct mdev_device *mdev)
{
	sysfs_remove_link(&mdev->dev.kobj, "mdev_type");
	sysfs_remove_link(mdev->type->devices_kobj, dev_name(&mdev->dev));
}
