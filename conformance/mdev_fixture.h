/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of the tests that make mediated devices: a parent and a type of it
 * with instances left, and names for devices. Each test runs on the first parent
 * named and on the second. What it made is removed at its end.
 */
#ifndef MDEV_FIXTURE_H
#define MDEV_FIXTURE_H

#include <string.h>

#include "conformance.h"
#include "client/mdev.h"
#include "client/vfio_client.h"

#define MDEV_TEST_UUIDS 8

FIXTURE(mdev_sysfs)
{
	const char *parent;
	char type[MDEV_NAME_MAX];
	char uuid[MDEV_TEST_UUIDS][MDEV_UUID_LEN + 1];
};

FIXTURE_VARIANT(mdev_sysfs)
{
	unsigned int parent;
};

FIXTURE_VARIANT_ADD(mdev_sysfs, first) { .parent = 0 };
FIXTURE_VARIANT_ADD(mdev_sysfs, second) { .parent = 1 };

FIXTURE_SETUP(mdev_sysfs)
{
	unsigned int n;

	self->parent = mdev_parent(variant->parent);
	if (!self->parent)
		SKIP(return, "%s", variant->parent ? "no second parent is named" : MDEV_NO_PARENT);
	/* Also what a test left behind that did not come to its end. */
	for (n = 0; n < MDEV_TEST_UUIDS; n++) {
		snprintf(self->uuid[n], sizeof(self->uuid[n]),
			 "c0de0000-0d06-4ead-8f00-abcdef00000%x", n);
		if (mdev_exists(self->uuid[n]))
			__mdev_remove(self->uuid[n]);
	}
	for (n = 0; mdev_type(self->parent, n, self->type); n++)
		if (mdev_available(self->parent, self->type))
			return;
	SKIP(return, "%s has no instances left", self->parent);
}

FIXTURE_TEARDOWN(mdev_sysfs)
{
	unsigned int n;

	for (n = 0; self->parent && n < MDEV_TEST_UUIDS; n++)
		if (mdev_exists(self->uuid[n]))
			__mdev_remove(self->uuid[n]);
}

#endif
