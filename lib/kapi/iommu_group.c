// SPDX-License-Identifier: GPL-2.0-only
/* IOMMU groups: devices that cannot be told apart or kept apart by the IOMMU. */
#include <kapi/objects.h>
#include <linux/bug.h>
#include <linux/idr.h>
#include <linux/slab.h>

#include "iommu_internal.h"

static DEFINE_IDA(group_ida);

struct iommu_group *iommu_group_alloc(void)
{
	struct iommu_group *group = kzalloc(sizeof(*group), GFP_KERNEL);
	int ret;

	if (!group)
		return ERR_PTR(-ENOMEM);
	kref_init(&group->ref);
	mutex_init(&group->mutex);
	INIT_LIST_HEAD(&group->devices);
	pthread_rwlock_init(&group->dma_lock, NULL);
	ret = ida_alloc(&group_ida, GFP_KERNEL);
	if (ret >= 0) {
		group->id = ret;
		ret = iommu_group_sysfs_add(group);
		if (!ret) {
			kapi_object_add(KAPI_IOMMU_GROUPS, 1);
			return group;
		}
		ida_free(&group_ida, group->id);
	}
	kfree(group);
	return ERR_PTR(ret);
}

static void release_group(struct kref *ref)
{
	struct iommu_group *group = container_of(ref, struct iommu_group, ref);

	iommu_group_sysfs_del(group);
	if (group->iommu_data_release)
		group->iommu_data_release(group->iommu_data);
	if (group->default_domain)
		iommu_domain_free(group->default_domain);
	ida_free(&group_ida, group->id);
	pthread_rwlock_destroy(&group->dma_lock);
	mutex_destroy(&group->mutex);
	kfree(group->name);
	kfree(group);
	kapi_object_add(KAPI_IOMMU_GROUPS, -1);
}

struct iommu_group *iommu_group_ref_get(struct iommu_group *group)
{
	kref_get(&group->ref);
	return group;
}

struct iommu_group *iommu_group_get(struct device *dev)
{
	struct iommu_group *group = dev->iommu_group;

	return group ? iommu_group_ref_get(group) : NULL;
}

void iommu_group_put(struct iommu_group *group)
{
	if (group)
		kref_put(&group->ref, release_group);
}

int iommu_group_id(struct iommu_group *group)
{
	return group->id;
}

void *iommu_group_get_iommudata(struct iommu_group *group)
{
	return group->iommu_data;
}

void iommu_group_set_iommudata(struct iommu_group *group, void *iommu_data,
			       void (*release)(void *iommu_data))
{
	group->iommu_data = iommu_data;
	group->iommu_data_release = release;
}

int iommu_group_set_name(struct iommu_group *group, const char *name)
{
	bool had_one = group->name;
	int ret = -ENOMEM;

	if (had_one)
		iommu_group_sysfs_name(group, false);
	kfree(group->name);
	group->name = NULL;
	if (had_one && !name)
		return 0;

	group->name = kstrdup(name, GFP_KERNEL);
	if (group->name)
		ret = iommu_group_sysfs_name(group, true);
	if (ret) {
		kfree(group->name);
		group->name = NULL;
	}
	return ret;
}

static struct group_device *link_device(struct iommu_group *group, struct device *dev)
{
	struct group_device *gdev = kzalloc(sizeof(*gdev), GFP_KERNEL);
	int ret = -ENOMEM, n;

	if (!gdev)
		return ERR_PTR(-ENOMEM);
	gdev->dev = dev;
	ret = sysfs_create_link(&dev->kobj, &group->kobj, "iommu_group");
	if (ret)
		goto free;
	/* Devices of different buses may have the same name. */
	for (n = -1; ; n++) {
		gdev->name = n < 0 ? kstrdup(dev_name(dev), GFP_KERNEL) :
			kasprintf(GFP_KERNEL, "%s.%d", dev_name(dev), n);
		ret = gdev->name ? sysfs_create_link_nowarn(group->devices_kobj, &dev->kobj,
							    gdev->name) : -ENOMEM;
		if (ret != -EEXIST)
			break;
		kfree(gdev->name);
	}
	if (!ret)
		return gdev;
	kfree(gdev->name);
	sysfs_remove_link(&dev->kobj, "iommu_group");
free:
	kfree(gdev);
	return ERR_PTR(ret);
}

int iommu_group_add_device(struct iommu_group *group, struct device *dev)
{
	struct group_device *gdev = link_device(group, dev);

	if (IS_ERR(gdev)) {
		dev_err(dev, "Failed to add to iommu group %d: %d\n", group->id,
			(int)PTR_ERR(gdev));
		return PTR_ERR(gdev);
	}
	dev->iommu_group = iommu_group_ref_get(group);
	mutex_lock(&group->mutex);
	list_add_tail(&gdev->list, &group->devices);
	mutex_unlock(&group->mutex);
	dev_info(dev, "Adding to iommu group %d\n", group->id);
	return 0;
}

void iommu_group_remove_device(struct device *dev)
{
	struct iommu_group *group = dev->iommu_group;
	struct group_device *gdev, *found = NULL;

	if (!group)
		return;
	dev_info(dev, "Removing from iommu group %d\n", group->id);
	mutex_lock(&group->mutex);
	list_for_each_entry(gdev, &group->devices, list)
		if (gdev->dev == dev)
			found = gdev;
	if (found)
		list_del(&found->list);
	mutex_unlock(&group->mutex);
	if (found) {
		sysfs_remove_link(group->devices_kobj, found->name);
		sysfs_remove_link(&dev->kobj, "iommu_group");
		kfree(found->name);
		kfree(found);
	}
	dev->iommu_group = NULL;
	iommu_group_put(group);
}

int iommu_group_for_each_dev(struct iommu_group *group, void *data,
			     int (*fn)(struct device *, void *))
{
	struct group_device *member;
	int stop;

	guard(mutex)(&group->mutex);
	list_for_each_entry(member, &group->devices, list) {
		stop = fn(member->dev, data);
		if (stop)
			return stop;
	}
	return 0;
}

struct iommu_domain *iommu_group_default_domain(struct iommu_group *group)
{
	return group->default_domain;
}

bool iommu_group_has_isolated_msi(struct iommu_group *group)
{
	struct group_device *gdev;
	bool ret = true;

	mutex_lock(&group->mutex);
	list_for_each_entry(gdev, &group->devices, list)
		ret &= dev_has_iommu(gdev->dev) && dev_iommu_ops(gdev->dev)->isolated_msi;
	mutex_unlock(&group->mutex);
	return ret;
}
