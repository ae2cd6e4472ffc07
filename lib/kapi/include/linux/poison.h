/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_POISON_H
#define _LINUX_POISON_H

/* Addresses outside the canonical range: any access faults. */
#define POISON_POINTER_DELTA	0xdead000000000000UL
#define LIST_POISON1	((void *)(0x100UL + POISON_POINTER_DELTA))
#define LIST_POISON2	((void *)(0x122UL + POISON_POINTER_DELTA))

#endif
