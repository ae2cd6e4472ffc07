/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_SLEEP_H
#define KAPI_SLEEP_H

/*
 * How a thread waits to be woken: the bottom of wait queues and completions.
 *
 * The order is the kernel's: set_current_state(), look at the condition,
 * schedule(). A wake-up in between makes schedule() return at once.
 */
#include <linux/types.h>

#define TASK_RUNNING		0x0000
#define TASK_INTERRUPTIBLE	0x0001
#define TASK_UNINTERRUPTIBLE	0x0002
#define TASK_WAKEKILL		0x0100
#define TASK_KILLABLE		(TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define MAX_SCHEDULE_TIMEOUT	((long)(~0UL >> 1))

struct kapi_waiter {
	int state;		/* futex */
	bool interrupted;	/* a signal handler ran during the last interruptible sleep */
};

/* The waiter of the calling thread; valid until the thread ends. */
struct kapi_waiter *kapi_waiter_self(void);
void kapi_set_state(struct kapi_waiter *waiter, int state);
/*
 * Sleep until kapi_wake() or @timeout jiffies have gone by (MAX_SCHEDULE_TIMEOUT: no
 * end). Returns the jiffies left. An interruptible sleep also ends when a
 * signal handler ran: waiter->interrupted is set then. A handler installed with
 * SA_RESTART does not end a sleep without time limit, as it would not end a
 * system call.
 */
long kapi_sleep(struct kapi_waiter *waiter, long timeout);
/* Make @waiter runnable; 1 if it slept (or was about to) in one of the states @mode. */
int kapi_wake(struct kapi_waiter *waiter, unsigned int mode);

#define set_current_state(s)	kapi_set_state(kapi_waiter_self(), (s))
#define __set_current_state(s)	kapi_set_state(kapi_waiter_self(), (s))
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);

/*
 * Futex operations on a word of this process. The wait returns 0 when woken or
 * *word is not @val, -ETIMEDOUT, or -EINTR; @ns < 0 waits without end.
 */
int kapi_futex_wait(int *word, int val, s64 ns);
void kapi_futex_wake(int *word, int n);

#endif
