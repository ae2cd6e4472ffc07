// SPDX-License-Identifier: GPL-2.0-only
/* The mutator as libFuzzer calls it. Linked into each target. */
#include <stdlib.h>

#include "mutator.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t na, const uint8_t *b, size_t nb,
				 uint8_t *out, size_t max, unsigned int seed);
/* fuzz.h */
extern const char *const fuzz_target_name;

static const struct fuzz_target *target(void)
{
	static const struct fuzz_target *found;

	if (!found)
		found = fuzz_target(fuzz_target_name);
	if (!found)
		abort();
	return found;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	size_t n = seed % 16 ? mutate(target(), data, size, max, seed / 16) : 0;

	/* The engine's own, with its dictionary and what it saw compared, now and then. */
	return n ? n : LLVMFuzzerMutate(data, size, max);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t na, const uint8_t *b, size_t nb,
				 uint8_t *out, size_t max, unsigned int seed)
{
	return mutate_cross(target(), a, na, b, nb, out, max, seed);
}
