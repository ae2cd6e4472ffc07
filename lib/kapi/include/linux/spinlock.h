/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_SPINLOCK_H
#define __LINUX_SPINLOCK_H

/*
 * Spinlocks, which sleep here when contended. The irq forms hold back the
 * interrupt handlers of the calling thread (kapi/irq.h) until the lock is
 * dropped. As with mutexes, taking one twice is a BUG().
 */
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>

void kapi_spin_init(spinlock_t *lock);
void kapi_spin_lock(spinlock_t *lock);
void kapi_spin_unlock(spinlock_t *lock);
int kapi_spin_trylock(spinlock_t *lock);
bool kapi_spin_is_locked(spinlock_t *lock);

#define spin_lock_init(lock)	kapi_spin_init(lock)
#define spin_lock(lock)		kapi_spin_lock(lock)
#define spin_unlock(lock)	kapi_spin_unlock(lock)
#define spin_trylock(lock)	kapi_spin_trylock(lock)
#define spin_is_locked(lock)	kapi_spin_is_locked(lock)
#define spin_lock_nested(lock, subclass) kapi_spin_lock(lock)
#define spin_lock_bh(lock)	kapi_spin_lock(lock)
#define spin_unlock_bh(lock)	kapi_spin_unlock(lock)
#define assert_spin_locked(l)	BUG_ON(!kapi_spin_held(l))

static inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	kapi_spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	kapi_spin_unlock(lock);
	local_irq_enable();
}

#define spin_lock_irqsave(lock, flags) do { \
	local_irq_save(flags); \
	kapi_spin_lock(lock); \
} while (0)

static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	kapi_spin_unlock(lock);
	local_irq_restore(flags);
}

#define raw_spin_lock_init(l)		kapi_spin_init(l)
#define raw_spin_lock(l)		kapi_spin_lock(l)
#define raw_spin_unlock(l)		kapi_spin_unlock(l)
#define raw_spin_lock_irqsave(l, f)	spin_lock_irqsave(l, f)
#define raw_spin_unlock_irqrestore(l, f) spin_unlock_irqrestore(l, f)

DEFINE_GUARD(spinlock, spinlock_t *, spin_lock(_T), spin_unlock(_T))
DEFINE_GUARD(spinlock_irq, spinlock_t *, spin_lock_irq(_T), spin_unlock_irq(_T))

#include <linux/rwlock.h>

#endif
