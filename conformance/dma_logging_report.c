// SPDX-License-Identifier: GPL-2.0-only
/* DMA logging: the request for a report, and the bits in it. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "logging_util.h"

#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define BASE	0x10000000ull
#define PAGES	200ull
#define LEN	(PAGES * LOG_PAGE)

struct report_arg {
	struct vfio_device_feature head;
	struct vfio_device_feature_dma_logging_report report;
};

#define REPORT_ARG(_bitmap) {								\
	.head = { sizeof(struct report_arg), LOG_REPORT | GET },			\
	.report = { BASE, LEN, LOG_PAGE, (uintptr_t)(_bitmap) },			\
}

/* What the VFIO core itself refuses; needs no dirty bitmaps in the kernel. */
FIXTURE(request)
{
	struct log_dev log;
	int fd;
	uint64_t bitmap[8];
};

FIXTURE_SETUP(request)
{
	const char *why = log_open(&self->log, false);

	if (why)
		SKIP(return, "%s", why);
	self->fd = self->log.fd;
	log_start(&self->log, BASE, LEN);
}

FIXTURE_TEARDOWN(request)
{
	device_close(&self->log.dev);
}

VFIO_TEST_F(request, set, "FEAT-034")
{
	struct report_arg arg = REPORT_ARG(self->bitmap);

	arg.head.flags = LOG_REPORT | SET;
	EXPECT_EQ(-EINVAL, __feature_raw(self->fd, &arg));
	EXPECT_EQ(-EINVAL, __feature_probe(self->fd, LOG_REPORT, SET));
}

VFIO_TEST_F(request, short_argsz, "FEAT-013")
{
	struct report_arg arg = REPORT_ARG(self->bitmap);

	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, border_alloc(sizeof(arg) - 1, &arg, false)));
	for (arg.head.argsz = 8; arg.head.argsz < sizeof(arg); arg.head.argsz++)
		ASSERT_EQ(-EINVAL, __feature_raw(self->fd, &arg));
}

VFIO_TEST_F(request, page_size, "FEAT-035")
{
	static const uint64_t bad[] = { 0, 1, 512, 2048, 4095, 4097, 6144, 12288, 0x7fffffffffffffff,
					UINT64_MAX, (1ull << 40) | 4096 };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		EXPECT_EQ(-EINVAL, __log_report(self->fd, BASE, LEN, bad[i], self->bitmap));
	/* Looked at before the range. */
	EXPECT_EQ(-EINVAL, __log_report(self->fd, -LOG_PAGE, LOG_PAGE, 2048, self->bitmap));
}

VFIO_TEST_F(request, overflow, "FEAT-036")
{
	EXPECT_EQ(-EOVERFLOW, __log_report(self->fd, -LOG_PAGE, LOG_PAGE, LOG_PAGE, self->bitmap));
	EXPECT_EQ(-EOVERFLOW, __log_report(self->fd, 1, UINT64_MAX, LOG_PAGE, self->bitmap));
	EXPECT_EQ(-EOVERFLOW, __log_report(self->fd, 1ull << 63, 1ull << 63, LOG_PAGE,
					   bad_pointer()));
}

FIXTURE(report)
{
	struct log_dev log;
	int fd;
	uint8_t *map;		/* two pages, the second one for tests to spoil */
};

FIXTURE_SETUP(report)
{
	const char *why = log_open(&self->log, true);

	if (why)
		SKIP(return, "%s", why);
	why = log_want_reports(&self->log);
	if (why) {
		device_close(&self->log.dev);
		SKIP(return, "%s", why);
	}
	self->fd = self->log.fd;
	self->map = pages_alloc(2 * page_size());
	log_start(&self->log, BASE, LEN);
}

FIXTURE_TEARDOWN(report)
{
	device_close(&self->log.dev);
}

static uint64_t dirty_pages(FIXTURE_DATA(report) *self)
{
	return mock_read(&self->log.mock, MOCK_REG_LOG_DIRTY);
}

VFIO_TEST_F(report, not_logging, "FEAT-040")
{
	EXPECT_EQ(0, __log_report(self->fd, BASE, LEN, LOG_PAGE, self->map));
	log_stop(&self->log);
	EXPECT_EQ(-EINVAL, __log_report(self->fd, BASE, LEN, LOG_PAGE, self->map));
	EXPECT_EQ(0, log_count(self->map, PAGES));
}

/*
 * 6.1 pins the bitmap before it asks the driver; 6.12 pins as bits are set, and
 * loses what does not work.
 */
static void check_bad_bitmap(struct __test_metadata *_metadata, FIXTURE_DATA(report) *self,
			     const void *bitmap)
{
	int ret;

	log_dirty(&self->log, BASE, LEN);
	ret = __log_report(self->fd, BASE, LEN, LOG_PAGE, bitmap);
	EXPECT_TRUE(ret == -EFAULT || ret == 0);
	outcome("FEAT-037", errno_name(ret));
	EXPECT_EQ(ret ? PAGES : 0, dirty_pages(self));
}

VFIO_TEST_F(report, bad_bitmap, "FEAT-037")
{
	uint8_t *readonly = pages_alloc(page_size());

	check_bad_bitmap(_metadata, self, bad_pointer());
	check_bad_bitmap(_metadata, self, NULL);
	check_bad_bitmap(_metadata, self, (void *)LOG_NOT_USER);
	ASSERT_EQ(0, mprotect(readonly, page_size(), PROT_READ));
	check_bad_bitmap(_metadata, self, readonly);
	EXPECT_EQ(0, log_count(readonly, PAGES));
}

VFIO_TEST_F(report, bitmap_goes_bad, "FEAT-037")
{
	/* 96 pages' bits at the end of the first page, the rest behind it. */
	uint8_t *bitmap = self->map + page_size() - 12;
	int ret;

	ASSERT_EQ(0, mprotect(self->map + page_size(), page_size(), PROT_READ));
	log_dirty(&self->log, BASE, LEN);
	ret = __log_report(self->fd, BASE, LEN, LOG_PAGE, bitmap);
	EXPECT_TRUE(ret == -EFAULT || ret == 0);
	outcome("FEAT-037", errno_name(ret));
	EXPECT_EQ(96, log_count(bitmap, PAGES));
	EXPECT_EQ(ret ? PAGES - 96 : 0, dirty_pages(self));
}

VFIO_TEST_F(report, bits_of_pages, "FEAT-038")
{
	static const uint16_t dirty[] = { 0, 1, 7, 8, 31, 32, 63, 64, 65, 127, 128, 198, 199 };
	unsigned int i;

	for (i = 0; i < sizeof(dirty) / sizeof(*dirty); i++)
		log_dirty(&self->log, BASE + dirty[i] * LOG_PAGE + 17 * i, 1);
	log_report(&self->log, BASE, LEN, LOG_PAGE, self->map);
	for (i = 0; i < sizeof(dirty) / sizeof(*dirty); i++)
		EXPECT_TRUE(log_bit(self->map, dirty[i])) TH_LOG("page %u", dirty[i]);
	EXPECT_EQ(sizeof(dirty) / sizeof(*dirty), log_count(self->map, 8 * page_size()));

	/* What was reported is clean. */
	memset(self->map, 0, page_size());
	log_report(&self->log, BASE, LEN, LOG_PAGE, self->map);
	EXPECT_EQ(0, log_count(self->map, 8 * page_size()));
}

VFIO_TEST_F(report, bits_are_only_set, "FEAT-038")
{
	unsigned int i;

	memset(self->map, 0xa5, page_size());
	log_dirty(&self->log, BASE + 9 * LOG_PAGE, 2 * LOG_PAGE);
	log_report(&self->log, BASE, LEN, LOG_PAGE, self->map);
	for (i = 0; i < page_size(); i++)
		EXPECT_EQ(i == 1 ? 0xa7 : 0xa5, self->map[i]) TH_LOG("byte %u", i);
}

VFIO_TEST_F(report, part_of_the_range, "FEAT-038")
{
	log_dirty(&self->log, BASE, LEN);
	/* Bit 0 is the page at the start of the report, wherever that is. */
	log_report(&self->log, BASE + 5 * LOG_PAGE, 3 * LOG_PAGE, LOG_PAGE, self->map);
	EXPECT_EQ(0x07, self->map[0]);
	EXPECT_EQ(3, log_count(self->map, 8 * page_size()));
	EXPECT_EQ(PAGES - 3, dirty_pages(self));
	self->map[0] = 0;
	log_report(&self->log, BASE, 10 * LOG_PAGE, LOG_PAGE, self->map);
	EXPECT_EQ(0x1f, self->map[0]);
	EXPECT_EQ(0x03, self->map[1]);
	EXPECT_EQ(PAGES - 10, dirty_pages(self));
	/* A report of nothing is one. */
	EXPECT_EQ(0, __log_report(self->fd, BASE + 50 * LOG_PAGE, 0, LOG_PAGE, self->map));
	EXPECT_EQ(PAGES - 10, dirty_pages(self));
}

VFIO_TEST_F(report, writes_over_page_borders, "FEAT-038")
{
	log_dirty(&self->log, BASE + 4 * LOG_PAGE - 1, 2);
	log_dirty(&self->log, BASE + 16 * LOG_PAGE - 1, LOG_PAGE + 2);
	log_report(&self->log, BASE, LEN, LOG_PAGE, self->map);
	EXPECT_EQ(0x18, self->map[0]);
	EXPECT_EQ(0x80, self->map[1]);
	EXPECT_EQ(0x03, self->map[2]);
	EXPECT_EQ(5, log_count(self->map, 8 * page_size()));
}

VFIO_TEST_F(report, only_logged_ranges, "FEAT-030 FEAT-038")
{
	log_range ranges[] = { { BASE + 8 * LOG_PAGE, 8 * LOG_PAGE }, { BASE, 2 * LOG_PAGE } };
	uint64_t page = LOG_PAGE;

	log_stop(&self->log);
	ASSERT_EQ(0, __log_start(self->fd, &page, ranges, 2));
	log_dirty(&self->log, BASE, 32 * LOG_PAGE);
	log_report(&self->log, BASE, LEN, LOG_PAGE, self->map);
	EXPECT_EQ(0x03, self->map[0]);
	EXPECT_EQ(0xff, self->map[1]);
	EXPECT_EQ(10, log_count(self->map, PAGES));
}

VFIO_TEST_F(report, other_page_sizes, "FEAT-038")
{
	log_range range = { 1ull << 30, 1ull << 30 };
	uint64_t page = MOCK_LOG_PAGE_MAX;
	unsigned int i;

	/* One bit for several pages of the log. */
	log_dirty(&self->log, BASE + 3 * LOG_PAGE, 1);
	log_dirty(&self->log, BASE + 16 * LOG_PAGE, 16 * LOG_PAGE);
	log_report(&self->log, BASE, LEN, 4 * LOG_PAGE, self->map);
	EXPECT_EQ(0xf1, self->map[0]);
	EXPECT_EQ(5, log_count(self->map, PAGES));
	log_dirty(&self->log, BASE + LEN - 1, 1);
	self->map[0] = 0;
	log_report(&self->log, 0, 1ull << 63, 1ull << 63, self->map);
	EXPECT_EQ(0x01, self->map[0]);
	log_stop(&self->log);

	/* And several for one. */
	ASSERT_EQ(0, __log_start(self->fd, &page, &range, 1));
	ASSERT_EQ(MOCK_LOG_PAGE_MAX, page);
	log_dirty(&self->log, range.iova + page + 5, 1);
	memset(self->map, 0, page_size());
	log_report(&self->log, range.iova, 4 * page, LOG_PAGE, self->map);
	for (i = 0; i < 256; i++)
		EXPECT_EQ(i / 64 == 1 ? 0xff : 0, self->map[i]) TH_LOG("byte %u", i);
}

VFIO_TEST_F(report, writes_of_the_driver, "FEAT-038")
{
	void *mem = pages_alloc(4 * page_size());

	iommu_map(self->log.dev.container, mem, BASE, 4 * page_size(), MAP_RW);
	ASSERT_EQ(0, mock_command(&self->log.mock, MOCK_CMD_DMA_RW, BASE + 2 * page_size(), 64, 0));
	log_report(&self->log, BASE, LEN, LOG_PAGE, self->map);
	EXPECT_EQ(0, log_count(self->map, PAGES));
	ASSERT_EQ(0, mock_command(&self->log.mock, MOCK_CMD_DMA_RW, BASE + 2 * page_size(), 64, 1));
	log_report(&self->log, BASE, LEN, LOG_PAGE, self->map);
	EXPECT_EQ(1, log_count(self->map, PAGES));
	EXPECT_TRUE(log_bit(self->map, 2 * page_size() / LOG_PAGE));
}

CONFORMANCE_MAIN
