// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: map, unmap, dirty pages, pins of drivers, mediated devices beside real
 * ones, v1 and v2, IOMMUs that do not go together. Beside the books of
 * oracle_type1.c, at the end of each call: pins are given back when what they pin goes.
 *
 * Input: a program, see program.h.
 */
#include <errno.h>
#include <linux/vfio.h>

#include "fuzz_program.h"
#include "mock_uapi.h"

#define PAGE_OF(at) ((at) & ~(uint64_t)(PROG_PAGE - 1))

FUZZ_TARGET("type1");

/* More than one kind of IOMMU; the path counts from the top of the source tree. */
__asm__(".pushsection .rodata\n"
	".hidden topology\n.globl topology\n"
	"topology:\n"
	".incbin \"lib/pci/model/topologies/iommus.topo\"\n"
	".byte 0\n"
	".popsection\n");
extern const char topology[];

/* The mapping that has all of [iova, iova + len), or NULL. */
static const struct o_map *mapping(const struct o_type1 *t1, uint64_t iova, uint64_t len)
{
	for (unsigned int i = 0; i < t1->n; i++)
		if (t1->map[i].iova <= iova && iova - t1->map[i].iova < t1->map[i].size &&
		    len <= t1->map[i].size - (iova - t1->map[i].iova))
			return &t1->map[i];
	return NULL;
}

static void check_pin(const struct o_container *c, const struct prog_step *s)
{
	uint64_t iova = arg64(s->before, 0), pages = arg64(s->before, 8);

	if (!pages || pages > MOCK_PIN_MAX) {
		ORACLE(s->ret < 0, "pin of %llu pages gives %ld", (unsigned long long)pages, s->ret);
		return;
	}
	/* All are pinned or none. */
	ORACLE(s->ret < 0 || s->ret == (long)pages, "%ld of %llu pages pinned", s->ret,
	       (unsigned long long)pages);
	if (s->ret > 0)
		for (uint64_t i = 0; i < pages; i++)
			ORACLE(mapping(&c->t1, PAGE_OF(iova) + i * PROG_PAGE, PROG_PAGE),
			       "pinned what is not mapped: %#llx", (unsigned long long)iova);
}

static void check_rw(const struct o_container *c, const struct prog_step *s)
{
	uint64_t iova = arg64(s->before, 0), len = arg64(s->before, 8);

	if (!s->ret && len && iova + len > iova)
		ORACLE(mapping(&c->t1, iova, 1) && mapping(&c->t1, iova + len - 1, 1),
		       "%llu bytes moved where nothing is mapped: %#llx", (unsigned long long)len,
		       (unsigned long long)iova);
}

static void step(const struct prog_step *s)
{
	const struct o_file *f = o_file(s->fd);
	const struct o_container *c;

	if (!f || f->kind != PROG_DEVICE || s->op != PROG_MOCK_CMD)
		return;
	c = o_groups[f->group].container;
	ORACLE(c, "a device is open without a container");
	if (c->unsure)
		return;
	if (s->value == MOCK_CMD_PIN)
		check_pin(c, s);
	if (s->value == MOCK_CMD_DMA_RW)
		check_rw(c, s);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_program_start(topology);
	o_width[o_group_of(PROG_PLAIN)] = 48;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_program(data, size, step);
	return 0;
}
