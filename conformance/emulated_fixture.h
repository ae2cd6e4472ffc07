/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of the tests of containers with emulated groups: a mediated device
 * of the mock driver, open in a container of its own. The main device's group can
 * join it; the device itself is opened where a test needs it.
 */
#ifndef EMULATED_FIXTURE_H
#define EMULATED_FIXTURE_H

#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "client/mdev.h"
#include "client/vfio_client.h"

#define IOVA		0x10000000ull
#define PIN_READ	1
#define PIN_WRITE	2

FIXTURE(emulated)
{
	struct vfio_dev dev;
	struct mock mock;
	int real;		/* the main device's group, -1 if none is named */
	uint64_t page;
};

FIXTURE_SETUP(emulated)
{
	self->page = page_size();
	self->dev.fd = self->dev.group = self->dev.container = self->real = -1;
	if (!mdev_uuid(0))
		SKIP(return, MDEV_NO_UUID);
	mdev_open(&self->dev, mdev_uuid(0), VFIO_TYPE1v2_IOMMU);
	if (__mock_find(self->dev.fd, &self->mock))
		SKIP(return, "the mediated device's driver is not the mock driver");
	if (role_bdf(ROLE_MAIN))
		self->real = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
}

FIXTURE_TEARDOWN(emulated)
{
	device_close(&self->dev);
	if (self->real >= 0)
		close(self->real);
}

#define NEED_REAL() \
	do { \
		if (self->real < 0) \
			SKIP(return, "%s", role_missing(ROLE_MAIN)); \
	} while (0)

static inline int __join(FIXTURE_DATA(emulated) *self)
{
	return __group_set_container(self->real, self->dev.container);
}

static inline void join(FIXTURE_DATA(emulated) *self)
{
	group_set_container(self->real, self->dev.container);
}

static inline void leave(FIXTURE_DATA(emulated) *self)
{
	group_unset_container(self->real);
}

static inline int64_t pin(FIXTURE_DATA(emulated) *self, uint64_t iova, uint64_t npage)
{
	return mock_command(&self->mock, MOCK_CMD_PIN, iova, npage, PIN_READ);
}

static inline void unpin(FIXTURE_DATA(emulated) *self, uint64_t iova, uint64_t npage)
{
	mock_command(&self->mock, MOCK_CMD_UNPIN, iova, npage, 0);
}

static inline char *map_pages(FIXTURE_DATA(emulated) *self, uint64_t iova, uint64_t npage)
{
	char *mem = pages_alloc(npage * self->page);

	iommu_map(self->dev.container, mem, iova, npage * self->page, MAP_RW);
	return mem;
}

static inline uint64_t unmap_all(FIXTURE_DATA(emulated) *self)
{
	return iommu_unmap(self->dev.container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL);
}

#endif
