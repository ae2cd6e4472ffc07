// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance bench compare: is B slower than A? */
#include "bench.h"
#include "results.h"
#include "runner.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance bench compare A B [options]\n"
	      "       vfio-compliance bench compare --run BUILD_A BUILD_B [FILTER...] [options]\n"
	      "\n"
	      "A and B are bench.json files, or numbers of saved runs. With --run both builds (build\n"
	      "directories, or benchmark programs) are measured here, in turns: on a machine whose\n"
	      "speed drifts this is the comparison to trust.\n"
	      "\n"
	      "  --threshold P%   a change of less is none (default 3%; 1% of instructions that\n"
	      "                   callgrind counted, where there is no chance to be tested for)\n"
	      "  --metric M       time, cpu (processor time), ratio (to the floor) or instructions\n"
	      "                   (default: cpu for what keeps the processor busy, time for the\n"
	      "                   rest and for what takes its time itself; and instructions where\n"
	      "                   callgrind counted them)\n"
	      "  --alpha P%       level of significance after correction (default 5%)\n"
	      "  --holm           correct after Holm, not after Benjamini and Hochberg\n"
	      "  --other-machine  compare although the runs are of different machines\n"
	      "  --db FILE        the history that the numbers are of\n"
	      "  -o DIR           write the comparison as DIR/index.html, too; with --run also\n"
	      "                   DIR/a.json and DIR/b.json\n"
	      "  --repetitions N, --min-time S, --quick, --tracked, --instructions, -d BDF,\n"
	      "  --profile V, -q  of --run, as in `vfio-compliance bench -h`; default 21 rounds of 0.05 s,\n"
	      "                   at least 9 rounds; none with --metric instructions, which counts\n"
	      "\n"
	      "Exit status: 0 nothing is slower, 1 something is, 2 could not compare.\n", f);
}

struct bench_run *bench_operand(const char *s, const char *db)
{
	struct bench_run *run = NULL;
	struct history *h;
	char why[4600];

	if (s[strspn(s, "0123456789")] || !*s) {
		run = bench_run_load(s, why, sizeof(why));
		if (!run)
			cannot("%s", why);
		return run;
	}
	h = bench_open_history(db, false);
	if (!h)
		return NULL;
	run = history_load(h, atol(s), why, sizeof(why));
	history_close(h);
	if (!run)
		cannot("%s", why);
	return run;
}

/*
 * Round by round, first A then B, then first B then A, so that drift meets both alike.
 * Without @rounds instructions are all there is.
 */
static int run_both(const struct bench_options *o, bool rounds, struct bench_target t[2],
		    const char *out, struct bench_run *run[2])
{
	json_t *doc[2] = { bench_doc_new(), bench_doc_new() }, *counted[2] = { NULL, NULL }, *one;
	char what[64], why[4600], path[4096];
	int nr[2], ret = EXIT_CANNOT;
	bool fell_short;	/* what failed has no figure, on either side or on one */

	bench_hold_signals();
	for (int i = 0; i < 2; i++) {
		nr[i] = bench_count(o, &t[i]);
		if (nr[i] < 0)
			goto out;
		if (o->instructions)
			counted[i] = bench_count_instructions(o, &t[i], &fell_short);
		if (o->instructions && !counted[i])
			goto out;
		if (!rounds && bench_doc_add(doc[i], counted[i], 1, why, sizeof(why))) {
			cannot("%s", why);
			goto out;
		}
	}
	for (int i = 0; rounds && i < 2 * o->repetitions; i++) {
		int side = (i / 2 + i) % 2;

		snprintf(what, sizeof(what), "round %d of %d, %c", i / 2 + 1, o->repetitions,
			 'A' + side);
		one = bench_round(o, &t[side], NULL, what, nr[side], &fell_short);
		if (!one)
			goto out;
		if (bench_doc_add(doc[side], one, 1, why, sizeof(why))) {
			cannot("%s", why);
			json_decref(one);
			goto out;
		}
		json_decref(one);
	}
	for (int i = 0; i < 2; i++) {
		if (rounds && counted[i])
			bench_doc_add_counts(doc[i], counted[i]);
		bench_add_context(doc[i], o, &t[i]);
		bench_doc_finish(doc[i]);
		if (out && (bench_out_path(out, i ? "b.json" : "a.json", path, sizeof(path)) ||
			    (bench_doc_write(doc[i], path, why, sizeof(why)) && cannot("%s", why))))
			goto out;
		run[i] = bench_run_from_json(doc[i], t[i].program, why, sizeof(why));
		if (!run[i]) {
			cannot("%s", why);
			goto out;
		}
	}
	ret = 0;
out:
	json_decref(doc[0]);
	json_decref(doc[1]);
	json_decref(counted[0]);
	json_decref(counted[1]);
	return ret;
}

static void print_side(char side, const struct bench_run *r)
{
	printf("%c: ", side);
	if (r->id)
		printf("run %ld, ", r->id);
	printf("%s %s, commit %s, %s\n", *r->backend ? r->backend : "unknown backend", r->kernel,
	       *r->commit ? r->commit : "unknown", r->date);
}

static void print(const struct bench_comparison *c, const struct bench_run *a,
		  const struct bench_run *b, const struct bench_compare_options *opt)
{
	static const char *const word[] = { "SLOWER", "faster", "same" };
	char ta[32], tb[32], interval[48];
	bool counted = false;

	print_side('A', a);
	print_side('B', b);
	printf("Mann-Whitney U, p after %s at %g%%, threshold %g%%", opt->holm ? "Holm" : "Benjamini and Hochberg", 100 * opt->level, 100 * opt->threshold);
	for (size_t i = 0; i < c->nr && !counted; i++)
		counted = c->d[i].exact;
	if (counted)
		printf(", of counted instructions %g%%", 100 * opt->exact_threshold);
	fputs("\n\n", stdout);
	printf("%-7s %-40s %-12s %9s %9s %7s %17s %5s %6s %8s %5s\n", "", "benchmark", "of", "A", "B",
	       "change", "95% interval", "A12", "delta", "p", "n");
	for (size_t i = 0; i < c->nr; i++) {
		const struct bench_difference *d = &c->d[i];

		if (bench_is_time(d->metric)) {
			bench_time_text(d->a, ta, sizeof(ta));
			bench_time_text(d->b, tb, sizeof(tb));
		} else {
			snprintf(ta, sizeof(ta), "%.4g", d->a);
			snprintf(tb, sizeof(tb), "%.4g", d->b);
		}
		printf("%-7s %-40s %-12s %9s %9s %+6.1f%% ", word[d->change], d->name,
		       bench_metric_names[d->metric], ta, tb, 100 * (d->shift.ratio - 1));
		if (d->exact) {
			printf("%17s %5s %6s %8s %2zu/%-2zu\n", "counted", "-", "-", "-", d->na, d->nb);
			continue;
		}
		snprintf(interval, sizeof(interval), "%+.1f%% to %+.1f%%", 100 * (d->shift.low - 1),
			 100 * (d->shift.high - 1));
		printf("%17s %5.2f %+6.2f %8.2g %2zu/%-2zu\n", interval, d->test.a12, d->test.delta,
		       d->p, d->na, d->nb);
	}
	printf("\n%zu slower, %zu faster, %zu the same", c->slower, c->faster,
	       c->nr - c->slower - c->faster);
	if (c->too_few)
		printf(", %zu with fewer than %d repetitions", c->too_few, BENCH_LEAST_REPETITIONS);
	if (c->one_sided)
		printf(", %zu measured on one side only", c->one_sided);
	putchar('\n');
}

static int compare(struct bench_run *run[2], const struct bench_compare_options *opt,
		   bool other_machine, const char *out)
{
	struct bench_comparison c;
	struct bench_page page = { .comparison = &c, .a = run[0], .b = run[1], .opt = opt };
	char why[4600], path[4096];
	int ret;

	if (strcmp(run[0]->machine, run[1]->machine) && !other_machine)
		return cannot("the runs are of different machines (%s; %s): their times cannot be "
			      "compared; --other-machine does it all the same",
			      *run[0]->machine ? run[0]->machine : "unknown",
			      *run[1]->machine ? run[1]->machine : "unknown");
	if (bench_compare(run[0], run[1], opt, &c, why, sizeof(why)))
		return cannot("%s", why);
	print(&c, run[0], run[1], opt);
	ret = c.slower ? EXIT_SHORT : EXIT_HELD;
	if (out) {
		if (bench_out_path(out, "index.html", path, sizeof(path)))
			ret = EXIT_CANNOT;
		else if (bench_page_write(&page, path, why, sizeof(why)))
			ret = cannot("%s", why);
		else
			printf("Report: %s\n", path);
	}
	bench_comparison_free(&c);
	return ret;
}

int bench_compare_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "run", no_argument, NULL, 'R' },	    { "threshold", required_argument, NULL, 't' },
		{ "metric", required_argument, NULL, 'M' }, { "alpha", required_argument, NULL, 'a' },
		{ "holm", no_argument, NULL, 'H' },	    { "other-machine", no_argument, NULL, 'O' },
		{ "db", required_argument, NULL, 'D' },	    { "output", required_argument, NULL, 'o' },
		{ "repetitions", required_argument, NULL, 'r' },
		{ "min-time", required_argument, NULL, 'm' }, { "quick", no_argument, NULL, 'Q' },
		{ "device", required_argument, NULL, 'd' }, { "profile", required_argument, NULL, 'p' },
		{ "tracked", no_argument, NULL, 'T' },	    { "instructions", no_argument, NULL, 'I' },
		{ "quiet", no_argument, NULL, 'q' },	    { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct bench_compare_options opt = { BENCH_AUTO, .03, .01, .05, false };
	/* Many short rounds see more than few long ones: drift and neighbours come in bursts. */
	struct bench_options o = { .repetitions = 21, .min_time = "0.05",
				   .parts = BENCH_PARTS, .rounds = 1 };
	const char *db = NULL, *out = NULL;
	struct bench_run *run[2] = { NULL, NULL };
	bool measured = false, other = false;
	char *end;
	int c, ret = 0;

	while ((c = getopt_long(argc, argv, "d:o:qh", options, NULL)) != -1) {
		switch (c) {
		case 'R': measured = true; break;
		case 't':
			ret |= bench_percent("--threshold", optarg, &opt.threshold);
			opt.exact_threshold = opt.threshold;
			break;
		case 'T': ret |= bench_add_tracked(&o); break;
		case 'I': o.instructions = true; break;
		case 'a': ret |= bench_percent("--alpha", optarg, &opt.level); break;
		case 'M': ret |= bench_metric_by_name(optarg, &opt.metric); break;
		case 'H': opt.holm = true; break;
		case 'O': other = true; break;
		case 'D': db = optarg; break;
		case 'o': out = optarg; break;
		case 'r':
			o.repetitions = strtol(optarg, &end, 10);
			if (*end || o.repetitions < BENCH_LEAST_REPETITIONS)
				ret |= cannot("a comparison takes at least %d repetitions, not \"%s\"",
					      BENCH_LEAST_REPETITIONS, optarg);
			break;
		case 'm':
			if (!(strtod(optarg, &end) > 0) || *end)
				ret |= cannot("--min-time takes seconds, not \"%s\"", optarg);
			o.min_time = optarg;
			break;
		case 'Q':
			o.min_time = "0.01";
			o.parts = 1;
			break;
		case 'd': o.target.bdf = optarg; break;
		case 'p': o.target.profile = optarg; break;
		case 'q': o.quiet = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
		if (ret)
			return ret;
	}
	if (measured ? argc - optind < 2 : argc - optind != 2) {
		usage(stderr);
		return EXIT_CANNOT;
	}
	if (measured) {
		struct bench_target t[2] = { o.target, o.target };

		bool rounds = opt.metric != BENCH_INSTRUCTIONS || o.target.bdf;

		for (int i = optind + 2; i < argc; i++)
			bench_add_filter(&o, argv[i]);
		o.instructions |= !rounds;
		if ((o.target.bdf && check_device(o.target.bdf)) ||
		    (o.target.profile && !known_profile(o.target.profile)) ||
		    bench_find(argv[optind], &t[0]) || bench_find(argv[optind + 1], &t[1]) ||
		    run_both(&o, rounds, t, out, run))
			ret = EXIT_CANNOT;
	} else {
		run[0] = bench_operand(argv[optind], db);
		run[1] = run[0] ? bench_operand(argv[optind + 1], db) : NULL;
	}
	ret = run[0] && run[1] ? compare(run, &opt, other, out) : EXIT_CANNOT;
	bench_run_free(run[0]);
	bench_run_free(run[1]);
	free(o.filter);
	return ret;
}
