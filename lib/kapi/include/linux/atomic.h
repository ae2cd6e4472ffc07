/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

/*
 * Atomic counters. Operations that return a value are fully ordered, plain
 * reads, sets and void operations are not; the _acquire, _release and _relaxed
 * forms are the ordered ones here, which is stronger and thus allowed.
 */
#include <linux/compiler.h>
#include <linux/types.h>

#define __KAPI_ATOMIC(pfx, T, V) \
static inline V pfx##_read(const T *v) \
{ return __atomic_load_n(&v->counter, __ATOMIC_RELAXED); } \
static inline V pfx##_read_acquire(const T *v) \
{ return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE); } \
static inline void pfx##_set(T *v, V i) \
{ __atomic_store_n(&v->counter, i, __ATOMIC_RELAXED); } \
static inline void pfx##_set_release(T *v, V i) \
{ __atomic_store_n(&v->counter, i, __ATOMIC_RELEASE); } \
static inline void pfx##_add(V i, T *v) \
{ __atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED); } \
static inline void pfx##_sub(V i, T *v) \
{ __atomic_fetch_sub(&v->counter, i, __ATOMIC_RELAXED); } \
static inline void pfx##_inc(T *v) \
{ pfx##_add(1, v); } \
static inline void pfx##_dec(T *v) \
{ pfx##_sub(1, v); } \
static inline void pfx##_or(V i, T *v) \
{ __atomic_fetch_or(&v->counter, i, __ATOMIC_RELAXED); } \
static inline void pfx##_and(V i, T *v) \
{ __atomic_fetch_and(&v->counter, i, __ATOMIC_RELAXED); } \
static inline V pfx##_add_return(V i, T *v) \
{ return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST); } \
static inline V pfx##_sub_return(V i, T *v) \
{ return __atomic_sub_fetch(&v->counter, i, __ATOMIC_SEQ_CST); } \
static inline V pfx##_inc_return(T *v) \
{ return pfx##_add_return(1, v); } \
static inline V pfx##_dec_return(T *v) \
{ return pfx##_sub_return(1, v); } \
static inline V pfx##_fetch_add(V i, T *v) \
{ return __atomic_fetch_add(&v->counter, i, __ATOMIC_SEQ_CST); } \
static inline V pfx##_fetch_sub(V i, T *v) \
{ return __atomic_fetch_sub(&v->counter, i, __ATOMIC_SEQ_CST); } \
static inline V pfx##_fetch_or(V i, T *v) \
{ return __atomic_fetch_or(&v->counter, i, __ATOMIC_SEQ_CST); } \
static inline V pfx##_fetch_and(V i, T *v) \
{ return __atomic_fetch_and(&v->counter, i, __ATOMIC_SEQ_CST); } \
static inline V pfx##_fetch_inc(T *v) \
{ return pfx##_fetch_add(1, v); } \
static inline V pfx##_fetch_dec(T *v) \
{ return pfx##_fetch_sub(1, v); } \
static inline bool pfx##_inc_and_test(T *v) \
{ return pfx##_add_return(1, v) == 0; } \
static inline bool pfx##_dec_and_test(T *v) \
{ return pfx##_sub_return(1, v) == 0; } \
static inline bool pfx##_sub_and_test(V i, T *v) \
{ return pfx##_sub_return(i, v) == 0; } \
static inline bool pfx##_add_negative(V i, T *v) \
{ return pfx##_add_return(i, v) < 0; } \
static inline V pfx##_xchg(T *v, V i) \
{ return __atomic_exchange_n(&v->counter, i, __ATOMIC_SEQ_CST); } \
/* On failure *old receives the present value. */ \
static inline bool pfx##_try_cmpxchg(T *v, V *old, V i) \
{ return __atomic_compare_exchange_n(&v->counter, old, i, false, __ATOMIC_SEQ_CST, \
				     __ATOMIC_SEQ_CST); } \
static inline V pfx##_cmpxchg(T *v, V old, V i) \
{ pfx##_try_cmpxchg(v, &old, i); return old; } \
/* Add @i unless the value is @u; the value before. */ \
static inline V pfx##_fetch_add_unless(T *v, V i, V u) \
{ \
	V c = pfx##_read(v); \
	while (c != u && !pfx##_try_cmpxchg(v, &c, c + i)) \
		; \
	return c; \
} \
static inline bool pfx##_add_unless(T *v, V i, V u) \
{ return pfx##_fetch_add_unless(v, i, u) != u; } \
static inline bool pfx##_inc_not_zero(T *v) \
{ return pfx##_add_unless(v, 1, 0); } \
/* Decrement unless it would go below 0; the result, stored or not. */ \
static inline V pfx##_dec_if_positive(T *v) \
{ \
	V c = pfx##_read(v); \
	while (c > 0 && !pfx##_try_cmpxchg(v, &c, c - 1)) \
		; \
	return c - 1; \
} \
static inline V pfx##_fetch_add_relaxed(V i, T *v) { return pfx##_fetch_add(i, v); } \
static inline V pfx##_cmpxchg_relaxed(T *v, V old, V i) { return pfx##_cmpxchg(v, old, i); } \
static inline V pfx##_cmpxchg_acquire(T *v, V old, V i) { return pfx##_cmpxchg(v, old, i); } \
static inline V pfx##_cmpxchg_release(T *v, V old, V i) { return pfx##_cmpxchg(v, old, i); }

__KAPI_ATOMIC(atomic, atomic_t, int)
__KAPI_ATOMIC(atomic64, atomic64_t, s64)
__KAPI_ATOMIC(atomic_long, atomic_long_t, long)

/* On any naturally aligned scalar. */
#define xchg(ptr, v)	__atomic_exchange_n((ptr), (v), __ATOMIC_SEQ_CST)
#define cmpxchg(ptr, o, n) ({ \
	typeof(*(ptr)) __cx_old = (o); \
	__atomic_compare_exchange_n((ptr), &__cx_old, (n), false, __ATOMIC_SEQ_CST, \
				    __ATOMIC_SEQ_CST); \
	__cx_old; })
#define try_cmpxchg(ptr, oldp, n) \
	__atomic_compare_exchange_n((ptr), (oldp), (n), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define cmpxchg64(ptr, o, n)	cmpxchg(ptr, o, n)

#endif
