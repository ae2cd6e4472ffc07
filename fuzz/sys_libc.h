/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of program.h through libc's calls: on Linux, or on a core that is preloaded. */
#ifndef FUZZ_SYS_LIBC_H
#define FUZZ_SYS_LIBC_H

#include <stdio.h>

#include "program.h"

extern const struct prog_sys prog_libc;

/*
 * emit_c: the calls of one program, written to a file as a C program of its own
 * while they run through prog_emit. The descriptors of both have the same
 * numbers, so that arguments are the same bytes. @settings: of the environment, for
 * the core, each with a blank behind it.
 */
extern const struct prog_sys prog_emit;
void emit_begin(FILE *to, const char *title, const char *settings);
/* In front of each step: a comment. */
void emit_words(const char *words);
/*
 * The end. With @check, the last call is what was found wrong: the program's
 * status is 1 if it gives the same result and writes the same bytes again.
 */
void emit_end(bool check);

#endif
