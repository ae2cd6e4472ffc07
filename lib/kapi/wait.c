// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wait queues, completions, counting semaphores.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/semaphore.h>
#include <linux/wait.h>

static void add_entry(struct wait_queue_head *wqh, struct wait_queue_entry *entry, bool tail)
{
	unsigned long flags;

	spin_lock_irqsave(&wqh->lock, flags);
	if (tail)
		__add_wait_queue_entry_tail(wqh, entry);
	else
		__add_wait_queue(wqh, entry);
	spin_unlock_irqrestore(&wqh->lock, flags);
}

void add_wait_queue(struct wait_queue_head *wqh, struct wait_queue_entry *entry)
{
	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	add_entry(wqh, entry, false);
}

void add_wait_queue_exclusive(struct wait_queue_head *wqh, struct wait_queue_entry *entry)
{
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	add_entry(wqh, entry, true);
}

void add_wait_queue_priority(struct wait_queue_head *wqh, struct wait_queue_entry *entry)
{
	entry->flags |= WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY;
	add_entry(wqh, entry, false);
}

void remove_wait_queue(struct wait_queue_head *wqh, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wqh->lock, flags);
	__remove_wait_queue(wqh, entry);
	spin_unlock_irqrestore(&wqh->lock, flags);
}

static void wake_locked(struct wait_queue_head *wqh, unsigned int mode, int nr, void *key)
{
	struct wait_queue_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &wqh->head, entry) {
		/* wait_woken() takes WQ_FLAG_WOKEN off without the lock. */
		unsigned int flags = __atomic_load_n(&entry->flags, __ATOMIC_RELAXED);
		int ret = entry->func(entry, mode, 0, key);

		if (ret < 0)
			break;
		if (ret && flags & WQ_FLAG_EXCLUSIVE && !--nr)
			break;
	}
}

void __wake_up(struct wait_queue_head *wqh, unsigned int mode, int nr, void *key)
{
	unsigned long flags;

	spin_lock_irqsave(&wqh->lock, flags);
	wake_locked(wqh, mode, nr, key);
	spin_unlock_irqrestore(&wqh->lock, flags);
}

void __wake_up_locked(struct wait_queue_head *wqh, unsigned int mode, int nr)
{
	lockdep_assert_held(&wqh->lock);
	wake_locked(wqh, mode, nr, NULL);
}

void __wake_up_locked_key(struct wait_queue_head *wqh, unsigned int mode, void *key)
{
	lockdep_assert_held(&wqh->lock);
	wake_locked(wqh, mode, 1, key);
}

int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	return kapi_wake(entry->private, mode);
}

int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags,
			     void *key)
{
	int ret = default_wake_function(entry, mode, flags, key);

	/* Whoever waits looks, without the lock, whether it is off the queue: see finish_wait(). */
	if (ret) {
		__list_del_entry(&entry->entry);
		entry->entry.prev = &entry->entry;
		smp_store_release(&entry->entry.next, &entry->entry);
	}
	return ret;
}

int woken_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	__atomic_fetch_or(&entry->flags, WQ_FLAG_WOKEN, __ATOMIC_SEQ_CST);
	return default_wake_function(entry, mode, flags, key);
}

long wait_woken(struct wait_queue_entry *entry, unsigned int mode, long timeout)
{
	set_current_state(mode);
	if (!(__atomic_load_n(&entry->flags, __ATOMIC_SEQ_CST) & WQ_FLAG_WOKEN))
		timeout = schedule_timeout(timeout);
	set_current_state(TASK_RUNNING);
	__atomic_fetch_and(&entry->flags, ~WQ_FLAG_WOKEN, __ATOMIC_SEQ_CST);
	return timeout;
}

static bool prepare(struct wait_queue_head *wqh, struct wait_queue_entry *entry, int state,
		    bool exclusive)
{
	bool was_empty = false;
	unsigned long flags;

	spin_lock_irqsave(&wqh->lock, flags);
	if (exclusive)
		entry->flags |= WQ_FLAG_EXCLUSIVE;
	else
		entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	if (list_empty(&entry->entry)) {
		was_empty = list_empty(&wqh->head);
		if (exclusive)
			__add_wait_queue_entry_tail(wqh, entry);
		else
			__add_wait_queue(wqh, entry);
	}
	set_current_state(state);
	spin_unlock_irqrestore(&wqh->lock, flags);
	return was_empty;
}

void prepare_to_wait(struct wait_queue_head *wqh, struct wait_queue_entry *entry, int state)
{
	prepare(wqh, entry, state, false);
}

bool prepare_to_wait_exclusive(struct wait_queue_head *wqh, struct wait_queue_entry *entry,
			       int state)
{
	return prepare(wqh, entry, state, true);
}

void finish_wait(struct wait_queue_head *wqh, struct wait_queue_entry *entry)
{
	unsigned long flags;

	set_current_state(TASK_RUNNING);
	if (list_empty_careful(&entry->entry))
		return;
	spin_lock_irqsave(&wqh->lock, flags);
	list_del_init(&entry->entry);
	spin_unlock_irqrestore(&wqh->lock, flags);
}

void complete(struct completion *x)
{
	unsigned long flags;

	spin_lock_irqsave(&x->wait.lock, flags);
	if (x->done != UINT_MAX)
		x->done++;
	wake_locked(&x->wait, TASK_NORMAL, 1, NULL);
	spin_unlock_irqrestore(&x->wait.lock, flags);
}

void complete_all(struct completion *x)
{
	unsigned long flags;

	spin_lock_irqsave(&x->wait.lock, flags);
	x->done = UINT_MAX;
	wake_locked(&x->wait, TASK_NORMAL, 0, NULL);
	spin_unlock_irqrestore(&x->wait.lock, flags);
}

bool try_wait_for_completion(struct completion *x)
{
	unsigned long flags;
	bool ret;

	/* Always by the lock, so that who sees it done may free it: complete() has left. */
	spin_lock_irqsave(&x->wait.lock, flags);
	ret = x->done != 0;
	if (ret && x->done != UINT_MAX)
		x->done--;
	spin_unlock_irqrestore(&x->wait.lock, flags);
	return ret;
}

bool completion_done(struct completion *x)
{
	unsigned long flags;
	bool ret;

	spin_lock_irqsave(&x->wait.lock, flags);
	ret = x->done != 0;
	spin_unlock_irqrestore(&x->wait.lock, flags);
	return ret;
}

void wait_for_completion(struct completion *x)
{
	__kapi_wait(x->wait, try_wait_for_completion(x), TASK_UNINTERRUPTIBLE, true,
		    MAX_SCHEDULE_TIMEOUT);
}

int wait_for_completion_interruptible(struct completion *x)
{
	return wait_event_interruptible_exclusive(x->wait, try_wait_for_completion(x));
}

int wait_for_completion_killable(struct completion *x)
{
	wait_for_completion(x);
	return 0;
}

unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)
{
	return __kapi_wait(x->wait, try_wait_for_completion(x), TASK_UNINTERRUPTIBLE, true,
			   timeout);
}

long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout)
{
	return __kapi_wait(x->wait, try_wait_for_completion(x), TASK_INTERRUPTIBLE, true, timeout);
}

long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout)
{
	return wait_for_completion_timeout(x, timeout);
}

void sema_init(struct semaphore *sem, int val)
{
	sem->count = val;
	init_waitqueue_head(&sem->wait);
}

int down_trylock(struct semaphore *sem)
{
	unsigned long flags;
	int ret = 1;

	spin_lock_irqsave(&sem->wait.lock, flags);
	if (sem->count) {
		sem->count--;
		ret = 0;
	}
	spin_unlock_irqrestore(&sem->wait.lock, flags);
	return ret;
}

void down(struct semaphore *sem)
{
	__kapi_wait(sem->wait, !down_trylock(sem), TASK_UNINTERRUPTIBLE, true,
		    MAX_SCHEDULE_TIMEOUT);
}

int down_interruptible(struct semaphore *sem)
{
	return wait_event_interruptible_exclusive(sem->wait, !down_trylock(sem)) ? -EINTR : 0;
}

int down_timeout(struct semaphore *sem, long timeout)
{
	return __kapi_wait(sem->wait, !down_trylock(sem), TASK_UNINTERRUPTIBLE, true,
			   timeout) ? 0 : -ETIME;
}

void up(struct semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->wait.lock, flags);
	sem->count++;
	wake_locked(&sem->wait, TASK_NORMAL, 1, NULL);
	spin_unlock_irqrestore(&sem->wait.lock, flags);
}
