/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_INTERVAL_TREE_H
#define _KAPI_LINUX_INTERVAL_TREE_H

/*
 * Intervals [start, last], both included, in a tree that finds those meeting
 * another interval in O(log n + matches), in order of start. No locking.
 */
#include <linux/rbtree.h>

struct interval_tree_node {
	unsigned long start;
	unsigned long last;
	unsigned long __subtree_last;
	struct rb_node rb;
};

void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root);
void interval_tree_remove(struct interval_tree_node *node, struct rb_root_cached *root);
/* First node, and the next one behind @node, that meets [start, last]; NULL: none. */
struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root,
						    unsigned long start, unsigned long last);
struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node,
						   unsigned long start, unsigned long last);

#endif
