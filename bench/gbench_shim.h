/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Google Benchmark from C. The only C++ of the project is behind this header.
 *
 *	static void pread_bar(struct bench *b)
 *	{
 *		while (bench_loop(b))
 *			...;
 *		bench_set_items(b, 1);
 *	}
 *
 *	int main(int argc, char **argv)
 *	{
 *		bench_register("pread_bar", pread_bar, NULL, 0);
 *		return bench_main(argc, argv);
 *	}
 *
 * The options of the program are Google Benchmark's own (--benchmark_filter,
 * --benchmark_format=json, ...).
 */
#ifndef GBENCH_SHIM_H
#define GBENCH_SHIM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bench;
typedef void bench_fn(struct bench *b);

/*
 * bench_register - add a benchmark
 * @args: one run for each of these @nr_args values, which bench_arg() tells;
 *        NULL and 0 for a single run
 */
void bench_register(const char *name, bench_fn *fn, const int64_t *args, int nr_args);

/* True as long as another iteration is to be timed. */
bool bench_loop(struct bench *b);
int64_t bench_arg(const struct bench *b);
/* Work of one iteration, for the rates in the output. */
void bench_set_bytes(struct bench *b, int64_t per_iteration);
void bench_set_items(struct bench *b, int64_t per_iteration);
/* A column of its own in the output. */
void bench_counter(struct bench *b, const char *name, double value);
/* Stop the clock around what is not to be timed. */
void bench_pause(struct bench *b);
void bench_resume(struct bench *b);
/* End this run without a figure, for the reason given; return from the function then. */
void bench_skip(struct bench *b, const char *reason);

/* Keep the compiler from removing the computation of what @p points to. */
static inline void bench_keep(const void *p)
{
	__asm__ volatile("" : : "r"(p) : "memory");
}

/* Run what was registered. Returns an exit status: 0, or 1 for a bad option. */
int bench_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
