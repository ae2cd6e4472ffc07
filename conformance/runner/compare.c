// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-compliance compare: where two runs disagree, clause by clause.
 *
 * A verdict that differs, or an outcome seen on one side only, is a difference.
 * A clause skipped on one side says nothing about agreement; it is counted and
 * listed with -v. Differences that are known and explained stand in a file.
 */
#include "results.h"
#include "rules.h"
#include "runner.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static struct rules explained;

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance compare [-v] [-e FILE] A.json B.json\n"
	      "\n"
	      "  -e FILE  explained differences: lines `CLAUSE-GLOB reason`\n"
	      "  -v       list clauses that only one side could check, too\n"
	      "\n"
	      "Exit status: 0 no unexplained difference, 1 some, 2 a file cannot be used.\n", f);
}

static void join(const struct clause_result *c, char *buf, size_t size)
{
	size_t n = snprintf(buf, size, "%s", status_name(c->status));

	for (size_t i = 0; i < c->nr_outcomes && n < size; i++)
		n += snprintf(buf + n, size - n, "%s%s", i ? "," : " ", c->outcomes[i]);
}

static void label(const struct results *r, char *buf, size_t size)
{
	snprintf(buf, size, "%s %s", r->backend, r->kernel);
}

static int compare(const struct results *a, const struct results *b, bool verbose)
{
	int same = 0, differ = 0, known = 0, one_sided = 0;
	char la[160], lb[160], sa[512], sb[512];

	label(a, la, sizeof(la));
	label(b, lb, sizeof(lb));
	for (size_t i = 0; i < a->nr_clauses; i++) {
		const struct clause_result *ca = &a->clauses[i];
		const struct clause_result *cb = results_find_clause((struct results *)b, ca->id);
		const char *why;

		if (!cb || ca->status == ST_SKIP || cb->status == ST_SKIP) {
			one_sided += !cb || ca->status != cb->status;
			if (verbose && cb && ca->status != cb->status)
				printf("only %s: %s %s\n", cb->status == ST_SKIP ? la : lb, ca->id,
				       ca->text);
			continue;
		}
		join(ca, sa, sizeof(sa));
		join(cb, sb, sizeof(sb));
		if (!strcmp(sa, sb)) {
			same++;
			continue;
		}
		why = rules_match(&explained, ca->id);
		if (why)
			known++;
		else
			differ++;
		printf("%s %s: %s: %s; %s: %s (%s)%s%s\n", why ? "explained" : "DIFFERENT", ca->id,
		       la, sa, lb, sb, ca->text, why ? ": " : "", why ? why : "");
	}
	printf("%s against %s: %d clauses agree, %d differ, %d differ as explained, "
	       "%d checked on one side only\n", la, lb, same, differ, known, one_sided);
	if (!same && !differ)
		return cannot("the two runs have no checked clause in common");
	return differ ? EXIT_SHORT : EXIT_HELD;
}

int cmd_compare(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' },
						 { "explained", required_argument, NULL, 'e' },
						 { 0 } };
	struct results *a, *b;
	bool verbose = false;
	char why[512];
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "hve:", options, NULL)) != -1) {
		switch (opt) {
		case 'v': verbose = true; break;
		case 'e':
			if (rules_load(&explained, optarg, true))
				return EXIT_CANNOT;
			break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (argc - optind != 2) {
		usage(stderr);
		return EXIT_CANNOT;
	}
	a = results_load(argv[optind], why, sizeof(why));
	if (!a)
		return cannot("%s", why);
	b = results_load(argv[optind + 1], why, sizeof(why));
	if (!b) {
		results_free(a);
		return cannot("%s", why);
	}
	ret = compare(a, b, verbose);
	results_free(a);
	results_free(b);
	return ret;
}
