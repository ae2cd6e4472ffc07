/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H

/* Nanoseconds, signed 64 bit. ktime_get() counts from boot, _real from 1970. */
#include <linux/jiffies.h>
#include <linux/time64.h>
#include <linux/types.h>

#define KTIME_MAX ((s64)~((u64)1 << 63))

ktime_t ktime_get(void);
ktime_t ktime_get_real(void);
#define ktime_get_ns()		((u64)ktime_get())
#define ktime_get_real_ns()	((u64)ktime_get_real())
#define ktime_get_boottime()	ktime_get()
#define ktime_get_boottime_ns()	((u64)ktime_get())
#define ktime_get_raw_ns()	((u64)ktime_get())
#define ktime_get_seconds()	((time64_t)(ktime_get() / NSEC_PER_SEC))
#define ktime_get_real_seconds() ((time64_t)(ktime_get_real() / NSEC_PER_SEC))

#define ktime_set(s, ns)	((s64)(s) * NSEC_PER_SEC + (s64)(ns))
#define ns_to_ktime(ns)		((ktime_t)(ns))
#define ms_to_ktime(ms)		((ktime_t)(ms) * NSEC_PER_MSEC)
#define us_to_ktime(us)		((ktime_t)(us) * NSEC_PER_USEC)
#define ktime_to_ns(kt)		((s64)(kt))
#define ktime_to_us(kt)		((kt) / NSEC_PER_USEC)
#define ktime_to_ms(kt)		((kt) / NSEC_PER_MSEC)
#define ktime_add(a, b)		((a) + (b))
#define ktime_sub(a, b)		((a) - (b))
#define ktime_add_ns(kt, ns)	((kt) + (s64)(ns))
#define ktime_add_us(kt, us)	((kt) + (s64)(us) * NSEC_PER_USEC)
#define ktime_add_ms(kt, ms)	((kt) + (s64)(ms) * NSEC_PER_MSEC)
#define ktime_us_delta(a, b)	ktime_to_us((a) - (b))
#define ktime_ms_delta(a, b)	ktime_to_ms((a) - (b))
#define ktime_before(a, b)	((a) < (b))
#define ktime_after(a, b)	((a) > (b))
#define ktime_compare(a, b)	((a) < (b) ? -1 : (a) > (b))

#endif
