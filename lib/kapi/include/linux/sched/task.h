/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_SCHED_TASK_H
#define KAPI_LINUX_SCHED_TASK_H

#include <linux/sched.h>

/* Frees @task; for put_task_struct() only. */
void __put_task_struct(struct task_struct *task);

static inline struct task_struct *get_task_struct(struct task_struct *task)
{
	atomic_inc(&task->usage);
	return task;
}

static inline void put_task_struct(struct task_struct *task)
{
	if (atomic_dec_and_test(&task->usage))
		__put_task_struct(task);
}

#endif
