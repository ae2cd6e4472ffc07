/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

/*
 * Wait queues: entries with a function that wake_up() calls, under the lock of
 * the queue. An entry made by the wait_event() family wakes a sleeping thread.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <kapi/sleep.h>

typedef struct wait_queue_entry wait_queue_entry_t;
typedef int (*wait_queue_func_t)(struct wait_queue_entry *entry, unsigned int mode, int flags,
				 void *key);

#define WQ_FLAG_EXCLUSIVE	0x01
#define WQ_FLAG_WOKEN		0x02
#define WQ_FLAG_PRIORITY	0x10

struct wait_queue_entry {
	unsigned int flags;
	void *private;		/* the waiter of a thread, for the functions below */
	wait_queue_func_t func;
	struct list_head entry;
};

typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
} wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) \
	{ .lock = __SPIN_LOCK_UNLOCKED(name.lock), .head = LIST_HEAD_INIT(name.head) }
#define DECLARE_WAIT_QUEUE_HEAD(name) \
	struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)

static inline void init_waitqueue_head(struct wait_queue_head *wqh)
{
	spin_lock_init(&wqh->lock);
	INIT_LIST_HEAD(&wqh->head);
}

static inline void init_waitqueue_func_entry(struct wait_queue_entry *entry,
					     wait_queue_func_t func)
{
	entry->flags = 0;
	entry->private = NULL;
	entry->func = func;
}

static inline int waitqueue_active(struct wait_queue_head *wqh)
{
	return !list_empty(&wqh->head);
}

static inline bool wq_has_sleeper(struct wait_queue_head *wqh)
{
	smp_mb();
	return waitqueue_active(wqh);
}

/* The exclusive entries stand behind the others; wake_up() ends after the first of them. */
void add_wait_queue(struct wait_queue_head *wqh, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *wqh, struct wait_queue_entry *entry);
void add_wait_queue_priority(struct wait_queue_head *wqh, struct wait_queue_entry *entry);
void remove_wait_queue(struct wait_queue_head *wqh, struct wait_queue_entry *entry);

static inline void __add_wait_queue(struct wait_queue_head *wqh, struct wait_queue_entry *entry)
{
	list_add(&entry->entry, &wqh->head);
}

static inline void __add_wait_queue_entry_tail(struct wait_queue_head *wqh,
					       struct wait_queue_entry *entry)
{
	list_add_tail(&entry->entry, &wqh->head);
}

static inline void __remove_wait_queue(struct wait_queue_head *wqh,
				       struct wait_queue_entry *entry)
{
	list_del(&entry->entry);
}

/*
 * Call the functions of the entries with @key, until @nr exclusive ones said
 * they woke someone (0: all). The _locked forms want the lock held.
 */
void __wake_up(struct wait_queue_head *wqh, unsigned int mode, int nr, void *key);
void __wake_up_locked_key(struct wait_queue_head *wqh, unsigned int mode, void *key);
void __wake_up_locked(struct wait_queue_head *wqh, unsigned int mode, int nr);

#define wake_up(x)			__wake_up(x, TASK_NORMAL, 1, NULL)
#define wake_up_nr(x, nr)		__wake_up(x, TASK_NORMAL, nr, NULL)
#define wake_up_all(x)			__wake_up(x, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(x)	__wake_up(x, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_all(x)	__wake_up(x, TASK_INTERRUPTIBLE, 0, NULL)
#define wake_up_locked(x)		__wake_up_locked(x, TASK_NORMAL, 1)
#define wake_up_all_locked(x)		__wake_up_locked(x, TASK_NORMAL, 0)
#define poll_to_key(m)			((void *)(uintptr_t)(__u32)(m))
#define key_to_poll(m)			((__poll_t)(uintptr_t)(void *)(m))
#define wake_up_poll(x, m)		__wake_up(x, TASK_NORMAL, 1, poll_to_key(m))
#define wake_up_locked_poll(x, m)	__wake_up_locked_key(x, TASK_NORMAL, poll_to_key(m))
#define wake_up_interruptible_poll(x, m) __wake_up(x, TASK_INTERRUPTIBLE, 1, poll_to_key(m))

/* Functions of entries whose private is a waiter; the second also takes the entry off. */
int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags,
			     void *key);
int woken_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
/* Sleep until woken_wake_function() ran for @entry or time is up; jiffies left. */
long wait_woken(struct wait_queue_entry *entry, unsigned int mode, long timeout);

#define DEFINE_WAIT_FUNC(name, function) \
	struct wait_queue_entry name = { \
		.private = kapi_waiter_self(), .func = (function), \
		.entry = LIST_HEAD_INIT(name.entry), \
	}
#define DEFINE_WAIT(name)	DEFINE_WAIT_FUNC(name, autoremove_wake_function)
#define DECLARE_WAITQUEUE(name, tsk) DEFINE_WAIT_FUNC(name, default_wake_function)

void prepare_to_wait(struct wait_queue_head *wqh, struct wait_queue_entry *entry, int state);
/* True: the first in the queue. */
bool prepare_to_wait_exclusive(struct wait_queue_head *wqh, struct wait_queue_entry *entry,
			       int state);
void finish_wait(struct wait_queue_head *wqh, struct wait_queue_entry *entry);

/*
 * Sleep until @condition, which is evaluated anew after each wake-up. @left
 * counts jiffies. Yields -ERESTARTSYS if a signal came first (interruptible
 * states), else what is left, at least 1 if @condition holds, 0 at the end.
 */
#define __kapi_wait_event(wqh, condition, state, exclusive, timeout, unlock, relock) ({ \
	long __left = (timeout); \
	DEFINE_WAIT(__wait); \
	kapi_waiter_self()->interrupted = false; \
	for (;;) { \
		if (exclusive) \
			prepare_to_wait_exclusive(&(wqh), &__wait, (state)); \
		else \
			prepare_to_wait(&(wqh), &__wait, (state)); \
		if (condition) { \
			__left = __left ? __left : 1; \
			break; \
		} \
		if (!__left) \
			break; \
		if (((state) & TASK_INTERRUPTIBLE) && kapi_waiter_self()->interrupted) { \
			__left = -ERESTARTSYS; \
			break; \
		} \
		unlock; \
		__left = kapi_sleep(kapi_waiter_self(), __left); \
		relock; \
	} \
	finish_wait(&(wqh), &__wait); \
	__left; })

#define __kapi_wait(wqh, cond, state, excl, timeout) \
	((cond) ? max_t(long, (timeout), 1) : \
	 __kapi_wait_event(wqh, cond, state, excl, timeout, , ))
#define __kapi_wait_int(wqh, cond, state, excl) ({ \
	long __ret = __kapi_wait(wqh, cond, state, excl, MAX_SCHEDULE_TIMEOUT); \
	(int)(__ret < 0 ? __ret : 0); })

#define wait_event(wqh, condition) \
	((void)__kapi_wait(wqh, condition, TASK_UNINTERRUPTIBLE, false, MAX_SCHEDULE_TIMEOUT))
#define wait_event_timeout(wqh, condition, timeout) \
	__kapi_wait(wqh, condition, TASK_UNINTERRUPTIBLE, false, timeout)
#define wait_event_interruptible(wqh, condition) \
	__kapi_wait_int(wqh, condition, TASK_INTERRUPTIBLE, false)
#define wait_event_interruptible_exclusive(wqh, condition) \
	__kapi_wait_int(wqh, condition, TASK_INTERRUPTIBLE, true)
#define wait_event_interruptible_timeout(wqh, condition, timeout) \
	__kapi_wait(wqh, condition, TASK_INTERRUPTIBLE, false, timeout)
/* A signal that kills does so at once here, so this never fails. */
#define wait_event_killable(wqh, condition) \
	__kapi_wait_int(wqh, condition, TASK_KILLABLE, false)
/* With @lock held, dropped while asleep. */
#define wait_event_lock_irq(wqh, condition, lock) \
	((condition) ? (void)0 : (void)__kapi_wait_event(wqh, condition, TASK_UNINTERRUPTIBLE, \
		false, MAX_SCHEDULE_TIMEOUT, spin_unlock_irq(&(lock)), spin_lock_irq(&(lock))))

#endif
