/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VFIO program reads in sysfs, and which devices it may touch.
 *
 * Devices are named by the environment: VFIO_SELFTESTS_BDF is the main device,
 * VFIO_COMPLIANCE_BDFS lists all that may be touched, separated by blanks, the
 * main one included. Names are as in sysfs, "0000:01:00.0"; a mediated device is
 * named by its UUID.
 */
#ifndef CLIENT_SYSFS_H
#define CLIENT_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BDF_MAX		40	/* "0000:01:00.0", or the UUID of a mediated device, and its NUL */
#define NAMED_MAX	32	/* devices that the environment may name */

enum device_role {
	ROLE_MAIN,	/* the device under test, a PCI function */
	ROLE_DEVICE,	/* the device under test of whatever kind */
	ROLE_SHARED,	/* its IOMMU group holds another named device; main if it can be */
	ROLE_SIBLING,	/* the other device in the group of ROLE_SHARED */
	ROLE_PEER,	/* same driver and ids as main, another group, alone there if possible */
	ROLE_PLAIN,	/* stock vfio-pci, another group than main; not the peer if it can be */
	ROLE_PF,	/* stock vfio-pci, with SR-IOV */
	ROLE_MSIX,	/* on a VFIO driver, an NVMe controller: has MSI-X and can raise it */
};

/*
 * role_bdf - name of the device in a role
 *
 * Returns a string that stays valid, or NULL when no named device is fit for
 * the role; the caller skips then, with role_missing() as reason.
 */
const char *role_bdf(enum device_role role);
/* One line, "no two named devices share an IOMMU group". */
const char *role_missing(enum device_role role);
/* Name number @n (from 0) of all named PCI functions, or NULL behind the last. */
const char *named_bdf(unsigned int n);

/* Is it the UUID of a mediated device? Such have no ids and no reset in sysfs. */
bool bdf_is_mdev(const char *bdf);

/* Number of the IOMMU group of a device, from its iommu_group link. -ENOENT: none. */
int __sysfs_group(const char *bdf);
int sysfs_group(const char *bdf);
/* Basename of the driver link into @name. 0, or -ENOENT for an unbound device. */
int __sysfs_driver(const char *bdf, char *name, size_t size);
/*
 * Content of an attribute file of a device without its trailing newline.
 * Returns the length or -errno.
 */
int __sysfs_read(const char *bdf, const char *attr, char *buf, size_t size);
/* An attribute that holds one number ("0x1234"). */
uint64_t sysfs_number(const char *bdf, const char *attr);
/* True if @method ("bus", "flr", ...) is in the reset_method attribute. */
bool sysfs_has_reset(const char *bdf, const char *method);
/* True if the device has any reset. */
bool sysfs_can_reset(const char *bdf);
/* One write() of a text to a file of the device, or anywhere: bytes written or -errno. */
int __sysfs_write(const char *bdf, const char *attr, const char *text);
int __file_write(const char *path, const char *text);
/* A number from a file anywhere in sysfs or procfs, or @fallback if it cannot be read. */
uint64_t file_number(const char *path, uint64_t fallback);

#endif
