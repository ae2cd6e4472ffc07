/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt bypass: a producer (a device interrupt) is matched with a consumer
 * (a guest interrupt) by token. There is no consumer in the core, so producers
 * are only kept, and their tokens held unique.
 */
#ifndef KAPI_LINUX_IRQBYPASS_H
#define KAPI_LINUX_IRQBYPASS_H

#include <linux/list.h>

struct irq_bypass_consumer;

struct irq_bypass_producer {
	int irq;
	void *token;
	struct list_head node;
	int (*add_consumer)(struct irq_bypass_producer *prod, struct irq_bypass_consumer *cons);
	void (*del_consumer)(struct irq_bypass_producer *prod, struct irq_bypass_consumer *cons);
	void (*stop)(struct irq_bypass_producer *prod);
	void (*start)(struct irq_bypass_producer *prod);
};

/* 0; -EINVAL without a token; -EBUSY if another producer has the token. May sleep. */
int irq_bypass_register_producer(struct irq_bypass_producer *producer);
/* Does nothing for a producer without token or not registered. */
void irq_bypass_unregister_producer(struct irq_bypass_producer *producer);

#endif
