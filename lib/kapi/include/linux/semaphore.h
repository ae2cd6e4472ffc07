/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_SEMAPHORE_H
#define __LINUX_SEMAPHORE_H

#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

struct semaphore {
	unsigned int count;
	wait_queue_head_t wait;	/* its lock guards count */
};

void sema_init(struct semaphore *sem, int val);
void down(struct semaphore *sem);
/* 0, or -EINTR when a signal came first. */
int __must_check down_interruptible(struct semaphore *sem);
/* 0: taken, 1: not (sic). */
int __must_check down_trylock(struct semaphore *sem);
/* 0 or -ETIME. */
int __must_check down_timeout(struct semaphore *sem, long timeout);
void up(struct semaphore *sem);

#endif
