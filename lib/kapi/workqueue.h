/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between workqueue.c, which queues and runs work, and workqueue_flush.c, which
 * waits for it and takes it back.
 */
#ifndef KAPI_WORKQUEUE_INTERNAL_H
#define KAPI_WORKQUEUE_INTERNAL_H

#include <linux/workqueue.h>
#include <pthread.h>

#define WORK_PENDING	1UL

struct workqueue_struct {
	struct list_head all;		/* every queue */
	struct list_head pending;
	char name[32];
	int max_threads;
	int threads, idle;
	int wake;			/* futex: something to do */
	bool dying;
};

/* A thread, on its own stack. */
struct kapi_worker {
	struct list_head all;
	struct workqueue_struct *wq;
	struct work_struct *work;	/* runs now; may be freed memory */
	unsigned long seq;		/* of the queueing that runs */
};

extern pthread_mutex_t kapi_wq_lock;
extern struct list_head kapi_workers;
extern unsigned long kapi_wq_seq;	/* number of the last queueing */

/* All with the lock held. */
void kapi_wq_insert(struct workqueue_struct *wq, struct work_struct *work);
/* Is a thread running @work? Its queueing's number, or 0. */
unsigned long kapi_work_running(const struct work_struct *work);
/* Sleep, without the lock, until an item was finished or taken off somewhere. */
void kapi_wq_wait(void);
void kapi_wq_progress(void);
/*
 * Run what is pending on @wq, up to the queueing @seq, or @only if that is not NULL and
 * pending, on the calling thread: kapi/alone.h. The lock is dropped meanwhile.
 */
void kapi_wq_run_alone(struct workqueue_struct *wq, unsigned long seq, struct work_struct *only);
/* Make sure that someone works on what is pending. */
void kapi_wq_kick(struct workqueue_struct *wq);

static inline unsigned long kapi_work_seq(const struct work_struct *work)
{
	return work->data >> 1;
}

#endif
