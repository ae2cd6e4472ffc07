// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intervals: a red-black tree by start, each node knowing the greatest end in
 * its subtree.
 */
#include <linux/interval_tree.h>
#include <linux/minmax.h>
#include <linux/rbtree_augmented.h>

static struct interval_tree_node *entry(struct rb_node *rb)
{
	return rb_entry_safe(rb, struct interval_tree_node, rb);
}

static unsigned long subtree_last(const struct interval_tree_node *node)
{
	unsigned long last = node->last;

	if (node->rb.rb_left)
		last = max(last, entry(node->rb.rb_left)->__subtree_last);
	if (node->rb.rb_right)
		last = max(last, entry(node->rb.rb_right)->__subtree_last);
	return last;
}

static void propagate(struct rb_node *rb, struct rb_node *stop)
{
	for (; rb != stop; rb = rb_parent(rb))
		entry(rb)->__subtree_last = subtree_last(entry(rb));
}

static void copy(struct rb_node *old, struct rb_node *rb)
{
	entry(rb)->__subtree_last = entry(old)->__subtree_last;
}

static void rotated(struct rb_node *old, struct rb_node *rb)
{
	copy(old, rb);
	entry(old)->__subtree_last = subtree_last(entry(old));
}

static const struct rb_augment_callbacks callbacks = {
	.propagate = propagate,
	.copy = copy,
	.rotate = rotated,
};

void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root)
{
	struct rb_node **link = &root->rb_root.rb_node, *above = NULL;
	bool first = true;

	while (*link) {
		bool left = node->start < entry(*link)->start;

		above = *link;
		entry(above)->__subtree_last = max(entry(above)->__subtree_last, node->last);
		link = left ? &above->rb_left : &above->rb_right;
		first &= left;
	}
	node->__subtree_last = node->last;
	rb_link_node(&node->rb, above, link);
	rb_insert_augmented_cached(&node->rb, root, first, &callbacks);
}

void interval_tree_remove(struct interval_tree_node *node, struct rb_root_cached *root)
{
	rb_erase_augmented_cached(&node->rb, root, &callbacks);
}

/* Leftmost node below @node that meets [start, last]. */
static struct interval_tree_node *search(struct interval_tree_node *node, unsigned long start,
					 unsigned long last)
{
	while (node && node->__subtree_last >= start) {
		struct interval_tree_node *left = entry(node->rb.rb_left);

		/* If one on the left ends late enough, it or nothing at all is the answer. */
		if (left && left->__subtree_last >= start) {
			node = left;
			continue;
		}
		if (node->start > last)
			return NULL;
		if (node->last >= start)
			return node;
		node = entry(node->rb.rb_right);
	}
	return NULL;
}

struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root,
						    unsigned long start, unsigned long last)
{
	return search(entry(root->rb_root.rb_node), start, last);
}

struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node,
						   unsigned long start, unsigned long last)
{
	struct rb_node *rb = &node->rb, *parent;
	struct interval_tree_node *found;

	for (;;) {
		found = search(entry(rb->rb_right), start, last);
		if (found)
			return found;
		/* Up to the first ancestor that lies to the right. */
		while ((parent = rb_parent(rb)) && rb == parent->rb_right)
			rb = parent;
		if (!parent || entry(parent)->start > last)
			return NULL;
		if (entry(parent)->last >= start)
			return entry(parent);
		rb = parent;
	}
}
