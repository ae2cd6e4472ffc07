/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that this thread executes: a second measure, which load does not
 * disturb. Either the processor counts them (perf), in user space and, where the
 * system lets us see it, in the kernel. Or callgrind does, in which we run then:
 * in user space alone, but the same number each time. It does not count what other
 * threads and signal handlers do for this one.
 */
#ifndef BENCH_COUNTER_H
#define BENCH_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where callgrind puts its counts: the environment's name for its --callgrind-out-file. */
#define COUNTER_CALLGRIND_OUT "BENCH_CALLGRIND_OUT"

void counter_open(void);
bool counter_available(void);
/* Callgrind counts; times say nothing then. */
bool counter_exact(void);
/* Who counts, or why nobody does, in one line. */
const char *counter_text(void);
/* What is between them is counted. A stop without a start is none. */
void counter_start(void);
void counter_stop(void);
/* Stop; what was counted since the last call, 0 where nobody counts. */
int64_t counter_take(void);

#ifdef __cplusplus
}
#endif

#endif
