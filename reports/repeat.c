// SPDX-License-Identifier: GPL-2.0-only
/* The suite run several times: which tests do not always end alike. */
#include "results.h"

#include <stdio.h>

/* What counts most, first. */
static const enum status worst[] = { ST_ERROR, ST_TIMEOUT, ST_FAIL, ST_MISSING, ST_XFAIL,
				     ST_PASS, ST_SKIP };

static int rank(enum status st)
{
	int i = 0;

	while (worst[i] != st)
		i++;
	return i;
}

static void fold(struct test_result *t, const struct test_result *again)
{
	t->runs[again->status]++;
	t->ms += again->ms;
	if (rank(again->status) >= rank(t->status))
		return;
	t->status = again->status;
	str_set(&t->reason, again->reason);
	str_set(&t->log, again->log);
}

static void fold_outcomes(struct clause_result *c, const struct clause_result *again)
{
	for (size_t i = 0; i < again->nr_outcomes; i++)
		strv_add(&c->outcomes, &c->nr_outcomes, again->outcomes[i]);
}

void results_fold(struct results *all, const struct results *once)
{
	if (!all->repeat++) {
		for (size_t i = 0; i < all->nr_tests; i++)
			all->tests[i].runs[all->tests[i].status]++;
		all->repeat++;
	}
	if (*once->end)
		str_set(&all->end, once->end);
	for (size_t i = 0; i < all->nr_tests; i++) {
		const struct test_result *again =
			results_find_test((struct results *)once, all->tests[i].name);

		if (again)
			fold(&all->tests[i], again);
	}
	for (size_t i = 0; i < all->nr_clauses; i++) {
		const struct clause_result *again =
			results_find_clause((struct results *)once, all->clauses[i].id);

		if (again)
			fold_outcomes(&all->clauses[i], again);
	}
	results_sort_outcomes(all);
	results_judge(all);
}

bool test_is_flaky(const struct test_result *t)
{
	int kinds = 0;

	for (int st = 0; st < ST_COUNT; st++)
		kinds += t->runs[st] > 0;
	return kinds > 1;
}

const char *test_runs_text(const struct test_result *t)
{
	static char text[128];
	size_t n = 0;

	*text = '\0';
	for (int st = 0; st < ST_COUNT; st++)
		if (t->runs[st] && n < sizeof(text))
			n += snprintf(text + n, sizeof(text) - n, "%s%d %s", n ? ", " : "",
				      t->runs[st], status_name(st));
	return text;
}
