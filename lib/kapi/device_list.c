// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walking lists of devices, and the directories all devices hang below.
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/slab.h>
#include "base.h"
#include "thread.h"

void kapi_device_fork(bool lock)
{
	if (lock)
		pthread_mutex_lock(&kapi_base_lock);
	else
		pthread_mutex_unlock(&kapi_base_lock);
}

struct device **kapi_copy_list(struct list_head *head, size_t offset)
{
	struct device **devs;
	struct list_head *pos;
	size_t n = 0;

	pthread_mutex_lock(&kapi_base_lock);
	devs = kcalloc(list_count_nodes(head) + 1, sizeof(*devs), GFP_KERNEL | __GFP_NOFAIL);
	BUG_ON(!devs);
	list_for_each(pos, head) {
		struct device_private *p = (void *)pos - offset;

		if (kobject_get_unless_zero(&p->device->kobj))
			devs[n++] = p->device;
	}
	pthread_mutex_unlock(&kapi_base_lock);
	return devs;
}

void kapi_put_copy(struct device **devs)
{
	struct device **pos;

	for (pos = devs; *pos; pos++)
		put_device(*pos);
	kfree(devs);
}

/* Behind @start, or the beginning if it is not (or no longer) in the list. */
static struct device **behind(struct device **devs, const struct device *start)
{
	struct device **pos;

	for (pos = devs; start && *pos; pos++)
		if (*pos == start)
			return pos + 1;
	return devs;
}

int kapi_walk(struct list_head *head, size_t offset, const struct device *start, void *data,
	      int (*fn)(struct device *dev, void *data))
{
	struct device **devs = kapi_copy_list(head, offset), **pos;
	int ret = 0;

	for (pos = behind(devs, start); *pos && !ret; pos++)
		ret = fn(*pos, data);
	kapi_put_copy(devs);
	return ret;
}

struct device *kapi_search(struct list_head *head, size_t offset, const struct device *start,
			   const void *data, int (*match)(struct device *dev, const void *data))
{
	struct device **devs = kapi_copy_list(head, offset), **pos, *found = NULL;

	for (pos = behind(devs, start); *pos && !found; pos++)
		if (match(*pos, data))
			found = get_device(*pos);
	kapi_put_copy(devs);
	return found;
}

int device_for_each_child(struct device *dev, void *data,
			  int (*fn)(struct device *dev, void *data))
{
	if (!dev->p)
		return 0;
	return kapi_walk(&dev->p->children, kapi_list_offset(child_node), NULL, data, fn);
}

int device_for_each_child_reverse(struct device *dev, void *data,
				  int (*fn)(struct device *dev, void *data))
{
	struct device **devs, **pos;
	int ret = 0;

	if (!dev->p)
		return 0;
	devs = kapi_copy_list(&dev->p->children, kapi_list_offset(child_node));
	for (pos = devs; *pos; pos++)
		;
	while (pos-- > devs && !ret)
		ret = fn(*pos, data);
	kapi_put_copy(devs);
	return ret;
}

struct device *device_find_child(struct device *dev, void *data,
				 int (*match)(struct device *dev, void *data))
{
	struct device **devs, **pos, *found = NULL;

	if (!dev->p)
		return NULL;
	devs = kapi_copy_list(&dev->p->children, kapi_list_offset(child_node));
	for (pos = devs; *pos && !found; pos++)
		if (match(*pos, data))
			found = get_device(*pos);
	kapi_put_copy(devs);
	return found;
}

int device_match_name(struct device *dev, const void *name)
{
	return sysfs_streq(dev_name(dev), name);
}

int device_match_devt(struct device *dev, const void *pdevt)
{
	return dev->devt == *(const dev_t *)pdevt;
}

int device_match_any(struct device *dev, const void *unused)
{
	return 1;
}

/* Made once, from whichever thread comes first, and kept. */
static void *make_once(void **place, void *(*make)(void))
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	void *made = smp_load_acquire(place);

	if (made)
		return made;
	pthread_mutex_lock(&lock);
	made = *place;
	if (!made) {
		made = make();
		BUG_ON(!made);
		smp_store_release(place, made);
	}
	pthread_mutex_unlock(&lock);
	return made;
}

static void *make_devices(void)
{
	return kset_create_and_add("devices", NULL, NULL);
}

static void *make_bus(void)
{
	return kset_create_and_add("bus", NULL, NULL);
}

static void *make_class(void)
{
	return kset_create_and_add("class", NULL, NULL);
}

static void *make_kernel(void)
{
	return kobject_create_and_add("kernel", NULL);
}

struct kset *kapi_devices_kset(void)
{
	static void *kset;

	return make_once(&kset, make_devices);
}

static void *make_virtual(void)
{
	return kobject_create_and_add("virtual", &kapi_devices_kset()->kobj);
}

struct kobject *kapi_virtual_dir(void)
{
	static void *kobj;

	kapi_devices_kset();
	return make_once(&kobj, make_virtual);
}

struct kset *kapi_bus_kset(void)
{
	static void *kset;

	return make_once(&kset, make_bus);
}

struct kset *kapi_class_kset(void)
{
	static void *kset;

	return make_once(&kset, make_class);
}

struct kobject *kapi_kernel_kobj(void)
{
	static void *kobj;

	return make_once(&kobj, make_kernel);
}
