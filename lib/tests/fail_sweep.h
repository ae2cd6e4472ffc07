/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call is made with its first operation that may fail made to fail, then its
 * second, and so on until it gets through without one. Each failure must be one
 * of the errors that such a call may give, leave nothing behind, change nothing
 * that a user can see, and the last call must succeed. One program includes it once.
 */
#ifndef TESTS_FAIL_SWEEP_H
#define TESTS_FAIL_SWEEP_H

#include <kapi/fail_nth.h>
#include <kapi/objects.h>
#include <kapi/warn.h>

#include "tap.h"
#include "vfio_machine.h"
#include "fail_sweep_list.h"

/*
 * What a user sees, as bytes that are compared. Filled in by the program for the
 * stage that the call is made at.
 */
struct view {
	size_t len;
	u8 bytes[2048];
};

struct sweep {
	const char *name;
	long (*call)(void);
	/* After a call that succeeded: back to where it started. NULL: nothing to do. */
	void (*undo)(void);
	/* Before each call, never failing. */
	void (*prepare)(void);
	/* The kernel keeps (part of) the effect of a failing call; say in a comment why. */
	bool undo_failed;
	/* It makes, step by step, what then stays until the device is closed. */
	bool makes_cache;
	/* Not every profile has it: ENOTTY or EINVAL without a fault is a skip. */
	bool optional;
	/* What it returns, as a positive errno, when nothing fails: it is there to be refused. */
	int gives;
	/* Further errors; ENOMEM, EFAULT and EMFILE always may come. */
	int also[3];
};

/* Operations made to fail and calls that got through in spite of one, of all sweeps. */
static unsigned int sweep_faults, sweep_survived;

/* Which of fail_sweep_list.h was called with a fault waiting, and got one at least once. */
static bool sweep_called[SWEPT_COUNT];
static bool sweep_armed;

static void sweep_watch(unsigned int cmd, const void *arg)
{
	unsigned int i;

	if (!sweep_armed)
		return;
	for (i = 0; i < SWEPT_COUNT; i++)
		if (swept_list[i].cmd == cmd && swept_list[i].sub == swept_sub(cmd, arg))
			sweep_called[i] = true;
}

static void sweep_show(const char *line)
{
	printf("# %s\n", line);
}

static bool sweep_error_ok(const struct sweep *s, long ret)
{
	unsigned int i;

	if (ret == -ENOMEM || ret == -EFAULT || ret == -EMFILE)
		return true;
	for (i = 0; i < 3; i++)
		if (s->also[i] && ret == -s->also[i])
			return true;
	return false;
}

/* Objects and view are as they were? */
static bool sweep_same(const struct sweep *s, unsigned int n, const char *when,
		       const struct kapi_objects *before, unsigned long mark,
		       const struct view *seen, void (*look)(struct view *view))
{
	struct kapi_objects after;
	static struct view now;
	char diff[400];
	size_t i;

	kapi_objects_settle();
	kapi_objects_snap(&after);
	if (!s->makes_cache && kapi_objects_diff(before, &after, diff, sizeof(diff))) {
		printf("# %s, %u (%s), %s: %s\n", s->name, n, kapi_fail_last(), when, diff);
		kapi_sites_report(mark, sweep_show);
		return false;
	}
	memset(&now, 0, sizeof(now));
	look(&now);
	for (i = 0; i < now.len && now.bytes[i] == seen->bytes[i]; i++)
		;
	if (i == now.len && now.len == seen->len)
		return true;
	printf("# %s, %u (%s), %s: the user sees a change at %zu: %#x is %#x\n", s->name, n,
	       kapi_fail_last(), when, i, seen->bytes[i], now.bytes[i]);
	return false;
}

static void sweep(const struct sweep *s, void (*look)(struct view *view))
{
	unsigned int n, left = 0, bad = 0, faults = 0, warned = kapi_warn_count();
	struct kapi_objects before;
	static struct view seen;
	unsigned long mark;
	long ret = 0;

	for (n = 1; !left && n < 5000 && bad < 5; n++) {
		if (s->prepare)
			s->prepare();
		kapi_objects_settle();
		memset(&seen, 0, sizeof(seen));
		look(&seen);
		mark = kapi_sites_mark();
		kapi_objects_snap(&before);
		sys_watch = sweep_watch;
		sweep_armed = true;
		kapi_fail_nth(n);
		ret = s->call();
		left = kapi_fail_nth(0);
		sweep_armed = false;
		if (left && s->gives && ret == -s->gives)
			ret = 0;
		faults += !left;
		if (left && s->optional && (ret == -ENOTTY || ret == -EINVAL)) {
			check(!bad, "%s # SKIP not in this profile", s->name);
			return;
		}
		if (ret < 0 && (left || !sweep_error_ok(s, ret))) {
			printf("# %s, %u (%s): %ld\n", s->name, n,
			       left ? "none failed" : kapi_fail_last(), ret);
			bad++;
		}
		if (ret >= 0 && !left)
			sweep_survived++;
		if ((ret >= 0 || s->undo_failed) && s->undo)
			s->undo();
		if (!sweep_same(s, n, ret < 0 ? "failed" : "undone", &before, mark, &seen, look))
			bad++;
	}
	sweep_faults += faults;
	check(!bad && left && ret >= 0 && kapi_warn_count() == warned,
	      "%s: %u faults, each clean", s->name, faults);
}

/* Behind the last sweep: nothing is left, and all that is @program's in the list was swept. */
static int sweep_end(const struct kapi_objects *before, const char *program)
{
	struct kapi_objects after;
	char diff[400];
	unsigned int i;

	kapi_objects_settle();
	kapi_objects_snap(&after);
	check(!kapi_objects_diff(before, &after, diff, sizeof(diff)), "nothing is left: %s", diff);
	for (i = 0; i < SWEPT_COUNT; i++)
		if (!strcmp(swept_list[i].program, program) && !sweep_called[i])
			check(false, "%s is swept here", swept_list[i].name);
	printf("# %u operations failed in turn, %u calls went through all the same\n",
	       sweep_faults, sweep_survived);
	return done_testing();
}

#endif
