// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classes, character devices and misc devices: what they refuse, what user space sees,
 * and every failure on the way.
 */
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <kapi/warn.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/slab.h>
#include <string.h>
#include "faults.h"
#include "tap.h"

static unsigned int warnings;

static bool count_warning(const struct kapi_warning *warning, void *arg)
{
	warnings++;
	return true;
}

static ssize_t access_file(const char *path, char *buf, size_t count, bool write)
{
	struct kapi_node *node;
	ssize_t ret = kapi_lookup(path, true, &node);

	if (ret)
		return ret;
	ret = write ? kapi_attr_write(node, buf, 0, count) : kapi_attr_read(node, buf, 0, count);
	kapi_node_put(node);
	return ret;
}

static bool file_is(const char *path, const char *text)
{
	char buf[128] = "";

	access_file(path, buf, sizeof(buf) - 1, false);
	if (strcmp(buf, text))
		printf("# %s: %s\n", path, buf);
	return !strcmp(buf, text);
}

static bool exists(const char *path)
{
	struct kapi_node *node;

	if (kapi_lookup(path, false, &node))
		return false;
	kapi_node_put(node);
	return true;
}

static ssize_t c_show(const struct class *class, const struct class_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", class->name);
}

static ssize_t c_store(const struct class *class, const struct class_attribute *attr,
		       const char *buf, size_t count)
{
	return count - 1;
}

static struct class_attribute class_attr_c = __ATTR_RW(c), class_attr_none = __ATTR(none, 0600, NULL, NULL);
static struct attribute *c_attrs[] = { &class_attr_c.attr, &class_attr_none.attr, NULL };
ATTRIBUTE_GROUPS(c);
static int released;

static void class_released(const struct class *class)
{
	released++;
}

static void dev_released(struct device *dev)
{
	released++;
	kfree(dev);
}

static const struct class class = { .name = "things", .class_groups = c_groups,
				    .class_release = class_released, .dev_release = dev_released };

static int count(struct device *dev, void *n)
{
	return ++*(int *)n == 2 ? 7 : 0;
}

static void test_class(void)
{
	struct device *a, *b, *c, *found;
	struct class_compat *compat;
	char byte[1];
	int n = 0;

	check(!class_is_registered(&class) && class_for_each_device(&class, NULL, &n, count) == -EINVAL &&
	      !class_find_device_by_name(&class, "a"), "a class that is not there");
	class_unregister(&class);
	check(PTR_ERR(device_create(&class, NULL, 0, NULL, "a")) == -EINVAL, "has no devices");
	class_destroy(NULL);
	class_destroy(ERR_PTR(-ENOMEM));
	is(class_register(&class), 0, "now it is");
	is(class_register(&class), -EEXIST, "once");
	check(class_is_registered(&class) && file_is("/sys/class/things/c", "things\n") &&
	      access_file("/sys/class/things/c", "xyz", 3, true) == 2, "with an attribute");
	check(access_file("/sys/class/things/none", "x", 1, true) == -EIO &&
	      access_file("/sys/class/things/none", byte, 1, false) == -EIO,
	      "and one without functions");
	a = device_create(&class, NULL, MKDEV(300, 1), &n, "a%d", 1);
	b = device_create(&class, a, 0, NULL, "b");
	check(!IS_ERR(a) && !IS_ERR(b) && dev_get_drvdata(a) == &n, "two devices");
	check(PTR_ERR(device_create(&class, NULL, 0, NULL, "a1")) == -EEXIST, "a name once");
	check(PTR_ERR(device_create(&class, NULL, MKDEV(300, 1), NULL, "c")) == -EEXIST, "a number once");
	check(file_is("/sys/class/things/a1/dev", "300:1\n") &&
	      file_is("/sys/class/things/a1/uevent", "MAJOR=300\nMINOR=1\n") &&
	      exists("/dev/a1") && exists("/sys/dev/char/300:1"), "one with a number");
	check(exists("/sys/devices/virtual/things/a1/b") && exists("/sys/class/things/b/device"),
	      "one below the other");
	n = 0;
	check(class_for_each_device(&class, NULL, &n, count) == 7 && n == 2, "a walk");
	found = class_find_device_by_devt(&class, MKDEV(300, 1));
	check(found == a, "found by number");
	put_device(found);
	found = class_find_device_by_name(&class, "b");
	check(found == b && !class_find_device_by_name(&class, "z"), "found by name");
	put_device(found);
	compat = class_compat_register("links");
	check(compat && !class_compat_register("links"), "a class of links, once");
	is(class_compat_create_link(compat, a, NULL), 0, "a link");
	is(class_compat_create_link(compat, b, a), -EEXIST, "and one back, which b has");
	is(class_compat_create_link(compat, a, b), -EEXIST, "each once");
	class_compat_remove_link(compat, a, NULL);
	is(class_compat_create_link(compat, a, b), 0, "both ways");
	check(exists("/sys/class/links/a1/device"), "it leads back");
	class_compat_remove_link(compat, a, b);
	check(!exists("/sys/class/links/a1") && !exists("/sys/class/things/a1/device"), "gone");
	class_compat_unregister(compat);
	warnings = 0;
	/* Not by device_create(): the class has the release. */
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	c->class = &class;
	c->init_name = "c";
	is(device_register(c), 0, "a device of its own making");
	device_unregister(c);
	is(released, 1, "is released by its class");
	device_unregister(b);
	device_destroy(&class, MKDEV(300, 9));
	device_destroy(&class, MKDEV(300, 1));
	class_unregister(&class);
	check(released == 2 && !warnings && !exists("/sys/class/things"), "the class goes");
}

static int opened, refuse;
static struct file_operations fops;

static int open_cdev(struct inode *inode, struct file *file)
{
	opened++;
	return refuse;
}

static struct file *open_path(const char *path)
{
	struct kapi_node *node;
	struct file *file;
	int ret = kapi_lookup(path, true, &node);

	if (ret)
		return ERR_PTR(ret);
	file = kapi_node_open(node, O_RDWR);
	kapi_node_put(node);
	return file;
}

static void test_cdev(void)
{
	dev_t a = MKDEV(301, 8), dyn;
	struct class *class = class_create("chars");
	struct device *dev;
	struct cdev *cdev = cdev_alloc(), second;
	struct file *file;

	is(register_chrdev_region(a, 8, "chars"), 0, "a region");
	is(register_chrdev_region(a + 7, 1, "x"), -EBUSY, "what overlaps");
	is(register_chrdev_region(a + 8, 0, "x"), -EINVAL, "nothing");
	is(register_chrdev_region(a, 1 << 20, "x"), -EINVAL, "over the end of the major");
	is(register_chrdev_region(a, (1 << 20) + 1, "x"), -EINVAL, "more than a major has");
	is(register_chrdev_region(a + 8, 1, "next"), 0, "what does not");
	unregister_chrdev_region(a + 8, 2);
	is(register_chrdev_region(a + 8, 1, "next"), -EBUSY, "what was not registered stays");
	unregister_chrdev_region(a + 8, 1);
	is(alloc_chrdev_region(&dyn, 0, 0, "x"), -EINVAL, "none of any major");
	is(alloc_chrdev_region(&dyn, 5, 2, "x"), 0, "two of any");
	check(MAJOR(dyn) == 254 && MINOR(dyn) == 5, "the last major");
	unregister_chrdev_region(dyn, 2);

	warnings = 0;
	is(cdev_add(cdev, (dev_t)-1, 1), -EBUSY, "no number");
	is(warnings, 1, "warns");
	fops.open = open_cdev;
	cdev->ops = &fops;
	is(cdev_add(cdev, a, 8), 0, "a character device of eight numbers");
	cdev_init(&second, &fops);
	is(cdev_add(&second, a + 7, 3), -EBUSY, "another of some of them");
	dev = device_create(class, NULL, a + 2, NULL, "c!%d", 2);
	check(exists("/dev/c/2"), "a node, in a directory");
	file = open_path("/dev/c/2");
	check(!IS_ERR(file) && opened == 1, "open");
	fput(file);
	refuse = -EPERM;
	check(PTR_ERR(open_path("/dev/c/2")) == -EPERM && opened == 2, "open that is refused");
	cdev->ops = NULL;
	check(PTR_ERR(open_path("/dev/c/2")) == -ENXIO, "no operations");
	cdev->ops = &fops;
	fops.open = NULL;
	file = open_path("/dev/c/2");
	check(!IS_ERR(file), "no open() among them");
	fput(file);
	cdev_del(cdev);
	check(PTR_ERR(open_path("/dev/c/2")) == -ENXIO, "without the character device");
	is(cdev_add(&second, a + 2, 1), 0, "another with its number");
	is(PTR_ERR(open_path("/dev/c/2")), -ENXIO, "is not what the node stood for");
	cdev_del(&second);
	cdev_put(NULL);
	device_unregister(dev);
	unregister_chrdev_region(a, 8);
	class_destroy(class);
}

static struct file_operations misc_fops;
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "misc-test", .fops = &misc_fops,
				  .groups = c_groups + 1 };

static void test_misc(void)
{
	struct file *file;

	is(misc_register(&misc), 0, "a misc device");
	file = open_path("/dev/misc-test");
	check(!IS_ERR(file), "opens without open()");
	fput(file);
	misc.fops = NULL;
	check(PTR_ERR(open_path("/dev/misc-test")) == -ENODEV, "not without operations");
	misc.fops = &misc_fops;
	misc_deregister(&misc);
	is(misc.minor, MISC_DYNAMIC_MINOR, "its number is free again");
	warnings = 0;
	misc_deregister(&misc);
	is(warnings, 1, "deregistered twice warns");
}

static struct device *swept_dev;
static struct class *swept_class, *home;
static struct cdev swept_cdev;

static int op_class(void)
{
	swept_class = class_create("swept");
	return PTR_ERR_OR_ZERO(swept_class);
}

static void undo_class(void)
{
	class_destroy(swept_class);
}

static int op_groups(void)
{
	return class_register(&class);
}

static void undo_groups(void)
{
	class_unregister(&class);
}

static int op_device(void)
{
	swept_dev = device_create(home, NULL, MKDEV(302, 1), NULL, "swept");
	return PTR_ERR_OR_ZERO(swept_dev);
}

static void undo_device(void)
{
	device_destroy(home, MKDEV(302, 1));
}

static int op_cdev(void)
{
	int ret;

	swept_dev = kzalloc(sizeof(*swept_dev), GFP_KERNEL | __GFP_NOFAIL);
	device_initialize(swept_dev);
	swept_dev->class = home;
	swept_dev->devt = MKDEV(302, 2);
	swept_dev->release = dev_released;
	cdev_init(&swept_cdev, &fops);
	ret = dev_set_name(swept_dev, "swept");
	if (!ret)
		ret = cdev_device_add(&swept_cdev, swept_dev);
	if (ret)
		put_device(swept_dev);
	return ret;
}

static void undo_cdev(void)
{
	cdev_device_del(&swept_cdev, swept_dev);
	put_device(swept_dev);
}

static int op_misc(void)
{
	return misc_register(&misc);
}

static void undo_misc(void)
{
	misc_deregister(&misc);
}

int main(void)
{
	kapi_init();
	kapi_warn_set_hook(count_warning, NULL);
	test_class();
	test_cdev();
	test_misc();
	home = class_create("home");
	warnings = 0;
	check(walk_faults("class_create", op_class, undo_class, 0) > 3, "a class");
	check(walk_faults("class_register", op_groups, undo_groups, 0) > 5, "one with attributes");
	check(walk_faults("device_create", op_device, undo_device, 0) > 8, "its device");
	check(walk_faults("cdev_device_add", op_cdev, undo_cdev, 0) > 8, "a character device");
	check(walk_faults("misc_register", op_misc, undo_misc, 0) > 8, "a misc device");
	is(warnings, 0, "no warning on the way");
	class_destroy(home);
	return done_testing();
}
