// SPDX-License-Identifier: GPL-2.0-only
/* debugfs, and file systems that only the kernel mounts. */
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/pci.h>
#include <linux/pseudo_fs.h>
#include <linux/string.h>
#include "tap.h"

static char text[4096];

/* Bytes read into text, or -errno. */
static long get(const char *path)
{
	struct kapi_node *node;
	long n = kapi_lookup(path, true, &node);

	if (n)
		return n;
	n = kapi_attr_read(node, text, 0, sizeof(text) - 1);
	text[n > 0 ? n : 0] = 0;
	kapi_node_put(node);
	return n;
}

static long put(const char *path, const char *value)
{
	struct kapi_node *node;
	long n = kapi_lookup(path, true, &node);

	if (n)
		return n;
	n = kapi_attr_write(node, value, 0, strlen(value));
	kapi_node_put(node);
	return n;
}

static int show(struct seq_file *s, void *data)
{
	seq_printf(s, "%s", "a ");
	seq_puts(s, "text");
	seq_putc(s, '\n');
	return 0;
}

static int too_long(struct seq_file *s, void *data)
{
	int i;

	for (i = 0; i < 5000; i++)
		seq_putc(s, 'x');
	return 0;
}

static int fails(struct seq_file *s, void *data)
{
	return -EIO;
}

static void dev_gone(struct device *dev)
{
}

static void test_debugfs(void)
{
	struct dentry *top = debugfs_create_dir("unit", NULL), *sub;
	static struct device dev = { .release = dev_gone, .init_name = "unit-dev" };
	u32 small = 7;
	u64 large = 1ull << 40;
	bool flag = true;

	check(!IS_ERR(top), "a directory");
	is(PTR_ERR(debugfs_create_dir("unit", NULL)), -EEXIST, "not twice");
	sub = debugfs_create_dir("sub", top);
	check(!IS_ERR(sub) && debugfs_lookup("sub", top) == sub, "one below it, found");
	check(debugfs_lookup("unit", NULL) == top && !debugfs_lookup("none", top), "at the top, too");
	debugfs_create_u32("small", 0644, sub, &small);
	debugfs_create_u64("large", 0444, sub, &large);
	debugfs_create_bool("flag", 0600, sub, &flag);
	check(get("/sys/kernel/debug/unit/sub/small") == 2 && !strcmp(text, "7\n"), "a number");
	is(put("/sys/kernel/debug/unit/sub/small", "0x10"), 4, "is written");
	is(small, 16, "it changes");
	is(put("/sys/kernel/debug/unit/sub/small", "soup"), -EINVAL, "no number");
	get("/sys/kernel/debug/unit/sub/large");
	check(!strcmp(text, "1099511627776\n"), "a large one");
	put("/sys/kernel/debug/unit/sub/flag", "n");
	get("/sys/kernel/debug/unit/sub/flag");
	check(!flag && !strcmp(text, "N\n"), "a switch");

	device_initialize(&dev);
	debugfs_create_devm_seqfile(&dev, "text", sub, show);
	debugfs_create_devm_seqfile(&dev, "long", sub, too_long);
	debugfs_create_devm_seqfile(&dev, "fails", top, fails);
	check(get("/sys/kernel/debug/unit/sub/text") == 7 && !strcmp(text, "a text\n"),
	      "a file of text");
	is(get("/sys/kernel/debug/unit/sub/long"), -EFBIG, "more than fits");
	is(get("/sys/kernel/debug/unit/fails"), -EIO, "what its function says");
	devres_release_all(&dev);
	is(get("/sys/kernel/debug/unit/fails"), -ENOENT, "they go with the driver");
	debugfs_remove_recursive(top);
	check(get("/sys/kernel/debug/unit/sub/small") < 0, "a directory goes with all below");
	debugfs_remove(NULL);
	check(IS_ERR(debugfs_create_dir("x", ERR_PTR(-EEXIST))), "an error as parent is handed on");
}

#define MAGIC 0x756e6974

static int mounts, kills, refuse;

static int init_fs(struct fs_context *fc)
{
	mounts++;
	if (refuse)
		return refuse;
	return init_pseudo(fc, MAGIC) ? 0 : -ENOMEM;
}

static void kill_sb(struct super_block *sb)
{
	kills++;
	kill_anon_super(sb);
}

static void test_pseudo_fs(void)
{
	static struct file_system_type type = {
		.name = "unit", .init_fs_context = init_fs, .kill_sb = kill_sb,
	};
	struct vfsmount *mnt = NULL, *first;
	struct inode *inode;
	int count = 0;

	refuse = -EPERM;
	is(simple_pin_fs(&type, &mnt, &count), -EPERM, "a file system that refuses");
	check(!mnt && !count, "is not mounted");
	refuse = mounts = 0;
	is(simple_pin_fs(&type, &mnt, &count), 0, "mounted");
	first = mnt;
	is(simple_pin_fs(&type, &mnt, &count), 0, "by another");
	check(mnt == first && count == 2 && mounts == 1, "it is the same");
	is(mnt->mnt_sb->s_magic, MAGIC, "with its magic number");
	inode = alloc_anon_inode(mnt->mnt_sb);
	check(!IS_ERR(inode) && inode->i_sb == mnt->mnt_sb, "its inodes know it");
	iput(inode);
	simple_release_fs(&mnt, &count);
	check(mnt && !kills, "it stays with one user");
	simple_release_fs(&mnt, &count);
	check(!mnt && !count && kills == 1, "and goes with the last");
}

static void test_override(void)
{
	struct device dev = { };

	is(device_set_driver_override(&dev, "x"), -EINVAL, "no driver_override on other buses");
}

int main(void)
{
	kapi_init();
	test_debugfs();
	test_pseudo_fs();
	test_override();
	return done_testing();
}
