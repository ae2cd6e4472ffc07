// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance report: a finished run again, in all formats. */
#include "bench_run.h"
#include "clause.h"
#include "html.h"
#include "json_text.h"
#include "regress.h"
#include "results.h"
#include "runner.h"
#include "sarif.h"
#include "stream.h"
#include "text.h"
#include "waivers.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance report [options] RESULTS.json...\n"
	      "       vfio-compliance report [options] --stream FILE... [--clauses DIR --tests FILE]\n"
	      "       vfio-compliance report --fuzz FINDINGS.json --sarif FILE\n"
	      "\n"
	      "Prints the run, and with -o writes the report directory from it. Further RESULTS\n"
	      "stand beside the first in the page's heat map of devices and clauses. --stream\n"
	      "takes what exec-tests printed, joined with these clause tables and this list of\n"
	      "tests (default: those of this installation). Several --stream are runs of the\n"
	      "same tests, as of `run --repeat`.\n"
	      "\n"
	      "  -o DIR           write the report to DIR: results.json, results.ktap, junit.xml,\n"
	      "                   kcidb.json (KCIDB_ORIGIN names the CI system), index.html, logs/\n"
	      "  -v               print every test\n"
	      "  --waivers FILE   known failures, with reason and expiry date; repeatable\n"
	      "  --base FILE      results to compare with: what fell short since comes first, and\n"
	      "                   it alone makes the exit status 1\n"
	      "  --coverage FILE  coverage.json of `vm --coverage`, to stand in the page\n"
	      "  --fuzz FILE      findings.json of a fuzz campaign, to stand in the page and in\n"
	      "                   findings.sarif\n"
	      "  --bench FILE     bench.json of `vfio-compliance bench`, to stand in the page\n"
	      "  --sarif FILE     write the findings as SARIF 2.1.0 there, and nothing else\n", f);
}

static struct results *from_stream(const char *path, const char *clauses, const char *tests)
{
	struct catalogue *cat = catalogue_load(clauses, tests);
	struct stream *s;
	char buf[65536];
	size_t n;
	FILE *f;

	if (!cat)
		return NULL;
	f = fopen(path, "r");
	if (!f) {
		cannot("cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	s = stream_new(cat, NULL, 0, false);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		stream_feed(s, buf, n);
	fclose(f);
	return stream_end(s, stream_complete(s) ? NULL : "the result stream is cut short", NULL);
}

/* What goes beside the results; names of files, and what was in them. */
struct beside {
	const char *base, *coverage, *fuzz, *bench, *sarif;
	struct results *base_results;
	struct html_extra html;
};

static int load_beside(struct beside *b)
{
	char why[600];

	if (b->base) {
		b->base_results = results_load(b->base, why, sizeof(why));
		if (!b->base_results)
			return cannot("%s", why);
		b->html.base = b->base_results;
	}
	if (b->coverage) {
		json_error_t je;
		json_t *o = json_load_file(b->coverage, 0, &je);

		if (!json_is_object(json_object_get(o, "files")))
			return cannot("%s is no coverage.json: %s", b->coverage,
				      o ? "it has no \"files\"" : json_error_text(&je));
		b->html.coverage = o;
	}
	if (b->fuzz) {
		b->html.findings = findings_load(b->fuzz, why, sizeof(why));
		if (!b->html.findings)
			return cannot("%s", why);
	}
	if (b->bench) {
		b->html.bench = bench_run_load(b->bench, why, sizeof(why));
		if (!b->html.bench)
			return cannot("%s", why);
	}
	return 0;
}

/* The columns of the heat map; the first is the report's own. */
static int load_runs(struct html_extra *x, struct results *first, char **paths, size_t nr)
{
	struct html_run *runs = grow(NULL, nr, sizeof(*runs));
	char why[600], prefix[32];

	for (size_t i = 0; i < nr; i++) {
		char *copy = NULL;

		snprintf(prefix, sizeof(prefix), "r%zu.", i);
		str_set(&copy, i ? prefix : "");
		runs[i] = (struct html_run){ .name = paths[i], .prefix = copy, .with_logs = i };
		runs[i].r = i ? results_load(paths[i], why, sizeof(why)) : first;
		if (!runs[i].r)
			return cannot("%s", why);
	}
	x->runs = runs;
	x->nr_runs = nr;
	return 0;
}

static int report(struct results *r, struct beside *b, const char *out, bool verbose)
{
	struct report_extra x = { .html = &b->html };
	int ret = results_exit_status(r);
	char why[600];

	if (out && report_write_with(r, out, &x, why, sizeof(why)))
		return cannot("%s", why);
	if (b->base_results) {
		int worse = regressions_print(b->base_results, r, stdout);

		/* What fell short before is no news. */
		ret = worse ? EXIT_SHORT : ret == EXIT_SHORT ? EXIT_HELD : ret;
		putchar('\n');
	}
	text_print(r, out, verbose);
	return ret;
}

int cmd_report(int argc, char **argv)
{
	static const struct option options[] = {
		{ "stream", required_argument, NULL, 's' },   { "clauses", required_argument, NULL, 'c' },
		{ "tests", required_argument, NULL, 't' },    { "output", required_argument, NULL, 'o' },
		{ "waivers", required_argument, NULL, 'w' },  { "base", required_argument, NULL, 'b' },
		{ "fuzz", required_argument, NULL, 'f' },     { "coverage", required_argument, NULL, 'C' },
		{ "bench", required_argument, NULL, 'B' },    { "sarif", required_argument, NULL, 'S' },
		{ "verbose", no_argument, NULL, 'v' },	      { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *out = NULL, *clauses = path_clauses(), *tests = path_test_list();
	struct beside b = { .base = NULL };
	struct results *r = NULL, *once;
	struct waivers waivers = { 0 };
	char **streams = NULL;
	size_t nr_streams = 0;
	bool verbose = false;
	char why[512];
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "o:vh", options, NULL)) != -1) {
		switch (opt) {
		case 's': strv_add(&streams, &nr_streams, optarg); break;
		case 'w':
			if (waivers_load(&waivers, optarg))
				return EXIT_CANNOT;
			break;
		case 'c': clauses = optarg; break;
		case 't': tests = optarg; break;
		case 'o': out = optarg; break;
		case 'b': b.base = optarg; break;
		case 'C': b.coverage = optarg; break;
		case 'f': b.fuzz = optarg; break;
		case 'B': b.bench = optarg; break;
		case 'S': b.sarif = optarg; break;
		case 'v': verbose = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (b.sarif ? optind < argc || nr_streams || !b.fuzz : (optind < argc) == !!nr_streams) {
		usage(stderr);
		return EXIT_CANNOT;
	}
	ret = load_beside(&b);
	if (ret)
		return ret;
	if (b.sarif)
		return findings_write_sarif(b.html.findings, b.sarif)
			? cannot("cannot write %s: %s", b.sarif, strerror(errno)) : EXIT_HELD;
	for (size_t i = 0; i < nr_streams; i++) {
		once = from_stream(streams[i], clauses, tests);
		if (!once)
			return EXIT_CANNOT;
		if (r)
			results_fold(r, once);
		else
			r = once;
	}
	if (!r) {
		r = results_load(argv[optind], why, sizeof(why));
		if (!r)
			return cannot("%s", why);
		ret = load_runs(&b.html, r, argv + optind, argc - optind);
		if (ret)
			return ret;
	}
	waivers_apply(&waivers, r, NULL);
	ret = report(r, &b, out, verbose);
	results_free(r);
	return ret;
}
