/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of the tests of vfio_pin_pages() and vfio_dma_rw(): an open device
 * of a mock driver, which does both at command. Each test runs on a mediated
 * device, whose IOMMU is emulated, and on the main device behind a real one.
 */
#ifndef PIN_FIXTURE_H
#define PIN_FIXTURE_H

#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "client/mdev.h"
#include "client/vfio_client.h"

#define IOVA		0x10000000ull
#define PIN_READ	1	/* as IOMMU_READ and IOMMU_WRITE */
#define PIN_WRITE	2
#define PIN_MAX		512	/* pages in one call */

FIXTURE(pin)
{
	struct vfio_dev dev;
	struct mock mock;
	uint64_t page;
};

FIXTURE_VARIANT(pin)
{
	bool real;
	uint64_t dma_rw;	/* command for it */
};

FIXTURE_VARIANT_ADD(pin, emulated) { .dma_rw = MOCK_CMD_DMA_RW };
FIXTURE_VARIANT_ADD(pin, real) { .real = true, .dma_rw = MOCK_CMD_DMA_RW };
#ifdef PIN_FIXTURE_THREAD
FIXTURE_VARIANT_ADD(pin, emulated_thread) { .dma_rw = MOCK_CMD_DMA_RW_THREAD };
#endif

/* Open the device of the fixture. */
static inline void pin_open(FIXTURE_DATA(pin) *self, bool real, unsigned long iommu_type)
{
	if (real)
		device_open_type(&self->dev, role_bdf(ROLE_MAIN), iommu_type);
	else
		mdev_open(&self->dev, mdev_uuid(0), iommu_type);
	if (__mock_find(self->dev.fd, &self->mock))
		self->mock.fd = -1;
}

FIXTURE_SETUP(pin)
{
	const char *bdf = variant->real ? role_bdf(ROLE_MAIN) : mdev_uuid(0);

	self->page = page_size();
	self->dev.fd = self->dev.group = self->dev.container = -1;
	if (!bdf)
		SKIP(return, "%s", variant->real ? role_missing(ROLE_MAIN) : MDEV_NO_UUID);
	if (lacks(bdf, "mock"))
		SKIP(return, "%s", lacks(bdf, "mock"));
	pin_open(self, variant->real, VFIO_TYPE1v2_IOMMU);
	if (self->mock.fd < 0)
		SKIP(return, "%s", note_lack(bdf, "mock", "the device's driver is not a mock driver"));
}

FIXTURE_TEARDOWN(pin)
{
	device_close(&self->dev);
}

static inline int64_t pin(FIXTURE_DATA(pin) *self, uint64_t iova, uint64_t npage, uint64_t prot)
{
	return mock_command(&self->mock, MOCK_CMD_PIN, iova, npage, prot);
}

static inline int64_t unpin(FIXTURE_DATA(pin) *self, uint64_t iova, uint64_t npage)
{
	return mock_command(&self->mock, MOCK_CMD_UNPIN, iova, npage, 0);
}

static inline uint64_t pins(FIXTURE_DATA(pin) *self)
{
	return mock_read(&self->mock, MOCK_REG_PINS);
}

static inline uint64_t unmap_calls(FIXTURE_DATA(pin) *self)
{
	return mock_read(&self->mock, MOCK_REG_UNMAP_CALLS);
}

/* @npage new pages, mapped at @iova. */
static inline char *map_pages(FIXTURE_DATA(pin) *self, uint64_t iova, uint64_t npage,
			      uint32_t flags)
{
	char *mem = pages_alloc(npage * self->page);

	iommu_map(self->dev.container, mem, iova, npage * self->page, flags);
	return mem;
}

/*
 * Unmap it all, and tell whether anything of it was pinned: the core calls the
 * driver for nothing else.
 */
static inline bool was_pinned(FIXTURE_DATA(pin) *self)
{
	uint64_t before = unmap_calls(self);

	iommu_unmap(self->dev.container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL);
	return unmap_calls(self) != before;
}

#endif
