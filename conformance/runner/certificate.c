// SPDX-License-Identifier: GPL-2.0-only
#include "certificate.h"
#include "clause.h"
#include "results.h"
#include "rules.h"
#include "runner.h"
#include "waivers.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void (*tell)(const char *line);

static int __attribute__((format(printf, 1, 2))) lacks(const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	tell(line);
	return 1;
}

static int judge_scope(const struct results *r)
{
	const char *driver = r->nr_devices ? r->devices[0].driver : "";
	int n = 0;

	if (strcmp(r->backend, "kernel"))
		n += lacks("it ran on \"%s\" and not on a kernel", r->backend);
	if (!r->nr_devices)
		n += lacks("no device was under test");
	else if (strcmp(r->device, r->devices[0].bdf))
		n += lacks("the device under test is not the first one");
	if (strstr(driver, "mock"))
		n += lacks("the driver is %s: a rehearsal, which says nothing of a device", driver);
	return n;
}

static int judge_test(const struct results *r, const struct test_result *t,
		      const struct waivers *waivers, const char *date)
{
	const struct waiver *w;

	if (status_is_bad(t->status))
		return lacks("%s: %s: %s", status_name(t->status), t->name, t->reason);
	if (t->status == ST_SKIP && !*t->reason)
		return lacks("%s was skipped, and no reason given", t->name);
	if (t->status != ST_XFAIL)
		return 0;
	w = waivers_explain(waivers, r, t->name, date);
	if (!w)
		return lacks("%s failed, and no waiver was in force for it", t->name);
	return strstr(t->reason, w->id) ? 0 :
	       lacks("%s failed, for another reason than waiver %s gives", t->name, w->id);
}

/* All that is planned has a result, and clauses are what their tests make of them. */
static int judge_plan(const struct results *r, const struct catalogue *cat)
{
	struct results *own = (struct results *)r;
	enum status *said = grow(NULL, r->nr_clauses + 1, sizeof(*said));
	int n = 0, absent = 0;

	for (size_t i = 0; i < cat->nr_tests; i++)
		absent += !results_find_test(own, cat->tests[i].name);
	if (absent)
		n += lacks("%d of %zu tests have no result", absent, cat->nr_tests);
	absent = 0;
	for (size_t i = 0; i < cat->nr_clauses; i++)
		absent += !results_find_clause(own, cat->clauses[i].id);
	if (absent)
		n += lacks("%d of %zu clauses are not in the results", absent, cat->nr_clauses);
	for (size_t i = 0; i < r->nr_clauses; i++)
		said[i] = r->clauses[i].status;
	results_judge(own);
	for (size_t i = 0; i < r->nr_clauses; i++)
		if (said[i] != r->clauses[i].status)
			n += lacks("%s is said to be %s, and its tests say %s", r->clauses[i].id,
				   status_name(said[i]), status_name(r->clauses[i].status));
	free(said);
	return n;
}

static int judge_mustpass(const struct results *r, const struct rules *mustpass)
{
	int n = 0;

	for (size_t i = 0; i < mustpass->nr; i++) {
		const char *id = mustpass->rule[i].glob;
		const struct clause_result *c = results_find_clause((struct results *)r, id);

		if (!c)
			n += lacks("%s has to hold on every device, and is not in the results", id);
		else if (c->status != ST_PASS)
			n += lacks("%s has to hold on every device: %s (%s)", id,
				   c->status == ST_SKIP ? "not checked" : status_name(c->status),
				   c->text);
	}
	return n;
}

int certificate_judge(const struct results *r, const struct waivers *waivers, const char *date,
		      void (*fault)(const char *line), struct judgement *j)
{
	struct catalogue *cat = catalogue_load(path_clauses(), path_test_list());
	struct rules mustpass = { 0 };
	char path[4200];

	snprintf(path, sizeof(path), "%s/mustpass", path_lists());
	if (!cat || rules_load(&mustpass, path, false))
		return EXIT_CANNOT;
	tell = fault;
	*j = (struct judgement){ 0 };
	if (*r->end)
		j->short_of += lacks("the run did not come to its end: %s", r->end);
	j->scope = judge_scope(r);
	j->short_of += judge_plan(r, cat);
	for (size_t i = 0; i < r->nr_tests; i++)
		j->short_of += judge_test(r, &r->tests[i], waivers, date);
	j->short_of += judge_mustpass(r, &mustpass);
	rules_free(&mustpass);
	return 0;
}
