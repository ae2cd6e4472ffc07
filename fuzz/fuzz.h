/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzz targets share. They link the core statically and call it
 * through kapi/syscalls.h, so that an execution costs no system call.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the input, taken from its front; zeroes behind its end. */
struct input {
	const uint8_t *data;
	size_t size;
};

uint8_t take8(struct input *in);
uint32_t take32(struct input *in);

/* Of each target: its name in targets.h, and its entry points. */
#define FUZZ_TARGET(name)							\
	int LLVMFuzzerInitialize(int *argc, char ***argv);			\
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);		\
	const char *const fuzz_target_name = name
extern const char *const fuzz_target_name;

/* An oracle that does not hold: print the line and abort, which both engines keep. */
#define ORACLE(cond, ...)							\
	do {									\
		if (!(cond))							\
			oracle_failed(__FILE__, __LINE__, __func__, #cond, __VA_ARGS__);	\
	} while (0)
void oracle_failed(const char *file, int line, const char *func, const char *cond,
		   const char *fmt, ...) __attribute__((noreturn, format(printf, 5, 6)));

/*
 * The core with @topology's text (NULL: the default); once, from LLVMFuzzerInitialize().
 * @alone: only the calling thread calls the core, which then has no others either.
 */
void fuzz_start(bool alone, const char *topology);

/* A device opened through its own container (type1 v2) and group. */
struct fuzz_device {
	int container, group, fd;
};
void fuzz_open(struct fuzz_device *dev, const char *bdf);

/* Two pages of which the second cannot be touched: memory that ends at the border. */
extern uint8_t *const fuzz_border;
void *fuzz_at_border(const void *data, size_t size);

#endif
