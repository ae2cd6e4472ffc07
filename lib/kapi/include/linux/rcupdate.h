/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_RCUPDATE_H
#define __LINUX_RCUPDATE_H

/*
 * Read-copy update by a lock: a reader holds the read side of one process-wide
 * lock, synchronize_rcu() takes and drops the write side, so what was unlinked
 * before is out of sight of all readers after it. Readers nest.
 */
#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/stddef.h>
#include <linux/types.h>

void rcu_read_lock(void);
void rcu_read_unlock(void);
int rcu_read_lock_held(void);
/* Must not be called by a reader: BUG(). */
void synchronize_rcu(void);
/* @func(@head) after a grace period, on a thread of kapi. */
void call_rcu(struct rcu_head *head, rcu_callback_t func);
/* Wait until all callbacks queued so far have run. */
void rcu_barrier(void);
void kapi_kfree_rcu(struct rcu_head *head, size_t offset);

#define synchronize_rcu_expedited()	synchronize_rcu()
#define kfree_rcu(ptr, field) \
	kapi_kfree_rcu(&(ptr)->field, offsetof(typeof(*(ptr)), field))
#define kvfree_rcu(ptr, field)		kfree_rcu(ptr, field)

#define RCU_INIT_POINTER(p, v)		do { (p) = (v); } while (0)
#define rcu_assign_pointer(p, v)	__atomic_store_n(&(p), (v), __ATOMIC_RELEASE)
#define rcu_access_pointer(p)		__atomic_load_n(&(p), __ATOMIC_RELAXED)
#define rcu_dereference(p)		__atomic_load_n(&(p), __ATOMIC_ACQUIRE)
#define rcu_dereference_check(p, c)	rcu_dereference(p)
#define rcu_dereference_raw(p)		rcu_dereference(p)
/* For the one who holds the lock of the updater; says so with @c. */
#define rcu_dereference_protected(p, c)	({ lockdep_assert(c); (p); })
#define rcu_replace_pointer(rcu_ptr, ptr, c) ({ \
	typeof(ptr) __rr_old = rcu_dereference_protected(rcu_ptr, c); \
	rcu_assign_pointer(rcu_ptr, ptr); \
	__rr_old; })

#include <linux/lockdep.h>

#endif
