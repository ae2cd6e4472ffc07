/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a series of figures changed its level, and which changes are known. */
#ifndef REPORTS_BENCH_TREND_H
#define REPORTS_BENCH_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct divisive_options {
	size_t min_size;	/* least values between two changes, >= 2 */
	int permutations;	/* of the test of each change */
	double level;		/* a change with a larger p is none */
	uint64_t seed;
};

/*
 * e_divisive - change points by E-divisive (Matteson and James 2014)
 * @at:  array for up to @n indices; gets the first index of each new level, in order
 *
 * Hierarchical: the split of largest energy statistic Q (exponent 1) among all
 * segments, tested by permuting within segments, until one is not significant.
 * Makes no assumption on the distribution. Same input and seed, same result.
 * Returns the number of change points. O(n^2) a permutation.
 */
size_t e_divisive(const double *x, size_t n, const struct divisive_options *opt, size_t *at);

/*
 * The energy statistic of the best split of @x, for tests: max over tau, kappa of
 * Q(x[0..tau), x[tau..kappa)). *@tau gets the split, 0 if there is none.
 */
double e_divisive_best(const double *x, size_t n, size_t min_size, size_t *tau);

/* One change of level in one benchmark's history. */
struct level_change {
	size_t at;		/* the first value of the new level */
	double before, after;	/* medians of the two levels */
	bool slower;		/* after > before * (1 + threshold) */
	bool recovered;		/* a later level is back within the threshold */
};

/* e_divisive() with levels. Changes within @threshold (0.03) are left out. */
size_t level_changes(const double *x, size_t n, const struct divisive_options *opt,
		     double threshold, struct level_change *out);

/* Changes that somebody looked at and accepts: lines `BENCHMARK-GLOB COMMIT reason`. */
struct acks {
	struct ack {
		char *glob, *commit, *reason;
	} *ack;
	size_t nr;
};

/* Returns 0, or -1 with a line in @err. */
int acks_load(struct acks *acks, const char *path, char *err, size_t size);
/* The reason given for a change of @benchmark that came with @commit, or NULL. */
const char *acks_find(const struct acks *acks, const char *benchmark, const char *commit);
void acks_free(struct acks *acks);

#endif
