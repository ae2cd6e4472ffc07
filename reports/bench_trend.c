// SPDX-License-Identifier: GPL-2.0-only
#include "bench_trend.h"
#include "bench_stats.h"
#include "results.h"

#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * All sums of |x[i] - x[j]| that a split needs come from @sum, the prefix sums of
 * the distance matrix: row i, column j has the sum over the rectangle above it.
 */
static double block(const double *sum, size_t w, size_t i0, size_t i1, size_t j0, size_t j1)
{
	return sum[i1 * w + j1] - sum[i0 * w + j1] - sum[i1 * w + j0] + sum[i0 * w + j0];
}

/* Best split of x[0..n); @sum has room for (n + 1)^2. */
static double best_split(const double *x, size_t n, size_t min, double *sum, size_t *at)
{
	size_t w = n + 1;
	double best = -1;

	*at = 0;
	if (n < 2 * min)
		return best;
	memset(sum, 0, w * sizeof(*sum));
	for (size_t i = 0; i < n; i++) {
		double row = 0;

		sum[(i + 1) * w] = 0;
		for (size_t j = 0; j < n; j++) {
			row += fabs(x[i] - x[j]);
			sum[(i + 1) * w + j + 1] = sum[i * w + j + 1] + row;
		}
	}
	for (size_t tau = min; tau + min <= n; tau++) {
		double left = block(sum, w, 0, tau, 0, tau), l = tau;

		for (size_t kappa = tau + min; kappa <= n; kappa++) {
			double r = kappa - tau;
			double between = 2 / (l * r) * block(sum, w, 0, tau, tau, kappa);
			double inside = left / (l * (l - 1)) +
					block(sum, w, tau, kappa, tau, kappa) / (r * (r - 1));
			double q = l * r / (l + r) * (between - inside);

			if (q > best) {
				best = q;
				*at = tau;
			}
		}
	}
	return best;
}

double e_divisive_best(const double *x, size_t n, size_t min_size, size_t *tau)
{
	double *sum = grow(NULL, (n + 1) * (n + 1), sizeof(*sum)), q;

	q = best_split(x, n, min_size, sum, tau);
	free(sum);
	return q;
}

/* Segments: bounds[0] = 0 < ... < bounds[nr] = n. */
static double best_of_all(const double *x, const size_t *bounds, size_t nr, size_t min,
			  double *sum, size_t *at)
{
	double best = -1;

	*at = 0;
	for (size_t i = 0; i < nr; i++) {
		size_t tau;
		double q = best_split(x + bounds[i], bounds[i + 1] - bounds[i], min, sum, &tau);

		if (tau && q > best) {
			best = q;
			*at = bounds[i] + tau;
		}
	}
	return best;
}

static void shuffle(double *x, size_t n, uint64_t *seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = stat_random(seed) % i;
		double t = x[i - 1];

		x[i - 1] = x[j];
		x[j] = t;
	}
}

static bool significant(const double *x, const size_t *bounds, size_t nr, double q,
			const struct divisive_options *opt, uint64_t *seed, double *copy, double *sum)
{
	int as_large = 1, all = opt->permutations + 1;
	size_t at;

	for (int i = 0; i < opt->permutations; i++) {
		memcpy(copy, x, bounds[nr] * sizeof(*x));
		for (size_t s = 0; s < nr; s++)
			shuffle(copy + bounds[s], bounds[s + 1] - bounds[s], seed);
		/* Rounding must not make a permutation that changes nothing a smaller one. */
		as_large += best_of_all(copy, bounds, nr, opt->min_size, sum, &at) >=
			    q * (1 - 1e-9);
		if (as_large > opt->level * all)
			return false;
	}
	return true;
}

size_t e_divisive(const double *x, size_t n, const struct divisive_options *opt, size_t *at)
{
	double *sum = grow(NULL, (n + 1) * (n + 1), sizeof(*sum));
	double *copy = grow(NULL, n + 1, sizeof(*copy));
	size_t *bounds = grow(NULL, n + 2, sizeof(*bounds)), nr = 1, new;
	uint64_t seed = opt->seed;

	bounds[0] = 0;
	bounds[1] = n;
	for (;;) {
		double q = best_of_all(x, bounds, nr, opt->min_size, sum, &new);
		size_t i;

		if (!new || q <= 0 || !significant(x, bounds, nr, q, opt, &seed, copy, sum))
			break;
		for (i = nr; bounds[i] > new; i--)
			bounds[i + 1] = bounds[i];
		bounds[i + 1] = new;
		nr++;
	}
	memcpy(at, bounds + 1, (nr - 1) * sizeof(*at));
	free(bounds);
	free(copy);
	free(sum);
	return nr - 1;
}

size_t level_changes(const double *x, size_t n, const struct divisive_options *opt,
		     double threshold, struct level_change *out)
{
	size_t *at = grow(NULL, n + 2, sizeof(*at)), nr = e_divisive(x, n, opt, at), kept = 0;
	double *level = grow(NULL, nr + 1, sizeof(*level));

	for (size_t i = 0; i <= nr; i++) {
		size_t from = i ? at[i - 1] : 0;

		level[i] = stat_median(x + from, (i < nr ? at[i] : n) - from);
	}
	for (size_t i = 0; i < nr; i++) {
		struct level_change c = { at[i], level[i], level[i + 1], false, false };

		if (c.after <= c.before * (1 + threshold) && c.before <= c.after * (1 + threshold))
			continue;
		c.slower = c.after > c.before;
		for (size_t j = i + 2; c.slower && j <= nr; j++)
			c.recovered |= level[j] <= c.before * (1 + threshold);
		out[kept++] = c;
	}
	free(level);
	free(at);
	return kept;
}

int acks_load(struct acks *acks, const char *path, char *err, size_t size)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	int nr = 0, ret = 0;

	if (!f) {
		snprintf(err, size, "cannot read %s: %s", path, strerror(errno));
		return -1;
	}
	while (!ret && getline(&line, &room, f) > 0) {
		char *glob, *commit, *reason, *save;

		nr++;
		line[strcspn(line, "\n")] = '\0';
		glob = strtok_r(line, " \t", &save);
		if (!glob || *glob == '#')
			continue;
		commit = strtok_r(NULL, " \t", &save);
		reason = commit ? strtok_r(NULL, "", &save) : NULL;
		if (!reason) {
			snprintf(err, size, "%s:%d: not `BENCHMARK-GLOB COMMIT reason`", path, nr);
			ret = -1;
			break;
		}
		acks->ack = grow(acks->ack, acks->nr + 1, sizeof(*acks->ack));
		acks->ack[acks->nr] = (struct ack){ 0 };
		str_set(&acks->ack[acks->nr].glob, glob);
		str_set(&acks->ack[acks->nr].commit, commit);
		str_set(&acks->ack[acks->nr++].reason, reason + strspn(reason, " \t"));
	}
	free(line);
	fclose(f);
	return ret;
}

const char *acks_find(const struct acks *acks, const char *benchmark, const char *commit)
{
	for (size_t i = 0; i < acks->nr; i++) {
		const struct ack *a = &acks->ack[i];
		size_t len = strlen(a->commit);

		/* Commits are often written short, and a glob may say "any". */
		if (!fnmatch(a->glob, benchmark, 0) &&
		    ((len >= 7 && !strncmp(a->commit, commit, len)) ||
		     !fnmatch(a->commit, commit, 0)))
			return a->reason;
	}
	return NULL;
}

void acks_free(struct acks *acks)
{
	for (size_t i = 0; i < acks->nr; i++) {
		free(acks->ack[i].glob);
		free(acks->ack[i].commit);
		free(acks->ack[i].reason);
	}
	free(acks->ack);
	*acks = (struct acks){ 0 };
}
