// SPDX-License-Identifier: GPL-2.0-only
/* BARs mapped into the program. */
#include <linux/pci_regs.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define INDEX_SHIFT 40

FIXTURE(map)
{
	struct vfio_dev dev;
	int fd;
	uint64_t size;
};

FIXTURE_SETUP(map)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (!edu_is(role_bdf(ROLE_MAIN)))
		SKIP(return, "what is behind the BARs is only known of an edu device");
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	self->size = region_size(self->fd, VFIO_PCI_BAR0_REGION_INDEX);
}

FIXTURE_TEARDOWN(map)
{
	device_close(&self->dev);
}

/* Address or MAP_FAILED; pages of region @index, readable, writable, shared. */
static void *map_region(int fd, uint32_t index, uint64_t offset, size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    ((uint64_t)index << INDEX_SHIFT) + offset);
}

static uint32_t load(const void *bar, uint32_t reg)
{
	return *(const volatile uint32_t *)((const char *)bar + reg);
}

static void store(void *bar, uint32_t reg, uint32_t value)
{
	*(volatile uint32_t *)((char *)bar + reg) = value;
}

/* The signal that a load ends a process with, 0 for none. */
static int signal_of_load(const void *bar)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		signal(SIGBUS, SIG_DFL);
		load(bar, EDU_ID);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		CLIENT_FAIL("fork: %s", client_errno(errno));
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

VFIO_TEST_F(map, must_be_shared, "MMAP-001")
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page_size(), PROT_READ, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

VFIO_TEST_F(map, region_behind_last, "MMAP-002")
{
	struct vfio_device_info info;

	device_info(self->fd, &info);
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, info.num_regions, 0, page_size()));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, 1 << 20, 0, page_size()));
	EXPECT_EQ(EINVAL, errno);
}

VFIO_TEST_F(map, only_bars, "MMAP-003 MMAP-004")
{
	struct mock mock;

	EXPECT_EQ(MAP_FAILED, map_region(self->fd, VFIO_PCI_ROM_REGION_INDEX, 0, page_size()));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, VFIO_PCI_CONFIG_REGION_INDEX, 0, page_size()));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, VFIO_PCI_VGA_REGION_INDEX, 0, page_size()));
	EXPECT_EQ(EINVAL, errno);
	if (!__mock_find(self->fd, &mock)) {
		EXPECT_EQ(MAP_FAILED, map_region(self->fd, mock.index, 0, page_size()));
		EXPECT_EQ(EINVAL, errno);
	}
	/* A BAR that is not there has no MMAP flag. */
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, VFIO_PCI_BAR1_REGION_INDEX, 0, page_size()));
	EXPECT_EQ(EINVAL, errno);
}

VFIO_TEST_F(map, across_the_end, "MMAP-005")
{
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, 0, 0, self->size + page_size()));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, 0, self->size, page_size()));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, 0, self->size - page_size(), 2 * page_size()));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_NE(MAP_FAILED, map_region(self->fd, 0, self->size - page_size(), page_size()));
}

VFIO_TEST_F(map, unaligned_offset, "MMAP-006")
{
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, 0, 4, page_size()));
	EXPECT_EQ(EINVAL, errno);
}

VFIO_TEST_F(map, last_page_of_region_space, "MMAP-008")
{
	/* Offset and length must not add up to something small. */
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, 0, (1ull << INDEX_SHIFT) - page_size(),
					 2 * page_size()));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map_region(self->fd, 0, (1ull << INDEX_SHIFT) - page_size(),
					 page_size()));
	EXPECT_EQ(EINVAL, errno);
}

VFIO_TEST_F(map, load_and_store, "MMAP-010")
{
	void *bar = map_region(self->fd, 0, 0, self->size);

	ASSERT_NE(MAP_FAILED, bar);
	EXPECT_EQ(EDU_ID_VALUE, load(bar, EDU_ID));
	store(bar, EDU_LIVENESS, 0x13572468);
	EXPECT_EQ(~0x13572468u, load(bar, EDU_LIVENESS));
	/* The same registers as through read() and write(). */
	EXPECT_EQ(~0x13572468u, edu_read32(self->fd, EDU_LIVENESS));
	edu_write32(self->fd, EDU_LIVENESS, 0x00ff00ff);
	EXPECT_EQ(~0x00ff00ffu, load(bar, EDU_LIVENESS));
}

VFIO_TEST_F(map, memory_disabled, "MMAP-011 MMAP-012 RW-035")
{
	void *bar = map_region(self->fd, 0, 0, page_size());

	ASSERT_NE(MAP_FAILED, bar);
	EXPECT_EQ(0, signal_of_load(bar));
	EXPECT_EQ(EDU_ID_VALUE, load(bar, EDU_ID));
	config_command(self->fd, 0, PCI_COMMAND_MEMORY);
	EXPECT_EQ(SIGBUS, signal_of_load(bar));
	config_command(self->fd, PCI_COMMAND_MEMORY, 0);
	EXPECT_EQ(EDU_ID_VALUE, load(bar, EDU_ID));
}

VFIO_TEST_F(map, over_a_reset, "MMAP-013")
{
	void *bar = map_region(self->fd, 0, 0, page_size());

	if (!sysfs_can_reset(self->dev.bdf))
		SKIP(return, "the device has no reset");
	ASSERT_NE(MAP_FAILED, bar);
	store(bar, EDU_LIVENESS, 0x1234);
	ASSERT_EQ(0, __vfio_ioctl(self->fd, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(EDU_ID_VALUE, load(bar, EDU_ID));
}

VFIO_TEST_F(map, part_unmapped, "MMAP-014")
{
	char *bar = map_region(self->fd, 0, 0, 4 * page_size());
	int status;
	pid_t child;

	ASSERT_NE(MAP_FAILED, (void *)bar);
	EXPECT_EQ(EDU_ID_VALUE, load(bar, EDU_ID));
	ASSERT_EQ(0, munmap(bar + page_size(), page_size()));
	EXPECT_EQ(EDU_ID_VALUE, load(bar, EDU_ID));
	store(bar, EDU_LIVENESS, 0x55);
	/* Not to be grown. */
	EXPECT_EQ(MAP_FAILED, mremap(bar + 2 * page_size(), 2 * page_size(), 3 * page_size(),
				     MREMAP_MAYMOVE));
	child = fork();
	ASSERT_GE(child, 0);
	if (!child)
		_exit(load(bar, EDU_ID) == EDU_ID_VALUE ? 0 : 1);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(~0x55u, load(bar, EDU_LIVENESS));
}

VFIO_TEST_F(map, as_target_of_dma, "MMAP-015 T1-049")
{
	void *bar = map_region(self->fd, 0, 0, 2 * page_size());

	ASSERT_NE(MAP_FAILED, bar);
	/* It is no memory that could be locked. */
	limit_locked_memory(0);
	EXPECT_EQ(-ENOMEM, __iommu_map(self->dev.container, pages_alloc(page_size()), 0,
				       page_size(), MAP_RW));
	EXPECT_EQ(0, __iommu_map(self->dev.container, bar, 0x100000, 2 * page_size(), MAP_RW));
	EXPECT_EQ(2 * page_size(), iommu_unmap(self->dev.container, 0x100000, 2 * page_size(), 0));
}

VFIO_TEST_F(map, keeps_the_device_open, "MMAP-016")
{
	void *bar = map_region(self->fd, 0, 0, page_size());

	ASSERT_NE(MAP_FAILED, bar);
	store(bar, EDU_LIVENESS, 0x77);
	close(self->fd);
	self->dev.fd = -1;
	EXPECT_EQ(~0x77u, load(bar, EDU_LIVENESS));
	EXPECT_EQ(-EBUSY, __group_unset_container(self->dev.group));
	ASSERT_EQ(0, munmap(bar, page_size()));
	EXPECT_EQ(0, __group_unset_container(self->dev.group));
}

CONFORMANCE_MAIN
