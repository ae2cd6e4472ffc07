// SPDX-License-Identifier: GPL-2.0-only
/* Parameters of the type1 driver, mappings that pass to another process, and one that dies. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "type1_fixture.h"

#define IOVA		0x10000000ull
#define PARAM(name)	"/sys/module/vfio_iommu_type1/parameters/" name
#define HUGE		0x200000ull

/* Locked memory of this process in KiB, as the kernel accounts it. */
static unsigned long locked_kib(void)
{
	unsigned long kib = 0;
	char line[128];
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmLck: %lu", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

/* Another container beside the one of the fixture, made while the parameter was @text. */
static int container_with(FIXTURE_DATA(type1) *self, const char *path, const char *text)
{
	char was[32];
	int container;

	snprintf(was, sizeof(was), "%llu", (unsigned long long)file_number(path, 0));
	close(self->container);
	group_unset_container(self->group);
	if (__file_write(path, text) < 0)
		return -1;
	container = container_open();
	group_set_container(self->group, container);
	container_set_iommu(container, VFIO_TYPE1v2_IOMMU);
	__file_write(path, was);
	return container;
}

VFIO_TEST_F(type1, entry_limit_is_taken_at_set_iommu, "T1-016 PREC-007")
{
	char *mem = pages_alloc(self->page);
	int i;

	self->container = container_with(self, PARAM("dma_entry_limit"), "3");
	if (self->container < 0)
		SKIP(return, "the parameter dma_entry_limit cannot be written");
	/* The parameter has its old value again, the container the one it began with. */
	EXPECT_EQ(3, iommu_dma_avail(self->container));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA + i * self->page, self->page,
					 MAP_RW));
	EXPECT_EQ(-ENOSPC, __iommu_map(self->container, mem, IOVA + 3 * self->page, self->page,
				       MAP_RW));
	/* Behind what exists, before what is reserved and memory that is not there. */
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, mem, IOVA, self->page, MAP_RW));
	EXPECT_EQ(-ENOSPC, __iommu_map(self->container, mem, 0xfee00000, self->page, MAP_RW));
	EXPECT_EQ(-ENOSPC, __iommu_map(self->container, bad_pointer(), IOVA + 3 * self->page,
				       self->page, MAP_RW));
	EXPECT_EQ(self->page, iommu_unmap(self->container, IOVA, self->page, 0));
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, self->page, MAP_RW));
}

static char param_char(const char *path)
{
	char c = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, &c, 1) != 1)
			c = 0;
		close(fd);
	}
	return c;
}

VFIO_TEST_F(type1, without_hugepages, "T1-137")
{
	char was[2] = { param_char(PARAM("disable_hugepages")), 0 };
	char *mem = pages_alloc(2 * HUGE);

	if (!was[0] || __file_write(PARAM("disable_hugepages"), "Y") < 0)
		SKIP(return, "the parameter disable_hugepages cannot be written");
	mem = (char *)(((uintptr_t)mem + HUGE - 1) & -HUGE);
	madvise(mem, HUGE, MADV_HUGEPAGE);
	EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, HUGE, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->container, IOVA + self->page, self->page, 0, NULL));
	EXPECT_EQ(HUGE, iommu_unmap(self->container, IOVA, HUGE, 0));
	EXPECT_LT(0, __file_write(PARAM("disable_hugepages"), was));
}

/* A child with memory of its own takes a mapping over, and the accounting with it. */
VFIO_TEST_F(type1, new_owner, "T1-055")
{
	const unsigned long kib = 16 * self->page / 1024;
	char *mem = pages_alloc(16 * self->page);
	unsigned long before = locked_kib();
	int status;
	pid_t pid;

	if (!__container_check(self->container, VFIO_UPDATE_VADDR))
		SKIP(return, "no VFIO_UPDATE_VADDR");
	iommu_map(self->container, mem, IOVA, 16 * self->page, MAP_RW);
	if (locked_kib() != before + kib)
		SKIP(return, "what is mapped does not show in VmLck");
	ASSERT_EQ(16 * self->page, iommu_unmap(self->container, IOVA, 16 * self->page,
					       VFIO_DMA_UNMAP_FLAG_VADDR));
	pid = fork();
	if (!pid) {
		if (__iommu_map(self->container, pages_alloc(16 * self->page), IOVA,
				16 * self->page, VFIO_DMA_MAP_FLAG_VADDR))
			_exit(1);
		_exit(locked_kib() == kib ? 0 : 2);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_EQ(before, locked_kib());
	/* The child is gone, and its mapping goes without a trace in this process. */
	EXPECT_EQ(16 * self->page, iommu_unmap(self->container, IOVA, 16 * self->page, 0));
	EXPECT_EQ(before, locked_kib());
}

/* A process that is killed while it maps leaves nothing that would hold the group. */
VFIO_TEST_F(type1, killed_while_mapping, "T1-135")
{
	const uint64_t size = 64ull << 20;
	int i, status, container, group;
	pid_t pid;

	close(self->group);
	close(self->container);
	for (i = 0; i < 4; i++) {
		pid = fork();
		if (!pid) {
			container = container_open();
			group = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
			group_set_container(group, container);
			container_set_iommu(container, VFIO_TYPE1v2_IOMMU);
			for (;;) {
				void *mem = pages_alloc(size);

				__iommu_map(container, mem, IOVA, size, MAP_RW);
				__iommu_unmap(container, IOVA, size, 0, NULL);
				munmap(mem, size);
			}
		}
		usleep(20000 + 7000 * i);
		ASSERT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_TRUE(WIFSIGNALED(status));
		self->group = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
		self->container = container_open();
		group_set_container(self->group, self->container);
		container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
		EXPECT_EQ(0, __iommu_map(self->container, pages_alloc(self->page), IOVA,
					 self->page, MAP_RW));
		close(self->group);
		close(self->container);
	}
	self->container = container_open();
	self->group = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
}

CONFORMANCE_MAIN
