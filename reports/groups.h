/* SPDX-License-Identifier: GPL-2.0-only */
/* Clauses by area, as the text output and the HTML overview show them. */
#ifndef REPORTS_GROUPS_H
#define REPORTS_GROUPS_H

#include "results.h"

struct clause_group {
	char prefix[16];	/* "GRP" of "GRP-002" */
	const char *title;	/* "Group fd" */
	int count[ST_COUNT];
	int total;
	int asked;		/* clauses of which a test is among the results */
	size_t first, end;	/* r->clauses[first..end) */
};

/* Call on finished results. Returns the number of groups; *groups is malloc'ed. */
size_t clause_groups(const struct results *r, struct clause_group **groups);
enum status group_status(const struct clause_group *g);

#endif
