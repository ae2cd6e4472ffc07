/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of seeded bugs, and which of them may survive. */
#ifndef MUTANTS_TABLE_H
#define MUTANTS_TABLE_H

#include <jansson.h>
#include <stddef.h>

#define SURVIVORS "conformance/lists/mutants-survive"

struct mutant {
	const char *name, *area, *kind, *text;
	const char *reason;		/* why no test notices it; or NULL */
	json_t *row;			/* of table.json */
};

struct table {
	struct mutant *mutants;
	size_t nr;
};

/*
 * table_read - all of kapi/mutants.h, or those that @only names, with commas between
 *
 * Ends the program if that or SURVIVORS names one that is not.
 */
void table_read(struct table *table, const char *only);

#endif
