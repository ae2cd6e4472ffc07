/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <linux/overflow.h>
#include <linux/types.h>

/* Page aligned memory; NULL without memory or for size 0. vfree(NULL) is fine. */
void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
struct vm_area_struct;

/* Zeroed, and fit for remap_vmalloc_range(). */
void *vmalloc_user(unsigned long size);
/*
 * From f_op->mmap: fill the whole area with memory from vmalloc_user(), from page
 * @pgoff of it on. 0, or -EINVAL: other memory, or it ends before the area.
 */
int remap_vmalloc_range(struct vm_area_struct *vma, void *addr, unsigned long pgoff);
void vfree(const void *addr);
#define vcalloc(n, size) vzalloc(size_mul(n, size))
bool is_vmalloc_addr(const void *x);
#define __vmalloc(size, gfp) (((gfp) & __GFP_ZERO) ? vzalloc(size) : vmalloc(size))

#endif
