/* SPDX-License-Identifier: GPL-2.0-only */
/* What became of a base run's clauses and tests. */
#ifndef REPORTS_REGRESS_H
#define REPORTS_REGRESS_H

#include <stdio.h>

#include "results.h"

enum change {
	CHANGE_REGRESSION,	/* held in the base, falls short now */
	CHANGE_LOST,		/* was checked in the base, is skipped or gone now */
	CHANGE_OUTCOME,		/* holds in both, with another of the accepted outcomes */
	CHANGE_FIXED,		/* fell short in the base, holds now */
	CHANGE_COUNT,
};

extern const char *const change_titles[CHANGE_COUNT];

struct regression {
	enum change change;
	bool clause;			/* else a test */
	const char *id, *text;		/* of the clause, or name and reason of the test */
	enum status before, after;
	const char *log;		/* name of a test that fell short, NULL for none */
};

/*
 * results_regressions - clauses and tests that changed, regressions first
 *
 * Tests are told apart only where no clause tells it already: a test without
 * clauses, or one whose clause fell short before. Strings are those of the
 * results. The array is malloc'ed; returns its length.
 */
size_t results_regressions(const struct results *base, const struct results *now,
			   struct regression **list);

/* On a terminal, regressions first; returns how many regressions and lost ones there are. */
int regressions_print(const struct results *base, const struct results *now, FILE *f);

#endif
