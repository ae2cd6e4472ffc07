/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/thread-self/fail-nth: the n-th operation of the calling thread that may
 * fail is made to fail (Documentation/fault-injection/fault-injection.rst).
 */
#ifndef FAIL_NTH_UTIL_H
#define FAIL_NTH_UTIL_H

#include <stdbool.h>

#define FAIL_NTH_MAX	3000	/* no call has so many points of failure */

/* Why there can be no faults here, NULL if there can. */
const char *fail_nth_missing(void);
/*
 * The file of this thread; ends the test if it does not open. Has the kernel fail
 * allocations that may wait, too, which it leaves out by default, and do so quietly.
 */
int fail_nth_open(void);
/*
 * From now on only what modules themselves ask for fails, at most a few functions
 * down from them, or everything again.
 */
void fail_nth_modules_only(bool only);
void fail_nth_arm(int fd, unsigned int n);
/* True if the fault was delivered. */
bool fail_nth_disarm(int fd);
/* A negative errno that says what happened: no memory, no access to it, no descriptor. */
bool fail_nth_is_clean(int ret);

#endif
