// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance bench history, report: saved runs, and a run's page again. */
#include "bench.h"
#include "runner.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int bench_history_main(int argc, char **argv)
{
	static const struct option options[] = { { "db", required_argument, NULL, 'D' },
						 { "help", no_argument, NULL, 'h' },
						 { 0 } };
	const char *db = NULL;
	struct bench_run **runs;
	struct history *h;
	char why[4600];
	size_t nr;
	int c, ret = EXIT_HELD;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'D') {
			db = optarg;
			continue;
		}
		fputs("usage: vfio-compliance bench history [--db FILE]\n\n"
		      "Lists the saved runs by the numbers that `bench compare` takes.\n",
		      c == 'h' ? stdout : stderr);
		return c == 'h' ? EXIT_HELD : EXIT_CANNOT;
	}
	if (optind < argc)
		return cannot("\"%s\" is not an option of bench history", argv[optind]);
	h = bench_open_history(db, false);
	if (!h)
		return EXIT_CANNOT;
	if (history_list(h, &runs, &nr, why, sizeof(why)))
		ret = cannot("%s", why);
	for (size_t i = 0; i < nr; i++) {
		printf("%4ld  %.19s  %-20s %s %s, %s, %s\n", runs[i]->id, runs[i]->date,
		       runs[i]->commit, runs[i]->backend, runs[i]->kernel, runs[i]->device,
		       runs[i]->machine);
		bench_run_free(runs[i]);
	}
	free(runs);
	history_close(h);
	return ret;
}

int bench_report_main(int argc, char **argv)
{
	static const struct option options[] = { { "db", required_argument, NULL, 'D' },
						 { "output", required_argument, NULL, 'o' },
						 { "help", no_argument, NULL, 'h' },
						 { 0 } };
	const char *db = NULL, *out = "build/bench";
	struct bench_page page = { 0 };
	struct bench_run *run;
	char path[4096], why[4600];
	int c, ret = EXIT_HELD;

	while ((c = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		switch (c) {
		case 'D': db = optarg; break;
		case 'o': out = optarg; break;
		default:
			fputs("usage: vfio-compliance bench report RUN [-o DIR] [--db FILE]\n\n"
			      "Writes DIR/index.html (default build/bench) of a bench.json or of a saved run.\n",
			      c == 'h' ? stdout : stderr);
			return c == 'h' ? EXIT_HELD : EXIT_CANNOT;
		}
	}
	if (argc - optind != 1)
		return cannot("bench report takes one bench.json, or the number of a saved run");
	run = bench_operand(argv[optind], db);
	if (!run)
		return EXIT_CANNOT;
	page.run = run;
	if (bench_out_path(out, "index.html", path, sizeof(path)))
		ret = EXIT_CANNOT;
	else if (bench_page_write(&page, path, why, sizeof(why)))
		ret = cannot("%s", why);
	else
		printf("Report: %s\n", path);
	bench_run_free(run);
	return ret;
}
