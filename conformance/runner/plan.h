/* SPDX-License-Identifier: GPL-2.0-only */
/* A plan: pieces of work (cells) that any machine can do in any order. */
#ifndef RUNNER_PLAN_H
#define RUNNER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "clause.h"

/* Fields of a cell, as they are called in a plan file; unused ones are "". */
enum cell_field {
	CELL_KIND,	/* "conform" or "fuzz" */
	CELL_BACKEND,	/* "core", "vm" (a guest) or "host" (a device of the machine) */
	CELL_KERNEL,	/* profile of the core, kernel of the guest, release the host must run */
	CELL_SHAPE,	/* topology of the core, machine of the guest */
	CELL_DEVICE,	/* BDF */
	CELL_SUITE,	/* "all", or one pattern as for -t */
	CELL_TARGET,	/* fuzz target */
	CELL_ENGINE,	/* "libfuzzer" or "afl" */
	CELL_SECONDS,	/* how long to fuzz */
	CELL_FIELDS,
};

extern const char *const cell_field_names[CELL_FIELDS];

struct cell {
	char *id;		/* [A-Za-z0-9_-], made from the fields alone */
	char *v[CELL_FIELDS];
};

struct plan {
	struct cell *cells;
	size_t nr;
};

/* Add a cell with these fields (NULL is ""), unless it is there already. */
struct cell *plan_add(struct plan *plan, const char *const v[CELL_FIELDS]);
const struct cell *plan_find(const struct plan *plan, const char *id);

/*
 * plan_load - add the cells of a file of JSON lines
 *
 * A line whose id does not follow from its fields, or with an unknown field, is
 * refused: it was edited, or made by another version. Returns 0, or
 * EXIT_CANNOT with a message.
 */
int plan_load(struct plan *plan, const char *path);
/* One line a cell, sorted by id: equal plans are equal files. 0, or -1 with errno set. */
int plan_write(const struct plan *plan, FILE *f);

/* The cell without its suite: what tests of one report have in common. Malloc'ed. */
char *cell_configuration(const struct cell *cell);
/* Whether a cell of kind "conform" runs this test. */
bool cell_has_test(const struct cell *cell, const char *test);
/* The one test that a cell of kind "fuzz" counts as, "fuzz/TARGET.ENGINE". Malloc'ed. */
char *cell_fuzz_test(const struct cell *cell);

/*
 * plan_run - work off the cells of @plan that are @nr-th of @shards, or have @id
 * @dir: cells/ID.json appears there once a cell is done, and plan.jsonl; a cell
 *       that is there already is not run again
 *
 * Returns an exit status of contract C1 for the cells run or found.
 */
int plan_run(const struct plan *plan, unsigned int nr, unsigned int shards, const char *id,
	     const char *dir, bool quiet);

#endif
