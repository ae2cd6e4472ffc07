// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks, wait queues, completions, reference counts, RCU.
 */
#include <kapi/syscalls.h>
#include <kapi/warn.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/srcu.h>
#include <linux/wait.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include "tap.h"

static unsigned int warnings;

static bool count_warning(const struct kapi_warning *warning, void *arg)
{
	warnings++;
	return true;
}

static pthread_t start(void *(*fn)(void *), void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, fn, arg);
	return thread;
}

static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);

static void *look_at_locks(void *arg)
{
	bool *seen = arg;

	seen[0] = lockdep_is_held(&mutex);
	seen[1] = mutex_trylock(&mutex);
	seen[2] = lockdep_is_held(&rwsem);
	seen[3] = down_read_trylock(&rwsem);
	return NULL;
}

static void test_owner(void)
{
	bool seen[4];

	mutex_lock(&mutex);
	down_write(&rwsem);
	check(lockdep_is_held(&mutex) && lockdep_is_held(&rwsem), "lockdep: held by the holder");
	pthread_join(start(look_at_locks, seen), NULL);
	check(!seen[0] && !seen[1] && !seen[2] && !seen[3], "lockdep: not held by another thread");
	downgrade_write(&rwsem);
	check(down_read_trylock(&rwsem) && !down_write_trylock(&rwsem),
	      "rwsem: readers and no writer after downgrade");
	up_read(&rwsem);
	up_read(&rwsem);
	mutex_unlock(&mutex);
	warnings = 0;
	lockdep_assert_held(&mutex);
	mutex_unlock(&mutex);
	check(warnings == 2, "lockdep: assertion and unlock without the lock warn");
}

static int shared, readers, worst;

static void *write_often(void *arg)
{
	for (int i = 0; i < 3000; i++) {
		down_write(&rwsem);
		shared++;
		if (__atomic_load_n(&readers, __ATOMIC_RELAXED))
			worst = -1;
		up_write(&rwsem);
	}
	return NULL;
}

static void *read_often(void *arg)
{
	for (int i = 0; i < 3000; i++) {
		int seen;

		down_read(&rwsem);
		__atomic_add_fetch(&readers, 1, __ATOMIC_RELAXED);
		seen = shared;
		sched_yield();
		if (seen != shared)
			worst = -1;
		__atomic_sub_fetch(&readers, 1, __ATOMIC_RELAXED);
		up_read(&rwsem);
	}
	return NULL;
}

static void test_rwsem(void)
{
	pthread_t t[4] = { start(write_often, NULL), start(read_often, NULL),
			   start(write_often, NULL), start(read_often, NULL) };

	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	check(shared == 6000 && !worst, "rwsem: writers alone, readers see no change");
}

static DECLARE_WAIT_QUEUE_HEAD(wq);
static int condition, passed;

static void *wait_for_it(void *arg)
{
	wait_event(wq, READ_ONCE(condition));
	__atomic_add_fetch(&passed, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static int taken_by_func;

static int note(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	taken_by_func += key_to_poll(key);
	return 0;
}

static void test_wait(void)
{
	struct wait_queue_entry entry;
	pthread_t t[3];
	unsigned long begin;

	for (int i = 0; i < 3; i++)
		t[i] = start(wait_for_it, NULL);
	msleep(20);
	wake_up(&wq);
	msleep(20);
	check(!READ_ONCE(passed), "wait: a wake-up without the condition wakes nobody for good");
	WRITE_ONCE(condition, 1);
	wake_up_all(&wq);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	check(passed == 3 && !waitqueue_active(&wq), "wait: all wake up and leave the queue");

	init_waitqueue_func_entry(&entry, note);
	add_wait_queue(&wq, &entry);
	wake_up_poll(&wq, 5);
	remove_wait_queue(&wq, &entry);
	wake_up_poll(&wq, 9);
	check(taken_by_func == 5, "wait: functions get the key while they are queued");

	begin = jiffies;
	check(!wait_event_timeout(wq, false, msecs_to_jiffies(30)) &&
	      time_after_eq(jiffies, begin + msecs_to_jiffies(29)), "wait: time limit");
	check(wait_event_timeout(wq, true, 0) == 1, "wait: true at once, no time left");
}

static void on_signal(int sig)
{
}

static void *interrupt_me(void *thread)
{
	msleep(30);
	pthread_kill(*(pthread_t *)thread, SIGUSR1);
	return NULL;
}

static void test_signal(void)
{
	struct sigaction act = { .sa_handler = on_signal };
	pthread_t me = pthread_self(), other;
	DECLARE_COMPLETION(never);

	sigaction(SIGUSR1, &act, NULL);
	other = start(interrupt_me, &me);
	check(wait_event_interruptible(wq, false) == -ERESTARTSYS, "wait: interrupted");
	pthread_join(other, NULL);
	other = start(interrupt_me, &me);
	check(wait_for_completion_interruptible_timeout(&never, 10 * HZ) == -ERESTARTSYS,
	      "completion: interrupted");
	pthread_join(other, NULL);
	other = start(interrupt_me, &me);
	check(!wait_for_completion_timeout(&never, msecs_to_jiffies(100)),
	      "completion: not interruptible, time is up");
	pthread_join(other, NULL);
}

static void *complete_it(void *x)
{
	msleep(20);
	complete(x);
	return NULL;
}

static void test_completion(void)
{
	DECLARE_COMPLETION(done);
	struct semaphore sem;
	pthread_t t = start(complete_it, &done);

	wait_for_completion(&done);
	pthread_join(t, NULL);
	check(!completion_done(&done), "completion: one waiter uses it up");
	complete(&done);
	complete(&done);
	check(try_wait_for_completion(&done) && try_wait_for_completion(&done) &&
	      !try_wait_for_completion(&done), "completion: counts");
	complete_all(&done);
	check(wait_for_completion_timeout(&done, 1) && completion_done(&done),
	      "completion: complete_all stays");
	sema_init(&sem, 1);
	check(!down_trylock(&sem) && down_trylock(&sem) && down_timeout(&sem, 5) == -ETIME,
	      "semaphore: one, and no more");
	up(&sem);
	check(!down_timeout(&sem, 5), "semaphore: up");
}

static struct kref kref;

static void released(struct kref *k)
{
	condition = 77;
}

static void test_counts(void)
{
	refcount_t r = REFCOUNT_INIT(1);

	kref_init(&kref);
	kref_get(&kref);
	check(!kref_put(&kref, released) && condition != 77 && kref_put(&kref, released) &&
	      condition == 77, "kref: released with the last reference");
	warnings = 0;
	check(!kref_get_unless_zero(&kref) && !warnings, "kref: none to be had any more");
	refcount_inc(&kref.refcount);
	check(warnings == 1, "refcount: addition on 0 warns");
	check(refcount_dec_and_test(&r), "refcount: last");
	warnings = 0;
	check(!refcount_dec_and_test(&r) && warnings == 1 && refcount_read(&r) > REFCOUNT_MAX,
	      "refcount: underflow warns and sticks");
	refcount_set(&r, 1);
	check(refcount_dec_and_mutex_lock(&r, &mutex) && lockdep_is_held(&mutex),
	      "refcount: last one with the mutex");
	mutex_unlock(&mutex);
}

static int *pointer;
static atomic_t stale;

static void *read_rcu(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		rcu_read_lock();
		rcu_read_lock();
		if (READ_ONCE(*rcu_dereference(pointer)) < 0)
			atomic_inc(&stale);
		rcu_read_unlock();
		rcu_read_unlock();
	}
	return NULL;
}

static int callback_ran;

static void rcu_callback(struct rcu_head *head)
{
	callback_ran++;
}

static void test_rcu(void)
{
	static int values[2];
	static struct rcu_head heads[2];
	DEFINE_SRCU(srcu);
	pthread_t t, t2;
	int i, idx;

	pointer = &values[0];
	t = start(read_rcu, NULL);
	t2 = start(read_rcu, NULL);
	for (i = 0; i < 300; i++) {
		int *old = pointer, *new = &values[!(i % 2)];

		WRITE_ONCE(*new, i);
		rcu_assign_pointer(pointer, new);
		synchronize_rcu();
		WRITE_ONCE(*old, -1);
	}
	pthread_join(t, NULL);
	pthread_join(t2, NULL);
	check(!atomic_read(&stale), "rcu: no reader sees what was retired before a grace period");
	call_rcu(&heads[0], rcu_callback);
	call_rcu(&heads[1], rcu_callback);
	rcu_barrier();
	check(callback_ran == 2, "rcu: callbacks before rcu_barrier() returns");
	idx = srcu_read_lock(&srcu);
	srcu_read_unlock(&srcu, idx);
	synchronize_srcu(&srcu);
	check(true, "srcu: grace period without readers");
}

static char order[8];

static int call_a(struct notifier_block *nb, unsigned long action, void *data)
{
	strcat(order, "a");
	return NOTIFY_OK;
}

static int call_b(struct notifier_block *nb, unsigned long action, void *data)
{
	strcat(order, "b");
	return action ? NOTIFY_STOP : NOTIFY_DONE;
}

static void test_notifier(void)
{
	BLOCKING_NOTIFIER_HEAD(chain);
	struct notifier_block a = { .notifier_call = call_a };
	struct notifier_block b = { .notifier_call = call_b, .priority = 1 };

	blocking_notifier_chain_register(&chain, &a);
	blocking_notifier_chain_register(&chain, &b);
	blocking_notifier_call_chain(&chain, 0, NULL);
	check(!strcmp(order, "ba"), "notifier: by priority");
	check(blocking_notifier_call_chain(&chain, 1, NULL) == NOTIFY_STOP && !strcmp(order, "bab"),
	      "notifier: stopped");
	check(!blocking_notifier_chain_unregister(&chain, &b) &&
	      blocking_notifier_chain_unregister(&chain, &b) == -ENOENT, "notifier: unregister");
}

int main(void)
{
	kapi_init();
	kapi_warn_set_hook(count_warning, NULL);
	test_owner();
	test_rwsem();
	test_wait();
	test_signal();
	test_completion();
	test_counts();
	test_rcu();
	test_notifier();
	return done_testing();
}
