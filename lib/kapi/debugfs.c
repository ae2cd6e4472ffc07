// SPDX-License-Identifier: GPL-2.0-only
/* debugfs, as nodes of the tree. */
#include <kapi/vfs.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "vfs_node.h"

#define TOP "sys/kernel/debug"

static struct kapi_node *node_of(struct dentry *dentry)
{
	return (struct kapi_node *)dentry;
}

struct dentry *debugfs_create_dir(const char *name, struct dentry *parent)
{
	struct kapi_node *node;
	char path[256];

	if (IS_ERR(parent))
		return parent;
	snprintf(path, sizeof(path), "%s%s", parent ? "" : TOP "/", name);
	node = kapi_mkdir(node_of(parent), path);
	return node ? (struct dentry *)node : ERR_PTR(-EEXIST);
}

struct seqfile_entry {
	struct device *dev;
	struct kapi_node *node;
	int (*read)(struct seq_file *s, void *data);
};

static ssize_t seqfile_show(void *priv, char *buf)
{
	struct seqfile_entry *e = priv;
	struct seq_file m = { .buf = buf, .size = PAGE_SIZE, .private = e->dev };
	int ret = e->read(&m, NULL);

	if (ret)
		return ret;
	return seq_has_overflowed(&m) ? -EFBIG : m.count;
}

static void seqfile_gone(void *data)
{
	struct seqfile_entry *e = data;

	kapi_rmnode(e->node);
	kapi_node_put(e->node);
	kfree(e);
}

void debugfs_create_devm_seqfile(struct device *dev, const char *name, struct dentry *parent,
				 int (*read)(struct seq_file *s, void *data))
{
	static const struct kapi_attr_ops ops = { .show = seqfile_show };
	struct seqfile_entry *e;

	if (IS_ERR_OR_NULL(parent))
		return;
	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return;
	e->dev = dev;
	e->read = read;
	e->node = kapi_mkattr(node_of(parent), name, 0444, 4096, &ops, e);
	if (!e->node) {
		kfree(e);
		return;
	}
	/* Its directory may be removed before the device goes. */
	kapi_node_get(e->node);
	devm_add_action_or_reset(dev, seqfile_gone, e);
}

static ssize_t u32_show(void *priv, char *buf)
{
	return sysfs_emit(buf, "%u\n", *(u32 *)priv);
}

static ssize_t u32_store(void *priv, const char *buf, size_t count)
{
	int ret = kstrtou32(buf, 0, priv);

	return ret ?: count;
}

static ssize_t u64_show(void *priv, char *buf)
{
	return sysfs_emit(buf, "%llu\n", (unsigned long long)*(u64 *)priv);
}

static ssize_t u64_store(void *priv, const char *buf, size_t count)
{
	int ret = kstrtou64(buf, 0, priv);

	return ret ?: count;
}

static ssize_t bool_show(void *priv, char *buf)
{
	return sysfs_emit(buf, "%c\n", *(bool *)priv ? 'Y' : 'N');
}

static ssize_t bool_store(void *priv, const char *buf, size_t count)
{
	int ret = kstrtobool(buf, priv);

	return ret ?: count;
}

static void create_value(const char *name, umode_t mode, struct dentry *parent, void *value,
			 const struct kapi_attr_ops *ops)
{
	if (!IS_ERR_OR_NULL(parent))
		kapi_mkattr(node_of(parent), name, mode & 0777, 4096, ops, value);
}

void debugfs_create_u32(const char *name, umode_t mode, struct dentry *parent, u32 *value)
{
	static const struct kapi_attr_ops ops = { .show = u32_show, .store = u32_store };

	create_value(name, mode, parent, value, &ops);
}

void debugfs_create_u64(const char *name, umode_t mode, struct dentry *parent, u64 *value)
{
	static const struct kapi_attr_ops ops = { .show = u64_show, .store = u64_store };

	create_value(name, mode, parent, value, &ops);
}

void debugfs_create_bool(const char *name, umode_t mode, struct dentry *parent, bool *value)
{
	static const struct kapi_attr_ops ops = { .show = bool_show, .store = bool_store };

	create_value(name, mode, parent, value, &ops);
}

void debugfs_remove(struct dentry *dentry)
{
	if (!IS_ERR_OR_NULL(dentry))
		kapi_rmnode(node_of(dentry));
}

struct dentry *debugfs_lookup(const char *name, struct dentry *parent)
{
	struct kapi_node *node;
	char path[256];

	if (IS_ERR(parent))
		return NULL;
	if (parent) {
		node = kapi_node_find(node_of(parent), name);
	} else {
		snprintf(path, sizeof(path), "/" TOP "/%s", name);
		if (kapi_lookup(path, false, &node))
			return NULL;
	}
	kapi_node_put(node);
	return (struct dentry *)node;
}
