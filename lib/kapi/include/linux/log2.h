/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_LOG2_H
#define _LINUX_LOG2_H

#include <linux/bitops.h>

/* ilog2() of 0 is undefined; of a constant it is a constant. */
#define ilog2(n) \
	(__builtin_constant_p(n) ? ((n) < 2 ? 0 : 63 - __builtin_clzll((u64)(n) | 1)) : \
	 63 - __builtin_clzll((u64)(n)))
#define is_power_of_2(n)	((n) != 0 && (((n) & ((n) - 1)) == 0))
#define __kapi_rup2(n)		((n) <= 1 ? 1UL : 1UL << (64 - __builtin_clzll(((u64)(n) - 1) | 1)))
#define roundup_pow_of_two(n)	__kapi_rup2((unsigned long)(n))
#define rounddown_pow_of_two(n)	(1UL << ilog2((unsigned long)(n)))
#define order_base_2(n)		((n) > 1 ? ilog2((unsigned long)(n) - 1) + 1 : 0)
#define bits_per(n)		((n) < 2 ? 1 : ilog2(n) + 1)

#endif
