// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance run with --plan, --shard or --cell: a part of a plan. */
#include "plan.h"
#include "results.h"
#include "runner.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

bool is_shard_run(int argc, char **argv)
{
	static const char *const names[] = { "--shard", "--cell", "--plan" };

	for (int i = 1; i < argc; i++)
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			size_t len = strlen(names[j]);

			if (!strncmp(argv[i], names[j], len) && (!argv[i][len] || argv[i][len] == '='))
				return true;
		}
	return false;
}

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance run [--plan FILE] [--shard I/N | --cell ID] [-o DIR] [-q]\n"
	      "\n"
	      "  --plan FILE    what `vfio-compliance plan` printed, `-` for stdin (default: the\n"
	      "                 whole suite on the core as Linux 6.12, a cell per test program)\n"
	      "  --shard I/N    every N-th cell of the plan, from the I-th on (default 1/1)\n"
	      "  --cell ID      this cell\n"
	      "  -o DIR         DIR/cells/ID.json appears when a cell is done (default build/shard);\n"
	      "                 cells that are there are not done again\n"
	      "  -q             no line per cell\n", f);
}

static int parse_shard(const char *s, unsigned int *nr, unsigned int *shards)
{
	int n = 0;

	if (sscanf(s, "%u/%u%n", nr, shards, &n) < 2 || s[n] || !*nr || *nr > *shards)
		return cannot("--shard takes I/N with I from 1 to N, not \"%s\"", s);
	return 0;
}

static int default_plan(struct plan *plan)
{
	struct catalogue *cat = catalogue_load(path_clauses(), path_test_list());
	char last[256] = "", glob[260];

	if (!cat)
		return EXIT_CANNOT;
	for (size_t i = 0; i < cat->nr_tests; i++) {
		const char *v[CELL_FIELDS] = {
			[CELL_KIND] = "conform", [CELL_BACKEND] = "core", [CELL_KERNEL] = "6.12",
			[CELL_SHAPE] = "default", [CELL_SUITE] = glob,
		};
		const char *name = cat->tests[i].name;

		snprintf(glob, sizeof(glob), "%.*s/*", (int)strcspn(name, "/"), name);
		if (!strcmp(glob, last))
			continue;
		plan_add(plan, v);
		strcpy(last, glob);
	}
	return 0;
}

int cmd_run_shard(int argc, char **argv)
{
	static const struct option options[] = {
		{ "plan", required_argument, NULL, 'p' },   { "shard", required_argument, NULL, 's' },
		{ "cell", required_argument, NULL, 'c' },   { "output", required_argument, NULL, 'o' },
		{ "quiet", no_argument, NULL, 'q' },	    { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *out = "build/shard", *id = NULL, *file = NULL;
	unsigned int nr = 1, shards = 1;
	struct plan plan = { 0 };
	bool quiet = false;
	int opt, ret = 0;

	while (!ret && (opt = getopt_long(argc, argv, "o:qh", options, NULL)) != -1) {
		switch (opt) {
		case 'p': file = optarg; break;
		case 's': ret = parse_shard(optarg, &nr, &shards); break;
		case 'c': id = optarg; break;
		case 'o': out = optarg; break;
		case 'q': quiet = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (!ret && optind < argc)
		return cannot("\"%s\" is not an option of a part of a plan; what is tested stands "
			      "in the plan", argv[optind]);
	if (!ret)
		ret = file ? plan_load(&plan, file) : default_plan(&plan);
	if (!ret && !plan.nr)
		ret = cannot("the plan %s is empty", file);
	return ret ? ret : plan_run(&plan, nr, shards, id, out, quiet);
}
