// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module parameters of every type, what each refuses, and modules that depend on
 * another one or cannot go.
 */
#undef KAPI_MODULE
#define KAPI_MODULE vfio_param_test
#include <kapi/fail_nth.h>
#include <kapi/module.h>
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <kapi/warn.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <string.h>

#include "tap.h"

static unsigned char a_byte = 1;
static short a_short = -2;
static unsigned short a_ushort = 3;
static int an_int = -4;
static unsigned int a_uint = 5;
static long a_long = -6;
static unsigned long a_ulong = 7;
static unsigned long long a_ullong = 8;
static bool inverted = true;
static char *unset;
static char word[6] = "word";
static bool flags[3];
static char *names[2] = { "n" };
static int custom_gets;

module_param(a_byte, byte, 0644);
module_param(a_short, short, 0644);
module_param(a_ushort, ushort, 0644);
module_param(an_int, int, 0644);
module_param(a_uint, uint, 0644);
module_param(a_long, long, 0644);
module_param(a_ulong, ulong, 0644);
module_param(a_ullong, ullong, 0644);
module_param(inverted, invbool, 0644);
module_param(unset, charp, 0644);
module_param_string(word, word, sizeof(word), 0644);
module_param_array(flags, bool, NULL, 0644);
module_param_array(names, charp, NULL, 0600);

static int only_set(const char *val, const struct kernel_param *kp)
{
	return param_set_int(val, kp) ?: param_set_uint("9", &(struct kernel_param) { .arg = &a_uint });
}

static int only_get(char *buffer, const struct kernel_param *kp)
{
	return ++custom_gets > 1 ? -EIO : param_get_int(buffer, kp) + param_get_uint(buffer, kp) - 3;
}

static const struct kernel_param_ops set_ops = { .set = only_set }, get_ops = { .get = only_get };
module_param_cb(wonly, &set_ops, &an_int, 0644);
module_param_cb(ronly, &get_ops, &an_int, 0644);

static int __init param_init(void)
{
	return 0;
}

module_init(param_init);
MODULE_LICENSE("GPL v2");
MODULE_SOFTDEP("pre: vfio_param_test none post: kapi");

#define DIR "/sys/module/vfio_param_test/parameters/"

static ssize_t access_param(const char *name, char *buf, size_t count, bool write)
{
	struct kapi_node *node;
	char path[96];
	ssize_t ret;

	snprintf(path, sizeof(path), DIR "%s", name);
	ret = kapi_lookup(path, true, &node);
	if (ret)
		return ret;
	ret = write ? kapi_attr_write(node, buf, 0, count) : kapi_attr_read(node, buf, 0, count);
	kapi_node_put(node);
	return ret;
}

static bool shows(const char *name, const char *text)
{
	char buf[64] = "";
	ssize_t n = access_param(name, buf, sizeof(buf) - 1, false);

	if (n < 0)
		snprintf(buf, sizeof(buf), "error %zd", -n);
	if (strcmp(buf, text))
		printf("# %s: %s\n", name, buf);
	return !strcmp(buf, text);
}

static long set(const char *name, const char *text)
{
	ssize_t ret = access_param(name, (char *)text, strlen(text), true);

	return ret == (ssize_t)strlen(text) ? 0 : ret;
}

/* A number of each width: its limits, and beyond. */
static const struct {
	const char *name, *before, *least, *most, *more;
} numbers[] = {
	{ "a_byte", "1\n", "0\n", "255\n", "256" },
	{ "a_short", "-2\n", "-32768\n", "32767\n", "32768" },
	{ "a_ushort", "3\n", "0\n", "65535\n", "65536" },
	{ "an_int", "-4\n", "-2147483648\n", "2147483647\n", "2147483648" },
	{ "a_uint", "5\n", "0\n", "4294967295\n", "4294967296" },
	{ "a_long", "-6\n", "-9223372036854775808\n", "9223372036854775807\n", "9223372036854775808" },
	{ "a_ulong", "7\n", "0\n", "18446744073709551615\n", "18446744073709551616" },
	{ "a_ullong", "8\n", "0\n", "18446744073709551615\n", "18446744073709551616" },
};

static void test_numbers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const char *name = numbers[i].name;

		check(shows(name, numbers[i].before), "%s: what it was", name);
		check(!set(name, numbers[i].least) && shows(name, numbers[i].least), "%s: the least", name);
		check(!set(name, numbers[i].most) && shows(name, numbers[i].most), "%s: the most", name);
		check(set(name, numbers[i].more) == -ERANGE && shows(name, numbers[i].most),
		      "%s: more is refused", name);
		check(set(name, "x") == -EINVAL && set(name, "\n") == -EINVAL, "%s: no number", name);
		is(kapi_set_param("vfio_param_test", name, NULL), -EINVAL, "%s: nothing", name);
	}
}

static void test_texts(void)
{
	char long_text[1026];

	check(shows("inverted", "N\n") && !set("inverted", "1") && !inverted && shows("inverted", "Y\n"),
	      "a switch the other way round");
	check(set("inverted", "x") == -EINVAL && !inverted, "which takes nothing else");
	check(!kapi_set_param("vfio_param_test", "inverted", NULL) && !inverted, "or its name alone");
	check(shows("unset", "(null)\n"), "a text that is none");
	memset(long_text, 'x', 1025);
	long_text[1025] = 0;
	is(set("unset", long_text), -ENOSPC, "one too long");
	is(kapi_set_param("vfio_param_test", "unset", NULL), -EINVAL, "none");
	check(!set("word", "short\n") && shows("word", "short\n"), "a text with an end");
	is(set("word", "longer"), -ENOSPC, "which is kept");
	is(kapi_set_param("vfio_param_test", "word", NULL), -EINVAL, "and needs a value");
	check(shows("flags", "N,N,N\n") && set("flags", "1,,Y") == -EINVAL, "an array with a gap");
	check(!set("flags", "1,N,Y,") && shows("flags", "Y,N,Y\n"), "and with a comma at the end");
	is(set("flags", "1,1,1,1"), -EINVAL, "more than it has");
	is(set("flags", "q"), -EINVAL, "what its elements refuse");
	is(kapi_set_param("vfio_param_test", "flags", NULL), -EINVAL, "nothing");
	check(shows("names", "n,(null)\n") && !set("names", "a,b") && shows("names", "a,b\n"),
	      "an array of texts");
	an_int = 1;
	check(!set("wonly", "77") && an_int == 77 && a_uint == 9, "one of its own kind, to be set");
	check(shows("wonly", "error 13"), "which cannot be read");
	check(shows("ronly", "77\n") && shows("ronly", "error 5"), "one to be read");
	is(set("ronly", "1"), -EACCES, "which cannot be set");
}

static void test_memory(void)
{
	for (int n = 1; n < 4; n++) {
		kapi_fail_nth(n);
		is(set(n < 3 ? "names" : "a_byte", n < 3 ? "c,d" : "1"), n < 3 ? -ENOMEM : 0,
		   "memory fails for the %d. time", n);
		kapi_fail_nth(0);
	}
	check(shows("names", "a,b\n"), "nothing is set then");
	kapi_fail_nth(3);
	is(set("names", "c,d"), -ENOMEM, "or");
	kapi_fail_nth(0);
	check(shows("names", "a,b\n"), "not");
}

static void test_module(void)
{
	is(request_module("%s", "vfio_param_test"), 0, "a module of this program");
	is(request_module("snd-card-%d", 1), -ENOENT, "and one that is not");
	is(kapi_unload_module("vfio_param_test"), -EBUSY, "without an exit function it stays");
	is(kapi_load_modules(), 0, "all that there are");
	is(kapi_load_module("vfio_param_test"), -EEXIST, "this one was");
	__module_get(THIS_MODULE);
	is(module_refcount(THIS_MODULE), 1, "a reference");
	module_put(THIS_MODULE);
	module_put(NULL);
}

int main(void)
{
	kapi_init();
	is(kapi_load_module("vfio_param_test"), 0, "a module that needs itself first");
	test_numbers();
	test_texts();
	test_memory();
	test_module();
	is(kapi_warn_count(), 0, "no warning on the way");
	return done_testing();
}
