// SPDX-License-Identifier: GPL-2.0-only
/*
 * Red-black trees: every path from the root has the same number of black nodes
 * and no red node has a red child. An absent child counts as black.
 */
#include <linux/rbtree_augmented.h>

#define RB_RED		0UL
#define RB_BLACK	1UL

static bool is_red(const struct rb_node *node)
{
	return node && !(node->__rb_parent_color & RB_BLACK);
}

static unsigned long color_of(const struct rb_node *node)
{
	return node->__rb_parent_color & RB_BLACK;
}

static void set_color(struct rb_node *node, unsigned long color)
{
	node->__rb_parent_color = (node->__rb_parent_color & ~RB_BLACK) | color;
}

static void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->__rb_parent_color = (unsigned long)parent | color_of(node);
}

/* Make @entry the child of @parent (or the root) where @old was. */
static void replace_child(struct rb_node *old, struct rb_node *entry, struct rb_node *parent,
			  struct rb_root *root)
{
	if (!parent)
		WRITE_ONCE(root->rb_node, entry);
	else if (parent->rb_left == old)
		WRITE_ONCE(parent->rb_left, entry);
	else
		WRITE_ONCE(parent->rb_right, entry);
}

/* The child on the other side rises over @node. Returns it. */
static struct rb_node *rotate(struct rb_node *node, bool left, struct rb_root *root,
			      const struct rb_augment_callbacks *augment)
{
	struct rb_node *up = left ? node->rb_right : node->rb_left, *moved;

	if (left) {
		moved = up->rb_left;
		WRITE_ONCE(node->rb_right, moved);
		WRITE_ONCE(up->rb_left, node);
	} else {
		moved = up->rb_right;
		WRITE_ONCE(node->rb_left, moved);
		WRITE_ONCE(up->rb_right, node);
	}
	if (moved)
		set_parent(moved, node);
	replace_child(node, up, rb_parent(node), root);
	set_parent(up, rb_parent(node));
	set_parent(node, up);
	if (augment)
		augment->rotate(node, up);
	return up;
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	struct rb_node *parent, *gparent, *uncle;
	bool left;

	set_color(node, RB_RED);
	while ((parent = rb_parent(node)) && is_red(parent)) {
		/* A red node is not the root, so there is a grandparent. */
		gparent = rb_parent(parent);
		left = parent == gparent->rb_left;
		uncle = left ? gparent->rb_right : gparent->rb_left;
		if (is_red(uncle)) {
			set_color(parent, RB_BLACK);
			set_color(uncle, RB_BLACK);
			set_color(gparent, RB_RED);
			node = gparent;
			continue;
		}
		if (node == (left ? parent->rb_right : parent->rb_left))
			parent = rotate(parent, left, root, augment);
		set_color(parent, RB_BLACK);
		set_color(gparent, RB_RED);
		rotate(gparent, !left, root, augment);
		break;
	}
	set_color(root->rb_node, RB_BLACK);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	rb_insert_augmented(node, root, NULL);
}

/* The paths through @node (may be NULL), child of @parent, lack a black node. */
static void fix_missing_black(struct rb_node *node, struct rb_node *parent, struct rb_root *root,
			      const struct rb_augment_callbacks *augment)
{
	struct rb_node *sibling, *outer, *inner;
	bool left;

	while (parent && !is_red(node)) {
		left = node == parent->rb_left;
		sibling = left ? parent->rb_right : parent->rb_left;
		if (is_red(sibling)) {
			set_color(sibling, RB_BLACK);
			set_color(parent, RB_RED);
			rotate(parent, left, root, augment);
			sibling = left ? parent->rb_right : parent->rb_left;
		}
		inner = left ? sibling->rb_left : sibling->rb_right;
		outer = left ? sibling->rb_right : sibling->rb_left;
		if (!is_red(inner) && !is_red(outer)) {
			set_color(sibling, RB_RED);
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (!is_red(outer)) {
			set_color(inner, RB_BLACK);
			set_color(sibling, RB_RED);
			outer = sibling;
			sibling = rotate(sibling, !left, root, augment);
		}
		set_color(sibling, color_of(parent));
		set_color(parent, RB_BLACK);
		set_color(outer, RB_BLACK);
		rotate(parent, left, root, augment);
		return;
	}
	if (node)
		set_color(node, RB_BLACK);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	struct rb_node *parent = rb_parent(node), *child, *next;
	unsigned long color = color_of(node);

	if (node->rb_left && node->rb_right) {
		/* Its successor, which has no left child, takes its place and colour. */
		for (next = node->rb_right; next->rb_left; next = next->rb_left)
			;
		child = next->rb_right;
		color = color_of(next);
		if (rb_parent(next) == node) {
			parent = next;
		} else {
			parent = rb_parent(next);
			parent->rb_left = child;
			if (child)
				set_parent(child, parent);
			next->rb_right = node->rb_right;
			set_parent(next->rb_right, next);
		}
		next->rb_left = node->rb_left;
		set_parent(next->rb_left, next);
		next->__rb_parent_color = node->__rb_parent_color;
		replace_child(node, next, rb_parent(node), root);
		if (augment) {
			augment->copy(node, next);
			augment->propagate(parent == next ? next : parent, next);
			augment->propagate(next, NULL);
		}
	} else {
		child = node->rb_left ? node->rb_left : node->rb_right;
		replace_child(node, child, parent, root);
		if (child)
			set_parent(child, parent);
		if (augment && parent)
			augment->propagate(parent, NULL);
	}
	if (color == RB_BLACK)
		fix_missing_black(child, parent, root, augment);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	rb_erase_augmented(node, root, NULL);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_left)
		n = n->rb_left;
	return n;
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_right)
		n = n->rb_right;
	return n;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *n;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_right) {
		for (n = node->rb_right; n->rb_left; n = n->rb_left)
			;
		return n;
	}
	while ((n = rb_parent(node)) && node == n->rb_right)
		node = n;
	return n;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *n;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_left) {
		for (n = node->rb_left; n->rb_right; n = n->rb_right)
			;
		return n;
	}
	while ((n = rb_parent(node)) && node == n->rb_left)
		node = n;
	return n;
}

static struct rb_node *deepest(struct rb_node *n)
{
	while (n->rb_left || n->rb_right)
		n = n->rb_left ? n->rb_left : n->rb_right;
	return n;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return root->rb_node ? deepest(root->rb_node) : NULL;
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = rb_parent(node);

	if (parent && node == parent->rb_left && parent->rb_right)
		return deepest(parent->rb_right);
	return parent;
}

void rb_replace_node(struct rb_node *victim, struct rb_node *entry, struct rb_root *root)
{
	*entry = *victim;
	if (entry->rb_left)
		set_parent(entry->rb_left, entry);
	if (entry->rb_right)
		set_parent(entry->rb_right, entry);
	replace_child(victim, entry, rb_parent(victim), root);
}
