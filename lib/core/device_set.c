// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device sets: found by any pointer that drivers agree on, made by the first
 * member and freed with the last. Clauses SET.
 */
#include <linux/bug.h>
#include <linux/export.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "vfio.h"

static DEFINE_XARRAY(vfio_device_set_xa);

static struct vfio_device_set *vfio_device_set_alloc(void *set_id)
{
	struct vfio_device_set *set = kzalloc(sizeof(*set), GFP_KERNEL);

	if (set) {
		set->set_id = set_id;
		mutex_init(&set->lock);
		INIT_LIST_HEAD(&set->device_list);
	}
	return set;
}

static void vfio_device_set_free(struct vfio_device_set *set)
{
	mutex_destroy(&set->lock);
	kfree(set);
}

/* The set of @set_id with one more member counted, or ERR_PTR. */
static struct vfio_device_set *vfio_device_set_get(void *set_id)
{
	unsigned long index = (unsigned long)set_id;
	struct vfio_device_set *set, *fresh = NULL;

	xa_lock(&vfio_device_set_xa);
	set = xa_load(&vfio_device_set_xa, index);
	if (!set) {
		xa_unlock(&vfio_device_set_xa);
		fresh = vfio_device_set_alloc(set_id);
		if (!fresh)
			return ERR_PTR(-ENOMEM);
		xa_lock(&vfio_device_set_xa);
		set = __xa_cmpxchg(&vfio_device_set_xa, index, NULL, fresh, GFP_KERNEL);
		if (!set) {
			set = fresh;
			fresh = NULL;
		}
	}
	if (xa_is_err(set))
		set = ERR_PTR(xa_err(set));
	else
		set->device_count++;
	xa_unlock(&vfio_device_set_xa);

	if (fresh)	/* somebody else was first, or there was no memory */
		vfio_device_set_free(fresh);
	return set;
}

int vfio_assign_device_set(struct vfio_device *device, void *set_id)
{
	struct vfio_device_set *set;

	if (WARN_ON(!set_id))
		return -EINVAL;

	set = vfio_device_set_get(set_id);
	if (IS_ERR(set))
		return PTR_ERR(set);

	mutex_lock(&set->lock);
	device->dev_set = set;
	list_add_tail(&device->dev_set_list, &set->device_list);
	mutex_unlock(&set->lock);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_assign_device_set);

void vfio_release_device_set(struct vfio_device *device)
{
	struct vfio_device_set *set = device->dev_set;
	bool last;

	if (!set)
		return;

	mutex_lock(&set->lock);
	list_del(&device->dev_set_list);
	mutex_unlock(&set->lock);

	xa_lock(&vfio_device_set_xa);
	last = !--set->device_count;
	if (last)
		__xa_erase(&vfio_device_set_xa, (unsigned long)set->set_id);
	xa_unlock(&vfio_device_set_xa);

	if (last)
		vfio_device_set_free(set);
	device->dev_set = NULL;
}

unsigned int vfio_device_set_open_count(struct vfio_device_set *dev_set)
{
	struct vfio_device *device;
	unsigned int sum = 0;

	lockdep_assert_held(&dev_set->lock);

	list_for_each_entry(device, &dev_set->device_list, dev_set_list)
		sum += device->open_count;
	return MUTANT(devset_open_count_one, sum > 1) ? 1 : sum;
}
EXPORT_SYMBOL_GPL(vfio_device_set_open_count);

struct vfio_device *vfio_find_device_in_devset(struct vfio_device_set *dev_set,
					       struct device *dev)
{
	struct vfio_device *device;

	lockdep_assert_held(&dev_set->lock);

	list_for_each_entry(device, &dev_set->device_list, dev_set_list)
		if (device->dev == dev)
			return device;
	return NULL;
}
EXPORT_SYMBOL_GPL(vfio_find_device_in_devset);
