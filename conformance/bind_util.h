/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking a device from its driver and giving it back, for tests that do that.
 *
 * A process of its own waits for the end of the test, however it ends, and binds
 * the device to the driver it had.
 */
#ifndef BIND_UTIL_H
#define BIND_UTIL_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "client/vfio_client.h"

struct binding {
	char bdf[BDF_MAX];
	char driver[64];
	char override[64];	/* as the attribute shows it */
	int group;
	int pipe;		/* closed: restore */
	pid_t keeper;
};

/*
 * A named device with an IOMMU, alone in its group and bound to a driver; not
 * the main one if there is another, and the peer if possible. NULL, with the
 * reason in *@why, if there is none or this user cannot change its binding.
 */
const char *bind_candidate(const char **why);
/* Remember how @bdf is bound, and have that restored when the test ends. */
void binding_keep(struct binding *b, const char *bdf);
/* Restore it now; returns when that is done. */
void binding_restore(struct binding *b);

/* Write the device's name to the attribute of its driver, or of @driver: bytes or -errno. */
int __device_unbind(const struct binding *b);
int __device_bind(const struct binding *b, const char *driver);
/* True if a driver is bound to the device. */
bool device_is_bound(const char *bdf);
/* True once /dev/vfio/@group is there, or is not, @there; waits for it. */
bool group_node_is(int group, bool there);

/*
 * A thread that writes the device's name to its driver's unbind attribute. It is
 * started before the test opens the device: a thread that hangs in there must
 * not keep the descriptors alive whose close it waits for.
 */
struct unbinder {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	int fd;
	bool started, go, done;
	char text[BDF_MAX];	/* what it writes; the device's name, for unbind */
	int result;		/* once done */
};

void unbinder_start(struct unbinder *u, const struct binding *b);
/* Such a thread that writes @text to the file at @path. */
void writer_start(struct unbinder *u, const char *path, const char *text);
/* Let it write. */
void unbinder_go(struct unbinder *u);
/* Wait up to @ms milliseconds: true if the write has returned. */
bool unbinder_done(struct unbinder *u, int ms);
/* Interrupt it with a signal that has a handler. */
void unbinder_signal(struct unbinder *u);
/* Bytes written or -errno. Waits for the end, whatever it takes. */
int unbinder_join(struct unbinder *u);

#endif
