// SPDX-License-Identifier: GPL-2.0-only
/*
 * Character devices: numbers, cdevs, and nodes below /dev.
 */
#include <kapi/vfs.h>
#include <linux/cdev.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include "base.h"
#include "thread.h"

/* Majors that are handed out on request, from the top, in two ranges as Linux has them. */
#define DYN_TOP		254
#define DYN_BOTTOM	234
#define DYN_EXT_TOP	511
#define DYN_EXT_BOTTOM	384

struct region {
	struct list_head list;
	dev_t from;
	unsigned int count;
	char name[64];
};

static pthread_mutex_t chrdev_lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(regions);
static LIST_HEAD(cdevs);

void kapi_chrdev_fork(bool lock)
{
	if (lock)
		pthread_mutex_lock(&chrdev_lock);
	else
		pthread_mutex_unlock(&chrdev_lock);
}

static bool overlaps(dev_t a, unsigned int na, dev_t b, unsigned int nb)
{
	return a < b + nb && b < a + na;
}

static bool region_taken(dev_t from, unsigned int count)
{
	struct region *r;

	list_for_each_entry(r, &regions, list)
		if (overlaps(r->from, r->count, from, count))
			return true;
	return false;
}

static unsigned int free_major(void)
{
	unsigned int major;

	for (major = DYN_TOP; major >= DYN_BOTTOM; major--)
		if (!region_taken(MKDEV(major, 0), 1U << MINORBITS))
			return major;
	for (major = DYN_EXT_TOP; major >= DYN_EXT_BOTTOM; major--)
		if (!region_taken(MKDEV(major, 0), 1U << MINORBITS))
			return major;
	return 0;
}

/* Lock held. */
static int add_region(dev_t from, unsigned int count, const char *name)
{
	struct region *r;

	if (!count || count > (1U << MINORBITS) || MINOR(from) + count > 1U << MINORBITS)
		return -EINVAL;
	if (region_taken(from, count))
		return -EBUSY;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	r->from = from;
	r->count = count;
	strscpy(r->name, name, sizeof(r->name));
	list_add_tail(&r->list, &regions);
	return 0;
}

int alloc_chrdev_region(dev_t *dev, unsigned int baseminor, unsigned int count, const char *name)
{
	unsigned int major;
	int ret = -EBUSY;

	pthread_mutex_lock(&chrdev_lock);
	major = free_major();
	if (major)
		ret = add_region(MKDEV(major, baseminor), count, name);
	pthread_mutex_unlock(&chrdev_lock);
	if (!ret)
		*dev = MKDEV(major, baseminor);
	return ret;
}

int register_chrdev_region(dev_t from, unsigned int count, const char *name)
{
	int ret;

	pthread_mutex_lock(&chrdev_lock);
	ret = add_region(from, count, name);
	pthread_mutex_unlock(&chrdev_lock);
	return ret;
}

void unregister_chrdev_region(dev_t from, unsigned int count)
{
	struct region *r, *next;

	pthread_mutex_lock(&chrdev_lock);
	list_for_each_entry_safe(r, next, &regions, list) {
		if (r->from == from && r->count == count) {
			list_del(&r->list);
			kfree(r);
		}
	}
	pthread_mutex_unlock(&chrdev_lock);
}

/* The parent is what the cdev is part of: it may go with this reference. */
static void release_cdev(struct kobject *kobj)
{
	struct kobject *parent = kobj->parent;

	kobj->parent = NULL;
	kobject_put(parent);
}

static void release_allocated(struct kobject *kobj)
{
	struct kobject *parent = kobj->parent;

	kfree(container_of(kobj, struct cdev, kobj));
	kobject_put(parent);
}

static const struct kobj_type cdev_ktype = { .release = release_cdev };
static const struct kobj_type allocated_ktype = { .release = release_allocated };

void cdev_init(struct cdev *cdev, const struct file_operations *fops)
{
	memset(cdev, 0, sizeof(*cdev));
	INIT_LIST_HEAD(&cdev->list);
	kobject_init(&cdev->kobj, &cdev_ktype);
	cdev->ops = fops;
}

struct cdev *cdev_alloc(void)
{
	struct cdev *cdev = kzalloc(sizeof(*cdev), GFP_KERNEL);

	if (cdev) {
		INIT_LIST_HEAD(&cdev->list);
		kobject_init(&cdev->kobj, &allocated_ktype);
	}
	return cdev;
}

void cdev_set_parent(struct cdev *cdev, struct kobject *kobj)
{
	WARN_ON(!kobj->state_initialized);
	cdev->kobj.parent = kobj;
}

int cdev_add(struct cdev *cdev, dev_t dev, unsigned int count)
{
	struct cdev *other;
	int ret = 0;

	if (WARN_ON(dev == (dev_t)-1))
		return -EBUSY;
	cdev->dev = dev;
	cdev->count = count;
	pthread_mutex_lock(&chrdev_lock);
	list_for_each_entry(other, &cdevs, list)
		if (overlaps(other->dev, other->count, dev, count))
			ret = -EBUSY;
	if (!ret) {
		list_add_tail(&cdev->list, &cdevs);
		kobject_get(cdev->kobj.parent);
	}
	pthread_mutex_unlock(&chrdev_lock);
	return ret;
}

void cdev_del(struct cdev *cdev)
{
	pthread_mutex_lock(&chrdev_lock);
	list_del_init(&cdev->list);
	pthread_mutex_unlock(&chrdev_lock);
	kobject_put(&cdev->kobj);
}

void cdev_put(struct cdev *cdev)
{
	if (cdev) {
		struct module *owner = cdev->owner;

		kobject_put(&cdev->kobj);
		module_put(owner);
	}
}

int cdev_device_add(struct cdev *cdev, struct device *dev)
{
	int ret;

	if (dev->devt) {
		cdev_set_parent(cdev, &dev->kobj);
		ret = cdev_add(cdev, dev->devt, 1);
		if (ret)
			return ret;
	}
	ret = device_add(dev);
	if (ret && dev->devt)
		cdev_del(cdev);
	return ret;
}

void cdev_device_del(struct cdev *cdev, struct device *dev)
{
	device_del(dev);
	if (dev->devt)
		cdev_del(cdev);
}

/*
 * The cdev behind a node, with references on it and its module. A node stands for
 * the first one it was opened with: who has still hold of the node of a device
 * that has gone does not get the one that has its number now.
 */
static struct cdev *get_cdev(struct inode *inode)
{
	dev_t devt = inode->i_rdev;
	struct cdev *cdev, *found = NULL;

	pthread_mutex_lock(&chrdev_lock);
	list_for_each_entry(cdev, &cdevs, list) {
		if (devt < cdev->dev || devt - cdev->dev >= cdev->count)
			continue;
		if (!try_module_get(cdev->owner))
			break;
		if (kobject_get_unless_zero(&cdev->kobj))
			found = cdev;
		else
			module_put(cdev->owner);
		break;
	}
	if (found && !inode->i_cdev)
		inode->i_cdev = found;
	pthread_mutex_unlock(&chrdev_lock);
	if (found && inode->i_cdev != found) {
		cdev_put(found);
		found = NULL;
	}
	return found;
}

/* The file keeps both references; its release drops them (cdev_put(i_cdev)). */
static int chrdev_open(struct inode *inode, struct file *file)
{
	struct cdev *cdev = get_cdev(inode);
	const struct file_operations *fops;
	int ret;

	if (!cdev)
		return -ENXIO;
	fops = fops_get(cdev->ops);
	if (!fops) {
		cdev_put(cdev);
		return -ENXIO;
	}
	replace_fops(file, fops);
	ret = fops->open ? fops->open(inode, file) : 0;
	if (ret)
		cdev_put(cdev);
	return ret;
}

const struct file_operations def_chr_fops = {
	.open = chrdev_open,
	.llseek = noop_llseek,
};

/* Name of the node below /dev, from the heap. */
static char *node_name(struct device *dev, umode_t *mode)
{
	char *name = NULL;

	if (dev->type && dev->type->devnode)
		name = dev->type->devnode(dev, mode, NULL, NULL);
	else if (dev->class && dev->class->devnode)
		name = dev->class->devnode(dev, mode);
	if (!name) {
		name = kstrdup(dev_name(dev), GFP_KERNEL);
		if (name)
			strreplace(name, '!', '/');
	}
	return name;
}

int kapi_devnode_add(struct device *dev)
{
	struct kapi_node *node;
	char path[80], *name;
	umode_t mode = 0;

	if (!MAJOR(dev->devt))
		return 0;
	name = node_name(dev, &mode);
	if (!name)
		return -ENOMEM;
	snprintf(path, sizeof(path), "/dev/%s", name);
	kfree(name);
	dev->p->node = kapi_mkchr(NULL, path, mode ? mode & 0777 : 0600, dev->devt, &def_chr_fops,
				  NULL);
	if (!dev->p->node) {
		if (kapi_lookup(path, false, &node))
			return -ENOMEM;
		kapi_node_put(node);
		return -EEXIST;
	}
	snprintf(path, sizeof(path), "sys/dev/char/%u:%u", MAJOR(dev->devt), MINOR(dev->devt));
	dev->p->dev_char = kapi_mklink(NULL, path, dev->kobj.sd);
	if (!dev->p->dev_char) {
		kapi_devnode_remove(dev);
		return -ENOMEM;
	}
	return 0;
}

void kapi_devnode_remove(struct device *dev)
{
	kapi_rmnode(dev->p->dev_char);
	dev->p->dev_char = NULL;
	kapi_rmnode(dev->p->node);
	dev->p->node = NULL;
}
