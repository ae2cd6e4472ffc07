/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_COMPLETION_H
#define __LINUX_COMPLETION_H

/* One-shot events that remember they happened. Time limits and results in jiffies. */
#include <linux/wait.h>

struct completion {
	unsigned int done;		/* under wait.lock */
	wait_queue_head_t wait;
};

#define COMPLETION_INITIALIZER(work) \
	{ .done = 0, .wait = __WAIT_QUEUE_HEAD_INITIALIZER((work).wait) }
#define DECLARE_COMPLETION(work) struct completion work = COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION_ONSTACK(work) DECLARE_COMPLETION(work)

static inline void init_completion(struct completion *x)
{
	x->done = 0;
	init_waitqueue_head(&x->wait);
}

static inline void reinit_completion(struct completion *x)
{
	x->done = 0;
}

/* Let one waiter through; let all through, now and until reinit_completion(). */
void complete(struct completion *x);
void complete_all(struct completion *x);
bool completion_done(struct completion *x);
bool try_wait_for_completion(struct completion *x);
void wait_for_completion(struct completion *x);
/* 0 or -ERESTARTSYS. */
int __must_check wait_for_completion_interruptible(struct completion *x);
int __must_check wait_for_completion_killable(struct completion *x);
/* Jiffies left, at least 1; 0: time is up; -ERESTARTSYS (interruptible). */
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout);
long __must_check wait_for_completion_interruptible_timeout(struct completion *x,
							    unsigned long timeout);
long __must_check wait_for_completion_killable_timeout(struct completion *x,
						       unsigned long timeout);

#endif
