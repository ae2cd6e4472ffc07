// SPDX-License-Identifier: GPL-2.0-only
/*
 * Migration of two devices: states in any order, streams that are read from one
 * and written to the other, whole, cut, in another order or with bits flipped
 * (POKE between READ and WRITE). Beside the books of oracle_fsm.c: what a device
 * took over is what its stream carried, and a source ends its stream in order.
 *
 * Input: a program, see program.h.
 */
#include <errno.h>
#include <linux/vfio.h>

#include "fuzz_program.h"
#include "mock_uapi.h"

FUZZ_TARGET("migration");

/* The rest of the states' interface, which the books do not keep. */
static void check_size(const struct prog_step *s)
{
	uint64_t length;

	if (s->ret || s->len < 16)
		return;
	length = arg64(s->after, 8);
	/* START, END and their payloads always; DATA and its header if there is any. */
	ORACLE(length >= 32 && length <= MOCK_STATE_MAX + 48, "MIG_DATA_SIZE says %llu",
	       (unsigned long long)length);
}

static void check_precopy(const struct prog_step *s, const struct o_device *d, uint32_t session)
{
	bool precopy = d->state == VFIO_DEVICE_STATE_PRE_COPY ||
		       d->state == VFIO_DEVICE_STATE_PRE_COPY_P2P;

	if (s->len < 24 || arg32(s->before, 0) < 24 || d->get_unsure)
		ORACLE(s->ret <= 0, "PRECOPY_INFO gives %ld", s->ret);
	else if (precopy && session == d->session && s->writable)
		ORACLE(s->ret == 0, "PRECOPY_INFO in PRE_COPY gives %ld", s->ret);
	else if (!precopy || session != d->session)
		ORACLE(s->ret < 0, "PRECOPY_INFO outside of PRE_COPY gives %ld", s->ret);
}

static void step(const struct prog_step *s)
{
	const struct o_file *f = o_file(s->fd);

	if (s->op == PROG_DATA_SIZE)
		check_size(s);
	if (f && f->kind == PROG_DATA && s->cmd == VFIO_MIG_GET_PRECOPY_INFO)
		check_precopy(s, &o_devices[f->dev], f->session);
	if (f && f->kind == PROG_DATA && s->op == PROG_LSEEK)
		ORACLE(s->ret == -ESPIPE || s->ret == -EINVAL, "lseek of a stream gives %ld",
		       s->ret);
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
