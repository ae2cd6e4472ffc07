// SPDX-License-Identifier: GPL-2.0-only
#include "results.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

static const char *const status_names[ST_COUNT] = {
	[ST_PASS] = "pass",	  [ST_FAIL] = "fail",	[ST_SKIP] = "skip",
	[ST_XFAIL] = "xfail",	  [ST_ERROR] = "error", [ST_TIMEOUT] = "timeout",
	[ST_MISSING] = "missing",
};

const char *status_name(enum status st)
{
	return status_names[st];
}

int status_parse(const char *word)
{
	for (int i = 0; i < ST_COUNT; i++)
		if (!strcmp(word, status_names[i]))
			return i;
	return -1;
}

bool status_is_bad(enum status st)
{
	return st == ST_FAIL || st == ST_ERROR || st == ST_TIMEOUT || st == ST_MISSING;
}

void *grow(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n, size);
	if (!p)
		err(2, "out of memory");
	return p;
}

void str_set(char **p, const char *s)
{
	char *copy = strdup(s ? s : "");

	if (!copy)
		err(2, "out of memory");
	free(*p);
	*p = copy;
}

void str_append(char **p, const char *s)
{
	size_t have = *p ? strlen(*p) : 0, add = strlen(s);

	*p = grow(*p, have + add + 1, 1);
	memcpy(*p + have, s, add + 1);
}

void strv_add(char ***v, size_t *n, const char *s)
{
	*v = grow(*v, *n + 1, sizeof(**v));
	(*v)[*n] = NULL;
	str_set(&(*v)[(*n)++], s);
}

static void strv_free(char **v, size_t n)
{
	while (n--)
		free(v[n]);
	free(v);
}

struct results *results_new(void)
{
	struct results *r = grow(NULL, 1, sizeof(*r));

	*r = (struct results){ 0 };
	str_set(&r->backend, "");
	str_set(&r->kernel, "");
	str_set(&r->accel, "");
	str_set(&r->end, "");
	str_set(&r->device, "");
	str_set(&r->cell, "");
	return r;
}

void results_free(struct results *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->nr_tests; i++) {
		free(r->tests[i].name);
		free(r->tests[i].reason);
		free(r->tests[i].log);
		strv_free(r->tests[i].clauses, r->tests[i].nr_clauses);
	}
	for (size_t i = 0; i < r->nr_clauses; i++) {
		free(r->clauses[i].id);
		free(r->clauses[i].level);
		free(r->clauses[i].text);
		strv_free(r->clauses[i].tests, r->clauses[i].nr_tests);
		strv_free(r->clauses[i].outcomes, r->clauses[i].nr_outcomes);
	}
	for (size_t i = 0; i < r->nr_devices; i++) {
		free(r->devices[i].bdf);
		free(r->devices[i].driver);
		free(r->devices[i].id);
		free(r->devices[i].group);
	}
	free(r->tests);
	free(r->clauses);
	free(r->devices);
	free(r->backend);
	free(r->kernel);
	free(r->accel);
	free(r->end);
	free(r->device);
	free(r->cell);
	free(r);
}

struct test_result *results_add_test(struct results *r, const char *name)
{
	struct test_result *t;

	r->tests = grow(r->tests, r->nr_tests + 1, sizeof(*t));
	t = &r->tests[r->nr_tests++];
	*t = (struct test_result){ .status = ST_MISSING };
	str_set(&t->name, name);
	str_set(&t->reason, "");
	str_set(&t->log, "");
	return t;
}

struct test_result *results_find_test(struct results *r, const char *name)
{
	for (size_t i = 0; i < r->nr_tests; i++)
		if (!strcmp(r->tests[i].name, name))
			return &r->tests[i];
	return NULL;
}

struct clause_result *results_add_clause(struct results *r, const char *id, const char *level,
					 const char *text)
{
	struct clause_result *c;

	r->clauses = grow(r->clauses, r->nr_clauses + 1, sizeof(*c));
	c = &r->clauses[r->nr_clauses++];
	*c = (struct clause_result){ .status = ST_SKIP };
	str_set(&c->id, id);
	str_set(&c->level, level);
	str_set(&c->text, text);
	return c;
}

struct clause_result *results_find_clause(struct results *r, const char *id)
{
	for (size_t i = 0; i < r->nr_clauses; i++)
		if (!strcmp(r->clauses[i].id, id))
			return &r->clauses[i];
	return NULL;
}

struct device_info *results_add_device(struct results *r, const char *bdf, const char *driver,
				       const char *id, const char *group)
{
	struct device_info *d;

	r->devices = grow(r->devices, r->nr_devices + 1, sizeof(*d));
	d = &r->devices[r->nr_devices++];
	*d = (struct device_info){ 0 };
	str_set(&d->bdf, bdf);
	str_set(&d->driver, driver);
	str_set(&d->id, id);
	str_set(&d->group, group);
	return d;
}

static int by_test_name(const void *a, const void *b)
{
	return strcmp(((const struct test_result *)a)->name, ((const struct test_result *)b)->name);
}

/* GRP-9 before GRP-10, and the cells of the FSM tables in their order. */
static int by_clause_id(const void *a, const void *b)
{
	return strverscmp(((const struct clause_result *)a)->id,
			  ((const struct clause_result *)b)->id);
}

static int by_string(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int clause_key(const void *key, const void *member)
{
	return strverscmp(key, ((const struct clause_result *)member)->id);
}

/* qsort() of nothing may not be given NULL. */
static void sort(void *v, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	if (n)
		qsort(v, n, size, cmp);
}

static struct clause_result *find_sorted(struct results *r, const char *id)
{
	return r->nr_clauses ? bsearch(id, r->clauses, r->nr_clauses, sizeof(*r->clauses),
				       clause_key) : NULL;
}

void results_judge(struct results *r)
{
	for (size_t i = 0; i < r->nr_clauses; i++)
		r->clauses[i].status = ST_SKIP;
	for (size_t i = 0; i < r->nr_tests; i++) {
		const struct test_result *t = &r->tests[i];

		for (size_t j = 0; j < t->nr_clauses; j++) {
			struct clause_result *c = find_sorted(r, t->clauses[j]);

			if (!c)
				continue;
			if (status_is_bad(t->status))
				c->status = ST_FAIL;
			else if (t->status == ST_XFAIL && c->status != ST_FAIL)
				c->status = ST_XFAIL;
			else if (t->status == ST_PASS && c->status == ST_SKIP)
				c->status = ST_PASS;
		}
	}
}

void results_sort_outcomes(struct results *r)
{
	for (size_t i = 0; i < r->nr_clauses; i++) {
		struct clause_result *c = &r->clauses[i];
		size_t n = 0;

		sort(c->outcomes, c->nr_outcomes, sizeof(*c->outcomes), by_string);
		for (size_t j = 0; j < c->nr_outcomes; j++) {
			if (n && !strcmp(c->outcomes[n - 1], c->outcomes[j]))
				free(c->outcomes[j]);
			else
				c->outcomes[n++] = c->outcomes[j];
		}
		c->nr_outcomes = n;
	}
}

void results_finish(struct results *r)
{
	sort(r->tests, r->nr_tests, sizeof(*r->tests), by_test_name);
	sort(r->clauses, r->nr_clauses, sizeof(*r->clauses), by_clause_id);

	for (size_t i = 0; i < r->nr_tests; i++) {
		struct test_result *t = &r->tests[i];

		for (size_t j = 0; j < t->nr_clauses; j++) {
			struct clause_result *c = find_sorted(r, t->clauses[j]);

			if (c)
				strv_add(&c->tests, &c->nr_tests, t->name);
		}
	}
	results_judge(r);
	results_sort_outcomes(r);
}

struct summary results_summary(const struct results *r)
{
	struct summary s = { .nr_tests = r->nr_tests, .nr_clauses = r->nr_clauses };

	for (size_t i = 0; i < r->nr_tests; i++)
		s.tests[r->tests[i].status]++;
	for (size_t i = 0; i < r->nr_clauses; i++)
		s.clauses[r->clauses[i].status]++;
	return s;
}

int results_exit_status(const struct results *r)
{
	struct summary s = results_summary(r);

	if (*r->end)
		return 1;
	for (int st = 0; st < ST_COUNT; st++)
		if (status_is_bad(st) && s.tests[st])
			return 1;
	if (s.tests[ST_SKIP] == s.nr_tests)
		return 4;
	return 0;
}
