// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that is measured by the tests of `bench`: it takes the options of a
 * Google Benchmark program and prints that JSON, and its operation of about 1 us
 * can be made slower on purpose.
 *
 *	OP_BENCH_PERCENT=5	so many percent more work in op and in copy
 *	OP_BENCH_MODE=crash	print half and die; garbage: print no JSON
 */
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../../bench/counter.h"

#define CHUNK_MAX	(1 << 20)
#define SLICE_NS	100000
#define MAX_SLICES	4096

static double min_time = 0.1;
static long percent;

static void work(long n)
{
	unsigned long x = n;

	/* A chain: each step needs the one before, so it takes n times the same time. */
	for (long i = 0; i < n; i++)
		__asm__ volatile("imul $3, %0, %0" : "+r"(x));
}

static void op(long arg)
{
	(void)arg;
	work(1000 + 10 * percent);
}

static void lookup(long mappings)
{
	/* As a tree does: so many steps as the number has bits. */
	work(64 - __builtin_clzl(mappings));
	work(100);
}

static void copy(long chunk)
{
	static char from[CHUNK_MAX], to[CHUNK_MAX];

	memcpy(to, from, chunk);
	memcpy(to, from, chunk * percent / 100);
	__asm__ volatile("" : : "r"(to) : "memory");
}

static void floor_copy(long chunk)
{
	static char from[CHUNK_MAX], to[CHUNK_MAX];

	memcpy(to, from, chunk);
	__asm__ volatile("" : : "r"(to) : "memory");
}

static void getppid_call(long arg)
{
	(void)arg;
	syscall(SYS_getppid);
}

struct benchmark {
	const char *name;
	void (*run)(long arg);
	long arg, bytes;
	int floor;	/* index of it, -1: is one */
};

static const struct benchmark benchmarks[] = {
	{ "getppid", getppid_call, 0, 0, -1 },
	{ "memcpy/chunk:4096", floor_copy, 4096, 4096, -1 },
	{ "memcpy/chunk:65536", floor_copy, 65536, 65536, -1 },
	{ "memcpy/chunk:1048576", floor_copy, 1 << 20, 1 << 20, -1 },
	{ "op", op, 0, 0, 0 },
	{ "copy/chunk:4096", copy, 4096, 4096, 1 },
	{ "copy/chunk:65536", copy, 65536, 65536, 2 },
	{ "copy/chunk:1048576", copy, 1 << 20, 1 << 20, 3 },
	{ "lookup/mappings:1", lookup, 1, 0, 0 },
	{ "lookup/mappings:1000", lookup, 1000, 0, 0 },
	{ "lookup/mappings:1000000", lookup, 1000000, 0, 0 },
	{ "no_device", NULL, 0, 0, -1 },
};

#define NR ((int)(sizeof(benchmarks) / sizeof(benchmarks[0])))

static double now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static long preemptions(void)
{
	struct rusage u;

	getrusage(RUSAGE_THREAD, &u);
	return u.ru_nivcsw;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* As vfio_bench does: the median of short slices in which nobody else had the processor. */
static double measure(const struct benchmark *b, long *iterations, double *cpu)
{
	static double slice[MAX_SLICES];
	double end = now_ns(CLOCK_MONOTONIC) + min_time * 1e9, cpu0 = now_ns(CLOCK_THREAD_CPUTIME_ID);
	long n = 1, quiet = 0;

	*iterations = 0;
	while (quiet < MAX_SLICES && (quiet < 3 || now_ns(CLOCK_MONOTONIC) < end)) {
		long before = preemptions();
		double begin = now_ns(CLOCK_MONOTONIC), took;

		for (long i = 0; i < n; i++)
			b->run(b->arg);
		took = now_ns(CLOCK_MONOTONIC) - begin;
		*iterations += n;
		if (preemptions() != before)
			continue;
		if (took < SLICE_NS)
			n *= 2;
		else
			slice[quiet++] = took / n;
	}
	*cpu = (now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu0) / *iterations;
	qsort(slice, quiet, sizeof(*slice), by_value);
	return slice[quiet / 2];
}

/* Instructions of an iteration, behind a first one that may find things to do once. */
static double count(const struct benchmark *b)
{
	const int n = 64;

	b->run(b->arg);
	counter_start();
	for (int i = 0; i < n; i++)
		b->run(b->arg);
	return (double)counter_take() / n;
}

static void print_one(const struct benchmark *b, int index, double *times)
{
	static bool first = true;
	double cpu = 0, instructions = 0;
	long iterations = 0;

	printf("%s\n    {\n      \"name\": \"%s/manual_time\",\n      \"family_index\": %d,\n"
	       "      \"run_name\": \"%s/manual_time\",\n      \"run_type\": \"iteration\",\n"
	       "      \"repetitions\": 1,\n      \"repetition_index\": 0,\n      \"threads\": 1,\n",
	       first ? "" : ",", b->name, index, b->name);
	first = false;
	if (b->run && counter_exact())
		instructions = count(b);
	else if (b->run)
		times[index] = measure(b, &iterations, &cpu);
	else
		printf("      \"error_occurred\": true,\n"
		       "      \"error_message\": \"there is no device to measure\",\n");
	printf("      \"iterations\": %ld,\n      \"real_time\": %.10g,\n      \"cpu_time\": %.10g,\n"
	       "      \"time_unit\": \"ns\"", iterations, times[index], cpu);
	if (b->bytes && times[index] > 0)
		printf(",\n      \"bytes_per_second\": %.10g", b->bytes / times[index] * 1e9);
	if (instructions)
		printf(",\n      \"instructions\": %.10g", instructions);
	if (b->floor >= 0 && times[b->floor] > 0)
		printf(",\n      \"ratio\": %.10g,\n      \"label\": \"%s\"",
		       times[index] / times[b->floor], benchmarks[b->floor].name);
	printf("\n    }");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const char *mode = getenv("OP_BENCH_MODE"), *filter = "", *more = getenv("OP_BENCH_PERCENT");
	double times[NR] = { 0 };
	long repetitions = 1;
	bool list = false;
	regex_t re;

	for (int i = 1; i < argc; i++) {
		const char *value = strchr(argv[i], '=') ? strchr(argv[i], '=') + 1 : "";

		if (!strncmp(argv[i], "--benchmark_min_time=", 21))
			min_time = atof(value);
		else if (!strncmp(argv[i], "--benchmark_repetitions=", 24))
			repetitions = atol(value);
		else if (!strncmp(argv[i], "--benchmark_filter=", 19))
			filter = value;
		else if (!strncmp(argv[i], "--benchmark_list_tests=", 23))
			list = !strcmp(value, "true");
	}
	counter_open();
	percent = more ? atol(more) : 0;
	if (mode && !strcmp(mode, "garbage") && !list) {
		puts("Segmentation fault, or something like it");
		return 0;
	}
	if (regcomp(&re, filter, REG_EXTENDED | REG_NOSUB))
		return 1;
	if (!list)
		printf("{\n  \"context\": {\n    \"date\": \"2026-01-01T00:00:00+00:00\",\n"
		       "    \"executable\": \"op_bench\",\n    \"instructions\": \"%s\"\n  },\n"
		       "  \"benchmarks\": [", counter_text());
	for (int i = 0; i < NR; i++) {
		if (regexec(&re, benchmarks[i].name, 0, NULL, 0))
			continue;
		if (list)
			puts(benchmarks[i].name);
		for (long r = 0; r < repetitions && !list; r++)
			print_one(&benchmarks[i], i, times);
		if (mode && !strcmp(mode, "crash") && !list)
			abort();
	}
	if (!list)
		puts("\n  ]\n}");
	regfree(&re);
	return 0;
}
