/* SPDX-License-Identifier: GPL-2.0-only */
/* Is B slower than A, benchmark by benchmark? */
#ifndef REPORTS_BENCH_COMPARE_H
#define REPORTS_BENCH_COMPARE_H

#include "bench_run.h"
#include "bench_stats.h"

#define BENCH_LEAST_REPETITIONS	9
/*
 * Processor time for what keeps the processor busy on both sides: on a machine
 * with other users it is many times steadier than the time, but knows nothing of
 * waiting. The time for all else, and where the program takes the time itself.
 */
#define BENCH_AUTO		BENCH_METRICS
/*
 * Instructions that were counted less often than that are of callgrind, which has the
 * same number each time: there is no chance to be tested for. With BENCH_AUTO they are
 * compared, too.
 */

enum bench_change { BENCH_SLOWER, BENCH_FASTER, BENCH_SAME };

struct bench_difference {
	const char *name;
	enum bench_metric metric;
	size_t na, nb;
	double a, b;		/* medians */
	struct shift shift;	/* b to a */
	bool exact;		/* one number on each side: no test, and no interval */
	struct mwu test;
	double p;		/* adjusted for all that was compared */
	enum bench_change change;
};

struct bench_compare_options {
	enum bench_metric metric;	/* or BENCH_AUTO */
	double threshold;	/* 0.03: a smaller change is none */
	double exact_threshold;	/* 0.01: likewise, where there is no chance in it */
	double level;		/* 0.05: of the adjusted p */
	bool holm;		/* else Benjamini and Hochberg */
};

struct bench_comparison {
	struct bench_difference *d;	/* slower ones first, the worst at the top */
	size_t nr, slower, faster;
	size_t one_sided;		/* benchmarks that only one of them has figures of */
	size_t too_few;			/* with too few repetitions on a side */
};

/*
 * bench_compare - compare two runs
 *
 * A benchmark is slower (faster) if the test says at @level that it changed, and
 * the Hodges-Lehmann ratio lies beyond the threshold; or if it is exact, and the ratio
 * lies beyond that threshold. Returns 0, or -1 with a
 * line in @err: all have too few repetitions, nothing in common, no such metric.
 */
int bench_compare(const struct bench_run *a, const struct bench_run *b,
		  const struct bench_compare_options *opt, struct bench_comparison *out, char *err,
		  size_t size);
void bench_comparison_free(struct bench_comparison *c);

#endif
