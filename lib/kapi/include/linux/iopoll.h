/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_IOPOLL_H
#define _LINUX_IOPOLL_H

/* Waiting for a register. */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/ktime.h>

/*
 * Set @val to op(args) until @cond holds, sleeping @sleep_us between; once more
 * when @timeout_us have passed (0: never). 0 or -ETIMEDOUT.
 */
#define read_poll_timeout(op, val, cond, sleep_us, timeout_us, sleep_before_read, args...) \
({ \
	u64 __timeout_us = (timeout_us); \
	unsigned long __sleep_us = (sleep_us); \
	ktime_t __end = ktime_add_us(ktime_get(), __timeout_us); \
	bool __late; \
	if ((sleep_before_read) && __sleep_us) \
		usleep_range((__sleep_us >> 2) + 1, __sleep_us); \
	for (;;) { \
		__late = __timeout_us && ktime_compare(ktime_get(), __end) > 0; \
		(val) = op(args); \
		if ((cond) || __late) \
			break; \
		if (__sleep_us) \
			usleep_range((__sleep_us >> 2) + 1, __sleep_us); \
	} \
	(cond) ? 0 : -ETIMEDOUT; \
})

#define readx_poll_timeout(op, addr, val, cond, sleep_us, timeout_us) \
	read_poll_timeout(op, val, cond, sleep_us, timeout_us, false, addr)
#define readb_poll_timeout(addr, val, cond, sleep_us, timeout_us) \
	readx_poll_timeout(readb, addr, val, cond, sleep_us, timeout_us)
#define readw_poll_timeout(addr, val, cond, sleep_us, timeout_us) \
	readx_poll_timeout(readw, addr, val, cond, sleep_us, timeout_us)
#define readl_poll_timeout(addr, val, cond, sleep_us, timeout_us) \
	readx_poll_timeout(readl, addr, val, cond, sleep_us, timeout_us)
#define readq_poll_timeout(addr, val, cond, sleep_us, timeout_us) \
	readx_poll_timeout(readq, addr, val, cond, sleep_us, timeout_us)

/* Nothing is reordered across an access here. */
#define readl_relaxed_poll_timeout(addr, val, cond, sleep_us, timeout_us) \
	readl_poll_timeout(addr, val, cond, sleep_us, timeout_us)
#define readq_relaxed_poll_timeout(addr, val, cond, sleep_us, timeout_us) \
	readq_poll_timeout(addr, val, cond, sleep_us, timeout_us)

#endif
