/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process with one thread that calls the core through kapi/syscalls.h, as fuzz
 * targets are: what else costs system calls and other threads is done by that
 * thread itself, so that the same calls always do the same.
 */
#ifndef KAPI_ALONE_H
#define KAPI_ALONE_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <pthread.h>

/*
 * kapi_run_alone - promise that the calling thread is the only one in the core
 *
 * For good, after kapi_init() and before any descriptor is made. The process does
 * not fork, changes no capabilities and hands no descriptor of the core to the host.
 * From then on
 * - descriptors are numbers of the core's own, the lowest free one from
 *   KAPI_OWN_FDS on, with nothing of the host's behind them
 * - work items and RCU callbacks run on the calling thread, without its memory: at
 *   the end of the outermost system call that queued them, or when they are flushed
 * - locks know their owner as ever, but nobody waits for one
 */
void kapi_run_alone(void);
#define KAPI_OWN_FDS 256

extern bool kapi_alone;

/* Locks of the host's, of which a process alone has no need. */
static inline void kapi_host_lock(pthread_mutex_t *lock)
{
	if (!kapi_alone)
		pthread_mutex_lock(lock);
}

static inline void kapi_host_unlock(pthread_mutex_t *lock)
{
	if (!kapi_alone)
		pthread_mutex_unlock(lock);
}

/*
 * kapi_sys_eventfd - eventfd(2), EFD_NONBLOCK, as a file of the core's
 *
 * Who waits on it hears of a write or of its last close within that very call.
 * Returns the descriptor, or -EMFILE, -ENOMEM.
 */
int kapi_sys_eventfd(unsigned int count);

/* workqueue.c: items wait to be run by the thread that calls kapi_work_run(). */
extern unsigned int kapi_work_waits;
void kapi_work_run(void);
/* Part of kapi_run_alone(). */
void kapi_work_alone(void);

#endif
