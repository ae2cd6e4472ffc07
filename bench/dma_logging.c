// SPDX-License-Identifier: GPL-2.0-only
/* DMA logging by the device: reports by range, with nothing and with everything written. */
#include <sys/mman.h>

#include "setup.h"

static int start(int fd, uint64_t iova, uint64_t length)
{
	struct vfio_device_feature_dma_logging_range range = { iova, length };
	struct vfio_device_feature_dma_logging_control control = {
		.page_size = 4096, .num_ranges = 1, .ranges = (uintptr_t)&range };

	return __feature_set(fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_START, &control, sizeof(control));
}

static int stop(int fd)
{
	return __feature_set(fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, NULL, 0);
}

static int report(int fd, uint64_t iova, uint64_t length, void *bitmap)
{
	struct vfio_device_feature_dma_logging_report arg = {
		.iova = iova, .length = length, .page_size = 4096, .bitmap = (uintptr_t)bitmap };

	return __feature_get(fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT, &arg, sizeof(arg));
}

static void refused(struct bench *b, const char *what, int ret)
{
	if (ret == -ENOTTY)
		bench_skip(b, "the device does not log DMA");
	else if (ret == -EOPNOTSUPP)
		bench_skip(b, "this kernel was built without iommufd and so without dirty bitmaps");
	else
		bench_fail(b, "%s: %s", what, client_errno(ret));
}

static void bench_report(struct bench *b)
{
	bool written = *(const bool *)bench_ctx(b);
	uint64_t length = bench_arg(b, 0), bytes = (length / 4096 + 63) / 64 * 8;
	struct mock *mock = setup_main_mock(b);
	char *bitmap;
	int ret;

	if (!mock)
		return;
	ret = start(mock->fd, IOVA_LOG, length);
	if (ret) {
		refused(b, "DMA_LOGGING_START", ret);
		return;
	}
	bitmap = pages_alloc(bytes);
	bench_floor(b, &floor_getppid, NULL, 1);
	while (!ret && bench_loop(b)) {
		if (written) {
			bench_pause(b);
			for (uint64_t at = 0; at < length; at += MOCK_DIRTY_MAX)
				mock_command(mock, MOCK_CMD_DIRTY, IOVA_LOG + at,
					     length - at < MOCK_DIRTY_MAX ? length - at :
									    MOCK_DIRTY_MAX, 0);
			bench_resume(b);
		}
		ret = report(mock->fd, IOVA_LOG, length, bitmap);
	}
	if (ret)
		refused(b, "DMA_LOGGING_REPORT", ret);
	bench_set_items(b, length / 4096);
	stop(mock->fd);
	munmap(bitmap, bytes);
}

static void bench_start_stop(struct bench *b)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);
	int ret = 0;

	if (!dev)
		return;
	bench_floor(b, &floor_getppid, NULL, 2);
	while (!ret && bench_loop(b)) {
		ret = start(dev->fd, IOVA_LOG, bench_arg(b, 0));
		if (ret)
			refused(b, "DMA_LOGGING_START", ret);
		else
			ret = stop(dev->fd);
	}
	bench_set_items(b, 1);
}

void register_dma_logging(void)
{
	static const bool clean = false, dirty = true;
	struct bench_entry *e;

	e = bench_register("dma_logging_report_clean", bench_report, &clean);
	BENCH_ARGS(e, "bytes", 4 << 10, 2 << 20, 64 << 20, 1 << 30);
	e = bench_register("dma_logging_report_dirty", bench_report, &dirty);
	BENCH_ARGS(e, "bytes", 4 << 10, 2 << 20, 64 << 20);
	e = bench_register("dma_logging_start_stop", bench_start_stop, NULL);
	BENCH_ARGS(e, "bytes", 2 << 20, 1 << 30);
}
