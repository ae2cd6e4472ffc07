// SPDX-License-Identifier: GPL-2.0-only
#include "regress.h"

#include <stdlib.h>
#include <string.h>

const char *const change_titles[CHANGE_COUNT] = {
	[CHANGE_REGRESSION] = "regression",
	[CHANGE_LOST] = "no longer checked",
	[CHANGE_OUTCOME] = "another outcome",
	[CHANGE_FIXED] = "fixed",
};

static bool held(enum status st)
{
	return st == ST_PASS || st == ST_XFAIL;
}

/* -1 if nothing changed that matters. */
static int classify(enum status before, enum status after)
{
	if (status_is_bad(after) && !status_is_bad(before))
		return CHANGE_REGRESSION;
	if (after == ST_SKIP && before != ST_SKIP)
		return CHANGE_LOST;
	if (held(after) && status_is_bad(before))
		return CHANGE_FIXED;
	return -1;
}

static bool same_outcomes(const struct clause_result *a, const struct clause_result *b)
{
	if (a->nr_outcomes != b->nr_outcomes)
		return false;
	for (size_t i = 0; i < a->nr_outcomes; i++)
		if (strcmp(a->outcomes[i], b->outcomes[i]))
			return false;
	return true;
}

struct list {
	struct regression *v;
	size_t n;
};

static void add(struct list *l, struct regression r)
{
	l->v = grow(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = r;
}

/* A test of the clause that fell short. */
static const char *culprit(const struct results *r, const struct clause_result *c)
{
	for (size_t i = 0; i < c->nr_tests; i++) {
		const struct test_result *t = results_find_test((struct results *)r, c->tests[i]);

		if (t && status_is_bad(t->status))
			return t->name;
	}
	return NULL;
}

static void take_clauses(struct list *l, const struct results *base, const struct results *now)
{
	for (size_t i = 0; i < base->nr_clauses; i++) {
		const struct clause_result *a = &base->clauses[i];
		const struct clause_result *b = results_find_clause((struct results *)now, a->id);
		int change = classify(a->status, b ? b->status : ST_SKIP);

		if (change < 0 && b && held(a->status) && held(b->status) && !same_outcomes(a, b))
			change = CHANGE_OUTCOME;
		if (change >= 0)
			add(l, (struct regression){ .change = change, .clause = true, .id = a->id,
						    .text = a->text, .before = a->status,
						    .after = b ? b->status : ST_SKIP,
						    .log = b ? culprit(now, b) : NULL });
	}
}

/* Whether the change of a test shows in one of its clauses. */
static bool told(const struct list *l, const struct test_result *t, enum change change)
{
	for (size_t i = 0; i < t->nr_clauses; i++)
		for (size_t j = 0; j < l->n; j++)
			if (l->v[j].change == change && l->v[j].clause &&
			    !strcmp(l->v[j].id, t->clauses[i]))
				return true;
	return false;
}

static void take_tests(struct list *l, const struct results *base, const struct results *now)
{
	for (size_t i = 0; i < base->nr_tests; i++) {
		const struct test_result *a = &base->tests[i];
		const struct test_result *b = results_find_test((struct results *)now, a->name);
		int change = classify(a->status, b ? b->status : ST_SKIP);

		if (change >= 0 && !told(l, a, change))
			add(l, (struct regression){ .change = change, .id = a->name,
						    .text = b ? b->reason : "not run",
						    .before = a->status,
						    .after = b ? b->status : ST_SKIP,
						    .log = b && status_is_bad(b->status) ? b->name
											 : NULL });
	}
	/* A new test that falls short is news, too. */
	for (size_t i = 0; i < now->nr_tests; i++) {
		const struct test_result *b = &now->tests[i];

		if (!status_is_bad(b->status) ||
		    results_find_test((struct results *)base, b->name) ||
		    told(l, b, CHANGE_REGRESSION))
			continue;
		add(l, (struct regression){ .change = CHANGE_REGRESSION, .id = b->name,
					    .text = b->reason, .before = ST_SKIP,
					    .after = b->status, .log = b->name });
	}
}

size_t results_regressions(const struct results *base, const struct results *now,
			   struct regression **list)
{
	struct list l = { 0 }, sorted = { 0 };

	take_clauses(&l, base, now);
	take_tests(&l, base, now);
	/* Stable: within a kind they stay in the order of the report. */
	for (int change = 0; change < CHANGE_COUNT; change++)
		for (size_t i = 0; i < l.n; i++)
			if ((int)l.v[i].change == change)
				add(&sorted, l.v[i]);
	free(l.v);
	*list = sorted.v;
	return sorted.n;
}

int regressions_print(const struct results *base, const struct results *now, FILE *f)
{
	int count[CHANGE_COUNT] = { 0 };
	struct regression *v;
	size_t n = results_regressions(base, now, &v);

	for (size_t i = 0; i < n; i++) {
		count[v[i].change]++;
		fprintf(f, "%s: %s (%s to %s): %s%s%s\n", change_titles[v[i].change], v[i].id,
			status_name(v[i].before), status_name(v[i].after), v[i].text,
			v[i].log && v[i].clause ? "; see " : "",
			v[i].log && v[i].clause ? v[i].log : "");
	}
	fprintf(f, "Against %s %s: %d regressions, %d no longer checked, %d with another outcome, "
		"%d fixed\n", base->backend, base->kernel, count[CHANGE_REGRESSION],
		count[CHANGE_LOST], count[CHANGE_OUTCOME], count[CHANGE_FIXED]);
	free(v);
	return count[CHANGE_REGRESSION] + count[CHANGE_LOST];
}
