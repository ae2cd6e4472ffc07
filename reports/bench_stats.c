// SPDX-License-Identifier: GPL-2.0-only
#include "bench_stats.h"
#include "results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median_of_sorted(const double *x, size_t n)
{
	if (!n)
		return NAN;
	return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

double stat_median(const double *x, size_t n)
{
	double *sorted = grow(NULL, n + 1, sizeof(*sorted)), m;

	if (n)
		memcpy(sorted, x, n * sizeof(*x));
	qsort(sorted, n, sizeof(*sorted), by_value);
	m = median_of_sorted(sorted, n);
	free(sorted);
	return m;
}

double stat_cv(const double *x, size_t n)
{
	double mean = 0, var = 0;

	if (n < 2)
		return 0;
	for (size_t i = 0; i < n; i++)
		mean += x[i] / n;
	for (size_t i = 0; i < n; i++)
		var += (x[i] - mean) * (x[i] - mean) / (n - 1);
	return mean ? sqrt(var) / mean : 0;
}

struct ranked {
	double value;
	bool is_b;
	int rank2;	/* twice the midrank, so that it is an integer */
};

static int by_ranked_value(const void *a, const void *b)
{
	double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;

	return (x > y) - (x < y);
}

/* Ranks all values; returns the sum of t^3 - t over groups of t ties. */
static double rank_all(struct ranked *r, size_t n)
{
	double ties = 0;

	qsort(r, n, sizeof(*r), by_ranked_value);
	for (size_t i = 0, end; i < n; i = end) {
		double t;

		for (end = i; end < n && r[end].value == r[i].value; end++)
			;
		t = end - i;
		ties += t * t * t - t;
		for (size_t j = i; j < end; j++)
			r[j].rank2 = i + 1 + end;
	}
	return ties;
}

/*
 * ways[s]: in how many ways can @k of the @n doubled ranks sum up to s. One rank
 * after the other is taken or left (Streitberg and Roehmel's shift algorithm).
 */
static double *rank_sums(const int *rank2, size_t n, size_t k, size_t *size)
{
	size_t total = 0, row;
	double *ways;

	for (size_t i = 0; i < n; i++)
		total += rank2[i];
	row = total + 1;
	ways = grow(NULL, (k + 1) * row, sizeof(*ways));
	memset(ways, 0, (k + 1) * row * sizeof(*ways));
	ways[0] = 1;
	for (size_t i = 0; i < n; i++)
		for (size_t taken = i + 1 < k ? i + 1 : k; taken > 0; taken--) {
			double *to = ways + taken * row, *from = to - row;

			for (size_t s = rank2[i]; s < row; s++)
				to[s] += from[s - rank2[i]];
		}
	memmove(ways, ways + k * row, row * sizeof(*ways));
	*size = row;
	return ways;
}

static double exact_p(const struct ranked *r, size_t n, size_t nb, size_t sum2)
{
	int *rank2 = grow(NULL, n, sizeof(*rank2));
	double below = 0, above = 0, all = 0, *ways, tail;
	size_t size;

	for (size_t i = 0; i < n; i++)
		rank2[i] = r[i].rank2;
	ways = rank_sums(rank2, n, nb, &size);
	for (size_t s = 0; s < size; s++) {
		all += ways[s];
		if (s <= sum2)
			below += ways[s];
		if (s >= sum2)
			above += ways[s];
	}
	free(ways);
	free(rank2);
	tail = below < above ? below : above;
	return fmin(1, 2 * tail / all);
}

static double normal_upper(double z)
{
	return erfc(z / sqrt(2)) / 2;
}

struct mwu mann_whitney(const double *a, size_t na, const double *b, size_t nb)
{
	size_t n = na + nb, sum2 = 0;
	struct ranked *r = grow(NULL, n, sizeof(*r));
	struct mwu m = { 0 };
	double ties;

	for (size_t i = 0; i < n; i++)
		r[i] = (struct ranked){ i < na ? a[i] : b[i - na], i >= na, 0 };
	ties = rank_all(r, n);
	for (size_t i = 0; i < n; i++)
		if (r[i].is_b)
			sum2 += r[i].rank2;
	m.u = sum2 / 2.0 - nb * (nb + 1) / 2.0;
	m.a12 = m.u / ((double)na * nb);
	m.delta = 2 * m.a12 - 1;
	m.exact = n <= MWU_EXACT_MAX;
	if (m.exact) {
		m.p = exact_p(r, n, nb, sum2);
	} else {
		double mean = na * (double)nb / 2;
		double var = na * (double)nb / 12 * (n + 1 - ties / ((double)n * (n - 1)));
		double z = fmax(0, fabs(m.u - mean) - 0.5);

		m.p = var > 0 ? fmin(1, 2 * normal_upper(z / sqrt(var))) : 1;
	}
	free(r);
	return m;
}

double mwu_cdf(double u, size_t na, size_t nb)
{
	size_t n = na + nb, size, base = nb * (nb + 1);
	int *rank2 = grow(NULL, n, sizeof(*rank2));
	double below = 0, all = 0, *ways;

	for (size_t i = 0; i < n; i++)
		rank2[i] = 2 * (i + 1);
	ways = rank_sums(rank2, n, nb, &size);
	for (size_t s = 0; s < size; s++) {
		all += ways[s];
		if (s <= base + 2 * u)
			below += ways[s];
	}
	free(ways);
	free(rank2);
	return below / all;
}

/* How many of the smallest and largest quotients the interval leaves out. */
static size_t left_out(size_t na, size_t nb, double tail)
{
	double mean = na * (double)nb / 2, sd = sqrt(na * (double)nb * (na + nb + 1) / 12), z = 0;
	size_t k = 0;

	if (na + nb <= MWU_EXACT_MAX) {
		while (k < na * nb / 2 && mwu_cdf(k, na, nb) <= tail)
			k++;
		return k;
	}
	/* The quantile of the normal distribution, by bisection. */
	for (double low = 0, high = 10; high - low > 1e-9;) {
		z = (low + high) / 2;
		if (normal_upper(z) > tail)
			low = z;
		else
			high = z;
	}
	return fmax(0, floor(mean - z * sd));
}

struct shift hodges_lehmann(const double *a, size_t na, const double *b, size_t nb,
			    double confidence)
{
	static size_t last_na, last_nb, last_k;
	static double last_confidence;
	double *q = grow(NULL, na * nb, sizeof(*q));
	struct shift s;

	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			q[i * nb + j] = log(b[j]) - log(a[i]);
	qsort(q, na * nb, sizeof(*q), by_value);
	/* It depends on the sizes alone, which are the same for a whole table. */
	if (na != last_na || nb != last_nb || confidence != last_confidence) {
		last_k = left_out(na, nb, (1 - confidence) / 2);
		last_na = na;
		last_nb = nb;
		last_confidence = confidence;
	}
	s.ratio = exp(median_of_sorted(q, na * nb));
	/* With too few values no interval reaches the confidence: it is unbounded. */
	s.low = last_k ? exp(q[last_k - 1]) : 0;
	s.high = last_k ? exp(q[na * nb - last_k]) : INFINITY;
	free(q);
	return s;
}

struct order {
	double p;
	size_t at;
};

static int by_p(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	return x->p != y->p ? (x->p > y->p) - (x->p < y->p) : (x->at > y->at) - (x->at < y->at);
}

static struct order *ordered(const double *p, size_t n)
{
	struct order *o = grow(NULL, n + 1, sizeof(*o));

	for (size_t i = 0; i < n; i++)
		o[i] = (struct order){ p[i], i };
	qsort(o, n, sizeof(*o), by_p);
	return o;
}

void adjust_holm(double *p, size_t n)
{
	struct order *o = ordered(p, n);
	double least = 0;

	for (size_t i = 0; i < n; i++) {
		least = fmax(least, fmin(1, (n - i) * o[i].p));
		p[o[i].at] = least;
	}
	free(o);
}

void adjust_benjamini_hochberg(double *p, size_t n)
{
	struct order *o = ordered(p, n);
	double most = 1;

	for (size_t i = n; i-- > 0;) {
		most = fmin(most, o[i].p * n / (i + 1));
		p[o[i].at] = most;
	}
	free(o);
}

uint64_t stat_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}
