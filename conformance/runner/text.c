// SPDX-License-Identifier: GPL-2.0-only
#include "text.h"
#include "groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_head(const struct results *r)
{
	if (!strcmp(r->backend, "core"))
		printf("vfio-compliance on the userspace core, profile %s\n", r->kernel);
	else
		printf("vfio-compliance on Linux %s%s%s%s\n", r->kernel,
		       *r->accel ? " in QEMU (" : "", r->accel, *r->accel ? ")" : "");
	for (size_t i = 0; i < r->nr_devices; i++)
		printf("  device %s %s driver %s group %s\n", r->devices[i].bdf, r->devices[i].id,
		       r->devices[i].driver, r->devices[i].group);
	putchar('\n');
}

static void print_groups(const struct results *r)
{
	struct clause_group *g;
	size_t n = clause_groups(r, &g);
	char name[64];

	for (size_t i = 0; i < n; i++) {
		enum status st = group_status(&g[i]);

		if (!g[i].asked)
			continue;
		snprintf(name, sizeof(name), "%s (%s):", g[i].title, g[i].prefix);
		printf("%-42s %-18s %3d of %3d clauses", name,
		       st == ST_PASS ? "OK" : st == ST_SKIP ? "OK (Not Supported)" : "FAIL",
		       g[i].count[ST_PASS], g[i].total);
		if (g[i].count[ST_FAIL])
			printf(", %d FAIL", g[i].count[ST_FAIL]);
		if (g[i].count[ST_SKIP])
			printf(", %d skipped", g[i].count[ST_SKIP]);
		putchar('\n');
	}
	free(g);
}

static void print_tests(const struct results *r, bool verbose)
{
	for (size_t i = 0; i < r->nr_tests; i++) {
		const struct test_result *t = &r->tests[i];

		if (test_is_flaky(t))
			printf("flaky: %s: %s of %d runs\n", t->name, test_runs_text(t), r->repeat);
		if (status_is_bad(t->status) || t->status == ST_XFAIL)
			printf("%s: %s: %s\n", status_name(t->status), t->name, t->reason);
		else if (verbose)
			printf("%s: %s%s%s\n", status_name(t->status), t->name,
			       *t->reason ? ": " : "", t->reason);
	}
}

void text_print(const struct results *r, const char *report, bool verbose)
{
	struct summary s = results_summary(r);
	int cells = 0, flaky = 0;

	print_head(r);
	print_groups(r);
	putchar('\n');
	print_tests(r, verbose);
	for (size_t i = 0; i < r->nr_clauses; i++)
		cells += !strncmp(r->clauses[i].id, "FSM-", 4) &&
			 r->clauses[i].status != ST_SKIP;
	for (size_t i = 0; i < r->nr_tests; i++)
		flaky += test_is_flaky(&r->tests[i]);
	if (*r->end)
		printf("The run did not come to its end: %s\n", r->end);
	printf("Clauses: %d held, %d fell short, %d not checked here (%d cells of the state "
	       "machine among the checked)\n", s.clauses[ST_PASS], s.clauses[ST_FAIL],
	       s.clauses[ST_SKIP], cells);
	printf("Grand Total: %d tests, %d passed, %d failed, %d errors, %d timeouts, %d missing, "
	       "%d skipped\n", s.nr_tests, s.tests[ST_PASS], s.tests[ST_FAIL], s.tests[ST_ERROR],
	       s.tests[ST_TIMEOUT], s.tests[ST_MISSING], s.tests[ST_SKIP]);
	if (s.tests[ST_XFAIL])
		printf("%d failures are expected: each has its waiver\n", s.tests[ST_XFAIL]);
	if (r->repeat)
		printf("%d runs, %d flaky tests\n", r->repeat, flaky);
	if (report)
		printf("Report: %s/index.html\n", report);
}
