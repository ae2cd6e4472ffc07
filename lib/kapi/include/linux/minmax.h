/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#include <linux/compiler.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/*
 * A comparison of a signed with an unsigned value is refused, unless C's own
 * promotion makes both the same or one is a constant that is not negative.
 */
#define __kapi_is_signed(x)	is_signed_type(typeof(x))
#define __kapi_nonneg(x) \
	(__builtin_choose_expr(__is_constexpr((x) > 0 ? 1 : 0), (x), -1) >= 0)
#define __kapi_cmp_ok(x, y) \
	(__kapi_is_signed(x) == __kapi_is_signed(y) || \
	 __kapi_is_signed((x) + 0) == __kapi_is_signed((y) + 0) || \
	 __kapi_nonneg(x) || __kapi_nonneg(y))
#define __kapi_cmp(op, x, y, ux, uy) ({ \
	__auto_type ux = (x); \
	__auto_type uy = (y); \
	_Static_assert(__kapi_cmp_ok(x, y), "signedness error in min() or max()"); \
	ux op uy ? ux : uy; })

#define min(x, y)	__kapi_cmp(<, x, y, __UNIQUE_ID(x_), __UNIQUE_ID(y_))
#define max(x, y)	__kapi_cmp(>, x, y, __UNIQUE_ID(x_), __UNIQUE_ID(y_))
#define umin(x, y)	min((u64)(x), (u64)(y))
#define umax(x, y)	max((u64)(x), (u64)(y))
#define min3(x, y, z)	min((typeof(x))min(x, y), z)
#define max3(x, y, z)	max((typeof(x))max(x, y), z)
#define min_not_zero(x, y) ({ \
	typeof(x) __mx = (x); \
	typeof(y) __my = (y); \
	__mx == 0 ? __my : (__my == 0 ? __mx : min(__mx, __my)); })

#define __kapi_cmp_t(op, type, x, y, ux, uy) ({ \
	type ux = (x); \
	type uy = (y); \
	ux op uy ? ux : uy; })
#define min_t(type, x, y) __kapi_cmp_t(<, type, x, y, __UNIQUE_ID(x_), __UNIQUE_ID(y_))
#define max_t(type, x, y) __kapi_cmp_t(>, type, x, y, __UNIQUE_ID(x_), __UNIQUE_ID(y_))

#define clamp(val, lo, hi) min((typeof(val))max(val, lo), hi)
#define clamp_t(type, val, lo, hi) min_t(type, max_t(type, val, lo), hi)
#define clamp_val(val, lo, hi) clamp_t(typeof(val), val, lo, hi)

/* For constants: usable where a statement expression is not. */
#undef MIN
#undef MAX
#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))

#define swap(a, b) do { \
	typeof(a) __swap_tmp = (a); \
	(a) = (b); \
	(b) = __swap_tmp; \
} while (0)

/* The bounds belong to the range. */
static inline bool in_range64(u64 val, u64 start, u64 len)
{
	return val - start < len;
}
#define in_range(val, start, len) in_range64(val, start, len)

#endif
