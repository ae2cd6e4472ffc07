/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz-replay: inputs of targets that run programs, on /dev/vfio. Preloaded with
 * the core it writes down what each step gives; on a kernel it holds that
 * against what the same step gives there.
 */
#ifndef FUZZ_REPLAY_H
#define FUZZ_REPLAY_H

#include <stdio.h>

#include "program.h"

#define REPLAY_STEPS	512	/* calls, those of SETUP, closes, and looks */
#define REPLAY_HEAD	48

struct replay_step {
	int64_t ret;
	uint64_t hash;			/* of the bytes that came back, and of a bitmap */
	uint8_t op, kind, index;
	uint8_t made;			/* a descriptor; 3: one that is closed on exec */
	uint16_t len;
	uint8_t head[REPLAY_HEAD];	/* the first of those bytes */
};

struct replay_program {
	char name[64];
	uint32_t nr, cut;		/* steps; 1: there were more */
	struct replay_step step[REPLAY_STEPS];
};

/* replay_steps.c */
/* @dev: enum prog_dev of the descriptor */
void replay_note(struct replay_program *p, const struct prog_step *s, unsigned int dev);
void replay_print(FILE *f, const struct replay_step *s);
/*
 * replay_compare - the first step that differs, or -1
 * @why: what an explained difference is called, "" if it is none
 */
int replay_compare(const struct replay_program *core, const struct replay_program *kernel,
		   const uint8_t *data, size_t size, const char **why);

#endif
