/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_SCHED_SIGNAL_H
#define KAPI_LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>
#include <linux/resource.h>

/* Soft limit RLIMIT_@limit of the process as the host has it; bytes or a count. */
unsigned long rlimit(unsigned int limit);
/* The same of the process of @task; 0 when it is gone. */
unsigned long task_rlimit(const struct task_struct *task, unsigned int limit);

/*
 * A signal runs its handler in the middle of the core's code, so none is ever
 * found pending, and one that kills does so at once.
 */
static inline int signal_pending(struct task_struct *task)
{
	return 0;
}

static inline int fatal_signal_pending(struct task_struct *task)
{
	return 0;
}

#endif
