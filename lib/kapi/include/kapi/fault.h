/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults: the signal handler behind copies from and to user memory and behind
 * device mappings.
 */
#ifndef KAPI_FAULT_H
#define KAPI_FAULT_H

#include <linux/mm.h>
#include <signal.h>

/* Install the handlers. What was there before is called for faults that are not ours. */
void kapi_fault_init(void);

/*
 * What sigaction(2) on SIGSEGV and SIGBUS does for the program: its handler is
 * kept, shown back, and runs for what is not ours. Returns 0 or -EINVAL.
 */
int kapi_sigaction(int sig, const struct sigaction *act, struct sigaction *old);

/*
 * Copy @n bytes between any two addresses; return how many could not be copied.
 * kapi_uaccess_zero() writes zeros.
 */
unsigned long kapi_uaccess_copy(void *to, const void *from, unsigned long n);
unsigned long kapi_uaccess_zero(void *to, unsigned long n);
/*
 * Touch one byte in each of @n pages from @addr on, which is one; @write proves that
 * it can be written, changing nothing. Returns how many pages could NOT be
 * touched, the first bad one included.
 */
unsigned long kapi_uaccess_touch(unsigned long addr, unsigned long n, bool write);
/* If @pc lies in one of these: where to continue so that it returns. Else 0. */
unsigned long kapi_uaccess_fixup(unsigned long pc);

/* Number of device mappings: the fast answer to "is this address one of ours". */
extern unsigned int kapi_vma_count;

enum kapi_vma_result {
	KAPI_VMA_NONE,		/* no device mapping there */
	KAPI_VMA_MAPPED,	/* access again: it is mapped now */
	KAPI_VMA_MMIO,		/* to be emulated at *phys */
	KAPI_VMA_SEGV,		/* the program gets SIGSEGV */
	KAPI_VMA_BUS,		/* the program gets SIGBUS */
};

/* The page fault of an access at @addr. Calls the driver if the page is not mapped. */
enum kapi_vma_result kapi_vma_fault(unsigned long addr, bool write, u64 *phys);
/*
 * Copy between a buffer and memory of which some is a device mapping without
 * plain memory behind it. Returns the bytes not copied.
 */
unsigned long kapi_vma_copy(unsigned long addr, void *buf, unsigned long n, bool write);
/* True if a device mapping lies in [addr, addr+len). */
bool kapi_vma_overlaps(unsigned long addr, unsigned long len);
/* Start of the first device mapping in [addr, end), or @end. */
unsigned long kapi_vma_next(unsigned long addr, unsigned long end);
/* After fork(), in the child: its mappings belong to @mm now. */
void kapi_vma_after_fork(struct mm_struct *mm);

/*
 * Execute the instruction at the program counter of @uc, whose memory operand
 * is device memory: @addr, at physical address @phys. Returns 0 with registers
 * and program counter advanced, or -EINVAL for an instruction it does not know
 * or an access that is not aligned or leaves the page.
 */
int kapi_mmio_emulate(void *uc, unsigned long addr, u64 phys);

/* kapi/phys.h: file and offset behind a physical page, or -1 if each access is a call. */
int kapi_phys_memfd(u64 addr, u64 *off);

#endif
