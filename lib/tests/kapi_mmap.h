/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device of two ranges, one of plain memory and one of registers, a file that
 * maps them, and the signals of accesses to it. One program includes it once.
 */
#ifndef TESTS_MMAP_H
#define TESTS_MMAP_H

#include <kapi/fault.h>
#include <kapi/file.h>
#include <kapi/phys.h>
#include <kapi/syscalls.h>
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define RAM_AT	0x10000000ULL	/* plain memory */
#define REGS_AT	0x20000000ULL	/* registers */
#define SIZE	(8 * PAGE_SIZE)

static u8 regs[SIZE];
static volatile unsigned int reads, writes, last_width;
static volatile u64 last_off;
static volatile bool disabled;
static volatile unsigned int faults, released;

static u64 r_read(void *priv, u64 off, unsigned int width)
{
	u64 val = 0;

	reads++;
	last_width = width;
	last_off = off;
	memcpy(&val, regs + off, width);
	return val;
}

static void r_write(void *priv, u64 off, unsigned int width, u64 val)
{
	writes++;
	last_width = width;
	last_off = off;
	memcpy(regs + off, &val, width);
}

static const struct kapi_phys_ops ops = { r_read, r_write };

static vm_fault_t t_fault(struct vm_fault *vmf)
{
	faults++;
	if (disabled)
		return VM_FAULT_SIGBUS;
	return vmf_insert_pfn(vmf->vma, vmf->address,
			      (long)vmf->vma->vm_private_data + vmf->pgoff);
}

static const struct vm_operations_struct vm_ops = { .fault = t_fault };

static int t_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff + vma_pages(vma) > SIZE / PAGE_SIZE)
		return -EINVAL;
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &vm_ops;
	return 0;
}

static int t_release(struct inode *inode, struct file *file)
{
	released++;
	return 0;
}

static const struct file_operations fops = { .mmap = t_mmap, .release = t_release };

__attribute__((__unused__))
static struct file *make(u64 phys, int *fd)
{
	struct file *file = anon_inode_getfile("[m]", &fops, (void *)PHYS_PFN(phys), O_RDWR);

	/* An address space of its own, as a driver has for unmap_mapping_range(). */
	file->f_mapping = &alloc_anon_inode(NULL)->i_data;
	*fd = kapi_fd_publish(file, false);
	return file;
}

static sigjmp_buf jump;
static volatile bool armed;
static volatile int got_signal, got_code;
static void *volatile got_addr;

static void on_signal(int sig, siginfo_t *info, void *uc)
{
	if (!armed) {
		printf("Bail out! signal %d at %p\n", sig, info->si_addr);
		exit(2);
	}
	got_signal = sig;
	got_code = info->si_code;
	got_addr = info->si_addr;
	siglongjmp(jump, 1);
}

/* The signal that an access raises, 0 if it goes through. */
#define signal_of(access) ({						\
	got_signal = 0;							\
	armed = true;							\
	if (!sigsetjmp(jump, 1))					\
		access;							\
	armed = false;							\
	got_signal; })

static volatile u8 *map(int fd, int prot, size_t len, loff_t off)
{
	return kapi_sys_mmap(NULL, len, prot, MAP_SHARED, fd, off);
}

__attribute__((__unused__))
static void unmap(volatile void *at, size_t len)
{
	if (!kapi_sys_munmap((void *)at, len))
		munmap((void *)at, len);
}

/* Register both ranges; false if that fails. */
static bool setup(void)
{
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	int memfd = memfd_create("bar", 0);

	kapi_init();
	kapi_sigaction(SIGSEGV, &act, NULL);
	kapi_sigaction(SIGBUS, &act, NULL);
	return !ftruncate(memfd, SIZE) && kapi_phys_register(RAM_AT, SIZE, &ops, NULL, memfd) &&
	       kapi_phys_register(REGS_AT, SIZE, &ops, NULL, -1);
}

#endif
