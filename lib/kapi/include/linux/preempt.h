/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_PREEMPT_H
#define __LINUX_PREEMPT_H

/* Threads of the host cannot be kept from being preempted; locks do what is needed. */
#include <linux/compiler.h>

#define preempt_disable()	barrier()
#define preempt_enable()	barrier()
#define in_interrupt()		0
#define in_task()		1
#define in_atomic()		0

#endif
