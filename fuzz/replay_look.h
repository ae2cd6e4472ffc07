/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a program left behind, as one can see who goes on with its descriptors: a bug whose
 * effect no call of the program itself shows. Told as steps behind its last one.
 */
#ifndef FUZZ_REPLAY_LOOK_H
#define FUZZ_REPLAY_LOOK_H

#include "program.h"

struct replay_look {
	const struct prog_sys *sys;
	int *slots;		/* of the program, at its end */
	const uint8_t *kinds, *devs;
	/* @dev: enum prog_dev */
	void (*tell)(const struct prog_step *s, unsigned int dev);
};

/*
 * replay_look_on - with what is open
 *
 * Raises interrupts and unmasks them, reads and polls data files, asks for dirty pages
 * twice, with tracking that is begun anew the third time, unmaps all, and closes devices
 * beside which another one stays open.
 */
void replay_look_on(const struct replay_look *l);

/* replay_look_again - devices (bit per enum prog_dev), each opened anew when all is closed */
void replay_look_again(const struct replay_look *l, unsigned int devices);

#endif
