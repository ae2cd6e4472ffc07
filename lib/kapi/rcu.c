// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read-copy update, sleepable or not.
 */
#include <linux/bug.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/workqueue.h>
#include <kapi/sleep.h>
#include <pthread.h>
#include "thread.h"

/* In a count of readers: somebody sleeps until all have left. */
#define AWAITED (1 << 30)

static __thread unsigned int nesting;
DEFINE_STATIC_SRCU(rcu_domain);
static __thread int rcu_idx;

int init_srcu_struct(struct srcu_struct *ssp)
{
	*ssp = (struct srcu_struct)__KAPI_SRCU_INIT;
	return 0;
}

void cleanup_srcu_struct(struct srcu_struct *ssp)
{
	WARN_ON(ssp->readers[0] || ssp->readers[1]);
}

int srcu_read_lock(struct srcu_struct *ssp)
{
	int idx;

	for (;;) {
		idx = __atomic_load_n(&ssp->idx, __ATOMIC_SEQ_CST);
		__atomic_add_fetch(&ssp->readers[idx], 1, __ATOMIC_SEQ_CST);
		/* Entered a set that was being closed: the updater may not have seen it. */
		if (__atomic_load_n(&ssp->idx, __ATOMIC_SEQ_CST) == idx)
			return idx;
		srcu_read_unlock(ssp, idx);
	}
}

void srcu_read_unlock(struct srcu_struct *ssp, int idx)
{
	/* Of the structure itself, which may be gone by then, only the address is told. */
	if (__atomic_sub_fetch(&ssp->readers[idx], 1, __ATOMIC_SEQ_CST) == AWAITED)
		kapi_futex_wake(&ssp->readers[idx], INT_MAX);
}

void synchronize_srcu(struct srcu_struct *ssp)
{
	int old, n;

	pthread_mutex_lock(&ssp->lock);
	old = ssp->idx;
	__atomic_store_n(&ssp->idx, !old, __ATOMIC_SEQ_CST);
	while ((n = __atomic_or_fetch(&ssp->readers[old], AWAITED, __ATOMIC_SEQ_CST)) != AWAITED)
		kapi_futex_wait(&ssp->readers[old], n, -1);
	__atomic_and_fetch(&ssp->readers[old], ~AWAITED, __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&ssp->lock);
}

void rcu_read_lock(void)
{
	if (!nesting++)
		rcu_idx = srcu_read_lock(&rcu_domain);
}

void rcu_read_unlock(void)
{
	if (WARN_ON(!nesting))
		return;
	if (!--nesting)
		srcu_read_unlock(&rcu_domain, rcu_idx);
}

int rcu_read_lock_held(void)
{
	return nesting != 0;
}

void synchronize_rcu(void)
{
	BUG_ON(nesting);
	synchronize_srcu(&rcu_domain);
}

/* Callbacks wait in a list; a work item takes all of them through one grace period. */
static pthread_mutex_t callbacks_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rcu_head *callbacks, **callbacks_end = &callbacks;

static void run_callbacks(struct work_struct *work)
{
	struct rcu_head *head, *next;

	pthread_mutex_lock(&callbacks_lock);
	head = callbacks;
	callbacks = NULL;
	callbacks_end = &callbacks;
	pthread_mutex_unlock(&callbacks_lock);
	if (!head)
		return;
	synchronize_rcu();
	for (; head; head = next) {
		unsigned long offset = (unsigned long)head->func;

		next = head->next;
		/* A small number is no function but the offset of the head in what to free. */
		if (offset < 4096)
			kfree((char *)head - offset);
		else
			head->func(head);
	}
}

static DECLARE_WORK(callbacks_work, run_callbacks);

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	head->next = NULL;
	head->func = func;
	pthread_mutex_lock(&callbacks_lock);
	*callbacks_end = head;
	callbacks_end = &head->next;
	pthread_mutex_unlock(&callbacks_lock);
	schedule_work(&callbacks_work);
}

void kapi_kfree_rcu(struct rcu_head *head, size_t offset)
{
	BUG_ON(offset >= 4096);
	call_rcu(head, (rcu_callback_t)offset);
}

void rcu_barrier(void)
{
	flush_work(&callbacks_work);
}

void kapi_rcu_fork_prepare(void)
{
	pthread_mutex_lock(&callbacks_lock);
	pthread_mutex_lock(&rcu_domain.lock);
}

void kapi_rcu_fork_parent(void)
{
	pthread_mutex_unlock(&rcu_domain.lock);
	pthread_mutex_unlock(&callbacks_lock);
}

/* The readers of the other threads are not there any more. */
void kapi_rcu_fork_child(void)
{
	rcu_domain.readers[0] = 0;
	rcu_domain.readers[1] = 0;
	if (nesting)
		rcu_domain.readers[rcu_idx] = 1;
	kapi_rcu_fork_parent();
}
