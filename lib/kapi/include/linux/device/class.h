/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _DEVICE_CLASS_H_
#define _DEVICE_CLASS_H_

#include <kapi/level.h>
#include <linux/kobject.h>
#include <linux/cred.h>
#include <linux/types.h>

struct class;
struct device;
struct kobj_uevent_env;

/*
 * @devnode: name of the node below /dev, from the heap, and its mode (0600
 * unless set); NULL: the device's name.
 */
struct class {
	const char *name;
	const struct attribute_group **class_groups;
	const struct attribute_group **dev_groups;
	int (*dev_uevent)(const struct device *dev, struct kobj_uevent_env *env);
	char *(*devnode)(const struct device *dev, umode_t *mode);
	void (*class_release)(const struct class *class);
	void (*dev_release)(struct device *dev);
	int (*shutdown_pre)(struct device *dev);
	const struct dev_pm_ops *pm;
};

struct class_attribute {
	struct attribute attr;
	ssize_t (*show)(const struct class *class, const struct class_attribute *attr, char *buf);
	ssize_t (*store)(const struct class *class, const struct class_attribute *attr,
			 const char *buf, size_t count);
};

#define CLASS_ATTR_RW(_name) struct class_attribute class_attr_##_name = __ATTR_RW(_name)
#define CLASS_ATTR_RO(_name) struct class_attribute class_attr_##_name = __ATTR_RO(_name)
#define CLASS_ATTR_WO(_name) struct class_attribute class_attr_##_name = __ATTR_WO(_name)

int __must_check class_register(const struct class *class);
void class_unregister(const struct class *class);
/* A class on the heap, or ERR_PTR; class_destroy() frees it. */
struct class *__must_check class_create(const char *name);
#if KAPI_LEVEL < 612
/* Up to 6.3 with the owner, a module, before it. */
#define class_create(owner, name) ({ (void)(owner); class_create(name); })
#endif
void class_destroy(const struct class *class);
bool class_is_registered(const struct class *class);

int class_for_each_device(const struct class *class, const struct device *start, void *data,
			  int (*fn)(struct device *dev, void *data));
/* With a reference, or NULL. */
struct device *class_find_device(const struct class *class, const struct device *start,
				 const void *data,
				 int (*match)(struct device *dev, const void *data));
struct device *class_find_device_by_name(const struct class *class, const char *name);
struct device *class_find_device_by_devt(const struct class *class, dev_t devt);

/* A directory /sys/class/NAME that only holds links to devices of other kinds. */
struct class_compat;
struct class_compat *class_compat_register(const char *name);
void class_compat_unregister(struct class_compat *cls);
int class_compat_create_link(struct class_compat *cls, struct device *dev,
			     struct device *device_link);
void class_compat_remove_link(struct class_compat *cls, struct device *dev,
			      struct device *device_link);

#endif
