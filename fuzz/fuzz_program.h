/* SPDX-License-Identifier: GPL-2.0-only */
/* What the targets that run programs share. */
#ifndef FUZZ_PROGRAM_RUN_H
#define FUZZ_PROGRAM_RUN_H

#include "fuzz.h"
#include "oracle.h"
#include "program.h"
#include "targets.h"

/*
 * The core with this topology's text (NULL: the default), the memory of programs and
 * the operations of the target. Once.
 */
void fuzz_program_start(const char *topology);

/*
 * fuzz_program - run one program on the core, then close all that is open
 * @step: called behind the oracles for each step; may be NULL
 *
 * Steps are printed if FUZZ_PRINT is set in the environment.
 * Aborts if an oracle does not hold or if something is left of the program.
 */
void fuzz_program(const uint8_t *data, size_t size, void (*step)(const struct prog_step *s));
/* The same by two threads at once, without oracles but that of what is left. */
void fuzz_program_race(const uint8_t *data, size_t size);

#endif
