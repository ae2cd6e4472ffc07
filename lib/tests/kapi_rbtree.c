// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees and sorting against brute force.
 */
#include <linux/interval_tree.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/rbtree.h>
#include <linux/sort.h>
#include <stdlib.h>
#include <string.h>
#include "tap.h"

#define N 400
#define ROUNDS 20000

struct item {
	struct rb_node rb;
	int key;
	bool in;
};

static bool less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct item, rb)->key < rb_entry(b, struct item, rb)->key;
}

static int cmp_key(const void *key, const struct rb_node *node)
{
	return *(const int *)key - rb_entry(node, struct item, rb)->key;
}

static bool is_black(const struct rb_node *node)
{
	return !node || node->__rb_parent_color & 1;
}

/* Black height below @node, or -1 if a rule is broken. */
static int black_height(struct rb_node *node, struct rb_node *parent)
{
	int left, right;

	if (!node)
		return 1;
	if (rb_parent(node) != parent)
		return -1;
	if (!is_black(node) && !(is_black(node->rb_left) && is_black(node->rb_right)))
		return -1;
	left = black_height(node->rb_left, node);
	right = black_height(node->rb_right, node);
	if (left < 0 || left != right)
		return -1;
	return left + is_black(node);
}

static bool in_order(struct rb_root *root, struct item *items)
{
	struct rb_node *node = rb_first(root), *back = rb_last(root);
	int i, seen = 0, last = -1, expected = 0;

	for (; node; node = rb_next(node), seen++) {
		if (rb_entry(node, struct item, rb)->key <= last)
			return false;
		last = rb_entry(node, struct item, rb)->key;
	}
	for (; back; back = rb_prev(back))
		seen--;
	for (i = 0; i < N; i++) {
		expected += items[i].in;
		if (!!rb_find(&i, root, cmp_key) != items[i].in)
			return false;
	}
	for (node = rb_first_postorder(root); node; node = rb_next_postorder(node))
		expected--;
	return !seen && !expected;
}

static void test_rbtree(void)
{
	struct rb_root_cached cached = RB_ROOT_CACHED;
	struct rb_root *root = &cached.rb_root;
	static struct item items[N];
	int i, round;
	bool balanced = true, ordered = true, leftmost = true, replaced = true;

	for (i = 0; i < N; i++)
		items[i].key = i;
	for (round = 0; round < ROUNDS; round++) {
		struct item *it = &items[rand() % N];
		struct rb_node *first = rb_first_cached(&cached);

		if (it->in) {
			rb_erase_cached(&it->rb, &cached);
		} else {
			rb_add(&it->rb, root, less);
			if (!first || less(&it->rb, first))
				cached.rb_leftmost = &it->rb;
		}
		it->in = !it->in;
		balanced &= black_height(root->rb_node, NULL) > 0 && is_black(root->rb_node);
		leftmost &= rb_first_cached(&cached) == rb_first(root);
		if (round % 97 == 0)
			ordered &= in_order(root, items);
	}
	for (i = 0; i < N; i++) {
		struct item copy;

		if (!items[i].in)
			continue;
		rb_replace_node(&items[i].rb, &copy.rb, root);
		copy.key = i;
		replaced &= rb_find(&i, root, cmp_key) == &copy.rb;
		rb_replace_node(&copy.rb, &items[i].rb, root);
	}
	check(balanced, "rbtree: colours hold after each of %d changes", ROUNDS);
	check(ordered, "rbtree: order, find and postorder agree with the set");
	check(leftmost, "rbtree: cached first node");
	check(replaced && in_order(root, items), "rbtree: replace");
	while (root->rb_node)
		rb_erase(root->rb_node, root);
	check(RB_EMPTY_ROOT(root), "rbtree: emptied");
}

static void test_interval(void)
{
	struct rb_root_cached root = RB_ROOT_CACHED;
	static struct interval_tree_node nodes[N];
	static bool in[N];
	int i, round;
	bool same = true;

	for (round = 0; round < ROUNDS / 4; round++) {
		unsigned long start = rand() % 1000, last = start + rand() % 40, prev = 0;
		struct interval_tree_node *node;
		int hits = 0;

		i = rand() % N;
		if (in[i]) {
			interval_tree_remove(&nodes[i], &root);
		} else {
			nodes[i].start = rand() % 1000;
			nodes[i].last = nodes[i].start + rand() % 60;
			interval_tree_insert(&nodes[i], &root);
		}
		in[i] = !in[i];
		for (i = 0; i < N; i++)
			hits += in[i] && nodes[i].start <= last && nodes[i].last >= start;
		for (node = interval_tree_iter_first(&root, start, last); node;
		     node = interval_tree_iter_next(node, start, last)) {
			same &= node->start <= last && node->last >= start && node->start >= prev;
			prev = node->start;
			hits--;
		}
		same &= !hits;
	}
	check(same, "interval tree: each query finds what a scan finds, in order");
}

static int cmp_int(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

struct link {
	struct list_head list;
	int key, place;
};

static int cmp_link(void *priv, const struct list_head *a, const struct list_head *b)
{
	return list_entry(a, struct link, list)->key - list_entry(b, struct link, list)->key;
}

static void test_sort(void)
{
	static int a[N], b[N];
	static struct link links[N];
	LIST_HEAD(head);
	struct link *link, *last = NULL;
	bool ok = true;
	int i;

	for (i = 0; i < N; i++) {
		a[i] = b[i] = rand() % 50;
		links[i].key = a[i];
		links[i].place = i;
		list_add_tail(&links[i].list, &head);
	}
	sort(a, N, sizeof(a[0]), cmp_int, NULL);
	qsort(b, N, sizeof(b[0]), cmp_int);
	check(!memcmp(a, b, sizeof(a)), "sort: same as qsort");
	list_sort(NULL, &head, cmp_link);
	list_for_each_entry(link, &head, list) {
		ok &= !last || last->key < link->key ||
		      (last->key == link->key && last->place < link->place);
		last = link;
	}
	check(ok && list_count_nodes(&head) == N, "list_sort: in order and stable");
}

int main(void)
{
	srand(1);
	test_rbtree();
	test_interval();
	test_sort();
	return done_testing();
}
