// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of major 10.
 */
#include <linux/bitmap.h>
#include <linux/cdev.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/slab.h>
#include <pthread.h>

#define DYNAMIC_FIRST	256	/* minors handed out for MISC_DYNAMIC_MINOR, upwards */

static pthread_mutex_t misc_lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(miscs);
static struct class *misc_class;
static struct cdev misc_cdev;

static char *misc_devnode(const struct device *dev, umode_t *mode)
{
	const struct miscdevice *misc = dev_get_drvdata(dev);

	if (mode && misc->mode)
		*mode = misc->mode;
	return misc->nodename ? kstrdup(misc->nodename, GFP_KERNEL) : NULL;
}

static int misc_open(struct inode *inode, struct file *file)
{
	const struct file_operations *fops = NULL;
	struct miscdevice *misc;

	pthread_mutex_lock(&misc_lock);
	list_for_each_entry(misc, &miscs, list) {
		if (misc->minor == (int)iminor(inode)) {
			fops = fops_get(misc->fops);
			break;
		}
	}
	if (fops)
		file->private_data = misc;
	pthread_mutex_unlock(&misc_lock);
	if (!fops)
		return -ENODEV;
	replace_fops(file, fops);
	return fops->open ? fops->open(inode, file) : 0;
}

static const struct file_operations misc_fops = {
	.open = misc_open,
	.llseek = noop_llseek,
};

/* Lock held. */
static int misc_init(void)
{
	int ret;

	if (misc_class)
		return 0;
	ret = register_chrdev_region(MKDEV(MISC_MAJOR, 0), MINORMASK + 1, "misc");
	if (ret)
		return ret;
	misc_class = class_create("misc");
	if (IS_ERR(misc_class)) {
		ret = PTR_ERR(misc_class);
		misc_class = NULL;
		unregister_chrdev_region(MKDEV(MISC_MAJOR, 0), MINORMASK + 1);
		return ret;
	}
	misc_class->devnode = misc_devnode;
	cdev_init(&misc_cdev, &misc_fops);
	return cdev_add(&misc_cdev, MKDEV(MISC_MAJOR, 0), MINORMASK + 1);
}

static bool taken(int minor)
{
	struct miscdevice *misc;

	list_for_each_entry(misc, &miscs, list)
		if (misc->minor == minor)
			return true;
	return false;
}

int misc_register(struct miscdevice *misc)
{
	bool dynamic = misc->minor == MISC_DYNAMIC_MINOR;
	int ret;

	pthread_mutex_lock(&misc_lock);
	INIT_LIST_HEAD(&misc->list);
	ret = misc_init();
	if (ret)
		goto out;
	if (dynamic)
		for (misc->minor = DYNAMIC_FIRST; taken(misc->minor); misc->minor++)
			;
	ret = -EBUSY;
	if (taken(misc->minor))
		goto out;
	misc->this_device = device_create(misc_class, misc->parent,
					  MKDEV(MISC_MAJOR, misc->minor), misc, "%s", misc->name);
	ret = PTR_ERR_OR_ZERO(misc->this_device);
	if (!ret)
		ret = sysfs_create_groups(&misc->this_device->kobj, misc->groups);
	if (!ret)
		list_add_tail(&misc->list, &miscs);
	else if (!IS_ERR(misc->this_device))
		device_destroy(misc_class, MKDEV(MISC_MAJOR, misc->minor));
	if (ret && dynamic)
		misc->minor = MISC_DYNAMIC_MINOR;
out:
	pthread_mutex_unlock(&misc_lock);
	return ret;
}

void misc_deregister(struct miscdevice *misc)
{
	if (WARN_ON(list_empty(&misc->list)))
		return;
	pthread_mutex_lock(&misc_lock);
	list_del_init(&misc->list);
	sysfs_remove_groups(&misc->this_device->kobj, misc->groups);
	device_destroy(misc_class, MKDEV(MISC_MAJOR, misc->minor));
	if (misc->minor >= DYNAMIC_FIRST)
		misc->minor = MISC_DYNAMIC_MINOR;
	pthread_mutex_unlock(&misc_lock);
}
