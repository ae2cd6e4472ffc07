// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA logging: bitmaps of any size at any place. Kernels pin a bitmap in windows
 * of 512 of its pages (2 MiB); what is at the borders of pages and of windows has
 * gone wrong in several of them.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "conformance.h"
#include "logging_util.h"

#define BASE		(1ull << 32)
#define WINDOW_PAGES	512u

FIXTURE(window)
{
	struct log_dev log;
	uint8_t *map, *bitmap, *want;
	uint64_t bits, bytes, page, map_size;
};

FIXTURE_VARIANT(window)
{
	uint32_t offset;	/* of the bitmap in its first page */
	uint64_t page;		/* bytes per bit */
	uint32_t pages;		/* of the bitmap, in whole pages but for offset */
	uint32_t odd_bits;	/* and so many bits */
};

FIXTURE_VARIANT_ADD(window, aligned) { .page = 4096, .pages = 3 * WINDOW_PAGES };
FIXTURE_VARIANT_ADD(window, second_word) { .offset = 8, .page = 4096, .pages = 2 * WINDOW_PAGES,
					   .odd_bits = 64 };
FIXTURE_VARIANT_ADD(window, middle) { .offset = 2048, .page = 4096, .pages = 2 * WINDOW_PAGES + 1 };
FIXTURE_VARIANT_ADD(window, last_word) { .offset = 4088, .page = 4096, .pages = WINDOW_PAGES,
					 .odd_bits = 65 };
FIXTURE_VARIANT_ADD(window, one_page_over) { .page = 4096, .pages = WINDOW_PAGES, .odd_bits = 1 };
FIXTURE_VARIANT_ADD(window, exactly_one) { .page = 4096, .pages = WINDOW_PAGES };
FIXTURE_VARIANT_ADD(window, short_of_one) { .offset = 4088, .page = 4096,
					    .pages = WINDOW_PAGES - 1, .odd_bits = 63 };
FIXTURE_VARIANT_ADD(window, few_pages) { .offset = 4088, .page = 4096, .pages = 3, .odd_bits = 7 };
FIXTURE_VARIANT_ADD(window, one_bit) { .offset = 4088, .page = 4096, .odd_bits = 1 };
FIXTURE_VARIANT_ADD(window, large_pages) { .offset = 16, .page = 2 << 20,
					   .pages = 2 * WINDOW_PAGES, .odd_bits = 100 };

FIXTURE_SETUP(window)
{
	const char *why = log_open(&self->log, true);

	if (why)
		SKIP(return, "%s", why);
	why = log_want_reports(&self->log);
	if (why) {
		device_close(&self->log.dev);
		SKIP(return, "%s", why);
	}
	self->page = variant->page;
	self->bits = variant->pages * 8ull * page_size() + variant->odd_bits;
	self->bytes = (self->bits + 63) / 64 * 8;
	/* A page before and behind it shows that nothing beside the bitmap is written. */
	self->map_size = self->bytes + variant->offset + 3 * page_size();
	self->map_size -= self->map_size % page_size();
	self->map = pages_alloc(self->map_size);
	self->want = pages_alloc(self->map_size);
	self->bitmap = self->map + page_size() + variant->offset;
	log_start(&self->log, BASE, self->bits * self->page);
}

FIXTURE_TEARDOWN(window)
{
	device_close(&self->log.dev);
}

/* The device writes to the pages of bits [first, first + n), as far as there are any. */
static void dirty(FIXTURE_DATA(window) *self, uint64_t first, uint64_t n)
{
	uint8_t *want = self->want + (self->bitmap - self->map);
	uint64_t bit;

	if (first >= self->bits)
		return;
	if (n > self->bits - first)
		n = self->bits - first;
	/* One byte is enough of a large page, and all that can be written of several. */
	if (self->page == LOG_PAGE)
		log_dirty(&self->log, BASE + first * LOG_PAGE, n * LOG_PAGE);
	for (bit = first; bit < first + n; bit++) {
		if (self->page != LOG_PAGE)
			log_dirty(&self->log, BASE + bit * self->page + self->page / 2, 1);
		want[bit / 8] |= 1 << (bit % 8);
	}
}

/* Name the first few bits that are wrong. */
static void check_bitmap(struct __test_metadata *_metadata, FIXTURE_DATA(window) *self)
{
	int64_t start = self->bitmap - self->map;
	unsigned int bad = 0;
	uint64_t i;

	if (!memcmp(self->map, self->want, self->map_size))
		return;
	for (i = 0; i < self->map_size && bad < 8; i++) {
		if (self->map[i] == self->want[i])
			continue;
		bad++;
		EXPECT_EQ(self->want[i], self->map[i])
			TH_LOG("byte %lld of the bitmap, %llu of its page",
			       (long long)i - start, (unsigned long long)(i % page_size()));
	}
}

static void report(struct __test_metadata *_metadata, FIXTURE_DATA(window) *self)
{
	log_report(&self->log, BASE, self->bits * self->page, self->page, self->bitmap);
	check_bitmap(_metadata, self);
	EXPECT_EQ(0, mock_read(&self->log.mock, MOCK_REG_LOG_DIRTY));
}

/* Bits on both sides of page borders of the bitmap, and runs over them. */
VFIO_TEST_F(window, page_borders, "FEAT-038 FEAT-039")
{
	uint64_t to_border = 8 * (page_size() - variant->offset), border;
	unsigned int i;

	for (i = 0; i < 3 * WINDOW_PAGES + 2; i++) {
		border = to_border + i * 8ull * page_size();
		/* All of the first ones, then those at windows of either kind of count. */
		if (i > 4 && (i + 2) % WINDOW_PAGES > 4)
			continue;
		dirty(self, border - 1, 1);
		dirty(self, border, 1);
		dirty(self, border + 3, 1);
		dirty(self, border - 70, 3);
		if (i % 2)
			dirty(self, border - 20, 40);
	}
	dirty(self, 0, 1);
	dirty(self, self->bits - 1, 1);
	report(_metadata, self);
}

/* The windows that follow from the start of the bitmap, if one does not look at its address. */
VFIO_TEST_F(window, multiples_of_the_window, "FEAT-038 FEAT-039")
{
	uint64_t window = WINDOW_PAGES * 8ull * page_size(), at;

	for (at = window; at < self->bits + window; at += window) {
		dirty(self, at - 65, 130);
		dirty(self, at - 1000, 1);
		dirty(self, at + 1000, 1);
	}
	dirty(self, 0, 3);
	report(_metadata, self);
}

/* One run of several pages of bitmap, over the border of a window. */
VFIO_TEST_F(window, long_run, "FEAT-038 FEAT-039")
{
	uint64_t window = WINDOW_PAGES * 8ull * page_size() - 8 * variant->offset;
	uint64_t n = MOCK_DIRTY_MAX / LOG_PAGE;

	if (self->page != LOG_PAGE)
		SKIP(return, "runs are of small pages");
	dirty(self, self->bits > window ? window - n / 2 - 5 : 0, n);
	report(_metadata, self);
}

/* What is there stays, in every window. */
VFIO_TEST_F(window, bits_that_were_set, "FEAT-038 FEAT-039")
{
	uint64_t i;

	for (i = 0; i < self->map_size; i += 61)
		self->map[i] = self->want[i] = i;
	dirty(self, self->bits / 2, 9);
	dirty(self, self->bits - 1, 1);
	report(_metadata, self);
}

CONFORMANCE_MAIN
