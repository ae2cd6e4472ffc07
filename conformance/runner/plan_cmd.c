// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance plan: the cells of a matrix, for engines that spread work. */
#include "plan.h"
#include "results.h"
#include "runner.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance plan [options]\n"
	      "\n"
	      "Prints one JSON line per cell: each implementation with each shape and each suite,\n"
	      "and each fuzz target with each engine. Any machine can do any cell:\n"
	      "`vfio-compliance run --plan FILE --cell ID` or `--shard I/N`; `vfio-compliance merge`\n"
	      "puts the results together.\n"
	      "\n"
	      "  --profile V   the core, answering as this kernel; repeatable, as all that follow\n"
	      "                (6.12 if no implementation is named)\n"
	      "  --kernel K    this kernel in a guest, as for `vm --kernel`\n"
	      "  -d BDF        this device of the machine that does the cell\n"
	      "  --release R   that machine must run this kernel (with -d)\n"
	      "  --shape S     topology of the core, machine of the guest (default: default)\n"
	      "  --suite S     `all` (one cell for all tests), `each` (a cell per test program;\n"
	      "                the default), or a pattern as for -t\n"
	      "  --target T    a fuzz target\n"
	      "  --engine E    libfuzzer (default) or afl\n"
	      "  --time S      seconds to fuzz (default 600)\n", f);
}

struct axis {
	char **v;
	size_t n;
};

static void add(struct axis *a, const char *s)
{
	strv_add(&a->v, &a->n, s);
}

static void add_default(struct axis *a, const char *s)
{
	if (!a->n)
		add(a, s);
}

/* "each" becomes the programs of this installation. */
static int spread_suites(struct axis *suites)
{
	struct axis out = { 0 };

	for (size_t i = 0; i < suites->n; i++) {
		struct catalogue *cat;
		char last[256] = "", program[256], glob[260];

		if (strcmp(suites->v[i], "each")) {
			add(&out, suites->v[i]);
			continue;
		}
		cat = catalogue_load(path_clauses(), path_test_list());
		if (!cat)
			return EXIT_CANNOT;
		for (size_t j = 0; j < cat->nr_tests; j++) {
			const char *name = cat->tests[j].name;

			snprintf(program, sizeof(program), "%.*s", (int)strcspn(name, "/"), name);
			if (!strcmp(program, last))
				continue;
			strcpy(last, program);
			snprintf(glob, sizeof(glob), "%s/*", program);
			add(&out, glob);
		}
	}
	*suites = out;
	return 0;
}

/* @kernels x @shapes x @suites on a backend; an axis that is NULL has one empty value. */
static void cross(struct plan *plan, const char *backend, const struct axis *devices,
		  const struct axis *kernels, const struct axis *shapes, const struct axis *suites)
{
	const char *v[CELL_FIELDS] = { [CELL_KIND] = "conform", [CELL_BACKEND] = backend };

	for (size_t d = 0; d < (devices ? devices->n : 1); d++)
		for (size_t k = 0; k < (kernels && kernels->n ? kernels->n : 1); k++)
			for (size_t s = 0; s < (shapes ? shapes->n : 1); s++)
				for (size_t t = 0; t < suites->n; t++) {
					v[CELL_DEVICE] = devices ? devices->v[d] : "";
					v[CELL_KERNEL] = kernels && kernels->n ? kernels->v[k] : "";
					v[CELL_SHAPE] = shapes ? shapes->v[s] : "";
					v[CELL_SUITE] = suites->v[t];
					plan_add(plan, v);
				}
}

static void cross_fuzz(struct plan *plan, const struct axis *targets, const struct axis *engines,
		       const char *seconds)
{
	const char *v[CELL_FIELDS] = { [CELL_KIND] = "fuzz", [CELL_SECONDS] = seconds };

	for (size_t t = 0; t < targets->n; t++)
		for (size_t e = 0; e < engines->n; e++) {
			v[CELL_TARGET] = targets->v[t];
			v[CELL_ENGINE] = engines->v[e];
			plan_add(plan, v);
		}
}

static int check_fuzz(const struct axis *engines, const char *seconds)
{
	for (size_t i = 0; i < engines->n; i++)
		if (strcmp(engines->v[i], "libfuzzer") && strcmp(engines->v[i], "afl"))
			return cannot("no engine \"%s\"; there are libfuzzer and afl", engines->v[i]);
	if (strspn(seconds, "0123456789") != strlen(seconds) || !atoi(seconds))
		return cannot("--time takes a number of seconds, not \"%s\"", seconds);
	return 0;
}

int cmd_plan(int argc, char **argv)
{
	static const struct option options[] = {
		{ "profile", required_argument, NULL, 'p' }, { "kernel", required_argument, NULL, 'k' },
		{ "device", required_argument, NULL, 'd' },  { "release", required_argument, NULL, 'r' },
		{ "shape", required_argument, NULL, 's' },   { "suite", required_argument, NULL, 'S' },
		{ "target", required_argument, NULL, 't' },  { "engine", required_argument, NULL, 'e' },
		{ "time", required_argument, NULL, 'T' },    { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct axis profiles = { 0 }, kernels = { 0 }, devices = { 0 }, releases = { 0 };
	struct axis shapes = { 0 }, suites = { 0 }, targets = { 0 }, engines = { 0 };
	const char *seconds = "600";
	struct plan plan = { 0 };
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "d:h", options, NULL)) != -1) {
		switch (opt) {
		case 'p': add(&profiles, optarg); break;
		case 'k': add(&kernels, optarg); break;
		case 'd': add(&devices, optarg); break;
		case 'r': add(&releases, optarg); break;
		case 's': add(&shapes, optarg); break;
		case 'S': add(&suites, optarg); break;
		case 't': add(&targets, optarg); break;
		case 'e': add(&engines, optarg); break;
		case 'T': seconds = optarg; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (optind < argc)
		return cannot("\"%s\" is not an option of plan; see `vfio-compliance plan -h`",
			      argv[optind]);
	if (!profiles.n && !kernels.n && !devices.n && !targets.n)
		add(&profiles, "6.12");
	add_default(&shapes, "default");
	add_default(&suites, "each");
	add_default(&engines, "libfuzzer");
	ret = check_fuzz(&engines, seconds);
	if (!ret)
		ret = spread_suites(&suites);
	if (ret)
		return ret;
	if (profiles.n)
		cross(&plan, "core", NULL, &profiles, &shapes, &suites);
	if (kernels.n)
		cross(&plan, "vm", NULL, &kernels, &shapes, &suites);
	if (devices.n)
		cross(&plan, "host", &devices, &releases, NULL, &suites);
	cross_fuzz(&plan, &targets, &engines, seconds);
	if (plan_write(&plan, stdout) || fflush(stdout))
		return cannot("cannot write the plan: %m");
	return EXIT_HELD;
}
