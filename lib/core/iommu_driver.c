// SPDX-License-Identifier: GPL-2.0-only
/* The backends that a container can be given: type1, no-IOMMU. */
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

int vfio_register_iommu_driver(const struct vfio_iommu_driver_ops *ops)
{
	struct vfio_iommu_driver *driver;
	int ret = 0;

	if (WARN_ON(!!ops->register_device != !!ops->unregister_device))
		return -EINVAL;

	driver = kzalloc(sizeof(*driver), GFP_KERNEL);
	if (!driver)
		return -ENOMEM;
	driver->ops = ops;

	mutex_lock(&iommu_drivers_lock);
	if (vfio_iommu_driver_by_ops(ops))
		ret = -EINVAL;
	else
		list_add(&driver->vfio_next, &iommu_drivers);
	mutex_unlock(&iommu_drivers_lock);

	if (ret)
		kfree(driver);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_register_iommu_driver);

void vfio_unregister_iommu_driver(const struct vfio_iommu_driver_ops *ops)
{
	struct vfio_iommu_driver *driver;

	mutex_lock(&iommu_drivers_lock);
	driver = vfio_iommu_driver_by_ops(ops);
	if (driver)
		list_del(&driver->vfio_next);
	mutex_unlock(&iommu_drivers_lock);
	kfree(driver);
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
