// SPDX-License-Identifier: GPL-2.0-only
#include "bench_compare.h"
#include "results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int worst_first(const void *a, const void *b)
{
	const struct bench_difference *x = a, *y = b;

	if (x->change != y->change)
		return (int)x->change - (int)y->change;
	/* Among the slower ones the slowest, among the faster ones the fastest first. */
	if (x->change != BENCH_SAME && x->shift.ratio != y->shift.ratio)
		return (x->shift.ratio < y->shift.ratio) == (x->change == BENCH_SLOWER) ? 1 : -1;
	return strcmp(x->name, y->name) ?: (int)x->metric - (int)y->metric;
}

/* The values that can be compared as quotients. */
static size_t positive(const struct bench_series *s, enum bench_metric m, double **out)
{
	size_t n, kept = 0;

	*out = grow(NULL, s->nr + 1, sizeof(**out));
	n = bench_values(s, m, *out);
	for (size_t i = 0; i < n; i++)
		if ((*out)[i] > 0)
			(*out)[kept++] = (*out)[i];
	return kept;
}

/* Undisturbed, is the time all processor time? One quiet repetition shows it. */
static bool is_busy(const struct bench_series *s)
{
	double least = INFINITY;

	if (s->manual)
		return false;
	for (size_t i = 0; i < s->nr; i++)
		if (s->rep[i].cpu > 0)
			least = fmin(least, s->rep[i].time / s->rep[i].cpu);
	/* Less: the time is not the whole, as where a kernel counts its own part. */
	return least > 0.9 && least < 1.25;
}

/* 0, 1: no figures of the metric, 2: too few, and the line is written. */
static int one(const struct bench_series *sa, const struct bench_series *sb,
	       enum bench_metric metric, struct bench_difference *d, char *err, size_t size)
{
	double *a, *b;
	int ret = 0;

	*d = (struct bench_difference){ .name = sa->name, .metric = metric };
	d->na = positive(sa, d->metric, &a);
	d->nb = positive(sb, d->metric, &b);
	d->exact = metric == BENCH_INSTRUCTIONS &&
		   (d->na < BENCH_LEAST_REPETITIONS || d->nb < BENCH_LEAST_REPETITIONS);
	if (!d->na || !d->nb) {
		ret = 1;
	} else if (d->exact) {
		d->a = stat_median(a, d->na);
		d->b = stat_median(b, d->nb);
		d->shift.ratio = d->b / d->a;
		d->shift.low = d->shift.high = d->test.a12 = d->test.delta = NAN;
	} else if (d->na < BENCH_LEAST_REPETITIONS || d->nb < BENCH_LEAST_REPETITIONS) {
		snprintf(err, size, "%s has %zu and %zu repetitions; a comparison takes at least %d: "
			 "measure with --repetitions %d", d->name, d->na, d->nb,
			 BENCH_LEAST_REPETITIONS, BENCH_LEAST_REPETITIONS);
		ret = 2;
	} else {
		d->a = stat_median(a, d->na);
		d->b = stat_median(b, d->nb);
		d->test = mann_whitney(a, d->na, b, d->nb);
		d->shift = hodges_lehmann(a, d->na, b, d->nb, .95);
	}
	free(a);
	free(b);
	return ret;
}

static void judge(struct bench_comparison *c, const struct bench_compare_options *opt)
{
	double *p = grow(NULL, c->nr, sizeof(*p));
	size_t nr = 0;

	for (size_t i = 0; i < c->nr; i++)
		if (!c->d[i].exact)
			p[nr++] = c->d[i].test.p;
	if (opt->holm)
		adjust_holm(p, nr);
	else
		adjust_benjamini_hochberg(p, nr);
	nr = 0;
	for (size_t i = 0; i < c->nr; i++) {
		struct bench_difference *d = &c->d[i];
		double least = d->exact ? opt->exact_threshold : opt->threshold;
		bool sure;

		d->p = d->exact ? NAN : p[nr++];
		sure = d->exact || d->p <= opt->level;
		d->change = BENCH_SAME;
		if (sure && d->shift.ratio > 1 + least)
			d->change = BENCH_SLOWER;
		else if (sure && d->shift.ratio < 1 / (1 + least))
			d->change = BENCH_FASTER;
		c->slower += d->change == BENCH_SLOWER;
		c->faster += d->change == BENCH_FASTER;
	}
	free(p);
	qsort(c->d, c->nr, sizeof(*c->d), worst_first);
}

/* The next ones of @out: of the metric, or of the best one there is and of exact counts. */
static void compare_series(const struct bench_series *sa, const struct bench_series *sb,
			   enum bench_metric metric, struct bench_comparison *out, char *err,
			   size_t size)
{
	struct bench_difference *d = &out->d[out->nr];
	int ret;

	if (metric != BENCH_AUTO) {
		ret = one(sa, sb, metric, d, err, size);
	} else {
		ret = one(sa, sb, BENCH_INSTRUCTIONS, d, err, size);
		if (!ret && d->exact)
			d = &out->d[++out->nr];
		ret = one(sa, sb, is_busy(sa) && is_busy(sb) ? BENCH_CPU : BENCH_TIME, d, err, size);
	}
	out->nr += !ret;
	out->too_few += ret == 2;
}

int bench_compare(const struct bench_run *a, const struct bench_run *b,
		  const struct bench_compare_options *opt, struct bench_comparison *out, char *err,
		  size_t size)
{
	size_t common = 0;

	*out = (struct bench_comparison){ 0 };
	out->d = grow(NULL, 2 * a->nr + 1, sizeof(*out->d));
	for (size_t i = 0; i < a->nr; i++) {
		const struct bench_series *sb = bench_run_find(b, a->series[i].name);

		if (sb && a->series[i].nr && sb->nr) {
			common++;
			compare_series(&a->series[i], sb, opt->metric, out, err, size);
		}
		/* One without a figure on either side is skipped on both, as it should be. */
		out->one_sided += a->series[i].nr && (!sb || !sb->nr);
	}
	for (size_t i = 0; i < b->nr; i++) {
		const struct bench_series *sa = bench_run_find(a, b->series[i].name);

		out->one_sided += b->series[i].nr && (!sa || !sa->nr);
	}
	if (!out->nr) {
		/* The line on too few repetitions is written. */
		if (out->too_few)
			;
		else if (common && opt->metric != BENCH_AUTO)
			snprintf(err, size, "the two runs have no figures of %s in common",
				 bench_metric_names[opt->metric]);
		else
			snprintf(err, size, "the two runs have no benchmark in common");
		bench_comparison_free(out);
		return -1;
	}
	judge(out, opt);
	return 0;
}

void bench_comparison_free(struct bench_comparison *c)
{
	free(c->d);
	*c = (struct bench_comparison){ 0 };
}
