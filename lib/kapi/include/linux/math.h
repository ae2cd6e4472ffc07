/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H

#include <stdlib.h>
#include <linux/types.h>
#include <linux/align.h>

#define __round_mask(x, y)	((typeof(x))((y) - 1))
/* To a multiple of @y, a power of two; roundup() and rounddown() take any @y. */
#define round_up(x, y)		((((x) - 1) | __round_mask(x, y)) + 1)
#define round_down(x, y)	((x) & ~__round_mask(x, y))

#undef roundup
#define roundup(x, y) ({ \
	typeof(y) __ru_y = (y); \
	(((x) + (__ru_y - 1)) / __ru_y) * __ru_y; })
#define rounddown(x, y) ({ \
	typeof(x) __rd_x = (x); \
	__rd_x - (__rd_x % (y)); })

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define DIV_ROUND_UP_ULL(n, d)	((unsigned long long)(((n) + (d) - 1) / (d)))
#define DIV_ROUND_DOWN_ULL(n, d) ((unsigned long long)(n) / (d))
#define DIV_ROUND_CLOSEST(x, d) ({ \
	typeof(x) __dx = (x); \
	typeof(d) __dd = (d); \
	(__dx + __dd / 2) / __dd; })
#define mult_frac(x, n, d) ({ \
	typeof(x) __mf = (x); \
	__mf / (d) * (n) + __mf % (d) * (n) / (d); })

#define abs_diff(a, b)	((a) > (b) ? (a) - (b) : (b) - (a))
#undef abs
#define abs(x) ({ \
	typeof(x) __abs_x = (x); \
	__abs_x < 0 ? -__abs_x : __abs_x; })

#endif
