// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device model: binding, order, links, class devices and their nodes.
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
#include "tap.h"

static char events[256];

static void event(const char *what, const char *name)
{
	snprintf(events + strlen(events), sizeof(events) - strlen(events), "%s:%s ", what, name);
}

static bool events_were(const char *expected)
{
	bool same = !strcmp(events, expected);

	if (!same)
		printf("# events: %s\n", events);
	events[0] = '\0';
	return same;
}

/* Drivers "even" and "odd" by the last digit; "any" takes what is overridden to it. */
static int bus_match(struct device *dev, const struct device_driver *drv)
{
	int odd = (dev_name(dev)[strlen(dev_name(dev)) - 1] - '0') % 2;

	if (dev->platform_data)
		return !strcmp(dev->platform_data, drv->name);
	return !strcmp(drv->name, odd ? "odd" : "even");
}

static int bus_dma_configure(struct device *dev)
{
	event("dma", dev_name(dev));
	return 0;
}

static void bus_dma_cleanup(struct device *dev)
{
	event("undma", dev_name(dev));
}

static const struct bus_type test_bus = {
	.name = "pci",
	.match = bus_match,
	.dma_configure = bus_dma_configure,
	.dma_cleanup = bus_dma_cleanup,
};

static int probe_result;
static void *drvdata_at_probe;

static int drv_probe(struct device *dev)
{
	event("probe", dev->driver->name);
	device_lock_assert(dev);
	drvdata_at_probe = dev_get_drvdata(dev);
	dev_set_drvdata(dev, events);
	return devm_kzalloc(dev, 100, GFP_KERNEL) ? probe_result : -ENOMEM;
}

static int drv_remove(struct device *dev)
{
	event("remove", dev_name(dev));
	return 0;
}

static struct device_driver even = { .name = "even", .bus = &test_bus, .probe = drv_probe,
				     .remove = drv_remove };
static struct device_driver any = { .name = "any", .bus = &test_bus, .probe = drv_probe,
				    .remove = drv_remove };

static int bus_event(struct notifier_block *nb, unsigned long action, void *data)
{
	static const char *const names[] = { "ADD", "DEL", "REMOVED", "BIND", "BOUND", "UNBIND",
					     "UNBOUND", "NOTBOUND" };

	event(names[action], dev_name(data));
	return 0;
}

static void dev_release(struct device *dev)
{
	event("release", dev_name(dev));
	kfree(dev);
}

static struct device *make_device(const char *name)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	dev->bus = &test_bus;
	dev->release = dev_release;
	dev_set_name(dev, "%s", name);
	return device_register(dev) ? NULL : dev;
}

static ssize_t write_file(const char *path, const char *text)
{
	struct kapi_node *node;
	ssize_t ret = kapi_lookup(path, true, &node);

	if (ret)
		return ret;
	ret = kapi_attr_write(node, text, 0, strlen(text));
	kapi_node_put(node);
	return ret;
}

static bool link_is(const char *path, const char *text)
{
	struct kapi_node *node;
	char buf[128] = "";

	if (kapi_lookup(path, false, &node))
		return !text;
	kapi_node_readlink(node, buf, sizeof(buf));
	kapi_node_put(node);
	if (!text || strcmp(buf, text))
		printf("# link %s -> %s\n", path, buf);
	return text && !strcmp(buf, text);
}

static void test_bind(void)
{
	struct notifier_block nb = { .notifier_call = bus_event };
	struct device *dev, *found;

	check(!bus_register(&test_bus) && !bus_register_notifier(&test_bus, &nb), "bus");
	check(!driver_register(&even) && driver_register(&even) == -EBUSY, "driver, once");
	dev = make_device("0000:00:02");
	check(dev && events_were("ADD:0000:00:02 dma:0000:00:02 BIND:0000:00:02 probe:even "
				 "BOUND:0000:00:02 "), "device_add binds in order");
	check(device_is_bound(dev) && dev->driver == &even, "bound");
	check(link_is("/sys/bus/pci/devices/0000:00:02", "../../../devices/0000:00:02") &&
	      link_is("/sys/devices/0000:00:02/driver", "../../bus/pci/drivers/even") &&
	      link_is("/sys/bus/pci/drivers/even/0000:00:02", "../../../../devices/0000:00:02") &&
	      link_is("/sys/devices/0000:00:02/subsystem", "../../bus/pci"),
	      "links of a bound device");
	check(write_file("/sys/bus/pci/drivers/even/unbind", "0000:00:02\n") == 11 &&
	      events_were("UNBIND:0000:00:02 remove:0000:00:02 undma:0000:00:02 "
			  "UNBOUND:0000:00:02 "), "unbind, in order");
	check(!dev->driver && !dev_get_drvdata(dev) &&
	      link_is("/sys/devices/0000:00:02/driver", NULL),
	      "nothing is left of the driver");
	check(write_file("/sys/bus/pci/drivers/even/unbind", "0000:00:02") == -ENODEV,
	      "unbind of what is not bound");
	check(write_file("/sys/bus/pci/drivers/even/bind", "0000:00:03") == -ENODEV,
	      "bind of an unknown device");
	probe_result = -EINVAL;
	check(write_file("/sys/bus/pci/drivers/even/bind", "0000:00:02") == -EINVAL &&
	      events_were("dma:0000:00:02 BIND:0000:00:02 probe:even NOTBOUND:0000:00:02 "
			  "undma:0000:00:02 ") && !dev->driver, "a probe that fails is undone");
	probe_result = 0;
	check(write_file("/sys/bus/pci/drivers/even/bind", "0000:00:02") == 10 && !drvdata_at_probe,
	      "bind");
	check(write_file("/sys/bus/pci/drivers/even/bind", "0000:00:02") == -EBUSY, "bind twice");
	events[0] = '\0';

	write_file("/sys/bus/pci/drivers/even/unbind", "0000:00:02");
	check(!driver_register(&any), "second driver");
	dev->platform_data = "any";
	check(write_file("/sys/bus/pci/drivers/even/bind", "0000:00:02") == -ENODEV,
	      "the override keeps others away");
	check(write_file("/sys/bus/pci/drivers_probe", "0000:00:02") == 10 && dev->driver == &any,
	      "drivers_probe binds the one named");
	events[0] = '\0';
	driver_unregister(&any);
	check(!dev->driver && events_were("UNBIND:0000:00:02 remove:0000:00:02 undma:0000:00:02 "
					  "UNBOUND:0000:00:02 "), "driver_unregister unbinds");
	dev->platform_data = NULL;
	check(write_file("/sys/bus/pci/drivers_autoprobe", "0") == 1 && make_device("0000:00:04") &&
	      events_were("ADD:0000:00:04 "), "no autoprobe");
	write_file("/sys/bus/pci/drivers_autoprobe", "1");
	check(!bus_rescan_devices(&test_bus) && even.p && dev->driver == &even, "rescan");
	found = bus_find_device_by_name(&test_bus, NULL, "0000:00:04");
	check(found && found->driver == &even, "find by name");
	events[0] = '\0';
	device_unregister(found);
	check(events_were("DEL:0000:00:04 UNBIND:0000:00:04 remove:0000:00:04 undma:0000:00:04 "
			  "UNBOUND:0000:00:04 REMOVED:0000:00:04 "), "device_unregister in order");
	put_device(found);
	check(events_were("release:0000:00:04 "), "released with the last reference");
	device_unregister(dev);
	driver_unregister(&even);
	bus_unregister_notifier(&test_bus, &nb);
	bus_unregister(&test_bus);
	check(link_is("/sys/bus/pci", NULL), "bus gone");
}

struct widget {
	struct device dev;
	struct cdev cdev;
};

static int widgets_released;

static void widget_release(struct device *dev)
{
	kfree(container_of(dev, struct widget, dev));
	widgets_released++;
}

static int widget_open(struct inode *inode, struct file *file)
{
	file->private_data = container_of(inode->i_cdev, struct widget, cdev);
	return 0;
}

static const struct file_operations widget_fops = { .open = widget_open, .owner = THIS_MODULE };

static char *widget_devnode(const struct device *dev, umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "vfio/%s", dev_name(dev));
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

static bool stat_is(const char *path, unsigned int mode, dev_t rdev)
{
	struct kapi_node *node;
	struct kapi_stat st;

	if (kapi_lookup(path, false, &node))
		return false;
	kapi_node_stat(node, &st);
	kapi_node_put(node);
	return st.type == KAPI_CHR && st.mode == mode && st.rdev == rdev;
}

static void test_class(void)
{
	struct class *class = class_create("vfio");
	struct widget *w = kzalloc(sizeof(*w), GFP_KERNEL);
	struct file *file;
	dev_t devt;

	class->devnode = widget_devnode;
	check(!alloc_chrdev_region(&devt, 0, MINORMASK + 1, "vfio") && MAJOR(devt) >= 234,
	      "region of numbers");
	device_initialize(&w->dev);
	w->dev.class = class;
	w->dev.devt = MKDEV(MAJOR(devt), 3);
	w->dev.release = widget_release;
	dev_set_name(&w->dev, "%d", 3);
	cdev_init(&w->cdev, &widget_fops);
	w->cdev.owner = THIS_MODULE;
	check(!cdev_device_add(&w->cdev, &w->dev), "cdev_device_add");
	check(stat_is("/dev/vfio/3", 0600, MKDEV(MAJOR(devt), 3)), "node with its mode and number");
	check(link_is("/sys/class/vfio/3", "../../devices/virtual/vfio/3") &&
	      link_is("/sys/devices/virtual/vfio/3/subsystem", "../../../../class/vfio"),
	      "class directory");
	file = open_path("/dev/vfio/3");
	check(!IS_ERR(file) && file->private_data == w && module_refcount(THIS_MODULE) == 2,
	      "open reaches the cdev and holds the module");
	cdev_device_del(&w->cdev, &w->dev);
	put_device(&w->dev);
	check(PTR_ERR(open_path("/dev/vfio/3")) == -ENOENT, "no node any more");
	check(!widgets_released, "the open file keeps device and cdev");
	fput(file);
	check(widgets_released == 1 && !module_refcount(THIS_MODULE), "its release lets them go");
	check(link_is("/sys/devices/virtual/vfio", NULL), "class directory of the last device");
	unregister_chrdev_region(devt, MINORMASK + 1);
	class_destroy(class);
}

static struct miscdevice *opened;

static int misc_opened(struct inode *inode, struct file *file)
{
	opened = file->private_data;
	return 0;
}

static const struct file_operations misc_ops = { .open = misc_opened };
static struct miscdevice misc = { .minor = VFIO_MINOR, .name = "vfio", .fops = &misc_ops,
				  .nodename = "vfio/vfio", .mode = 0666 };
static struct miscdevice second = { .minor = VFIO_MINOR, .name = "other", .fops = &misc_ops };

static void test_misc(void)
{
	struct file *file;

	check(!misc_register(&misc), "misc device");
	check(misc_register(&second) == -EBUSY, "minor taken");
	second.minor = MISC_DYNAMIC_MINOR;
	check(!misc_register(&second) && second.minor > 255 &&
	      stat_is("/dev/other", 0600, MKDEV(10, second.minor)), "dynamic minor");
	check(stat_is("/dev/vfio/vfio", 0666, MKDEV(10, 196)), "/dev/vfio/vfio and its mode");
	check(link_is("/sys/class/misc/vfio", "../../devices/virtual/misc/vfio"), "in its class");
	file = open_path("/dev/vfio/vfio");
	check(!IS_ERR(file) && opened == &misc, "open finds the miscdevice");
	fput(file);
	misc_deregister(&second);
	misc_deregister(&misc);
	check(PTR_ERR(open_path("/dev/vfio/vfio")) == -ENOENT, "deregistered");
}

int main(void)
{
	kapi_init();
	test_bind();
	test_class();
	test_misc();
	check(!kapi_warn_count(), "no warning on the way");
	return done_testing();
}
