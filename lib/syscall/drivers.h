/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSCALL_DRIVERS_H
#define SYSCALL_DRIVERS_H

/*
 * drivers_load - load the drivers that VFIO_CORE_DRIVERS names (kapi/plugin.h)
 *
 * The first one for PCI devices takes the place of the mock driver in the
 * topology. Between the core's own modules and the model. 0 or -errno.
 */
int drivers_load(void);

/*
 * drivers_make_mdevs - make the mediated devices of the machine
 *
 * Two where there is room: of the first type that has any, of the first parent
 * that a loaded driver registered; of the mock driver without one. 0 or -errno.
 */
int drivers_make_mdevs(void);

/*
 * Tell test programs which devices are theirs, unless the user has. If the only
 * drivers loaded are for mediated devices that show themselves as PCI devices,
 * the first of these is the device under test.
 */
void drivers_set_environment(void);

#endif
