// SPDX-License-Identifier: GPL-2.0-only
/* The backends that a container can be given: type1, no-IOMMU. */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/bug.h>
#include <linux/slab.h>

#include "vfio.h"

static LIST_HEAD(iommu_drivers);
static DEFINE_MUTEX(iommu_drivers_lock);

static struct vfio_iommu_driver *vfio_iommu_driver_by_ops(const struct vfio_iommu_driver_ops *ops)
{
	struct vfio_iommu_driver *driver;

	list_for_each_entry(driver, &iommu_drivers, vfio_next)
		if (driver->ops == ops)
			return driver;
	return NULL;
}

static void vfio_iommu_driver_drop(struct vfio_iommu_driver *driver)
{
	if (driver)
		list_del(&driver->vfio_next);
	kfree(driver);
}

int vfio_register_iommu_driver(const struct vfio_iommu_driver_ops *ops)
{
	struct vfio_iommu_driver *fresh;

	if (WARN_ON(!ops->register_device != !ops->unregister_device))
		return -EINVAL;

	guard(mutex)(&iommu_drivers_lock);
	if (vfio_iommu_driver_by_ops(ops))
		return -EINVAL;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	fresh->ops = ops;
	list_add(&fresh->vfio_next, &iommu_drivers);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_register_iommu_driver);

void vfio_unregister_iommu_driver(const struct vfio_iommu_driver_ops *ops)
{
	guard(mutex)(&iommu_drivers_lock);
	vfio_iommu_driver_drop(vfio_iommu_driver_by_ops(ops));
}
EXPORT_SYMBOL_GPL(vfio_unregister_iommu_driver);

struct vfio_iommu_driver *vfio_iommu_driver_find(bool (*fn)(struct vfio_iommu_driver *driver,
							    void *arg), void *arg)
{
	struct vfio_iommu_driver *driver, *found = NULL;

	mutex_lock(&iommu_drivers_lock);
	list_for_each_entry(driver, &iommu_drivers, vfio_next) {
		if (!try_module_get(driver->ops->owner))
			continue;
		if (fn(driver, arg)) {
			found = driver;
			break;
		}
		module_put(driver->ops->owner);
	}
	mutex_unlock(&iommu_drivers_lock);
	return found;
}

void vfio_iommu_driver_put(struct vfio_iommu_driver *driver)
{
	module_put(driver->ops->owner);
}
