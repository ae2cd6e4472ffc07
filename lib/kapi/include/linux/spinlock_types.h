/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_SPINLOCK_TYPES_H
#define __LINUX_SPINLOCK_TYPES_H

#include <pthread.h>

typedef struct kapi_spinlock {
	pthread_mutex_t lock;
	void *owner;		/* kapi_self() of the holder */
} spinlock_t;

typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name)	{ .lock = PTHREAD_MUTEX_INITIALIZER }
#define __RAW_SPIN_LOCK_UNLOCKED(name)	{ .lock = PTHREAD_MUTEX_INITIALIZER }
#define DEFINE_SPINLOCK(name)		spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RAW_SPINLOCK(name)	spinlock_t name = __SPIN_LOCK_UNLOCKED(name)

#endif
