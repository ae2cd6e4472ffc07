// SPDX-License-Identifier: GPL-2.0-only
#include <linux/interrupt.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "irq_internal.h"

/* All users of an interrupt must share it. The lock is held. */
static int add_action(struct irq_desc *desc, struct irqaction *new)
{
	struct irqaction **p = &desc->action;

	if (desc->action && !(desc->action->flags & new->flags & IRQF_SHARED))
		return -EBUSY;
	if (!desc->action) {
		desc->depth = !!(new->flags & IRQF_NO_AUTOEN);
		desc->storm = false;
		desc->edge = false;
		desc->count = 0;
		desc->unhandled = 0;
	} else if (desc->storm) {
		desc->storm = false;
		desc->depth--;
	}
	while (*p)
		p = &(*p)->next;
	/* A walk over the handlers, which takes no lock, may come to it at once. */
	smp_store_release(p, new);
	return 0;
}

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev_id)
{
	struct irqaction *action;
	struct irq_desc *desc;
	int ret;

	if (irq == IRQ_NOTCONNECTED)
		return -ENOTCONN;
	if ((flags & IRQF_SHARED && (!dev_id || flags & IRQF_NO_AUTOEN)) || !handler)
		return -EINVAL;
	action = kzalloc(sizeof(*action), GFP_KERNEL);
	if (!action)
		return -ENOMEM;
	action->handler = handler;
	action->dev_id = dev_id;
	action->flags = flags;
	action->name = name;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	ret = desc ? add_action(desc, action) : -EINVAL;
	/* A line that is up already. */
	if (!ret)
		kapi_irq_queue(desc);
	kapi_irq_unlock();
	if (ret)
		kfree(action);
	return ret;
}

const void *free_irq(unsigned int irq, void *dev_id)
{
	struct irqaction *action = NULL, **p;
	struct irq_desc *desc;
	const char *name;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	if (desc) {
		for (p = &desc->action; *p && (*p)->dev_id != dev_id; p = &(*p)->next)
			;
		action = *p;
		if (action) {
			WRITE_ONCE(*p, action->next);
			/* The walk over the handlers may stand on it: next stays as it is. */
			kapi_irq_wait(desc);
		}
	}
	kapi_irq_unlock();
	if (WARN(!action, "Trying to free already-free IRQ %u\n", irq))
		return NULL;
	name = action->name;
	kfree(action);
	return name;
}

void disable_irq_nosync(unsigned int irq)
{
	struct irq_desc *desc;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	if (desc)
		desc->depth++;
	kapi_irq_unlock();
}

void synchronize_irq(unsigned int irq)
{
	struct irq_desc *desc;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	if (desc)
		kapi_irq_wait(desc);
	kapi_irq_unlock();
}

void disable_irq(unsigned int irq)
{
	disable_irq_nosync(irq);
	synchronize_irq(irq);
}

void enable_irq(unsigned int irq)
{
	struct irq_desc *desc;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	if (desc && !WARN(!desc->depth, "Unbalanced enable for IRQ %u\n", irq)) {
		desc->depth--;
		kapi_irq_queue(desc);
	}
	kapi_irq_unlock();
}
