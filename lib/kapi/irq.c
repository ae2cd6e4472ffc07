// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt numbers and the flow of an interrupt from whoever raises it to the
 * handlers. One lock covers all of it; it is innermost and never held while a
 * handler runs.
 */
#include <kapi/irq.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/msi.h>
#include <linux/slab.h>
#include <pthread.h>

#include "irq_internal.h"

#define NR_IRQS		4096
#define FIRST_DYNAMIC	24	/* below: the lines of the board */
/* What the kernel allows an interrupt that nobody wants before it shuts it off. */
#define STORM_LIMIT	100000

__thread unsigned int kapi_irq_off;
__thread bool kapi_irq_held_back;

static __thread struct irq_desc *pending_head, **pending_tail;
static __thread bool running_pending;

static pthread_mutex_t irq_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t irq_done = PTHREAD_COND_INITIALIZER;
static struct irq_desc *irq_descs[NR_IRQS];

void kapi_irq_lock(void)
{
	kapi_irq_disable();
	pthread_mutex_lock(&irq_lock);
}

void kapi_irq_unlock(void)
{
	pthread_mutex_unlock(&irq_lock);
	kapi_irq_enable();
}

struct irq_desc *kapi_irq_desc(unsigned int irq)
{
	return irq < NR_IRQS ? irq_descs[irq] : NULL;
}

void kapi_irq_wait(struct irq_desc *desc)
{
	while ((desc->runner && desc->runner != kapi_self()) ||
	       (desc->queued && desc->queued != kapi_self()))
		pthread_cond_wait(&irq_done, &irq_lock);
}

static bool wants_to_run(struct irq_desc *desc)
{
	return desc->action && !desc->depth && (desc->edge || desc->level > 0);
}

/*
 * Put @desc on this thread's list. If another thread has it listed or runs its
 * handlers, that one sees the new arrival too.
 */
void kapi_irq_queue(struct irq_desc *desc)
{
	if (!wants_to_run(desc) || desc->queued || desc->runner)
		return;
	desc->queued = kapi_self();
	desc->next_pending = NULL;
	if (!pending_head)
		pending_tail = &pending_head;
	*pending_tail = desc;
	pending_tail = &desc->next_pending;
	kapi_irq_held_back = true;
}

/* Take @desc off this thread's list, if it is on it. */
static void unqueue(struct irq_desc *desc)
{
	struct irq_desc **p = &pending_head;

	if (!desc->queued)
		return;
	while (*p != desc)
		p = &(*p)->next_pending;
	*p = desc->next_pending;
	desc->queued = NULL;
	/* The tail may have gone: find it anew. */
	for (pending_tail = &pending_head; *pending_tail; )
		pending_tail = &(*pending_tail)->next_pending;
}

/* Counts what no handler wanted, as the kernel's spurious interrupt detection does. */
static void note_interrupt(struct irq_desc *desc, bool handled, unsigned int in_a_row)
{
	if (!handled)
		desc->unhandled++;
	desc->count++;
	/* A level that stays up would keep this thread here for ever: a handled one counts too. */
	if (desc->count < STORM_LIMIT && in_a_row < STORM_LIMIT)
		return;
	if (desc->unhandled > STORM_LIMIT - 100 || in_a_row >= STORM_LIMIT) {
		pr_err("irq %u: nobody cared, disabling it\n", desc->irq);
		desc->depth++;
		desc->storm = true;
	}
	desc->count = 0;
	desc->unhandled = 0;
}

static void run_handlers(struct irq_desc *desc)
{
	unsigned int in_a_row = 0;

	while (wants_to_run(desc)) {
		struct irqaction *action = desc->action;
		bool handled = false;

		desc->edge = false;
		desc->runner = kapi_self();
		pthread_mutex_unlock(&irq_lock);
		for (; action; action = smp_load_acquire(&action->next))
			if (action->handler(desc->irq, action->dev_id) != IRQ_NONE)
				handled = true;
		pthread_mutex_lock(&irq_lock);
		desc->runner = NULL;
		pthread_cond_broadcast(&irq_done);
		note_interrupt(desc, handled, ++in_a_row);
	}
}

void kapi_irq_run_pending(void)
{
	if (running_pending)
		return;
	running_pending = true;
	/* Handlers run with interrupts off; what they raise is appended and runs next. */
	kapi_irq_off++;
	pthread_mutex_lock(&irq_lock);
	while (pending_head) {
		struct irq_desc *desc = pending_head;

		pending_head = desc->next_pending;
		desc->queued = NULL;
		pthread_cond_broadcast(&irq_done);
		run_handlers(desc);
	}
	kapi_irq_held_back = false;
	pthread_mutex_unlock(&irq_lock);
	kapi_irq_off--;
	running_pending = false;
}

static struct irq_desc *add_desc(unsigned int irq)
{
	struct irq_desc *desc = kzalloc(sizeof(*desc), GFP_KERNEL);

	if (desc) {
		desc->irq = irq;
		irq_descs[irq] = desc;
	}
	return desc;
}

int kapi_irq_alloc(unsigned int n, unsigned int align)
{
	unsigned int irq, i;
	int ret = -ENOSPC;

	kapi_irq_lock();
	for (irq = roundup(FIRST_DYNAMIC, align); irq + n <= NR_IRQS; irq += align) {
		for (i = 0; i < n && !irq_descs[irq + i]; i++)
			;
		if (i == n)
			break;
	}
	if (irq + n <= NR_IRQS) {
		for (i = 0; i < n && add_desc(irq + i); i++)
			;
		ret = i == n ? (int)irq : -ENOMEM;
		while (ret < 0 && i--) {
			kfree(irq_descs[irq + i]);
			irq_descs[irq + i] = NULL;
		}
	}
	kapi_irq_unlock();
	return ret;
}

void kapi_irq_free(unsigned int irq, unsigned int n)
{
	unsigned int i;

	kapi_irq_lock();
	for (i = irq; i < irq + n && i < NR_IRQS; i++) {
		struct irq_desc *desc = irq_descs[i];

		if (!desc || WARN_ON(desc->action))
			continue;
		kapi_irq_wait(desc);
		unqueue(desc);
		irq_descs[i] = NULL;
		kfree(desc);
	}
	kapi_irq_unlock();
}

int kapi_irq_add_line(unsigned int irq)
{
	int ret = 0;

	if (irq >= FIRST_DYNAMIC)
		return -EINVAL;
	kapi_irq_lock();
	if (!irq_descs[irq]) {
		struct irq_desc *desc = add_desc(irq);

		if (desc)
			desc->status = IRQ_LEVEL;
		else
			ret = -ENOMEM;
	}
	kapi_irq_unlock();
	return ret;
}

void kapi_irq_raise(unsigned int irq)
{
	struct irq_desc *desc;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	/* Without a handler the vector is not started up and the message lost. */
	if (desc && desc->action) {
		desc->edge = true;
		kapi_irq_queue(desc);
	}
	kapi_irq_unlock();
}

void kapi_irq_line(unsigned int irq, int delta)
{
	struct irq_desc *desc;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	if (desc) {
		desc->level += delta;
		WARN_ON(desc->level < 0);
		kapi_irq_queue(desc);
	}
	kapi_irq_unlock();
}

void kapi_irq_set_msi_msg(unsigned int irq, const struct msi_msg *msg)
{
	struct irq_desc *desc;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	if (desc)
		desc->msg = *msg;
	kapi_irq_unlock();
}

void get_cached_msi_msg(unsigned int irq, struct msi_msg *msg)
{
	struct irq_desc *desc;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	*msg = desc ? desc->msg : (struct msi_msg) {};
	kapi_irq_unlock();
}

void irq_set_status_flags(unsigned int irq, unsigned long set)
{
	struct irq_desc *desc;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	if (desc)
		desc->status |= set;
	kapi_irq_unlock();
}

void irq_clear_status_flags(unsigned int irq, unsigned long clr)
{
	struct irq_desc *desc;

	kapi_irq_lock();
	desc = kapi_irq_desc(irq);
	if (desc)
		desc->status &= ~clr;
	kapi_irq_unlock();
}

static void irq_fork_prepare(void)
{
	pthread_mutex_lock(&irq_lock);
}

static void irq_fork_parent(void)
{
	pthread_mutex_unlock(&irq_lock);
}

/* Threads that ran or listed interrupts do not exist in the child. */
static void irq_fork_child(void)
{
	unsigned int irq;

	for (irq = 0; irq < NR_IRQS; irq++) {
		struct irq_desc *desc = irq_descs[irq];

		if (!desc)
			continue;
		if (desc->runner != kapi_self())
			desc->runner = NULL;
		if (desc->queued != kapi_self()) {
			desc->queued = NULL;
			kapi_irq_queue(desc);
		}
	}
	pthread_cond_init(&irq_done, NULL);
	pthread_mutex_unlock(&irq_lock);
}

static void __attribute__((constructor)) irq_init(void)
{
	pthread_atfork(irq_fork_prepare, irq_fork_parent, irq_fork_child);
}
