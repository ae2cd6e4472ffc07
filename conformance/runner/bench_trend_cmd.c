// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance bench trend, history, report: what was measured before. */
#include "bench.h"
#include "results.h"
#include "runner.h"

#include <fnmatch.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance bench trend [BENCHMARK-GLOB...] [options]\n"
	      "\n"
	      "Shows where the figures of the history changed their level (E-divisive). Each machine,\n"
	      "backend and device has a history of its own.\n"
	      "\n"
	      "  --db FILE       the history (default vfio-compliance/bench.db in the user's data)\n"
	      "  --ack FILE      changes that are accepted: lines `BENCHMARK-GLOB COMMIT reason`\n"
	      "  --threshold P%  a change of less is none (default 3%)\n"
	      "  --alpha P%      level of significance of a change (default 1%)\n"
	      "  --metric M      time, cpu, ratio or instructions (default: ratio where there is a floor)\n"
	      "  --last N        look at the last N runs (default 200)\n"
	      "  --min-size N    runs that a level has at least (default 3)\n"
	      "  -o DIR          write the plots to DIR/index.html\n"
	      "\n"
	      "Exit status: 0 no slowdown stands but acknowledged ones, 1 one does, 2 could not look.\n",
	      f);
}


/* A change point may move by a run as figures come in: its neighbours' commits count, too. */
static const char *acknowledged(const struct acks *acks, const struct bench_trend *t, size_t at)
{
	const char *reason = NULL;

	for (size_t i = at ? at - 1 : 0; i <= at + 1 && i < t->nr && !reason; i++)
		reason = acks_find(acks, t->series->name, t->series->point[t->point[i]].commit);
	return reason;
}

static enum bench_metric metric_of(const struct history_series *s)
{
	for (size_t i = 0; i < s->nr; i++)
		if (!(s->point[i].value[BENCH_RATIO] > 0))
			return BENCH_TIME;
	return BENCH_RATIO;
}

static void analyse(struct bench_trend *t, const struct history_series *s, enum bench_metric metric,
		    const struct divisive_options *opt, double threshold, const struct acks *acks)
{
	*t = (struct bench_trend){ .series = s };
	t->metric = metric == BENCH_METRICS ? metric_of(s) : metric;
	t->point = grow(NULL, s->nr + 1, sizeof(*t->point));
	t->value = grow(NULL, s->nr + 1, sizeof(*t->value));
	t->change = grow(NULL, s->nr + 1, sizeof(*t->change));
	t->ack = grow(NULL, s->nr + 1, sizeof(*t->ack));
	for (size_t i = 0; i < s->nr; i++) {
		double v = s->point[i].value[t->metric];

		if (!isfinite(v))
			continue;
		t->point[t->nr] = i;
		t->value[t->nr++] = v;
	}
	t->nr_changes = level_changes(t->value, t->nr, opt, threshold, t->change);
	for (size_t i = 0; i < t->nr_changes; i++)
		t->ack[i] = acknowledged(acks, t, t->change[i].at);
}

static void free_trend(struct bench_trend *t)
{
	free(t->point);
	free(t->value);
	free(t->change);
	free(t->ack);
}

enum standing { REGRESSION, ACKNOWLEDGED, RECOVERED, IMPROVEMENT };

static enum standing standing(const struct bench_trend *t, size_t i)
{
	if (!t->change[i].slower)
		return IMPROVEMENT;
	if (t->change[i].recovered)
		return RECOVERED;
	return t->ack[i] ? ACKNOWLEDGED : REGRESSION;
}

static void print_changes(const struct bench_trend *t, enum standing which)
{
	static const char *const word[] = { "SLOWER", "acknowledged", "recovered", "faster" };
	char before[32], after[32];

	for (size_t i = 0; i < t->nr_changes; i++) {
		const struct level_change *c = &t->change[i];
		const struct history_point *p = &t->series->point[t->point[c->at]];

		if (standing(t, i) != which)
			continue;
		if (bench_is_time(t->metric)) {
			bench_time_text(c->before, before, sizeof(before));
			bench_time_text(c->after, after, sizeof(after));
		} else {
			snprintf(before, sizeof(before), "%.4g", c->before);
			snprintf(after, sizeof(after), "%.4g", c->after);
		}
		printf("%-12s %-40s %+6.1f%% since run %ld, commit %s: %s from %s to %s%s%s\n",
		       word[which], t->series->name, 100 * (c->after / c->before - 1), p->id,
		       p->commit, bench_metric_names[t->metric], before, after, t->ack[i] ? ": " : "",
		       t->ack[i] ? t->ack[i] : "");
	}
}

static int report(const struct bench_trend *t, size_t nr, size_t min_size, const char *out)
{
	struct bench_page page = { .trend = t, .nr_trends = nr };
	size_t count[4] = { 0 }, too_short = 0;
	char path[4096], why[4600];

	for (int which = REGRESSION; which <= IMPROVEMENT; which++)
		for (size_t i = 0; i < nr; i++)
			print_changes(&t[i], which);
	for (size_t i = 0; i < nr; i++) {
		too_short += t[i].nr < 2 * min_size;
		for (size_t j = 0; j < t[i].nr_changes; j++)
			count[standing(&t[i], j)]++;
	}
	printf("%zu series: %zu slowdowns stand, %zu acknowledged, %zu recovered; %zu improvements\n",
	       nr, count[REGRESSION], count[ACKNOWLEDGED], count[RECOVERED], count[IMPROVEMENT]);
	if (too_short)
		printf("%zu of them have fewer than %zu runs, in which no change can be seen\n",
		       too_short, 2 * min_size);
	if (out) {
		if (bench_out_path(out, "index.html", path, sizeof(path)))
			return EXIT_CANNOT;
		if (bench_page_write(&page, path, why, sizeof(why)))
			return cannot("%s", why);
		printf("Report: %s\n", path);
	}
	return count[REGRESSION] ? EXIT_SHORT : EXIT_HELD;
}

static bool wanted(const char *name, char **globs, int nr)
{
	for (int i = 0; i < nr; i++)
		if (!fnmatch(globs[i], name, 0))
			return true;
	return !nr;
}

static int number(const char *option, const char *s, size_t least, size_t *out)
{
	char *end;
	long v = strtol(s, &end, 10);

	if (*end || end == s || v < (long)least)
		return cannot("%s takes a number from %zu, not \"%s\"", option, least, s);
	*out = v;
	return 0;
}

int bench_trend_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "db", required_argument, NULL, 'D' },	       { "ack", required_argument, NULL, 'A' },
		{ "threshold", required_argument, NULL, 't' }, { "alpha", required_argument, NULL, 'a' },
		{ "metric", required_argument, NULL, 'M' },    { "last", required_argument, NULL, 'l' },
		{ "min-size", required_argument, NULL, 'm' },  { "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },	       { 0 }
	};
	struct divisive_options opt = { 3, 999, .01, 20130501 };
	enum bench_metric metric = BENCH_METRICS;
	struct history_series *series;
	const char *db = NULL, *out = NULL;
	struct acks acks = { 0 };
	struct bench_trend *t;
	struct history *h;
	size_t nr, nr_trends = 0, last = 200;
	double threshold = .03;
	char why[4600];
	int c, ret = 0;

	while ((c = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		switch (c) {
		case 'D': db = optarg; break;
		case 'A':
			if (acks_load(&acks, optarg, why, sizeof(why)))
				ret = cannot("%s", why);
			break;
		case 't': ret = bench_percent("--threshold", optarg, &threshold); break;
		case 'a': ret = bench_percent("--alpha", optarg, &opt.level); break;
		case 'M': ret = bench_metric_by_name(optarg, &metric); break;
		case 'l': ret = number("--last", optarg, 1, &last); break;
		case 'm': ret = number("--min-size", optarg, 2, &opt.min_size); break;
		case 'o': out = optarg; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
		if (ret)
			return ret;
	}
	h = bench_open_history(db, false);
	if (!h)
		return EXIT_CANNOT;
	ret = history_series(h, last, &series, &nr, why, sizeof(why));
	history_close(h);
	if (ret)
		return cannot("%s", why);
	t = grow(NULL, nr + 1, sizeof(*t));
	for (size_t i = 0; i < nr; i++)
		if (wanted(series[i].name, argv + optind, argc - optind))
			analyse(&t[nr_trends++], &series[i], metric, &opt, threshold, &acks);
	ret = nr_trends ? report(t, nr_trends, opt.min_size, out)
			: cannot("the history has no such benchmark; `vfio-compliance bench history` "
				 "shows its runs");
	for (size_t i = 0; i < nr_trends; i++)
		free_trend(&t[i]);
	free(t);
	history_series_free(series, nr);
	acks_free(&acks);
	return ret;
}
