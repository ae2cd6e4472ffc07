// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strings and numbers from strings, random numbers and identifiers.
 */
#include <kapi/objects.h>
#include <linux/hex.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uuid.h>
#include "tap.h"

static void test_copy(void)
{
	char buf[8];

	is(strscpy(buf, "1234567", sizeof(buf)), 7, "strscpy: what fits");
	check(strscpy(buf, "12345678", sizeof(buf)) == -E2BIG && !strcmp(buf, "1234567"),
	      "strscpy: what does not is cut and ends");
	is(strscpy(buf, "", 0), -E2BIG, "strscpy: no room at all");
	memset(buf, 'x', sizeof(buf));
	check(strscpy_pad(buf, "ab", sizeof(buf)) == 2 && !memcmp(buf, "ab\0\0\0\0\0\0", 8),
	      "strscpy_pad: zeroes to the end");
	check(strscpy_pad(buf, "a long string", sizeof(buf)) == -E2BIG && !buf[7],
	      "strscpy_pad: cut");
	strcpy(buf, "abc");
	check(strlcat(buf, "defgh", sizeof(buf)) == 8 && !strcmp(buf, "abcdefg"),
	      "strlcat: says how long it would be");
	memset(buf, 'x', sizeof(buf));
	is(strlcat(buf, "yz", sizeof(buf)), 10, "strlcat: onto what has no end");
}

static void test_find(void)
{
	static const char *const words[] = { "one", "two", "three" };

	check(match_string(words, 3, "two") == 1 && match_string(words, 1, "two") == -EINVAL,
	      "match_string");
	check(__sysfs_match_string(words, 3, "three\n") == 2 &&
	      match_string(words, 3, "three\n") == -EINVAL, "sysfs_match_string: a line's end");
	check(sysfs_streq("a\n", "a") && !sysfs_streq("a\n\n", "a") && sysfs_streq("", "\n"),
	      "sysfs_streq: one line's end");
	check(str_has_prefix("vfio-pci", "vfio") == 4 && !str_has_prefix("vfi", "vfio") &&
	      strstarts("vfio", "") && !strstarts("pci", "vfio"), "prefixes");
	check(!strcmp(kbasename("/a/b/c.c"), "c.c") && !strcmp(kbasename("plain"), "plain"),
	      "kbasename");
}

static void test_edit(void)
{
	char s[] = "  a b\n ", t[] = "a/b/c", only[] = "   ";

	check(!strcmp(strim(s), "a b") && !*strim(only), "strim");
	check(!strcmp(strreplace(t, '/', '!'), "a!b!c"), "strreplace");
}

static void test_dup(void)
{
	long before = kapi_objects(KAPI_ALLOCS);
	static const int numbers[] = { 1, 2, 3 };
	const char *copy = kstrdup_const("x", GFP_KERNEL);
	int *array = kmemdup_array(numbers, 3, sizeof(int), GFP_KERNEL);
	char *part = kstrndup("abcdef", 3, GFP_KERNEL), *nul = kmemdup_nul("abcdef", 2, GFP_KERNEL);
	void *kv = kvmemdup(numbers, sizeof(numbers), GFP_KERNEL);

	check(!strcmp(copy, "x") && !strcmp(part, "abc") && !strcmp(nul, "ab"), "string copies");
	check(!memcmp(array, numbers, sizeof(numbers)) && !memcmp(kv, numbers, sizeof(numbers)),
	      "memory copies");
	check(!kmemdup_array(numbers, SIZE_MAX / 2, 8, GFP_KERNEL), "kmemdup_array: an overflow");
	check(!kstrdup(NULL, GFP_KERNEL) && !kstrndup(NULL, 3, GFP_KERNEL) &&
	      !kmemdup_nul(NULL, 3, GFP_KERNEL), "no string, no copy");
	kfree_const(copy);
	kfree(array);
	kfree(part);
	kfree(nul);
	kvfree(kv);
	is(kapi_objects(KAPI_ALLOCS), before, "copies are freed");
}

static void test_hex(void)
{
	u8 bytes[3];
	char text[7] = "";

	check(!hex2bin(bytes, "DEad01", 3) && bytes[0] == 0xde && bytes[1] == 0xad && bytes[2] == 1,
	      "hex2bin");
	check(hex2bin(bytes, "0g", 1) == -EINVAL && hex2bin(bytes, "g0", 1) == -EINVAL &&
	      hex2bin(bytes, "0", 1) == -EINVAL, "hex2bin: no hex digits");
	check(bin2hex(text, "\xde\xad\x01", 3) == text + 6 && !strcmp(text, "dead01"), "bin2hex");
	check(hex_to_bin('@') == -1 && hex_to_bin('F') == 15 && hex_to_bin('f') == 15, "hex_to_bin");
}

static void test_narrow(void)
{
	bool b = false;
	long l = 7;
	u16 u16 = 7;
	s16 s16 = 7;
	u8 u8 = 7;
	s8 s8 = 7;

	check(!kstrtol("-0x10\n", 0, &l) && l == -16, "kstrtol: base from the text, a line's end");
	check(kstrtol("9223372036854775808", 10, &l) == -ERANGE && l == -16,
	      "kstrtol: out of range leaves the result");
	check(!kstrtol("-9223372036854775808", 10, &l) && l == LONG_MIN, "kstrtol: the least");
	check(!kstrtou16("65535", 10, &u16) && u16 == 65535 &&
	      kstrtou16("65536", 10, &u16) == -ERANGE, "kstrtou16");
	check(!kstrtos16("-32768", 10, &s16) && s16 == -32768 &&
	      kstrtos16("32768", 10, &s16) == -ERANGE, "kstrtos16");
	check(!kstrtou8("0377", 0, &u8) && u8 == 255 && kstrtou8("256", 0, &u8) == -ERANGE, "kstrtou8");
	check(!kstrtos8("-128", 0, &s8) && s8 == -128 && kstrtos8("128", 0, &s8) == -ERANGE, "kstrtos8");
	check(kstrtou8("", 0, &u8) == -EINVAL && kstrtou8("-1", 0, &u8) == -EINVAL &&
	      kstrtou8("1 ", 0, &u8) == -EINVAL && kstrtou8("0x", 0, &u8) == -EINVAL &&
	      kstrtou8("++1", 0, &u8) == -EINVAL, "kstrtox: no number");
	check(!kstrtobool("Yes", &b) && b && !kstrtobool("oFf", &b) && !b && !kstrtobool("on", &b) && b &&
	      !kstrtobool("0", &b) && !b, "kstrtobool");
	check(kstrtobool("o", &b) == -EINVAL && kstrtobool("", &b) == -EINVAL &&
	      kstrtobool(NULL, &b) == -EINVAL && kstrtobool("2", &b) == -EINVAL, "kstrtobool: neither");
}

static void test_simple(void)
{
	char *end;

	check(simple_strtoul("12ab", &end, 10) == 12 && !strcmp(end, "ab"), "simple_strtoul");
	check(simple_strtol("-0x1fz", &end, 0) == -31 && *end == 'z', "simple_strtol");
	check(simple_strtol("12", NULL, 8) == 10, "simple_strtol: a base");
	check(simple_strtoull("077", &end, 0) == 63 && !*end, "simple_strtoull");
}

static void test_random(void)
{
	u64 all = ~0ULL, any = 0;
	bool within = true;
	guid_t a, b;

	for (int i = 0; i < 300; i++) {
		u32 below = get_random_u32_below(7), in = get_random_u32_inclusive(10, 12);
		u64 r = get_random_u64() ^ get_random_u32() ^ get_random_u16() ^ get_random_u8();

		within &= below < 7 && in >= 10 && in <= 12;
		all &= r;
		any |= r;
	}
	check(within, "random: within its bounds");
	check(!all && any == ~0ULL, "random: each bit is set at times and clear at times");
	guid_gen(&a);
	guid_gen(&b);
	check(!guid_equal(&a, &b) && (a.b[7] & 0xf0) == 0x40 && (a.b[8] & 0xc0) == 0x80,
	      "guid: random, version 4");
}

int main(void)
{
	test_copy();
	test_find();
	test_edit();
	test_dup();
	test_hex();
	test_narrow();
	test_simple();
	test_random();
	return done_testing();
}
