/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MATH64_H
#define _LINUX_MATH64_H

#include <linux/types.h>

/* Where a long has 64 bits all of these are plain divisions. */
#define KAPI_DIV(name, type, by)				\
static inline type name(type dividend, by divisor)		\
{								\
	return dividend / divisor;				\
}
#define KAPI_DIV_REM(name, type, by)				\
static inline type name(type dividend, by divisor, by *rem)	\
{								\
	*rem = dividend % divisor;				\
	return dividend / divisor;				\
}

KAPI_DIV(div_s64, s64, s32)
KAPI_DIV(div_u64, u64, u32)
KAPI_DIV(div64_u64, u64, u64)
KAPI_DIV_REM(div_u64_rem, u64, u32)
KAPI_DIV_REM(div64_u64_rem, u64, u64)

/* Divides @n in place and yields the remainder. */
#define do_div(n, base) ({ \
	u32 __dd_base = (base); \
	u32 __dd_rem = (u64)(n) % __dd_base; \
	(n) = (u64)(n) / __dd_base; \
	__dd_rem; })

static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c)
{
	return (u64)((unsigned __int128)a * b / c);
}

#endif
