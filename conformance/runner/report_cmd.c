// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance report: a finished run again, in all formats. */
#include "clause.h"
#include "results.h"
#include "runner.h"
#include "stream.h"
#include "text.h"
#include "waivers.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance report [-o DIR] [-v] RESULTS.json\n"
	      "       vfio-compliance report [-o DIR] [-v] --stream FILE... [--clauses DIR --tests FILE]\n"
	      "\n"
	      "Prints the run, and with -o writes the report directory from it. --stream takes\n"
	      "what exec-tests printed, joined with these clause tables and this list of tests\n"
	      "(default: those of this installation). Several --stream are runs of the same\n"
	      "tests, as of `run --repeat`. --waivers FILE names known failures.\n", f);
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

int cmd_report(int argc, char **argv)
{
	static const struct option options[] = {
		{ "stream", required_argument, NULL, 's' }, { "clauses", required_argument, NULL, 'c' },
		{ "tests", required_argument, NULL, 't' },  { "output", required_argument, NULL, 'o' },
		{ "waivers", required_argument, NULL, 'w' }, { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *out = NULL, *clauses = path_clauses(), *tests = path_test_list();
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
		case 'v': verbose = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (argc - optind != !nr_streams) {
		usage(stderr);
		return EXIT_CANNOT;
	}
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
	}
	waivers_apply(&waivers, r, NULL);
	ret = results_exit_status(r);
	if (out && report_write(r, out, why, sizeof(why)))
		ret = cannot("%s", why);
	else
		text_print(r, out, verbose);
	results_free(r);
	return ret;
}
