// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of kobjects, as nodes of the tree in kapi/vfs.h.
 */
#include <kapi/vfs.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <asm/page.h>
#include "vfs_node.h"

/* What a node of an attribute knows. The kobject outlives its nodes. */
struct binding {
	struct kobject *kobj;
	union {
		const struct attribute *attr;
		const struct bin_attribute *bin;
	};
};

static ssize_t show(void *priv, char *buf)
{
	struct binding *b = priv;

	return b->kobj->ktype->sysfs_ops->show(b->kobj, (struct attribute *)b->attr, buf);
}

static ssize_t store(void *priv, const char *buf, size_t count)
{
	struct binding *b = priv;

	return b->kobj->ktype->sysfs_ops->store(b->kobj, (struct attribute *)b->attr, buf, count);
}

static ssize_t bin_read(void *priv, char *buf, loff_t off, size_t count)
{
	struct binding *b = priv;

	return b->bin->read(NULL, b->kobj, (struct bin_attribute *)b->bin, buf, off, count);
}

static ssize_t bin_write(void *priv, const char *buf, loff_t off, size_t count)
{
	struct binding *b = priv;

	return b->bin->write(NULL, b->kobj, (struct bin_attribute *)b->bin, (char *)buf, off,
			     count);
}

static void free_binding(void *priv)
{
	kfree(priv);
}

static int make_node(struct kapi_node *dir, const char *name, umode_t mode, loff_t size,
		     const struct kapi_attr_ops *ops, struct binding binding)
{
	struct binding *b;
	struct kapi_node *node;
	int ret;

	if (!dir)
		return -EINVAL;
	b = kmemdup(&binding, sizeof(binding), GFP_KERNEL);
	if (!b)
		return -ENOMEM;
	node = kapi_mkattr(dir, name, mode & 0777, size, ops, b);
	if (!node) {
		ret = kapi_node_error(dir, name);
		kfree(b);
		if (ret == -EEXIST)
			pr_warn("sysfs: cannot create duplicate filename '%s'\n", name);
		return ret;
	}
	node->release = free_binding;
	return 0;
}

static int add_file(struct kapi_node *dir, struct kobject *kobj, const struct attribute *attr,
		    umode_t mode)
{
	const struct sysfs_ops *sysfs_ops = kobj->ktype ? kobj->ktype->sysfs_ops : NULL;
	struct kapi_attr_ops ops = { };

	if (WARN(!sysfs_ops, "missing sysfs attribute operations for kobject: %s\n", kobj->name))
		return -EINVAL;
	if (mode & 0444 && sysfs_ops->show)
		ops.show = show;
	if (mode & 0222 && sysfs_ops->store)
		ops.store = store;
	return make_node(dir, attr->name, mode, PAGE_SIZE, &ops,
			 (struct binding) { .kobj = kobj, .attr = attr });
}

static int add_bin_file(struct kapi_node *dir, struct kobject *kobj,
			const struct bin_attribute *bin, umode_t mode)
{
	struct kapi_attr_ops ops = {
		.read = bin->read ? bin_read : NULL,
		.write = bin->write ? bin_write : NULL,
	};

	return make_node(dir, bin->attr.name, mode, bin->size, &ops,
			 (struct binding) { .kobj = kobj, .bin = bin });
}

static void remove_name(struct kapi_node *dir, const char *name)
{
	struct kapi_node *node = dir ? kapi_node_find(dir, name) : NULL;

	kapi_rmnode(node);
	kapi_node_put(node);
}

int sysfs_create_file(struct kobject *kobj, const struct attribute *attr)
{
	return add_file(kobj->sd, kobj, attr, attr->mode);
}

void sysfs_remove_file(struct kobject *kobj, const struct attribute *attr)
{
	remove_name(kobj->sd, attr->name);
}

int sysfs_create_files(struct kobject *kobj, const struct attribute *const *attr)
{
	int i, ret = 0;

	for (i = 0; attr[i] && !ret; i++)
		ret = sysfs_create_file(kobj, attr[i]);
	if (ret)
		while (--i > 0)
			sysfs_remove_file(kobj, attr[i - 1]);
	return ret;
}

void sysfs_remove_files(struct kobject *kobj, const struct attribute *const *attr)
{
	for (; *attr; attr++)
		sysfs_remove_file(kobj, *attr);
}

/* kapi_rmnode() does not wait for callbacks of the calling thread. */
bool sysfs_remove_file_self(struct kobject *kobj, const struct attribute *attr)
{
	struct kapi_node *node = kobj->sd ? kapi_node_find(kobj->sd, attr->name) : NULL;

	bool removed = kapi_rmnode(node);

	kapi_node_put(node);
	return removed;
}

int sysfs_chmod_file(struct kobject *kobj, const struct attribute *attr, umode_t mode)
{
	struct kapi_node *node = kobj->sd ? kapi_node_find(kobj->sd, attr->name) : NULL;

	if (!node)
		return -ENOENT;
	node->mode = mode & 0777;
	kapi_node_put(node);
	return 0;
}

int sysfs_create_bin_file(struct kobject *kobj, const struct bin_attribute *attr)
{
	return add_bin_file(kobj->sd, kobj, attr, attr->attr.mode);
}

void sysfs_remove_bin_file(struct kobject *kobj, const struct bin_attribute *attr)
{
	remove_name(kobj->sd, attr->attr.name);
}

int sysfs_create_link_nowarn(struct kobject *kobj, struct kobject *target, const char *name)
{
	if (!kobj->sd || !target || !target->sd)
		return -ENOENT;
	return kapi_mklink(kobj->sd, name, target->sd) ? 0 : kapi_node_error(kobj->sd, name);
}

int sysfs_create_link(struct kobject *kobj, struct kobject *target, const char *name)
{
	int ret = sysfs_create_link_nowarn(kobj, target, name);

	if (ret == -EEXIST)
		pr_warn("sysfs: cannot create duplicate filename '%s'\n", name);
	return ret;
}

void sysfs_remove_link(struct kobject *kobj, const char *name)
{
	remove_name(kobj->sd, name);
}

/* The directory of a group, with a reference. */
static struct kapi_node *group_dir(struct kobject *kobj, const char *name)
{
	if (!kobj->sd)
		return NULL;
	if (name)
		return kapi_node_find(kobj->sd, name);
	atomic_inc(&kobj->sd->refs);
	return kobj->sd;
}

static umode_t visible_mode(struct kobject *kobj, const struct attribute_group *grp,
			    struct attribute *attr, int i)
{
	return grp->is_visible ? grp->is_visible(kobj, attr, i) : attr->mode;
}

static umode_t visible_bin_mode(struct kobject *kobj, const struct attribute_group *grp,
				struct bin_attribute *bin, int i)
{
	return grp->is_bin_visible ? grp->is_bin_visible(kobj, bin, i) : bin->attr.mode;
}

static void remove_files(struct kapi_node *dir, const struct attribute_group *grp)
{
	int i;

	for (i = 0; grp->attrs && grp->attrs[i]; i++)
		remove_name(dir, grp->attrs[i]->name);
	for (i = 0; grp->bin_attrs && grp->bin_attrs[i]; i++)
		remove_name(dir, grp->bin_attrs[i]->attr.name);
}

static int create_files(struct kapi_node *dir, struct kobject *kobj,
			const struct attribute_group *grp)
{
	int i, ret = 0;
	umode_t mode;

	for (i = 0; !ret && grp->attrs && grp->attrs[i]; i++) {
		mode = visible_mode(kobj, grp, grp->attrs[i], i);
		if (mode)
			ret = add_file(dir, kobj, grp->attrs[i], mode);
	}
	for (i = 0; !ret && grp->bin_attrs && grp->bin_attrs[i]; i++) {
		mode = visible_bin_mode(kobj, grp, grp->bin_attrs[i], i);
		if (mode)
			ret = add_bin_file(dir, kobj, grp->bin_attrs[i], mode);
	}
	return ret;
}

int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp)
{
	struct kapi_node *dir;
	int ret;

	if (grp->name && !kapi_mkdir(kobj->sd, grp->name))
		return kapi_node_error(kobj->sd, grp->name);
	dir = group_dir(kobj, grp->name);
	if (!dir)
		return -EINVAL;
	ret = create_files(dir, kobj, grp);
	if (ret && grp->name)
		kapi_rmnode(dir);
	else if (ret)
		remove_files(dir, grp);
	kapi_node_put(dir);
	return ret;
}

void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *grp)
{
	struct kapi_node *dir = group_dir(kobj, grp->name);

	if (dir && grp->name)
		kapi_rmnode(dir);
	else if (dir)
		remove_files(dir, grp);
	kapi_node_put(dir);
}

int sysfs_update_group(struct kobject *kobj, const struct attribute_group *grp)
{
	struct kapi_node *dir = group_dir(kobj, grp->name);
	int ret;

	if (!dir)
		return sysfs_create_group(kobj, grp);
	remove_files(dir, grp);
	ret = create_files(dir, kobj, grp);
	kapi_node_put(dir);
	return ret;
}

int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups)
{
	int i, ret = 0;

	for (i = 0; groups && groups[i] && !ret; i++)
		ret = sysfs_create_group(kobj, groups[i]);
	if (ret)
		while (--i > 0)
			sysfs_remove_group(kobj, groups[i - 1]);
	return ret;
}

void sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups)
{
	for (; groups && *groups; groups++)
		sysfs_remove_group(kobj, *groups);
}

int sysfs_add_file_to_group(struct kobject *kobj, const struct attribute *attr,
			    const char *group)
{
	struct kapi_node *dir = group_dir(kobj, group);
	int ret = dir ? add_file(dir, kobj, attr, attr->mode) : -ENOENT;

	kapi_node_put(dir);
	return ret;
}

void sysfs_remove_file_from_group(struct kobject *kobj, const struct attribute *attr,
				  const char *group)
{
	struct kapi_node *dir = group_dir(kobj, group);

	remove_name(dir, attr->name);
	kapi_node_put(dir);
}

int sysfs_emit(char *buf, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vscnprintf(buf, PAGE_SIZE, fmt, args);
	va_end(args);
	return n;
}

int sysfs_emit_at(char *buf, int at, const char *fmt, ...)
{
	va_list args;
	int n;

	if (WARN(at < 0 || at >= (int)PAGE_SIZE, "invalid sysfs_emit_at: at:%d\n", at))
		return 0;
	va_start(args, fmt);
	n = vscnprintf(buf + at, PAGE_SIZE - at, fmt, args);
	va_end(args);
	return n;
}
