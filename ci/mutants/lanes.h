/* SPDX-License-Identifier: GPL-2.0-only */
/* The suite on a core with a seeded bug, test by test. */
#ifndef MUTANTS_LANES_H
#define MUTANTS_LANES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* A machine and a kernel that the suite is run on. */
struct lane {
	const char *name, *topology, *profile;
	const char *globs[6];		/* what of the suite; none: all */
	json_t *usual;			/* outcomes by test, without a bug */
};

extern struct lane lanes[];
extern const size_t nr_lanes;

/*
 * lanes_init - where things are
 * @build: has the suite, and in mutants/ a core with MUTANTS=1
 *
 * Returns false with a line on stderr if they are not there.
 */
bool lanes_init(const char *build);

/* What to run. */
struct lane_run {
	struct lane *lane;
	const char *mutant;		/* "": none */
	const char *program;		/* this one alone, or NULL */
	const char *test;		/* PROGRAM/TEST of it, or NULL */
};

/* Why a test failed that did not come to its end. */
#define HANGS "hangs"

enum verdict { PASSED, SKIPPED, FAILED };

/*
 * Called for each test as it ends: @test is PROGRAM/TEST, PROGRAM/- for what is of no
 * test, or - if the core does not start; @why is NULL unless it failed. Returns false
 * to end the run.
 */
typedef bool (*verdict_fn)(void *ctx, const char *test, enum verdict verdict, const char *why);

/*
 * lane_run - run it until its end, or until @fn returns false
 *
 * A test with other outcomes than it has without a bug fails: where several are
 * accepted, kernels have one each, and the comparison with a kernel notices another.
 * Any thread.
 */
void lane_run(const struct lane_run *run, verdict_fn fn, void *ctx);

/* Whether a test fails. */
bool lane_fails(const struct lane_run *run);

#endif
