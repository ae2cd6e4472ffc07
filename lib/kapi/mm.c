// SPDX-License-Identifier: GPL-2.0-only
/*
 * The address space of the process, and what is charged to it.
 */
#include <kapi/host.h>
#include <linux/mm.h>
#include <linux/capability.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <stdlib.h>
#include "internal.h"

struct mm_struct *kapi_mm;

struct mm_struct *kapi_mm_new(void)
{
	struct mm_struct *mm = calloc(1, sizeof(*mm));

	if (!mm)
		abort();
	atomic_set(&mm->mm_count, 1);
	atomic_set(&mm->mm_users, 1);
	init_rwsem(&mm->mmap_lock);
	mm->kapi_process = getpid();
	return mm;
}

bool mmget_not_zero(struct mm_struct *mm)
{
	if (mm != kapi_mm && kapi_host(SYS_kill, mm->kapi_process, 0) == -ESRCH)
		return false;
	return atomic_inc_not_zero(&mm->mm_users);
}

void mmdrop(struct mm_struct *mm)
{
	if (atomic_dec_and_test(&mm->mm_count))
		free(mm);
}

void mmput(struct mm_struct *mm)
{
	/* All users together keep one count of the structure. */
	if (atomic_dec_and_test(&mm->mm_users))
		mmdrop(mm);
}

struct mm_struct *get_task_mm(struct task_struct *task)
{
	struct mm_struct *mm = task->flags & PF_KTHREAD ? NULL : task->mm;

	if (mm)
		mmget(mm);
	return mm;
}

int __account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc,
			struct task_struct *task, bool bypass_rlim)
{
	unsigned long limit;

	if (!inc) {
		mm->locked_vm -= pages;
		return 0;
	}
	if (!bypass_rlim) {
		limit = task_rlimit(task, RLIMIT_MEMLOCK) >> PAGE_SHIFT;
		if (mm->locked_vm + pages > limit)
			return -ENOMEM;
	}
	mm->locked_vm += pages;
	return 0;
}

int account_locked_vm(struct mm_struct *mm, unsigned long pages, bool inc)
{
	int ret;

	if (!pages || !mm)
		return 0;
	mmap_write_lock(mm);
	ret = __account_locked_vm(mm, pages, inc, current, capable(CAP_IPC_LOCK));
	mmap_write_unlock(mm);
	return ret;
}

void kthread_use_mm(struct mm_struct *mm)
{
	mmgrab(mm);
	current->mm = mm;
}

void kthread_unuse_mm(struct mm_struct *mm)
{
	current->mm = NULL;
	mmdrop(mm);
}
