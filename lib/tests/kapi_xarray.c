// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sparse arrays and small integers against plain tables.
 */
#include <kapi/fail_nth.h>
#include <kapi/warn.h>
#include <linux/idr.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <stdlib.h>
#include <string.h>
#include "tap.h"

#define N 600
#define ROUNDS 30000

/* Places all over the range, dense ones and far ones. */
static unsigned long place(int i)
{
	static const unsigned long far[] = { 0, 1UL << 12, 1UL << 31, 1UL << 45, ~0UL - 119 };

	return far[i % 5] + i / 5;
}

static int cmp_ulong(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return x < y ? -1 : x > y;
}

static bool same_as_table(struct xarray *xa, bool *in, bool *marked)
{
	unsigned long sorted[N], index, n = 0, k = 0, m = 0;
	void *entry;
	int i;

	for (i = 0; i < N; i++) {
		if (in[i])
			sorted[n++] = place(i);
		m += in[i] && marked[i];
		if (xa_load(xa, place(i)) != (in[i] ? xa_mk_value(i) : NULL) ||
		    xa_get_mark(xa, place(i), XA_MARK_1) != (in[i] && marked[i]))
			return false;
	}
	qsort(sorted, n, sizeof(sorted[0]), cmp_ulong);
	xa_for_each(xa, index, entry)
		if (k == n || sorted[k++] != index)
			return false;
	xa_for_each_marked(xa, index, entry, XA_MARK_1)
		m--;
	return k == n && !m;
}

static void test_store(void)
{
	static bool in[N], marked[N];
	DEFINE_XARRAY(xa);
	bool ok = true, old_ok = true;
	int i, round;

	for (round = 0; round < ROUNDS; round++) {
		void *old;

		i = rand() % N;
		switch (rand() % 3) {
		case 0:
			old = xa_store(&xa, place(i), xa_mk_value(i), GFP_KERNEL);
			marked[i] &= in[i];
			old_ok &= old == (in[i] ? xa_mk_value(i) : NULL);
			in[i] = true;
			break;
		case 1:
			old = xa_erase(&xa, place(i));
			old_ok &= old == (in[i] ? xa_mk_value(i) : NULL);
			in[i] = marked[i] = false;
			break;
		default:
			marked[i] = in[i] && !marked[i];
			if (marked[i])
				xa_set_mark(&xa, place(i), XA_MARK_1);
			else
				xa_clear_mark(&xa, place(i), XA_MARK_1);
		}
		if (round % 101 == 0)
			ok &= same_as_table(&xa, in, marked);
	}
	check(ok, "xarray: load, walk and marks agree with a table");
	check(old_ok, "xarray: store and erase return the entry before");
	for (i = 0; i < N; i++)
		xa_erase(&xa, place(i));
	check(xa_empty(&xa), "xarray: empty once all is erased");
}

static void test_rules(void)
{
	DEFINE_XARRAY(xa);
	unsigned long index, sum = 0;
	void *entry;
	int i;

	check(!xa_insert(&xa, 5, &xa, GFP_KERNEL), "xarray: insert");
	check(xa_insert(&xa, 5, &xa, GFP_KERNEL) == -EBUSY, "xarray: insert where there is one");
	check(xa_cmpxchg(&xa, 5, NULL, &i, GFP_KERNEL) == &xa && xa_load(&xa, 5) == &xa,
	      "xarray: cmpxchg that does not match");
	check(xa_cmpxchg(&xa, 5, &xa, NULL, GFP_KERNEL) == &xa && xa_empty(&xa),
	      "xarray: cmpxchg to NULL erases");
	check(!xa_reserve(&xa, 7, GFP_KERNEL) && !xa_load(&xa, 7), "xarray: reserved reads NULL");
	check(xa_insert(&xa, 7, &xa, GFP_KERNEL) == -EBUSY, "xarray: reserved is taken");
	xa_release(&xa, 7);
	check(xa_empty(&xa), "xarray: released");
	kapi_fail_nth(1);
	check(xa_err(xa_store(&xa, 1UL << 40, &xa, GFP_KERNEL)) == -ENOMEM && xa_empty(&xa),
	      "xarray: store without memory leaves nothing behind");
	check(!kapi_fail_nth(0), "xarray: the failure was delivered");
	for (i = 0; i < 300; i++)
		xa_store(&xa, i * 7, xa_mk_value(i), GFP_KERNEL);
	xa_for_each(&xa, index, entry) {
		sum += xa_to_value(entry);
		xa_erase(&xa, index);
	}
	check(sum == 300 * 299 / 2 && xa_empty(&xa), "xarray: erasing in xa_for_each");
	xa_store(&xa, 3, &xa, GFP_KERNEL);
	xa_lock(&xa);
	check(xa_load(&xa, 3) == &xa, "xarray: load by the holder of the lock");
	check(__xa_erase(&xa, 3) == &xa, "xarray: __xa_erase");
	xa_unlock(&xa);
	for (i = 0; i < 1000; i++)
		xa_store(&xa, (unsigned long)rand() << 20 | rand(), &xa, GFP_KERNEL);
	xa_destroy(&xa);
	check(xa_empty(&xa), "xarray: destroy");
}

static void test_alloc(void)
{
	static bool used[2000];
	DEFINE_XARRAY_ALLOC1(xa);
	u32 id, next = 0;
	bool ok = true;
	int i, lowest, round;

	used[0] = true;
	for (round = 0; round < 6000; round++) {
		if (rand() % 3) {
			for (lowest = 0; used[lowest]; lowest++)
				;
			ok &= !xa_alloc(&xa, &id, &xa, XA_LIMIT(0, 1999), GFP_KERNEL) &&
			      id == lowest;
			used[id] = true;
		} else {
			i = 1 + rand() % 1900;
			xa_erase(&xa, i);
			used[i] = false;
		}
		if (round > 1500 && rand() % 2) {
			i = 1 + rand() % 1900;
			xa_erase(&xa, i);
			used[i] = false;
		}
	}
	check(ok, "xarray: xa_alloc gives the lowest free index");
	xa_destroy(&xa);
	for (i = 0; i < 4; i++)
		ok &= !xa_alloc(&xa, &id, NULL, XA_LIMIT(10, 13), GFP_KERNEL) && id == 10 + i;
	check(ok && xa_alloc(&xa, &id, NULL, XA_LIMIT(10, 13), GFP_KERNEL) == -EBUSY,
	      "xarray: xa_alloc with NULL takes indices, and -EBUSY when none is left");
	xa_erase(&xa, 12);
	next = 13;
	check(xa_alloc_cyclic(&xa, &id, &xa, XA_LIMIT(10, 13), &next, GFP_KERNEL) == 1 &&
	      id == 12 && next == 13, "xarray: xa_alloc_cyclic goes around");
	xa_destroy(&xa);
}

static bool any_warning(const struct kapi_warning *warning, void *arg)
{
	++*(int *)arg;
	return true;
}

static void test_ids(void)
{
	static bool used[3000];
	DEFINE_IDA(ida);
	DEFINE_IDR(idr);
	int id, lowest, round, warnings = 0, x;
	void *ptr;
	bool ok = true;

	for (round = 0; round < 6000; round++) {
		if (rand() % 5 < 3) {
			for (lowest = 0; used[lowest]; lowest++)
				;
			id = ida_alloc_max(&ida, 2999, GFP_KERNEL);
			ok &= id == lowest;
			used[id] = true;
		} else {
			id = rand() % 3000;
			if (used[id])
				ida_free(&ida, id);
			used[id] = false;
		}
	}
	check(ok, "ida: the lowest free number");
	for (id = 0; id < 3000; id++)
		if (used[id])
			ida_free(&ida, id);
	check(ida_is_empty(&ida), "ida: empty");
	for (id = 0; id < 3; id++)
		ok &= ida_alloc_range(&ida, 1023, 1025, GFP_KERNEL) == 1023 + id;
	check(ok && ida_alloc_range(&ida, 1023, 1025, GFP_KERNEL) == -ENOSPC, "ida: limits");
	kapi_warn_set_hook(any_warning, &warnings);
	ida_free(&ida, 5);
	kapi_warn_set_hook(NULL, NULL);
	check(warnings == 1 && !kapi_warn_count(), "ida: freeing what is free warns");
	ida_destroy(&ida);

	check(idr_alloc(&idr, &x, 1, 0, GFP_KERNEL) == 1, "idr: alloc");
	check(idr_alloc(&idr, &ok, 1, 3, GFP_KERNEL) == 2, "idr: second");
	check(idr_alloc(&idr, &ok, 1, 3, GFP_KERNEL) == -ENOSPC, "idr: full");
	check(idr_find(&idr, 1) == &x && !idr_find(&idr, 3), "idr: find");
	round = 0;
	idr_for_each_entry(&idr, ptr, id)
		round += id;
	check(round == 3, "idr: walk");
	check(idr_remove(&idr, 1) == &x && idr_alloc_cyclic(&idr, &x, 1, 0, GFP_KERNEL) == 1,
	      "idr: remove and use again");
	idr_destroy(&idr);
}

int main(void)
{
	srand(1);
	test_store();
	test_rules();
	test_alloc();
	test_ids();
	return done_testing();
}
