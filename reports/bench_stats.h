/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The statistics behind `bench compare`. All of them are rank methods: times of a
 * shared machine have long tails, of which a mean would make regressions.
 */
#ifndef REPORTS_BENCH_STATS_H
#define REPORTS_BENCH_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Up to this many values on both sides together the distribution of U is exact. */
#define MWU_EXACT_MAX	50

double stat_median(const double *x, size_t n);
/* Coefficient of variation: standard deviation (n - 1) over mean; 0 for n < 2. */
double stat_cv(const double *x, size_t n);

/* What the U test of Mann and Whitney (1947) says of two samples. */
struct mwu {
	double u;	/* pairs in which b is larger than a; a tie counts half */
	double p;	/* two-sided */
	double a12;	/* Vargha and Delaney (2000): P(b > a) + P(b = a) / 2 */
	double delta;	/* Cliff (1993): P(b > a) - P(b < a) */
	bool exact;
};

/*
 * mann_whitney - do @a and @b come from the same distribution?
 *
 * Exact up to MWU_EXACT_MAX values, ties included: the distribution of the sum
 * of the midranks that these values have, over all ways to deal them out. Beyond,
 * the normal approximation with corrections for ties and for continuity. The
 * two-sided p is twice the smaller tail, at most 1. @na, @nb > 0.
 */
struct mwu mann_whitney(const double *a, size_t na, const double *b, size_t nb);

/* P(U <= u) for samples of @na and @nb values without ties. */
double mwu_cdf(double u, size_t na, size_t nb);

/* By what factor b is larger than a. */
struct shift {
	double ratio, low, high;
};

/*
 * hodges_lehmann - the ratio of @b to @a with its confidence interval
 *
 * Hodges and Lehmann (1963) on the logarithms: the median of all quotients b/a,
 * and the quotients of those ranks that the distribution of U gives for
 * @confidence (0.95). All values > 0.
 */
struct shift hodges_lehmann(const double *a, size_t na, const double *b, size_t nb,
			    double confidence);

/*
 * Adjust @n p-values in place for being tested together. Holm (1979) bounds the
 * chance of any false alarm; Benjamini and Hochberg (1995) the expected share of
 * false ones among the alarms (and the chance of any where there is no change at
 * all), and misses less.
 */
void adjust_holm(double *p, size_t n);
void adjust_benjamini_hochberg(double *p, size_t n);

/* SplitMix64: the same numbers for the same seed, on every machine. */
uint64_t stat_random(uint64_t *state);

#endif
