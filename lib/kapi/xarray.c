// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sparse array: store, erase, load. See xarray_tree.h for its shape.
 */
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include "xarray_tree.h"

struct xa_node *xa_descend(const struct xarray *xa, unsigned long index)
{
	struct xa_node *node = xa->xa_head;

	if (!node || index > xa_node_max(node))
		return NULL;
	while (node && node->shift)
		node = node->slots[xa_slot_of(node, index)];
	return node;
}

/* A slot of @node became full or got room: tell the levels above. */
static void update_full(struct xa_node *node, unsigned int slot, bool full)
{
	for (;;) {
		bool was_full = node->full == ~0ULL;

		if (full)
			node->full |= BIT_ULL(slot);
		else
			node->full &= ~BIT_ULL(slot);
		full = node->full == ~0ULL;
		if (full == was_full || !node->parent)
			return;
		slot = node->offset;
		node = node->parent;
	}
}

static void clear_marks(struct xa_node *node, unsigned int slot)
{
	unsigned int m;

	for (m = 0; m < XA_MARKS; m++) {
		struct xa_node *n = node;
		unsigned int s = slot;

		while (n && n->marks[m] & BIT_ULL(s)) {
			n->marks[m] &= ~BIT_ULL(s);
			if (n->marks[m])
				break;
			s = n->offset;
			n = n->parent;
		}
	}
}

static struct xa_node *new_node(unsigned int shift, gfp_t gfp)
{
	struct xa_node *node = kzalloc(sizeof(*node), gfp);

	if (node)
		node->shift = shift;
	return node;
}

static void attach(struct xa_node *parent, unsigned int slot, struct xa_node *child)
{
	child->parent = parent;
	child->offset = slot;
	parent->slots[slot] = child;
	parent->count++;
}

/* Free empty nodes from @node upwards. */
static void trim(struct xarray *xa, struct xa_node *node)
{
	while (node && !node->count) {
		struct xa_node *parent = node->parent;

		if (parent) {
			parent->slots[node->offset] = NULL;
			parent->count--;
		} else {
			WRITE_ONCE(xa->xa_head, NULL);
		}
		kfree(node);
		node = parent;
	}
}

/* Add levels on top until @index fits. */
static int grow(struct xarray *xa, unsigned long index, gfp_t gfp)
{
	struct xa_node *top = xa->xa_head, *node;
	unsigned int m;

	if (!top) {
		unsigned int shift = 0;

		while (shift + XA_BITS < 64 && index >> (shift + XA_BITS))
			shift += XA_BITS;
		top = new_node(shift, gfp);
		if (!top)
			return -ENOMEM;
		WRITE_ONCE(xa->xa_head, top);
	}
	while (index > xa_node_max(top)) {
		node = new_node(top->shift + XA_BITS, gfp);
		if (!node)
			return -ENOMEM;
		attach(node, 0, top);
		node->full = top->full == ~0ULL;
		for (m = 0; m < XA_MARKS; m++)
			node->marks[m] = !!top->marks[m];
		top = node;
		WRITE_ONCE(xa->xa_head, top);
	}
	return 0;
}

/* The bottom node of @index, made if need be; NULL without memory. */
static struct xa_node *make_path(struct xarray *xa, unsigned long index, gfp_t gfp)
{
	struct xa_node *node, *child;

	if (grow(xa, index, gfp)) {
		trim(xa, xa->xa_head);
		return NULL;
	}
	for (node = xa->xa_head; node->shift; node = child) {
		unsigned int slot = xa_slot_of(node, index);

		child = node->slots[slot];
		if (child)
			continue;
		child = new_node(node->shift - XA_BITS, gfp);
		if (!child) {
			trim(xa, node);
			return NULL;
		}
		attach(node, slot, child);
	}
	return node;
}

/* Put @entry (NULL: nothing) into a slot; returns what was there. */
static void *set_slot(struct xarray *xa, struct xa_node *node, unsigned int slot, void *entry)
{
	void *old = node->slots[slot];

	WRITE_ONCE(node->slots[slot], entry);
	if (entry && !old) {
		node->count++;
		update_full(node, slot, true);
	} else if (!entry) {
		clear_marks(node, slot);
		if (old) {
			update_full(node, slot, false);
			node->count--;
		}
		trim(xa, node);
	}
	return old;
}

static void *visible(void *entry)
{
	return xa_is_zero(entry) ? NULL : entry;
}

static void *lookup(const struct xarray *xa, unsigned long index)
{
	struct xa_node *node = xa_descend(xa, index);

	return node ? node->slots[index & (XA_SLOTS - 1)] : NULL;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	bool locked = xa_look_begin(xa);
	void *entry = lookup(xa, index);

	xa_look_end(xa, locked);
	return visible(entry);
}

void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	struct xa_node *node;

	if (WARN_ON_ONCE(entry && ((unsigned long)entry & 3) == 2 && !xa_is_zero(entry)))
		return XA_ERROR(-EINVAL);
	/* In an allocating array a stored NULL keeps its index taken. */
	if (!entry && xa->xa_flags & XA_FLAGS_TRACK_FREE)
		entry = XA_ZERO_ENTRY;
	if (!entry)
		return __xa_erase(xa, index);
	node = make_path(xa, index, gfp);
	if (!node)
		return XA_ERROR(-ENOMEM);
	return visible(set_slot(xa, node, index & (XA_SLOTS - 1), entry));
}

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	struct xa_node *node = xa_descend(xa, index);

	return node ? visible(set_slot(xa, node, index & (XA_SLOTS - 1), NULL)) : NULL;
}

void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	void *cur = visible(lookup(xa, index)), *ret;

	if (cur != old)
		return cur;
	ret = __xa_store(xa, index, entry, gfp);
	return xa_is_err(ret) ? ret : cur;
}

int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	if (lookup(xa, index))
		return -EBUSY;
	return xa_err(__xa_store(xa, index, entry ? entry : XA_ZERO_ENTRY, gfp));
}

#define LOCKED(type, name, proto, args) \
type name proto \
{ \
	type ret; \
\
	xa_lock_irq(xa); \
	ret = __##name args; \
	xa_unlock_irq(xa); \
	return ret; \
}

LOCKED(void *, xa_store, (struct xarray *xa, unsigned long index, void *entry, gfp_t gfp),
       (xa, index, entry, gfp))
LOCKED(void *, xa_erase, (struct xarray *xa, unsigned long index), (xa, index))
LOCKED(void *, xa_cmpxchg,
       (struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp),
       (xa, index, old, entry, gfp))
LOCKED(int, xa_insert, (struct xarray *xa, unsigned long index, void *entry, gfp_t gfp),
       (xa, index, entry, gfp))
LOCKED(int, xa_alloc,
       (struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp),
       (xa, id, entry, limit, gfp))

int xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp)
{
	int ret = xa_insert(xa, index, XA_ZERO_ENTRY, gfp);

	return ret == -EBUSY ? 0 : ret;
}

void xa_release(struct xarray *xa, unsigned long index)
{
	xa_lock_irq(xa);
	if (xa_is_zero(lookup(xa, index)))
		__xa_erase(xa, index);
	xa_unlock_irq(xa);
}

void xa_destroy(struct xarray *xa)
{
	struct xa_node *node, *parent;
	unsigned int slot;

	xa_lock_irq(xa);
	node = xa->xa_head;
	WRITE_ONCE(xa->xa_head, NULL);
	while (node) {
		for (slot = 0; node->shift && slot < XA_SLOTS; slot++)
			if (node->slots[slot])
				break;
		if (node->shift && slot < XA_SLOTS) {
			node = node->slots[slot];
			continue;
		}
		parent = node->parent;
		if (parent)
			parent->slots[node->offset] = NULL;
		kfree(node);
		node = parent;
	}
	xa_unlock_irq(xa);
}
