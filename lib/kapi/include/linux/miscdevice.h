/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MISCDEVICE_H
#define _LINUX_MISCDEVICE_H

/* Devices of major 10, one minor each. */
#include <linux/device.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/types.h>

#define MISC_MAJOR		10
#define VFIO_MINOR		196
#define KVM_MINOR		232
#define MISC_DYNAMIC_MINOR	255

struct attribute_group;
struct file_operations;

/* @nodename: path below /dev, else @name; @mode: of the node, 0600 if 0. */
struct miscdevice {
	const char *name;
	const char *nodename;
	umode_t mode;
	int minor;
	const struct file_operations *fops;
	const struct attribute_group **groups;
	struct device *this_device;
	struct device *parent;
	struct list_head list;
};

/* open() gets the miscdevice as file->private_data. 0, -EBUSY: minor taken, or -errno. */
int misc_register(struct miscdevice *misc);
void misc_deregister(struct miscdevice *misc);

#define MODULE_ALIAS_MISCDEV(minor) MODULE_ALIAS("char-major-10-" __stringify(minor))
#define builtin_misc_device(d)	static int __misc_init_##d(void) { return misc_register(&d); } \
	device_initcall(__misc_init_##d)
#define module_misc_device(d)	module_driver(d, misc_register, misc_deregister)

#endif
