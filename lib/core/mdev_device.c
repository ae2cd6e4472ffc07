// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mediated devices and their parents, from coming to going. Clauses MDEV-002,
 * MDEV-005 to MDEV-008, MDEV-011 to MDEV-014.
 *
 * A name is taken, and an instance used up, until the last reference on the
 * device has gone, which may be long after its removal.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "mdev.h"

static struct class_compat *mdev_bus_class;

static LIST_HEAD(mdev_list);
static DEFINE_MUTEX(mdev_list_lock);	/* also active, and the change of available_instances */

static bool mdev_core_counts(const struct mdev_parent *parent)
{
	return !parent->mdev_driver->get_available;
}

static void mdev_device_release(struct device *dev)
{
	struct mdev_device *mdev = to_mdev_device(dev);
	struct mdev_parent *parent = mdev->type->parent;

	mutex_lock(&mdev_list_lock);
	list_del(&mdev->next);
	if (mdev_core_counts(parent))
		atomic_inc(&parent->available_instances);
	mutex_unlock(&mdev_list_lock);

	kobject_put(&mdev->type->kobj);
	kfree(mdev);
}

static bool mdev_name_taken(const guid_t *uuid)
{
	struct mdev_device *mdev;

	list_for_each_entry(mdev, &mdev_list, next)
		if (guid_equal(&mdev->uuid, uuid))
			return true;
	return false;
}

/* A device on the list, which lives by its references from here on. */
static struct mdev_device *mdev_device_alloc(struct mdev_type *type, const guid_t *uuid)
{
	struct mdev_parent *parent = type->parent;
	struct mdev_device *mdev;

	mutex_lock(&mdev_list_lock);
	if (mdev_name_taken(uuid)) {
		mdev = ERR_PTR(-EEXIST);
		goto out;
	}
	if (mdev_core_counts(parent)) {
		if (!atomic_read(&parent->available_instances)) {
			mdev = ERR_PTR(-EUSERS);
			goto out;
		}
		atomic_dec(&parent->available_instances);
	}
	mdev = kzalloc(sizeof(*mdev), GFP_KERNEL);
	if (!mdev) {
		/* The count is lost, as it is in all kernels so far: MDEV-011. */
		mdev = ERR_PTR(-ENOMEM);
		goto out;
	}

	device_initialize(&mdev->dev);
	mdev->dev.parent = parent->dev;
	mdev->dev.bus = &mdev_bus_type;
	mdev->dev.release = mdev_device_release;
	mdev->dev.groups = mdev_device_groups;
	mdev->type = type;
	kobject_get(&type->kobj);
	guid_copy(&mdev->uuid, uuid);
	list_add(&mdev->next, &mdev_list);
out:
	mutex_unlock(&mdev_list_lock);
	return mdev;
}

/* With parent->unreg_sem held for reading. */
static int mdev_device_add(struct mdev_device *mdev, struct mdev_driver *drv)
{
	int ret = device_add(&mdev->dev);

	if (ret)
		return ret;
	ret = device_driver_attach(&drv->driver, &mdev->dev);
	if (!ret)
		ret = mdev_add_links(mdev);
	if (ret) {
		device_del(&mdev->dev);
		return ret;
	}

	mutex_lock(&mdev_list_lock);
	mdev->active = true;
	mutex_unlock(&mdev_list_lock);
	return 0;
}

int mdev_device_create(struct mdev_type *type, const guid_t *uuid)
{
	struct mdev_parent *parent = type->parent;
	struct mdev_device *mdev = mdev_device_alloc(type, uuid);
	int ret;

	if (IS_ERR(mdev))
		return PTR_ERR(mdev);

	ret = dev_set_name(&mdev->dev, "%pUl", uuid);
	if (!ret && !down_read_trylock(&parent->unreg_sem)) {
		ret = -ENODEV;
	} else if (!ret) {
		ret = mdev_device_add(mdev, parent->mdev_driver);
		up_read(&parent->unreg_sem);
	}
	if (ret)
		put_device(&mdev->dev);
	return ret;
}

/* With parent->unreg_sem held. Sleeps until the driver's users have gone. */
static void mdev_device_del(struct mdev_device *mdev)
{
	mdev_remove_links(mdev);
	device_del(&mdev->dev);
	put_device(&mdev->dev);
}

/* Only one caller gets 0: active is true once. */
static int mdev_device_claim(struct mdev_device *mdev)
{
	struct mdev_device *other;
	int ret = -ENODEV;

	mutex_lock(&mdev_list_lock);
	list_for_each_entry(other, &mdev_list, next) {
		if (other != mdev)
			continue;
		ret = mdev->active ? 0 : -EAGAIN;
		mdev->active = false;
		break;
	}
	mutex_unlock(&mdev_list_lock);
	return ret;
}

int mdev_device_remove(struct mdev_device *mdev)
{
	struct mdev_parent *parent = mdev->type->parent;
	int ret = mdev_device_claim(mdev);

	if (ret)
		return ret;
	/* Whoever takes the parent away takes this device away, too. */
	if (!down_read_trylock(&parent->unreg_sem))
		return -ENODEV;
	mdev_device_del(mdev);
	up_read(&parent->unreg_sem);
	return 0;
}

int mdev_register_parent(struct mdev_parent *parent, struct device *dev,
			 struct mdev_driver *mdev_driver, struct mdev_type **types,
			 unsigned int nr_types)
{
	int ret;

	memset(parent, 0, sizeof(*parent));
	init_rwsem(&parent->unreg_sem);
	parent->dev = dev;
	parent->mdev_driver = mdev_driver;
	parent->types = types;
	parent->nr_types = nr_types;
	atomic_set(&parent->available_instances, mdev_driver->max_instances);

	ret = mdev_parent_add_types(parent);
	if (ret)
		return ret;
	/* The parent works without: users find it below /sys/devices. */
	if (class_compat_create_link(mdev_bus_class, dev, NULL))
		dev_warn(dev, "cannot be linked from /sys/class/mdev_bus\n");
	dev_info(dev, "MDEV: Registered\n");
	return 0;
}
EXPORT_SYMBOL(mdev_register_parent);

static int mdev_child_del(struct device *dev, void *unused)
{
	if (dev->bus == &mdev_bus_type)
		mdev_device_del(to_mdev_device(dev));
	return 0;
}

void mdev_unregister_parent(struct mdev_parent *parent)
{
	dev_info(parent->dev, "MDEV: Unregistering\n");

	down_write(&parent->unreg_sem);
	class_compat_remove_link(mdev_bus_class, parent->dev, NULL);
	device_for_each_child(parent->dev, NULL, mdev_child_del);
	mdev_parent_remove_types(parent);
	up_write(&parent->unreg_sem);
}
EXPORT_SYMBOL(mdev_unregister_parent);

int __init mdev_class_init(void)
{
	mdev_bus_class = class_compat_register("mdev_bus");
	return mdev_bus_class ? 0 : -ENOMEM;
}

void mdev_class_exit(void)
{
	class_compat_unregister(mdev_bus_class);
}
