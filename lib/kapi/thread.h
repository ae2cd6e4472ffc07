/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads of kapi, and what they need around fork(). Between the .c files that
 * have such threads.
 */
#ifndef KAPI_THREAD_H
#define KAPI_THREAD_H

#include <linux/types.h>

/*
 * Start a detached thread that runs @fn(@arg) and is named @name, as a thread
 * of the kernel: current->mm is NULL, and signals meant for the program pass it
 * by. Returns 0 or -errno.
 */
int kapi_thread_start(const char *name, void (*fn)(void *arg), void *arg);

/* Called around fork() by fork.c: take locks, and drop them; in the child, start anew. */
void kapi_wq_fork_prepare(void);
void kapi_wq_fork_parent(void);
void kapi_wq_fork_child(void);
void kapi_timer_fork_quiesce(void);
void kapi_timer_fork_prepare(void);
void kapi_timer_fork_parent(void);
void kapi_timer_fork_child(void);
void kapi_rcu_fork_prepare(void);
void kapi_rcu_fork_parent(void);
void kapi_rcu_fork_child(void);
void kapi_device_fork(bool lock);
void kapi_chrdev_fork(bool lock);
void kapi_vfs_fork_prepare(void);
void kapi_vfs_fork_parent(void);
void kapi_vfs_fork_child(void);

#endif
