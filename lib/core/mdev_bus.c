// SPDX-License-Identifier: GPL-2.0-only
/* The bus of mediated devices, and the module. */
#include <linux/init.h>
#include <linux/module.h>

#include "mdev.h"

static struct mdev_driver *mdev_driver_of(struct device *dev)
{
	return container_of(dev->driver, struct mdev_driver, driver);
}

static int mdev_bus_probe(struct device *dev)
{
	struct mdev_driver *drv = mdev_driver_of(dev);

	return drv->probe ? drv->probe(to_mdev_device(dev)) : 0;
}

static void mdev_bus_remove(struct device *dev)
{
	struct mdev_driver *drv = mdev_driver_of(dev);

	if (drv->remove)
		drv->remove(to_mdev_device(dev));
}

/* A device belongs to its parent's driver, which create binds; none finds it by itself. */
static int mdev_bus_match(struct device *dev, const struct device_driver *drv)
{
	return 0;
}

const struct bus_type mdev_bus_type = {
	.name = "mdev",
	.match = mdev_bus_match,
	.probe = mdev_bus_probe,
	.remove = mdev_bus_remove,
};

void mdev_unregister_driver(struct mdev_driver *drv)
{
	driver_unregister(&drv->driver);
}
EXPORT_SYMBOL(mdev_unregister_driver);

int mdev_register_driver(struct mdev_driver *drv)
{
	struct device_driver *base = &drv->driver;

	base->bus = &mdev_bus_type;
	return drv->device_api ? driver_register(base) : -EINVAL;
}
EXPORT_SYMBOL(mdev_register_driver);

static int __init mdev_init(void)
{
	int ret = bus_register(&mdev_bus_type);

	if (ret)
		return ret;
	ret = mdev_class_init();
	if (ret)
		bus_unregister(&mdev_bus_type);
	return ret;
}

static void __exit mdev_exit(void)
{
	mdev_class_exit();
	bus_unregister(&mdev_bus_type);
}

subsys_initcall(mdev_init);
module_exit(mdev_exit);
MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("Mediated devices");
