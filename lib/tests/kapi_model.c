// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buses, drivers and classes from inside: their attributes, walks, what they refuse,
 * and every failure on the way to a bound device.
 */
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <kapi/warn.h>
#include <linux/device.h>
#include <linux/err.h>
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

/* All of a file, or "error N". */
static const char *file(const char *path)
{
	static char buf[4097];
	struct kapi_node *node;
	ssize_t n = kapi_lookup(path, true, &node);

	if (!n) {
		n = kapi_attr_read(node, buf, 0, sizeof(buf) - 1);
		kapi_node_put(node);
	}
	if (n < 0)
		n = snprintf(buf, sizeof(buf), "error %zd", -n);
	buf[n] = '\0';
	return buf;
}

static bool file_is(const char *path, const char *text)
{
	bool same = !strcmp(file(path), text);

	if (!same)
		printf("# %s: %s\n", path, file(path));
	return same;
}

static ssize_t store(const char *path, const char *text)
{
	struct kapi_node *node;
	ssize_t ret = kapi_lookup(path, true, &node);

	if (ret)
		return ret;
	ret = kapi_attr_write(node, text, 0, strlen(text));
	kapi_node_put(node);
	return ret;
}

static char stored[32];

static ssize_t b_show(const struct bus_type *bus, char *buf)
{
	return sysfs_emit(buf, "%s:%s\n", bus->name, stored);
}

static ssize_t b_store(const struct bus_type *bus, const char *buf, size_t count)
{
	strscpy(stored, buf, sizeof(stored));
	return count;
}

static struct bus_attribute bus_attr_b = __ATTR_RW(b), bus_attr_none = __ATTR(none, 0600, NULL, NULL);

static ssize_t d_show(struct device_driver *drv, char *buf)
{
	return sysfs_emit(buf, "%s\n", drv->name);
}

static struct driver_attribute driver_attr_d = __ATTR_RO(d);
static struct driver_attribute driver_attr_none = __ATTR(none, 0600, NULL, NULL);

static ssize_t g_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "group of %s\n", dev_name(dev));
}

static struct device_attribute dev_attr_g = __ATTR_RO(g), dev_attr_none = __ATTR(none, 0600, NULL, NULL);
static struct attribute *g_attrs[] = { &dev_attr_g.attr, NULL };
ATTRIBUTE_GROUPS(g);
static struct attribute *d_attrs[] = { &driver_attr_d.attr, NULL };
ATTRIBUTE_GROUPS(d);
static struct attribute *b_attrs[] = { &bus_attr_b.attr, NULL };
ATTRIBUTE_GROUPS(b);

static int refuse_match, refuse_dma;

static int match(struct device *dev, const struct device_driver *drv)
{
	return refuse_match ? refuse_match : 1;
}

static int dma(struct device *dev)
{
	return refuse_dma;
}

static const struct bus_type bus = { .name = "model", .dev_name = "unit", .match = match,
				     .dma_configure = dma, .bus_groups = b_groups, .dev_groups = g_groups,
				     .drv_groups = d_groups, .need_parent_lock = true };
static const struct bus_type stray = { .name = "stray" };

static int probed;

static int probe(struct device *dev)
{
	probed++;
	return devm_kzalloc(dev, 8, GFP_KERNEL) ? 0 : -ENOMEM;
}

static struct device_driver driver = { .name = "model", .bus = &bus, .probe = probe };
static struct device_driver other = { .name = "other", .bus = &bus, .suppress_bind_attrs = true };
static struct device_driver lost = { .name = "lost", .bus = &stray };

static void release(struct device *dev)
{
	kfree(dev);
}

static struct device *make(struct device *parent, unsigned int id)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int ret;

	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev->bus = &bus;
	dev->id = id;
	dev->parent = parent;
	dev->release = release;
	ret = device_register(dev);
	if (!ret)
		return dev;
	put_device(dev);
	return ERR_PTR(ret);
}

static int count(struct device *dev, void *n)
{
	return ++*(int *)n == 2 ? 7 : 0;
}

static int note(struct device *dev, void *list)
{
	strcat(list, dev_name(dev) + 4);
	return 0;
}

static int name_is(struct device *dev, const void *name)
{
	return !strcmp(dev_name(dev), name);
}

static int child_is(struct device *dev, void *name)
{
	return name_is(dev, name);
}

static int count_drv(struct device_driver *drv, void *n)
{
	++*(int *)n;
	return 0;
}

static void test_bus(void)
{
	struct device *a, *b, *c, *found;
	int n = 0;

	is(bus_for_each_dev(&bus, NULL, &n, count), -EINVAL, "nothing to walk");
	is(bus_for_each_drv(&bus, NULL, &n, count_drv), -EINVAL, "no drivers either");
	check(!bus_find_device_by_name(&bus, NULL, "unit1"), "nothing to find");
	is(bus_create_file(&bus, &bus_attr_none), -EINVAL, "no file on it");
	bus_remove_file(&bus, &bus_attr_none);
	is(bus_register_notifier(&bus, NULL), -EINVAL, "no notifier");
	is(bus_unregister_notifier(&bus, NULL), -EINVAL, "none to remove");
	bus_unregister(&bus);
	is(driver_register(&driver), -EINVAL, "no driver on it");
	check(PTR_ERR(make(NULL, 1)) == -EINVAL, "no device on it");

	is(bus_register(&bus), 0, "the bus");
	check(store("/sys/bus/model/b", "text") == 4 && file_is("/sys/bus/model/b", "model:text\n"),
	      "its attribute");
	is(bus_create_file(&bus, &bus_attr_none), 0, "one without functions");
	check(file_is("/sys/bus/model/none", "error 5") && store("/sys/bus/model/none", "x") == -EIO,
	      "which cannot be read nor written");
	bus_remove_file(&bus, &bus_attr_none);
	check(file_is("/sys/bus/model/none", "error 2"), "removed");
	check(file_is("/sys/bus/model/drivers_autoprobe", "1\n"), "drivers_autoprobe");
	is(store("/sys/bus/model/uevent", "add"), 3, "uevent");
	is(store("/sys/bus/model/drivers_probe", "unit9"), -ENODEV, "drivers_probe of nothing");

	a = make(NULL, 1);
	b = make(a, 2);
	c = make(a, 3);
	check(!IS_ERR(a) && !IS_ERR(b) && !IS_ERR(c) && !strcmp(dev_name(b), "unit2"),
	      "devices are named by their bus");
	check(file_is("/sys/bus/model/devices/unit2/g", "group of unit2\n"), "and have its attributes");
	check(PTR_ERR(make(NULL, 1)) == -EEXIST, "a name once");
	n = 0;
	check(bus_for_each_dev(&bus, NULL, &n, count) == 7 && n == 2, "a walk that is ended");
	n = 0;
	check(!bus_for_each_dev(&bus, b, &n, count) && n == 1, "one from the middle");
	stored[0] = 0;
	check(!device_for_each_child(a, stored, note) && !strcmp(stored, "23"), "children");
	stored[0] = 0;
	check(!device_for_each_child_reverse(a, stored, note) && !strcmp(stored, "32"), "backwards");
	n = 0;
	check(device_for_each_child_reverse(a, &n, count) == 7, "which ends early, too");
	found = device_find_child(a, "unit3", child_is);
	check(found == c, "one of them");
	put_device(found);
	check(!device_find_child(a, "unit9", child_is) && !device_find_child(b, "unit2", child_is),
	      "or none");
	found = bus_find_device(&bus, a, NULL, (void *)device_match_any);
	check(found == b, "the first behind another");
	put_device(found);

	is(device_create_file(a, &dev_attr_none), 0, "a file without functions");
	check(file_is("/sys/devices/unit1/none", "error 5") &&
	      store("/sys/devices/unit1/none", "x") == -EIO, "is good for nothing");
	check(device_remove_file_self(a, &dev_attr_none) && !device_remove_file_self(a, &dev_attr_none),
	      "it goes once");
	check(store("/sys/devices/unit1/uevent", "change") == 6 &&
	      file_is("/sys/devices/unit1/uevent", ""), "uevent of a device without a driver");
	device_unregister(c);
	device_unregister(b);
	device_unregister(a);
	bus_unregister(&bus);
}

static void test_driver(void)
{
	struct device *a, *b, *found;
	int n = 0;

	is(bus_register(&bus), 0, "a bus");
	warnings = 0;
	driver_unregister(&driver);
	is(warnings, 1, "a driver that is not there warns");
	is(driver_register(&lost), -EINVAL, "one of no bus");
	check(!driver_register(&driver) && !driver_register(&other), "two drivers");
	check(file_is("/sys/bus/model/drivers/model/d", "model\n"), "with the bus's attributes");
	check(file_is("/sys/bus/model/drivers/other/bind", "error 2"), "one without bind and unbind");
	is(driver_create_file(&driver, &driver_attr_none), 0, "a file without functions");
	check(file_is("/sys/bus/model/drivers/model/none", "error 5") &&
	      store("/sys/bus/model/drivers/model/none", "x") == -EIO, "is good for nothing");
	driver_remove_file(&driver, &driver_attr_none);
	is(store("/sys/bus/model/drivers/model/uevent", "x"), 1, "uevent");
	a = make(NULL, 1);
	b = make(a, 2);
	check(a->driver == &driver && b->driver == &driver, "the first that matches binds");
	check(file_is("/sys/devices/unit1/uevent", "DRIVER=model\n"), "uevent names it");
	n = 0;
	check(driver_for_each_device(&driver, NULL, &n, count) == 7 && n == 2, "its devices");
	found = driver_find_device(&driver, NULL, "unit2", name_is);
	check(found == b, "one of them");
	put_device(found);
	n = 0;
	check(!bus_for_each_drv(&bus, &driver, &n, count_drv) && n == 1, "drivers behind one");
	check(!driver_find("none", &bus) && !driver_find("model", &stray), "no such driver");
	is(device_attach(a), 1, "attach what is bound");
	probed = 0;
	check(!device_reprobe(a) && probed == 1 && a->driver == &driver, "probed again");
	refuse_match = -EPROBE_DEFER;
	check(!device_reprobe(a) && !a->driver, "not now, says the bus");
	is(device_reprobe(a), 0, "of what is not bound, the same");
	refuse_match = -EIO;
	is(device_reprobe(a), -EIO, "an error of the bus");
	refuse_match = 0;
	refuse_dma = -EINVAL;
	check(!device_attach(a) && !a->driver, "no DMA, no driver");
	refuse_dma = 0;
	/* A driver put in place by hand, as for a device that needs no probe. */
	a->driver = &other;
	check(device_attach(a) == 1 && device_is_bound(a), "a driver that stands there is bound");
	device_release_driver(a);
	a->driver = &other;
	kapi_fail_nth(1);
	check(!device_attach(a) && !a->driver, "or not, and then it is gone");
	kapi_fail_nth(0);
	is(device_driver_attach(&other, b), -EBUSY, "another driver's device");
	is(device_driver_attach(&driver, a), 0, "attach by hand");
	driver_unregister(&driver);
	check(!a->driver && !b->driver, "unregistering unbinds");
	driver_unregister(&other);
	device_unregister(b);
	device_unregister(a);
	bus_unregister(&bus);
}

static const char *override;

static void test_override(void)
{
	struct device *dev;

	is(bus_register(&bus), 0, "a bus");
	dev = make(NULL, 4);
	is(driver_set_override(dev, NULL, "x", 1), -EINVAL, "override of nothing");
	is(driver_set_override(dev, &override, NULL, 1), -EINVAL, "by nothing");
	is(driver_set_override(dev, &override, "x", 4095), -EINVAL, "by too much");
	check(!driver_set_override(dev, &override, "name\n", 5) && !strcmp(override, "name"), "by a line");
	kapi_fail_nth(1);
	check(driver_set_override(dev, &override, "else", 4) == -ENOMEM && !strcmp(override, "name"),
	      "failing keeps the old one");
	kapi_fail_nth(0);
	check(!driver_set_override(dev, &override, "\n", 1) && !override, "by an empty line");
	device_unregister(dev);
	bus_unregister(&bus);
}

static struct device *swept;

static int op_bus(void)
{
	return bus_register(&bus);
}

static void undo_bus(void)
{
	bus_unregister(&bus);
}

static int op_driver(void)
{
	return driver_register(&driver);
}

static void undo_driver(void)
{
	driver_unregister(&driver);
}

static int op_device(void)
{
	swept = make(NULL, 5);
	return PTR_ERR_OR_ZERO(swept);
}

static void undo_device(void)
{
	device_unregister(swept);
}

static int op_attach(void)
{
	return device_driver_attach(&driver, swept);
}

static void undo_attach(void)
{
	device_release_driver(swept);
}

static void test_faults(void)
{
	check(walk_faults("bus_register", op_bus, undo_bus, 0) > 10, "a bus needs much");
	is(bus_register(&bus), 0, "a bus");
	check(walk_faults("driver_register", op_driver, undo_driver, 0) > 5, "a driver some");
	check(walk_faults("device_register", op_device, undo_device, 0) > 5, "a device, too");
	driver.dev_groups = g_groups;
	is(driver_register(&driver), 0, "a driver");
	walk_faults("with a driver", op_device, undo_device, 0);
	store("/sys/bus/model/drivers_autoprobe", "0");
	swept = make(NULL, 6);
	/* The bus has given the device an attribute of that name. */
	is(op_attach(), -EEXIST, "an attribute that is there");
	check(!swept->driver, "and no driver then");
	driver.dev_groups = NULL;
	walk_faults("device_driver_attach", op_attach, undo_attach, 0);
	device_unregister(swept);
	driver_unregister(&driver);
	bus_unregister(&bus);
}

int main(void)
{
	kapi_init();
	kapi_warn_set_hook(count_warning, NULL);
	test_bus();
	test_driver();
	test_override();
	warnings = 0;
	test_faults();
	is(warnings, 0, "no warning on the way");
	return done_testing();
}
