// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance fuzz: campaigns of the fuzz targets. */
#include "campaign.h"
#include "rules.h"
#include "runner.h"
#include "suite.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance fuzz [options] TARGET...\n"
	      "\n"
	      "Fuzzes the userspace core with each target in turn, and goes on where the last\n"
	      "campaign on that corpus ended. `make fuzz` builds the targets.\n"
	      "\n"
	      "  --engine E     libfuzzer (the default: with ASan and UBSan) or afl\n"
	      "  --jobs N       processes at a time (default 1)\n"
	      "  --time S       seconds for each target (default 60, with --kernel 600)\n"
	      "  --corpus DIR   inputs, in a folder for each target (default OUT/corpus); made from\n"
	      "                 the seeds of this installation if it is empty, merged at the end\n"
	      "  -o OUT         findings.json, findings.sarif, index.html, findings/ and what the\n"
	      "                 engine writes (default build/fuzz-campaign)\n"
	      "  --seed N       of the engine's random numbers (default 0: another one each time)\n"
	      "  --sync DIR     of AFL++: a folder that instances on several hosts share; one host\n"
	      "                 has the main instance, the others are called with --secondary\n"
	      "  --kernel K     fuzz the VFIO of a kernel in QEMU, guided by what KCOV says that was\n"
	      "                 reached there (debug; see `vm`), with the core's corpora\n"
	      "  --replay       with --kernel: run the corpora there, and compare each step with the\n"
	      "                 core's; --time is the guest's\n"
	      "  --append ARGS  added to that kernel's command line\n"
	      "  --secondary    see --sync\n"
	      "  -q             no progress\n"
	      "\n"
	      "A finding is one oracle that did not hold, or one stack: it is made as small as\n"
	      "possible and written with an input and a reproducer. Exit status 1 if there is one.\n"
	      "\nTargets:", f);
	for (const struct fuzz_target *t = fuzz_targets; t->name; t++)
		fprintf(f, " %s", t->name);
	fputc('\n', f);
}

static int number(const char *option, const char *text, int min, int max, int *to)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (*end || end == text || v < min || v > max)
		return cannot("%s takes a number from %d to %d, not \"%s\"", option, min, max, text);
	*to = v;
	return 0;
}

static int parse(int argc, char **argv, struct fuzz_options *o)
{
	static const struct option options[] = {
		{ "engine", required_argument, NULL, 'e' }, { "jobs", required_argument, NULL, 'j' },
		{ "time", required_argument, NULL, 't' },   { "corpus", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' }, { "seed", required_argument, NULL, 's' },
		{ "sync", required_argument, NULL, 'S' },   { "secondary", no_argument, NULL, '2' },
		{ "append", required_argument, NULL, 'a' },
		{ "replay", no_argument, NULL, 'R' },	    { "kernel", required_argument, NULL, 'k' },
		{ "quiet", no_argument, NULL, 'q' },	    { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int opt, ret = 0;

	while (!ret && (opt = getopt_long(argc, argv, "o:qh", options, NULL)) != -1) {
		switch (opt) {
		case 'e':
			o->engine = !strcmp(optarg, "afl") ? &fuzz_afl :
				    !strcmp(optarg, "libfuzzer") ? &fuzz_libfuzzer : NULL;
			if (!o->engine)
				return cannot("no engine \"%s\": there are libfuzzer and afl", optarg);
			break;
		case 'j': ret = number("--jobs", optarg, 1, FUZZ_JOBS_MAX, &o->jobs); break;
		case 't': ret = number("--time", optarg, 1, 30 * 86400, &o->time_s); break;
		case 's': ret = number("--seed", optarg, 0, 1 << 30, &o->seed); break;
		case 'c': o->corpus = optarg; break;
		case 'o': o->out = optarg; break;
		case 'S': o->sync = optarg; break;
		case '2': o->secondary = true; break;
		case 'R': o->replay = true; break;
		case 'a': o->append = optarg; break;
		case 'k': o->kernel = optarg; break;
		case 'q': o->quiet = true; break;
		case 'h': usage(stdout); exit(EXIT_HELD);
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (ret)
		return ret;
	if (optind == argc) {
		usage(stderr);
		return EXIT_CANNOT;
	}
	for (int i = optind; i < argc; i++)
		if (!fuzz_target(argv[i]))
			return cannot("no fuzz target \"%s\"; `vfio-compliance fuzz -h` lists them",
				      argv[i]);
	if ((o->replay || o->append) && !o->kernel)
		return cannot("--replay and --append need --kernel K: fuzz --replay --kernel 6.12 TARGET");
	if ((o->sync || o->secondary) && o->engine != &fuzz_afl)
		return cannot("--sync and --secondary are of --engine afl");
	if (o->secondary && !o->sync)
		return cannot("--secondary needs the folder of the main instance: --sync DIR");
	return 0;
}

/* Engines change their folder. */
static char *absolute(const char *path)
{
	char here[PATH_MAX], *s;

	if (!getcwd(here, sizeof(here)))
		*here = '\0';
	if (asprintf(&s, "%s%s%s", *path == '/' ? "" : here, *path == '/' ? "" : "/", path) < 0)
		abort();
	return s;
}

static struct campaign *campaign(const struct fuzz_options *o, json_t *findings, const char *target)
{
	struct campaign *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->o = o;
	c->findings = findings;
	c->target = target ? fuzz_target(target) : NULL;
	return c;
}

/* One campaign after the other; 0 or EXIT_CANNOT. */
static int run(const struct fuzz_options *o, json_t *findings, char **targets,
	       const struct rules *known, int *found)
{
	int ret = 0;

	for (; *targets && !ret && !suite_interrupted(); targets++) {
		struct campaign *c = campaign(o, findings, *targets);

		ret = o->kernel ? fuzz_kernel(c, known) : fuzz_campaign(c);
		*found += c->found;
		free(c);
	}
	return ret;
}

static int replay(const struct fuzz_options *o, json_t *findings, char **targets,
		  const struct rules *known, int *found)
{
	struct campaign *c = campaign(o, findings, NULL);
	int ret = fuzz_replay(c, targets, known);

	*found = c->found;
	free(c);
	return ret;
}

int cmd_fuzz(int argc, char **argv)
{
	struct fuzz_options o = { .engine = &fuzz_libfuzzer, .jobs = 1, .time_s = 0,
				  .out = "build/fuzz-campaign" };
	struct rules known = { .nr = 0 };
	char corpus[FUZZ_PATH], reports[FUZZ_PATH];
	json_t *findings;
	int ret, found = 0;

	ret = parse(argc, argv, &o);
	if (ret)
		return ret;
	if (!o.time_s)
		o.time_s = o.kernel ? 600 : 60;
	snprintf(corpus, sizeof(corpus), "%s/corpus", o.out);
	o.out = absolute(o.out);
	o.corpus = absolute(o.corpus ? o.corpus : corpus);
	o.sync = o.sync ? absolute(o.sync) : NULL;
	ret = fuzz_mkdir("%s", o.out);
	if (ret)
		return ret;
	findings = fuzz_findings_load(o.out);
	if (!findings)
		return EXIT_CANNOT;
	if (o.kernel) {
		snprintf(reports, sizeof(reports), "%s/kernel-reports", path_lists());
		ret = rules_load(&known, reports, true);
	} else {
		suite_catch_signals();
	}
	if (!ret)
		ret = (o.replay ? replay : run)(&o, findings, argv + optind, &known, &found);
	rules_free(&known);
	if (json_array_size(findings) || !ret) {
		int bad = fuzz_findings_write(findings, o.out);

		ret = ret ? ret : bad;
	}
	if (!ret && found)
		printf("%d finding%s: %s/index.html\n", found, found == 1 ? "" : "s", o.out);
	json_decref(findings);
	return ret ? ret : found ? EXIT_SHORT : EXIT_HELD;
}
