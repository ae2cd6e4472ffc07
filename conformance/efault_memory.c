// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that an argument points to: arrays, bitmaps, pages to map, and the buffers
 * of read() and write(). Nowhere, not writable, and up to a page border.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "efault_calls.h"
#include "logging_util.h"

#define IOVA	IOVA_OF_CALLS
#define CONFIG	VFIO_PCI_CONFIG_REGION_INDEX

FIXTURE(memory)
{
	struct call_env env;
	struct call call;
	int fd, container;
	uint64_t page;
};

FIXTURE_SETUP(memory)
{
	const char *why = call_env_open(&self->env);

	if (why)
		SKIP(return, "%s", why);
	self->fd = self->env.dev.fd;
	self->container = self->env.dev.container;
	self->page = page_size();
}

FIXTURE_TEARDOWN(memory)
{
	call_env_close(&self->env);
}

/* Each range is read when its turn comes: what is wrong with an earlier one is said first. */
VFIO_TEST_F(memory, logging_ranges, "EFAULT-RANGES FEAT-026")
{
	log_range good[2] = { { IOVA, 0x1000 }, { IOVA + 0x100000, 0x1000 } };
	log_range odd[2] = { { IOVA + 1, 0x1000 } };
	uint64_t page = 0x1000;
	size_t len;

	if (__feature_probe(self->fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_START,
			    VFIO_DEVICE_FEATURE_SET))
		SKIP(return, "the device does not log DMA");
	for (len = 0; len < sizeof(good); len++) {
		EXPECT_EQ(-EFAULT, __log_start(self->fd, &page, border_alloc(len, good, true), 2)) {
			TH_LOG("%zu bytes", len);
		}
	}
	EXPECT_EQ(-EINVAL, __log_start(self->fd, &page, border_alloc(sizeof(odd[0]), odd, true),
				       2));
	EXPECT_EQ(0, __log_start(self->fd, &page, border_alloc(sizeof(good), good, true), 2));
	EXPECT_EQ(0, __feature_set(self->fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, NULL, 0));
}

static int get_dirty(int container, uint64_t iova, uint64_t size, void *bitmap, uint64_t bytes)
{
	return __iommu_dirty_bitmap(container, iova, size, page_size(), bitmap, bytes);
}

/* Mappings of 64 pages each, one word of the bitmap apiece. */
VFIO_TEST_F(memory, dirty_bitmap, "EFAULT-BITMAP")
{
	const uint64_t part = 64 * self->page;
	uint64_t size = 4 * part, unmapped = 0x5a;
	uint8_t *bits;
	unsigned int i;
	struct {
		struct vfio_iommu_type1_dma_unmap unmap;
		struct vfio_bitmap bitmap;
	} arg = {
		.unmap = { .argsz = sizeof(arg), .flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
			   .iova = IOVA, .size = size },
		.bitmap = { .pgsize = self->page, .size = 32 },
	};

	for (i = 0; i < 4; i++)
		iommu_map(self->container, pages_alloc(part), IOVA + i * part, part, MAP_RW);
	ASSERT_EQ(0, __iommu_dirty(self->container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START));
	EXPECT_EQ(-EFAULT, get_dirty(self->container, IOVA, size, bad_pointer(), 32));
	EXPECT_EQ(-EFAULT, get_dirty(self->container, IOVA, size, NULL, 32));
	EXPECT_EQ(-EFAULT, get_dirty(self->container, IOVA, size, border_alloc(32, NULL, true),
				     32));
	for (i = 0; i < 32; i += 8)
		EXPECT_EQ(-EFAULT, get_dirty(self->container, IOVA, size,
					     border_alloc(i, NULL, false), 32));
	/* What comes first was written. */
	bits = border_alloc(8, NULL, false);
	EXPECT_EQ(-EFAULT, get_dirty(self->container, IOVA, size, bits, 32));
	EXPECT_NE(0, bits[0]);
	EXPECT_EQ(0, get_dirty(self->container, IOVA, size, border_alloc(32, NULL, false), 32));

	/* UNMAP goes mapping by mapping: those before the fault are gone. */
	arg.bitmap.data = bad_pointer();
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_UNMAP_DMA, &arg));
	EXPECT_EQ(-EEXIST, __iommu_map(self->container, self->env.mem, IOVA, self->page, MAP_RW));
	arg.bitmap.data = border_alloc(16, NULL, false);
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_UNMAP_DMA, &arg));
	EXPECT_EQ(0, __iommu_unmap(self->container, IOVA, size, 0, &unmapped));
	EXPECT_EQ(2 * part, unmapped);
}

VFIO_TEST_F(memory, pages_to_map, "EFAULT-PAGES")
{
	const uint64_t size = 4 * self->page;
	uint32_t avail = iommu_dma_avail(self->container);
	char *mem;
	unsigned int i;

	/* Any page that is missing fails all, and leaves nothing. */
	for (i = 0; i < 4; i++) {
		mem = pages_alloc(size);
		ASSERT_EQ(0, munmap(mem + i * self->page, self->page));
		EXPECT_EQ(-EFAULT, __iommu_map(self->container, mem, IOVA, size, MAP_RW));
		mem = pages_alloc(size);
		ASSERT_EQ(0, mprotect(mem + i * self->page, self->page, PROT_NONE));
		EXPECT_EQ(-EFAULT, __iommu_map(self->container, mem, IOVA, size,
					       VFIO_DMA_MAP_FLAG_READ));
		mem = pages_alloc(size);
		ASSERT_EQ(0, mprotect(mem + i * self->page, self->page, PROT_READ));
		EXPECT_EQ(-EFAULT, __iommu_map(self->container, mem, IOVA, size, MAP_RW));
		EXPECT_EQ(-EFAULT, __iommu_map(self->container, mem, IOVA, size,
					       VFIO_DMA_MAP_FLAG_WRITE));
		/* For a device that only reads it is enough. */
		EXPECT_EQ(0, __iommu_map(self->container, mem, IOVA, size,
					 VFIO_DMA_MAP_FLAG_READ));
		EXPECT_EQ(size, iommu_unmap(self->container, IOVA, size, 0));
	}
	EXPECT_EQ(avail, iommu_dma_avail(self->container));
}

static void buffers(struct __test_metadata *_metadata, FIXTURE_DATA(memory) *self,
		    uint32_t region, uint64_t offset)
{
	uint8_t value[4];
	size_t len;

	ASSERT_EQ(4, __region_read(self->fd, region, offset, value, 4));
	EXPECT_EQ(-EFAULT, __region_read(self->fd, region, offset, bad_pointer(), 4));
	EXPECT_EQ(-EFAULT, __region_read(self->fd, region, offset, NULL, 4));
	EXPECT_EQ(-EFAULT, __region_write(self->fd, region, offset, bad_pointer(), 4));
	EXPECT_EQ(-EFAULT, __region_write(self->fd, region, offset,
					  (void *)0xffff888000000000ull, 4));
	EXPECT_EQ(-EFAULT, __region_read(self->fd, region, offset, border_alloc(4, NULL, true),
					 4));
	for (len = 0; len < 4; len++) {
		EXPECT_EQ(-EFAULT, __region_read(self->fd, region, offset,
						 border_alloc(len, NULL, false), 4));
		EXPECT_EQ(-EFAULT, __region_write(self->fd, region, offset,
						  border_alloc(len, NULL, false), 4));
	}
	EXPECT_EQ(4, __region_read(self->fd, region, offset, border_alloc(4, NULL, false), 4));
	EXPECT_EQ(4, __region_write(self->fd, region, offset, border_alloc(4, value, true), 4));
	ASSERT_EQ(4, __region_read(self->fd, region, offset, value, 4));
}

VFIO_TEST_F(memory, buffers_of_regions, "EFAULT-BUFFERS RW-024")
{
	buffers(_metadata, self, CONFIG, 0x3c);
	if (edu_is(self->env.dev.bdf))
		buffers(_metadata, self, 0, EDU_LIVENESS);
}

/* The position goes on by what was done, and what could not be read comes again. */
VFIO_TEST_F(memory, buffers_of_data_fds, "EFAULT-BUFFERS")
{
	struct mig_answer answer;
	char byte, again;
	int fd;

	if (__feature_probe(self->fd, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
			    VFIO_DEVICE_FEATURE_SET))
		SKIP(return, "the device cannot migrate");
	answer = mig_set(self->fd, S_STOP_COPY);
	ASSERT_EQ(0, answer.ret);
	fd = answer.data_fd;
	EXPECT_EQ(-EFAULT, __fd_read(fd, bad_pointer(), 16));
	EXPECT_EQ(-EFAULT, __fd_read(fd, border_alloc(16, NULL, true), 16));
	EXPECT_EQ(1, __fd_read(fd, &byte, 1));
	EXPECT_EQ(-EFAULT, __fd_read(fd, NULL, 16));
	close(fd);
	answer = mig_set(self->fd, S_STOP);
	ASSERT_EQ(0, answer.ret);
	answer = mig_set(self->fd, S_STOP_COPY);
	ASSERT_EQ(0, answer.ret);
	EXPECT_EQ(1, __fd_read(answer.data_fd, &again, 1));
	EXPECT_EQ(byte, again);
	close(answer.data_fd);
	EXPECT_EQ(0, mig_set(self->fd, S_STOP).ret);
	answer = mig_set(self->fd, S_RESUMING);
	ASSERT_EQ(0, answer.ret);
	EXPECT_EQ(-EFAULT, __fd_write(answer.data_fd, bad_pointer(), 16));
	EXPECT_EQ(-EFAULT, __fd_write(answer.data_fd, NULL, 1));
	close(answer.data_fd);
}

CONFORMANCE_MAIN
