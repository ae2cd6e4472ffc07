/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_RBTREE_TYPES_H
#define _KAPI_LINUX_RBTREE_TYPES_H

/* The parent pointer shares its word with the colour (bit 0; 1 is black). */
struct rb_node {
	struct rb_node *rb_left;
	struct rb_node *rb_right;
	unsigned long __rb_parent_color;
} __attribute__((aligned(sizeof(long))));

struct rb_root {
	struct rb_node *rb_node;
};

/* A root that also knows its first node. */
struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

#define RB_ROOT		(struct rb_root) { NULL }
#define RB_ROOT_CACHED	(struct rb_root_cached) { { NULL }, NULL }

#endif
