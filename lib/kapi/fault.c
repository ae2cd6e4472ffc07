// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handler of SIGSEGV and SIGBUS.
 *
 * A fault is synchronous: the handler runs as if the faulting instruction had
 * called it, so it may take locks and call drivers. In order: an access to a
 * device mapping; a fault of the core's copies to and from user memory; all
 * else is handed on to whom the program, or whoever was there first, installed.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/fault.h>
#include <kapi/host.h>
#include <kapi/task.h>
#include <linux/uaccess.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include "vma.h"

#define PF_WRITE	2	/* error code of the page fault */
#define PF_INSTR	16

/* The libc function itself: lib/syscall stands in front of the other name. */
int __sigaction(int sig, const struct sigaction *act, struct sigaction *old);

/* What the program has installed, as it sees it: [0] SIGSEGV, [1] SIGBUS. */
static struct sigaction installed[2];
static pthread_mutex_t installed_lock = PTHREAD_MUTEX_INITIALIZER;

static struct sigaction *slot_of(int sig)
{
	return &installed[sig == SIGBUS];
}

static vm_fault_t call_fault(struct vm_area_struct *vma, unsigned long addr, unsigned int flags)
{
	struct vm_fault vmf = {
		.vma = vma,
		.address = addr & PAGE_MASK,
		.real_address = addr,
		.pgoff = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT),
		.flags = flags,
	};

	if (!vma->vm_ops || !vma->vm_ops->fault)
		return VM_FAULT_SIGBUS;
	return vma->vm_ops->fault(&vmf);
}

/* Called with the mmap_lock held for reading. */
static enum kapi_vma_result fault_in(struct vm_area_struct *vma, unsigned long addr, bool write,
				     u64 *phys)
{
	unsigned long pfn;
	vm_fault_t ret;
	u64 off;

	if (!(vma->vm_flags & (write ? VM_WRITE : VM_READ | VM_WRITE | VM_EXEC)))
		return KAPI_VMA_SEGV;
	pfn = kapi_vma_pfn(vma, addr);
	if (!pfn) {
		ret = call_fault(vma, addr, FAULT_FLAG_USER | (write ? FAULT_FLAG_WRITE : 0));
		if (ret & VM_FAULT_SIGSEGV)
			return KAPI_VMA_SEGV;
		if (ret & VM_FAULT_ERROR)
			return KAPI_VMA_BUS;
		pfn = kapi_vma_pfn(vma, addr);
		if (!pfn)
			return KAPI_VMA_MAPPED;	/* zapped again meanwhile, or told to retry */
	}
	*phys = PFN_PHYS(pfn - 1) + offset_in_page(addr);
	return kapi_phys_memfd(*phys, &off) >= 0 ? KAPI_VMA_MAPPED : KAPI_VMA_MMIO;
}

enum kapi_vma_result kapi_vma_fault(unsigned long addr, bool write, u64 *phys)
{
	enum kapi_vma_result ret = KAPI_VMA_NONE;
	struct vm_area_struct *vma;
	struct mm_struct *mm;

	/* A thread may fault elsewhere with the lock held: look before taking it. */
	if (!kapi_vma_overlaps(addr, 1))
		return KAPI_VMA_NONE;
	kapi_enter();
	mm = current->mm;
	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma)
		ret = fault_in(vma, addr, write, phys);
	mmap_read_unlock(mm);
	kapi_exit();
	return ret;
}

int fixup_user_fault(struct mm_struct *mm, unsigned long address, unsigned int fault_flags,
		     bool *unlocked)
{
	bool write = fault_flags & FAULT_FLAG_WRITE;
	struct vm_area_struct *vma = vma_lookup(mm, address);
	vm_fault_t ret;

	if (!vma || !(vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		return -EFAULT;
	if (kapi_vma_pfn(vma, address))
		return 0;
	ret = call_fault(vma, address, fault_flags);
	if (ret & VM_FAULT_OOM)
		return -ENOMEM;
	return ret & VM_FAULT_ERROR ? -EFAULT : 0;
}

unsigned long kapi_vma_copy(unsigned long addr, void *buf, unsigned long n, bool write)
{
	unsigned long step, left;
	u64 phys;

	for (; n; addr += step, buf = (char *)buf + step, n -= step) {
		step = PAGE_SIZE - offset_in_page(addr);
		if (step > n)
			step = n;
		switch (kapi_vma_fault(addr, write, &phys)) {
		case KAPI_VMA_MMIO:
			if (kapi_phys_copy(phys, buf, step, write))
				return n;
			break;
		case KAPI_VMA_NONE:
		case KAPI_VMA_MAPPED:
			left = write ? kapi_uaccess_copy((void *)addr, buf, step) :
				       kapi_uaccess_copy(buf, (void *)addr, step);
			if (left == step)
				return n;
			step -= left;
			break;
		default:
			return n;
		}
	}
	return 0;
}

static void set_default(int sig)
{
	struct sigaction act = { .sa_handler = SIG_DFL };

	__sigaction(sig, &act, NULL);
}

/* Run the program's handler for @sig as the kernel would have. */
static void hand_on(int sig, siginfo_t *info, ucontext_t *uc)
{
	struct sigaction act;
	sigset_t mask, old;

	pthread_mutex_lock(&installed_lock);
	act = *slot_of(sig);
	if (act.sa_flags & SA_RESETHAND)
		slot_of(sig)->sa_handler = SIG_DFL;
	pthread_mutex_unlock(&installed_lock);

	if (act.sa_handler == SIG_IGN && info->si_code <= 0)
		return;
	if (act.sa_handler == SIG_DFL || act.sa_handler == SIG_IGN) {
		/* To die of it: a fault happens again, anything else is sent again. */
		set_default(sig);
		if (info->si_code <= 0 || sig != SIGSEGV || info->si_code == SI_KERNEL ||
		    kapi_vma_overlaps((unsigned long)info->si_addr, 1))
			kapi_host(SYS_rt_tgsigqueueinfo, getpid(), kapi_host(SYS_gettid), sig,
				  info);
		return;
	}
	mask = act.sa_mask;
	if (!(act.sa_flags & SA_NODEFER))
		sigaddset(&mask, sig);
	/* Faults of the core inside of the handler must still come here. */
	sigdelset(&mask, SIGSEGV);
	sigdelset(&mask, SIGBUS);
	pthread_sigmask(SIG_BLOCK, &mask, &old);
	if (act.sa_flags & SA_SIGINFO)
		act.sa_sigaction(sig, info, uc);
	else
		act.sa_handler(sig);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void no_decode(const siginfo_t *info, const ucontext_t *uc)
{
	const unsigned char *pc = (unsigned char *)uc->uc_mcontext.gregs[REG_RIP];
	char line[160];
	int len;

	len = snprintf(line, sizeof(line), "vfio-core: cannot emulate the access to device memory"
		       " %p at %p: %02x %02x %02x %02x %02x %02x %02x %02x\n", info->si_addr, pc,
		       pc[0], pc[1], pc[2], pc[3], pc[4], pc[5], pc[6], pc[7]);
	kapi_host_write(2, line, len);
}

/* True if the program goes on. False: *sig and @info say what it gets. */
static bool handle(int *sig, siginfo_t *info, ucontext_t *uc)
{
	greg_t *regs = uc->uc_mcontext.gregs;
	unsigned long fix = kapi_uaccess_fixup(regs[REG_RIP]);
	enum kapi_vma_result res = KAPI_VMA_NONE;
	unsigned long addr = (unsigned long)info->si_addr;
	u64 phys;

	if (*sig == SIGSEGV && READ_ONCE(kapi_vma_count) && info->si_code != SI_KERNEL &&
	    !(regs[REG_ERR] & PF_INSTR))
		res = kapi_vma_fault(addr, regs[REG_ERR] & PF_WRITE, &phys);
	if (res == KAPI_VMA_MAPPED)
		return true;
	if (fix) {
		regs[REG_RIP] = fix;
		return true;
	}
	if (res == KAPI_VMA_MMIO) {
		if (!kapi_mmio_emulate(uc, addr, phys))
			return true;
		no_decode(info, uc);
		res = KAPI_VMA_BUS;
	}
	if (res == KAPI_VMA_BUS) {
		*sig = SIGBUS;
		info->si_signo = SIGBUS;
		info->si_code = BUS_ADRERR;
	}
	return false;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	int err = errno;
	bool done = info->si_code > 0 && handle(&sig, info, context);

	if (!done)
		hand_on(sig, info, context);
	errno = err;
}

int kapi_sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction now, before;

	if (sig != SIGSEGV && sig != SIGBUS)
		return -EINVAL;
	/* The pointers may be bad: the handler needs the lock. */
	if (act)
		now = *act;
	pthread_mutex_lock(&installed_lock);
	before = *slot_of(sig);
	if (act)
		*slot_of(sig) = now;
	pthread_mutex_unlock(&installed_lock);
	if (old)
		*old = before;
	return 0;
}

void kapi_fault_init(void)
{
	struct sigaction act = {
		.sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK | SA_RESTART,
	};

	__sigaction(SIGSEGV, &act, &installed[0]);
	__sigaction(SIGBUS, &act, &installed[1]);
}
