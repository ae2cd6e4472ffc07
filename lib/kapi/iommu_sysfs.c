// SPDX-License-Identifier: GPL-2.0-only
/* /sys/kernel/iommu_groups/N. */
#include <linux/slab.h>

#include "iommu_internal.h"

static struct kset *groups_kset;
static DEFINE_MUTEX(groups_lock);

static ssize_t type_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	static const struct {
		unsigned int type;
		const char *name;
	} names[] = {
		{ IOMMU_DOMAIN_DMA, "DMA" },
		{ IOMMU_DOMAIN_IDENTITY, "identity" },
		{ IOMMU_DOMAIN_UNMANAGED, "unmanaged" },
		{ IOMMU_DOMAIN_BLOCKED, "blocked" },
	};
	struct iommu_group *group = container_of(kobj, struct iommu_group, kobj);
	const char *name = "unknown";
	unsigned int i;

	guard(mutex)(&group->mutex);
	for (i = 0; group->default_domain && i < ARRAY_SIZE(names); i++)
		if (names[i].type == group->default_domain->type)
			name = names[i].name;
	return sysfs_emit(buf, "%s\n", name);
}

static ssize_t reserved_regions_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	static const char *const names[] = {
		[IOMMU_RESV_DIRECT] = "direct",
		[IOMMU_RESV_DIRECT_RELAXABLE] = "direct-relaxable",
		[IOMMU_RESV_RESERVED] = "reserved",
		[IOMMU_RESV_MSI] = "msi",
		[IOMMU_RESV_SW_MSI] = "msi",
	};
	struct iommu_group *group = container_of(kobj, struct iommu_group, kobj);
	struct iommu_resv_region *r, *next;
	LIST_HEAD(regions);
	int at = 0;

	iommu_get_group_resv_regions(group, &regions);
	list_for_each_entry_safe(r, next, &regions, list) {
		at += sysfs_emit_at(buf, at, "0x%016llx 0x%016llx %s\n",
				    (unsigned long long)r->start,
				    (unsigned long long)(r->start + r->length - 1),
				    names[r->type]);
		kfree(r);
	}
	return at;
}

static ssize_t name_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", container_of(kobj, struct iommu_group, kobj)->name);
}

/* Shown only: the default domain of a group does not change here. */
static struct kobj_attribute type_attr = __ATTR_RO(type);
static struct kobj_attribute resv_attr = __ATTR_RO(reserved_regions);
static struct kobj_attribute name_attr = __ATTR_RO(name);

static const struct attribute *group_attrs[] = { &resv_attr.attr, &type_attr.attr, NULL };

/* The group is freed by its own reference count, not by the kobject's. */
static void group_kobj_release(struct kobject *kobj)
{
}

static const struct kobj_type group_ktype = {
	.release = group_kobj_release,
	.sysfs_ops = &kobj_sysfs_ops,
};

int iommu_group_sysfs_add(struct iommu_group *group)
{
	int ret;

	mutex_lock(&groups_lock);
	if (!groups_kset)
		groups_kset = kset_create_and_add("iommu_groups", NULL, kernel_kobj);
	mutex_unlock(&groups_lock);
	if (!groups_kset)
		return -ENOMEM;
	group->kobj.kset = groups_kset;
	ret = kobject_init_and_add(&group->kobj, &group_ktype, NULL, "%d", group->id);
	if (ret) {
		kobject_put(&group->kobj);
		return ret;
	}
	group->devices_kobj = kobject_create_and_add("devices", &group->kobj);
	ret = group->devices_kobj ? sysfs_create_files(&group->kobj, group_attrs) : -ENOMEM;
	if (ret)
		iommu_group_sysfs_del(group);
	return ret;
}

void iommu_group_sysfs_del(struct iommu_group *group)
{
	if (group->devices_kobj) {
		kobject_del(group->devices_kobj);
		kobject_put(group->devices_kobj);
	}
	kobject_del(&group->kobj);
	kobject_put(&group->kobj);
}

int iommu_group_sysfs_name(struct iommu_group *group, bool add)
{
	if (add)
		return sysfs_create_file(&group->kobj, &name_attr.attr);
	sysfs_remove_file(&group->kobj, &name_attr.attr);
	return 0;
}
