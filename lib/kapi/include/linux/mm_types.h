/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_MM_TYPES_H
#define KAPI_LINUX_MM_TYPES_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/rwsem.h>
#include <asm/page.h>

struct file;
struct vm_area_struct;

/*
 * A page of physical memory. There is no object: the pointer is the pfn times
 * the size of this, so that pages count up as pfns do, and is never followed.
 */
struct page {
	unsigned long opaque[8];
};

typedef unsigned long vm_flags_t;
typedef unsigned int vm_fault_t;

/*
 * The address space of the process. @mm_users and @mm_count as in the kernel;
 * @locked_vm in pages, under @mmap_lock held for writing.
 */
struct mm_struct {
	atomic_t mm_count;
	atomic_t mm_users;
	struct rw_semaphore mmap_lock;
	unsigned long locked_vm;
	unsigned long total_vm;
	atomic64_t pinned_vm;
	pid_t kapi_process;		/* whose it is, or was before a fork */
};

/*
 * A mapping of a device file. Memory of the program has none. @vm_file is
 * referenced. The page table of the area is @kapi_pfns: pfn + 1 of each page
 * that a fault has mapped, 0 of the others.
 */
struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	struct mm_struct *vm_mm;
	pgprot_t vm_page_prot;
	vm_flags_t vm_flags;
	unsigned long vm_pgoff;
	const struct vm_operations_struct *vm_ops;
	struct file *vm_file;
	void *vm_private_data;
	unsigned long *kapi_pfns;
};

/* vm_fault_t */
#define VM_FAULT_OOM		0x000001
#define VM_FAULT_SIGBUS		0x000002
#define VM_FAULT_MAJOR		0x000004
#define VM_FAULT_HWPOISON	0x000010
#define VM_FAULT_SIGSEGV	0x000040
#define VM_FAULT_NOPAGE		0x000100
#define VM_FAULT_LOCKED		0x000200
#define VM_FAULT_RETRY		0x000400
#define VM_FAULT_FALLBACK	0x000800
#define VM_FAULT_ERROR		(VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV | \
				 VM_FAULT_HWPOISON | VM_FAULT_FALLBACK)

enum fault_flag {
	FAULT_FLAG_WRITE = 1 << 0,
	FAULT_FLAG_MKWRITE = 1 << 1,
	FAULT_FLAG_USER = 1 << 6,
	FAULT_FLAG_REMOTE = 1 << 7,
};

#endif
