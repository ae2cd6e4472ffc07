/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_IRQ_H
#define KAPI_LINUX_IRQ_H

#include <linux/interrupt.h>

#define IRQ_LEVEL		(1 << 8)
#define IRQ_NOAUTOEN		(1 << 12)
/* disable_irq() masks at once instead of at the next arrival; no difference here but kept. */
#define IRQ_DISABLE_UNLAZY	(1 << 19)

void irq_set_status_flags(unsigned int irq, unsigned long set);
void irq_clear_status_flags(unsigned int irq, unsigned long clr);

#endif
