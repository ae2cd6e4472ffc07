// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies from and to user memory at every boundary: the end of a page of each
 * kind, in every size that takes another path through the copy, from both sides.
 */
#include <kapi/fault.h>
#include <kapi/syscalls.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "tap.h"

#define PAGES 4

/* PAGES usable pages, then one of @prot. */
static char *make_area(int prot)
{
	char *area = mmap(NULL, (PAGES + 1) * PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		exit(2);
	if (prot == -1)
		munmap(area + PAGES * PAGE_SIZE, PAGE_SIZE);
	else
		mprotect(area + PAGES * PAGE_SIZE, PAGE_SIZE, prot);
	return area + PAGES * PAGE_SIZE;
}

static const unsigned int sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 127, 128,
				      200, 511, 767, 768, 769, 1000, 4096, 9000 };

static void fill(char *buf, unsigned int n)
{
	while (n--)
		buf[n] = n * 7 + 1;
}

/* @end is the first byte that does not answer: copies with @good bytes in front of it. */
static void test_from(char *end, const char *what)
{
	static char to[10000], want[10000];
	unsigned int s, good, n, bad = 0, tried = 0;

	fill(want, sizeof(want));
	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		n = sizes[s];
		for (good = 0; good <= n; good += n < 200 || good + 8 > n ? 1 : n / 7 - 5) {
			memcpy(end - good, want, good);
			memset(to, 0x55, n + 1);
			tried++;
			bad += copy_from_user(to, end - good, n) != n - good;
			bad += memcmp(to, want, good) != 0;
			bad += good < n && memchr_inv(to + good, 0, n - good);
			bad += to[n] != 0x55;
		}
	}
	is(bad, 0, "copy_from_user: %u copies that end in %s", tried, what);
}

static void test_to(char *end, const char *what)
{
	static char from[10000];
	unsigned int s, good, n, bad = 0, tried = 0;

	fill(from, sizeof(from));
	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		n = sizes[s];
		for (good = 0; good <= n; good += n < 200 || good + 8 > n ? 1 : n / 7 - 5) {
			memset(end - good - 1, 0x55, good + 1);
			tried++;
			bad += copy_to_user(end - good, from, n) != n - good;
			bad += memcmp(end - good, from, good) != 0;
			bad += end[-(long)good - 1] != 0x55;
			bad += clear_user(end - good, n) != n - good;
			bad += good && memchr_inv(end - good, 0, good);
		}
	}
	is(bad, 0, "copy_to_user, clear_user: %u that end in %s", tried, what);
}

static void test_values(char *none)
{
	u8 a = 0x12;
	u16 b = 0x3456;
	u32 c = 0x789abcde;
	u64 d = 0x1122334455667788, v = 5;

	ok(!get_user(v, &a) && v == a, "get_user of 8 bits");
	ok(!get_user(v, &b) && v == b, "get_user of 16 bits");
	ok(!get_user(v, &c) && v == c, "get_user of 32 bits");
	ok(!get_user(v, &d) && v == d, "get_user of 64 bits");
	ok(!put_user(0xab, &a) && a == 0xab, "put_user of 8 bits");
	ok(!put_user(1, &d) && d == 1, "put_user of 64 bits");
	v = 5;
	is(get_user(v, (u32 *)none), -EFAULT, "get_user of a bad address");
	is(v, 0, "... leaves 0");
	is(put_user(1, (u64 *)(none - 4)), -EFAULT, "put_user over the border");
	is(get_user(v, (u32 *)NULL), -EFAULT, "get_user of NULL");
	is(get_user(v, (u64 *)0xffff800000000000), -EFAULT, "get_user of a kernel address");
	is(get_user(v, (u64 *)0x800000000000), -EFAULT, "get_user of an address that is none");
	is(get_user(v, (u64 *)-8L), -EFAULT, "get_user at the top");
	is(copy_from_user(&v, (void *)(TASK_SIZE_MAX - 4), 8), 8, "a copy over the end of user space");
	ok(!access_ok((void *)8, -4UL), "access_ok: a length that wraps");
	ok(access_ok((void *)TASK_SIZE_MAX, 0), "access_ok: nothing, at the end");
	is(copy_to_user(NULL, &v, 0), 0, "copy of nothing to NULL");
}

static void test_strings(char *none)
{
	char buf[64], *dup;

	strcpy(none - 6, "hello");
	is(strnlen_user(none - 6, 100), 6, "strnlen_user up to the last byte of a page");
	is(strnlen_user(none - 6, 3), 4, "strnlen_user without NUL within the limit");
	none[-1] = 'o';
	is(strnlen_user(none - 6, 100), 0, "strnlen_user of a string that runs into a bad page");
	is(strncpy_from_user(buf, none - 6, 6), 6, "strncpy_from_user without NUL");
	is(strncpy_from_user(buf, none - 6, 7), -EFAULT, "strncpy_from_user into a bad page");
	none[-1] = 0;
	is(strncpy_from_user(buf, none - 6, 60), 5, "strncpy_from_user");
	dup = strndup_user(none - 6, 6);
	ok(!IS_ERR(dup) && !strcmp(dup, "hello"), "strndup_user of exactly the limit");
	kfree(dup);
	is(PTR_ERR(strndup_user(none - 6, 5)), -EINVAL, "strndup_user above the limit");
	is(PTR_ERR(strndup_user(none, 5)), -EFAULT, "strndup_user of a bad address");
	is(PTR_ERR(memdup_user(none - 4, 5)), -EFAULT, "memdup_user of a bad address");
	dup = memdup_user(none - 6, 6);
	ok(!IS_ERR(dup) && !memcmp(dup, "hello", 6), "memdup_user");
	kfree(dup);
	is(PTR_ERR(vmemdup_user(none - 4, 5)), -EFAULT, "vmemdup_user of a bad address");
}

static void test_struct(char *none)
{
	char in[32] = { 1, 2, 3, 4, 5, 6, 7, 8 }, out[16];

	memset(out, 0x55, sizeof(out));
	is(copy_struct_from_user(out, 16, in, 8), 0, "copy_struct_from_user of a shorter one");
	ok(out[7] == 8 && !memchr_inv(out + 8, 0, 8), "... fills up with zeros");
	is(copy_struct_from_user(out, 16, in, 32), 0, "a longer one with zeros behind");
	in[31] = 1;
	is(copy_struct_from_user(out, 16, in, 32), -E2BIG, "a longer one with more behind");
	is(copy_struct_from_user(out, 16, none - 16, 17), -EFAULT, "a longer one, unreadable");
	is(copy_struct_from_user(out, 16, none - 8, 16), -EFAULT, "one that cannot be read");
}

static void test_pin(char *none, char *ro)
{
	struct page *pages[16];
	char *area = mmap(NULL, 600 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	is(pin_user_pages((long)none - PAGE_SIZE, 4, FOLL_WRITE, pages), 1, "a pin up to a hole");
	ok(page_address(pages[0]) == none - PAGE_SIZE, "the page is that of the address");
	is(page_to_phys(pages[0]), (unsigned long)(none - PAGE_SIZE) | KAPI_PHYS_USER, "and its pfn");
	is(pin_user_pages((long)none, 4, 0, pages), -EFAULT, "a pin of a hole");
	is(pin_user_pages((long)ro, 1, FOLL_WRITE, pages), -EFAULT, "a write pin of what is read-only");
	is(pin_user_pages((long)ro, 1, 0, pages), 1, "a read pin of it");
	is(pin_user_pages(-4096L, 1, 0, pages), -EFAULT, "a pin of a kernel address");
	area[5000] = 42;
	is(pin_user_pages_fast((long)area + 100, 600, FOLL_WRITE, NULL), 600, "many pages at once");
	is(area[5000], 42, "the pin changed nothing");
	munmap(area + 500 * PAGE_SIZE, PAGE_SIZE);
	is(pin_user_pages((long)area, 600, FOLL_WRITE, NULL), 500, "many pages up to a hole");
}

static volatile sig_atomic_t caught;
static char *caught_page;

static void on_segv(int sig, siginfo_t *info, void *uc)
{
	caught++;
	mprotect(caught_page, PAGE_SIZE, PROT_READ | PROT_WRITE);
}

int main(void)
{
	char *none, *hole, *ro;
	struct sigaction act = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO };
	u64 v;

	kapi_init();
	none = make_area(PROT_NONE);
	hole = make_area(-1);
	ro = make_area(PROT_READ);
	test_from(none, "a page without access");
	test_from(hole, "a hole");
	test_to(none, "a page without access");
	test_to(hole, "a hole");
	test_to(ro, "a read-only page");
	test_values(none);
	test_strings(hole);
	test_struct(hole);
	test_pin(hole, ro);

	caught_page = none;
	kapi_sigaction(SIGSEGV, &act, NULL);
	is(get_user(v, (u64 *)none), -EFAULT, "a fault of the core is not the program's");
	is(caught, 0, "whose handler does not run");
	*(volatile char *)none = 1;
	is(caught, 1, "its handler runs for its own");
	return done_testing();
}
