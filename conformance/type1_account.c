// SPDX-License-Identifier: GPL-2.0-only
/* Locked memory of mappings that are made in several pieces. */
#include <fcntl.h>
#include <sys/mman.h>

#include "type1_fixture.h"

#define IOVA	0x10000000ull
#define PAGES	8ull
#define PARAM	"/sys/module/vfio_iommu_type1/parameters/disable_hugepages"

/* Page by page, each of them charged before the next is pinned. */
VFIO_TEST_F(type1, failure_in_the_middle, "T1-044")
{
	char *mem = pages_alloc(PAGES * self->page);
	uint64_t p = self->page;
	int i, ret;

	if (__file_write(PARAM, "Y") < 0)
		SKIP(return, "%s cannot be written", PARAM);
	limit_locked_memory(PAGES * p);
	ASSERT_EQ(0, mprotect(mem + (PAGES - 1) * p, p, PROT_NONE));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(-EFAULT, __iommu_map(self->container, mem, IOVA, PAGES * p, MAP_RW));
	ASSERT_EQ(0, mprotect(mem + (PAGES - 1) * p, p, PROT_READ | PROT_WRITE));
	ret = __iommu_map(self->container, mem, IOVA, PAGES * p, MAP_RW);
	EXPECT_LT(0, __file_write(PARAM, "N"));
	EXPECT_EQ(0, ret);
}

CONFORMANCE_MAIN
