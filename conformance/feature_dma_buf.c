// SPDX-License-Identifier: GPL-2.0-only
/* Device memory as a dma-buf, where the kernel and the driver have it (6.19 and later). */
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "client/vfio_client.h"
#include "conformance.h"

#ifndef VFIO_DEVICE_FEATURE_DMA_BUF
#define VFIO_DEVICE_FEATURE_DMA_BUF 11
#endif

#define GET	VFIO_DEVICE_FEATURE_GET
#define RANGES	3

/* The header may be older than the feature. */
struct request {
	struct vfio_device_feature head;
	uint32_t region_index, open_flags, flags, nr_ranges;
	struct {
		uint64_t offset, length;
	} range[RANGES];
};

FIXTURE(dma_buf)
{
	struct vfio_dev dev;
	struct vfio_region_info bar;
	uint64_t page;
};

static int probe(int fd)
{
	return __feature_probe(fd, VFIO_DEVICE_FEATURE_DMA_BUF, GET);
}

FIXTURE_SETUP(dma_buf)
{
	int ret;

	if (!role_bdf(ROLE_PLAIN))
		SKIP(return, "%s", role_missing(ROLE_PLAIN));
	device_open(&self->dev, role_bdf(ROLE_PLAIN));
	ret = probe(self->dev.fd);
	if (ret == -ENOTTY || ret == -EOPNOTSUPP)
		device_close(&self->dev);
	if (ret == -ENOTTY)
		SKIP(return, "this kernel has no DMA_BUF feature");
	if (ret == -EOPNOTSUPP)
		SKIP(return, "the driver does not export device memory");
	ASSERT_EQ(0, ret);
	self->page = getpagesize();
	self->bar.argsz = sizeof(self->bar);
	ASSERT_EQ(0, __region_info(self->dev.fd, VFIO_PCI_BAR0_REGION_INDEX, &self->bar));
	ASSERT_LE(4 * self->page, self->bar.size);
}

FIXTURE_TEARDOWN(dma_buf)
{
	if (self->dev.fd > 0)
		device_close(&self->dev);
}

static int get(int fd, struct request *request)
{
	request->head.argsz = offsetof(struct request, range) +
		(request->nr_ranges <= RANGES ? request->nr_ranges : 0) * sizeof(request->range[0]);
	request->head.flags = GET | VFIO_DEVICE_FEATURE_DMA_BUF;
	return __feature_raw(fd, &request->head);
}

/* Of BAR 0: one range. */
static struct request one(uint64_t offset, uint64_t length)
{
	return (struct request) { .open_flags = O_CLOEXEC, .nr_ranges = 1,
				  .range = { { offset, length } } };
}

VFIO_TEST_F(dma_buf, descriptor, "FEAT-066")
{
	struct request r = one(0, 2 * self->page);
	int fd, all;

	r.nr_ranges = 2;
	r.range[1].offset = 3 * self->page;
	r.range[1].length = self->page;
	fd = get(self->dev.fd, &r);
	ASSERT_LE(0, fd);
	EXPECT_EQ(3 * self->page, lseek(fd, 0, SEEK_END));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	r = one(0, self->bar.size);
	all = get(self->dev.fd, &r);
	EXPECT_LE(0, all);
	close(all);
	close(fd);
}

/* The file does not keep the device open, and the device can go before it. */
VFIO_TEST_F(dma_buf, outlives_the_device, "FEAT-066")
{
	struct request r = one(0, self->page);
	int fd = get(self->dev.fd, &r);

	ASSERT_LE(0, fd);
	device_close(&self->dev);
	EXPECT_EQ(self->page, lseek(fd, 0, SEEK_END));
	device_open(&self->dev, role_bdf(ROLE_PLAIN));
	close(fd);
}

VFIO_TEST_F(dma_buf, header, "FEAT-063")
{
	struct request r = one(0, self->page);

	r.flags = 1;
	EXPECT_EQ(-EINVAL, get(self->dev.fd, &r));
	r = one(0, self->page);
	r.nr_ranges = 0;
	EXPECT_EQ(-EINVAL, get(self->dev.fd, &r));
}

VFIO_TEST_F(dma_buf, region, "FEAT-064")
{
	struct request r = one(0, self->page);
	uint32_t index;

	for (index = VFIO_PCI_ROM_REGION_INDEX; index < VFIO_PCI_NUM_REGIONS + 2; index++) {
		r.region_index = index;
		EXPECT_EQ(-ENODEV, get(self->dev.fd, &r));
	}
	r.region_index = UINT32_MAX;
	EXPECT_EQ(-ENODEV, get(self->dev.fd, &r));
}

VFIO_TEST_F(dma_buf, ranges, "FEAT-065")
{
	const struct {
		uint64_t offset, length;
	} bad[] = {
		{ 0, 0 }, { 1, self->page }, { 0, self->page + 1 }, { self->page / 2, self->page },
		{ 0, self->bar.size + self->page }, { self->bar.size, self->page },
	};
	struct request r;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = one(bad[i].offset, bad[i].length);
		EXPECT_EQ(-EINVAL, get(self->dev.fd, &r)) TH_LOG("range %u", i);
		/* Behind a good one, too. */
		r.nr_ranges = 2;
		r.range[1] = r.range[0];
		r.range[0].offset = 0;
		r.range[0].length = self->page;
		EXPECT_EQ(-EINVAL, get(self->dev.fd, &r)) TH_LOG("range %u", i);
	}
}

CONFORMANCE_MAIN
