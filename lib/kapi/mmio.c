// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executing an instruction whose memory operand is a device register.
 *
 * Known are the forms that compilers make of loads, stores and tests of a
 * volatile integer: mov in all its encodings, movzx, movsx, movnti, xchg, and
 * the arithmetic and logical operations with memory on either side. The address
 * is the fault's, so addressing bytes are only skipped.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/fault.h>
#include <kapi/phys.h>
#include <ucontext.h>

struct insn {
	greg_t *regs;
	u64 phys;
	unsigned int width;	/* of the memory operand */
	u8 rex;
	bool opsize;		/* prefix 66 */
	const u8 *next;		/* byte to decode next */
	u8 modrm;
};

#define REX_W 8
#define REX_R 4

/* Arithmetic flags in rFLAGS. */
#define F_CF 0x001
#define F_PF 0x004
#define F_AF 0x010
#define F_ZF 0x040
#define F_SF 0x080
#define F_OF 0x800

enum { OP_ADD, OP_OR, OP_ADC, OP_SBB, OP_AND, OP_SUB, OP_XOR, OP_CMP };

static const u8 greg_index[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

static u64 mask_of(unsigned int width)
{
	return width == 8 ? ~0ULL : (1ULL << width * 8) - 1;
}

static u64 sign_extend(u64 val, unsigned int width)
{
	unsigned int shift = 64 - width * 8;

	return (u64)((s64)(val << shift) >> shift);
}

/* Without REX the byte registers 4 to 7 are the second bytes of the first four. */
static greg_t *reg_at(const struct insn *in, unsigned int reg, unsigned int width,
		      unsigned int *shift)
{
	*shift = 0;
	if (width == 1 && !in->rex && reg >= 4) {
		*shift = 8;
		reg -= 4;
	}
	return &in->regs[greg_index[reg]];
}

static u64 get_reg(const struct insn *in, unsigned int reg, unsigned int width)
{
	unsigned int shift;
	greg_t *at = reg_at(in, reg, width, &shift);

	return (u64)*at >> shift & mask_of(width);
}

static void set_reg(const struct insn *in, unsigned int reg, unsigned int width, u64 val)
{
	unsigned int shift;
	greg_t *at = reg_at(in, reg, width, &shift);
	u64 mask = mask_of(width) << shift;

	/* A 32-bit result clears the upper half; smaller ones leave the rest alone. */
	if (width >= 4)
		*at = val & mask_of(width);
	else
		*at = ((u64)*at & ~mask) | (val << shift & mask);
}

/* Widest aligned piece, as the bus splits what is not aligned. */
static unsigned int piece(u64 phys, unsigned int len)
{
	unsigned int width = 8;

	while (phys & (width - 1) || width > len)
		width /= 2;
	return width;
}

static u64 load(const struct insn *in)
{
	unsigned int done, width;
	u64 val = 0;

	for (done = 0; done < in->width; done += width) {
		width = piece(in->phys + done, in->width - done);
		val |= kapi_phys_read(in->phys + done, width) << done * 8;
	}
	return val;
}

static void store(const struct insn *in, u64 val)
{
	unsigned int done, width;

	for (done = 0; done < in->width; done += width) {
		width = piece(in->phys + done, in->width - done);
		kapi_phys_write(in->phys + done, width, val >> done * 8 & mask_of(width));
	}
}

static bool stays_in_page(const struct insn *in)
{
	return offset_in_page(in->phys) + in->width <= PAGE_SIZE;
}

/*
 * Skip what follows ModRM to address memory. False: the operand is a register, or goes on in
 * the next page.
 */
static bool skip_address(struct insn *in)
{
	u8 mod, rm, sib = 0;

	in->modrm = *in->next++;
	mod = in->modrm >> 6;
	rm = in->modrm & 7;
	if (mod == 3)
		return false;
	if (rm == 4)
		sib = *in->next++;
	if (mod == 1)
		in->next += 1;
	else if (mod == 2 || rm == 5 || (rm == 4 && (sib & 7) == 5))
		in->next += 4;
	return stays_in_page(in);
}

static unsigned int reg_field(const struct insn *in)
{
	return (in->modrm >> 3 & 7) | (in->rex & REX_R ? 8 : 0);
}

/* 16, 32 or 64 bits by the prefixes; bit 0 of most opcodes clear: 8. */
static unsigned int operand_width(const struct insn *in, u8 opcode)
{
	if (!(opcode & 1))
		return 1;
	return in->rex & REX_W ? 8 : in->opsize ? 2 : 4;
}

/* An immediate of at most 4 bytes, sign-extended. */
static u64 immediate(struct insn *in, unsigned int width)
{
	u64 val = 0;
	unsigned int i;

	if (width > 4)
		width = 4;
	for (i = 0; i < width; i++)
		val |= (u64)*in->next++ << i * 8;
	return sign_extend(val, width);
}

static u64 compute(struct insn *in, unsigned int op, u64 a, u64 b)
{
	u64 mask = mask_of(in->width), top = mask ^ mask >> 1, carry, flags, out;

	flags = in->regs[REG_EFL];
	carry = (op == OP_ADC || op == OP_SBB) && flags & F_CF;
	flags &= ~(u64)(F_CF | F_PF | F_AF | F_ZF | F_SF | F_OF);
	a &= mask;
	b &= mask;
	switch (op) {
	case OP_ADD:
	case OP_ADC:
		out = (a + b + carry) & mask;
		if (out < a || (carry && out == a))
			flags |= F_CF;
		if ((a ^ out) & (b ^ out) & top)
			flags |= F_OF;
		flags |= (a ^ b ^ out) & F_AF;
		break;
	case OP_OR:
		out = a | b;
		break;
	case OP_AND:
		out = a & b;
		break;
	case OP_XOR:
		out = a ^ b;
		break;
	default:
		out = (a - b - carry) & mask;
		if (a < b || (carry && a == b))
			flags |= F_CF;
		if ((a ^ b) & (a ^ out) & top)
			flags |= F_OF;
		flags |= (a ^ b ^ out) & F_AF;
	}
	if (!out)
		flags |= F_ZF;
	if (out & top)
		flags |= F_SF;
	if (!(__builtin_popcount(out & 0xff) & 1))
		flags |= F_PF;
	in->regs[REG_EFL] = flags;
	return out;
}

/* Memory is the destination and the first operand. */
static void compute_store(struct insn *in, unsigned int op, u64 operand)
{
	u64 out = compute(in, op, load(in), operand);

	if (op != OP_CMP)
		store(in, out);
}

/* Opcodes 00-3b: operation in bits 3-5, direction in bit 1. */
static bool arithmetic(struct insn *in, u8 opcode)
{
	unsigned int op = opcode >> 3 & 7;
	u64 out;

	in->width = operand_width(in, opcode);
	if (opcode & 4 || !skip_address(in))
		return false;
	if (!(opcode & 2)) {
		compute_store(in, op, get_reg(in, reg_field(in), in->width));
		return true;
	}
	out = compute(in, op, get_reg(in, reg_field(in), in->width), load(in));
	if (op != OP_CMP)
		set_reg(in, reg_field(in), in->width, out);
	return true;
}

static bool two_byte(struct insn *in)
{
	u8 opcode = *in->next++;
	unsigned int to = in->rex & REX_W ? 8 : in->opsize ? 2 : 4;
	u64 val;

	switch (opcode) {
	case 0xb6: case 0xb7: case 0xbe: case 0xbf:	/* movzx, movsx */
		in->width = opcode & 1 ? 2 : 1;
		if (!skip_address(in))
			return false;
		val = load(in);
		set_reg(in, reg_field(in), to,
			opcode & 8 ? sign_extend(val, in->width) & mask_of(to) : val);
		return true;
	case 0xc3:					/* movnti */
		in->width = in->rex & REX_W ? 8 : 4;
		if (!skip_address(in))
			return false;
		store(in, get_reg(in, reg_field(in), in->width));
		return true;
	default:
		return false;
	}
}

static bool one_byte(struct insn *in, u8 opcode)
{
	u64 val;

	if (opcode == 0x0f)
		return two_byte(in);
	if (opcode < 0x40)
		return arithmetic(in, opcode);
	in->width = operand_width(in, opcode);
	switch (opcode) {
	case 0xa0: case 0xa1: case 0xa2: case 0xa3:	/* rAX and a full address */
		in->next += 8;
		if (!stays_in_page(in))
			return false;
		if (opcode & 2)
			store(in, get_reg(in, 0, in->width));
		else
			set_reg(in, 0, in->width, load(in));
		return true;
	}
	if (opcode == 0x63)				/* movsxd */
		in->width = 4;
	if (!skip_address(in))
		return false;
	switch (opcode) {
	case 0x88: case 0x89:
		store(in, get_reg(in, reg_field(in), in->width));
		return true;
	case 0x8a: case 0x8b:
		set_reg(in, reg_field(in), in->width, load(in));
		return true;
	case 0x63:
		val = sign_extend(load(in), 4);
		set_reg(in, reg_field(in), in->rex & REX_W ? 8 : 4, val);
		return true;
	case 0xc6: case 0xc7:
		if (in->modrm & 0x38)
			return false;
		store(in, immediate(in, in->width));
		return true;
	case 0x80: case 0x81:
		compute_store(in, in->modrm >> 3 & 7, immediate(in, in->width));
		return true;
	case 0x83:
		compute_store(in, in->modrm >> 3 & 7, immediate(in, 1));
		return true;
	case 0x84: case 0x85:				/* test */
		compute(in, OP_AND, load(in), get_reg(in, reg_field(in), in->width));
		return true;
	case 0xf6: case 0xf7:
		if (in->modrm & 0x38)
			return false;
		val = immediate(in, in->width);
		compute(in, OP_AND, load(in), val);
		return true;
	case 0x86: case 0x87:				/* xchg */
		val = load(in);
		store(in, get_reg(in, reg_field(in), in->width));
		set_reg(in, reg_field(in), in->width, val);
		return true;
	default:
		return false;
	}
}

int kapi_mmio_emulate(void *context, unsigned long addr, u64 phys)
{
	ucontext_t *uc = context;
	struct insn in = { .regs = uc->uc_mcontext.gregs, .phys = phys };
	u8 opcode;

	in.next = (const u8 *)in.regs[REG_RIP];
	/* Segment, operand size and lock prefixes; REX is the last one. */
	for (;; in.next++) {
		opcode = *in.next;
		if (opcode == 0x66)
			in.opsize = true;
		else if (opcode != 0x2e && opcode != 0x36 && opcode != 0x3e && opcode != 0x26 &&
			 opcode != 0x64 && opcode != 0x65 && opcode != 0xf0)
			break;
	}
	if ((opcode & 0xf0) == 0x40)
		in.rex = *in.next++;
	opcode = *in.next++;
	if (!one_byte(&in, opcode))
		return -EINVAL;
	in.regs[REG_RIP] = (greg_t)in.next;
	return 0;
}
