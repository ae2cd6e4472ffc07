// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dictionary of a target that runs programs: each call that it knows, as it
 * is right, and the codes of numbers that lie at an edge. For engines that are
 * used without the mutator, and for the stages of theirs that go byte by byte.
 *
 *	mkdict TARGET
 */
#include <stdio.h>
#include <linux/vfio.h>

#include "program.h"
#include "targets.h"

static void token(const uint8_t *bytes, size_t n)
{
	putchar('"');
	for (size_t i = 0; i < n; i++)
		printf("\\x%02x", bytes[i]);
	puts("\"");
}

/* The slots that SETUP fills first: container 0, group 1, device 2; what is made goes to 3. */
static struct prog_call right(enum prog_op op)
{
	static const uint8_t slot[] = {
		[PROG_CONTAINER] = 0, [PROG_GROUP] = 1, [PROG_DEVICE] = 2, [PROG_DATA] = 3, [PROG_EVENT] = 3,
		[PROG_KVM] = 4, [PROG_VM] = 5, [PROG_KVM_DEVICE] = 6,
	};
	const struct prog_op_info *info = &prog_ops[op];
	struct prog_call c = { .op = op, .slot = slot[info->kind], .out = slot[info->makes] };

	for (unsigned int i = 0; i < PROG_OPERANDS; i++) {
		switch (info->operands[i]) {
		case PROG_IOVA:
		case PROG_SIZE:
			c.v[i] = prog_code(PROG_PAGE);
			break;
		case PROG_ADDR:
			c.v[i] = prog_code(PROG_MEM);
			break;
		case PROG_FLAGS:
			c.v[i] = 1;
			break;
		case PROG_STATE:
			c.v[i] = VFIO_DEVICE_STATE_STOP_COPY;
			break;
		case PROG_TYPE:
			c.v[i] = VFIO_TYPE1v2_IOMMU;
			break;
		default:
			break;
		}
	}
	return c;
}

int main(int argc, char **argv)
{
	static const uint64_t edges[] = {
		0, 1, PROG_PAGE, PROG_PAGE + 1, PROG_PAGE - 1, ~0ULL, -(uint64_t)PROG_PAGE, 1ULL << 39,
		0xfee00000, PROG_MEM, PROG_MEM_END, PROG_MEM_END - 8, 2ULL << 20, 1ULL << 63,
		(uint64_t)VFIO_PCI_CONFIG_REGION_INDEX << 40, (uint64_t)VFIO_PCI_NUM_REGIONS << 40,
	};
	const struct fuzz_target *t = argc == 2 ? fuzz_target(argv[1]) : NULL;
	uint8_t bytes[PROG_CALL_SIZE];

	if (!t || t->input != FUZZ_PROGRAM) {
		fprintf(stderr, "usage: mkdict TARGET, of those that run programs\n");
		return 2;
	}
	for (unsigned int op = 0; op < PROG_OPS; op++) {
		struct prog_call c = right(op);

		if (!(t->ops >> op & 1))
			continue;
		prog_encode(&c, bytes);
		token(bytes, sizeof(bytes));
	}
	for (unsigned int i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		uint16_t code = prog_code(edges[i]);

		bytes[0] = code;
		bytes[1] = code >> 8;
		token(bytes, 2);
	}
	return 0;
}
