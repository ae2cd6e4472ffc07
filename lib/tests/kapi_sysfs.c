// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kobjects, ksets and their files in sysfs: single ones, groups, binary ones, links;
 * and every failure on the way.
 */
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <kapi/warn.h>
#include <linux/err.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <string.h>
#include "faults.h"
#include "tap.h"

static unsigned int warnings;

static bool count_warning(const struct kapi_warning *warning, void *arg)
{
	warnings++;
	return true;
}

static ssize_t access_file(const char *path, char *buf, loff_t off, size_t count, bool write)
{
	struct kapi_node *node;
	ssize_t ret = kapi_lookup(path, true, &node);

	if (ret)
		return ret;
	ret = write ? kapi_attr_write(node, buf, off, count) : kapi_attr_read(node, buf, off, count);
	kapi_node_put(node);
	return ret;
}

/* What reading it gives: text, or "error N". */
static bool file_is(const char *path, const char *text)
{
	char buf[4097];
	ssize_t n = access_file(path, buf, 0, sizeof(buf) - 1, false);

	if (n < 0)
		n = snprintf(buf, sizeof(buf), "error %zd", -n);
	buf[n] = '\0';
	if (strcmp(buf, text))
		printf("# %s: %s\n", path, buf);
	return !strcmp(buf, text);
}

static unsigned int mode_of(const char *path)
{
	struct kapi_node *node;
	struct kapi_stat st;

	if (kapi_lookup(path, false, &node))
		return 0;
	kapi_node_stat(node, &st);
	kapi_node_put(node);
	return st.mode;
}

static char value[16] = "v";

static ssize_t v_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s %s\n", attr->attr.name, value);
}

static ssize_t v_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
		       size_t count)
{
	strscpy(value, buf, sizeof(value));
	return count;
}

#define ATTR(name, mode, show, store) \
	static struct kobj_attribute name = __ATTR(name, mode, show, store)
ATTR(one, 0644, v_show, v_store);
ATTR(two, 0444, v_show, NULL);
ATTR(three, 0600, NULL, NULL);

static char bytes[8] = "01234567";

static ssize_t bin_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			char *buf, loff_t off, size_t count)
{
	memcpy(buf, bytes + off, count);
	return count;
}

static ssize_t bin_write(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			 char *buf, loff_t off, size_t count)
{
	memcpy(bytes + off, buf, count);
	return count;
}

static struct bin_attribute bin = __BIN_ATTR(bin, 0600, bin_read, bin_write, 8);
static struct bin_attribute mute = __BIN_ATTR(mute, 0600, NULL, NULL, 8);
static struct attribute *attrs[] = { &one.attr, &two.attr, NULL };
static struct bin_attribute *bins[] = { &bin, &mute, NULL };
static const struct attribute *list[] = { &one.attr, &two.attr, &three.attr, NULL };

static umode_t hide;

static umode_t visible(struct kobject *kobj, struct attribute *attr, int i)
{
	return i == 1 ? hide : attr->mode;
}

static umode_t bin_visible(struct kobject *kobj, struct bin_attribute *attr, int i)
{
	return i == 1 ? hide : 0400;
}

static const struct attribute_group plain = { .attrs = attrs, .bin_attrs = bins };
static const struct attribute_group named = { .name = "group", .attrs = attrs, .bin_attrs = bins,
					      .is_visible = visible, .is_bin_visible = bin_visible };
static const struct attribute_group only_bins = { .name = "bins", .bin_attrs = bins };
static const struct attribute_group *groups[] = { &plain, &named, NULL };
static const struct attribute_group *twice[] = { &named, &plain, &plain, NULL };

static struct kobject *top;

static void test_files(void)
{
	struct kobject *kobj = kobject_create_and_add("files", top);
	struct kobject bare = { .name = "bare" };
	char buf[8];

	is(sysfs_create_file(kobj, &one.attr), 0, "a file");
	is(sysfs_create_file(kobj, &one.attr), -EEXIST, "once");
	check(access_file("/sys/top/files/one", "new", 0, 3, true) == 3 &&
	      file_is("/sys/top/files/one", "one new\n"), "is written and read");
	is(sysfs_create_file(kobj, &three.attr), 0, "one without functions");
	check(file_is("/sys/top/files/three", "error 5") &&
	      access_file("/sys/top/files/three", "x", 0, 1, true) == -EIO, "is good for nothing");
	is(sysfs_chmod_file(kobj, &one.attr, 0400), 0, "another mode");
	is(mode_of("/sys/top/files/one"), 0400, "which it has then");
	is(sysfs_chmod_file(kobj, &two.attr, 0400), -ENOENT, "for what is not there, none");
	is(sysfs_create_files(kobj, list), -EEXIST, "several, of which one is there");
	check(file_is("/sys/top/files/two", "error 2"), "none of them");
	check(sysfs_remove_file_self(kobj, &one.attr) && !sysfs_remove_file_self(kobj, &one.attr),
	      "a file removes itself once");
	sysfs_remove_file(kobj, &three.attr);
	check(!sysfs_create_files(kobj, list) && file_is("/sys/top/files/two", "two new\n"), "all three");
	sysfs_remove_files(kobj, list);
	check(file_is("/sys/top/files/two", "error 2"), "gone");

	check(!sysfs_create_bin_file(kobj, &bin) && !sysfs_create_bin_file(kobj, &mute), "binary files");
	is(access_file("/sys/top/files/bin", buf, 2, 8, false), 6, "read from the middle to the end");
	check(!memcmp(buf, "234567", 6), "its bytes");
	check(access_file("/sys/top/files/bin", "xy", 1, 2, true) == 2 && !memcmp(bytes, "0xy3", 4),
	      "written in the middle");
	is(access_file("/sys/top/files/bin", buf, 8, 1, false), 0, "its end");
	is(access_file("/sys/top/files/mute", buf, 0, 1, false), -EACCES, "one that cannot be read");
	is(access_file("/sys/top/files/mute", buf, 0, 1, true), -EACCES, "nor written");
	sysfs_remove_bin_file(kobj, &bin);
	is(access_file("/sys/top/files/bin", buf, 0, 1, false), -ENOENT, "gone");

	is(sysfs_create_link(kobj, top, "up"), 0, "a link");
	is(sysfs_create_link(kobj, top, "up"), -EEXIST, "once");
	is(sysfs_create_link(kobj, &bare, "x"), -ENOENT, "to what is not in sysfs");
	is(sysfs_create_link(kobj, NULL, "x"), -ENOENT, "to nothing");
	is(sysfs_create_link(&bare, top, "x"), -ENOENT, "from what is not there");
	sysfs_remove_link(kobj, "up");
	sysfs_remove_link(kobj, "up");
	is(sysfs_create_file(&bare, &one.attr), -EINVAL, "a file of what is not there");
	check(!sysfs_remove_file_self(&bare, &one.attr) &&
	      sysfs_chmod_file(&bare, &one.attr, 0) == -ENOENT, "and has none to change");
	sysfs_remove_file(&bare, &one.attr);
	kobject_put(kobj);
}

static void test_groups(void)
{
	struct kobject *kobj = kobject_create_and_add("groups", top), bare = { .name = "bare" };

	hide = 0;
	is(sysfs_create_groups(kobj, groups), 0, "two groups");
	check(file_is("/sys/top/groups/one", "one new\n") && mode_of("/sys/top/groups/bin") == 0600,
	      "one among the files");
	check(file_is("/sys/top/groups/group/one", "one new\n") &&
	      mode_of("/sys/top/groups/group/bin") == 0400, "one in a directory");
	check(!mode_of("/sys/top/groups/group/two") && !mode_of("/sys/top/groups/group/mute"),
	      "without what is hidden");
	hide = 0440;
	is(sysfs_update_group(kobj, &named), 0, "looked at again");
	check(mode_of("/sys/top/groups/group/two") == 0440 &&
	      mode_of("/sys/top/groups/group/mute") == 0440, "it is not any more");
	is(sysfs_create_group(kobj, &named), -EEXIST, "a group once");
	is(sysfs_create_group(kobj, &plain), -EEXIST, "each of its files, too");
	is(sysfs_add_file_to_group(kobj, &three.attr, "group"), 0, "one more file");
	is(mode_of("/sys/top/groups/group/three"), 0600, "is there");
	sysfs_remove_file_from_group(kobj, &three.attr, "group");
	is(mode_of("/sys/top/groups/group/three"), 0, "and gone");
	is(sysfs_add_file_to_group(kobj, &three.attr, "none"), -ENOENT, "to no group");
	sysfs_remove_file_from_group(kobj, &three.attr, "none");
	is(sysfs_add_file_to_group(kobj, &three.attr, NULL), 0, "to none in particular");
	is(mode_of("/sys/top/groups/three"), 0600, "is to the object");
	sysfs_remove_groups(kobj, groups);
	check(!mode_of("/sys/top/groups/one") && !mode_of("/sys/top/groups/group"), "groups go");
	sysfs_remove_group(kobj, &named);
	is(sysfs_update_group(kobj, &only_bins), 0, "an update makes a group that is not there");
	is(mode_of("/sys/top/groups/bins/bin"), 0600, "with its files");
	sysfs_remove_group(kobj, &only_bins);
	is(sysfs_create_groups(kobj, twice), -EEXIST, "groups that clash");
	check(!mode_of("/sys/top/groups/group") && !mode_of("/sys/top/groups/one"), "leave nothing");
	check(!sysfs_create_groups(kobj, NULL), "no groups");
	sysfs_remove_groups(kobj, NULL);
	is(sysfs_create_group(&bare, &plain), -EINVAL, "a group of what is not there");
	sysfs_remove_group(&bare, &plain);
	kobject_put(kobj);
}

static int released;

static void release(struct kobject *kobj)
{
	released++;
}

static const struct kobj_type type = { .release = release, .sysfs_ops = &kobj_sysfs_ops,
				       .default_groups = groups };
static const struct kobj_type no_release = { .sysfs_ops = &kobj_sysfs_ops };
static const struct kobj_type no_files = { .release = release };

static void test_kobject(void)
{
	struct kset *set = kset_create_and_add("set", NULL, top);
	struct kobject a = { .kset = set }, b = { }, *found;
	char *path;

	warnings = 0;
	is(kobject_init_and_add(&a, &type, NULL, "a/%d", 1), 0, "a kobject in a set");
	check(!strcmp(kobject_name(&a), "a!1") && file_is("/sys/top/set/a!1/one", "one new\n"),
	      "with a name without a slash, and the files of its type");
	path = kobject_get_path(&a, GFP_KERNEL);
	check(path && !strcmp(path, "/top/set/a!1"), "its path");
	kfree(path);
	found = kset_find_obj(set, "a!1");
	check(found == &a, "the set finds it");
	kobject_put(found);
	check(!kset_find_obj(set, "b"), "and nothing else");
	kobject_init(&b, &no_release);
	is(kobject_add(NULL, NULL, "x"), -EINVAL, "add of nothing");
	is(kobject_add(&b, &set->kobj, "a!1"), -EEXIST, "a name once");
	check(!kobject_get_path(&b, GFP_KERNEL), "no path for what is not there");
	is(kobject_add(&b, &set->kobj, "%s", ""), -EINVAL, "an empty name warns");
	is(warnings, 1, "that it does");
	is(kobject_add(&b, &set->kobj, "b"), 0, "another");
	warnings = 0;
	kobject_init(&b, &no_release);
	is(warnings, 1, "initialised twice warns");
	kobject_put(&b);
	is(warnings, 2, "a type without release() warns");
	memset(&b, 0, sizeof(b));
	warnings = 0;
	is(kobject_add(&b, NULL, "b"), -EINVAL, "add before init");
	kobject_init(&b, &no_files);
	b.state_initialized = false;
	kobject_get(&b);
	kobject_put(&b);
	is(warnings, 3, "warns, as get and put do");
	b.state_initialized = true;
	is(kobject_add(&b, top, "b"), 0, "one without file operations");
	is(sysfs_create_file(&b, &one.attr), -EINVAL, "cannot have files");
	is(warnings, 4, "and warns");
	kobject_put(&b);
	check(!kobject_get(NULL) && !kobject_get_unless_zero(NULL), "nothing stays nothing");
	kobject_put(NULL);
	kobject_del(NULL);
	kset_unregister(NULL);
	released = 0;
	kobject_put(&a);
	is(released, 1, "the last reference releases");
	check(!kset_find_obj(set, "a!1") && !mode_of("/sys/top/set/a!1"), "and takes it out");
	kset_unregister(set);
	check(!kobject_create_and_add("", top), "none without a name");
}

static void test_emit(void)
{
	char *page = kzalloc(PAGE_SIZE, GFP_KERNEL);

	is(sysfs_emit(page, "%5000s", "x"), PAGE_SIZE - 1, "a page is what fits");
	is(sysfs_emit_at(page, 4090, "%s", "0123456789"), 5, "from where it begins");
	warnings = 0;
	check(!sysfs_emit_at(page, PAGE_SIZE, "x") && !sysfs_emit_at(page, -1, "x") && warnings == 2,
	      "which is within it");
	kfree(page);
}

static struct kobject swept = { };
static struct kset *swept_set;
static struct kobject *holder;

static int op_kobject(void)
{
	int ret;

	memset(&swept, 0, sizeof(swept));
	ret = kobject_init_and_add(&swept, &type, holder, "swept");
	if (ret)
		kobject_put(&swept);
	return ret;
}

static void undo_kobject(void)
{
	kobject_put(&swept);
}

static int op_kset(void)
{
	swept_set = kset_create_and_add("swept", NULL, holder);
	return swept_set ? 0 : -ENOMEM;
}

static void undo_kset(void)
{
	kset_unregister(swept_set);
}

static int op_groups(void)
{
	return sysfs_create_groups(holder, groups);
}

static void undo_groups(void)
{
	sysfs_remove_groups(holder, groups);
}

static int op_list(void)
{
	return sysfs_create_files(holder, list);
}

static void undo_list(void)
{
	sysfs_remove_files(holder, list);
}

static int op_dynamic(void)
{
	swept_set = (void *)kobject_create_and_add("swept", holder);
	return swept_set ? 0 : -ENOMEM;
}

static void undo_dynamic(void)
{
	kobject_put((void *)swept_set);
}

int main(void)
{
	kapi_init();
	kapi_warn_set_hook(count_warning, NULL);
	top = kobject_create_and_add("top", NULL);
	test_files();
	test_groups();
	test_kobject();
	test_emit();
	warnings = 0;
	holder = kobject_create_and_add("holder", top);
	check(walk_faults("kobject_init_and_add", op_kobject, undo_kobject, 0) > 10, "a kobject");
	check(walk_faults("kset_create_and_add", op_kset, undo_kset, 0) > 2, "a kset");
	check(walk_faults("sysfs_create_groups", op_groups, undo_groups, 0) > 8, "groups");
	check(walk_faults("sysfs_create_files", op_list, undo_list, 0) > 5, "files");
	check(walk_faults("kobject_create_and_add", op_dynamic, undo_dynamic, 0) > 2, "a directory");
	is(warnings, 0, "no warning on the way");
	kobject_put(holder);
	kobject_put(top);
	is(mode_of("/sys/top"), 0, "nothing is left of it");
	return done_testing();
}
