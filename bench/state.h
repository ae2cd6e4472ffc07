/* SPDX-License-Identifier: GPL-2.0-only */
/* Migration states and streams of an open device. */
#ifndef BENCH_STATE_H
#define BENCH_STATE_H

#include "setup.h"

/* DEVICE_FEATURE_MIG_DEVICE_STATE SET: 0 or -errno; the data_fd, if there is one, into @fd. */
int __state_set(int device, uint32_t state, int *fd);
/* Must succeed; returns the data_fd or -1. */
int state_set(int device, uint32_t state);
/* VFIO_MIGRATION_*; 0: the device does not migrate. */
uint64_t state_flags(int device);
const char *state_name(uint32_t state);
/* The mock's device state is @size bytes from now on, none of them zero. */
void state_fill(struct mock *mock, uint64_t size);
/* All of the stream of a device that is in RUNNING, which it is afterwards; free() it. */
char *state_save(int device, size_t *len);
/* Write all of a stream; 0 or -errno. */
int state_write(int fd, const char *stream, size_t len, size_t chunk);

#endif
