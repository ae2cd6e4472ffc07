/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of the type1 tests: a container with the main device's group and
 * a type1 IOMMU, v2 unless TYPE1_FIXTURE_TYPE says another. No device is open;
 * mappings do not need one.
 */
#ifndef TYPE1_FIXTURE_H
#define TYPE1_FIXTURE_H

#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#ifndef TYPE1_FIXTURE_TYPE
#define TYPE1_FIXTURE_TYPE VFIO_TYPE1v2_IOMMU
#endif

FIXTURE(type1)
{
	int container, group;
	uint64_t page;
};

FIXTURE_SETUP(type1)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	self->page = page_size();
	self->container = container_open();
	self->group = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
	group_set_container(self->group, self->container);
	container_set_iommu(self->container, TYPE1_FIXTURE_TYPE);
}

FIXTURE_TEARDOWN(type1)
{
	close(self->group);
	close(self->container);
}

#endif
