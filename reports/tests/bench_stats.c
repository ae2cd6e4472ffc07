// SPDX-License-Identifier: GPL-2.0-only
/* The statistics against published values and against counting by hand. */
#include "bench_stats.h"
#include "bench_trend.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int nr, failed;

static void near(double got, double want, double within, const char *what)
{
	int good = fabs(got - want) <= within;

	failed += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", ++nr, what);
	if (!good)
		printf("# got %.10g, want %.10g\n", got, want);
}

/* Mann and Whitney (1947), table I: P(U <= u). */
static void test_u_table(void)
{
	static const double m3n3[] = { .050, .100, .200, .350, .500 };
	static const double m4n4[] = { .014, .029, .057, .100, .171, .243, .343, .443, .557 };
	static const double m5n4[] = { .008, .016, .032, .056, .095, .143, .206, .278, .365, .452 };
	double worst = 0;

	for (int u = 0; u < 5; u++)
		worst = fmax(worst, fabs(mwu_cdf(u, 3, 3) - m3n3[u]));
	for (int u = 0; u < 9; u++)
		worst = fmax(worst, fabs(mwu_cdf(u, 4, 4) - m4n4[u]));
	for (int u = 0; u < 10; u++)
		worst = fmax(worst, fabs(mwu_cdf(u, 5, 4) - m5n4[u]));
	near(worst, 0, .0006, "P(U <= u) as tabled by Mann and Whitney for 3/3, 4/4, 5/4");
}

/* Two-sided critical values of U as in every statistics textbook. */
static void test_critical(void)
{
	static const struct {
		int m, n, u05, u01;
	} table[] = { { 5, 5, 2, 0 },	 { 6, 6, 5, 2 },     { 8, 8, 13, 7 },	{ 9, 9, 17, 11 },
		      { 10, 10, 23, 16 }, { 12, 9, 26, 18 }, { 15, 15, 64, 51 }, { 20, 20, 127, 105 } };
	int wrong = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int m = table[i].m, n = table[i].n;

		wrong += mwu_cdf(table[i].u05, m, n) > .025 || mwu_cdf(table[i].u05 + 1, m, n) <= .025;
		wrong += mwu_cdf(table[i].u01, m, n) > .005 || mwu_cdf(table[i].u01 + 1, m, n) <= .005;
	}
	near(wrong, 0, 0, "critical values of U at 5% and 1%, from 5/5 to 20/20");
}

/* Hollander and Wolfe (1973) p. 69: permeability of placental membranes. */
static void test_permeability(void)
{
	static const double x[] = { .80, .83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, .73, 1.46 };
	static const double y[] = { 1.15, .88, .90, .74, 1.21 };
	struct mwu m = mann_whitney(y, 5, x, 10);
	double ex[10], ey[5];
	struct shift s;

	near(m.u, 35, 0, "Hollander and Wolfe: W = 35");
	near(m.p, 2 * .1272, .0001, "Hollander and Wolfe: one-sided p .1272");
	near(m.exact, 1, 0, "... exactly");
	near(m.a12, .7, 1e-12, "A12 = U / mn");
	near(m.delta, .4, 1e-12, "Cliff's delta = 2 A12 - 1");
	for (int i = 0; i < 10; i++)
		ex[i] = exp(x[i]);
	for (int i = 0; i < 5; i++)
		ey[i] = exp(y[i]);
	s = hodges_lehmann(ey, 5, ex, 10, .95);
	near(log(s.ratio), .305, 1e-9, "Hodges-Lehmann difference .305");
	/* The 9th smallest and largest of the 50: P(U <= 8) is the last below .025. */
	near(log(s.low), -0.15, 1e-9, "lower end of the interval");
	near(log(s.high), 0.76, 1e-9, "upper end");
	near(mwu_cdf(8, 5, 10) <= .025 && mwu_cdf(9, 5, 10) > .025, 1, 0, "8 is critical for 5/10");
}

/* Sums of ranks over all ways to choose, with ties, by enumeration. */
static void test_ties(void)
{
	static const double v[] = { 1, 2, 2, 2, 3, 3, 4, 5, 5, 6 };
	static const double a[] = { 1, 2, 3, 3, 5 }, b[] = { 2, 2, 4, 5, 6 };
	double rank[10], seen = 0, below = 0, above = 0, all = 0;
	struct mwu m = mann_whitney(a, 5, b, 5);

	for (int i = 0; i < 10; i++) {
		double less = 0, same = 0;

		for (int j = 0; j < 10; j++) {
			less += v[j] < v[i];
			same += v[j] == v[i];
		}
		rank[i] = less + (same + 1) / 2;
	}
	for (int i = 0; i < 5; i++)
		for (int j = 0; j < 10; j++)
			if (v[j] == b[i]) {
				seen += rank[j];
				break;
			}
	for (int set = 0; set < 1 << 10; set++) {
		double sum = 0;

		if (__builtin_popcount(set) != 5)
			continue;
		for (int i = 0; i < 10; i++)
			sum += set >> i & 1 ? rank[i] : 0;
		all++;
		below += sum <= seen;
		above += sum >= seen;
	}
	near(m.p, fmin(1, 2 * fmin(below, above) / all), 1e-12, "with ties: as enumerated");
	near(mann_whitney(a, 5, a, 5).p, 1, 0, "a sample against itself");
	near(mann_whitney(a, 5, a, 5).delta, 0, 1e-12, "... has no effect");
	memset(rank, 0, sizeof(rank));
	near(mann_whitney(rank, 5, rank + 5, 5).p, 1, 0, "all values equal");
}

/* The example of scipy.stats.mannwhitneyu, and beyond the exact range. */
static void test_normal(void)
{
	static const double males[] = { 19, 22, 16, 29, 24 }, females[] = { 20, 11, 17, 12 };
	double a[40], b[40];
	struct mwu m = mann_whitney(females, 4, males, 5);

	near(m.u, 17, 0, "scipy's example: U1 = 17");
	near(m.p, .1111111111, 1e-9, "scipy's example: exact p .1111");
	for (int i = 0; i < 40; i++) {
		a[i] = i;
		b[i] = i + 8.5;
	}
	m = mann_whitney(a, 40, b, 40);
	near(m.exact, 0, 0, "80 values: the normal approximation");
	/* U = 1600 - 31 * 32 / 2 = 1104; z = (1104 - 800 - .5) / sqrt(1600 * 81 / 12). */
	near(m.u, 1104, 0, "U of two ladders");
	near(m.p, erfc(303.5 / sqrt(10800) / sqrt(2)), 1e-12, "its p");
	for (int i = 0; i < 40; i++)
		a[i] = b[i] = i / 10;
	b[39] = 0;
	m = mann_whitney(a, 40, b, 40);
	/* Groups of 21, 20, 20 and 19 ties, t^3 - t each. */
	near(m.p, erfc((fabs(m.u - 800) - .5) /
		       sqrt(1600. / 12 * (81 - (9240. + 2 * 7980 + 6840) / (80 * 79))) / sqrt(2)),
	     1e-12, "correction for ties");
}

/* Benjamini and Hochberg (1995) section 4.1: fifteen p-values, 3 and 4 rejected at 5%. */
static void test_multiple(void)
{
	static const double p[] = { .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
				    .0459, .3240, .4262, .5719, .6528, .7590, 1 };
	double holm[15], bh[15];
	int nh = 0, nb = 0;

	memcpy(holm, p, sizeof(p));
	memcpy(bh, p, sizeof(p));
	adjust_holm(holm, 15);
	adjust_benjamini_hochberg(bh, 15);
	for (int i = 0; i < 15; i++) {
		nh += holm[i] <= .05;
		nb += bh[i] <= .05;
	}
	near(nh, 3, 0, "Holm rejects 3 of the 15 hypotheses");
	near(nb, 4, 0, "Benjamini and Hochberg reject 4");
	near(holm[1], 14 * .0004, 1e-12, "Holm: 14 times the second");
	near(bh[3], .0095 * 15 / 4, 1e-12, "BH: 15/4 of the fourth");
	near(bh[7], .0344 * 15 / 8, 1e-12, "BH: 15/8 of the eighth");
}

/* The flow of the Nile, 1871-1970: falls in 1899 (Cobb 1978). */
static void test_nile(void)
{
	static const double nile[] = {
		1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020,
		960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840,
		874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120,
		1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865,
		845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874,
		848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170,
		912, 746, 919, 718, 714, 740 };
	struct divisive_options opt = { 10, 199, .05, 1 };
	size_t at[102];

	near(e_divisive(nile, 100, &opt, at), 1, 0, "the Nile: one change");
	near(1871 + at[0], 1899, 0, "... in 1899");
}

/* Q by its definition, without prefix sums. */
static void test_energy(void)
{
	static const double x[] = { 3, 1, 4, 1, 5, 9, 12, 16, 15, 13 };
	double best = -1, q;
	size_t where = 0, tau;

	for (int t = 2; t <= 8; t++)
		for (int k = t + 2; k <= 10; k++) {
			double xy = 0, xx = 0, yy = 0, m = t, n = k - t;

			for (int i = 0; i < k; i++)
				for (int j = 0; j < k; j++) {
					double d = fabs(x[i] - x[j]);

					if (i < t && j >= t)
						xy += d;
					else if (i < j && j < t)
						xx += d;
					else if (i < j && i >= t)
						yy += d;
				}
			q = m * n / (m + n) * (2 / (m * n) * xy - xx / (m * (m - 1) / 2) -
					       yy / (n * (n - 1) / 2));
			if (q > best) {
				best = q;
				where = t;
			}
		}
	q = e_divisive_best(x, 10, 2, &tau);
	near(q, best, 1e-9, "Q as defined");
	near(tau, where, 0, "at the same split");
}

static void test_levels(void)
{
	struct divisive_options opt = { 3, 199, .05, 1 };
	struct level_change c[64];
	uint64_t seed = 7;
	double x[48];
	size_t n, alarms = 0;

	for (int i = 0; i < 48; i++)
		x[i] = (i >= 16 && i < 32 ? 106 : 100) + stat_random(&seed) % 1000 / 1000.;
	n = level_changes(x, 48, &opt, .03, c);
	near(n, 2, 0, "up 6% and down again: two changes");
	near(c[0].at * 100 + c[1].at, 1632, 0, "where they were put");
	near(c[0].slower && c[0].recovered && !c[1].slower, 1, 0, "a slowdown that recovered");
	near(c[0].after / c[0].before, 1.06, .005, "of 6%");
	near(level_changes(x, 48, &opt, .08, c), 0, 0, "not beyond a threshold of 8%");
	near(level_changes(x, 20, &opt, .03, c), 1, 0, "seen after four figures");
	near(c[0].slower && !c[0].recovered, 1, 0, "a slowdown that stands");
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 30; i++)
			x[i] = 100 + stat_random(&seed) % 10000 / 1000.;
		alarms += level_changes(x, 30, &opt, .03, c) > 0;
	}
	near(alarms <= 9, 1, 0, "noise alone: at most 9 of 100 series have a change at 5%");
	near(level_changes(x, 2, &opt, .03, c), 0, 0, "two figures have no change");
	near(level_changes(x, 0, &opt, .03, c), 0, 0, "none have none");
}

int main(void)
{
	double odd[] = { 3, 1, 2 }, even[] = { 4, 1, 3, 2 };

	near(stat_median(odd, 3), 2, 0, "median of three");
	near(stat_median(even, 4), 2.5, 0, "median of four");
	near(stat_cv(even, 4), sqrt(5. / 3) / 2.5, 1e-12, "coefficient of variation");
	test_u_table();
	test_critical();
	test_permeability();
	test_ties();
	test_normal();
	test_multiple();
	test_energy();
	test_nile();
	test_levels();
	printf("1..%d\n", nr);
	return failed > 0;
}
