// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wait queues entry by entry, completions, semaphores, sleeping, timers, and read-copy
 * update: what kapi_sync.c does not come by.
 */
#include <kapi/objects.h>
#include <kapi/syscalls.h>
#include <kapi/warn.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/timer.h>
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

static char order[16];

static int note(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	strcat(order, entry->private);
	return key ? *(int *)key : 1;
}

static bool order_was(const char *expected)
{
	bool same = !strcmp(order, expected);

	if (!same)
		printf("# order: %s\n", order);
	order[0] = '\0';
	return same;
}

static void test_entries(void)
{
	DECLARE_WAIT_QUEUE_HEAD(wq);
	struct wait_queue_entry e[5];
	int refuse = 0, stop = -1;

	for (int i = 0; i < 5; i++) {
		init_waitqueue_func_entry(&e[i], note);
		e[i].private = (char *[]) { "a", "b", "X", "Y", "P" }[i];
	}
	add_wait_queue(&wq, &e[0]);
	add_wait_queue_exclusive(&wq, &e[2]);
	add_wait_queue_exclusive(&wq, &e[3]);
	add_wait_queue(&wq, &e[1]);
	wake_up(&wq);
	check(order_was("baX"), "all that share, last first, and one exclusive waiter");
	wake_up_nr(&wq, 2);
	check(order_was("baXY"), "or as many as asked for");
	wake_up_all(&wq);
	check(order_was("baXY"), "or all");
	__wake_up(&wq, TASK_NORMAL, 1, &refuse);
	check(order_was("baXY"), "who does not wake up does not count");
	__wake_up(&wq, TASK_NORMAL, 1, &stop);
	check(order_was("b"), "an error ends it");
	add_wait_queue_priority(&wq, &e[4]);
	wake_up(&wq);
	check(order_was("P"), "a priority waiter takes the event");
	remove_wait_queue(&wq, &e[4]);
	spin_lock(&wq.lock);
	__wake_up_locked(&wq, TASK_NORMAL, 1);
	check(order_was("baX"), "with the lock held");
	__wake_up_locked_key(&wq, TASK_NORMAL, &refuse);
	check(order_was("baXY"), "and with a key");
	spin_unlock(&wq.lock);
	for (int i = 0; i < 4; i++)
		remove_wait_queue(&wq, &e[i]);
	check(!waitqueue_active(&wq), "all are gone");
}

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int woken, flag;

static void *wait_woken_thread(void *arg)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);

	add_wait_queue(&queue, &entry);
	while (!READ_ONCE(flag))
		wait_woken(&entry, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	remove_wait_queue(&queue, &entry);
	__atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void *wait_exclusive(void *arg)
{
	is(wait_event_interruptible_exclusive(queue, READ_ONCE(flag) > 1), 0, "an exclusive wait");
	__atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void test_woken(void)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);
	pthread_t t = start(wait_woken_thread, NULL);

	add_wait_queue(&queue, &entry);
	wake_up(&queue);
	is(wait_woken(&entry, TASK_INTERRUPTIBLE, 1000), 1000, "woken before it waits: no wait");
	is(wait_woken(&entry, TASK_INTERRUPTIBLE, 2), 0, "then its time runs out");
	remove_wait_queue(&queue, &entry);
	WRITE_ONCE(flag, 1);
	while (!waitqueue_active(&queue) && !READ_ONCE(woken))
		usleep(1000);
	wake_up(&queue);
	pthread_join(t, NULL);
	is(woken, 1, "wait_woken() in a loop");
	t = start(wait_exclusive, NULL);
	while (!waitqueue_active(&queue))
		usleep(1000);
	WRITE_ONCE(flag, 2);
	wake_up(&queue);
	pthread_join(t, NULL);
	is(woken, 2, "and exclusively");
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

#define interrupted(expr) ({						\
	pthread_t __me = pthread_self();				\
	pthread_t __other = start(interrupt_me, &__me);			\
	long __ret = (expr);						\
	pthread_join(__other, NULL);					\
	__ret; })

static void *finish(void *arg)
{
	msleep(10);
	complete_all(arg);
	return NULL;
}

static void *give(void *arg)
{
	msleep(10);
	up(arg);
	return NULL;
}

static void test_completion(void)
{
	struct sigaction act = { .sa_handler = on_signal };
	DECLARE_COMPLETION(done);
	struct semaphore sem;
	pthread_t t;

	sigaction(SIGUSR1, &act, NULL);
	is(interrupted(wait_for_completion_interruptible(&done)), -ERESTARTSYS,
	   "completion: interrupted");
	is(wait_for_completion_killable_timeout(&done, 2), 0, "completion: time is up");
	t = start(finish, &done);
	is(wait_for_completion_killable(&done), 0, "completion: all of it");
	pthread_join(t, NULL);
	complete(&done);
	check(wait_for_completion_interruptible(&done) == 0 &&
	      wait_for_completion_interruptible_timeout(&done, 5) > 0 &&
	      wait_for_completion_killable_timeout(&done, 5) > 0 && completion_done(&done),
	      "completion: done for good");
	reinit_completion(&done);
	check(!completion_done(&done), "completion: from the beginning");
	sema_init(&sem, 0);
	is(interrupted(down_interruptible(&sem)), -EINTR, "semaphore: interrupted");
	t = start(give, &sem);
	down(&sem);
	pthread_join(t, NULL);
	up(&sem);
	is(down_interruptible(&sem), 0, "semaphore: one is there");
	is(down_trylock(&sem), 1, "semaphore: and no more");
}

/* Sleeping too little is a mistake; too long is the machine's. */
#define takes(least_ns, call) ({ s64 __from = ktime_get(); call; ktime_get() - __from >= (least_ns); })

static void test_sleep(void)
{
	long left;

	check(takes(1000, ndelay(1000)) && takes(50000, udelay(50)) && takes(1000000, mdelay(1)) &&
	      takes(100000, usleep_range(100, 200)) && takes(100000, fsleep(100)) &&
	      takes(2000000, msleep(2)) && takes(1000000000, ssleep(1)), "delays last");
	is(msleep_interruptible(3), 0, "a sleep to its end");
	left = interrupted(msleep_interruptible(60000));
	check(left > 1000 && left <= 60000, "one cut short says what is left: %ld ms", left);
	is(schedule_timeout_uninterruptible(2), 0, "schedule_timeout to its end");
	set_current_state(TASK_RUNNING);
	is(schedule_timeout(1000), 1000, "schedule_timeout of who is running");
	set_current_state(TASK_INTERRUPTIBLE);
	is(interrupted(schedule_timeout(MAX_SCHEDULE_TIMEOUT)), MAX_SCHEDULE_TIMEOUT, "without a limit");
	is(jiffies_to_msecs(msecs_to_jiffies(1234)), 1234, "milliseconds and back");
	check(ktime_get_real() > ktime_get(), "the time of day is later than that since boot");
}

static int fired;

static void fire(struct timer_list *timer)
{
	if (__atomic_add_fetch(&fired, 1, __ATOMIC_SEQ_CST) == 2)
		mod_timer(timer, jiffies + 1);
}

static void fire_slow(struct timer_list *timer)
{
	__atomic_store_n(&fired, 10, __ATOMIC_SEQ_CST);
	usleep(30000);
	__atomic_store_n(&fired, 11, __ATOMIC_SEQ_CST);
}

/* The count, once it is at least @n. */
static int wait_fired(int n)
{
	int now;

	for (int i = 0; (now = __atomic_load_n(&fired, __ATOMIC_SEQ_CST)) < n && i < 5000; i++)
		usleep(1000);
	return now;
}

static int timer_in_child(void)
{
	return wait_fired(1) != 1;
}

static void test_timer(void)
{
	struct timer_list timer, second, late;

	timer_setup(&timer, fire, 0);
	timer_setup(&second, fire_slow, 0);
	timer_setup(&late, fire, 0);
	late.expires = jiffies + 60 * HZ;
	add_timer(&late);
	check(timer_pending(&late), "a timer waits");
	timer.expires = jiffies + HZ / 10;
	add_timer(&timer);
	check(in_child(timer_in_child), "a child has the timers, too");
	is(wait_fired(1), 1, "one fires, the later one does not");
	is(mod_timer(&timer, jiffies), 0, "it was not waiting");
	is(wait_fired(3), 3, "one that sets itself again");
	is(mod_timer(&late, jiffies + 100 * HZ), 1, "one that waits can be changed");
	warnings = 0;
	add_timer(&late);
	is(warnings, 1, "but not added twice");
	is(timer_delete(&late), 1, "deleted");
	is(timer_delete_sync(&late), 0, "once");
	__atomic_store_n(&fired, 0, __ATOMIC_SEQ_CST);
	mod_timer(&second, jiffies);
	wait_fired(10);
	timer_delete_sync(&second);
	is(wait_fired(0), 11, "deletion waits for the function");
}

struct freed {
	int before;
	struct rcu_head rcu;
};

static struct srcu_struct domain;

static void *update(void *arg)
{
	synchronize_srcu(&domain);
	__atomic_store_n((int *)arg, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void test_rcu(void)
{
	struct freed *p = kzalloc(sizeof(*p), GFP_KERNEL);
	long before = kapi_objects(KAPI_ALLOCS);
	int done = 0, idx;
	pthread_t t;

	kfree_rcu(p, rcu);
	rcu_barrier();
	is(kapi_objects(KAPI_ALLOCS), before - 1, "kfree_rcu() frees");
	check(!rcu_read_lock_held(), "rcu: no reader");
	rcu_read_lock();
	check(rcu_read_lock_held(), "rcu: a reader");
	rcu_read_unlock();
	warnings = 0;
	rcu_read_unlock();
	is(warnings, 1, "rcu: an end without a beginning warns");
	is(init_srcu_struct(&domain), 0, "srcu: a domain");
	idx = srcu_read_lock(&domain);
	t = start(update, &done);
	msleep(10);
	check(!__atomic_load_n(&done, __ATOMIC_SEQ_CST), "srcu: a grace period waits for its reader");
	srcu_read_unlock(&domain, idx);
	pthread_join(t, NULL);
	check(done, "srcu: and no longer");
	cleanup_srcu_struct(&domain);
	is(warnings, 1, "srcu: its end");
	init_srcu_struct(&domain);
	idx = srcu_read_lock(&domain);
	cleanup_srcu_struct(&domain);
	is(warnings, 2, "srcu: not under a reader");
	srcu_read_unlock(&domain, idx);
}

static void test_locks(void)
{
	DEFINE_SPINLOCK(spin);
	DECLARE_RWSEM(sem);

	check(spin_trylock(&spin) && spin_is_locked(&spin), "spinlock: taken");
	spin_unlock(&spin);
	check(!spin_is_locked(&spin), "spinlock: free");
	check(!rwsem_is_locked(&sem) && !rwsem_is_contended(&sem), "rwsem: free");
	down_read(&sem);
	warnings = 0;
	lockdep_assert_held_read(&sem);
	is(warnings, 0, "rwsem: held for reading");
	lockdep_assert_held_write(&sem);
	is(warnings, 1, "rwsem: not for writing");
	check(rwsem_is_locked(&sem), "rwsem: taken");
	up_read(&sem);
	down_write(&sem);
	lockdep_assert_held_write(&sem);
	is(warnings, 1, "rwsem: held for writing");
	up_write(&sem);
	up_write(&sem);
	is(warnings, 2, "rwsem: given back by who has it not");
}

int main(void)
{
	kapi_init();
	kapi_warn_set_hook(count_warning, NULL);
	test_entries();
	test_woken();
	test_completion();
	test_sleep();
	test_timer();
	test_rcu();
	test_locks();
	return done_testing();
}
