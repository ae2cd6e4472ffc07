/* SPDX-License-Identifier: GPL-2.0-only */
/* Is a PCI device one that this host cannot do without? */
#ifndef LIB_KMOD_IN_USE_H
#define LIB_KMOD_IN_USE_H

#include <stddef.h>

/*
 * device_in_use - what is lost if the device is taken from its driver
 * @why: receives one use, as it completes the sentence "BDF is in use: ..."
 *
 * Uses are: a disk below it (a partition, or what RAID, LVM and the like make of it)
 * that is mounted, swap, or open exclusively; a network interface, or a bridge or bond
 * over one, that the default route leaves by; the boot display; a console of the
 * kernel; virtual functions; a VFIO group that a program has open. A bridge is in use
 * by what is behind it.
 *
 * Returns 1 if in use, 0 if not, -ENODEV or -EINVAL for @bdf, -EIO if it cannot be
 * looked at. Not thread safe.
 */
int device_in_use(const char *bdf, char *why, size_t len);

#endif
