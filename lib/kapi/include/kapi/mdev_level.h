/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/mdev.h> that is so at API level 5.19 only: parents are known
 * by their device, and types are attribute groups of the driver. Behind it is
 * lib/core/mdev_compat.c. Include <linux/mdev.h>.
 */
#ifndef KAPI_MDEV_LEVEL_H
#define KAPI_MDEV_LEVEL_H

#include <kapi/mdev_ops_519.h>

#define MDEV_TYPE_ATTR(_name, _mode, _show, _store) \
	struct mdev_type_attribute mdev_type_attr_##_name = __ATTR(_name, _mode, _show, _store)
#define MDEV_TYPE_ATTR_RW(_name) \
	struct mdev_type_attribute mdev_type_attr_##_name = __ATTR_RW(_name)
#define MDEV_TYPE_ATTR_RO(_name) \
	struct mdev_type_attribute mdev_type_attr_##_name = __ATTR_RO(_name)
#define MDEV_TYPE_ATTR_WO(_name) \
	struct mdev_type_attribute mdev_type_attr_##_name = __ATTR_WO(_name)

extern const struct bus_type mdev_bus_type;

/*
 * Offer the types of @mdev_driver, which is registered, below @dev. Returns 0,
 * -EINVAL (no types, or one without name), -EEXIST (@dev offers some already),
 * -ENODEV (the driver is not registered) or -ENOMEM.
 */
int mdev_register_device(struct device *dev, struct mdev_driver *mdev_driver);
/* Removes all its devices first, and so sleeps until nobody uses them. */
void mdev_unregister_device(struct device *dev);

/* 0 or what driver_register() returns. */
int mdev_register_driver_519(struct mdev_driver *drv);
void mdev_unregister_driver_519(struct mdev_driver *drv);
#define mdev_register_driver	mdev_register_driver_519
#define mdev_unregister_driver	mdev_unregister_driver_519

/* Index in supported_type_groups. */
unsigned int mdev_get_type_group_id(struct mdev_device *mdev);
unsigned int mtype_get_type_group_id(struct mdev_type *mtype);
struct device *mtype_get_parent_dev(struct mdev_type *mtype);
struct device *mdev_parent_dev(struct mdev_device *mdev);

static inline struct mdev_device *mdev_from_dev(struct device *dev)
{
	return dev->bus == &mdev_bus_type ? to_mdev_device(dev) : NULL;
}

#endif
