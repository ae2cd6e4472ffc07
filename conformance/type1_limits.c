// SPDX-License-Identifier: GPL-2.0-only
/* How much may be mapped: locked memory, number of mappings, and who holds them. */
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "type1_fixture.h"

#define IOVA	0x10000000ull
#define ALLOWED	8ull	/* pages that may be locked */

VFIO_TEST_F(type1, locked_memory, "T1-046 T1-048")
{
	char *mem = pages_alloc(2 * ALLOWED * self->page);
	uint64_t p = self->page;
	uint32_t avail = iommu_dma_avail(self->container);

	limit_locked_memory(ALLOWED * self->page);
	EXPECT_EQ(-ENOMEM, __iommu_map(self->container, mem, IOVA, (ALLOWED + 1) * p, MAP_RW));
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
	/* The limit itself is allowed, in two mappings; then it is used up. */
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, 5 * p, MAP_RW));
	EXPECT_EQ(-ENOMEM, __iommu_map(self->container, mem + 5 * p, IOVA + 5 * p,
				       (ALLOWED - 4) * p, MAP_RW));
	EXPECT_EQ(0, __iommu_map(self->container, mem + 5 * p, IOVA + 5 * p, (ALLOWED - 5) * p,
				 MAP_RW));
	EXPECT_EQ(-ENOMEM, __iommu_map(self->container, mem + ALLOWED * p, IOVA + ALLOWED * p, p,
				       MAP_RW));
	/* Unmapping gives back what mapping took. */
	EXPECT_EQ(5 * p, iommu_unmap(self->container, IOVA, 5 * p, 0));
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, 5 * p, MAP_RW));
}

VFIO_TEST_F(type1, failed_map_gives_back, "T1-044")
{
	char *mem = pages_alloc(ALLOWED * self->page);
	uint64_t p = self->page;
	int i;

	limit_locked_memory(ALLOWED * self->page);
	ASSERT_EQ(0, mprotect(mem + (ALLOWED - 1) * p, p, PROT_NONE));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(-EFAULT, __iommu_map(self->container, mem, IOVA, ALLOWED * p, MAP_RW));
	ASSERT_EQ(0, mprotect(mem + (ALLOWED - 1) * p, p, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, ALLOWED * p, MAP_RW));
}

VFIO_TEST_F(type1, privileged_is_not_limited, "T1-047")
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct rlimit limit;

	ASSERT_EQ(0, syscall(SYS_capget, &head, data));
	if (!(data[0].effective & 1u << CAP_IPC_LOCK))
		SKIP(return, "not run with CAP_IPC_LOCK");
	ASSERT_EQ(0, getrlimit(RLIMIT_MEMLOCK, &limit));
	limit.rlim_cur = ALLOWED * self->page;
	ASSERT_EQ(0, setrlimit(RLIMIT_MEMLOCK, &limit));
	EXPECT_EQ(0, __iommu_map(self->container, pages_alloc(2 * ALLOWED * self->page), IOVA,
				 2 * ALLOWED * self->page, MAP_RW));
}

/* What counts is who maps now: the mapping from before only takes of what is allowed. */
VFIO_TEST_F(type1, privilege_is_dropped, "T1-046 T1-047")
{
	char *mem = pages_alloc(2 * ALLOWED * self->page);
	uint64_t p = self->page;

	if (!have_capability(CAP_IPC_LOCK))
		SKIP(return, "not run with CAP_IPC_LOCK");
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, 5 * p, MAP_RW));
	limit_locked_memory(ALLOWED * p);
	EXPECT_EQ(-ENOMEM, __iommu_map(self->container, mem + 5 * p, IOVA + 5 * p,
				       (ALLOWED - 4) * p, MAP_RW));
	EXPECT_EQ(0, __iommu_map(self->container, mem + 5 * p, IOVA + 5 * p, (ALLOWED - 5) * p,
				 MAP_RW));
}

VFIO_TEST_F(type1, number_of_mappings, "T1-036 T1-037")
{
	uint32_t avail = iommu_dma_avail(self->container), i;
	void *mem = pages_alloc(self->page);

	if (avail > 100000)
		SKIP(return, "dma_entry_limit is %u, too many to use up", avail);
	for (i = 0; i < avail; i++)
		ASSERT_EQ(0, __iommu_map(self->container, mem, IOVA + i * self->page, self->page,
					 VFIO_DMA_MAP_FLAG_READ));
	EXPECT_EQ(0, iommu_dma_avail(self->container));
	EXPECT_EQ(-ENOSPC, __iommu_map(self->container, mem, 0, self->page, MAP_RW));
	/* Overlap is looked at first. */
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA, self->page, MAP_RW));
	EXPECT_EQ(self->page, iommu_unmap(self->container, IOVA, self->page, 0));
	EXPECT_EQ(0, __iommu_map(self->container, mem, 0, self->page, MAP_RW));
	EXPECT_EQ(avail * self->page, iommu_unmap(self->container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL));
}

VFIO_TEST_F(type1, child_closes_the_container, "T1-132")
{
	void *mem = pages_alloc(self->page);
	pid_t child;
	int status;

	iommu_map(self->container, mem, IOVA, self->page, MAP_RW);
	child = fork();
	ASSERT_GE(child, 0);
	if (!child) {
		close(self->container);
		close(self->group);
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA, self->page, MAP_RW));
	EXPECT_EQ(self->page, iommu_unmap(self->container, IOVA, self->page, 0));
}

CONFORMANCE_MAIN
