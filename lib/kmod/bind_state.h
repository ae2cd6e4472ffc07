/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What binding a device had before it was given to a VFIO driver, kept in a file
 * per device, so that a later process can give it back; and a lock per device.
 *
 * The files are in /run/vfio-compliance, or in the directory that the environment
 * variable VFIO_COMPLIANCE_STATE names: gone after a reboot, as the bindings are.
 * Functions return 0 or -errno and print nothing.
 */
#ifndef LIB_KMOD_BIND_STATE_H
#define LIB_KMOD_BIND_STATE_H

#include "kmod/bind.h"

/*
 * bind_state_save - keep @b for its device
 *
 * Written beside the file and renamed, so that it is there as a whole or not at all.
 * -EEXIST: there is one already, which is the older one and stays.
 */
int bind_state_save(const struct binding *b);

/* -ENOENT: none is kept. -EBADMSG: there is a file, and it is no such record. */
int bind_state_load(const char *bdf, struct binding *b);

/* Forget it; 0 also if there was none. */
int bind_state_drop(const char *bdf);

/*
 * bind_lock - keep other users of this library away from a device
 *
 * Returns a descriptor (close-on-exec) that holds the lock until it is closed, or
 * -EWOULDBLOCK: another process has it.
 */
int bind_lock(const char *bdf);

#endif
