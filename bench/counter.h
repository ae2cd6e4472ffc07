/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that this thread executes, in user space and, where the system
 * lets us see it, in the kernel: a second measure, which load does not disturb.
 */
#ifndef BENCH_COUNTER_H
#define BENCH_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void counter_open(void);
bool counter_available(void);
/* Why there is none, in one line. */
const char *counter_missing(void);
/* 0 where there is none. */
int64_t counter_read(void);

#ifdef __cplusplus
}
#endif

#endif
