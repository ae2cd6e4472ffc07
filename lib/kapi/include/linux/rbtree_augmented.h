/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_RBTREE_AUGMENTED_H
#define _KAPI_LINUX_RBTREE_AUGMENTED_H

/*
 * Red-black trees whose nodes carry a summary of their subtree.
 *
 * propagate() recomputes from @node up to, not including, @stop; copy() gives
 * @entry the summary of @old, whose place it takes; rotate() does that and then
 * recomputes @old, which is now below @entry. An inserter updates the summaries
 * on its way down itself, before rb_insert_augmented().
 */
#include <linux/rbtree.h>

struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	void (*copy)(struct rb_node *old, struct rb_node *entry);
	void (*rotate)(struct rb_node *old, struct rb_node *entry);
};

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);

static inline void rb_insert_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					      bool newleft,
					      const struct rb_augment_callbacks *augment)
{
	rb_insert_augmented(node, &root->rb_root, augment);
	if (newleft)
		root->rb_leftmost = node;
}

static inline void rb_erase_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					     const struct rb_augment_callbacks *augment)
{
	struct rb_node *first = root->rb_leftmost;

	if (first == node)
		first = rb_next(node);
	rb_erase_augmented(node, &root->rb_root, augment);
	root->rb_leftmost = first;
}

#endif
