/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices of this host that are given to a VFIO driver: what bind and certify share. */
#ifndef RUNNER_DEVICES_H
#define RUNNER_DEVICES_H

/*
 * Each returns 0, or EXIT_CANNOT with one line on stderr.
 *
 * device_claim(): @bdf is a device, this user may bind it, and no other vfio-compliance
 * is at it; the claim lasts until this process ends. device_spared(): the host can do
 * without it. device_alone(): nobody but VFIO has a device of its IOMMU group, beside
 * the @nr that are named.
 */
int device_claim(const char *bdf);
int device_spared(const char *bdf);
int device_alone(const char *bdf, char *const *named, int nr);

/*
 * driver_get - load a VFIO driver
 * @name: of the driver or its module, with '-' or '_'; NULL: vfio-pci
 * @driver: receives the name in sysfs; BIND_NAME_MAX bytes
 */
int driver_get(const char *name, char *driver);

/* What bind_driver() and its kin returned, as a line on stderr. Returns EXIT_CANNOT. */
int cannot_bind(const char *bdf, const char *driver, int error);

#endif
