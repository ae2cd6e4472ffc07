/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call of the kernel's API with its first operation that may fail made to fail, then
 * its second, and so on until it gets through. One program includes it once.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include <kapi/fail_nth.h>
#include <kapi/objects.h>
#include <linux/errno.h>
#include "tap.h"

/*
 * @op: 0, or -errno; what it then leaves behind is a mistake
 * @undo: back to where @op, having succeeded, started
 *
 * An error that is no want of something must be in @also, 0 for none. Returns how many
 * operations failed; the check is that each failure was an error and left no object.
 */
static unsigned int walk_faults(const char *what, int (*op)(void), void (*undo)(void), int also)
{
	unsigned int n, left = 0, bad = 0, faults = 0, survived = 0;
	struct kapi_objects before, after;
	char diff[400];
	int ret = 0;

	/* What is made once and kept is made now. */
	if (op())
		bad++;
	else
		undo();
	for (n = 1; !left && n < 1000 && bad < 5; n++) {
		kapi_objects_settle();
		kapi_objects_snap(&before);
		kapi_fail_nth(n);
		ret = op();
		left = kapi_fail_nth(0);
		faults += !left;
		survived += !left && !ret;
		if (!ret)
			undo();
		else if (left || (ret != -ENOMEM && ret != also)) {
			printf("# %s, %u: %d\n", what, n, ret);
			bad++;
		}
		kapi_objects_settle();
		kapi_objects_snap(&after);
		if (kapi_objects_diff(&before, &after, diff, sizeof(diff))) {
			printf("# %s, %u (%s), %d: %s\n", what, n, kapi_fail_last(), ret, diff);
			bad++;
		}
	}
	check(!bad && left && !ret, "%s: %u faults, each clean, %u without effect", what, faults,
	      survived);
	return faults;
}

#endif
