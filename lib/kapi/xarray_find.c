// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sparse array: search, marks, and allocation of indices.
 */
#include <linux/bitops.h>
#include <linux/xarray.h>
#include "xarray_tree.h"

/* May slot @s of @node lead to what @filter wants? */
static bool candidate(const struct xa_node *node, unsigned int s, xa_mark_t filter)
{
	if (filter != XA_PRESENT)
		return node->marks[filter] & BIT_ULL(s);
	return node->slots[s] && !(node->shift == 0 && xa_is_zero(node->slots[s]));
}

/*
 * First slot that fits in [*index, max], in the bottom node where it is, or
 * NULL. A candidate above the bottom may turn out to hold nothing but reserved
 * entries, so the walk goes on behind it.
 */
static struct xa_node *walk(const struct xarray *xa, unsigned long *index, unsigned long max,
			    xa_mark_t filter)
{
	const struct xa_node *node = xa->xa_head;
	unsigned long i = *index;
	unsigned int slot;

	if (!node || i > xa_node_max(node))
		return NULL;
	while (i <= max) {
		for (slot = xa_slot_of(node, i); slot < XA_SLOTS; slot++) {
			if (candidate(node, slot, filter))
				break;
			i = ((i >> node->shift) + 1) << node->shift;
		}
		if (slot == XA_SLOTS) {
			/* Leave this node behind its last index; i == 0 if that was the last. */
			if (!i)
				return NULL;
			do {
				node = node->parent;
			} while (node && xa_slot_of(node, i) == 0);
			if (!node)
				return NULL;
			continue;
		}
		if (i > max)
			return NULL;
		if (!node->shift) {
			*index = i;
			return (struct xa_node *)node;
		}
		node = node->slots[slot];
	}
	return NULL;
}

static void *find_locked(struct xarray *xa, unsigned long *index, unsigned long max,
			 xa_mark_t filter)
{
	struct xa_node *node = walk(xa, index, max, filter);

	return node ? node->slots[*index & (XA_SLOTS - 1)] : NULL;
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	bool locked = xa_look_begin(xa);
	void *entry = find_locked(xa, index, max, filter);

	xa_look_end(xa, locked);
	return xa_is_zero(entry) ? NULL : entry;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	unsigned long next = *index + 1;
	void *entry;

	if (!next || next > max)
		return NULL;
	entry = xa_find(xa, &next, max, filter);
	if (entry)
		*index = next;
	return entry;
}

bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	bool locked = xa_look_begin(xa);
	struct xa_node *node = xa_descend(xa, index);
	bool ret = node && node->marks[mark] & BIT_ULL(index & (XA_SLOTS - 1));

	xa_look_end(xa, locked);
	return ret;
}

void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	bool locked = xa_look_begin(xa);
	struct xa_node *node = xa_descend(xa, index);
	unsigned int slot = index & (XA_SLOTS - 1);

	/* Only entries carry marks. */
	if (node && node->slots[slot]) {
		for (; node; slot = node->offset, node = node->parent)
			node->marks[mark] |= BIT_ULL(slot);
	}
	xa_look_end(xa, locked);
}

void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	bool locked = xa_look_begin(xa);
	struct xa_node *node = xa_descend(xa, index);
	unsigned int slot = index & (XA_SLOTS - 1);

	for (; node; slot = node->offset, node = node->parent) {
		node->marks[mark] &= ~BIT_ULL(slot);
		if (node->marks[mark])
			break;
	}
	xa_look_end(xa, locked);
}

bool xa_marked(const struct xarray *xa, xa_mark_t mark)
{
	const struct xa_node *top = READ_ONCE(xa->xa_head);

	return top && top->marks[mark];
}

/* First free index in [min, max], or false. Full subtrees are skipped whole. */
static bool find_free(const struct xarray *xa, unsigned long min, unsigned long max,
		      unsigned long *index)
{
	const struct xa_node *node = xa->xa_head, *child;
	unsigned long i = min;
	unsigned int slot;

	if (!node || i > xa_node_max(node))
		goto free;
	for (;;) {
		for (slot = xa_slot_of(node, i); slot < XA_SLOTS; slot++) {
			if (!(node->full & BIT_ULL(slot)))
				break;
			i = ((i >> node->shift) + 1) << node->shift;
		}
		if (i > max || (!i && min))
			return false;
		if (slot == XA_SLOTS) {
			do {
				node = node->parent;
			} while (node && xa_slot_of(node, i) == 0);
			if (!node)
				goto free;
			continue;
		}
		child = node->slots[slot];
		if (!node->shift || !child)
			goto free;
		node = child;
	}
free:
	*index = i;
	return i <= max;
}

int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
	unsigned long index, min = limit.min;
	int ret;

	if (WARN_ON_ONCE(!(xa->xa_flags & XA_FLAGS_TRACK_FREE)))
		return -EINVAL;
	if (!min && xa->xa_flags & XA_FLAGS_ZERO_BUSY)
		min = 1;
	if (!find_free(xa, min, limit.max, &index))
		return -EBUSY;
	ret = xa_err(__xa_store(xa, index, entry ? entry : XA_ZERO_ENTRY, gfp));
	if (!ret)
		*id = index;
	return ret;
}

int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next,
		    gfp_t gfp)
{
	struct xa_limit upper = { .min = max(*next, limit.min), .max = limit.max };
	int ret;

	xa_lock_irq(xa);
	ret = __xa_alloc(xa, id, entry, upper, gfp);
	if (ret == -EBUSY && upper.min > limit.min) {
		ret = __xa_alloc(xa, id, entry, limit, gfp);
		if (!ret)
			ret = 1;
	}
	if (ret >= 0)
		*next = *id + 1;
	xa_unlock_irq(xa);
	return ret;
}
