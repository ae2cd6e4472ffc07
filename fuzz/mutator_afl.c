// SPDX-License-Identifier: GPL-2.0-only
/* The mutator as AFL++ calls it, from AFL_CUSTOM_MUTATOR_LIBRARY. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutator.h"

#define MAX_INPUT 4096U

struct afl_mutator {
	const struct fuzz_target *target;
	unsigned int seed;
	uint8_t buf[MAX_INPUT];
};

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t size, uint8_t **out, uint8_t *add,
		       size_t add_size, size_t max);
void afl_custom_deinit(void *data);

void *afl_custom_init(void *afl, unsigned int seed)
{
	const char *name = getenv("VFIO_FUZZ_TARGET");
	struct afl_mutator *m = calloc(1, sizeof(*m));

	if (!m || !name || !fuzz_target(name)) {
		fprintf(stderr, "VFIO_FUZZ_TARGET names no target: %s\n", name ? name : "(unset)");
		exit(2);
	}
	m->target = fuzz_target(name);
	m->seed = seed;
	return m;
}

size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t size, uint8_t **out, uint8_t *add,
		       size_t add_size, size_t max)
{
	struct afl_mutator *m = data;
	size_t n;

	max = max < MAX_INPUT ? max : MAX_INPUT;
	size = size < max ? size : max;
	m->seed = m->seed * 1103515245 + 12345;
	*out = m->buf;
	if (add && m->seed >> 16 & 1) {
		n = mutate_cross(m->target, buf, size, add, add_size < max ? add_size : max, m->buf, max,
				 m->seed >> 8);
		if (n)
			return n;
	}
	memcpy(m->buf, buf, size);
	n = mutate(m->target, m->buf, size, max, m->seed >> 8);
	/* Text: AFL++'s own stages do it better. */
	return n ? n : size;
}

void afl_custom_deinit(void *data)
{
	free(data);
}
