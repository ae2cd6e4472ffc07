// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sorting of arrays and lists.
 */
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/sort.h>
#include <linux/types.h>

static void swap_bytes(void *a, void *b, int size)
{
	char *x = a, *y = b;

	while (size--) {
		swap(*x, *y);
		x++;
		y++;
	}
}

/* Heap sort: in place, and no input makes it quadratic. */
static void sift_down(char *base, size_t root, size_t num, size_t size,
		      int (*cmp)(const void *, const void *),
		      void (*swap_fn)(void *, void *, int))
{
	size_t child;

	while ((child = 2 * root + 1) < num) {
		if (child + 1 < num && cmp(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (cmp(base + root * size, base + child * size) >= 0)
			return;
		swap_fn(base + root * size, base + child * size, size);
		root = child;
	}
}

void sort(void *base, size_t num, size_t size, int (*cmp)(const void *, const void *),
	  void (*swap_fn)(void *a, void *b, int size))
{
	size_t i;

	if (!swap_fn)
		swap_fn = swap_bytes;
	for (i = num / 2; i--; )
		sift_down(base, i, num, size, cmp, swap_fn);
	for (i = num; i-- > 1; ) {
		swap_fn(base, (char *)base + i * size, size);
		sift_down(base, 0, i, size, cmp, swap_fn);
	}
}

void list_sort(void *priv, struct list_head *head,
	       int (*cmp)(void *priv, const struct list_head *a, const struct list_head *b))
{
	LIST_HEAD(a);
	LIST_HEAD(b);
	bool to_a = true;

	if (list_empty(head) || list_is_singular(head))
		return;
	/* First half to @a, in order; the rest is @b. */
	struct list_head *slow = head->next, *fast = head->next;

	while (fast != head && fast->next != head) {
		slow = slow->next;
		fast = fast->next->next;
	}
	while (!list_empty(head)) {
		to_a = to_a && head->next != slow;
		list_move_tail(head->next, to_a ? &a : &b);
	}
	list_sort(priv, &a, cmp);
	list_sort(priv, &b, cmp);
	while (!list_empty(&a) && !list_empty(&b))
		list_move_tail(cmp(priv, a.next, b.next) <= 0 ? a.next : b.next, head);
	list_splice_tail(&a, head);
	list_splice_tail(&b, head);
}
