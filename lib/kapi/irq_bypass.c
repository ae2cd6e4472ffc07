// SPDX-License-Identifier: GPL-2.0-only
#include <linux/irqbypass.h>

#include <linux/errno.h>
#include <linux/mutex.h>

static LIST_HEAD(producers);
static DEFINE_MUTEX(producers_lock);

int irq_bypass_register_producer(struct irq_bypass_producer *producer)
{
	struct irq_bypass_producer *tmp;
	int ret = 0;

	if (!producer->token)
		return -EINVAL;
	mutex_lock(&producers_lock);
	list_for_each_entry(tmp, &producers, node)
		if (tmp->token == producer->token)
			ret = -EBUSY;
	if (!ret)
		list_add(&producer->node, &producers);
	mutex_unlock(&producers_lock);
	return ret;
}

void irq_bypass_unregister_producer(struct irq_bypass_producer *producer)
{
	struct irq_bypass_producer *tmp;

	if (!producer->token)
		return;
	mutex_lock(&producers_lock);
	list_for_each_entry(tmp, &producers, node)
		if (tmp == producer) {
			list_del(&producer->node);
			break;
		}
	mutex_unlock(&producers_lock);
}
