/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_COMPILER_TYPES_H
#define __LINUX_COMPILER_TYPES_H

/*
 * Attributes by the names that kernel code uses. The address space marks that
 * sparse reads (__user, __iomem, ...) are empty here.
 */
#include <sys/cdefs.h>
#include <linux/kconfig.h>

#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __nocast
#define __safe
#define __private
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __acquire(x)	((void)0)
#define __release(x)	((void)0)
#define __cond_lock(x, c) (c)
#define __chk_user_ptr(x) ((void)0)
#define __chk_io_ptr(x)	((void)0)

#define ___PASTE(a, b)	a##b
#define __PASTE(a, b)	___PASTE(a, b)

#ifndef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))
#endif
#ifndef __attribute_const__
#define __attribute_const__ __attribute__((__const__))
#endif
#define noinline		__attribute__((__noinline__))
#define __aligned(x)		__attribute__((__aligned__(x)))
#define __aligned_largest	__attribute__((__aligned__))
#define __alias(symbol)		__attribute__((__alias__(#symbol)))
#define __cold			__attribute__((__cold__))
#define __deprecated
#define __malloc		__attribute__((__malloc__))
#define __maybe_unused		__attribute__((__unused__))
#define __always_unused		__attribute__((__unused__))
#define __must_check		__attribute__((__warn_unused_result__))
#define __noreturn		__attribute__((__noreturn__))
#ifndef __packed
#define __packed		__attribute__((__packed__))
#endif
#define __printf(a, b)		__attribute__((__format__(printf, a, b)))
#define __scanf(a, b)		__attribute__((__format__(scanf, a, b)))
#define __pure			__attribute__((__pure__))
#define __section(name)		__attribute__((__section__(name)))
#define __used			__attribute__((__used__))
#define __weak			__attribute__((__weak__))
#define __visible
#define __cleanup(func)		__attribute__((__cleanup__(func)))
#define __kapi_alloc_size(...)	__attribute__((__alloc_size__(__VA_ARGS__)))
#define __counted_by(member)
#define __ro_after_init
#define __read_mostly
#define __randomize_layout
#define __no_randomize_layout
#define __designated_init
#define __latent_entropy
#define __noclone
#define __no_sanitize_address	__attribute__((__no_sanitize__("address")))

#if defined(__GNUC__) && __GNUC__ >= 7 || defined(__clang__)
#define fallthrough		__attribute__((__fallthrough__))
#else
#define fallthrough		do { } while (0)
#endif

#define asm_inline		asm
#define __same_type(a, b)	__builtin_types_compatible_p(typeof(a), typeof(b))
#define __native_word(t)	(sizeof(t) == 1 || sizeof(t) == 2 || sizeof(t) == 4 || \
				 sizeof(t) == 8)

/*
 * Thread-local variables that functions in headers use: drivers in objects of their
 * own (kapi/plugin.h) reach them, too. initial-exec: no call to find the variable.
 */
#define KAPI_THREAD_VISIBLE \
	__attribute__((__visibility__("default"), __tls_model__("initial-exec")))

#endif
