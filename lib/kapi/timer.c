// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers: one list in order of expiry, one thread.
 */
#include <linux/bug.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/timer.h>
#include <kapi/sleep.h>
#include <pthread.h>
#include "thread.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(pending);
static struct timer_list *running;
static bool has_thread, forking;
static __thread bool in_thread;
static int changed;		/* futex: the first timer is another one */
static int finished;		/* futex: a function returned */

static void notify(int *futex)
{
	__atomic_add_fetch(futex, 1, __ATOMIC_SEQ_CST);
	kapi_futex_wake(futex, INT_MAX);
}

static void run_timers(void *arg)
{
	struct timer_list *timer;
	s64 wait;
	int seq;

	in_thread = true;
	pthread_mutex_lock(&lock);
	for (;;) {
		timer = list_first_entry_or_null(&pending, struct timer_list, entry);
		if (timer && !forking && time_after_eq(jiffies, timer->expires)) {
			list_del_init(&timer->entry);
			running = timer;
			pthread_mutex_unlock(&lock);
			timer->function(timer);
			pthread_mutex_lock(&lock);
			running = NULL;
			notify(&finished);
			continue;
		}
		wait = -1;
		if (timer && !forking)
			wait = max((long)(timer->expires - jiffies), 0L) * TICK_NSEC;
		seq = changed;
		pthread_mutex_unlock(&lock);
		if (wait)
			kapi_futex_wait(&changed, seq, wait);
		pthread_mutex_lock(&lock);
	}
}

/* Lock held. Without a thread to be had the timer stays pending until the next one tries. */
static void need_thread(void)
{
	if (!has_thread)
		has_thread = !kapi_thread_start("ktimers", run_timers, NULL);
}

void kapi_timer_init(struct timer_list *timer, void (*function)(struct timer_list *timer))
{
	INIT_LIST_HEAD(&timer->entry);
	timer->expires = 0;
	timer->function = function;
	timer->flags = 0;
}

int mod_timer(struct timer_list *timer, unsigned long expires)
{
	struct timer_list *pos;
	int was_pending;

	pthread_mutex_lock(&lock);
	was_pending = timer_pending(timer);
	if (was_pending)
		list_del_init(&timer->entry);
	timer->expires = expires;
	list_for_each_entry(pos, &pending, entry)
		if (time_after(pos->expires, expires))
			break;
	list_add_tail(&timer->entry, &pos->entry);
	need_thread();
	if (list_is_first(&timer->entry, &pending))
		notify(&changed);
	pthread_mutex_unlock(&lock);
	return was_pending;
}

void add_timer(struct timer_list *timer)
{
	WARN_ON(timer_pending(timer));
	mod_timer(timer, timer->expires);
}

int kapi_timer_delete(struct timer_list *timer, bool sync)
{
	int was_pending = 0, seq;

	pthread_mutex_lock(&lock);
	for (;;) {
		if (timer_pending(timer)) {
			list_del_init(&timer->entry);
			was_pending = 1;
		}
		if (!sync || running != timer || WARN_ON(in_thread))
			break;
		seq = finished;
		pthread_mutex_unlock(&lock);
		kapi_futex_wait(&finished, seq, -1);
		pthread_mutex_lock(&lock);
	}
	pthread_mutex_unlock(&lock);
	return was_pending;
}

/* Before the locks that timer functions take are held. */
void kapi_timer_fork_quiesce(void)
{
	s64 end = ktime_get() + NSEC_PER_SEC, now;
	int seq;

	pthread_mutex_lock(&lock);
	forking = true;
	while (running && !in_thread && (now = ktime_get()) < end) {
		seq = finished;
		pthread_mutex_unlock(&lock);
		kapi_futex_wait(&finished, seq, end - now);
		pthread_mutex_lock(&lock);
	}
	pthread_mutex_unlock(&lock);
}

void kapi_timer_fork_prepare(void)
{
	pthread_mutex_lock(&lock);
}

void kapi_timer_fork_parent(void)
{
	forking = false;
	notify(&changed);
	pthread_mutex_unlock(&lock);
}

void kapi_timer_fork_child(void)
{
	forking = false;
	running = NULL;
	has_thread = false;
	if (!list_empty(&pending))
		need_thread();
	pthread_mutex_unlock(&lock);
}
