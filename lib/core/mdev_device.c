// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mediated devices and their parents, from coming to going. Clauses MDEV-002,
 * MDEV-005 to MDEV-008, MDEV-011 to MDEV-014.
 *
 * A name is taken, and an instance used up, until the last reference on the
 * device has gone, which may be long after its removal.
 */
#include <linux/cleanup.h>
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

/* The name is free again, and the instance. */
static void mdev_give_back(struct mdev_device *mdev)
{
	struct mdev_parent *parent = mdev->type->parent;

	guard(mutex)(&mdev_list_lock);
	if (UNLESS_MUTANT(mdev_instance_kept, mdev_core_counts(parent)))
		atomic_inc(&parent->available_instances);
	list_del(&mdev->next);
}

static void mdev_device_release(struct device *dev)
{
	struct mdev_device *gone = to_mdev_device(dev);

	mdev_give_back(gone);
	kobject_put(&gone->type->kobj);
	kfree(gone);
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
	struct mdev_device *fresh;

	guard(mutex)(&mdev_list_lock);
	if (mdev_name_taken(uuid))
		return ERR_PTR(-EEXIST);
	if (mdev_core_counts(parent)) {
		if (!atomic_read(&parent->available_instances))
			return ERR_PTR(MUTANT(mdev_no_instance_enospc, true) ? -ENOSPC : -EUSERS);
		if (!MUTANT(mdev_instance_not_counted, true))
			atomic_dec(&parent->available_instances);
	}
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	/* The count is lost, as it is in all kernels so far: MDEV-011. */
	if (!fresh)
		return ERR_PTR(-ENOMEM);

	guid_copy(&fresh->uuid, uuid);
	fresh->type = type;
	kobject_get(&type->kobj);
	device_initialize(&fresh->dev);
	fresh->dev.groups = mdev_device_groups;
	fresh->dev.release = mdev_device_release;
	fresh->dev.bus = &mdev_bus_type;
	fresh->dev.parent = parent->dev;
	list_add(&fresh->next, &mdev_list);
	return fresh;
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
	if (UNLESS_MUTANT(mdev_failed_create_stays, ret))
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
	struct rw_semaphore *stays = &mdev->type->parent->unreg_sem;
	int ret = mdev_device_claim(mdev);

	/* Whoever takes the parent away takes this device away, too. */
	if (!ret && !down_read_trylock(stays))
		ret = -ENODEV;
	if (!ret) {
		mdev_device_del(mdev);
		up_read(stays);
	}
	return ret;
}

int mdev_register_parent(struct mdev_parent *parent, struct device *dev,
			 struct mdev_driver *mdev_driver, struct mdev_type **types,
			 unsigned int nr_types)
{
	int ret;

	*parent = (struct mdev_parent) {
		.mdev_driver = mdev_driver, .dev = dev, .nr_types = nr_types, .types = types,
	};
	atomic_set(&parent->available_instances, mdev_driver->max_instances);
	init_rwsem(&parent->unreg_sem);

	ret = mdev_parent_add_types(parent);
	if (ret)
		return ret;
	/* The parent works without: users find it below /sys/devices. */
	if (class_compat_create_link(mdev_bus_class, dev, NULL))
		dev_warn(dev, "cannot be linked from /sys/class/mdev_bus\n");
	dev_info(dev, "has mediated devices of %u types\n", nr_types);
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
	dev_info(parent->dev, "ends its mediated devices\n");

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
