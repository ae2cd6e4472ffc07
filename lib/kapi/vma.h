/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of device mappings, for mmap.c and fault.c. Callers hold the
 * mmap_lock: for writing to change the table, for reading otherwise.
 */
#ifndef KAPI_VMA_H
#define KAPI_VMA_H

#include <linux/mm_types.h>

/* 0 or -ENOMEM. */
int kapi_vma_insert(struct vm_area_struct *vma);
void kapi_vma_remove(struct vm_area_struct *vma);
/* Split @vma at @addr inside of it. 0, -ENOMEM, or what may_split() says. */
int kapi_vma_split(struct vm_area_struct *vma, unsigned long addr);
/* Drops the file reference; the area is in no table any more. */
void kapi_vma_free(struct vm_area_struct *vma);
/* Map @count pages from @pfn on, memory of the core's included. 0 or -errno. */
int kapi_vma_map(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		 unsigned long count);
/* pfn + 1 of the page at @addr, 0 if it is not mapped. */
unsigned long kapi_vma_pfn(struct vm_area_struct *vma, unsigned long addr);

#endif
