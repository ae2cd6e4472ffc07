// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA logging: ranges, page sizes, bitmaps in any place, over writes of the
 * device. Beside the books of oracle_log.c: the driver's own counts agree.
 *
 * Input: a program, see program.h.
 */
#include <errno.h>
#include <linux/vfio.h>

#include "fuzz_program.h"
#include "mock_uapi.h"

FUZZ_TARGET("dma_logging");

static void check_start(const struct prog_step *s)
{
	uint64_t page, n;

	if (s->len < 32 || arg32(s->before, 0) < 32)
		return;
	page = arg64(s->before, 8);
	n = arg32(s->before, 16);
	if (!n)
		ORACLE(s->ret == -EINVAL, "logging of no range gives %ld", s->ret);
	else if (n > 256)
		ORACLE(s->ret == -E2BIG, "logging of %llu ranges gives %ld", (unsigned long long)n,
		       s->ret);
	else if (!s->writable)
		ORACLE(s->ret < 0, "logging starts for who cannot know: %ld", s->ret);
	if (!s->ret && page >= MOCK_LOG_PAGE_MIN && page <= MOCK_LOG_PAGE_MAX &&
	    !(page & (page - 1)))
		ORACLE(arg64(s->after, 8) == page, "pages of %llu, not %llu",
		       (unsigned long long)arg64(s->after, 8), (unsigned long long)page);
}

static void step(const struct prog_step *s)
{
	const struct o_file *f = o_file(s->fd);
	const struct o_device *d;

	if (!f || f->kind != PROG_DEVICE || f->dev == PROG_PLAIN || f->dev >= PROG_MDEV0)
		return;
	d = &o_devices[f->dev];
	if (s->op == PROG_LOG_START)
		check_start(s);
	if (s->op == PROG_MOCK_GET && s->ret == 8 && s->value == MOCK_REG_LOG_PAGE)
		ORACLE(arg64(s->after, 0) == (d->logging ? d->log_page : 0), "a log in pages of %llu",
		       (unsigned long long)arg64(s->after, 0));
	if (s->op == PROG_MOCK_GET && s->ret == 8 && s->value == MOCK_REG_LOG_DIRTY && !d->logging)
		ORACLE(!arg64(s->after, 0), "a log of %llu pages that was stopped",
		       (unsigned long long)arg64(s->after, 0));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_program_start(NULL);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_program(data, size, step);
	return 0;
}
