// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bit arrays, each operation against the same done bit by bit.
 */
#include <linux/bitmap.h>
#include <linux/slab.h>
#include <stdlib.h>
#include "tap.h"

#define NBITS	200
#define ROUNDS	400

static bool bit(const unsigned long *map, unsigned int i)
{
	return map[i / 64] >> i % 64 & 1;
}

/* Bits behind the end are set on purpose: no operation may look at them. */
static void fill(unsigned long *map, unsigned int nbits, int density)
{
	for (unsigned int i = 0; i < 256; i++)
		if (i >= nbits || rand() % 100 < density)
			map[i / 64] |= 1UL << i % 64;
		else
			map[i / 64] &= ~(1UL << i % 64);
}

static void test_pairs(void)
{
	static const int densities[] = { 0, 2, 50, 98, 100 };
	unsigned long a[4], b[4], and[4], or[4], andnot[4], not[4];
	bool ok_and = true, ok_or = true, ok_andnot = true, ok_not = true, ok_meet = true;
	bool ok_equal = true, ok_weight = true, ok_next = true;

	for (int round = 0; round < ROUNDS; round++) {
		unsigned int n = 1 + rand() % NBITS, from = rand() % (n + 4), next = n, weight = 0;
		bool meet = false, left = false, equal = true, both;

		fill(a, n, densities[rand() % 5]);
		fill(b, n, densities[rand() % 5]);
		if (!(round % 3))
			bitmap_copy(b, a, 256);
		both = bitmap_and(and, a, b, n);
		bitmap_or(or, a, b, n);
		bitmap_complement(not, a, n);
		for (unsigned int i = n; i--;) {
			meet |= bit(a, i) && bit(b, i);
			left |= bit(a, i) && !bit(b, i);
			equal &= bit(a, i) == bit(b, i);
			weight += bit(a, i);
			ok_and &= bit(and, i) == (bit(a, i) && bit(b, i));
			ok_or &= bit(or, i) == (bit(a, i) || bit(b, i));
			ok_not &= bit(not, i) == !bit(a, i);
			if (i >= from && bit(a, i) && bit(b, i))
				next = i;
		}
		ok_and &= both == meet;
		ok_andnot &= bitmap_andnot(andnot, a, b, n) == left;
		for (unsigned int i = 0; i < n; i++)
			ok_andnot &= bit(andnot, i) == (bit(a, i) && !bit(b, i));
		ok_meet &= bitmap_intersects(a, b, n) == meet;
		ok_equal &= bitmap_equal(a, b, n) == equal;
		ok_weight &= bitmap_weight(a, n) == weight && bitmap_empty(a, n) == !weight &&
			     bitmap_full(a, n) == (weight == n);
		ok_next &= find_next_and_bit(a, b, n, from) == next;
	}
	check(ok_and, "bitmap_and() and what it says of the result");
	check(ok_or, "bitmap_or()");
	check(ok_andnot, "bitmap_andnot() and what it says of the result");
	check(ok_not, "bitmap_complement()");
	check(ok_meet, "bitmap_intersects()");
	check(ok_equal, "bitmap_equal() looks at no bit behind the end");
	check(ok_weight, "bitmap_weight(), bitmap_empty(), bitmap_full()");
	check(ok_next, "find_next_and_bit()");
}

static void test_find(void)
{
	bool ok_first = true, ok_last = true, ok_zero = true;
	unsigned long a[4];

	for (int round = 0; round < ROUNDS; round++) {
		unsigned int n = 1 + rand() % NBITS, first = n, last = n, zero = n, i;

		fill(a, n, round % 101);
		for (i = 0; i < n; i++) {
			if (bit(a, i))
				last = i;
			if (bit(a, i) && first == n)
				first = i;
			if (!bit(a, i) && zero == n)
				zero = i;
		}
		ok_first &= find_first_bit(a, n) == first && find_next_bit(a, n, 0) == first;
		ok_zero &= find_first_zero_bit(a, n) == zero;
		ok_last &= find_last_bit(a, n) == last;
	}
	check(ok_first, "find_first_bit()");
	check(ok_zero, "find_first_zero_bit()");
	check(ok_last, "find_last_bit()");
}

/* A clear run of the wanted length, aligned, the first there is. */
static void test_area(void)
{
	bool ok = true;

	for (int round = 0; round < ROUNDS; round++) {
		unsigned int nr = 1 + rand() % 9, align = 1U << rand() % 4, start, want;
		unsigned long a[4], got;

		fill(a, NBITS, 30);
		for (want = 0; want + nr <= NBITS; want += align) {
			for (start = want; start < want + nr && !bit(a, start); start++)
				;
			if (start == want + nr)
				break;
		}
		got = bitmap_find_next_zero_area(a, NBITS, 0, nr, align - 1);
		ok &= want + nr <= NBITS ? got == want : got > NBITS - nr;
	}
	check(ok, "bitmap_find_next_zero_area()");
}

static void test_memory(void)
{
	unsigned long *map = bitmap_zalloc(NBITS, GFP_KERNEL);

	check(map && bitmap_empty(map, NBITS), "bitmap_zalloc() gives no bit");
	bitmap_set(map, 3, 130);
	check(bitmap_weight(map, NBITS) == 130 && find_first_bit(map, NBITS) == 3,
	      "bitmap_set() over words");
	bitmap_clear(map, 60, 10);
	check(bitmap_weight(map, NBITS) == 120 && find_next_bit(map, NBITS, 60) == 70,
	      "bitmap_clear() over words");
	bitmap_free(map);
	map = bitmap_alloc(NBITS, GFP_KERNEL);
	check(map, "bitmap_alloc()");
	bitmap_free(map);
}

int main(void)
{
	srand(4711);
	test_pairs();
	test_find();
	test_area();
	test_memory();
	return done_testing();
}
