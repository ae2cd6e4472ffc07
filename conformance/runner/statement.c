// SPDX-License-Identifier: GPL-2.0-only
#include "certificate.h"
#include "evidence.h"
#include "results.h"
#include "runner.h"
#include "version.h"
#include "waivers.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT_VERSION	1

/* What follows from the results: made when it is written, and again when it is checked. */
static json_t *facts_of(const struct results *r)
{
	struct summary s = results_summary(r);
	json_t *devices = json_array(), *tests = json_object(), *clauses = json_object();
	json_t *skips = json_object(), *waived = json_array();

	for (size_t i = 0; i < r->nr_devices; i++)
		json_array_append_new(devices, json_pack("{ss ss ss ss}", "bdf", r->devices[i].bdf,
							 "id", r->devices[i].id, "driver",
							 r->devices[i].driver, "group",
							 r->devices[i].group));
	for (int st = 0; st < ST_COUNT; st++) {
		json_object_set_new(tests, status_name(st), json_integer(s.tests[st]));
		json_object_set_new(clauses, status_name(st), json_integer(s.clauses[st]));
	}
	for (size_t i = 0; i < r->nr_tests; i++) {
		const struct test_result *t = &r->tests[i];

		if (t->status == ST_SKIP)
			json_object_set_new(skips, t->reason, json_integer(
				json_integer_value(json_object_get(skips, t->reason)) + 1));
		else if (t->status == ST_XFAIL)
			json_array_append_new(waived, json_pack("{ss ss}", "test", t->name,
								"reason", t->reason));
	}
	return json_pack("{ss ss so so so so so}", "backend", r->backend, "kernel", r->kernel,
			 "devices", devices, "tests", tests, "clauses", clauses, "skipped", skips,
			 "waived", waived);
}

static const char *verdict(const struct statement *s)
{
	if (s->judgement.short_of)
		return "no certificate: something fell short";
	if (s->judgement.scope)
		return "no certificate: a rehearsal";
	if (!s->all_tests)
		return "no certificate: only some of the tests were run";
	return "certificate";
}

void statement_print(const struct statement *s, FILE *f)
{
	const struct results *r = s->r;
	struct summary sum = results_summary(r);
	json_t *facts = facts_of(r), *v;
	const char *why;

	fprintf(f, "vfio-compliance statement of %s\n\nVerdict: %s\n\n", s->date, verdict(s));
	for (size_t i = 0; i < r->nr_devices; i++)
		fprintf(f, "%s %s [%s], driver %s, IOMMU group %s\n",
			i ? "Beside it:        " : "Device under test:", r->devices[i].bdf,
			r->devices[i].id, r->devices[i].driver, r->devices[i].group);
	fprintf(f, "Kernel:            %s\n", r->kernel);
	fprintf(f, "Tool:              vfio-compliance %s, commit %s\n", TOOL_VERSION, TOOL_COMMIT);
	fprintf(f, "Tests:             %d, of which %d passed, %d skipped, %d failed as a waiver says, %d fell short\n",
		sum.nr_tests, sum.tests[ST_PASS], sum.tests[ST_SKIP], sum.tests[ST_XFAIL],
		sum.tests[ST_FAIL] + sum.tests[ST_ERROR] + sum.tests[ST_TIMEOUT] +
		sum.tests[ST_MISSING]);
	fprintf(f, "Clauses:           %d held, %d fell short, %d not checked\n",
		sum.clauses[ST_PASS], sum.clauses[ST_FAIL] + sum.clauses[ST_XFAIL],
		sum.clauses[ST_SKIP]);
	fprintf(f, "Tests that could destroy data: %s\n", s->destructive ? "run" : "not run");
	if (r->repeat)
		fprintf(f, "Runs: %d\n", r->repeat);
	fputs("\nSkipped, because\n", f);
	json_object_foreach(json_object_get(facts, "skipped"), why, v)
		fprintf(f, "  %4lld  %s\n", (long long)json_integer_value(v), why);
	if (sum.tests[ST_XFAIL])
		fputs("\nWaived\n", f);
	for (size_t i = 0; i < r->nr_tests; i++)
		if (r->tests[i].status == ST_XFAIL)
			fprintf(f, "  %s: %s\n", r->tests[i].name, r->tests[i].reason);
	fputs("\nThis holds for this device, driver and kernel, and for what was checked. It does not\n"
	      "say that what was skipped works. `vfio-compliance verify` checks the bundle.\n", f);
	json_decref(facts);
}

static int write_json(const struct statement *s, const char *path)
{
	char tainted[64];
	json_t *root;
	FILE *f;
	int bad;

	root = json_pack("{si ss s{ss ss ss} ss sb sb ss so}", "statement_version",
			 STATEMENT_VERSION, "date", s->date, "tool", "name", "vfio-compliance",
			 "version", TOOL_VERSION, "commit", TOOL_COMMIT, "verdict", verdict(s),
			 "destructive", s->destructive, "all_tests", s->all_tests, "tainted",
			 first_line("/proc/sys/kernel/tainted", tainted, sizeof(tainted)), "facts",
			 facts_of(s->r));
	f = fopen(path, "we");
	bad = !f || json_dumpf(root, f, JSON_INDENT(1)) || fputc('\n', f) == EOF;
	if (f)
		bad |= fclose(f);
	json_decref(root);
	return bad ? -1 : 0;
}

int statement_write(const struct statement *s, const char *dir)
{
	char path[4200];
	FILE *f;
	int bad;

	snprintf(path, sizeof(path), "%s/" BUNDLE_STATEMENT, dir);
	if (write_json(s, path))
		return -1;
	snprintf(path, sizeof(path), "%s/statement.txt", dir);
	f = fopen(path, "we");
	if (!f)
		return -1;
	statement_print(s, f);
	bad = ferror(f);
	return fclose(f) || bad ? -1 : 0;
}

int statement_check(const char *path, const struct results *r, char *date,
		    void (*fault)(const char *line))
{
	json_t *root = json_load_file(path, 0, NULL), *facts;
	const char *when, *commit, *said;
	char line[512];
	int n = 0;

	snprintf(date, 16, "%s", "0000-00-00");
	if (!root || json_integer_value(json_object_get(root, "statement_version")) !=
		     STATEMENT_VERSION) {
		json_decref(root);
		fault("the statement cannot be read, or is of another version");
		return 1;
	}
	when = json_string_value(json_object_get(root, "date")) ?: "";
	snprintf(date, 16, "%.10s", when);
	facts = facts_of(r);
	if (!json_equal(facts, json_object_get(root, "facts"))) {
		fault("the statement does not follow from the results");
		n++;
	}
	json_decref(facts);
	said = json_string_value(json_object_get(root, "verdict")) ?: "";
	if (strcmp(said, "certificate")) {
		snprintf(line, sizeof(line), "it says itself: %s", said);
		fault(line);
		n++;
	}
	commit = json_string_value(json_object_get(json_object_get(root, "tool"), "commit"));
	if (n && commit && strcmp(commit, TOOL_COMMIT)) {
		snprintf(line, sizeof(line), "(made by commit %s; this is %s)", commit, TOOL_COMMIT);
		fault(line);
	}
	json_decref(root);
	return n;
}
