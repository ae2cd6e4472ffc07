// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strings, numbers, formatting, bit arrays.
 */
#include <kapi/warn.h>
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <linux/uuid.h>
#include <stdlib.h>
#include "tap.h"

#define NBITS 200

static bool formats_as(const char *expected, const char *fmt, ...)
{
	char buf[128], cut[8];
	va_list args, again;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = kapi_vsnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	if (n != (int)strlen(expected) || strcmp(buf, expected)) {
		printf("# \"%s\" for \"%s\"\n", buf, expected);
		va_end(again);
		return false;
	}
	n = vscnprintf(cut, sizeof(cut), fmt, again);
	va_end(again);
	return n <= 7 && strlen(cut) == (size_t)n && !strncmp(cut, expected, n);
}

static bool nested(const char *expected, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;
	bool ret;

	va_start(args, fmt);
	vaf.va = &args;
	ret = formats_as(expected, "<%pV>", &vaf);
	va_end(args);
	return ret;
}

static void test_format(void)
{
	u8 bytes[] = { 0xde, 0xad, 0x01 };
	phys_addr_t addr = 0x1000;
	uuid_t u;
	guid_t g;

	uuid_parse("00112233-4455-6677-8899-aabbccddeeff", &u);
	guid_parse("00112233-4455-6677-8899-aabbccddeeff", &g);
	check(formats_as("a -5 0x1f 0007 18446744073709551615 x%", "%s %d %#x %04u %llu %c%%", "a",
			 -5, 0x1f, 7, ~0ULL, 'x'), "format: what libc does");
	check(formats_as("[  ab][ab  ][a]", "[%*s][%-4s][%.1s]", 4, "ab", "ab", "ab"),
	      "format: widths");
	check(formats_as("-3 65535 200 8", "%hd %hu %hhu %zu", (short)-3, (unsigned short)65535,
			 (unsigned char)200, sizeof(long)), "format: lengths");
	check(formats_as("00112233-4455-6677-8899-aabbccddeeff", "%pUb", &u), "format: %%pUb");
	check(formats_as("00112233-4455-6677-8899-AABBCCDDEEFF", "%pUL", &g), "format: %%pUL");
	check(formats_as("-EBADFD -ENOENT", "%pe %pe", ERR_PTR(-EBADFD), ERR_PTR(-ENOENT)),
	      "format: %%pe");
	check(formats_as("de:ad:01 dead01", "%*phC %*phN", 3, bytes, 3, bytes), "format: %%ph");
	check(formats_as("0x0000000000001000", "%pap", &addr), "format: %%pa");
	check(nested("<7 x>", "%d %s", 7, "x"), "format: %%pV");
	check(!uuid_is_valid("00112233-4455-6677-8899-aabbccddeef") &&
	      uuid_parse("00112233x4455-6677-8899-aabbccddeeff", &u) == -EINVAL, "uuid: bad ones");
	uuid_gen(&u);
	check((u.b[6] & 0xf0) == 0x40 && (u.b[8] & 0xc0) == 0x80, "uuid: version 4");
}

static void test_numbers(void)
{
	unsigned long long ull = 1;
	unsigned int ui = 1;
	int i = 1;
	u8 b = 1;
	bool flag;

	check(!kstrtoull("18446744073709551615\n", 10, &ull) && ull == ~0ULL, "kstrto: largest");
	check(kstrtoull("18446744073709551616", 10, &ull) == -ERANGE && ull == ~0ULL,
	      "kstrto: one more");
	check(kstrtouint("", 0, &ui) == -EINVAL && kstrtouint("12x", 0, &ui) == -EINVAL &&
	      kstrtouint("\n", 0, &ui) == -EINVAL && kstrtouint("1\n\n", 0, &ui) == -EINVAL &&
	      kstrtouint("-1", 0, &ui) == -EINVAL && kstrtouint("0x", 0, &ui) == -EINVAL && ui == 1,
	      "kstrto: no numbers");
	check(!kstrtouint("0x1F", 0, &ui) && ui == 31 && !kstrtouint("017", 0, &ui) && ui == 15 &&
	      !kstrtouint("+9", 0, &ui) && ui == 9 && !kstrtouint("ff", 16, &ui) && ui == 255,
	      "kstrto: bases");
	check(!kstrtoint("-2147483648", 10, &i) && i == INT_MIN &&
	      kstrtoint("2147483648", 10, &i) == -ERANGE, "kstrto: signed limits");
	check(kstrtou8("256", 10, &b) == -ERANGE && !kstrtou8("255", 10, &b) && b == 255,
	      "kstrto: narrow");
	check(!kstrtobool("on", &flag) && flag && !kstrtobool("n\n", &flag) && !flag &&
	      kstrtobool("x", &flag) == -EINVAL, "kstrtobool");
}

static void test_strings(void)
{
	char buf[8] = "zzzzzzz", *copy, line[] = "  a b \n";
	volatile size_t huge = ~0UL / 2 + 2;
	unsigned int sum;

	check(strscpy(buf, "abc") == 3 && !strcmp(buf, "abc"), "strscpy");
	check(strscpy(buf, "abcdefgh", sizeof(buf)) == -E2BIG && !strcmp(buf, "abcdefg"),
	      "strscpy, cut");
	check(sysfs_streq("on\n", "on") && sysfs_streq("on", "on\n") && !sysfs_streq("on", "one"),
	      "sysfs_streq");
	check(!strcmp(strim(line), "a b"), "strim");
	copy = kstrndup("abcdef", 3, GFP_KERNEL);
	check(!strcmp(copy, "abc"), "kstrndup");
	copy = krealloc(copy, 100, GFP_KERNEL);
	check(copy && !strcmp(copy, "abc"), "krealloc");
	kfree(copy);
	check(!kmalloc_array(huge, 4, GFP_KERNEL) && !kvcalloc(huge, 2, GFP_KERNEL) &&
	      !krealloc_array(NULL, huge, 2, GFP_KERNEL) &&
	      !kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL),
	      "sizes that overflow");
	check(ZERO_OR_NULL_PTR(kmalloc(0, GFP_KERNEL)), "size 0");
	check(memchr_inv("\1\1\2", 1, 3) && !memchr_inv(buf, 'x', 0), "memchr_inv");
	check(check_add_overflow(~0U, 1U, &sum) && sum == 0 && !check_add_overflow(1U, 2U, &sum) &&
	      sum == 3, "check_add_overflow");
	check(check_shl_overflow(1, 31, (int *)&sum) && !check_shl_overflow(1, 30, (int *)&sum) &&
	      sum == 1 << 30, "check_shl_overflow");
	check(get_unaligned_le32(&"\1\2\3\4\5"[1]) == 0x05040302, "get_unaligned_le32");
	check(roundup_pow_of_two(33) == 64 && roundup_pow_of_two(32) == 32 && ilog2(33) == 5 &&
	      order_base_2(33) == 6 && is_power_of_2(64UL) && !is_power_of_2(0UL), "log2");
	check(max(2, 3) == 3 && min_t(u8, sum = 300, 50) == 44 && clamp(7, 1, 5) == 5 &&
	      roundup(7, 3) == 9 && ALIGN(0x1001, 0x1000) == 0x2000, "minmax and rounding");
}

static bool bits_are(const unsigned long *map, const bool *bits)
{
	unsigned long bit, zero = 0, one = 0;
	unsigned int i, weight = 0;

	for (i = 0; i < NBITS; i++) {
		weight += bits[i];
		if (test_bit(i, map) != bits[i])
			return false;
	}
	for_each_set_bit(bit, map, NBITS)
		one += bits[bit];
	for_each_clear_bit(bit, map, NBITS)
		zero += !bits[bit];
	return bitmap_weight(map, NBITS) == weight && one == weight && zero == NBITS - weight;
}

static void test_bitmap(void)
{
	DECLARE_BITMAP(map, NBITS);
	DECLARE_BITMAP(shifted, NBITS);
	bool bits[NBITS] = { }, moved[NBITS], ok = true, shifts = true;
	int round, i;

	bitmap_zero(map, NBITS);
	for (round = 0; round < 3000; round++) {
		unsigned int start = rand() % NBITS, n = rand() % (NBITS - start + 1);

		for (i = 0; i < (int)n; i++)
			bits[start + i] = round % 2;
		if (round % 2)
			bitmap_set(map, start, n);
		else
			bitmap_clear(map, start, n);
		ok &= bits_are(map, bits);
		n = rand() % NBITS;
		bitmap_shift_left(shifted, map, n, NBITS);
		for (i = 0; i < NBITS; i++)
			moved[i] = i >= (int)n && bits[i - n];
		shifts &= bits_are(shifted, moved);
		bitmap_shift_right(shifted, map, n, NBITS);
		for (i = 0; i < NBITS; i++)
			moved[i] = i + n < NBITS && bits[i + n];
		shifts &= bits_are(shifted, moved);
	}
	check(ok, "bitmap: set, clear, find and weight agree with a table");
	check(shifts, "bitmap: shifts");
	bitmap_zero(map, NBITS);
	bitmap_set(map, 10, 5);
	check(bitmap_find_next_zero_area(map, NBITS, 0, 11, 7) == 16 &&
	      bitmap_find_next_zero_area(map, NBITS, 0, 10, 0) == 0 &&
	      bitmap_find_next_zero_area(map, NBITS, 0, 190, 0) > NBITS, "bitmap: free areas");
	check(find_last_bit(map, NBITS) == 14, "bitmap: last bit");
}

int main(void)
{
	srand(1);
	test_format();
	test_numbers();
	test_strings();
	test_bitmap();
	check(!kapi_warn_count(), "no warning on the way");
	return done_testing();
}
