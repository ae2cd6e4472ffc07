// SPDX-License-Identifier: GPL-2.0-only
/* Parents of mediated devices, their types, and the module. */
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "mock_mdev.h"

#define POOL_MAX	3	/* instances of the second parent */

struct mock_parent {
	struct device dev;
	struct mdev_parent parent;
	struct mock_mdev_type type[2];
	struct mdev_type *types[2];
};

static DEFINE_MUTEX(mock_mdev_types_lock);
static DEFINE_MUTEX(mock_parents_lock);		/* the two below, and their coming and going */
static struct mock_parent *mock_main, *mock_pool;

static struct class mock_mdev_class = { .name = "mock_mdev" };

static struct mock_mdev_type *mock_type(struct mdev_type *type)
{
	return container_of(type, struct mock_mdev_type, type);
}

int mock_mdev_type_get(struct mock_mdev_type *type)
{
	int ret = 0;

	mutex_lock(&mock_mdev_types_lock);
	if (type->max && type->used == type->max)
		ret = -ENOSPC;
	else
		type->used++;
	mutex_unlock(&mock_mdev_types_lock);
	return ret;
}

void mock_mdev_type_put(struct mock_mdev_type *type)
{
	mutex_lock(&mock_mdev_types_lock);
	type->used--;
	mutex_unlock(&mock_mdev_types_lock);
}

static unsigned int mock_mdev_available(struct mdev_type *mtype)
{
	struct mock_mdev_type *type = mock_type(mtype);
	unsigned int left;

	mutex_lock(&mock_mdev_types_lock);
	left = type->max - type->used;
	mutex_unlock(&mock_mdev_types_lock);
	return left;
}

static ssize_t mock_mdev_description(struct mdev_type *mtype, char *buf)
{
	return sysfs_emit(buf, "%s\n", mock_type(mtype)->description);
}

static struct mdev_driver mock_mdev_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.probe = mock_mdev_probe,
	.remove = mock_mdev_remove,
	.get_available = mock_mdev_available,
	.show_description = mock_mdev_description,
	.driver = {
		.name = "mock_mdev",
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
	},
};

static struct mdev_driver mock_pool_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.max_instances = POOL_MAX,
	.probe = mock_mdev_probe,
	.remove = mock_mdev_remove,
	.driver = {
		.name = "mock_mdev_pool",
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
	},
};

static void mock_parent_release(struct device *dev)
{
	kfree(container_of(dev, struct mock_parent, dev));
}

/*
 * A parent called @name with both types of @types. Each parent has a device and
 * types of its own, as a type cannot be registered twice.
 */
static struct mock_parent *mock_parent_add(const char *name, struct mdev_driver *driver,
					   const struct mock_mdev_type types[2])
{
	struct mock_parent *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int i, ret;

	if (!p)
		return ERR_PTR(-ENOMEM);
	device_initialize(&p->dev);
	p->dev.class = &mock_mdev_class;
	p->dev.release = mock_parent_release;
	ret = dev_set_name(&p->dev, "%s", name);
	if (!ret)
		ret = device_add(&p->dev);
	if (ret)
		goto err_put;
	for (i = 0; i < 2; i++) {
		p->type[i] = types[i];
		p->types[i] = &p->type[i].type;
	}
	ret = mdev_register_parent(&p->parent, &p->dev, driver, p->types, 2);
	if (!ret)
		return p;
	device_del(&p->dev);
err_put:
	put_device(&p->dev);
	return ERR_PTR(ret);
}

static void mock_parent_remove(struct mock_parent *p)
{
	if (!p)
		return;
	mdev_unregister_parent(&p->parent);
	device_unregister(&p->dev);
}

static int mock_pool_set(bool on)
{
	static const struct mock_mdev_type types[2] = {
		{ .type = { .sysfs_name = "pool1", .pretty_name = "mock device of the pool" } },
		{ .type = { .sysfs_name = "pool2" } },
	};
	struct mock_parent *p = NULL;

	if (on == !!mock_pool)
		return 0;
	if (on)
		p = mock_parent_add("mock_mdev_pool", &mock_pool_driver, types);
	else
		mock_parent_remove(mock_pool);
	if (IS_ERR(p))
		return PTR_ERR(p);
	mock_pool = p;
	return 0;
}

static ssize_t pool_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(mock_pool) != NULL);
}

static ssize_t pool_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t count)
{
	bool on;
	int ret = kstrtobool(buf, &on);

	if (ret)
		return ret;
	mutex_lock(&mock_parents_lock);
	ret = mock_pool_set(on);
	mutex_unlock(&mock_parents_lock);
	return ret ?: count;
}
static DEVICE_ATTR_RW(pool);

static int mock_parents_add(void)
{
	static const struct mock_mdev_type types[2] = {
		{ .type = { .sysfs_name = "small", .pretty_name = "small mock device" },
		  .description = "one of up to 4", .max = 4 },
		{ .type = { .sysfs_name = "big" }, .description = "one of up to 2", .max = 2 },
	};
	int ret;

	mock_main = mock_parent_add("mock_mdev", &mock_mdev_driver, types);
	if (IS_ERR(mock_main))
		return PTR_ERR(mock_main);
	ret = mock_pool_set(true);
	if (!ret)
		ret = device_create_file(&mock_main->dev, &dev_attr_pool);
	if (ret) {
		mock_parent_remove(mock_pool);
		mock_parent_remove(mock_main);
	}
	return ret;
}

static int __init mock_mdev_init(void)
{
	int ret;

	ret = class_register(&mock_mdev_class);
	if (ret)
		return ret;
	ret = mdev_register_driver(&mock_mdev_driver);
	if (ret)
		goto err_class;
	ret = mdev_register_driver(&mock_pool_driver);
	if (ret)
		goto err_driver;
	ret = mock_parents_add();
	if (!ret)
		return 0;

	mdev_unregister_driver(&mock_pool_driver);
err_driver:
	mdev_unregister_driver(&mock_mdev_driver);
err_class:
	class_unregister(&mock_mdev_class);
	return ret;
}

static void __exit mock_mdev_exit(void)
{
	/* First, since it brings the second parent. */
	device_remove_file(&mock_main->dev, &dev_attr_pool);
	mock_parent_remove(mock_pool);
	mock_parent_remove(mock_main);
	mdev_unregister_driver(&mock_pool_driver);
	mdev_unregister_driver(&mock_mdev_driver);
	class_unregister(&mock_mdev_class);
}

module_init(mock_mdev_init);
module_exit(mock_mdev_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Mock mediated devices with an emulated IOMMU, for tests");
