/* SPDX-License-Identifier: GPL-2.0-only */
/* The clause tables and the tests, joined (contract C3). */
#ifndef RUNNER_CLAUSE_H
#define RUNNER_CLAUSE_H

#include <stdbool.h>
#include <stddef.h>

struct clause {
	char *id, *level, *versions, *text, *source, *exception;	/* exception NULL: none */
	char **tests;
	size_t nr_tests;
};

struct planned_test {
	char *name;		/* PROGRAM/fixture.variant.test */
	char **clauses;
	size_t nr_clauses;
};

struct catalogue {
	struct clause *clauses;	/* sorted by id */
	size_t nr_clauses;
	struct planned_test *tests;
	size_t nr_tests;
};

/*
 * catalogue_load - read *.clauses in @dir and the test list, and join them
 *
 * A test list has one line per test: NAME CLAUSE...; it is made at build time
 * from what each program prints for --clauses. Returns NULL, with a line on
 * stderr for each fault: a malformed stanza, an id given twice, a test that
 * names an unknown clause.
 */
struct catalogue *catalogue_load(const char *dir, const char *test_list);
struct clause *catalogue_find(const struct catalogue *cat, const char *id);

/* Whether one of the -t patterns fits: NAME, its program, or PROGRAM/NAME. None: all fit. */
bool test_selected(const char *name, char *const *globs, size_t nr_globs);

#endif
