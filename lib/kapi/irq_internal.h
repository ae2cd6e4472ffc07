/* SPDX-License-Identifier: GPL-2.0-only */
/* Between irq.c, which delivers, and irq_manage.c, which drivers call. */
#ifndef KAPI_IRQ_INTERNAL_H
#define KAPI_IRQ_INTERNAL_H

#include <linux/interrupt.h>
#include <linux/msi.h>
#include <linux/types.h>

struct irqaction {
	irq_handler_t handler;
	void *dev_id;
	unsigned long flags;
	const char *name;
	struct irqaction *next;
};

struct irq_desc {
	unsigned int irq;
	struct irqaction *action;
	unsigned int depth;	/* of disable_irq() */
	bool storm;		/* one of them is ours, taken back by the next request_irq() */
	bool edge;		/* arrived and not delivered */
	int level;		/* sources that assert the line */
	void *runner;		/* kapi_self() of the thread in the handlers */
	void *queued;		/* of the thread that has it on its list */
	struct irq_desc *next_pending;
	unsigned long status;
	unsigned int count, unhandled;
	struct msi_msg msg;
};

/* Unlocking runs what became deliverable on this thread, unless it has interrupts off. */
void kapi_irq_lock(void);
void kapi_irq_unlock(void);

/* With the lock held. */
struct irq_desc *kapi_irq_desc(unsigned int irq);
void kapi_irq_queue(struct irq_desc *desc);
/* Sleep until no other thread runs its handlers or is about to. */
void kapi_irq_wait(struct irq_desc *desc);

#endif
