// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two threads on the same descriptors: each call of the program says whose it is.
 * The books cannot follow that, so what is asked is that nobody hangs, that
 * nothing is left and that the sanitizers, TSan before all (make SAN=thread), are
 * silent. Input: a program, see program.h.
 */
#include "fuzz_program.h"

FUZZ_TARGET("race");

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_program_start(NULL);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_program_race(data, size);
	return 0;
}
