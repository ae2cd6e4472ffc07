/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers of the DMA logging tests. __foo() returns 0 or -errno. */
#ifndef LOGGING_UTIL_H
#define LOGGING_UTIL_H

#include <stdbool.h>
#include <stdint.h>

#include "client/vfio_client.h"

#define LOG_START	VFIO_DEVICE_FEATURE_DMA_LOGGING_START
#define LOG_STOP	VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP
#define LOG_REPORT	VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT

#define LOG_PAGE	4096ull		/* the smallest page of a report */
/* A kernel address on every 64-bit machine. */
#define LOG_NOT_USER	0xffff800000000000ull

typedef struct vfio_device_feature_dma_logging_range log_range;

struct log_dev {
	struct vfio_dev dev;
	struct mock mock;
	bool has_mock;
	int fd;
};

/*
 * log_open - open the main device
 * @need_mock: only the mock driver will do, whose device writes when told to
 * Returns NULL, or the reason to skip the test with nothing left open.
 */
const char *log_open(struct log_dev *log, bool need_mock);
/* Reason to skip if this kernel has no dirty bitmaps, else NULL. Logging is off before and after. */
const char *log_want_reports(struct log_dev *log);

/* @page_size: what the driver chose, on success */
int __log_start(int fd, uint64_t *page_size, const log_range *ranges, uint32_t nr);
int __log_stop(int fd);
/* @bitmap: any address */
int __log_report(int fd, uint64_t iova, uint64_t length, uint64_t page_size,
		 const void *bitmap);
/* Log one range in pages of LOG_PAGE. */
void log_start(struct log_dev *log, uint64_t iova, uint64_t length);
void log_stop(struct log_dev *log);
void log_report(struct log_dev *log, uint64_t iova, uint64_t length, uint64_t page_size,
		void *bitmap);
/* The device writes. */
void log_dirty(struct log_dev *log, uint64_t iova, uint64_t length);

static inline bool log_bit(const uint8_t *bitmap, uint64_t bit)
{
	return bitmap[bit / 8] >> (bit % 8) & 1;
}

/* How many of the first @bits bits are set. */
uint64_t log_count(const uint8_t *bitmap, uint64_t bits);

#endif
