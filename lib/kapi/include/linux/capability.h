/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_CAPABILITY_H
#define KAPI_LINUX_CAPABILITY_H

#include <linux/types.h>
#include_next <linux/capability.h>

struct task_struct;

/* Does the calling thread, or @task, have capability @cap effectively, on the host? */
bool capable(int cap);
bool has_capability(struct task_struct *task, int cap);
#define ns_capable(ns, cap)	capable(cap)

#endif
