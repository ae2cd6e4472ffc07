/* SPDX-License-Identifier: GPL-2.0-only */
/* Run the suite here: on the core, or on devices of this host. */
#ifndef RUNNER_SUITE_H
#define RUNNER_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "results.h"
#include "rules.h"
#include "waivers.h"

struct suite {
	char **bdfs;			/* none: the core */
	size_t nr_bdfs;
	char **globs;			/* -t; none: all tests */
	size_t nr_globs;
	const char *profile, *topology;	/* of the core; topology may be NULL */
	char **drivers;			/* for the core to load */
	size_t nr_drivers;
	const char *silence;		/* seconds, NULL: as exec-tests has it */
	bool progress;
	const struct rules *held_back;	/* tests not to run: skipped with the rule's reason; or NULL */
	const struct waivers *waivers;	/* or NULL */
	int repeat;			/* how often; 0 is 1 */
	FILE *kernel_log;		/* where what the kernel says meanwhile goes, or NULL */
};

/*
 * suite_run - run it, and wait for its end
 *
 * Returns 0 with finished results in *r, or EXIT_CANNOT with a line on stderr; without
 * one when suite_interrupted(). No process of the suite is left in any case.
 */
int suite_run(const struct suite *s, struct results **r);

/*
 * From here on SIGINT, SIGTERM and SIGHUP end the suite and not this program, and
 * children of it know the suite's processes: see suite_kill_left().
 */
void suite_catch_signals(void);
bool suite_interrupted(void);

/*
 * End what is left of a suite whose runner died, by the mark that its processes carry
 * in their environment. For a child of the runner that was forked behind
 * suite_catch_signals().
 */
void suite_kill_left(void);

#endif
