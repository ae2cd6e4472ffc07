/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

/* Only what a helper thread needs to reach the memory of the process: kthread_use_mm(). */
#include <linux/mm.h>
#include <linux/sched.h>

#endif
