// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver of mediated devices compiled at API level 5.19: a parent known by its
 * device, types that are attribute groups, devices on init and register. Clauses
 * MDEV, seed row 3.
 */
#define KAPI_LEVEL 519
#include "levels_driver.h"

#include <kapi/vfs.h>
#include <linux/mdev.h>

#define UUID	"12345678-1234-1234-1234-123456789abc"
#define TYPES	"/sys/devices/level-parent/mdev_supported_types/"
#define SMALL	TYPES "level-host-small"

static int instances_left = 2;
static struct ldev *last;
static unsigned int last_group;

static ssize_t name_show(struct mdev_type *mtype, struct mdev_type_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "Level %u\n", mtype_get_type_group_id(mtype));
}
static MDEV_TYPE_ATTR_RO(name);

static ssize_t device_api_show(struct mdev_type *mtype, struct mdev_type_attribute *attr,
			       char *buf)
{
	return sysfs_emit(buf, "vfio-level\n");
}
static MDEV_TYPE_ATTR_RO(device_api);

static ssize_t available_instances_show(struct mdev_type *mtype,
					struct mdev_type_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", instances_left);
}
static MDEV_TYPE_ATTR_RO(available_instances);

static ssize_t description_show(struct mdev_type *mtype, struct mdev_type_attribute *attr,
				char *buf)
{
	return sysfs_emit(buf, "of %s\n", dev_name(mtype_get_parent_dev(mtype)));
}
static MDEV_TYPE_ATTR_RO(description);

static struct attribute *type_attrs[] = {
	&mdev_type_attr_name.attr,
	&mdev_type_attr_device_api.attr,
	&mdev_type_attr_available_instances.attr,
	&mdev_type_attr_description.attr,
	NULL,
};

static struct attribute_group small_group = { .name = "small", .attrs = type_attrs };
static struct attribute_group large_group = { .name = "large", .attrs = type_attrs };
static struct attribute_group nameless = { .attrs = type_attrs };
static struct attribute_group *groups[] = { &small_group, &large_group, NULL };
static struct attribute_group *bad_groups[] = { &small_group, &nameless, NULL };

static int level_probe(struct mdev_device *mdev)
{
	int ret;

	if (!instances_left)
		return -ENOSPC;
	last = ldev_alloc(mdev_dev(mdev));
	dev_set_drvdata(mdev_dev(mdev), last);
	last_group = mdev_get_type_group_id(mdev);
	ret = vfio_register_emulated_iommu_dev(&last->vdev);
	if (ret)
		ldev_free(last);
	else
		instances_left--;
	return ret;
}

static void level_remove(struct mdev_device *mdev)
{
	struct ldev *ldev = dev_get_drvdata(mdev_dev(mdev));

	vfio_unregister_group_dev(&ldev->vdev);
	ldev_free(ldev);
	instances_left++;
}

static struct mdev_driver level_driver = {
	.probe = level_probe,
	.remove = level_remove,
	.supported_type_groups = groups,
	.driver = { .name = "level-mdev", .owner = THIS_MODULE },
};

static int write_attr(const char *path, const char *text)
{
	struct kapi_node *node;
	int ret = kapi_lookup(path, true, &node);

	if (ret)
		return ret;
	ret = kapi_attr_write(node, text, 0, strlen(text));
	kapi_node_put(node);
	return ret;
}

static bool attr_is(const char *path, const char *want)
{
	struct kapi_node *node;
	char buf[128] = "";

	if (kapi_lookup(path, true, &node))
		return !want;
	kapi_attr_read(node, buf, 0, sizeof(buf) - 1);
	kapi_node_put(node);
	if (want && !strcmp(buf, want))
		return true;
	printf("# %s: %s", path, buf);
	return false;
}

static void test_parent(struct device *host)
{
	is(mdev_register_device(host, &level_driver), -ENODEV, "no driver yet");
	is(mdev_register_driver(&level_driver), 0, "a driver");
	level_driver.supported_type_groups = NULL;
	is(mdev_register_device(host, &level_driver), -EINVAL, "without types");
	level_driver.supported_type_groups = bad_groups;
	is(mdev_register_device(host, &level_driver), -EINVAL, "with a type without name");
	level_driver.supported_type_groups = groups;
	is(mdev_register_device(host, &level_driver), 0, "with two");
	is(mdev_register_device(host, &level_driver), -EEXIST, "once only");

	ok(attr_is(SMALL "/name", "Level 0\n"), "the driver names a type");
	ok(attr_is(TYPES "level-host-large/name", "Level 1\n"), "and the other");
	ok(attr_is(SMALL "/device_api", "vfio-level\n"), "its API");
	ok(attr_is(SMALL "/description", "of level-parent\n"), "its description");
	ok(attr_is(SMALL "/available_instances", "2\n"), "how many there can be");
}

static void test_device(void)
{
	struct lfds fds;

	is(write_attr(TYPES "level-host-large/create", UUID), 36, "create");
	ok(attr_is(SMALL "/available_instances", "1\n"), "one less");
	is(last_group, 1, "of the type that was meant");
	ok(mdev_from_dev(last->vdev.dev) == to_mdev_device(last->vdev.dev), "it is an mdev");
	ok(!strcmp(dev_name(mdev_parent_dev(to_mdev_device(last->vdev.dev))), "level-parent"),
	   "of that parent");
	fds = lfds_open(&last->vdev, -1);
	ok(fds.device >= 0 && last->opened == 1, "a user opens it");
	lfds_close(&fds, false);

	is(write_attr("/sys/bus/mdev/devices/" UUID "/remove", "1"), 1, "remove");
	ok(attr_is(SMALL "/available_instances", "2\n"), "as before");
	instances_left = 0;
	is(write_attr(SMALL "/create", UUID), -ENOSPC, "probe fails");
	instances_left = 2;
	is(write_attr(SMALL "/create", UUID), 36, "create another, which stays");
}

static struct device *host_add(void)
{
	static struct device_driver driver = { .name = "level-host" };
	struct device *host = ldev_parent("level-parent");

	host->driver = &driver;
	return host;
}

int main(void)
{
	struct device *host;

	level_start();
	is(kapi_load_module("mdev"), 0, "load mdev");
	host = host_add();
	test_parent(host);
	test_device();
	mdev_unregister_device(host);
	ok(attr_is(SMALL "/name", NULL), "the types go with the parent");
	is(instances_left, 2, "and its devices");
	mdev_unregister_driver(&level_driver);
	ldev_parent_remove(host);
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
