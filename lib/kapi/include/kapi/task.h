/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry to and exit from the core.
 */
#ifndef KAPI_TASK_H
#define KAPI_TASK_H

#include <kapi/alone.h>
#include <linux/sched.h>

/* Sets up the process's mm and the calling thread; see kapi_init(). */
void kapi_task_init(void);

/*
 * Reads 1 until fork(): then the child finds 0 (its pages are wiped), however it
 * was made. A child that shares memory with its parent (vfork()) reads 1.
 */
extern const volatile unsigned int *kapi_fork_mark;

/* In a new process: give it an mm, a task and a fork mark of its own. */
void kapi_after_fork(void);

/* True in a vfork() child: the tables in memory are still its parent's. */
bool kapi_borrows_memory(void);

/*
 * kapi_cred_changed - the calling process may have other capabilities than before
 *
 * To be called before and after any such call. capable() asks the host each time
 * until kapi_cred_watched() has promised that this is done; then it remembers.
 */
void kapi_cred_changed(void);
void kapi_cred_watched(void);

/* A task of a thread of the kernel's, for kapi_task while the calling thread does its work. */
struct task_struct *kapi_task_kernel(void);

/* Runs the releases that fput() put off. */
void kapi_run_delayed_fput(struct task_struct *task);

/*
 * Around everything that runs in the core on behalf of a program. They nest.
 */
static inline void kapi_enter(void)
{
	if (unlikely(*kapi_fork_mark != 1))
		kapi_after_fork();
	current->syscall_depth++;
}

static inline void kapi_exit(void)
{
	struct task_struct *task = current;

	if (unlikely(task->delayed_fput) && task->syscall_depth == 1)
		kapi_run_delayed_fput(task);
	task->syscall_depth--;
	if (unlikely(kapi_work_waits) && !task->syscall_depth)
		kapi_work_run();
}

#endif
