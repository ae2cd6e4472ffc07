/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Below <linux/interrupt.h>: interrupt numbers, lines and when handlers run.
 */
#ifndef KAPI_IRQ_H
#define KAPI_IRQ_H

#include <linux/types.h>

struct msi_msg;

/*
 * Interrupts "of a CPU" are those that the running thread raises. While the
 * count is not 0 they are held back; whoever brings it back to 0 calls
 * kapi_irq_run_pending(). spin_lock_irqsave() and its kin go through this
 * pair, so that a handler may take any lock taken that way elsewhere.
 */
extern __thread unsigned int kapi_irq_off KAPI_THREAD_VISIBLE;
extern __thread bool kapi_irq_held_back KAPI_THREAD_VISIBLE;
void kapi_irq_run_pending(void);

static inline void kapi_irq_disable(void)
{
	kapi_irq_off++;
}

static inline void kapi_irq_enable(void)
{
	if (!--kapi_irq_off && __builtin_expect(kapi_irq_held_back, 0))
		kapi_irq_run_pending();
}

/* @n consecutive free interrupt numbers, the first a multiple of @align; or -ENOSPC. */
int kapi_irq_alloc(unsigned int n, unsigned int align);
void kapi_irq_free(unsigned int irq, unsigned int n);
/* A fixed number (an interrupt line of the board); level triggered. Idempotent. 0 or -errno. */
int kapi_irq_add_line(unsigned int irq);

/* An edge: one delivery, or one after the handler that runs now. Unknown numbers are dropped. */
void kapi_irq_raise(unsigned int irq);
/* Drive a line: @delta +1 for a source that begins, -1 for one that ceases to assert it. */
void kapi_irq_line(unsigned int irq, int delta);

/* The message that makes an interrupt controller raise @irq; kept for get_cached_msi_msg(). */
void kapi_irq_set_msi_msg(unsigned int irq, const struct msi_msg *msg);

#endif
