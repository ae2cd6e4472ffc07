/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers of the migration tests: states, sessions, and the mock driver's
 * stream. __foo() returns -errno, foo() ends the test on an error.
 */
#ifndef MIGRATION_UTIL_H
#define MIGRATION_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "client/vfio_client.h"

/* What SET and GET find in the answer before the kernel writes it. */
#define MIG_UNTOUCHED	0x7e57

enum {
	S_ERROR = VFIO_DEVICE_STATE_ERROR,
	S_STOP = VFIO_DEVICE_STATE_STOP,
	S_RUNNING = VFIO_DEVICE_STATE_RUNNING,
	S_STOP_COPY = VFIO_DEVICE_STATE_STOP_COPY,
	S_RESUMING = VFIO_DEVICE_STATE_RESUMING,
	S_RUNNING_P2P = VFIO_DEVICE_STATE_RUNNING_P2P,
	S_PRE_COPY = VFIO_DEVICE_STATE_PRE_COPY,
	S_PRE_COPY_P2P = VFIO_DEVICE_STATE_PRE_COPY_P2P,
};

#define F_STOP_COPY	VFIO_MIGRATION_STOP_COPY
#define F_P2P		VFIO_MIGRATION_P2P
#define F_PRE_COPY	VFIO_MIGRATION_PRE_COPY

/* A device that can migrate, and its mock control region if it has one. */
struct mig {
	struct vfio_dev dev;
	enum device_role role;	/* that it was opened in */
	struct mock mock;
	bool has_mock;
	bool has_reset;		/* VFIO_DEVICE_RESET is there */
	uint64_t flags;		/* VFIO_MIGRATION_*, as it offered them when opened */
};

/*
 * mig_open - open the device in a role
 * @need_mock: only the mock driver will do; its registers are at their defaults then
 * Returns NULL, or the reason to skip the test with nothing left open.
 */
const char *mig_open(struct mig *mig, enum device_role role, bool need_mock);
/* Back to RUNNING and to the mock's defaults, whatever state the device is in; close. */
void mig_close(struct mig *mig);
/* The mock's migration_flags are set to @flags: 0, or -EINVAL if the VFIO core lacks some. */
int __mig_set_flags(struct mig *mig, uint64_t flags);
/* Reason to skip if the device does not offer @flags, else NULL. Sets them on the mock. */
const char *mig_want_flags(struct mig *mig, uint64_t flags);
/* True if the VFIO core has the table with 8 states; asks, knows no version. */
bool mig_has_8_states(struct mig *mig);

/* The outcome of MIG_DEVICE_STATE: result or -errno, and the structure after the call. */
struct mig_answer {
	int ret;
	uint32_t state;
	int data_fd;
};

struct mig_answer mig_set(int fd, uint32_t state);
struct mig_answer mig_get(int fd);
uint32_t mig_state(int fd);
/* SET that must succeed; the data_fd or -1. */
int mig_go(int fd, uint32_t state);
/* Reach ERROR (needs the mock). */
void mig_go_error(struct mig *mig);
/*
 * Reach @state from RUNNING. In RESUMING a whole stream has been written, so
 * that the device can leave. Returns the data_fd or -1.
 */
int mig_enter(struct mig *mig, uint32_t state);
/* VFIO_DEVICE_RESET; fails the test when the device has none. */
void mig_reset(struct mig *mig);
/* For the start of a test that calls mig_reset(). */
#define MIG_NEEDS_RESET(mig)							\
	do {									\
		if (!(mig)->has_reset)						\
			SKIP(return, "the device has no reset");		\
	} while (0)
const char *mig_state_name(uint32_t state);
/* "RUNNING > STOP", into a buffer that lasts until the next call but three. */
const char *mig_arc_name(uint32_t from, uint32_t to);
/* Arcs executed since the log was restarted: their number; at most @max into @arcs. */
unsigned int mig_arcs(struct mig *mig, uint16_t *arcs, unsigned int max);
void mig_arcs_restart(struct mig *mig);
/* Let the driver fail the arc once with @err; @to_error: into ERROR. */
void mig_fail_arc(struct mig *mig, uint32_t from, uint32_t to, int err, bool to_error);

/* read() and write() that return the result or -errno. */
ssize_t __fd_read(int fd, void *buf, size_t len);
ssize_t __fd_write(int fd, const void *buf, size_t len);
/* No state of a device under test is larger. */
#define STREAM_MAX (64 << 20)
/* All that comes until 0, in reads of at most @piece bytes; fails the test on an error. */
size_t stream_read(int fd, void *buf, size_t max, size_t piece);
/* All of it, in writes of at most @piece bytes. */
void stream_write(int fd, const void *buf, size_t len, size_t piece);

/* The mock's stream of a state. Bytes of the stream; write it to @stream. */
size_t stream_size(size_t state_size);
size_t stream_make(void *stream, const void *state, size_t state_size);
/* One record at @at; returns the address behind it. */
void *stream_record(void *at, unsigned int type, const void *payload, uint32_t len);
/* Bytes that differ from place to place and with @seed. */
void fill_pattern(void *buf, size_t len, unsigned int seed);

#endif
