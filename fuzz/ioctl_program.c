// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs over the whole topology: containers, groups, devices, data files, KVM,
 * eventfds, mediated devices; any descriptor closed or duplicated at any point.
 * Input: a program, see program.h.
 */
#include "fuzz_program.h"

FUZZ_TARGET("ioctl_program");

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_program_start(NULL);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_program(data, size, NULL);
	return 0;
}
