/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Driver bindings of PCI devices, through sysfs (Documentation/ABI/testing/
 * sysfs-bus-pci: driver_override, drivers_probe, bind, unbind), and their
 * restoration on every way out.
 *
 * Device addresses are full ones, "0000:01:00.0". Functions return 0 or -errno
 * and print nothing. Not thread safe.
 */
#ifndef LIB_KMOD_BIND_H
#define LIB_KMOD_BIND_H

#include <stddef.h>

#define BIND_NAME_MAX	64

/* How a device was found. */
struct binding {
	char bdf[16];
	char driver[BIND_NAME_MAX];	/* "": none */
	char override[BIND_NAME_MAX];	/* driver_override; "": not set */
};

/* Nonzero if written as DDDD:BB:DD.F in lower case hexadecimal, whether it exists or not. */
int bind_valid_bdf(const char *bdf);

/*
 * driver_of - name of the driver that holds a device
 * @name: receives it, "" if none does; at least BIND_NAME_MAX bytes
 *
 * -ENODEV: no such device. -EINVAL: @bdf is no address.
 */
int driver_of(const char *bdf, char *name);

/*
 * bind_driver - give a device to a driver, whatever holds it now
 * @driver: name below /sys/bus/pci/drivers, "" to leave it without one
 *
 * Sets driver_override, so the driver need not list the device's id. Does
 * nothing if the driver has it already. -ENODEV: no such device; -ENOENT: no such
 * driver (is its module loaded?); -EACCES: not allowed; -EIO: its probe refused
 * the device (the device is then left without a driver); else what sysfs gave.
 */
int bind_driver(const char *bdf, const char *driver);

/* How a device is bound now. Errors as driver_of(). */
int binding_read(const char *bdf, struct binding *b);

/*
 * binding_restore - give a device back to the driver that it had
 *
 * Nothing happens if it has it. By the driver's bind attribute, so that it need
 * not match any more. -ENODEV: the device has gone; else what sysfs gave.
 */
int binding_restore(const struct binding *b);

/*
 * bind_driver_restored - as bind_driver(), and undone when the process ends
 *
 * The binding found at the first call for a device is what is restored: by
 * bind_restore_all(), at exit(), and, should the process die of a signal (SIGKILL
 * and crashes included), by a keeper process that sees it die. The keeper is
 * started by the first call; it holds none of the caller's files, so an open
 * device of a dead process does not stand in its way. Up to 64 devices, then
 * -ENOSPC.
 */
int bind_driver_restored(const char *bdf, const char *driver);

/*
 * bind_restore_all - put back every binding that bind_driver_restored() changed
 *
 * Tries all; returns the first error. The keeper has ended when this returns. A
 * device whose file is still open makes the kernel wait for its close here: close first.
 */
int bind_restore_all(void);

/*
 * bind_on_death - what the keeper does when its maker died, beside restoring
 * @before: called first, such as to end processes that hold a device open
 * @after:  called when all is restored
 *
 * Either may be NULL. Both run in the keeper, which has the memory its maker had at
 * the first bind_driver_restored(), and are not called if bind_restore_all() was.
 * Call before the first bind_driver_restored().
 */
void bind_on_death(void (*before)(void), void (*after)(void));

#endif
