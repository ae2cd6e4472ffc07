// SPDX-License-Identifier: GPL-2.0-only
/* DMA logging: starting and stopping it, and what the driver hears of it. */
#include <string.h>

#include "conformance.h"
#include "logging_util.h"

#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define PROBE	VFIO_DEVICE_FEATURE_PROBE
#define BASE	0x10000000ull
#define MAX	256u		/* ranges that fit in a page */

struct start_arg {
	struct vfio_device_feature head;
	struct vfio_device_feature_dma_logging_control control;
};

FIXTURE(logging)
{
	struct log_dev log;
	int fd;
	uint64_t page;
	log_range range;
	log_range many[MAX + 1];
};

FIXTURE_SETUP(logging)
{
	const char *why = log_open(&self->log, false);
	unsigned int i;

	if (why)
		SKIP(return, "%s", why);
	self->fd = self->log.fd;
	self->page = LOG_PAGE;
	self->range = (log_range){ BASE, 16 * LOG_PAGE };
	for (i = 0; i <= MAX; i++)
		self->many[i] = (log_range){ BASE + i * 0x100000ull, 0x80000 };
}

FIXTURE_TEARDOWN(logging)
{
	device_close(&self->log.dev);
}

#define START_ARG(_page, _nr, _ranges) {							\
	.head = { sizeof(struct start_arg), LOG_START | SET },				\
	.control = { .page_size = _page, .num_ranges = _nr, .ranges = (uintptr_t)(_ranges) },	\
}

static int start(FIXTURE_DATA(logging) *self, uint64_t page, uint64_t iova, uint64_t length)
{
	log_range range = { iova, length };

	return __log_start(self->fd, &page, &range, 1);
}

/* Driver calls are counted by the mock alone; 0 for the others. */
static uint64_t counter(FIXTURE_DATA(logging) *self, uint64_t reg)
{
	return self->log.has_mock ? mock_read(&self->log.mock, reg) : 0;
}

VFIO_TEST_F(logging, probe, "FEAT-009 FEAT-010")
{
	EXPECT_EQ(0, __feature_probe(self->fd, LOG_START, SET));
	EXPECT_EQ(0, __feature_probe(self->fd, LOG_STOP, SET));
	EXPECT_EQ(0, __feature_probe(self->fd, LOG_REPORT, GET));
	EXPECT_EQ(-EINVAL, __feature_probe(self->fd, LOG_STOP, GET));
	EXPECT_EQ(-EINVAL, __feature_probe(self->fd, LOG_REPORT, SET));
}

VFIO_TEST_F(logging, start_get, "FEAT-023")
{
	struct start_arg arg = START_ARG(LOG_PAGE, 1, &self->range);

	arg.head.flags = LOG_START | GET;
	EXPECT_EQ(-EINVAL, __feature_raw(self->fd, &arg));
	EXPECT_EQ(-EINVAL, __feature_probe(self->fd, LOG_START, GET));
}

VFIO_TEST_F(logging, start_short_argsz, "FEAT-013")
{
	struct start_arg arg = START_ARG(LOG_PAGE, 1, &self->range);

	for (arg.head.argsz = 8; arg.head.argsz < sizeof(arg); arg.head.argsz++)
		ASSERT_EQ(-EINVAL, __feature_raw(self->fd, &arg));
}

VFIO_TEST_F(logging, no_ranges, "FEAT-024")
{
	EXPECT_EQ(-EINVAL, __log_start(self->fd, &self->page, &self->range, 0));
	EXPECT_EQ(-EINVAL, __log_start(self->fd, &self->page, bad_pointer(), 0));
}

VFIO_TEST_F(logging, too_many_ranges, "FEAT-025")
{
	EXPECT_EQ(-E2BIG, __log_start(self->fd, &self->page, self->many, MAX + 1));
	EXPECT_EQ(-E2BIG, __log_start(self->fd, &self->page, self->many, UINT32_MAX));
	EXPECT_EQ(-E2BIG, __log_start(self->fd, &self->page, bad_pointer(), MAX + 1));
	EXPECT_EQ(0, __log_start(self->fd, &self->page, self->many, MAX));
	if (self->log.has_mock) {
		EXPECT_EQ(MAX, counter(self, MOCK_REG_LOG_RANGES));
	}
}

VFIO_TEST_F(logging, bad_pointers, "FEAT-026")
{
	struct start_arg arg = START_ARG(LOG_PAGE, 1, &self->range);
	uint64_t starts = counter(self, MOCK_REG_LOG_STARTS);
	log_range *border = border_alloc(2 * sizeof(*border), self->many, true);

	EXPECT_EQ(-EFAULT, __log_start(self->fd, &self->page, bad_pointer(), 1));
	EXPECT_EQ(-EFAULT, __log_start(self->fd, &self->page, NULL, 1));
	EXPECT_EQ(-EFAULT, __log_start(self->fd, &self->page, (void *)LOG_NOT_USER, 1));
	/* One range more than there is. */
	EXPECT_EQ(-EFAULT, __log_start(self->fd, &self->page, border, 3));
	/* The feature itself. */
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, border_alloc(sizeof(arg) - 1, &arg, false)));
	EXPECT_EQ(starts, counter(self, MOCK_REG_LOG_STARTS));
	/* No more than the two is read. */
	EXPECT_EQ(0, __log_start(self->fd, &self->page, border, 2));
}

VFIO_TEST_F(logging, misaligned_ranges, "FEAT-027")
{
	static const uint64_t sizes[] = { 4096, 8192, 65536, 1 << 21, 1ull << 30 };
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		uint64_t size = sizes[i], iova = 4ull << 30;

		EXPECT_EQ(-EINVAL, start(self, size, iova + 1, size));
		EXPECT_EQ(-EINVAL, start(self, size, iova + size / 2, size));
		EXPECT_EQ(-EINVAL, start(self, size, iova, size - 1));
		EXPECT_EQ(-EINVAL, start(self, size, iova, size + size / 2));
		EXPECT_EQ(-EINVAL, start(self, size, iova - size / 2, size + size / 2));
	}
	EXPECT_EQ(-EINVAL, start(self, 0, BASE, LOG_PAGE));
	/* Every range, and before the driver hears of any. */
	self->many[3].length++;
	EXPECT_EQ(-EINVAL, __log_start(self->fd, &self->page, self->many, 4));
	EXPECT_EQ(0, __log_start(self->fd, &self->page, self->many, 3));
}

VFIO_TEST_F(logging, size_is_no_power_of_two, "FEAT-027")
{
	if (!self->log.has_mock)
		SKIP(return, "needs the control region of the mock driver");
	/* It is taken as a mask as it is. */
	EXPECT_EQ(-EINVAL, start(self, 0x3000, 0x3000, 0x3000));
	EXPECT_EQ(0, start(self, 0x3000, 0x4000, 0x1000));
}

VFIO_TEST_F(logging, overflow, "FEAT-028")
{
	EXPECT_EQ(-EOVERFLOW, start(self, LOG_PAGE, -LOG_PAGE, LOG_PAGE));
	EXPECT_EQ(-EOVERFLOW, start(self, LOG_PAGE, -LOG_PAGE, 2 * LOG_PAGE));
	EXPECT_EQ(-EOVERFLOW, start(self, LOG_PAGE, 2 * LOG_PAGE, -LOG_PAGE));
	EXPECT_EQ(-EOVERFLOW, start(self, LOG_PAGE, 1ull << 63, 1ull << 63));
	/* Alignment is looked at first. */
	EXPECT_EQ(-EINVAL, start(self, LOG_PAGE, -LOG_PAGE, 2 * LOG_PAGE + 1));
	/* And each range before the next one is read. */
	self->many[0].iova = -LOG_PAGE;
	EXPECT_EQ(-EOVERFLOW, __log_start(self->fd, &self->page,
					  border_alloc(sizeof(log_range), self->many, true), 2));
}

VFIO_TEST_F(logging, overlap, "FEAT-029")
{
	log_range r[3] = { { BASE + 0x8000, 0x4000 }, { BASE, 0x4000 }, { BASE + 0x8000, 0x4000 } };

	EXPECT_EQ(-EINVAL, __log_start(self->fd, &self->page, r, 3));
	r[2] = (log_range){ BASE + 0x9000, 0x1000 };
	EXPECT_EQ(-EINVAL, __log_start(self->fd, &self->page, r, 3));
	r[2] = (log_range){ BASE + 0x3000, 0x1000 };
	EXPECT_EQ(-EINVAL, __log_start(self->fd, &self->page, r, 3));
	r[2] = (log_range){ BASE + 0x3000, 0x6000 };
	EXPECT_EQ(-EINVAL, __log_start(self->fd, &self->page, r, 3));
	r[2] = (log_range){ BASE + 0xb000, 0x10000 };
	EXPECT_EQ(-EINVAL, __log_start(self->fd, &self->page, r, 3));
	/* Side by side, in any order, they do not. */
	r[2] = (log_range){ BASE + 0x4000, 0x4000 };
	EXPECT_EQ(0, __log_start(self->fd, &self->page, r, 3));
}

VFIO_TEST_F(logging, page_size_comes_back, "FEAT-030")
{
	static const uint64_t hints[] = { 1, 4096, 8192, 1 << 20, 1 << 21, 1ull << 30, 1ull << 62 };
	log_range all = { 0, 1ull << 62 };
	unsigned int i;

	for (i = 0; i < sizeof(hints) / sizeof(*hints); i++) {
		const log_range *range = hints[i] == all.length ? &all : &self->range;
		struct start_arg arg = START_ARG(hints[i], 1, range), before;

		/* A hint that the range is not a multiple of would be refused. */
		if (range == &self->range)
			self->range = (log_range){ 4ull << 30, 1ull << 30 };
		arg.control.__reserved = 0x5a5a5a5a;
		before = arg;
		EXPECT_EQ(0, __feature_raw(self->fd, &arg));
		EXPECT_LT(0, arg.control.page_size);
		EXPECT_EQ(0, arg.control.page_size & (arg.control.page_size - 1));
		if (self->log.has_mock) {
			uint64_t want = hints[i] < MOCK_LOG_PAGE_MIN ? MOCK_LOG_PAGE_MIN :
					hints[i] > MOCK_LOG_PAGE_MAX ? MOCK_LOG_PAGE_MAX : hints[i];

			EXPECT_EQ(want, arg.control.page_size);
			EXPECT_EQ(want, counter(self, MOCK_REG_LOG_PAGE));
		}
		/* Nothing else is touched. */
		before.control.page_size = arg.control.page_size;
		EXPECT_EQ(0, memcmp(&before, &arg, sizeof(arg)));
		EXPECT_EQ(0, __log_stop(self->fd));
	}
}

VFIO_TEST_F(logging, second_start, "FEAT-031")
{
	uint64_t first = LOG_PAGE, ranges;

	ASSERT_EQ(0, __log_start(self->fd, &first, self->many, 2));
	ranges = counter(self, MOCK_REG_LOG_RANGES);
	EXPECT_EQ(-EINVAL, __log_start(self->fd, &self->page, self->many, 3));
	EXPECT_EQ(-EINVAL, start(self, LOG_PAGE, 0, LOG_PAGE));
	/* The one that runs goes on. */
	EXPECT_EQ(ranges, counter(self, MOCK_REG_LOG_RANGES));
	EXPECT_EQ(0, __log_stop(self->fd));
	EXPECT_EQ(0, __log_start(self->fd, &self->page, self->many, 3));
}

VFIO_TEST_F(logging, answer_cannot_be_written, "FEAT-032")
{
	struct start_arg arg = START_ARG(LOG_PAGE, 1, &self->range);
	void *readonly = border_alloc(sizeof(arg), &arg, true);
	uint64_t stops = counter(self, MOCK_REG_LOG_STOPS);

	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, readonly));
	if (self->log.has_mock) {
		EXPECT_EQ(stops + 1, counter(self, MOCK_REG_LOG_STOPS));
		EXPECT_EQ(0, counter(self, MOCK_REG_LOG_PAGE));
		EXPECT_EQ(-EINVAL, __log_stop(self->fd));
	}
	/* Stopped again: otherwise this one would be the second. */
	EXPECT_EQ(0, __feature_raw(self->fd, &arg));
}

VFIO_TEST_F(logging, stop, "FEAT-033")
{
	struct vfio_device_feature head = { sizeof(head), LOG_STOP | SET };
	uint64_t data = 0x5a5a;

	ASSERT_EQ(0, start(self, LOG_PAGE, BASE, LOG_PAGE));
	EXPECT_EQ(-EINVAL, __feature_get(self->fd, LOG_STOP, &data, sizeof(data)));
	/* Nothing behind the header is looked at. */
	EXPECT_EQ(0, __feature_raw(self->fd, border_alloc(sizeof(head), &head, true)));
	if (self->log.has_mock) {
		EXPECT_EQ(-EINVAL, __log_stop(self->fd));
	}
	ASSERT_EQ(0, start(self, LOG_PAGE, BASE, LOG_PAGE));
	EXPECT_EQ(0, __device_feature(self->fd, LOG_STOP | SET, &data, sizeof(data)));
	EXPECT_EQ(0x5a5a, data);
}

VFIO_TEST_F(logging, calls_of_the_driver, "DRV-034")
{
	uint64_t starts, stops;
	char bdf[BDF_MAX];

	if (!self->log.has_mock)
		SKIP(return, "needs the control region of the mock driver");
	starts = counter(self, MOCK_REG_LOG_STARTS);
	stops = counter(self, MOCK_REG_LOG_STOPS);
	EXPECT_EQ(-EINVAL, start(self, LOG_PAGE, BASE + 1, LOG_PAGE));
	EXPECT_EQ(starts, counter(self, MOCK_REG_LOG_STARTS));
	EXPECT_EQ(0, start(self, LOG_PAGE, BASE, LOG_PAGE));
	EXPECT_EQ(starts + 1, counter(self, MOCK_REG_LOG_STARTS));
	EXPECT_EQ(0, __log_stop(self->fd));
	EXPECT_EQ(stops + 1, counter(self, MOCK_REG_LOG_STOPS));
	/* The core keeps no state: it asks the driver each time. */
	EXPECT_EQ(-EINVAL, __log_stop(self->fd));
	EXPECT_EQ(stops + 2, counter(self, MOCK_REG_LOG_STOPS));

	/* Nor does it stop anything at the last close, the driver does. */
	EXPECT_EQ(0, start(self, LOG_PAGE, BASE, LOG_PAGE));
	log_dirty(&self->log, BASE, 1);
	EXPECT_EQ(1, counter(self, MOCK_REG_LOG_DIRTY));
	strcpy(bdf, self->log.dev.bdf);
	device_close(&self->log.dev);
	device_open(&self->log.dev, bdf);
	self->fd = self->log.mock.fd = self->log.dev.fd;
	EXPECT_EQ(stops + 2, counter(self, MOCK_REG_LOG_STOPS));
	EXPECT_EQ(0, counter(self, MOCK_REG_LOG_PAGE));
	EXPECT_EQ(0, start(self, LOG_PAGE, BASE, LOG_PAGE));
	EXPECT_EQ(0, counter(self, MOCK_REG_LOG_DIRTY));
	EXPECT_EQ(starts + 3, counter(self, MOCK_REG_LOG_STARTS));
}

CONFORMANCE_MAIN
