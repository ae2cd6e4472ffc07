/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_SCHED_MM_H
#define KAPI_LINUX_SCHED_MM_H

#include <linux/sched.h>
#include <linux/mm_types.h>

/* mm_count keeps the structure. */
static inline void mmgrab(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_count);
}

void mmdrop(struct mm_struct *mm);

/* mm_users keeps the address space. */
static inline void mmget(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_users);
}

/*
 * False once the process has exited. Of another process there is only what fork()
 * copied: its memory is that of the caller then.
 */
bool mmget_not_zero(struct mm_struct *mm);

void mmput(struct mm_struct *mm);

/* The address space of @task with a user reference, NULL for a thread of the core. */
struct mm_struct *get_task_mm(struct task_struct *task);

#endif
