/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

/*
 * A sparse array of pointers indexed by unsigned long.
 *
 * Stored entries are pointers aligned to 4, or small integers made by
 * xa_mk_value(). The functions without underscores take xa_lock themselves; the
 * __xa_ forms want it held. xa_load(), xa_find() and xa_for_each() may be called
 * with or without the lock; the body of xa_for_each() may erase the entry.
 * The advanced interface (XA_STATE, xas_*) and multi-index entries are not here.
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct xarray {
	spinlock_t xa_lock;
	gfp_t xa_flags;
	void *xa_head;
};

typedef unsigned int xa_mark_t;
#define XA_MARK_0	((xa_mark_t)0U)
#define XA_MARK_1	((xa_mark_t)1U)
#define XA_MARK_2	((xa_mark_t)2U)
#define XA_PRESENT	((xa_mark_t)8U)

#define XA_FLAGS_LOCK_IRQ	((gfp_t)1)
#define XA_FLAGS_LOCK_BH	((gfp_t)2)
#define XA_FLAGS_TRACK_FREE	((gfp_t)4)
#define XA_FLAGS_ZERO_BUSY	((gfp_t)8)
#define XA_FLAGS_ACCOUNT	((gfp_t)16)
/* Allocating arrays; the second never hands out index 0. */
#define XA_FLAGS_ALLOC		XA_FLAGS_TRACK_FREE
#define XA_FLAGS_ALLOC1		(XA_FLAGS_TRACK_FREE | XA_FLAGS_ZERO_BUSY)

struct xa_limit {
	u32 min;
	u32 max;
};
#define XA_LIMIT(_min, _max) (struct xa_limit) { .min = _min, .max = _max }
#define xa_limit_16b	XA_LIMIT(0, USHRT_MAX)
#define xa_limit_31b	XA_LIMIT(0, INT_MAX)
#define xa_limit_32b	XA_LIMIT(0, UINT_MAX)

#define XARRAY_INIT(name, flags) \
	{ .xa_lock = __SPIN_LOCK_UNLOCKED(name.xa_lock), .xa_flags = (flags), .xa_head = NULL }
#define DEFINE_XARRAY_FLAGS(name, flags) struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name)		DEFINE_XARRAY_FLAGS(name, 0)
#define DEFINE_XARRAY_ALLOC(name)	DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC)
#define DEFINE_XARRAY_ALLOC1(name)	DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC1)

#define xa_trylock(xa)		spin_trylock(&(xa)->xa_lock)
#define xa_lock(xa)		spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa)		spin_unlock(&(xa)->xa_lock)
#define xa_lock_bh(xa)		spin_lock(&(xa)->xa_lock)
#define xa_unlock_bh(xa)	spin_unlock(&(xa)->xa_lock)
#define xa_lock_irq(xa)		spin_lock(&(xa)->xa_lock)
#define xa_unlock_irq(xa)	spin_unlock(&(xa)->xa_lock)
#define xa_lock_irqsave(xa, flags) spin_lock_irqsave(&(xa)->xa_lock, flags)
#define xa_unlock_irqrestore(xa, flags) spin_unlock_irqrestore(&(xa)->xa_lock, flags)

/* Numbers as entries: odd, which no pointer to an object is. */
static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry % 2;
}

static inline void *xa_mk_value(unsigned long v)
{
	return (void *)(2 * v + 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry / 2;
}

/* What xa_store() and its kin return instead of an entry; xa_err() gives -errno or 0. */
#define XA_ERROR(errno)	((void *)(((unsigned long)(long)(errno) << 2) | 2UL))

static inline int xa_err(const void *entry)
{
	if (((unsigned long)entry & 3) == 2 && (unsigned long)entry >= (unsigned long)-16384L)
		return (int)((long)entry >> 2);
	return 0;
}

static inline bool xa_is_err(const void *entry)
{
	return unlikely(xa_err(entry) != 0);
}

/* Holds an index of an allocating array without being an entry: reads as NULL. */
#define XA_ZERO_ENTRY	((void *)((257UL << 2) | 2UL))
#define xa_is_zero(entry) ((entry) == XA_ZERO_ENTRY)

static inline void xa_init_flags(struct xarray *xa, gfp_t flags)
{
	xa->xa_head = NULL;
	xa->xa_flags = flags;
	spin_lock_init(&xa->xa_lock);
}

static inline void xa_init(struct xarray *xa)
{
	xa_init_flags(xa, 0);
}

static inline bool xa_empty(const struct xarray *xa)
{
	return !READ_ONCE(xa->xa_head);
}

void *xa_load(struct xarray *xa, unsigned long index);
/* Return the old entry, or an XA_ERROR(). Storing NULL erases. */
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
void *__xa_erase(struct xarray *xa, unsigned long index);
/* Store if the present entry is @old; return the present one, or an XA_ERROR(). */
void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);
void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);
/* 0, -EBUSY if the index holds an entry, -ENOMEM. */
int __must_check xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int __must_check __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
/* Lowest free index within @limit; 0, -ENOMEM, -EBUSY if none is free. */
int __must_check xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit,
			  gfp_t gfp);
int __must_check __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit,
			    gfp_t gfp);
/* First free index from *@next on, around the end once; 1 if it went around. */
int __must_check xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit,
				 u32 *next, gfp_t gfp);
/* Make sure that a later store to @index needs no memory; xa_release() undoes it. */
int __must_check xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp);
void xa_release(struct xarray *xa, unsigned long index);
/* First entry in [*index, max], or behind *index, that @filter (a mark or XA_PRESENT) accepts. */
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
bool xa_marked(const struct xarray *xa, xa_mark_t mark);
/* Forget every entry and free the array's own memory; the entries are the caller's. */
void xa_destroy(struct xarray *xa);

#define xa_for_each_range(xa, index, entry, start, last) \
	for (index = start, entry = xa_find(xa, &index, last, XA_PRESENT); entry; \
	     entry = xa_find_after(xa, &index, last, XA_PRESENT))
#define xa_for_each_start(xa, index, entry, start) \
	xa_for_each_range(xa, index, entry, start, ULONG_MAX)
#define xa_for_each(xa, index, entry) xa_for_each_start(xa, index, entry, 0)
#define xa_for_each_marked(xa, index, entry, filter) \
	for (index = 0, entry = xa_find(xa, &index, ULONG_MAX, filter); entry; \
	     entry = xa_find_after(xa, &index, ULONG_MAX, filter))

#define xa_store_irq(xa, index, entry, gfp) xa_store(xa, index, entry, gfp)
#define xa_erase_irq(xa, index) xa_erase(xa, index)
#define xa_insert_irq(xa, index, entry, gfp) xa_insert(xa, index, entry, gfp)
#define xa_cmpxchg_irq(xa, index, old, entry, gfp) xa_cmpxchg(xa, index, old, entry, gfp)

#endif
