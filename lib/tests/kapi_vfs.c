// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree of names: lookup, links, ownership, attributes and their removal.
 */
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>
#include <pthread.h>
#include <string.h>
#include "tap.h"

static ssize_t show(void *priv, char *buf)
{
	return sysfs_emit(buf, "%s\n", (char *)priv);
}

static char stored[64];
static size_t stored_count;

static ssize_t store(void *priv, const char *buf, size_t count)
{
	strcpy(stored, buf);
	stored_count = count;
	return count;
}

static ssize_t bin_read(void *priv, char *buf, loff_t off, size_t count)
{
	memset(buf, (int)off, count);
	return count;
}

static const struct kapi_attr_ops text_ops = { .show = show, .store = store };
static const struct kapi_attr_ops wo_ops = { .store = store };
static const struct kapi_attr_ops bin_ops = { .read = bin_read };

static int lookup(const char *path, bool follow)
{
	struct kapi_node *node;
	int ret = kapi_lookup(path, follow, &node);

	if (!ret)
		kapi_node_put(node);
	return ret;
}

static bool path_is(const char *path, bool follow, const char *expected)
{
	struct kapi_node *node;
	char buf[128] = "";

	if (kapi_lookup(path, follow, &node))
		return false;
	kapi_node_path(node, buf, sizeof(buf));
	kapi_node_put(node);
	return !strcmp(buf, expected);
}

static struct kapi_node *group, *dev;

static void test_tree(void)
{
	struct kapi_node *node;
	struct kapi_stat st;
	char buf[64] = "";

	dev = kapi_mkdir(NULL, "sys/devices/pci0000:00/0000:00:04.0");
	group = kapi_mkdir(NULL, "sys/kernel/iommu_groups/7");
	check(dev && group && !kapi_mkdir(NULL, "sys/kernel/iommu_groups/7"), "mkdir, once");
	check(kapi_mklink(dev, "iommu_group", group) &&
	      kapi_mklink(kapi_mkdir(NULL, "sys/bus/pci/devices"), "0000:00:04.0", dev), "mklink");
	kapi_mkattr(dev, "vendor", 0444, 4096, &text_ops, "0x1234");
	check(path_is("/sys/bus/pci/devices/0000:00:04.0/iommu_group", true,
		      "/sys/kernel/iommu_groups/7"), "links on the way and at the end");
	check(path_is("/sys/bus/pci/devices/0000:00:04.0/iommu_group", false,
		      "/sys/devices/pci0000:00/0000:00:04.0/iommu_group"), "last one not followed");
	check(path_is("/sys/bus/pci/devices/0000:00:04.0/../0000:00:04.0/vendor", true,
		      "/sys/devices/pci0000:00/0000:00:04.0/vendor"), "dot dot behind a link");
	kapi_lookup("/sys/devices/pci0000:00/0000:00:04.0/iommu_group", false, &node);
	kapi_node_readlink(node, buf, sizeof(buf));
	check(!strcmp(buf, "../../../kernel/iommu_groups/7"), "link text is relative: %s", buf);
	kapi_node_stat(node, &st);
	check(st.type == KAPI_LINK && st.mode == 0777, "stat of a link");
	kapi_node_put(node);
	check(kapi_node_child(dev, 0, buf, sizeof(buf), &st) == 1 && !strcmp(buf, "iommu_group") &&
	      kapi_node_child(dev, 1, buf, sizeof(buf), &st) == 1 && !strcmp(buf, "vendor") &&
	      kapi_node_child(dev, 2, buf, sizeof(buf), &st) == 0, "children in order of creation");
	check(lookup("/sys/devices/pci0000:00/0000:00:04.0/vendor/x", true) == -ENOTDIR &&
	      lookup("/sys/bus/pci/devices/0000:00:04.0/vendor/", true) == -ENOTDIR,
	      "a file is no directory");
}

static void test_owner(void)
{
	static const struct {
		const char *path;
		int ret;
	} cases[] = {
		{ "/", -ENXIO }, { "/dev", -ENXIO }, { "/sys", -ENXIO }, { "/sys/kernel", -ENXIO },
		{ "/etc/passwd", -ENXIO }, { "/dev/null", -ENXIO }, { "/dev/vfio", -ENOENT },
		{ "/dev/vfio/9", -ENOENT }, { "/dev/vfiox", -ENXIO }, { "/sys/bus/usb", -ENXIO },
		{ "/sys/bus/pci", 0 }, { "/sys/bus/pci/devices/0000:09:00.0", -ENOENT },
		{ "/sys/kernel/iommu_groups/8", -ENOENT }, { "/sys/kernel/mm", -ENXIO },
		{ "/sys/module/vfio_pci", -ENOENT }, { "/sys/module/ext4", -ENXIO },
		{ "/sys/devices/system/cpu/online", -ENXIO }, { "/sys/devices/nothing", -ENOENT },
		{ "/sys/class/vfio", -ENOENT }, { "/sys/class/net", -ENXIO },
		{ "relative", -ENXIO },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int ret = lookup(cases[i].path, true);

		check(ret == cases[i].ret, "owner of %s: %d", cases[i].path, ret);
	}
}

static void test_attr(void)
{
	struct kapi_node *text, *wo, *bin;
	char buf[16] = "";

	kapi_lookup("/sys/devices/pci0000:00/0000:00:04.0/vendor", true, &text);
	wo = kapi_mkattr(dev, "remove", 0200, 4096, &wo_ops, NULL);
	bin = kapi_mkattr(dev, "config", 0644, 256, &bin_ops, NULL);
	check(kapi_attr_read(text, buf, 0, 16) == 7 && !strcmp(buf, "0x1234\n"), "show");
	check(kapi_attr_read(text, buf, 5, 16) == 2 && !memcmp(buf, "4\n", 2), "show the rest");
	check(kapi_attr_read(text, buf, 7, 16) == 0, "show at the end");
	check(kapi_attr_write(text, "hello\nworld", 0, 6) == 6 && stored_count == 6 &&
	      !strcmp(stored, "hello\n"), "store gets the bytes, and a NUL");
	check(kapi_attr_read(wo, buf, 0, 16) == -EACCES, "no show");
	check(kapi_attr_read(bin, buf, 250, 16) == 6 && buf[5] == (char)250,
	      "binary, cut at the size");
	check(kapi_attr_read(bin, buf, 256, 16) == 0 && kapi_attr_write(bin, "x", 0, 1) == -EACCES,
	      "binary, behind the end and without write");
	kapi_node_put(text);
	kapi_rmnode(bin);
}

static struct completion in_show, let_go;

static ssize_t slow_show(void *priv, char *buf)
{
	complete(&in_show);
	wait_for_completion(&let_go);
	strcpy(priv, "returned");
	return sysfs_emit(buf, "x\n");
}

static const struct kapi_attr_ops slow_ops = { .show = slow_show };

static void *read_slowly(void *node)
{
	char buf[8];

	kapi_attr_read(node, buf, 0, 8);
	kapi_node_put(node);
	return NULL;
}

static void *let_go_later(void *arg)
{
	msleep(30);
	complete(&let_go);
	return NULL;
}

static struct kapi_node *suicide;

static ssize_t remove_self(void *priv, const char *buf, size_t count)
{
	kapi_rmnode(suicide);
	return count;
}

static const struct kapi_attr_ops suicide_ops = { .store = remove_self };

static void test_removal(void)
{
	struct kapi_node *node, *slow;
	pthread_t t[2];
	char state[16] = "running", buf[4];

	init_completion(&in_show);
	init_completion(&let_go);
	slow = kapi_mkattr(dev, "slow", 0444, 4096, &slow_ops, state);
	kapi_lookup("/sys/devices/pci0000:00/0000:00:04.0/slow", true, &node);
	pthread_create(&t[0], NULL, read_slowly, node);
	wait_for_completion(&in_show);
	pthread_create(&t[1], NULL, let_go_later, NULL);
	kapi_rmnode(slow);
	check(!strcmp(state, "returned"), "removal waits for a show that runs");
	pthread_join(t[0], NULL);
	pthread_join(t[1], NULL);

	suicide = kapi_mkattr(dev, "suicide", 0200, 4096, &suicide_ops, NULL);
	kapi_lookup("/sys/devices/pci0000:00/0000:00:04.0/suicide", true, &node);
	check(kapi_attr_write(node, "1", 0, 1) == 1, "a store may remove its own node");
	check(kapi_attr_write(node, "1", 0, 1) == -ENODEV, "and then there is no such device");
	kapi_node_put(node);

	kapi_lookup("/sys/devices/pci0000:00/0000:00:04.0/vendor", true, &node);
	kapi_rmnode(dev);
	check(kapi_attr_read(node, buf, 0, 4) == -ENODEV, "removed below an open node");
	kapi_node_put(node);
	check(lookup("/sys/bus/pci/devices/0000:00:04.0", false) == -ENOENT,
	      "links into a removed part go with it");
	check(!lookup("/sys/kernel/iommu_groups/7", false), "the target of a removed link stays");

	node = kapi_mkchr(NULL, "dev/vfio/devices/vfio0", 0600, 0, NULL, NULL);
	check(node && !lookup("/dev/vfio/devices", true), "directories of a node");
	kapi_rmnode(node);
	check(lookup("/dev/vfio", true) == -ENOENT, "gone with the last node");
}

static ssize_t kshow(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s of %s\n", attr->attr.name, kobject_name(kobj));
}

static struct kobj_attribute one = __ATTR(one, 0444, kshow, NULL);
static struct kobj_attribute hidden = __ATTR(hidden, 0444, kshow, NULL);
static struct attribute *attrs[] = { &one.attr, &hidden.attr, NULL };

static umode_t visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return n ? 0 : 0400;
}

static const struct attribute_group grp = { .name = "sub", .attrs = attrs,
					    .is_visible = visible };

static void test_kobject(void)
{
	struct kobject *kobj = kobject_create_and_add("thing", kernel_kobj);
	struct kapi_node *node;
	char buf[32] = "";

	check(kobj && !sysfs_create_group(kobj, &grp), "kobject with a group");
	check(lookup("/sys/kernel/thing/sub/hidden", true) == -ENOENT, "is_visible hides");
	check(!kapi_lookup("/sys/kernel/thing/sub/one", true, &node) &&
	      kapi_attr_read(node, buf, 0, 31) == 13 && !strcmp(buf, "one of thing\n"),
	      "attribute of a group");
	kapi_node_put(node);
	sysfs_remove_group(kobj, &grp);
	check(lookup("/sys/kernel/thing/sub", true) == -ENOENT, "group removed");
	kobject_put(kobj);
	check(lookup("/sys/kernel/thing", true) == -ENXIO, "kobject gone");
}

int main(void)
{
	kapi_init();
	test_tree();
	test_owner();
	test_attr();
	test_removal();
	test_kobject();
	return done_testing();
}
