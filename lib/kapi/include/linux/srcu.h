/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SRCU_H
#define _LINUX_SRCU_H

/* RCU with a domain of its own, whose readers may sleep. */
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <pthread.h>

/* Two sets of readers: a grace period turns new ones to the other set and waits for the old. */
struct srcu_struct {
	pthread_mutex_t lock;		/* one grace period at a time */
	int readers[2];			/* futexes */
	int idx;
};

#define __KAPI_SRCU_INIT	{ .lock = PTHREAD_MUTEX_INITIALIZER }
#define DEFINE_SRCU(name)	struct srcu_struct name = __KAPI_SRCU_INIT
#define DEFINE_STATIC_SRCU(name) static struct srcu_struct name = __KAPI_SRCU_INIT

int init_srcu_struct(struct srcu_struct *ssp);	/* 0 */
void cleanup_srcu_struct(struct srcu_struct *ssp);
int srcu_read_lock(struct srcu_struct *ssp);
void srcu_read_unlock(struct srcu_struct *ssp, int idx);
void synchronize_srcu(struct srcu_struct *ssp);
#define srcu_dereference(p, ssp)	rcu_dereference(p)

#endif
