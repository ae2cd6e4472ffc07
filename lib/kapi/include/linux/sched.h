/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The thread that runs, and its process.
 */
#ifndef KAPI_LINUX_SCHED_H
#define KAPI_LINUX_SCHED_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/compiler.h>

#define TASK_COMM_LEN	16
#define PF_KTHREAD	0x00200000

struct mm_struct;
struct file;

/*
 * @mm: of the process; NULL for a thread of the core itself (PF_KTHREAD).
 * @group_leader: one per process, also when the calling thread is another.
 * @delayed_fput: files whose release waits for the end of the system call.
 */
struct task_struct {
	atomic_t usage;
	unsigned int flags;
	pid_t pid, tgid;
	struct mm_struct *mm;
	struct task_struct *group_leader;
	char comm[TASK_COMM_LEN];
	unsigned int syscall_depth;
	struct file *delayed_fput;
};

/* initial-exec: no call to find the variable, also in a shared library. */
extern __thread struct task_struct *kapi_task KAPI_THREAD_VISIBLE;

/* Make the structure of a thread that has none. Never fails (aborts without memory). */
struct task_struct *kapi_task_new(void);

static inline struct task_struct *get_current(void)
{
	struct task_struct *task = kapi_task;

	return likely(task) ? task : kapi_task_new();
}

#define current get_current()

/* A preemption point of a loop; threads of the host are preempted anyhow. */
static inline int cond_resched(void)
{
	return 0;
}

#define might_sleep()		do { } while (0)
#define might_resched()		do { } while (0)
void schedule(void);

static inline pid_t task_pid_nr(struct task_struct *task)
{
	return task->pid;
}

static inline bool same_thread_group(struct task_struct *a, struct task_struct *b)
{
	return a->group_leader == b->group_leader;
}

#include <linux/sched/task.h>

#endif
