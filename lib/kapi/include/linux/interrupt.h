/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt handlers.
 *
 * A handler runs on the thread that raised the interrupt (the one whose write
 * made the device assert it), at the point where that thread has interrupts
 * enabled: inside spin_lock_irqsave() it waits until the lock is dropped, see
 * kapi/irq.h. One interrupt never runs on two threads at once.
 */
#ifndef KAPI_LINUX_INTERRUPT_H
#define KAPI_LINUX_INTERRUPT_H

#include <linux/types.h>
#include <linux/irqreturn.h>

/* Edges, levels; none of them: as it is set up. */
#define IRQF_TRIGGER_RISING	(1 << 0)
#define IRQF_TRIGGER_FALLING	(1 << 1)
#define IRQF_TRIGGER_HIGH	(1 << 2)
#define IRQF_TRIGGER_LOW	(1 << 3)
#define IRQF_TRIGGER_NONE	0
#define IRQF_SHARED		0x00000080
#define IRQF_ONESHOT		0x00002000
#define IRQF_NO_AUTOEN		0x00080000

#define IRQ_NOTCONNECTED	(1U << 31)

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

/*
 * Install @handler. Returns 0; -EINVAL for an unknown @irq, no handler,
 * IRQF_SHARED without @dev_id or together with IRQF_NO_AUTOEN; -ENOTCONN for
 * IRQ_NOTCONNECTED; -EBUSY if the irq is taken and either user does not share
 * it; -ENOMEM. May sleep.
 */
int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev_id);
/* Remove the handler with @dev_id, wait until it runs nowhere. Returns the name or NULL. */
const void *free_irq(unsigned int irq, void *dev_id);

/* Nestable. What arrives while disabled is delivered (once) by the last enable_irq(). */
void disable_irq_nosync(unsigned int irq);
void disable_irq(unsigned int irq);	/* and wait for running handlers; not from the handler */
void enable_irq(unsigned int irq);
/* Wait until no handler of @irq runs. Not from the handler itself. */
void synchronize_irq(unsigned int irq);

#endif
