// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mediated devices from the driver's side: parents, types, probe and its failure,
 * removal by several at once. Clauses MDEV.
 */
#include <kapi/fail_nth.h>
#include <kapi/objects.h>
#include <kapi/vfs.h>
#include <linux/mdev.h>
#include <pthread.h>
#include "core_test.h"

#define UUID	"12345678-1234-1234-1234-123456789abc"
#define OTHER	"12345678-1234-1234-1234-123456789abd"
#define INSTANCES	2
#define DEVICES	"/sys/bus/mdev/devices/"
#define PARENT	"/sys/class/mdev_bus/test-parent"
#define TYPE	PARENT "/mdev_supported_types/test-class-a"

static struct class test_class = { .name = "test-class" };
static unsigned int probed, removed;
static int probe_errno;

static int test_probe(struct mdev_device *mdev)
{
	probed++;
	return probe_errno;
}

static void test_remove(struct mdev_device *mdev)
{
	__atomic_fetch_add(&removed, 1, __ATOMIC_RELAXED);
}

static struct mdev_driver driver = {
	.device_api = "vfio-test",
	.max_instances = INSTANCES,
	.probe = test_probe,
	.remove = test_remove,
	.driver = { .name = "test-mdev", .owner = THIS_MODULE },
};

static struct test_parent {
	struct device dev;
	struct mdev_parent parent;
	struct mdev_type type[2];
	struct mdev_type *types[2];
} *parent;

static void parent_release(struct device *dev)
{
	kfree(container_of(dev, struct test_parent, dev));
}

static int parent_add(void)
{
	struct test_parent *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int i, ret;

	if (!p)
		return -ENOMEM;
	device_initialize(&p->dev);
	p->dev.class = &test_class;
	p->dev.release = parent_release;
	ret = dev_set_name(&p->dev, "test-parent");
	if (!ret)
		ret = device_add(&p->dev);
	if (ret) {
		put_device(&p->dev);
		return ret;
	}
	for (i = 0; i < 2; i++)
		p->types[i] = &p->type[i];
	p->type[0].sysfs_name = "a";
	p->type[1].sysfs_name = "b";
	ret = mdev_register_parent(&p->parent, &p->dev, &driver, p->types, 2);
	if (ret) {
		device_unregister(&p->dev);
		return ret;
	}
	parent = p;
	return 0;
}

static void parent_remove(void)
{
	mdev_unregister_parent(&parent->parent);
	device_unregister(&parent->dev);
}

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

static int available(void)
{
	char buf[16] = "";
	struct kapi_node *node;

	if (kapi_lookup(TYPE "/available_instances", true, &node))
		return -1;
	kapi_attr_read(node, buf, 0, sizeof(buf) - 1);
	kapi_node_put(node);
	return atoi(buf);
}

static bool exists(const char *path)
{
	struct kapi_node *node;

	if (kapi_lookup(path, true, &node))
		return false;
	kapi_node_put(node);
	return true;
}

static void test_driver(void)
{
	struct mdev_driver silent = { .driver = { .name = "silent" } };

	is(mdev_register_driver(&silent), -EINVAL, "a driver without device_api");
	is(mdev_register_driver(&driver), 0, "a driver with one");
	ok(exists("/sys/bus/mdev/drivers/test-mdev"), "is on the bus");
	is(parent_add(), 0, "a parent");
	ok(exists(TYPE "/create") && exists(PARENT "/mdev_supported_types/test-class-b/devices"),
	   "its types");
	ok(!exists(TYPE "/description"), "nothing to describe them");
	is(available(), INSTANCES, "all instances are there");
}

static void test_probe_fails(void)
{
	probe_errno = -EXDEV;
	is(write_attr(TYPE "/create", UUID), -EXDEV, "the probe's error is the writer's");
	ok(!exists(DEVICES UUID), "no device");
	is(available(), INSTANCES, "no instance");
	is(removed, 0, "nothing to remove");
	probe_errno = 0;
	is(write_attr(TYPE "/create", UUID), 36, "then it works");
	is(probed, 2, "probed again");
	is(write_attr(TYPE "/create", UUID), -EEXIST, "once");
	is(write_attr(PARENT "/mdev_supported_types/test-class-b/create", OTHER), 36,
	   "another type, same count");
	is(write_attr(TYPE "/create", "12345678-1234-1234-1234-123456789abe"), -EUSERS,
	   "one too many");
	is(write_attr(DEVICES OTHER "/remove", "1"), 1, "remove");
	is(removed, 1, "the driver was told");
	is(available(), INSTANCES - 1, "one instance is back");
}

/* A reference outlives the removal, and the name with it. */
static void test_held(void)
{
	struct device *dev = bus_find_device_by_name(driver.driver.bus, NULL, UUID);

	ok(dev, "found on the bus");
	is(write_attr(DEVICES UUID "/remove", "1"), 1, "remove");
	is(write_attr(TYPE "/create", UUID), -EEXIST, "not quite gone");
	is(available(), INSTANCES - 1, "nor is its instance free");
	put_device(dev);
	is(available(), INSTANCES, "now it is");
}

static pthread_barrier_t start;

static void *remover(void *arg)
{
	struct kapi_node *node = arg;

	pthread_barrier_wait(&start);
	return (void *)(long)kapi_attr_write(node, "1", 0, 1);
}

static void test_race(void)
{
	struct kapi_node *node;
	pthread_t thread[3];
	int round, i;
	bool good = true;
	unsigned int before;
	void *ret;

	pthread_barrier_init(&start, NULL, 3);
	for (round = 0; round < 200; round++) {
		before = removed;
		if (write_attr(TYPE "/create", UUID) != 36 ||
		    kapi_lookup(DEVICES UUID "/remove", true, &node))
			break;
		for (i = 0; i < 3; i++)
			pthread_create(&thread[i], NULL, remover, node);
		for (i = 0; i < 3; i++) {
			pthread_join(thread[i], &ret);
			good &= (long)ret == 1 || (long)ret == -ENODEV || (long)ret == -EAGAIN;
		}
		kapi_node_put(node);
		good &= removed == before + 1 && !exists(DEVICES UUID);
	}
	is(round, 200, "rounds");
	ok(good, "of three removers one removes");
	is(available(), INSTANCES, "every instance came back once");
	pthread_barrier_destroy(&start);
}

/* Every failure on the way leaves nothing behind, but for the count of MDEV-011. */
static void test_failures(void)
{
	struct kapi_objects was, now;
	unsigned int n, lost = 0, left;
	char diff[256] = "";
	bool clean = true;
	int ret;

	kapi_objects_settle();
	for (n = 1; n < 200; n++) {
		kapi_objects_snap(&was);
		kapi_fail_nth(n);
		ret = write_attr(TYPE "/create", UUID);
		left = kapi_fail_nth(0);
		if (ret == 36)
			write_attr(DEVICES UUID "/remove", "1");
		if (left)
			break;
		kapi_objects_settle();
		kapi_objects_snap(&now);
		if (kapi_objects_diff(&was, &now, diff, sizeof(diff)) || exists(DEVICES UUID)) {
			printf("# failure %u (%d): %s\n", n, ret, diff);
			clean = false;
		}
		lost += INSTANCES - available();
		atomic_set(&parent->parent.available_instances, INSTANCES);
	}
	ok(n > 5 && n < 200, "%u points of failure", n - 1);
	ok(clean, "nothing is left behind");
	is(lost, 1, "one of them takes an instance with it");
}

static void test_parent_goes(void)
{
	unsigned int before = removed;

	is(write_attr(TYPE "/create", UUID), 36, "a device");
	is(write_attr(TYPE "/create", OTHER), 36, "and another");
	parent_remove();
	is(removed, before + 2, "go with their parent");
	ok(!exists(PARENT) && !exists(DEVICES UUID) && !exists(DEVICES OTHER), "without a trace");
	is(parent_add(), 0, "a new parent of the same name");
	is(available(), INSTANCES, "has all instances");
	parent_remove();
}

int main(void)
{
	struct kapi_objects was, now;
	char diff[256];

	core_start();
	is(kapi_load_module("mdev"), 0, "the module loads");
	is(class_register(&test_class), 0, "a class for the parent");
	kapi_objects_snap(&was);
	test_driver();
	test_probe_fails();
	test_held();
	test_race();
	test_failures();
	test_parent_goes();
	mdev_unregister_driver(&driver);
	kapi_objects_settle();
	kapi_objects_snap(&now);
	kapi_objects_diff(&was, &now, diff, sizeof(diff));
	ok(!*diff, "all objects are gone %s", diff);
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
