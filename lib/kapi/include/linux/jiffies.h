/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

/* Time in ticks: milliseconds of CLOCK_MONOTONIC. */
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/types.h>

#define HZ	1000
#define TICK_NSEC 1000000L
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)

unsigned long kapi_jiffies(void);
#define jiffies	kapi_jiffies()
#define get_jiffies_64() ((u64)kapi_jiffies())

#define time_after(a, b)	((long)((b) - (a)) < 0)
#define time_before(a, b)	time_after(b, a)
#define time_after_eq(a, b)	((long)((a) - (b)) >= 0)
#define time_before_eq(a, b)	time_after_eq(b, a)
#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a) time_before(jiffies, a)

static inline unsigned int jiffies_to_msecs(unsigned long j)
{
	return j;
}

static inline unsigned int jiffies_to_usecs(unsigned long j)
{
	return j * 1000;
}

static inline u64 jiffies_to_nsecs(unsigned long j)
{
	return (u64)j * TICK_NSEC;
}

/* All round up; a value with the sign of an int set means for ever. */
static inline unsigned long msecs_to_jiffies(unsigned int m)
{
	return (int)m < 0 ? MAX_JIFFY_OFFSET : m;
}

static inline unsigned long usecs_to_jiffies(unsigned int u)
{
	return ((unsigned long)u + 999) / 1000;
}

static inline unsigned long nsecs_to_jiffies(u64 n)
{
	return n / TICK_NSEC;
}

#endif
