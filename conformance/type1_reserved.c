// SPDX-License-Identifier: GPL-2.0-only
/* Addresses that the platform keeps for itself, as sysfs tells them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "type1_fixture.h"

#define RANGES_MAX 16

struct range {
	uint64_t start, last;
};

/* Those of the main device's group that bind; the relaxable ones do not. */
static unsigned int reserved_ranges(struct range *ranges)
{
	unsigned int n = 0;
	char path[128], kind[32];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%d/reserved_regions",
		 sysfs_group(role_bdf(ROLE_MAIN)));
	f = fopen(path, "r");
	if (!f)
		return 0;
	while (n < RANGES_MAX && fscanf(f, "%" SCNx64 " %" SCNx64 " %31s", &ranges[n].start,
					&ranges[n].last, kind) == 3)
		n += strcmp(kind, "direct-relaxable") != 0;
	fclose(f);
	return n;
}

VFIO_TEST_F(type1, not_in_iova_ranges, "T1-038 T1-018")
{
	struct vfio_iommu_type1_info *info = iommu_info(self->container);
	struct vfio_iommu_type1_info_cap_iova_range *cap = (void *)
		info_cap(info, info->argsz, info->cap_offset,
			 VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	struct range reserved[RANGES_MAX];
	unsigned int n = reserved_ranges(reserved), i, j;

	if (!n)
		SKIP(free(info); return, "the group has no reserved regions");
	ASSERT_NE(NULL, cap);
	for (i = 0; i < n; i++)
		for (j = 0; j < cap->nr_iovas; j++)
			EXPECT_TRUE(cap->iova_ranges[j].end < reserved[i].start ||
				    cap->iova_ranges[j].start > reserved[i].last);
	free(info);
}

VFIO_TEST_F(type1, not_mapped, "T1-038")
{
	char *mem = pages_alloc(2 * self->page);
	struct range reserved[RANGES_MAX];
	unsigned int n = reserved_ranges(reserved), i;
	uint64_t p = self->page;

	if (!n)
		SKIP(return, "the group has no reserved regions");
	for (i = 0; i < n; i++) {
		EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, reserved[i].start, p, MAP_RW));
		EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, reserved[i].last + 1 - p, p,
					       MAP_RW));
		EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, reserved[i].last + 1 - p,
					       2 * p, MAP_RW));
		EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, reserved[i].start - p,
					       2 * p, MAP_RW));
	}
}

CONFORMANCE_MAIN
