// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reference counts that saturate.
 */
#include <linux/bug.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

static void saturate(refcount_t *r, const char *why)
{
	atomic_set(&r->refs, REFCOUNT_SATURATED);
	WARN(1, "refcount_t: %s.\n", why);
}

/* The value before, which the caller may act on; 0 means nothing was added. */
static int add_unless_zero(int i, refcount_t *r)
{
	int old = atomic_read(&r->refs);

	do {
		if (!old)
			return 0;
	} while (!atomic_try_cmpxchg(&r->refs, &old, (int)((unsigned int)old + i)));
	if (old < 0 || (int)((unsigned int)old + i) < 0)
		saturate(r, "saturated; leaking memory");
	return old;
}

void refcount_add(int i, refcount_t *r)
{
	if (!add_unless_zero(i, r))
		saturate(r, "addition on 0; use-after-free");
}

bool refcount_add_not_zero(int i, refcount_t *r)
{
	return add_unless_zero(i, r);
}

bool refcount_sub_and_test(int i, refcount_t *r)
{
	int old = atomic_fetch_sub(i, &r->refs);

	if (old > 0 && old == i)
		return true;
	if (old <= 0 || old - i < 0)
		saturate(r, "underflow; use-after-free");
	return false;
}

void refcount_dec(refcount_t *r)
{
	if (atomic_fetch_sub(1, &r->refs) <= 1)
		saturate(r, "decrement hit 0; leaking memory");
}

bool refcount_dec_if_one(refcount_t *r)
{
	int one = 1;

	return atomic_try_cmpxchg(&r->refs, &one, 0);
}

bool refcount_dec_not_one(refcount_t *r)
{
	int old = atomic_read(&r->refs);

	do {
		if (old == REFCOUNT_SATURATED)
			return true;
		if (old == 1)
			return false;
		if (old <= 0) {
			saturate(r, "underflow; use-after-free");
			return true;
		}
	} while (!atomic_try_cmpxchg(&r->refs, &old, old - 1));
	return true;
}

bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	mutex_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	mutex_unlock(lock);
	return false;
}

bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	spin_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	spin_unlock(lock);
	return false;
}

int atomic_dec_and_mutex_lock(atomic_t *cnt, struct mutex *lock)
{
	if (atomic_add_unless(cnt, -1, 1))
		return 0;
	mutex_lock(lock);
	if (atomic_dec_and_test(cnt))
		return 1;
	mutex_unlock(lock);
	return 0;
}
