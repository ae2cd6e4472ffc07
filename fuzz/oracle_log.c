// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA logging: what was written in a logged range has its bit set in the next
 * report over it. Clauses FEAT-022 to FEAT-040.
 */
#include <errno.h>
#include <string.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "oracle.h"

#define RANGES	16U
#define DIRTY	64U
#define PAGES	4096U	/* of one write that are looked at */

struct span {
	uint64_t first, last;
};

static struct log {
	struct span range[RANGES], dirty[DIRTY];
	unsigned int ranges, dirties;
} logs[PROG_DEVS];

static void start(struct o_device *d, struct log *log, const struct prog_step *s)
{
	uint64_t n = arg32(s->before, 16), at = arg64(s->before, 24);
	const uint8_t *range = (const uint8_t *)at;
	unsigned int i;

	if (d->logging)
		ORACLE(s->ret < 0, "logging starts twice: %ld", s->ret);
	if (s->ret)
		return;
	ORACLE(n && n <= 256, "logging starts with %llu ranges", (unsigned long long)n);
	d->logging = true;
	d->log_page = arg64(s->after, 8);
	ORACLE(d->log_page >= MOCK_LOG_PAGE_MIN && d->log_page <= MOCK_LOG_PAGE_MAX &&
	       !(d->log_page & (d->log_page - 1)), "logging in pages of %llu",
	       (unsigned long long)d->log_page);
	log->ranges = log->dirties = 0;
	for (i = 0; i < n && i < RANGES && prog_in_memory(at, n * 16, false); i++) {
		struct span r = { arg64(range, 16 * i), arg64(range, 16 * i) + arg64(range, 16 * i + 8) - 1 };

		/* Of no bytes: nothing is logged there. */
		if (r.last < r.first)
			continue;
		for (unsigned int j = 0; j < log->ranges; j++)
			ORACLE(r.first > log->range[j].last || r.last < log->range[j].first,
			       "logging starts with ranges that overlap");
		log->range[log->ranges++] = r;
	}
}

static void check_bits(const struct span *seen, uint64_t iova, uint64_t page, const uint8_t *bits)
{
	uint64_t i, n = (seen->last - iova) / page;

	for (i = (seen->first - iova) / page; i <= n && i < PAGES; i++)
		ORACLE(bits[i / 8] >> i % 8 & 1, "page at %#llx was written and is not reported",
		       (unsigned long long)(iova + i * page));
}

static void report(struct o_device *d, struct log *log, const struct prog_step *s)
{
	uint64_t iova = arg64(s->before, 8), len = arg64(s->before, 16);
	uint64_t page = arg64(s->before, 24), at = arg64(s->before, 32);
	unsigned int i, left = 0;
	struct span seen;

	if (!d->logging)
		ORACLE(s->ret < 0 || !len, "a report without a log: %ld", s->ret);
	if (page < 4096 || page & (page - 1))
		ORACLE(s->ret == -EINVAL, "a report in pages of %llu: %ld",
		       (unsigned long long)page, s->ret);
	else if (iova + len < iova)
		ORACLE(s->ret == -EOVERFLOW, "a report that wraps: %ld", s->ret);
	/* Where the bitmap cannot be written, bits may be lost: FEAT-037. */
	if (s->ret || !len || !prog_in_memory(at, (len / page + 64) / 64 * 8, true)) {
		/* Part of it may have been read and cleared. */
		log->dirties = 0;
		return;
	}
	for (i = 0; i < log->dirties; i++) {
		struct span *w = &log->dirty[i];

		if (w->last < iova || w->first > iova + (len - 1)) {
			log->dirty[left++] = *w;
			continue;
		}
		seen.first = w->first > iova ? w->first : iova;
		seen.last = w->last < iova + (len - 1) ? w->last : iova + (len - 1);
		check_bits(&seen, iova, page, (const uint8_t *)at);
	}
	log->dirties = left;
}

void oracle_log_dirty(struct o_device *d, unsigned int dev, uint64_t iova, uint64_t len)
{
	struct log *log = &logs[dev];
	uint64_t last = iova + (len - 1);
	unsigned int i;

	for (i = 0; d->logging && len && i < log->ranges && log->dirties < DIRTY; i++) {
		struct span *r = &log->range[i];

		if (iova > r->last || last < r->first)
			continue;
		log->dirty[log->dirties++] = (struct span) {
			iova > r->first ? iova : r->first, last < r->last ? last : r->last,
		};
	}
}

void oracle_log(struct o_device *d, unsigned int dev, const struct prog_step *s)
{
	uint32_t flags = s->len >= 8 ? arg32(s->before, 4) : 0, argsz;

	if (s->len < 8 || dev == PROG_PLAIN || dev >= PROG_MDEV0)
		return;
	argsz = arg32(s->before, 0);
	switch (flags) {
	case VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_START:
		if (argsz < 32)
			ORACLE(s->ret == -EINVAL, "short LOGGING_START gives %ld", s->ret);
		else if (s->len >= 32)
			start(d, &logs[dev], s);
		break;
	case VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP:
		if (argsz < 8)
			break;
		ORACLE(s->ret == (d->logging ? 0 : -EINVAL), "LOGGING_STOP gives %ld", s->ret);
		d->logging = false;
		break;
	case VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT:
		if (argsz < 40)
			ORACLE(s->ret == -EINVAL, "short LOGGING_REPORT gives %ld", s->ret);
		else if (s->len >= 40)
			report(d, &logs[dev], s);
		break;
	}
}
