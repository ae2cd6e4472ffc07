// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers behind a mapping: each form of instruction that is emulated.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "kapi_mmap.h"

/* An instruction on *(@p) with rax as @val; returns rax. */
#define insn(text, val) ({						\
	u64 __rax = (val);						\
	asm volatile(text : "+a" (__rax) : "D" (p), "d" (0x1122334455667788) : "memory", "cc"); \
	__rax; })

static void test_forms(int fd)
{
	volatile u8 *page = map(fd, PROT_READ | PROT_WRITE, SIZE, 0), *p = page + 0x100;
	u64 *reg = (u64 *)(regs + 0x100), v = 0x8182838485868788;
	u8 byte;

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
	asm volatile("cmpl $6, %1\n\tsetb %0" : "=r" (byte) : "m" (*(volatile u32 *)p) : "cc");
	ok(byte, "the borrow of a comparison");

	reads = writes = 0;
	insn("movl $0xa1b2c3d4, 0x11(%%rdi)", 0);
	is(writes, 3, "an unaligned store is split as on the bus");
	ok(!memcmp(regs + 0x111, "\xd4\xc3\xb2\xa1", 4), "... and complete");
	is(signal_of(asm volatile("movups (%0), %%xmm0" : : "r" (p) : "xmm0")), SIGBUS,
	   "an instruction it does not know is SIGBUS");
	is(signal_of(asm volatile("movl (%0), %%eax" : : "r" (page + PAGE_SIZE - 2) : "eax")), SIGBUS, "so is one over two pages");
	is(copy_from_user(&v, (void *)(p + 3), 8), 0, "a copy from registers");
	ok(!memcmp(&v, regs + 0x103, 8), "... has their content");
	is(get_user(byte, (u8 *)p), 0, "get_user from a register");
	is(copy_to_user((void *)p, "12345678", 8), 0, "a copy to registers");
	ok(!memcmp(regs + 0x100, "12345678", 8), "... arrives");
	unmap(page, SIZE);
}

int main(void)
{
	int fd;

	ok(setup(), "register memory and registers");
	make(REGS_AT, &fd);
	test_forms(fd);
	return done_testing();
}
