// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mediated devices: made, opened, mapped, pinned and removed in any order. The
 * number that can be made is limited, names are made once, and a group is there
 * as long as its device.
 *
 * Input: a program, see program.h.
 */
#include <errno.h>
#include <linux/vfio.h>

#include "fuzz_program.h"
#include "mock_uapi.h"

FUZZ_TARGET("mdev");

static unsigned int made;

static void check_create(const struct prog_step *s)
{
	bool type = s->call->v[1] % 3 != 2;

	if (!type)
		ORACLE(s->ret == -ENOENT, "a type that is none gives %ld", s->ret);
	else if (made >> s->value & 1)
		ORACLE(s->ret == -EEXIST, "the same name again gives %ld", s->ret);
	else
		ORACLE(s->ret == 0 || s->ret == -EUSERS, "create gives %ld", s->ret);
	if (!s->ret)
		made |= 1U << s->value;
}

static void check_remove(const struct prog_step *s)
{
	bool open = o_devices[s->value].files;
	long want = open ? -EBUSY : made >> s->value & 1 ? 0 : -ENOENT;

	ORACLE(s->ret == want, "remove gives %ld, not %ld", s->ret, want);
	if (!s->ret)
		made &= ~(1U << s->value);
}

static void step(const struct prog_step *s)
{
	const struct o_file *f = o_file(s->fd);

	if (s->op == PROG_MDEV_CREATE)
		check_create(s);
	if (s->op == PROG_MDEV_REMOVE)
		check_remove(s);
	/* Nothing of a mediated device can be reset with a bus. */
	if (f && f->kind == PROG_DEVICE && f->dev >= PROG_MDEV0 &&
	    s->cmd == VFIO_DEVICE_PCI_HOT_RESET)
		ORACLE(s->ret < 0, "hot reset of a mediated device gives %ld", s->ret);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_program_start(NULL);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	made = 0;
	fuzz_program(data, size, step);
	return 0;
}
