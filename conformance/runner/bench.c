// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance bench: how fast, how fast of late, and is it slower than before? */
#include "bench.h"
#include "results.h"
#include "runner.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance bench [FILTER...] [options]\n"
	      "       vfio-compliance bench compare A B | --run BUILD_A BUILD_B\n"
	      "       vfio-compliance bench trend | history | report RUN\n"
	      "\n"
	      "Measures the userspace core, or a device, and writes bench.json (Google Benchmark's\n"
	      "schema) and index.html. FILTER is a regular expression of benchmark names. Each of\n"
	      "the commands takes -h. `vfio-compliance vm -- bench` measures a kernel in a guest.\n"
	      "\n"
	      "  -d BDF           a device of this host, bound to a vfio driver\n"
	      "  --profile V      the kernel that the core answers as: 5.19, 6.1, 6.12 (default), 7.3\n"
	      "  --repetitions N  rounds, each a process of its own (default 9; what `bench\n"
	      "                   compare` takes at least)\n"
	      "  --min-time S     seconds for each benchmark and round (default 0.03), in three parts,\n"
	      "                   the median of which counts\n"
	      "  --quick          one short look: 3 rounds of 0.01 s, not in parts\n"
	      "  --tracked        only the benchmarks that are followed over time\n"
	      "  --instructions   count instructions, too, with callgrind: a second measure, the same\n"
	      "                   on a busy machine; of the tracked ones unless others are named\n"
	      "  --save           keep all repetitions in the history\n"
	      "  --db FILE        the history (default vfio-compliance/bench.db in the user's data)\n"
	      "  --commit C       what was measured, for the history (default: git's word for the\n"
	      "                   core, the release for a kernel)\n"
	      "  --program FILE   another benchmark program, or another build\n"
	      "  -o DIR           where bench.json and index.html go (default build/bench)\n"
	      "  -q               no progress\n", f);
}

int bench_percent(const char *option, const char *s, double *out)
{
	char *end;

	*out = strtod(s, &end) / 100;
	if (end == s || (*end && strcmp(end, "%")) || !(*out >= 0 && *out < 10))
		return cannot("%s takes a percentage such as 3%%, not \"%s\"", option, s);
	return 0;
}

int bench_metric_by_name(const char *s, enum bench_metric *out)
{
	for (int m = 0; m < BENCH_METRICS; m++)
		if (!strcmp(s, bench_metric_names[m])) {
			*out = m;
			return 0;
		}
	return cannot("no metric \"%s\"; there are time, cpu, ratio and instructions", s);
}

struct history *bench_open_history(const char *db, bool create)
{
	char path[4096], why[4600];
	struct history *h;

	if (!db && history_default_path(path, sizeof(path), create)) {
		cannot("neither XDG_DATA_HOME nor HOME says where the history is; give --db FILE");
		return NULL;
	}
	h = history_open(db ? db : path, create, why, sizeof(why));
	if (!h)
		cannot("%s", why);
	return h;
}

int bench_out_path(const char *dir, const char *name, char *buf, size_t size)
{
	if (snprintf(buf, size, "%s/%s", dir, name) >= (int)size)
		return cannot("the name of %s is too long", dir);
	for (char *p = buf + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(buf, 0777) && errno != EEXIST)
			return cannot("cannot make %s: %s", buf, strerror(errno));
		*p = '/';
	}
	return 0;
}

void bench_add_filter(struct bench_options *o, const char *s)
{
	if (o->filter)
		str_append(&o->filter, "|");
	str_append(&o->filter, s);
}

int bench_parse(int argc, char **argv, struct bench_options *o)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },  { "profile", required_argument, NULL, 'p' },
		{ "repetitions", required_argument, NULL, 'r' },
		{ "min-time", required_argument, NULL, 'm' }, { "quick", no_argument, NULL, 'Q' },
		{ "save", no_argument, NULL, 's' },	      { "db", required_argument, NULL, 'D' },
		{ "commit", required_argument, NULL, 'c' },   { "program", required_argument, NULL, 'P' },
		{ "output", required_argument, NULL, 'o' },   { "quiet", no_argument, NULL, 'q' },
		{ "tracked", no_argument, NULL, 't' },	      { "instructions", no_argument, NULL, 'I' },
		{ "help", no_argument, NULL, 'h' },	      { 0 }
	};
	const char *program = path_prefix();
	char *end;
	int opt;

	*o = (struct bench_options){ .out = "build/bench" };
	while ((opt = getopt_long(argc, argv, "d:o:qh", options, NULL)) != -1) {
		switch (opt) {
		case 'd': o->target.bdf = optarg; break;
		case 'p': o->target.profile = optarg; break;
		case 'r':
			o->repetitions = strtol(optarg, &end, 10);
			if (*end || o->repetitions < 1 || o->repetitions > 10000)
				return 1 + cannot("--repetitions takes a number from 1 to 10000, not "
						  "\"%s\"", optarg);
			break;
		case 'm':
			if (!(strtod(optarg, &end) > 0) || *end)
				return 1 + cannot("--min-time takes seconds, not \"%s\"", optarg);
			o->min_time = optarg;
			break;
		case 'Q': o->quick = true; break;
		case 't':
			if (bench_add_tracked(o))
				return 1 + EXIT_CANNOT;
			break;
		case 'I': o->instructions = true; break;
		case 's': o->save = true; break;
		case 'D': o->db = optarg; break;
		case 'c': o->commit = optarg; break;
		case 'P': program = optarg; break;
		case 'o': o->out = optarg; break;
		case 'q': o->quiet = true; break;
		case 'h': usage(stdout); return 1 + EXIT_HELD;
		default: usage(stderr); return 1 + EXIT_CANNOT;
		}
	}
	for (; optind < argc; optind++)
		bench_add_filter(o, argv[optind]);
	if (!o->repetitions)
		o->repetitions = o->quick ? 3 : 9;
	if (!o->min_time)
		o->min_time = o->quick ? "0.01" : "0.03";
	o->parts = o->quick ? 1 : BENCH_PARTS;
	o->rounds = 1;
	if (o->target.profile && !known_profile(o->target.profile))
		return 1 + EXIT_CANNOT;
	if (bench_find(program, &o->target))
		return 1 + EXIT_CANNOT;
	return 0;
}

static void print_run(const struct bench_run *r)
{
	char t[32], ratio[32];
	size_t skipped = 0;
	bool counted = false;

	for (size_t i = 0; i < r->nr; i++)
		counted |= isfinite(bench_median(&r->series[i], BENCH_INSTRUCTIONS));
	printf("%-44s %10s %9s %8s%s\n", "benchmark", "time", "ratio", "spread",
	       counted ? " instructions" : "");
	for (size_t i = 0; i < r->nr; i++) {
		const struct bench_series *s = &r->series[i];
		double *v = grow(NULL, s->nr + 1, sizeof(*v));
		size_t n = bench_values(s, BENCH_RATIO, v);

		skipped += !s->nr;
		snprintf(ratio, sizeof(ratio), n ? "%.3g" : "-", bench_median(s, BENCH_RATIO));
		if (!n)
			n = bench_values(s, BENCH_TIME, v);
		if (!s->nr)
			printf("%-44s no figure: %s", s->name, s->skipped ? s->skipped : "");
		else
			printf("%-44s %10s %9s %7.1f%%", s->name,
			       bench_time_text(bench_median(s, BENCH_TIME), t, sizeof(t)), ratio,
			       100 * stat_cv(v, n));
		if (bench_values(s, BENCH_INSTRUCTIONS, v))
			printf(" %12.0f", bench_median(s, BENCH_INSTRUCTIONS));
		putchar('\n');
		free(v);
	}
	printf("\n%zu benchmarks, %zu without a figure\n", r->nr, skipped);
}

int bench_conclude(json_t *doc, const struct bench_options *o, bool fell_short)
{
	char json[4096], html[4096], why[4600];
	struct bench_page page = { 0 };
	struct bench_run *run;
	struct history *h;
	bool any = false;
	int ret = EXIT_CANNOT;

	bench_doc_finish(doc);
	run = bench_run_from_json(doc, "the program's output", why, sizeof(why));
	if (!run)
		return cannot("%s", why);
	page.run = run;
	for (size_t i = 0; i < run->nr; i++)
		any |= run->series[i].nr > 0;
	if (bench_out_path(o->out, "bench.json", json, sizeof(json)) ||
	    bench_out_path(o->out, "index.html", html, sizeof(html)))
		goto out;
	if (bench_doc_write(doc, json, why, sizeof(why)) ||
	    bench_page_write(&page, html, why, sizeof(why))) {
		cannot("%s", why);
		goto out;
	}
	ret = fell_short ? EXIT_SHORT : any ? EXIT_HELD : EXIT_ALL_SKIPPED;
	print_run(run);
	printf("Report: %s\n", html);
	if (o->save) {
		long id = -1;

		h = bench_open_history(o->db, true);
		if (h) {
			id = history_save(h, run, why, sizeof(why));
			history_close(h);
			if (id < 0)
				cannot("%s", why);
			else
				printf("Saved as run %ld\n", id);
		}
		if (id < 0)
			ret = EXIT_CANNOT;
	}
out:
	bench_run_free(run);
	return ret;
}

/* All rounds into @doc. 0 or EXIT_CANNOT. */
static int measure_rounds(const struct bench_options *o, json_t *doc, bool *fell_short)
{
	int nr = bench_count(o, &o->target), ret = nr < 0 ? EXIT_CANNOT : 0;
	json_t *counted = NULL;
	char what[64], why[512];

	if (!ret && o->instructions) {
		counted = bench_count_instructions(o, &o->target, fell_short);
		ret = counted ? 0 : EXIT_CANNOT;
	}
	for (int i = 0; i < o->repetitions && !ret; i++) {
		json_t *one;

		snprintf(what, sizeof(what), "round %d of %d", i + 1, o->repetitions);
		one = bench_round(o, &o->target, NULL, what, nr, fell_short);
		if (!one)
			ret = EXIT_CANNOT;
		else if (bench_doc_add(doc, one, 1, why, sizeof(why)))
			ret = cannot("%s", why);
		json_decref(one);
	}
	if (!ret && counted)
		bench_doc_add_counts(doc, counted);
	json_decref(counted);
	return ret;
}

static int measure(int argc, char **argv)
{
	struct bench_options o;
	bool fell_short = false;
	json_t *doc;
	int ret;

	ret = bench_parse(argc, argv, &o);
	if (ret) {
		free(o.filter);
		return ret - 1;
	}
	bench_hold_signals();
	doc = bench_doc_new();
	ret = o.target.bdf ? check_device(o.target.bdf) : 0;
	if (!ret)
		ret = measure_rounds(&o, doc, &fell_short);
	if (!ret) {
		bench_add_context(doc, &o, &o.target);
		ret = bench_conclude(doc, &o, fell_short);
	}
	json_decref(doc);
	free(o.filter);
	return ret;
}

int cmd_bench(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = { { "compare", bench_compare_main },
			 { "trend", bench_trend_main },
			 { "history", bench_history_main },
			 { "report", bench_report_main } };

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return measure(argc, argv);
}
