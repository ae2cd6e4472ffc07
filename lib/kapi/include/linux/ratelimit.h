/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_RATELIMIT_H
#define _LINUX_RATELIMIT_H

#include <linux/types.h>

/* At most @burst passes per @interval_ms milliseconds. */
struct ratelimit_state {
	int interval_ms;
	int burst;
	int printed;
	s64 begin_ms;
};

#define DEFAULT_RATELIMIT_INTERVAL	5000
#define DEFAULT_RATELIMIT_BURST		10
#define RATELIMIT_STATE_INIT(name, ms, b) { .interval_ms = (ms), .burst = (b) }
#define DEFINE_RATELIMIT_STATE(name, ms, b) \
	struct ratelimit_state name = RATELIMIT_STATE_INIT(name, ms, b)

/* Nonzero: go on. Callers that race may pass a few times more. */
int kapi_ratelimit(struct ratelimit_state *rs);
#define __ratelimit(rs) kapi_ratelimit(rs)

#endif
