// SPDX-License-Identifier: GPL-2.0-only
#include "join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How much a status says; see the header. */
static int rank(enum status st)
{
	static const int ranks[ST_COUNT] = {
		[ST_MISSING] = 0, [ST_SKIP] = 1, [ST_XFAIL] = 2,   [ST_PASS] = 3,
		[ST_FAIL] = 4,	  [ST_ERROR] = 5, [ST_TIMEOUT] = 6,
	};

	return ranks[st];
}

static int cmp_strv(char *const *a, size_t na, char *const *b, size_t nb)
{
	for (size_t i = 0; i < na && i < nb; i++)
		if (strcmp(a[i], b[i]))
			return strcmp(a[i], b[i]);
	return (na > nb) - (na < nb);
}

static int cmp_tests(const struct test_result *a, const struct test_result *b)
{
	int d = rank(a->status) - rank(b->status);

	if (!d)
		d = strcmp(a->reason, b->reason);
	if (!d)
		d = strcmp(a->log, b->log);
	if (!d)
		d = cmp_strv(a->clauses, a->nr_clauses, b->clauses, b->nr_clauses);
	return d ? d : a->ms - b->ms;
}

static void copy_test(struct test_result *to, const struct test_result *from)
{
	to->status = from->status;
	to->ms = from->ms;
	str_set(&to->reason, from->reason);
	str_set(&to->log, from->log);
	while (to->nr_clauses)
		free(to->clauses[--to->nr_clauses]);
	for (size_t i = 0; i < from->nr_clauses; i++)
		strv_add(&to->clauses, &to->nr_clauses, from->clauses[i]);
}

/* The greater of two texts: "" gives way. */
static void max_text(char **into, const char *from)
{
	if (strcmp(*into, from) < 0)
		str_set(into, from);
}

static bool has(char *const *v, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(v[i], s))
			return true;
	return false;
}

/* Clauses as they are known before results_finish(): no status, no tests. */
static void join_clauses(struct results *into, const struct results *from)
{
	bool empty = !into->nr_clauses;

	for (size_t i = 0; i < from->nr_clauses; i++) {
		const struct clause_result *c = &from->clauses[i];
		struct clause_result *to = empty ? NULL : results_find_clause(into, c->id);

		if (!to)
			to = results_add_clause(into, c->id, c->level, c->text);
		max_text(&to->level, c->level);
		max_text(&to->text, c->text);
		for (size_t j = 0; j < c->nr_outcomes; j++)
			if (!has(to->outcomes, to->nr_outcomes, c->outcomes[j]))
				strv_add(&to->outcomes, &to->nr_outcomes, c->outcomes[j]);
	}
}

static int by_bdf(const void *a, const void *b)
{
	const struct device_info *x = a, *y = b;
	int d = strcmp(x->bdf, y->bdf);

	if (!d)
		d = strcmp(x->driver, y->driver);
	if (!d)
		d = strcmp(x->id, y->id);
	return d ? d : strcmp(x->group, y->group);
}

static void join_devices(struct results *into, const struct results *from)
{
	for (size_t i = 0; i < from->nr_devices; i++) {
		const struct device_info *d = &from->devices[i];
		bool known = false;

		for (size_t j = 0; j < into->nr_devices; j++)
			known |= !by_bdf(d, &into->devices[j]);
		if (!known)
			results_add_device(into, d->bdf, d->driver, d->id, d->group);
	}
	if (into->nr_devices)
		qsort(into->devices, into->nr_devices, sizeof(*into->devices), by_bdf);
}

static void join_head(struct results *into, const struct results *from, bool again)
{
	if (again && into->nr_tests) {
		if (strcmp(into->end, from->end) > 0)
			str_set(&into->end, from->end);
	} else {
		max_text(&into->end, from->end);
	}
	max_text(&into->backend, from->backend);
	max_text(&into->kernel, from->kernel);
	max_text(&into->accel, from->accel);
	max_text(&into->device, from->device);
	max_text(&into->cell, from->cell);
	join_devices(into, from);
}

void results_join(struct results *into, const struct results *from, bool again)
{
	join_head(into, from, again);
	join_clauses(into, from);
	for (size_t i = 0; i < from->nr_tests; i++) {
		const struct test_result *t = &from->tests[i];
		struct test_result *to = results_find_test(into, t->name);

		if (!to)
			copy_test(results_add_test(into, t->name), t);
		else if (cmp_tests(to, t) < 0)
			copy_test(to, t);
	}
}

/* "6.1" and "6.12" become "6.1, 6.12". */
static void list_text(char **into, const char *from)
{
	size_t len = strlen(from);

	for (const char *p = *into; len && (p = strstr(p, from)); p += len)
		if ((p == *into || p[-1] == ' ') && (!p[len] || p[len] == ','))
			return;
	if (!len)
		return;
	if (**into)
		str_append(into, ", ");
	str_append(into, from);
}

void results_append(struct results *into, const struct results *from, const char *prefix)
{
	char *name = NULL;

	if (*from->end) {
		str_set(&name, prefix);
		str_append(&name, ": ");
		str_append(&name, from->end);
		list_text(&into->end, name);
	}
	list_text(&into->backend, from->backend);
	list_text(&into->kernel, from->kernel);
	list_text(&into->accel, from->accel);
	list_text(&into->device, from->device);
	join_devices(into, from);
	join_clauses(into, from);
	for (size_t i = 0; i < from->nr_tests; i++) {
		str_set(&name, prefix);
		str_append(&name, "/");
		str_append(&name, from->tests[i].name);
		copy_test(results_add_test(into, name), &from->tests[i]);
	}
	free(name);
}
