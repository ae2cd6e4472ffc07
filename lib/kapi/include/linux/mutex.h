/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_MUTEX_H
#define __LINUX_MUTEX_H

/*
 * Sleeping locks that know their owner. Taking one twice from the same thread
 * would hang a kernel; here it is a BUG(). Unlocking what is not held by the
 * thread, and destroying what is held, WARN.
 */
#include <pthread.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/types.h>

struct mutex {
	pthread_mutex_t lock;
	void *owner;		/* kapi_self() of the holder */
};

#define __MUTEX_INITIALIZER(name) { .lock = PTHREAD_MUTEX_INITIALIZER }
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

void mutex_init(struct mutex *lock);
void mutex_destroy(struct mutex *lock);
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
/* 1: taken, 0: held by someone. */
int mutex_trylock(struct mutex *lock);
bool mutex_is_locked(struct mutex *lock);

/* No signal gets in between here: both always succeed, with 0. */
static inline int __must_check mutex_lock_interruptible(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}

static inline int __must_check mutex_lock_killable(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}

#define mutex_lock_nested(lock, subclass)	mutex_lock(lock)
#define mutex_lock_nest_lock(lock, nest)	mutex_lock(lock)

/* If @cnt would drop to 0: do it with @lock held and return 1; else just decrement, 0. */
int atomic_dec_and_mutex_lock(atomic_t *cnt, struct mutex *lock);

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))

#endif
