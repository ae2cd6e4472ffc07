/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_BUILD_BUG_H
#define _LINUX_BUILD_BUG_H

#include <linux/compiler_types.h>

/*
 * Refuse to compile when @cond holds. It may be one that only the optimiser sees
 * through, as a value assigned above; a compiler that does not optimise takes that on
 * trust. BUILD_BUG_ON_ZERO() is an int 0 for use in expressions.
 */
#ifdef __OPTIMIZE__
#define BUILD_BUG_ON_MSG(cond, msg)	__kapi_build_bug(cond, msg, __COUNTER__)
#define __kapi_build_bug(cond, msg, id)	__kapi_build_bug_(cond, msg, id)
#define __kapi_build_bug_(cond, msg, id) do { \
	extern void __kapi_build_bug_##id(void) __attribute__((__error__(msg))); \
	if (cond) \
		__kapi_build_bug_##id(); \
} while (0)
#else
#define BUILD_BUG_ON_MSG(cond, msg)	((void)sizeof(char[1 - 2 * !!__builtin_choose_expr( \
					__builtin_constant_p(cond), (cond), 0)]))
#endif
#define BUILD_BUG_ON(cond)		BUILD_BUG_ON_MSG(cond, "BUILD_BUG_ON: " #cond)
#define BUILD_BUG_ON_ZERO(e)		((int)sizeof(struct { int : (-!!(e)); }))
#define BUILD_BUG_ON_NOT_POWER_OF_2(n)	BUILD_BUG_ON((n) == 0 || (((n) & ((n) - 1)) != 0))
#define BUILD_BUG_ON_INVALID(e)		((void)(sizeof((long)(e))))
#define BUILD_BUG()			BUILD_BUG_ON_MSG(1, "BUILD_BUG failed")

#ifndef static_assert
#define static_assert(expr, ...)	__kapi_static_assert(expr, ##__VA_ARGS__, #expr)
#endif
#define __kapi_static_assert(expr, msg, ...) _Static_assert(expr, msg)

#endif
