/* SPDX-License-Identifier: GPL-2.0-only */
/* One program on /dev/vfio (or on a core that is preloaded), and the devices as they were. */
#ifndef FUZZ_REPLAY_RUN_H
#define FUZZ_REPLAY_RUN_H

#include <stdbool.h>

#include "program.h"

struct replay_run {
	uint64_t ops;		/* of the target */
	const struct prog_sys *sys;	/* prog_libc or prog_emit */
	bool once;		/* devices stay as they become */
	/* Look on, see replay_look.h. Not to compare with what has another pace. */
	bool aftermath;
	/* Behind each call; @dev: enum prog_dev of its descriptor. */
	void (*step)(const struct prog_step *s, unsigned int dev);
};

/*
 * replay_run - run a program, close all that it opened, restore what it touched
 *
 * After prog_mem_init() and replay_device_init(). Not for two threads at once.
 */
void replay_run(const struct replay_run *r, const uint8_t *data, size_t size);

/*
 * replay_log_open, replay_log_look - the kernel log from now on
 *
 * A descriptor, or -1 without a log; then: print "@report @name LINE" for each line of a
 * report that came, and return the worst of them.
 */
enum replay_report {
	REPLAY_QUIET,
	REPLAY_WARNED,		/* and the kernel is as good as before: WARN(), UBSAN */
	REPLAY_BROKEN,		/* memory, locks: what comes now tells nothing */
};
int replay_log_open(void);
enum replay_report replay_log_look(int log, const char *name);

#endif
