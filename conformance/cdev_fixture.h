/* SPDX-License-Identifier: GPL-2.0-only */
/* The main device's character device, open and not bound, and an iommufd. */
#ifndef CDEV_FIXTURE_H
#define CDEV_FIXTURE_H

#include <unistd.h>

#include "conformance.h"
#include "client/iommufd.h"
#include "client/vfio_client.h"

FIXTURE(cdev)
{
	const char *bdf;
	int number, iommufd, fd;
	uint32_t devid;
};

FIXTURE_SETUP(cdev)
{
	self->fd = self->iommufd = -1;
	self->bdf = role_bdf(ROLE_MAIN);
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (cdev_missing(self->bdf))
		SKIP(return, "%s", cdev_missing(self->bdf));
	self->number = sysfs_group(self->bdf);
	self->iommufd = iommufd_open();
	self->fd = cdev_open(self->bdf);
}

FIXTURE_TEARDOWN(cdev)
{
	close(self->fd);
	close(self->iommufd);
}

/* The group opens: no character device of it is bound. */
static inline bool cdev_group_is_free(int number)
{
	int group = __group_open(number);

	if (group >= 0)
		close(group);
	return group >= 0;
}

#endif
