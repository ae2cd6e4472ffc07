/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the mdev module share. Drivers see <linux/mdev.h> only. */
#ifndef CORE_MDEV_H
#define CORE_MDEV_H

#include <linux/mdev.h>

#include <kapi/mutant.h>

/* mdev_bus.c */
extern const struct bus_type mdev_bus_type;

/* mdev_device.c: /sys/class/mdev_bus, where parents are found. */
int mdev_class_init(void);
void mdev_class_exit(void);

/*
 * mdev_device_create - make the device @uuid of @type and bind the parent's driver
 *
 * Returns 0; -EEXIST: a device of that name is there or not quite gone; -EUSERS:
 * the parent has all it can have; -ENODEV: the parent goes away; -ENOMEM; what
 * the driver's probe returns.
 */
int mdev_device_create(struct mdev_type *type, const guid_t *uuid);

/*
 * mdev_device_remove - take a device away, once nobody uses it any more
 *
 * Returns 0; -ENODEV: it is gone or its parent goes away; -EAGAIN: it is not
 * complete yet, or somebody else removes it.
 */
int mdev_device_remove(struct mdev_device *mdev);

/* mdev_sysfs.c */
extern const struct attribute_group *mdev_device_groups[];
int mdev_parent_add_types(struct mdev_parent *parent);
void mdev_parent_remove_types(struct mdev_parent *parent);
/* The links between a device and its type. 0 or -errno. */
int mdev_add_links(struct mdev_device *mdev);
void mdev_remove_links(struct mdev_device *mdev);

#endif
