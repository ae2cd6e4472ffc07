// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "logging_util.h"
#define CONFORMANCE_WITHOUT_HARNESS
#include "conformance.h"

const char *log_open(struct log_dev *log, bool need_mock)
{
	const char *bdf = role_bdf(ROLE_MAIN), *why;
	int ret;

	memset(log, 0, sizeof(*log));
	if (!bdf)
		return role_missing(ROLE_MAIN);
	why = lacks(bdf, need_mock ? "mock logging" : "logging");
	if (why)
		return why;
	device_open(&log->dev, bdf);
	log->fd = log->dev.fd;
	log->has_mock = !__mock_find(log->fd, &log->mock);
	ret = __feature_probe(log->fd, LOG_START, VFIO_DEVICE_FEATURE_SET);
	if (!ret && (log->has_mock || !need_mock))
		return NULL;
	device_close(&log->dev);
	if (ret && ret != -ENOTTY)
		CLIENT_FAIL("DMA_LOGGING_START PROBE: %s", client_errno(ret));
	return note_lack(bdf, need_mock ? "mock logging" : "logging",
			 ret ? "the device's driver does not log DMA" :
			       "needs the control region of the mock driver");
}

const char *log_want_reports(struct log_dev *log)
{
	uint64_t bitmap = 0;
	int ret;

	log_start(log, 0, LOG_PAGE);
	ret = __log_report(log->fd, 0, LOG_PAGE, LOG_PAGE, &bitmap);
	log_stop(log);
	/* Since 6.6 the bitmaps are iommufd's (CONFIG_IOMMUFD_DRIVER). */
	if (ret == -EOPNOTSUPP)
		return "this kernel was built without iommufd and so without dirty bitmaps";
	if (ret)
		CLIENT_FAIL("DMA_LOGGING_REPORT: %s", client_errno(ret));
	return NULL;
}

int __log_start(int fd, uint64_t *page_size, const log_range *ranges, uint32_t nr)
{
	struct vfio_device_feature_dma_logging_control control = {
		.page_size = *page_size, .num_ranges = nr, .ranges = (uintptr_t)ranges };
	int ret = __device_feature(fd, LOG_START | VFIO_DEVICE_FEATURE_SET, &control,
				   sizeof(control));

	if (!ret)
		*page_size = control.page_size;
	return ret;
}

int __log_stop(int fd)
{
	return __feature_set(fd, LOG_STOP, NULL, 0);
}

int __log_report(int fd, uint64_t iova, uint64_t length, uint64_t page_size,
		 const void *bitmap)
{
	struct vfio_device_feature_dma_logging_report report = {
		.iova = iova, .length = length, .page_size = page_size,
		.bitmap = (uintptr_t)bitmap };

	return __feature_get(fd, LOG_REPORT, &report, sizeof(report));
}

void log_start(struct log_dev *log, uint64_t iova, uint64_t length)
{
	log_range range = { iova, length };
	uint64_t page = LOG_PAGE;
	int ret = __log_start(log->fd, &page, &range, 1);

	if (ret)
		CLIENT_FAIL("DMA_LOGGING_START: %s", client_errno(ret));
}

void log_stop(struct log_dev *log)
{
	int ret = __log_stop(log->fd);

	if (ret)
		CLIENT_FAIL("DMA_LOGGING_STOP: %s", client_errno(ret));
}

void log_report(struct log_dev *log, uint64_t iova, uint64_t length, uint64_t page_size,
		void *bitmap)
{
	int ret = __log_report(log->fd, iova, length, page_size, bitmap);

	if (ret)
		CLIENT_FAIL("DMA_LOGGING_REPORT: %s", client_errno(ret));
}

void log_dirty(struct log_dev *log, uint64_t iova, uint64_t length)
{
	int64_t ret = mock_command(&log->mock, MOCK_CMD_DIRTY, iova, length, 0);

	if (ret)
		CLIENT_FAIL("MOCK_CMD_DIRTY: %s", client_errno(ret));
}

uint64_t log_count(const uint8_t *bitmap, uint64_t bits)
{
	uint64_t bit, n = 0;

	for (bit = 0; bit < bits; bit++) {
		if (!(bit % 8) && !bitmap[bit / 8]) {
			bit += 7;
			continue;
		}
		n += log_bit(bitmap, bit);
	}
	return n;
}
