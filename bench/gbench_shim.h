/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Google Benchmark from C. The only C++ of the project is behind this header.
 *
 *	static void pread_id(struct bench *b)
 *	{
 *		bench_floor(b, &floor_getppid, NULL, 1);
 *		while (bench_loop(b))
 *			...;
 *		bench_set_items(b, 1);
 *	}
 *	...
 *	bench_register("region_read", pread_id, NULL);
 *
 * How it measures. The iterations of a run are cut into slices of about a tenth
 * of a millisecond. Behind each slice stands one of the floor: the least that
 * could have been done, such as a memcpy of the same bytes. Both see the same
 * state of the machine, so their quotient is steadier than either. A pair does
 * not count when another process got the processor in it, when a probe before and
 * behind the operation finds the processor slower than it can be, or among the
 * first, which warm up; a run goes on for a while when few count. If fewer than eight
 * do, all are taken; "pairs" tells. The output has, in Google Benchmark's own schema:
 *	real_time		of an iteration, without floor and pauses: the mean of the middle
 *				half of the slices, so that what rarely happens is not in it
 *	cpu_time		likewise, with the pauses and all slices
 *	iterations		in the slices that count
 *	label			name of the floor
 *	floor			nanoseconds of what an iteration is compared with
 *	ratio			of an iteration to that
 *	pairs			that counted
 *	instructions		of an iteration, without pauses, where the processor counts them
 *
 * When callgrind runs the program (counter.h) it counts instructions and has no time:
 * those are 0, and there are no other figures.
 */
#ifndef GBENCH_SHIM_H
#define GBENCH_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bench {
	int64_t left;		/* iterations of this slice, the current one included */
};

typedef void bench_fn(struct bench *b);
struct bench_entry;

/*
 * bench_register - add a benchmark
 * @ctx: what bench_ctx() returns in it
 * Its arguments are added behind it. With none it runs once, with several lists
 * for each of their combinations.
 */
struct bench_entry *bench_register(const char *name, bench_fn *fn, const void *ctx);
/* One more argument: bench_arg() tells its value, the output shows "name:value". */
void bench_arg_list(struct bench_entry *entry, const char *name, const int64_t *values, int n);
#define BENCH_ARGS(entry, name, ...)							\
	bench_arg_list(entry, name, (const int64_t[]){ __VA_ARGS__ },			\
		       sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

const void *bench_ctx(const struct bench *b);
int64_t bench_arg(const struct bench *b, int index);

/* @n times the work of the floor; @ctx as given to bench_floor(). */
struct bench_floor {
	const char *name;
	void (*run)(void *ctx, int64_t n);
	void (*ready)(void *ctx);	/* before each slice, not timed; or NULL */
};

/*
 * bench_floor - what to compare with; before the loop
 * @per_iteration: how often the floor's work stands against one iteration
 */
void bench_floor(struct bench *b, const struct bench_floor *floor, void *ctx,
		 double per_iteration);

/* Used by the functions below: ends a slice and starts the next, if there is one. */
bool bench_slice(struct bench *b);

/* True as long as another iteration is to be timed. */
static inline bool bench_loop(struct bench *b)
{
	return --b->left > 0 || bench_slice(b);
}

/* Likewise for several at once: how many, at most @max; 0 at the end. */
int64_t bench_batch(struct bench *b, int64_t max);

/* Stop the clock around what is not to be timed. */
void bench_pause(struct bench *b);
void bench_resume(struct bench *b);
/* The time of the iterations since the last call, as another clock measured it. */
void bench_manual_ns(struct bench *b, uint64_t ns);

/* Work of one iteration, for the rates in the output; behind the loop. */
void bench_set_bytes(struct bench *b, int64_t per_iteration);
void bench_set_items(struct bench *b, int64_t per_iteration);
/* A column of its own in the output. */
void bench_counter(struct bench *b, const char *name, double value);

/*
 * End this run without a figure. bench_skip(): this cannot be had here, for the
 * reason given. bench_fail(): something is broken, and bench_main() will not
 * return 0. The loop ends; return from the function then.
 */
void bench_skip(struct bench *b, const char *reason);
void bench_fail(struct bench *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Keep the compiler from removing the computation of what @p points to. */
static inline void bench_keep(const void *p)
{
	__asm__ volatile("" : : "r"(p) : "memory");
}

/* Callgrind counts this run. */
bool bench_is_counted(void);
/* A line of the output's context. */
void bench_context(const char *key, const char *value);

/*
 * bench_main - run what was registered
 * @init: called when the options are known and a run will follow; registers
 *        context, may be NULL
 * The options are Google Benchmark's own and
 *	--quick		one short repetition in place of nine
 *	--cpu=N		stay on this processor (default: the last one allowed); -1: on none
 * Returns an exit status: 0, 1: a benchmark failed, 2: a bad option.
 */
int bench_main(int argc, char **argv, void (*init)(void));

#ifdef __cplusplus
}
#endif

#endif
