// SPDX-License-Identifier: GPL-2.0-only
/*
 * The instructions that touch user memory. A fault in one of them continues
 * where kapi_uaccess_fixup() says.
 */
#include <kapi/fault.h>

#ifndef __x86_64__
#error "user memory access is written for x86-64 only"
#endif

/*
 * While blocks are copied rdi, rsi and rdx are destination, source and rest
 * before the block. A block that faults is done again byte by byte, so that the
 * count is exact. From 768 bytes on the processor's own block copy is faster.
 */
asm(".pushsection .text.kapi_uaccess, \"ax\", @progbits\n"
	"	.globl kapi_uaccess_copy\n"
	"	.hidden kapi_uaccess_copy\n"
	"	.type kapi_uaccess_copy, @function\n"
	"	.p2align 5\n"
	"kapi_uaccess_copy:\n"
	"	.cfi_startproc\n"
	"	cmpq $8, %rdx\n"
	"	jb 4f\n"
	"	cmpq $768, %rdx\n"
	"	jae 9f\n"
	"	cmpq $64, %rdx\n"
	"	jb 2f\n"
	"1:	movups (%rsi), %xmm0\n"
	"	movups 16(%rsi), %xmm1\n"
	"	movups 32(%rsi), %xmm2\n"
	"	movups 48(%rsi), %xmm3\n"
	"	movups %xmm0, (%rdi)\n"
	"	movups %xmm1, 16(%rdi)\n"
	"	movups %xmm2, 32(%rdi)\n"
	"	movups %xmm3, 48(%rdi)\n"
	"	addq $64, %rsi\n"
	"	addq $64, %rdi\n"
	"	subq $64, %rdx\n"
	"	cmpq $64, %rdx\n"
	"	jae 1b\n"
	"	jmp 3f\n"
	"2:	movq (%rsi), %rax\n"
	"	movq %rax, (%rdi)\n"
	"	addq $8, %rsi\n"
	"	addq $8, %rdi\n"
	"	subq $8, %rdx\n"
	"3:	cmpq $8, %rdx\n"
	"	jae 2b\n"
	"4:	testb $4, %dl\n"
	"	jz 5f\n"
	"	movl (%rsi), %eax\n"
	"	movl %eax, (%rdi)\n"
	"	addq $4, %rsi\n"
	"	addq $4, %rdi\n"
	"	subq $4, %rdx\n"
	"5:	testb $2, %dl\n"
	"	jz 6f\n"
	"	movzwl (%rsi), %eax\n"
	"	movw %ax, (%rdi)\n"
	"	addq $2, %rsi\n"
	"	addq $2, %rdi\n"
	"	subq $2, %rdx\n"
	"6:	testb $1, %dl\n"
	"	jz 7f\n"
	"	movzbl (%rsi), %eax\n"
	"	movb %al, (%rdi)\n"
	"7:	xorl %eax, %eax\n"
	"	ret\n"
	"	.globl kapi_copy_bytes\n"
	"	.hidden kapi_copy_bytes\n"
	"kapi_copy_bytes:\n"
	"9:	movq %rdx, %rcx\n"
	"	.globl kapi_copy_rep\n"
	"	.hidden kapi_copy_rep\n"
	"kapi_copy_rep:\n"
	"	rep movsb\n"
	"	.globl kapi_copy_end\n"
	"	.hidden kapi_copy_end\n"
	"kapi_copy_end:\n"
	"	movq %rcx, %rax\n"
	"	ret\n"
	"	.cfi_endproc\n"
	"	.size kapi_uaccess_copy, . - kapi_uaccess_copy\n"

	"	.globl kapi_uaccess_zero\n"
	"	.hidden kapi_uaccess_zero\n"
	"	.type kapi_uaccess_zero, @function\n"
	"	.p2align 4\n"
	"kapi_uaccess_zero:\n"
	"	.cfi_startproc\n"
	"	movq %rsi, %rcx\n"
	"	xorl %eax, %eax\n"
	"	.globl kapi_zero_rep\n"
	"	.hidden kapi_zero_rep\n"
	"kapi_zero_rep:\n"
	"	rep stosb\n"
	"	jmp kapi_copy_end\n"
	"	.cfi_endproc\n"
	"	.size kapi_uaccess_zero, . - kapi_uaccess_zero\n"

/*
 * In each page another line: those at one offset of all pages share a few places of the
 * cache, and a write waits for its line.
 */
	"	.globl kapi_uaccess_touch\n"
	"	.hidden kapi_uaccess_touch\n"
	"	.type kapi_uaccess_touch, @function\n"
	"	.p2align 4\n"
	"kapi_uaccess_touch:\n"
	"	.cfi_startproc\n"
	"	testq %rsi, %rsi\n"
	"	jz 3f\n"
	"	testb %dl, %dl\n"
	"	jz 2f\n"
	"1:	movq %rdi, %rax\n"
	"	shrq $6, %rax\n"
	"	andl $4032, %eax\n"
	"	lock orb $0, (%rdi,%rax)\n"
	"	addq $4096, %rdi\n"
	"	decq %rsi\n"
	"	jnz 1b\n"
	"	jmp 3f\n"
	"2:	movq %rdi, %rax\n"
	"	shrq $6, %rax\n"
	"	andl $4032, %eax\n"
	"	movb (%rdi,%rax), %al\n"
	"	addq $4096, %rdi\n"
	"	decq %rsi\n"
	"	jnz 2b\n"
	"	.globl kapi_touch_end\n"
	"	.hidden kapi_touch_end\n"
	"kapi_touch_end:\n"
	"3:	movq %rsi, %rax\n"
	"	ret\n"
	"	.cfi_endproc\n"
	"	.size kapi_uaccess_touch, . - kapi_uaccess_touch\n"
	".popsection\n");

extern const char kapi_copy_bytes[], kapi_copy_rep[], kapi_copy_end[];
extern const char kapi_zero_rep[], kapi_touch_end[];

unsigned long kapi_uaccess_fixup(unsigned long pc)
{
	if (pc < (unsigned long)kapi_uaccess_copy || pc >= (unsigned long)kapi_touch_end)
		return 0;
	if (pc < (unsigned long)kapi_copy_bytes)
		return (unsigned long)kapi_copy_bytes;
	if (pc == (unsigned long)kapi_copy_rep || pc == (unsigned long)kapi_zero_rep)
		return (unsigned long)kapi_copy_end;
	if (pc >= (unsigned long)kapi_uaccess_touch)
		return (unsigned long)kapi_touch_end;
	return 0;
}
