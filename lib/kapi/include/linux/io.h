/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_IO_H
#define KAPI_LINUX_IO_H

#include <asm/io.h>
#include <linux/bits.h>

enum {
	MEMREMAP_WB = 1 << 0, MEMREMAP_WT = 1 << 1, MEMREMAP_WC = 1 << 2,
};

/*
 * A range of physical addresses that is plain memory, for the core to access. NULL:
 * it is not, or reaches over the end of a BAR; or no memory. @flags: one of MEMREMAP_*.
 */
void *memremap(u64 addr, size_t size, unsigned long flags);
/* What memremap() gave. */
void memunmap(void *addr);

#endif
