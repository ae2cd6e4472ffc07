/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_CDEV_H
#define _LINUX_CDEV_H

/*
 * Character devices: numbers, what opens behind them, and the two together
 * with a struct device, whose node appears below /dev when it is added.
 */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/types.h>

struct cdev {
	const struct file_operations *ops;
	struct module *owner;
	struct kobject kobj;
	struct list_head list;		/* inodes that know it */
	dev_t dev;
	unsigned int count;
};

void cdev_init(struct cdev *cdev, const struct file_operations *fops);
struct cdev *cdev_alloc(void);
/* 0; -EBUSY if a number is taken; -ENOMEM. */
int cdev_add(struct cdev *cdev, dev_t dev, unsigned int count);
/* No open() reaches it afterwards; files that are open stay so. */
void cdev_del(struct cdev *cdev);
void cdev_put(struct cdev *cdev);
void cdev_set_parent(struct cdev *cdev, struct kobject *kobj);
/* cdev_add() (if dev->devt is not 0) and device_add(), the device holding what contains both. */
int cdev_device_add(struct cdev *cdev, struct device *dev);
void cdev_device_del(struct cdev *cdev, struct device *dev);

/* @count numbers from @baseminor on of a free major; 0, -EBUSY, -EINVAL, -ENOMEM. */
int alloc_chrdev_region(dev_t *dev, unsigned int baseminor, unsigned int count,
			const char *name);
int register_chrdev_region(dev_t from, unsigned int count, const char *name);
void unregister_chrdev_region(dev_t from, unsigned int count);

/* The operations of every node: open() finds the cdev by number, or gives -ENXIO. */
extern const struct file_operations def_chr_fops;

#endif
