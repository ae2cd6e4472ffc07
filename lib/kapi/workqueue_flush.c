// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work queues: waiting, taking back, and work with a delay.
 */
#include <linux/bug.h>
#include <linux/workqueue.h>
#include <kapi/alone.h>
#include "workqueue.h"

/* Let go on with @only, or all of @wq up to @seq: by us, or by who has it in hands. Lock held. */
static void go_on(struct workqueue_struct *wq, unsigned long seq, struct work_struct *only)
{
	if (kapi_alone)
		kapi_wq_run_alone(wq, seq, only);
	else
		kapi_wq_wait();
}

static bool is_queued(const struct work_struct *work)
{
	return !list_empty(&work->entry);
}

/* Has the queueing @seq of @work been dealt with? Its memory is looked at: it must be alive. */
static bool settled(const struct work_struct *work, unsigned long seq)
{
	return !(is_queued(work) && kapi_work_seq(work) == seq) &&
	       kapi_work_running(work) != seq;
}

bool flush_work(struct work_struct *work)
{
	unsigned long seq;

	pthread_mutex_lock(&kapi_wq_lock);
	seq = is_queued(work) ? kapi_work_seq(work) : kapi_work_running(work);
	if (is_queued(work))
		kapi_wq_kick(work->wq);
	while (seq && !settled(work, seq))
		go_on(work->wq, seq, work);
	pthread_mutex_unlock(&kapi_wq_lock);
	return seq;
}

/* Anything of @wq that was queued up to @seq and is not done? */
static bool unfinished(struct workqueue_struct *wq, unsigned long seq)
{
	struct kapi_worker *worker;
	struct work_struct *work;

	list_for_each_entry(work, &wq->pending, entry)
		if (kapi_work_seq(work) <= seq)
			return true;
	list_for_each_entry(worker, &kapi_workers, all)
		if (worker->wq == wq && worker->work && worker->seq <= seq)
			return true;
	return false;
}

void flush_workqueue(struct workqueue_struct *wq)
{
	unsigned long seq;

	pthread_mutex_lock(&kapi_wq_lock);
	seq = kapi_wq_seq;
	kapi_wq_kick(wq);
	while (unfinished(wq, seq))
		go_on(wq, seq, NULL);
	pthread_mutex_unlock(&kapi_wq_lock);
}

void drain_workqueue(struct workqueue_struct *wq)
{
	pthread_mutex_lock(&kapi_wq_lock);
	kapi_wq_kick(wq);
	while (unfinished(wq, ~0UL))
		go_on(wq, ~0UL, NULL);
	pthread_mutex_unlock(&kapi_wq_lock);
}

/* Lock held. */
static bool take_back(struct work_struct *work)
{
	bool was_pending = work->data & WORK_PENDING;

	if (is_queued(work)) {
		list_del_init(&work->entry);
		kapi_wq_progress();
	}
	work->data &= ~WORK_PENDING;
	return was_pending;
}

bool cancel_work(struct work_struct *work)
{
	bool ret;

	pthread_mutex_lock(&kapi_wq_lock);
	ret = take_back(work);
	pthread_mutex_unlock(&kapi_wq_lock);
	return ret;
}

bool cancel_work_sync(struct work_struct *work)
{
	bool ret;

	pthread_mutex_lock(&kapi_wq_lock);
	ret = take_back(work);
	while (kapi_work_running(work)) {
		kapi_wq_wait();
		/* It may have queued itself again. */
		take_back(work);
	}
	pthread_mutex_unlock(&kapi_wq_lock);
	return ret;
}

bool work_pending(struct work_struct *work)
{
	bool ret;

	pthread_mutex_lock(&kapi_wq_lock);
	ret = work->data & WORK_PENDING;
	pthread_mutex_unlock(&kapi_wq_lock);
	return ret;
}

unsigned int work_busy(struct work_struct *work)
{
	unsigned int ret;

	pthread_mutex_lock(&kapi_wq_lock);
	ret = (work->data & WORK_PENDING ? 1 : 0) | (kapi_work_running(work) ? 2 : 0);
	pthread_mutex_unlock(&kapi_wq_lock);
	return ret;
}

/* A timer that went off when its work had been taken back, or started anew, does nothing. */
void kapi_delayed_work_fire(struct timer_list *timer)
{
	struct delayed_work *dwork = from_timer(dwork, timer, timer);

	pthread_mutex_lock(&kapi_wq_lock);
	if (dwork->work.data & WORK_PENDING && !is_queued(&dwork->work) && !timer_pending(timer))
		kapi_wq_insert(dwork->wq, &dwork->work);
	pthread_mutex_unlock(&kapi_wq_lock);
}

/* Lock held, work not pending. */
static void queue_later(struct workqueue_struct *wq, struct delayed_work *dwork,
			unsigned long delay)
{
	if (!delay) {
		kapi_wq_insert(wq, &dwork->work);
		return;
	}
	dwork->wq = wq;
	dwork->work.data |= WORK_PENDING;
	mod_timer(&dwork->timer, jiffies + delay);
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
			unsigned long delay)
{
	bool ret = false;

	pthread_mutex_lock(&kapi_wq_lock);
	if (!(dwork->work.data & WORK_PENDING)) {
		queue_later(wq, dwork, delay);
		ret = true;
	}
	pthread_mutex_unlock(&kapi_wq_lock);
	return ret;
}

bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
		      unsigned long delay)
{
	bool ret;

	pthread_mutex_lock(&kapi_wq_lock);
	timer_delete(&dwork->timer);
	ret = take_back(&dwork->work);
	queue_later(wq, dwork, delay);
	pthread_mutex_unlock(&kapi_wq_lock);
	return ret;
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	pthread_mutex_lock(&kapi_wq_lock);
	if (timer_delete(&dwork->timer) && !is_queued(&dwork->work))
		kapi_wq_insert(dwork->wq, &dwork->work);
	pthread_mutex_unlock(&kapi_wq_lock);
	return flush_work(&dwork->work);
}

bool cancel_delayed_work(struct delayed_work *dwork)
{
	bool ret;

	pthread_mutex_lock(&kapi_wq_lock);
	timer_delete(&dwork->timer);
	ret = take_back(&dwork->work);
	pthread_mutex_unlock(&kapi_wq_lock);
	return ret;
}

bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	bool ret = cancel_delayed_work(dwork);

	for (;;) {
		timer_delete_sync(&dwork->timer);
		cancel_work_sync(&dwork->work);
		/* The work, while it still ran, may have started the timer once more. */
		if (!timer_pending(&dwork->timer))
			return ret;
	}
}
