/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TRACE_IRQFLAGS_H
#define _LINUX_TRACE_IRQFLAGS_H

#include <linux/types.h>
#include <kapi/irq.h>

/* Whether this thread takes interrupts; a count, so the pairs nest. */
#define local_irq_disable()	kapi_irq_disable()
#define local_irq_enable()	kapi_irq_enable()
#define local_irq_save(flags)	do { (flags) = kapi_irq_off; kapi_irq_disable(); } while (0)
#define local_irq_restore(flags) do { (void)(flags); kapi_irq_enable(); } while (0)
#define irqs_disabled()		(kapi_irq_off != 0)

#endif
