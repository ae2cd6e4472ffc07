// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups: what a user owns when he may open /dev/vfio/N. One stands for an IOMMU
 * group as long as a device of it is registered; emulated and no-IOMMU devices
 * get an IOMMU group made for them alone. Clauses GRP, NOIO, DRV-011 to DRV-014.
 */
#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/iommu.h>
#include <linux/panic.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vfio.h"

static struct class *vfio_class;
static dev_t vfio_group_devt;
static DEFINE_IDA(vfio_group_ida);
static LIST_HEAD(vfio_group_list);
static DEFINE_MUTEX(vfio_group_list_lock);

static void vfio_group_release(struct device *dev)
{
	struct vfio_group *gone = container_of(dev, struct vfio_group, dev);

	WARN_ON(gone->iommu_group);
	mutex_destroy(&gone->group_lock);
	mutex_destroy(&gone->device_lock);
	ida_free(&vfio_group_ida, MINOR(dev->devt));
	kfree(gone);
}

static void vfio_group_init_device(struct vfio_group *group, int minor)
{
	struct device *dev = &group->dev;

	device_initialize(dev);
	dev->release = vfio_group_release;
	dev->class = vfio_class;
	dev->devt = MKDEV(MAJOR(vfio_group_devt), minor);

	cdev_init(&group->cdev, &vfio_group_fops);
	group->cdev.owner = THIS_MODULE;
}

/* Takes a reference on @iommu_group for the new group, which has one driver. */
static struct vfio_group *vfio_group_alloc(struct iommu_group *iommu_group,
					   enum vfio_group_type type)
{
	struct vfio_group *group __free(kfree) = kzalloc(sizeof(*group), GFP_KERNEL);
	int minor;

	if (!group)
		return ERR_PTR(-ENOMEM);
	minor = ida_alloc_max(&vfio_group_ida, MINORMASK, GFP_KERNEL);
	if (minor < 0)
		return ERR_PTR(minor);

	vfio_group_init_device(group, minor);
	INIT_LIST_HEAD(&group->device_list);
	spin_lock_init(&group->kvm_ref_lock);
	mutex_init(&group->group_lock);
	mutex_init(&group->device_lock);
	refcount_set(&group->drivers, 1);
	group->type = type;
	group->iommu_group = iommu_group_ref_get(iommu_group);
	return_ptr(group);
}

static void vfio_group_drop_iommu_group(struct vfio_group *group)
{
	struct iommu_group *iommu_group = group->iommu_group;

	group->iommu_group = NULL;
	iommu_group_put(iommu_group);
}

/* Called with vfio_group_list_lock held: name and list entry appear together. */
static struct vfio_group *vfio_group_create(struct iommu_group *iommu_group,
					    enum vfio_group_type type)
{
	struct vfio_group *group = vfio_group_alloc(iommu_group, type);
	int ret;

	if (IS_ERR(group))
		return group;

	ret = dev_set_name(&group->dev, "%s%d", type == VFIO_NO_IOMMU ? "noiommu-" : "",
			   iommu_group_id(iommu_group));
	if (!ret)
		ret = cdev_device_add(&group->cdev, &group->dev);
	if (ret) {
		vfio_group_drop_iommu_group(group);
		put_device(&group->dev);
		return ERR_PTR(ret);
	}
	list_add(&group->vfio_next, &vfio_group_list);
	return group;
}

/* A group for a device that the IOMMU does not know. */
static struct vfio_group *vfio_group_make_own(struct device *dev, enum vfio_group_type type)
{
	struct iommu_group *own = iommu_group_alloc();
	struct vfio_group *group;
	int ret;

	if (IS_ERR(own))
		return ERR_CAST(own);

	/* The text is ABI: users see it in /sys/kernel/iommu_groups/N/name. */
	ret = iommu_group_set_name(own, "vfio-noiommu");
	if (!ret)
		ret = iommu_group_add_device(own, dev);
	if (!ret) {
		scoped_guard(mutex, &vfio_group_list_lock)
			group = vfio_group_create(own, type);
		if (IS_ERR(group))
			iommu_group_remove_device(dev);
	} else {
		group = ERR_PTR(ret);
	}
	/* From here on the members and the vfio group keep it. */
	iommu_group_put(own);
	return group;
}

static bool vfio_group_has_device(struct vfio_group *group, struct device *dev)
{
	struct vfio_device *member;

	guard(mutex)(&group->device_lock);
	list_for_each_entry(member, &group->device_list, group_next)
		if (member->dev == dev)
			return true;
	return false;
}

/* The vfio group of an IOMMU group, with one more driver; made if need be. */
static struct vfio_group *vfio_group_get_from_iommu(struct iommu_group *iommu_group,
						    struct device *dev)
{
	struct vfio_group *group;

	guard(mutex)(&vfio_group_list_lock);
	list_for_each_entry(group, &vfio_group_list, vfio_next) {
		if (group->iommu_group != iommu_group)
			continue;
		if (WARN_ON(vfio_group_has_device(group, dev)))
			return ERR_PTR(profile(BEH_DOUBLE_REGISTER_EINVAL) ? -EINVAL : -EBUSY);
		refcount_inc(&group->drivers);
		return group;
	}
	return vfio_group_create(iommu_group, VFIO_IOMMU);
}

/* For a device that nothing keeps from memory: only where the administrator said so. */
static struct vfio_group *vfio_group_make_noiommu(struct device *dev)
{
	struct vfio_group *group = ERR_PTR(-EINVAL);

	if (vfio_noiommu)
		group = vfio_group_make_own(dev, VFIO_NO_IOMMU);
	if (!IS_ERR(group)) {
		add_taint(TAINT_USER, LOCKDEP_STILL_OK);
		dev_warn(dev, "given to users without an IOMMU, the kernel is tainted\n");
	}
	return group;
}

int vfio_device_set_group(struct vfio_device *device, enum vfio_group_type type)
{
	struct iommu_group *iommu_group = NULL;
	struct vfio_group *group;

	if (type == VFIO_IOMMU)
		iommu_group = iommu_group_get(device->dev);

	if (iommu_group) {
		group = vfio_group_get_from_iommu(iommu_group, device->dev);
		iommu_group_put(iommu_group);
	} else if (type == VFIO_IOMMU) {
		group = vfio_group_make_noiommu(device->dev);
	} else {
		group = vfio_group_make_own(device->dev, type);
	}

	if (!IS_ERR(group))
		device->group = group;
	return PTR_ERR_OR_ZERO(group);
}

/* A user may still hold the group file. He keeps an empty shell. */
static void vfio_group_empty(struct vfio_group *group)
{
	guard(mutex)(&group->group_lock);

	WARN_ON(!list_empty(&group->device_list));
	if (group->container)
		vfio_group_detach_container(group);
	vfio_group_drop_iommu_group(group);
}

void vfio_group_put(struct vfio_group *group)
{
	if (!refcount_dec_and_mutex_lock(&group->drivers, &vfio_group_list_lock))
		return;

	/*
	 * The name goes before the lock does: a device that joins the same IOMMU
	 * group at this moment makes a new group of that name.
	 */
	cdev_device_del(&group->cdev, &group->dev);
	list_del(&group->vfio_next);
	vfio_group_empty(group);
	mutex_unlock(&vfio_group_list_lock);
	put_device(&group->dev);
}

void vfio_device_remove_group(struct vfio_device *device)
{
	if (device->group->type != VFIO_IOMMU)
		iommu_group_remove_device(device->dev);
	vfio_group_put(device->group);
}

void vfio_device_group_register(struct vfio_device *device)
{
	guard(mutex)(&device->group->device_lock);
	list_add(&device->group_next, &device->group->device_list);
}

void vfio_device_group_unregister(struct vfio_device *device)
{
	guard(mutex)(&device->group->device_lock);
	list_del(&device->group_next);
}

/* Group files are in a directory of their own. */
static char *vfio_group_path(const struct device *dev, umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "vfio/%s", dev_name(dev));
}

int __init vfio_group_init(void)
{
	int ret;

	vfio_class = class_create("vfio");
	if (IS_ERR(vfio_class))
		return PTR_ERR(vfio_class);
	vfio_class->devnode = vfio_group_path;

	ret = alloc_chrdev_region(&vfio_group_devt, 0, MINORMASK + 1, "vfio");
	if (ret)
		class_destroy(vfio_class);
	return ret;
}

void vfio_group_cleanup(void)
{
	WARN_ON(!list_empty(&vfio_group_list));
	unregister_chrdev_region(vfio_group_devt, MINORMASK + 1);
	class_destroy(vfio_class);
	ida_destroy(&vfio_group_ida);
}
