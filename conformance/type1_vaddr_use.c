// SPDX-License-Identifier: GPL-2.0-only
/* A mapping with a new address: who reads memory through it, and who pays for it. */
#include <linux/capability.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define IOVA	0x10000000ull
#define NEW	VFIO_DMA_MAP_FLAG_VADDR
#define OLD	VFIO_DMA_UNMAP_FLAG_VADDR

FIXTURE(updated)
{
	struct vfio_dev dev;
	uint64_t page;
};

FIXTURE_SETUP(updated)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	self->page = page_size();
	device_open(&self->dev, role_bdf(ROLE_MAIN));
}

FIXTURE_TEARDOWN(updated)
{
	device_close(&self->dev);
}

VFIO_TEST_F(updated, new_address_is_used, "T1-054")
{
	char *old = pages_alloc(self->page), *new = pages_alloc(self->page), got[8] = "";
	struct mock mock;

	if (__mock_find(self->dev.fd, &mock))
		SKIP(return, "the driver does not access memory for itself");
	strcpy(old, "old");
	strcpy(new, "new");
	iommu_map(self->dev.container, old, IOVA, self->page, MAP_RW);
	ASSERT_EQ(self->page, iommu_unmap(self->dev.container, IOVA, self->page, OLD));
	ASSERT_EQ(0, __iommu_map(self->dev.container, new, IOVA, self->page, NEW));

	ASSERT_EQ(0, mock_command(&mock, MOCK_CMD_DMA_RW, IOVA, sizeof(got), 0));
	mock_read_bytes(&mock, MOCK_DATA, got, sizeof(got));
	EXPECT_STREQ("new", got);
}

/* Who updates the address takes the account over: in a child that may lock one page of four. */
static int update_limited(int container, void *mem, uint64_t size, uint64_t limit)
{
	int st;
	pid_t pid = fork();

	if (!pid) {
		limit_locked_memory(limit);
		_exit(-__iommu_map(container, mem, IOVA, size, NEW));
	}
	if (pid < 0 || waitpid(pid, &st, 0) != pid || !WIFEXITED(st))
		return -ECHILD;
	return -WEXITSTATUS(st);
}

VFIO_TEST_F(updated, new_owner_pays, "T1-150")
{
	const uint64_t size = 4 * self->page;
	char *mem = pages_alloc(size);

	iommu_map(self->dev.container, mem, IOVA, size, MAP_RW);
	ASSERT_EQ(size, iommu_unmap(self->dev.container, IOVA, size, OLD));
	EXPECT_EQ(-ENOMEM, update_limited(self->dev.container, mem, size, self->page));
	EXPECT_EQ(0, update_limited(self->dev.container, mem, size, size));
}

VFIO_TEST_F(updated, not_with_a_bitmap, "T1-061")
{
	struct {
		struct vfio_iommu_type1_dma_unmap unmap;
		struct vfio_bitmap bitmap;
	} arg = { .unmap.argsz = sizeof(arg) };
	uint64_t bits = 0;

	iommu_map(self->dev.container, pages_alloc(self->page), IOVA, self->page, MAP_RW);
	ASSERT_EQ(0, __iommu_dirty(self->dev.container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START));
	arg.unmap.flags = OLD | VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP;
	arg.unmap.iova = IOVA;
	arg.unmap.size = self->page;
	arg.bitmap.pgsize = self->page;
	arg.bitmap.size = sizeof(bits);
	arg.bitmap.data = (void *)&bits;
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->dev.container, VFIO_IOMMU_UNMAP_DMA, &arg));
	/* The address is still there: nothing to update. */
	EXPECT_EQ(-EINVAL, __iommu_map(self->dev.container, &bits, IOVA, self->page, NEW));
	arg.unmap.flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP;
	EXPECT_EQ(0, __vfio_ioctl(self->dev.container, VFIO_IOMMU_UNMAP_DMA, &arg));
}

CONFORMANCE_MAIN
