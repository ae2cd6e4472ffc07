/* SPDX-License-Identifier: GPL-2.0-only */
/* The targets, as the mutator and the tools around them know them. */
#ifndef FUZZ_TARGETS_H
#define FUZZ_TARGETS_H

#include <stdint.h>

enum fuzz_input {
	FUZZ_PROGRAM,	/* program.h */
	FUZZ_FEATURE,	/* device_feature.c */
	FUZZ_STREAM,	/* mock_stream.c */
	FUZZ_TEXT,	/* for a parser */
};

struct fuzz_target {
	const char *name;
	enum fuzz_input input;
	uint64_t ops;		/* of programs: PROG_OP() */
	uint8_t devices;	/* bit per enum prog_dev: that programs mostly start with */
	const char *topology;	/* by name; NULL: the default */
};

/* By name, or NULL; the list ends with a name of NULL. */
const struct fuzz_target *fuzz_target(const char *name);
extern const struct fuzz_target fuzz_targets[];

#endif
