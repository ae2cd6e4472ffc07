/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between xarray.c and xarray_find.c: the tree behind struct xarray.
 *
 * A radix tree of 64 slots per node. xa_head is NULL or the top node; a node
 * at shift s covers 64 << s indices. Marks are kept at every level: a bit says
 * that something below has it. MARK_FREE, which the users do not see, says that
 * an index below is free, so that allocation skips full subtrees.
 */
#ifndef KAPI_XARRAY_INTERNAL_H
#define KAPI_XARRAY_INTERNAL_H

#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/xarray.h>

#define XA_BITS		6
#define XA_SLOTS	64
#define XA_MARKS	3	/* the users' */

struct xa_node {
	unsigned int shift;
	unsigned int offset;	/* in the parent */
	unsigned int count;	/* slots in use */
	struct xa_node *parent;
	u64 full;		/* slots below which no index is free */
	u64 marks[XA_MARKS];
	void *slots[XA_SLOTS];
};

/* Highest index that a tree with this top node can hold. */
static inline unsigned long xa_node_max(const struct xa_node *top)
{
	return top->shift + XA_BITS >= 64 ? ~0UL : (64UL << top->shift) - 1;
}

static inline unsigned int xa_slot_of(const struct xa_node *node, unsigned long index)
{
	return (index >> node->shift) & (XA_SLOTS - 1);
}

/* The bottom node that @index is in, or NULL. */
struct xa_node *xa_descend(const struct xarray *xa, unsigned long index);
/*
 * The lock for a look that may come from a holder of it. Returns what
 * xa_look_end() wants.
 */
static inline bool xa_look_begin(struct xarray *xa)
{
	if (kapi_spin_held(&xa->xa_lock))
		return false;
	xa_lock_irq(xa);
	return true;
}

static inline void xa_look_end(struct xarray *xa, bool locked)
{
	if (locked)
		xa_unlock_irq(xa);
}

#endif
