// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleeping and waking threads, and time.
 */
#define _GNU_SOURCE
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/futex.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <kapi/sleep.h>
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static __thread struct kapi_waiter self;

int kapi_futex_wait(int *word, int val, s64 ns)
{
	struct timespec ts = { ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };
	int saved = errno, ret = 0;

	if (syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, val, ns < 0 ? NULL : &ts, NULL, 0) &&
	    errno != EAGAIN)
		ret = -errno;
	errno = saved;
	return ret;
}

void kapi_futex_wake(int *word, int n)
{
	int saved = errno;

	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
	errno = saved;
}

struct kapi_waiter *kapi_waiter_self(void)
{
	return &self;
}

void kapi_set_state(struct kapi_waiter *waiter, int state)
{
	__atomic_store_n(&waiter->state, state, __ATOMIC_SEQ_CST);
}

long kapi_sleep(struct kapi_waiter *waiter, long timeout)
{
	/* What does not fit nanoseconds is as good as for ever. */
	s64 end = timeout > KTIME_MAX / 2 / TICK_NSEC ? -1 : ktime_get() + timeout * TICK_NSEC;
	int state;

	while ((state = __atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE)) != TASK_RUNNING) {
		s64 left = end < 0 ? -1 : end - ktime_get();

		if (end >= 0 && left <= 0)
			break;
		if (kapi_futex_wait(&waiter->state, state, left) == -EINTR &&
		    state & TASK_INTERRUPTIBLE) {
			waiter->interrupted = true;
			break;
		}
	}
	__atomic_store_n(&waiter->state, TASK_RUNNING, __ATOMIC_RELAXED);
	if (end < 0)
		return timeout;
	end -= ktime_get();
	return end > 0 ? (end + TICK_NSEC - 1) / TICK_NSEC : 0;
}

int kapi_wake(struct kapi_waiter *waiter, unsigned int mode)
{
	int state = __atomic_load_n(&waiter->state, __ATOMIC_SEQ_CST);

	do {
		if (!(state & mode))
			return 0;
	} while (!__atomic_compare_exchange_n(&waiter->state, &state, TASK_RUNNING, false,
					      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	/* The thread may be gone by now: then there is nothing to wake at that address. */
	kapi_futex_wake(&waiter->state, 1);
	return 1;
}

long schedule_timeout(long timeout)
{
	return kapi_sleep(&self, timeout);
}

long schedule_timeout_interruptible(long timeout)
{
	long left;

	kapi_set_state(&self, TASK_INTERRUPTIBLE);
	left = kapi_sleep(&self, timeout);
	self.interrupted = false;
	return left;
}

long schedule_timeout_uninterruptible(long timeout)
{
	kapi_set_state(&self, TASK_UNINTERRUPTIBLE);
	return kapi_sleep(&self, timeout);
}

static s64 clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ktime_set(ts.tv_sec, ts.tv_nsec);
}

ktime_t ktime_get(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

ktime_t ktime_get_real(void)
{
	return clock_ns(CLOCK_REALTIME);
}

unsigned long kapi_jiffies(void)
{
	return ktime_get() / TICK_NSEC;
}

static void sleep_ns(u64 ns)
{
	struct timespec ts = { ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == EINTR)
		;
}

void ndelay(unsigned long nsecs)
{
	sleep_ns(nsecs);
}

void udelay(unsigned long usecs)
{
	sleep_ns((u64)usecs * NSEC_PER_USEC);
}

void mdelay(unsigned long msecs)
{
	sleep_ns((u64)msecs * NSEC_PER_MSEC);
}

void msleep(unsigned int msecs)
{
	sleep_ns((u64)msecs * NSEC_PER_MSEC);
}

void ssleep(unsigned int seconds)
{
	sleep_ns((u64)seconds * NSEC_PER_SEC);
}

void usleep_range(unsigned long min, unsigned long max)
{
	sleep_ns((u64)min * NSEC_PER_USEC);
}

void fsleep(unsigned long usecs)
{
	sleep_ns((u64)usecs * NSEC_PER_USEC);
}

unsigned long msleep_interruptible(unsigned int msecs)
{
	return jiffies_to_msecs(schedule_timeout_interruptible(msecs_to_jiffies(msecs)));
}
