/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_COMPILER_H
#define __LINUX_COMPILER_H

#include <linux/compiler_types.h>
#include <asm/barrier.h>

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

/* One access of the machine, neither torn, repeated nor left out by the compiler. */
#ifdef __clang__
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
/* The same, said in a way that the thread sanitizer understands. */
#define READ_ONCE(x) ({ \
	typeof(({ (x); })) __ro_val; \
	__atomic_load((typeof(__ro_val) *)(unsigned long)&(x), &__ro_val, __ATOMIC_RELAXED); \
	__ro_val; })
#define WRITE_ONCE(x, val) do { \
	typeof(x) __wo_val = (val); \
	__atomic_store(&(x), &__wo_val, __ATOMIC_RELAXED); \
} while (0)
#else
#define READ_ONCE(x)	(*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, val) do { *(volatile typeof(x) *)&(x) = (val); } while (0)
#endif
#define data_race(expr)	(expr)

#define OPTIMIZER_HIDE_VAR(var)	__asm__("" : "+r" (var))
#define __ADDRESSABLE(sym)	((void)&(sym))
#define __UNIQUE_ID(prefix)	__PASTE(__PASTE(__UNIQUE_ID_, prefix), __COUNTER__)

/* 1 for an integer constant expression, whatever it contains otherwise; never evaluates @x. */
#define __is_constexpr(x) \
	(sizeof(int) == sizeof(*(8 ? ((void *)((long)(x) * 0l)) : (int *)8)))
#define is_signed_type(type)	(((type)(-1)) < (type)1)
#define is_unsigned_type(type)	(!is_signed_type(type))

/* Refuses to compile for pointers: an array's type differs from its first element's address. */
#define __must_be_array(a)	BUILD_BUG_ON_ZERO(__same_type((a), &(a)[0]))
#define unreachable()		__builtin_unreachable()
#define absolute_pointer(val)	((void *)(unsigned long)(val))

#include <linux/build_bug.h>

#endif
