/* SPDX-License-Identifier: GPL-2.0-only */
/* The device without an IOMMU, for tests of the mode. */
#ifndef NOIOMMU_H
#define NOIOMMU_H

#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "client/vfio_client.h"

#define PARAMETER "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

/* Named device number @nth (from 0) of those without an IOMMU, or NULL. */
static inline const char *noiommu_bdf(unsigned int nth)
{
	const char *bdf;
	unsigned int i;

	for (i = 0; (bdf = named_bdf(i)); i++)
		if (group_is_noiommu(sysfs_group(bdf)) && !nth--)
			return bdf;
	return NULL;
}

/* A named device that has one, or NULL. */
static inline const char *iommu_bdf(void)
{
	const char *bdf;
	unsigned int i;

	for (i = 0; (bdf = named_bdf(i)); i++)
		if (!group_is_noiommu(sysfs_group(bdf)))
			return bdf;
	return NULL;
}

/* Why the mode cannot be tested here; NULL if it can. */
static inline const char *noiommu_missing(void)
{
	if (!noiommu_bdf(0))
		return "no device without an IOMMU is named";
	if (!have_capability(CAP_SYS_RAWIO))
		return "this user does not have CAP_SYS_RAWIO";
	return NULL;
}

#endif
