/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <linux/types.h>

/* Page aligned memory; NULL without memory or for size 0. vfree(NULL) is fine. */
void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
/* Zeroed, and fit for remap_vmalloc_range(). */
void *vmalloc_user(unsigned long size);
void vfree(const void *addr);
bool is_vmalloc_addr(const void *x);
#define __vmalloc(size, gfp) (((gfp) & __GFP_ZERO) ? vzalloc(size) : vmalloc(size))

#endif
