// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of device files: faults, zapping, splitting, and the emulation of each
 * instruction form that reaches a register.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
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
static const struct file_operations bare = { .release = t_release };

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

static void unmap(volatile void *at, size_t len)
{
	if (!kapi_sys_munmap((void *)at, len))
		munmap((void *)at, len);
}

static void test_errors(int fd)
{
	int none = kapi_fd_publish(anon_inode_getfile("[n]", &bare, NULL, O_RDWR), false);
	int ro = kapi_fd_publish(anon_inode_getfile("[r]", &fops, NULL, O_RDONLY), false);

	is(PTR_ERR((void *)map(none, PROT_READ, 4096, 0)), -ENODEV, "mmap without the operation");
	is(PTR_ERR((void *)map(99, PROT_READ, 4096, 0)), -EBADF, "of a closed descriptor");
	is(PTR_ERR((void *)map(99, PROT_READ, 4096, 1)), -EINVAL, "an unaligned offset first");
	is(PTR_ERR((void *)map(fd, PROT_READ, 0, 0)), -EINVAL, "of length 0");
	is(PTR_ERR((void *)map(fd, PROT_READ, 1UL << 50, 0)), -ENOMEM, "of more than there is");
	is(PTR_ERR((void *)map(fd, PROT_READ, 8192, -4096)), -EOVERFLOW, "over the last offset");
	is(PTR_ERR((void *)map(fd, PROT_READ, 1UL << 40, 0)), -EINVAL, "what the driver refuses");
	is(PTR_ERR((void *)map(ro, PROT_WRITE, 4096, 0)), -EACCES, "to write a read-only file");
	is(PTR_ERR(kapi_sys_mmap(NULL, 4096, PROT_READ, 0, fd, 0)), -EINVAL, "of no type");
	kapi_sys_close(none);
	kapi_sys_close(ro);
}

static void test_ram(int fd, struct file *file)
{
	volatile u8 *a = map(fd, PROT_READ | PROT_WRITE, SIZE, 0), *b;
	unsigned int before = faults;
	char buf[16];

	a[5] = 9;
	is(faults, before + 1, "one fault maps a page");
	is(a[5], 9, "plain memory");
	is(faults, before + 1, "and no more");
	b = map(fd, PROT_READ, PAGE_SIZE, 0);
	is(b[5], 9, "another mapping of the same");
	is(signal_of(b[5] = 1), SIGSEGV, "a store without PROT_WRITE");
	is(got_code, SEGV_ACCERR, "is SEGV_ACCERR");
	ok(got_addr == b + 5, "at its address");
	unmap_mapping_range(file->f_mapping, 0, PAGE_SIZE, 1);
	before = faults;
	is(a[5] + b[5], 18, "after zapping both");
	is(faults, before + 2, "both fault again");
	unmap_mapping_range(file->f_mapping, 0, 0, 1);
	is(copy_from_user(buf, (void *)a, 16), 0, "a copy from a mapping faults it in");
	is(buf[5], 9, "... and has its content");
	is(copy_to_user((void *)(b + 4), buf, 8), 8, "a copy to a read-only one fails");
	disabled = true;
	unmap_mapping_range(file->f_mapping, 0, 0, 1);
	is(signal_of((void)a[5]), SIGBUS, "VM_FAULT_SIGBUS");
	is(got_code, BUS_ADRERR, "is BUS_ADRERR");
	is(copy_from_user(buf, (void *)a, 16), 16, "a copy from it fails");
	disabled = false;
	is(signal_of((void)a[5]), 0, "it works again");
	is(pin_user_pages((long)a, 1, 0, NULL), -EFAULT, "device memory cannot be pinned");
	unmap(b, PAGE_SIZE);
	is(signal_of((void)b[5]), SIGSEGV, "unmapped is unmapped");
	is(kapi_sys_mprotect((void *)a, PAGE_SIZE, PROT_NONE), 1, "mprotect");
	is(signal_of((void)a[5]), SIGSEGV, "takes access away");
	is(signal_of((void)a[PAGE_SIZE]), 0, "of that page only");
	unmap(a, SIZE);
	is(kapi_vma_count, 0, "no mapping is left");
}

static void test_split(int fd, struct file *file)
{
	volatile u8 *a = map(fd, PROT_READ | PROT_WRITE, SIZE, 0);
	struct follow_pfnmap_args args = { 0 };
	struct vm_area_struct *vma;
	bool unlocked;
	long before;
	int i;

	for (i = 0; i < 8; i++)
		a[i * PAGE_SIZE] = 10 + i;
	before = file_count(file);
	unmap(a + 2 * PAGE_SIZE, 3 * PAGE_SIZE);
	is(file_count(file), before + 1, "a hole leaves two mappings, a reference each");
	is(kapi_vma_count, 2, "two areas");
	is(a[0] + a[PAGE_SIZE] + a[5 * PAGE_SIZE] + a[7 * PAGE_SIZE], 10 + 11 + 15 + 17,
	   "with the right pages");
	is(signal_of((void)a[2 * PAGE_SIZE]), SIGSEGV, "and none in between");
	unmap_mapping_range(file->f_mapping, 6 * PAGE_SIZE, PAGE_SIZE, 1);
	i = faults;
	is(a[5 * PAGE_SIZE] + a[6 * PAGE_SIZE] + a[7 * PAGE_SIZE], 48, "zapping one page");
	is(faults, i + 1, "faults that page alone");
	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, (long)a + 6 * PAGE_SIZE);
	ok(vma && vma->vm_pgoff == 5, "the second area begins at its offset");
	ok(!vma_lookup(current->mm, (long)a + 3 * PAGE_SIZE), "no area in the hole");
	unmap_mapping_range(file->f_mapping, 0, 0, 1);
	args.vma = vma;
	args.address = (long)a + 6 * PAGE_SIZE;
	is(follow_pfnmap_start(&args), -EINVAL, "nothing to follow");
	is(fixup_user_fault(current->mm, args.address, FAULT_FLAG_WRITE, &unlocked), 0, "fault it in");
	is(follow_pfnmap_start(&args), 0, "follow");
	is(args.pfn, PHYS_PFN(RAM_AT) + 6, "the pfn");
	follow_pfnmap_end(&args);
	mmap_read_unlock(current->mm);
	a = kapi_sys_mmap((void *)a, SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	is(kapi_vma_count, 1, "MAP_FIXED replaces what was there");
	is(a[2 * PAGE_SIZE], 12, "with the new one");
	unmap(a, SIZE);
}

/* An instruction on *(@p) with rax as @val; returns rax. */
#define insn(text, val) ({						\
	u64 __rax = (val);						\
	asm volatile(text : "+a" (__rax) : "D" (p), "d" (0x1122334455667788) : "memory", "cc"); \
	__rax; })

static void test_forms(int fd)
{
	volatile u8 *page = map(fd, PROT_READ | PROT_WRITE, SIZE, 0), *p = page + 0x100;
	u64 *reg = (u64 *)(regs + 0x100), v = 0x8182838485868788;
	bool equal;

	*reg = v;
	is(insn("movb (%%rdi), %%al", -1), 0xffffffffffffff88, "8a: mov to al");
	is(insn("movb (%%rdi), %%ah", -1), 0xffffffffffff88ff, "8a: mov to ah");
	is(last_width, 1, "as a byte");
	is(insn("movw (%%rdi), %%ax", -1), 0xffffffffffff8788, "66 8b: mov to ax");
	is(insn("movl (%%rdi), %%eax", -1), 0x85868788, "8b: mov to eax clears the rest");
	is(last_width, 4, "as 32 bits");
	is(insn("movq (%%rdi), %%rax", 0), v, "48 8b: mov to rax");
	is(last_width, 8, "as 64 bits");
	is(insn("movzbl 1(%%rdi), %%eax", -1), 0x87, "0f b6: movzx");
	is(last_off, 0x101, "at its address");
	is(insn("movzwl (%%rdi), %%eax", -1), 0x8788, "0f b7: movzx");
	is(insn("movsbl (%%rdi), %%eax", 0), 0xffffff88, "0f be: movsx to 32 bits");
	is(insn("movsbq (%%rdi), %%rax", 0), 0xffffffffffffff88, "48 0f be: movsx to 64 bits");
	is(insn("movswq (%%rdi), %%rax", 0), 0xffffffffffff8788, "48 0f bf: movsx");
	is(insn("movslq (%%rdi), %%rax", 0), 0xffffffff85868788, "48 63: movsxd");
	is(insn("movl 0x12345678(%%rdi, %%rax, 4), %%eax", -0x12345678LL / 4), 0x85868788,
	   "SIB and a long displacement");
	is(insn("movq (%%rdi), %%r9; movq %%r9, %%rax", 0), v, "4c 8b: to r9");
	is(insn("movb %%al, (%%rdi)", 0x42), 0x42, "88: mov from al");
	is(*reg, 0x8182838485868742, "... stored");
	insn("movb %%dh, (%%rdi)", 0);
	is(*reg & 0xff, 0x77, "88: mov from dh");
	insn("movw %%dx, (%%rdi)", 0);
	is(*reg & 0xffff, 0x7788, "66 89: mov from dx");
	insn("movl %%edx, (%%rdi)", 0);
	is(*reg, 0x8182838455667788, "89: mov from edx");
	insn("movq %%rdx, (%%rdi)", 0);
	is(*reg, 0x1122334455667788, "48 89: mov from rdx");
	insn("movb $0x12, (%%rdi)", 0);
	is(*reg & 0xff, 0x12, "c6: mov of an immediate byte");
	insn("movw $0x3456, (%%rdi)", 0);
	is(*reg & 0xffff, 0x3456, "66 c7: of 16 bits");
	insn("movl $0x789abcde, (%%rdi)", 0);
	is((u32)*reg, 0x789abcde, "c7: of 32 bits");
	insn("movq $-2, 8(%%rdi)", 0);
	is(reg[1], -2, "48 c7: sign-extended to 64 bits");
	insn("movnti %%rdx, (%%rdi)", 0);
	is(*reg, 0x1122334455667788, "0f c3: movnti");
	is(insn("cmpl $0x55667788, (%%rdi); sete %%al", 0), 1, "81: cmp with an immediate");
	is(insn("cmpb $-0x78, (%%rdi); sete %%al", 0), 1, "80: cmp of a byte");
	is(insn("cmpl $1, (%%rdi); seta %%al", 0), 1, "83: cmp with a byte extended");
	is(insn("cmpq %%rdx, (%%rdi); sete %%al", 0), 1, "39: cmp with a register");
	is(insn("testb $8, (%%rdi); setnz %%al", 0), 1, "f6: test");
	is(insn("testl %%edx, (%%rdi); setnz %%al", 0), 1, "85: test with a register");
	is(insn("addl (%%rdi), %%eax", 1), 0x55667789, "03: add to a register");
	insn("orl $0xf, (%%rdi)", 0);
	is((u32)*reg, 0x5566778f, "83: or to a register of the device");
	insn("xorl %%edx, (%%rdi)", 0);
	is((u32)*reg, 7, "31: xor");
	insn("subw $8, (%%rdi)", 0);
	is((u16)*reg, 0xffff, "66 83: sub");
	is(insn("xchgl %%eax, (%%rdi)", 5), 0xffff, "87: xchg");
	is((u32)*reg, 5, "... both ways");
	asm volatile("cmpl $6, %1\n\tsetb %0" : "=r" (equal) : "m" (*(volatile u32 *)p) : "cc");
	ok(equal, "the borrow of a comparison");

	reads = writes = 0;
	*(volatile u32 *)(p + 0x11) = 0xa1b2c3d4;
	is(writes, 3, "an unaligned store is split as on the bus");
	is(*(u32 *)(regs + 0x111), 0xa1b2c3d4, "... and complete");
	is(signal_of(asm volatile("movups (%0), %%xmm0" : : "r" (p) : "xmm0")), SIGBUS,
	   "an instruction it does not know is SIGBUS");
	is(signal_of((void)*(volatile u32 *)(page + PAGE_SIZE - 2)), SIGBUS, "so is one over two pages");
	is(copy_from_user(&v, (void *)(p + 3), 8), 0, "a copy from registers");
	is(v, *(u64 *)(regs + 0x103), "... has their content");
	is(get_user(equal, (bool *)(p)), 0, "get_user from a register");
	is(copy_to_user((void *)p, "12345678", 8), 0, "a copy to registers");
	ok(!memcmp(regs + 0x100, "12345678", 8), "... arrives");
	unmap(page, SIZE);
}

static void test_life(int fd)
{
	volatile u8 *a = map(fd, PROT_READ | PROT_WRITE, PAGE_SIZE, 0);
	int status;
	pid_t pid;

	a[0] = 1;
	released = 0;
	kapi_sys_close(fd);
	is(released, 0, "a mapping keeps its file");
	is(a[0], 1, "and works");
	pid = fork();
	if (!pid) {
		status = a[0] != 1;
		unmap(a, PAGE_SIZE);
		_exit(status || released != 1 || kapi_vma_count);
	}
	waitpid(pid, &status, 0);
	is(status, 0, "a child inherits it and can unmap it");
	is(a[0], 1, "the parent's stays");
	unmap(a, PAGE_SIZE);
	is(released, 1, "munmap releases the file");
}

int main(void)
{
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	int memfd = memfd_create("bar", 0), ram, mmio;
	struct file *file;

	kapi_init();
	kapi_sigaction(SIGSEGV, &act, NULL);
	kapi_sigaction(SIGBUS, &act, NULL);
	if (ftruncate(memfd, SIZE))
		return 2;
	ok(kapi_phys_register(RAM_AT, SIZE, &ops, NULL, memfd), "register memory");
	ok(kapi_phys_register(REGS_AT, SIZE, &ops, NULL, -1), "register registers");
	ok(!kapi_phys_register(REGS_AT + SIZE - 1, 2, &ops, NULL, -1), "not twice");
	is(kapi_phys_read(REGS_AT + SIZE, 2), 0xffff, "nothing answers behind them");
	file = make(RAM_AT, &ram);
	make(REGS_AT, &mmio);
	test_errors(ram);
	test_ram(ram, file);
	test_split(ram, file);
	test_forms(mmio);
	test_life(mmio);
	return tap_done();
}
