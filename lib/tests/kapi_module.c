// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules: loading order, references, parameters.
 */
#undef KAPI_MODULE
#define KAPI_MODULE vfio_unit_test
#include <kapi/module.h>
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <kapi/warn.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <string.h>
#include "tap.h"

static bool flag;
static uint number = 7;
static char *name = "none";
static int list[4] = { 1, 2 };
static unsigned int list_len = 2;
static char text[8] = "abc";
static bool renamed;
static int silent;

module_param(flag, bool, 0644);
MODULE_PARM_DESC(flag, "a switch");
module_param(number, uint, 0444);
module_param(name, charp, 0644);
module_param_array(list, int, &list_len, 0644);
module_param_string(text, text, sizeof(text), 0644);
module_param_named(other_name, renamed, bool, 0600);
module_param(silent, int, 0);

static int init_result, inits, exits, order;

static int __init test_init(void)
{
	order = ++inits;
	return init_result;
}

static void __exit test_exit(void)
{
	exits++;
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL v2");
MODULE_SOFTDEP("pre: not_there");

#define DIR "/sys/module/vfio_unit_test/"

static const char *param(const char *path)
{
	static char buf[64];
	struct kapi_node *node;
	ssize_t n;

	if (kapi_lookup(path, true, &node))
		return "none";
	n = kapi_attr_read(node, buf, 0, sizeof(buf) - 1);
	kapi_node_put(node);
	buf[n < 0 ? 0 : n] = '\0';
	return buf;
}

static ssize_t set(const char *path, const char *value)
{
	struct kapi_node *node;
	ssize_t ret = kapi_lookup(path, true, &node);

	if (ret)
		return ret;
	ret = kapi_attr_write(node, value, 0, strlen(value));
	kapi_node_put(node);
	return ret;
}

static void test_load(void)
{
	struct kapi_node *node;

	check(kapi_load_module("no_such_module") == -ENOENT, "unknown module");
	check(kapi_unload_module("vfio_unit_test") == -ENOENT, "not loaded");
	check(!kapi_set_param("vfio_unit_test", "number", "0x20") && number == 32,
	      "parameter before loading");
	init_result = -EIO;
	check(kapi_load_module("vfio_unit_test") == -EIO &&
	      kapi_lookup("/sys/module/vfio_unit_test", true, &node) == -ENOENT,
	      "init fails and nothing is left");
	init_result = 0;
	check(!kapi_load_module("vfio_unit_test") && inits == 2, "load");
	check(kapi_load_module("vfio_unit_test") == -EEXIST && inits == 2, "loaded already");
	check(!strcmp(param(DIR "initstate"), "live\n"), "live");
}

static void test_params(void)
{
	check(!strcmp(param(DIR "parameters/flag"), "N\n"), "bool, shown");
	check(set(DIR "parameters/flag", "Y\n") == 2 && flag, "bool, set");
	check(set(DIR "parameters/flag", "maybe") == -EINVAL && flag, "bool, nonsense");
	check(!strcmp(param(DIR "parameters/number"), "32\n"), "uint");
	check(set(DIR "parameters/number", "1") == -EACCES && number == 32, "uint, read only");
	check(set(DIR "parameters/name", "hello\n") == 6 && !strcmp(name, "hello") &&
	      !strcmp(param(DIR "parameters/name"), "hello\n"), "charp");
	check(!strcmp(param(DIR "parameters/list"), "1,2\n"), "array");
	check(set(DIR "parameters/list", "5,6,7\n") == 6 && list_len == 3 && list[2] == 7,
	      "array, set");
	check(set(DIR "parameters/list", "1,2,3,4,5") == -EINVAL, "array, too many");
	check(set(DIR "parameters/text", "12345678") == -ENOSPC && !strcmp(text, "abc"),
	      "string, too long");
	check(!strcmp(param(DIR "parameters/other_name"), "N\n"), "named otherwise");
	check(!strcmp(param(DIR "parameters/silent"), "none"), "without mode bits it is not shown");
	check(!kapi_set_param("vfio_unit_test", "silent", "-3") && silent == -3, "but can be set");
	check(kapi_set_param("vfio_unit_test", "flag", NULL) == 0 && flag, "switch without value");
	check(kapi_set_param("vfio_unit_test", "number", NULL) == -EINVAL, "number without value");
	check(kapi_set_param("vfio_unit_test", "what", "1") == -ENOENT, "unknown parameter");
}

static void test_refs(void)
{
	check(try_module_get(THIS_MODULE) && module_refcount(THIS_MODULE) == 1, "reference");
	check(!strcmp(param(DIR "refcnt"), "1\n"), "shown in sysfs");
	check(kapi_unload_module("vfio_unit_test") == -EWOULDBLOCK && !exits, "in use");
	module_put(THIS_MODULE);
	check(!kapi_unload_module("vfio_unit_test") && exits == 1, "unload");
	check(!strcmp(param(DIR "initstate"), "none"), "nothing left in sysfs");
	check(!kapi_load_module("vfio_unit_test") && try_module_get(THIS_MODULE), "load again");
	module_put(THIS_MODULE);
	check(try_module_get(NULL), "NULL is the kernel");
	check(!strcmp(THIS_MODULE->name, "vfio_unit_test"), "name");
}

int main(void)
{
	kapi_init();
	test_load();
	test_params();
	test_refs();
	check(!kapi_warn_count(), "no warning on the way");
	return done_testing();
}
