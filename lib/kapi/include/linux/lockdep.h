/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_LOCKDEP_H
#define __LINUX_LOCKDEP_H

/*
 * Lock checking. Mutexes, spinlocks and the write side of rw_semaphores know the
 * thread that holds them, so these assertions are exact there; for the read side
 * they tell that someone holds it. A false assertion is a WARN.
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct mutex;
struct rw_semaphore;
struct kapi_spinlock;

/* One byte per thread; its address names the thread, also behind a fork(). */
extern __thread char kapi_thread_tag KAPI_THREAD_VISIBLE;
#define kapi_self() ((void *)&kapi_thread_tag)

bool kapi_mutex_held(const struct mutex *lock);
bool kapi_rwsem_held(const struct rw_semaphore *sem);
bool kapi_rwsem_held_write(const struct rw_semaphore *sem);
bool kapi_rwsem_held_read(const struct rw_semaphore *sem);
bool kapi_spin_held(const struct kapi_spinlock *lock);

#define lockdep_is_held(lock) _Generic((lock), \
	struct mutex *: kapi_mutex_held, const struct mutex *: kapi_mutex_held, \
	struct rw_semaphore *: kapi_rwsem_held, const struct rw_semaphore *: kapi_rwsem_held, \
	struct kapi_spinlock *: kapi_spin_held, \
	const struct kapi_spinlock *: kapi_spin_held)(lock)

#define lockdep_assert(cond)		((void)WARN_ON(!(cond)))
#define lockdep_assert_once(cond)	((void)WARN_ON_ONCE(!(cond)))
#define lockdep_assert_held(l)		lockdep_assert(lockdep_is_held(l))
#define lockdep_assert_held_once(l)	lockdep_assert_once(lockdep_is_held(l))
#define lockdep_assert_not_held(l)	lockdep_assert(!lockdep_is_held(l))
#define lockdep_assert_held_write(l)	lockdep_assert(kapi_rwsem_held_write(l))
#define lockdep_assert_held_read(l)	lockdep_assert(kapi_rwsem_held_read(l))
#define lockdep_assert_none_held_once()	do { } while (0)

/* Lock classes have no meaning here. */
struct lock_class_key { char unused; };
struct lockdep_map { char unused; };
#define lockdep_set_class(lock, key)	((void)(key))
#define lockdep_register_key(key)	((void)(key))
#define lockdep_unregister_key(key)	((void)(key))
#define might_lock(lock)		do { } while (0)
/* Nothing here watches the order in which locks are taken. */
#define lockdep_off()			do { } while (0)
#define lockdep_on()			do { } while (0)
#define SINGLE_DEPTH_NESTING 1

#endif
