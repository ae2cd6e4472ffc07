// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kobjects and ksets.
 */
#include <kapi/objects.h>
#include <kapi/vfs.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "vfs_node.h"

void kobject_init(struct kobject *kobj, const struct kobj_type *ktype)
{
	WARN(kobj->state_initialized, "kobject (%p): tried to init an initialized object\n", kobj);
	kref_init(&kobj->kref);
	INIT_LIST_HEAD(&kobj->entry);
	kobj->ktype = ktype;
	kobj->sd = NULL;
	kobj->state_in_sysfs = false;
	kobj->state_initialized = true;
}

int kobject_set_name_vargs(struct kobject *kobj, const char *fmt, va_list args)
{
	char *name = kvasprintf(GFP_KERNEL, fmt, args);

	if (!name)
		return -ENOMEM;
	/* In sysfs a ! stands for what would be a directory below /dev. */
	strreplace(name, '/', '!');
	kfree(kobj->name);
	kobj->name = name;
	return 0;
}

int kobject_set_name(struct kobject *kobj, const char *fmt, ...)
{
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = kobject_set_name_vargs(kobj, fmt, args);
	va_end(args);
	return ret;
}

/* What stands at the top of /sys may be there because something lies below it. */
static struct kapi_node *make_dir(struct kobject *kobj)
{
	struct kapi_node *sys, *node;

	if (kobj->parent)
		return kobj->parent->sd ? kapi_mkdir(kobj->parent->sd, kobj->name) : NULL;
	kapi_mkdir(NULL, "sys");
	sys = kapi_node_find(NULL, "sys");
	if (!sys)
		return NULL;
	node = kapi_mkdir(sys, kobj->name);
	if (!node) {
		node = kapi_node_find(sys, kobj->name);
		kapi_node_put(node);
	}
	kapi_node_put(sys);
	return node;
}

static void leave_kset(struct kobject *kobj)
{
	if (!kobj->kset)
		return;
	spin_lock(&kobj->kset->list_lock);
	list_del_init(&kobj->entry);
	spin_unlock(&kobj->kset->list_lock);
	kobject_put(&kobj->kset->kobj);
}

static int add(struct kobject *kobj)
{
	int ret = 0;

	if (WARN(!kobj->name || !kobj->name[0], "kobject: attempted to be registered with empty name!\n"))
		return -EINVAL;
	kobject_get(kobj->parent);
	if (kobj->kset) {
		if (!kobj->parent)
			kobj->parent = kobject_get(&kobj->kset->kobj);
		kobject_get(&kobj->kset->kobj);
		spin_lock(&kobj->kset->list_lock);
		list_add_tail(&kobj->entry, &kobj->kset->list);
		spin_unlock(&kobj->kset->list_lock);
	}
	kobj->sd = make_dir(kobj);
	if (!kobj->sd)
		ret = kobj->parent && kobj->parent->sd ?
			kapi_node_error(kobj->parent->sd, kobj->name) : -ENOMEM;
	else if (kobj->ktype && kobj->ktype->default_groups)
		ret = sysfs_create_groups(kobj, kobj->ktype->default_groups);
	if (!ret) {
		kobj->state_in_sysfs = true;
		kapi_object_add(KAPI_KOBJECTS, 1);
		return 0;
	}
	pr_err("kobject_add_internal failed for %s (error: %d parent: %s)\n", kobj->name, ret,
	       kobj->parent ? kobj->parent->name : "'none'");
	kapi_rmnode(kobj->sd);
	kobj->sd = NULL;
	leave_kset(kobj);
	kobject_put(kobj->parent);
	kobj->parent = NULL;
	return ret;
}

static int add_varg(struct kobject *kobj, struct kobject *parent, const char *fmt, va_list args)
{
	int ret = kobject_set_name_vargs(kobj, fmt, args);

	if (ret)
		return ret;
	kobj->parent = parent;
	return add(kobj);
}

int kobject_add(struct kobject *kobj, struct kobject *parent, const char *fmt, ...)
{
	va_list args;
	int ret;

	if (!kobj)
		return -EINVAL;
	if (WARN_ON(!kobj->state_initialized))
		return -EINVAL;
	va_start(args, fmt);
	ret = add_varg(kobj, parent, fmt, args);
	va_end(args);
	return ret;
}

int kobject_init_and_add(struct kobject *kobj, const struct kobj_type *ktype,
			 struct kobject *parent, const char *fmt, ...)
{
	va_list args;
	int ret;

	kobject_init(kobj, ktype);
	va_start(args, fmt);
	ret = add_varg(kobj, parent, fmt, args);
	va_end(args);
	return ret;
}

void kobject_del(struct kobject *kobj)
{
	struct kobject *parent;

	if (!kobj)
		return;
	parent = kobj->parent;
	if (kobj->state_in_sysfs) {
		if (kobj->ktype && kobj->ktype->default_groups)
			sysfs_remove_groups(kobj, kobj->ktype->default_groups);
		kapi_rmnode(kobj->sd);
		kobj->sd = NULL;
		kobj->state_in_sysfs = false;
		kapi_object_add(KAPI_KOBJECTS, -1);
		leave_kset(kobj);
		kobj->parent = NULL;
		kobject_put(parent);
	}
}

static void release(struct kref *kref)
{
	struct kobject *kobj = container_of(kref, struct kobject, kref);
	const char *name = kobj->name;

	kobject_del(kobj);
	if (kobj->ktype && kobj->ktype->release)
		kobj->ktype->release(kobj);
	else
		WARN(1, "kobject: '%s' does not have a release() function, it is broken and must be fixed.\n",
		     name);
	kfree(name);
}

struct kobject *kobject_get(struct kobject *kobj)
{
	if (kobj) {
		WARN(!kobj->state_initialized, "kobject: '%s' is not initialized\n", kobj->name);
		kref_get(&kobj->kref);
	}
	return kobj;
}

struct kobject *kobject_get_unless_zero(struct kobject *kobj)
{
	return kobj && kref_get_unless_zero(&kobj->kref) ? kobj : NULL;
}

void kobject_put(struct kobject *kobj)
{
	if (!kobj)
		return;
	WARN(!kobj->state_initialized, "kobject: '%s' is not initialized\n", kobj->name);
	kref_put(&kobj->kref, release);
}

char *kobject_get_path(const struct kobject *kobj, gfp_t gfp)
{
	char path[4096];

	if (!kobj->sd || kapi_node_path(kobj->sd, path, sizeof(path)) < 0)
		return NULL;
	return kstrdup(strstarts(path, "/sys") ? path + 4 : path, gfp);
}

static ssize_t kobj_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct kobj_attribute *kattr = container_of(attr, struct kobj_attribute, attr);

	return kattr->show ? kattr->show(kobj, kattr, buf) : -EIO;
}

static ssize_t kobj_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf,
			       size_t count)
{
	struct kobj_attribute *kattr = container_of(attr, struct kobj_attribute, attr);

	return kattr->store ? kattr->store(kobj, kattr, buf, count) : -EIO;
}

const struct sysfs_ops kobj_sysfs_ops = {
	.show = kobj_attr_show,
	.store = kobj_attr_store,
};

static void free_kobject(struct kobject *kobj)
{
	kfree(kobj);
}

static const struct kobj_type dynamic_ktype = {
	.release = free_kobject,
	.sysfs_ops = &kobj_sysfs_ops,
};

struct kobject *kobject_create_and_add(const char *name, struct kobject *parent)
{
	struct kobject *kobj = kzalloc(sizeof(*kobj), GFP_KERNEL);

	if (!kobj)
		return NULL;
	if (kobject_init_and_add(kobj, &dynamic_ktype, parent, "%s", name)) {
		kobject_put(kobj);
		return NULL;
	}
	return kobj;
}

void kset_init(struct kset *kset)
{
	kobject_init(&kset->kobj, kset->kobj.ktype);
	INIT_LIST_HEAD(&kset->list);
	spin_lock_init(&kset->list_lock);
}

int kset_register(struct kset *kset)
{
	kset_init(kset);
	return add(&kset->kobj);
}

void kset_unregister(struct kset *kset)
{
	if (!kset)
		return;
	kobject_del(&kset->kobj);
	kobject_put(&kset->kobj);
}

static void free_kset(struct kobject *kobj)
{
	kfree(to_kset(kobj));
}

static const struct kobj_type kset_ktype = {
	.release = free_kset,
	.sysfs_ops = &kobj_sysfs_ops,
};

struct kset *kset_create_and_add(const char *name, const struct kset_uevent_ops *ops,
				 struct kobject *parent)
{
	struct kset *kset = kzalloc(sizeof(*kset), GFP_KERNEL);

	if (!kset)
		return NULL;
	kset->kobj.ktype = &kset_ktype;
	kset->kobj.parent = parent;
	if (kobject_set_name(&kset->kobj, "%s", name)) {
		kfree(kset);
		return NULL;
	}
	if (kset_register(kset)) {
		kobject_put(&kset->kobj);
		return NULL;
	}
	return kset;
}

struct kobject *kset_find_obj(struct kset *kset, const char *name)
{
	struct kobject *kobj, *ret = NULL;

	spin_lock(&kset->list_lock);
	list_for_each_entry(kobj, &kset->list, entry) {
		if (!strcmp(kobj->name, name)) {
			ret = kobject_get_unless_zero(kobj);
			break;
		}
	}
	spin_unlock(&kset->list_lock);
	return ret;
}
