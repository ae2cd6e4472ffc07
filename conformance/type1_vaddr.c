// SPDX-License-Identifier: GPL-2.0-only
/* Taking the address away from a mapping and giving it another, as for a live update. */
#include <pthread.h>
#include <unistd.h>

#include "type1_fixture.h"

#define IOVA	0x10000000ull
#define NEW	VFIO_DMA_MAP_FLAG_VADDR
#define OLD	VFIO_DMA_UNMAP_FLAG_VADDR
#define ALL	VFIO_DMA_UNMAP_FLAG_ALL

VFIO_TEST_F(type1, no_such_mapping, "T1-051")
{
	EXPECT_EQ(-ENOENT, __iommu_map(self->container, pages_alloc(self->page), IOVA, self->page,
				       NEW));
}

VFIO_TEST_F(type1, still_valid, "T1-052")
{
	void *mem = pages_alloc(self->page);

	iommu_map(self->container, mem, IOVA, self->page, MAP_RW);
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, self->page, NEW));
}

VFIO_TEST_F(type1, not_the_same_range, "T1-053")
{
	char *mem = pages_alloc(4 * self->page);

	iommu_map(self->container, mem, IOVA, 4 * self->page, MAP_RW);
	ASSERT_EQ(4 * self->page, iommu_unmap(self->container, IOVA, 4 * self->page, OLD));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, 2 * self->page, NEW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA + self->page, 3 * self->page,
				       NEW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA + self->page, self->page, NEW));
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, 4 * self->page, NEW));
}

VFIO_TEST_F(type1, update, "T1-054 T1-086")
{
	char *mem = pages_alloc(4 * self->page);
	uint32_t avail;

	iommu_map(self->container, mem, IOVA, 2 * self->page, MAP_RW);
	avail = iommu_dma_avail(self->container);
	EXPECT_EQ(2 * self->page, iommu_unmap(self->container, IOVA, 2 * self->page, OLD));
	/* The mapping is kept. */
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA, 2 * self->page, MAP_RW));
	EXPECT_EQ(0, __iommu_map(self->container, mem + 2 * self->page, IOVA, 2 * self->page, NEW));
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, 2 * self->page, NEW));
	EXPECT_EQ(2 * self->page, iommu_unmap(self->container, IOVA, 2 * self->page, 0));
}

VFIO_TEST_F(type1, invalid_twice, "T1-087")
{
	char *mem = pages_alloc(3 * self->page);
	uint64_t p = self->page;

	iommu_map(self->container, mem, IOVA, p, MAP_RW);
	iommu_map(self->container, mem + p, IOVA + p, p, MAP_RW);
	iommu_map(self->container, mem + 2 * p, IOVA + 2 * p, p, MAP_RW);
	ASSERT_EQ(p, iommu_unmap(self->container, IOVA + 2 * p, p, OLD));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA + 2 * p, p, OLD, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, 3 * p, OLD, NULL));
	/* The first two are as they were: valid, so that there is nothing to update. */
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem, IOVA, p, NEW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->container, mem + p, IOVA + p, p, NEW));
	EXPECT_EQ(0, __iommu_map(self->container, mem + 2 * p, IOVA + 2 * p, p, NEW));
}

VFIO_TEST_F(type1, all_of_them, "T1-089")
{
	char *mem = pages_alloc(3 * self->page);
	uint64_t p = self->page;

	iommu_map(self->container, mem, IOVA, p, MAP_RW);
	iommu_map(self->container, mem, 0, 2 * p, MAP_RW);
	EXPECT_EQ(3 * p, iommu_unmap(self->container, 0, 0, OLD | ALL));
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, p, NEW));
	EXPECT_EQ(0, __iommu_map(self->container, mem, 0, 2 * p, NEW));
	EXPECT_EQ(3 * p, iommu_unmap(self->container, 0, 0, ALL));
}

VFIO_TEST_F(type1, unmapped_while_invalid, "T1-090")
{
	void *mem = pages_alloc(self->page);

	iommu_map(self->container, mem, IOVA, self->page, MAP_RW);
	ASSERT_EQ(self->page, iommu_unmap(self->container, IOVA, self->page, OLD));
	EXPECT_EQ(self->page, iommu_unmap(self->container, IOVA, self->page, 0));
	EXPECT_EQ(-ENOENT, __iommu_map(self->container, mem, IOVA, self->page, NEW));
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, self->page, MAP_RW));
}

VFIO_TEST_F(type1, v2_rules_hold, "T1-077 T1-078")
{
	void *mem = pages_alloc(4 * self->page);

	iommu_map(self->container, mem, IOVA, 4 * self->page, MAP_RW);
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA, self->page, OLD, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA + self->page, 3 * self->page, OLD,
					 NULL));
}

struct joining {
	int group, container, ret;
	int done;
};

static void *join_main(void *arg)
{
	struct joining *joining = arg;

	joining->ret = __group_set_container(joining->group, joining->container);
	__atomic_store_n(&joining->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* Kernels up to 6.2 without the fix wait for the update instead of refusing. */
VFIO_TEST_F(type1, no_group_may_join, "T1-091 GRP-033")
{
	const char *bdf = role_bdf(ROLE_PEER) ?: role_bdf(ROLE_PLAIN);
	void *mem = pages_alloc(self->page);
	struct joining joining = { .container = self->container };
	pthread_t thread;
	int waits;

	if (!bdf)
		SKIP(return, "%s", role_missing(ROLE_PEER));
	joining.group = group_open(sysfs_group(bdf));
	iommu_map(self->container, mem, IOVA, self->page, MAP_RW);
	ASSERT_EQ(self->page, iommu_unmap(self->container, IOVA, self->page, OLD));
	ASSERT_EQ(0, pthread_create(&thread, NULL, join_main, &joining));
	usleep(300000);
	waits = !__atomic_load_n(&joining.done, __ATOMIC_ACQUIRE);
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, self->page, NEW));
	pthread_join(thread, NULL);
	outcome("T1-091", waits ? "waits" : "EBUSY");
	if (waits) {
		EXPECT_EQ(0, joining.ret);
		EXPECT_EQ(0, __group_unset_container(joining.group));
	} else {
		EXPECT_EQ(-EBUSY, joining.ret);
	}
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(joining.group));
	EXPECT_EQ(0, __group_set_container(joining.group, self->container));
	close(joining.group);
}

CONFORMANCE_MAIN
