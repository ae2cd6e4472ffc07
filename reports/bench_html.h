/* SPDX-License-Identifier: GPL-2.0-only */
/* One page of figures: a run, a comparison, a history, or several of them. */
#ifndef REPORTS_BENCH_HTML_H
#define REPORTS_BENCH_HTML_H

#include "bench_compare.h"
#include "bench_history.h"
#include "bench_trend.h"

/* A series of the history and what was found in it. */
struct bench_trend {
	const struct history_series *series;
	enum bench_metric metric;
	size_t *point;			/* the points of the series that have a figure */
	double *value;			/* their figures */
	size_t nr;
	struct level_change *change;
	const char **ack;		/* for each change the reason, or NULL */
	size_t nr_changes;
};

struct bench_page {
	const struct bench_run *run;			/* or NULL */
	const struct bench_comparison *comparison;	/* or NULL; of @a and @b */
	const struct bench_run *a, *b;
	const struct bench_compare_options *opt;
	const struct bench_trend *trend;		/* @nr_trends, or 0 */
	size_t nr_trends;
};

/*
 * bench_page_write - one file, no network, all figures readable without JavaScript
 *
 * Replaces @path in one step. Returns 0, or -1 with a line in @err.
 */
int bench_page_write(const struct bench_page *page, const char *path, char *err, size_t size);

/* bench_charts.c: what is to be drawn, as an array of chart descriptions for bench.js. */
json_t *bench_charts_of_run(const struct bench_run *run);
json_t *bench_chart_of_trend(const struct bench_trend *t, size_t nr);

#endif
