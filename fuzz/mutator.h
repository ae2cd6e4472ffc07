/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mutator of all targets: it changes programs call by call, knowing which
 * descriptors there are where a call stands, which operands it takes, and which
 * numbers lie at the edges of the interface; and single DEVICE_FEATURE calls and
 * migration streams field by field. Text it leaves to the engines.
 *
 * libFuzzer finds it as LLVMFuzzerCustomMutator(), linked into each target;
 * AFL++ loads it from a library (AFL_CUSTOM_MUTATOR_LIBRARY) and reads the
 * target's name in VFIO_FUZZ_TARGET.
 */
#ifndef FUZZ_MUTATOR_H
#define FUZZ_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

#include "targets.h"

/*
 * Change @data in place; returns its new size, at most @max. The same seed does
 * the same. @size 0 makes an input from nothing. Returns 0 for input that is no
 * business of this mutator.
 */
size_t mutate(const struct fuzz_target *target, uint8_t *data, size_t size, size_t max,
	      unsigned int seed);
/* A part of each, into @out; returns its size. */
size_t mutate_cross(const struct fuzz_target *target, const uint8_t *a, size_t na,
		    const uint8_t *b, size_t nb, uint8_t *out, size_t max, unsigned int seed);

#endif
