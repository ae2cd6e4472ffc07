// SPDX-License-Identifier: GPL-2.0-only
/* KTAP version 1 (Documentation/dev-tools/ktap.rst): one subtest per program. */
#include "results.h"

#include <stdio.h>
#include <string.h>

static size_t program_len(const char *name)
{
	return strcspn(name, "/");
}

/* Tests are sorted by name, so those of one program stand together. */
static size_t program_end(const struct results *r, size_t from)
{
	size_t len = program_len(r->tests[from].name), i = from;

	while (i < r->nr_tests && program_len(r->tests[i].name) == len &&
	       !strncmp(r->tests[i].name, r->tests[from].name, len))
		i++;
	return i;
}

static void print_test(FILE *f, size_t nr, const struct test_result *t)
{
	const char *name = t->name + program_len(t->name) + 1;

	for (const char *p = t->log, *end; *p; p = end + (*end == '\n')) {
		end = strchrnul(p, '\n');
		fprintf(f, "    # %.*s\n", (int)(end - p), p);
	}
	fprintf(f, "    %s %zu %s", status_is_bad(t->status) ? "not ok" : "ok", nr, name);
	if (t->status == ST_SKIP)
		fprintf(f, " # SKIP %s", t->reason);
	else if (t->status == ST_XFAIL)
		fprintf(f, " # XFAIL %s", t->reason);
	else if (t->status == ST_TIMEOUT)
		fprintf(f, " # TIMEOUT %s", t->reason);
	else if (status_is_bad(t->status))
		fprintf(f, " # %s", *t->reason ? t->reason : status_name(t->status));
	fputc('\n', f);
}

int results_write_ktap(const struct results *r, const char *path)
{
	FILE *f = fopen(path, "w");
	size_t programs = 0, nr = 0;
	int bad;

	if (!f)
		return -1;
	for (size_t i = 0; i < r->nr_tests; i = program_end(r, i))
		programs++;
	fprintf(f, "KTAP version 1\n1..%zu\n", programs);
	for (size_t i = 0, end; i < r->nr_tests; i = end) {
		bool failed = false, skipped = true;

		end = program_end(r, i);
		fprintf(f, "    KTAP version 1\n    1..%zu\n", end - i);
		for (size_t j = i; j < end; j++) {
			print_test(f, j - i + 1, &r->tests[j]);
			failed |= status_is_bad(r->tests[j].status);
			skipped &= r->tests[j].status == ST_SKIP;
		}
		fprintf(f, "%s %zu %.*s%s\n", failed ? "not ok" : "ok", ++nr,
			(int)program_len(r->tests[i].name), r->tests[i].name,
			skipped ? " # SKIP all tests skipped" : "");
	}
	bad = ferror(f);
	return fclose(f) || bad ? -1 : 0;
}
