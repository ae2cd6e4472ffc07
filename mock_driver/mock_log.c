// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA logging: which pages of the logged ranges the device wrote. It cannot see
 * what edu's own DMA engine does; writes are what a test makes it do by command.
 */
#include <linux/interval_tree.h>
#include <linux/iova_bitmap.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "mock.h"

static struct mock_log *mock_log_of(struct vfio_device *vdev)
{
	return &mock_from_vdev(vdev)->log;
}

/* The page size that comes closest to the one asked for. */
static unsigned int mock_log_shift(u64 page_size)
{
	return ilog2(clamp_t(u64, page_size, MOCK_LOG_PAGE_MIN, MOCK_LOG_PAGE_MAX));
}

static int mock_log_take_ranges(struct mock_log *log, struct rb_root_cached *ranges, u32 nnodes)
{
	struct interval_tree_node *node;
	u32 n = 0;

	log->ranges = kcalloc(nnodes, sizeof(*log->ranges), GFP_KERNEL_ACCOUNT);
	if (!log->ranges)
		return -ENOMEM;
	node = interval_tree_iter_first(ranges, 0, ULONG_MAX);
	for (; node && n < nnodes; node = interval_tree_iter_next(node, 0, ULONG_MAX), n++) {
		log->ranges[n].first = node->start;
		log->ranges[n].last = node->last;
	}
	log->nr_ranges = n;
	return 0;
}

static int mock_log_start(struct vfio_device *vdev, struct rb_root_cached *ranges, u32 nnodes,
			  u64 *page_size)
{
	struct mock_log *log = mock_log_of(vdev);
	int ret = -EINVAL;

	mutex_lock(&log->lock);
	log->starts++;
	if (!UNLESS_MUTANT(mock_log_starts_twice, log->page_size))
		ret = mock_log_take_ranges(log, ranges, nnodes);
	if (!ret) {
		log->shift = mock_log_shift(*page_size);
		log->page_size = 1ull << log->shift;
		*page_size = log->page_size;
	}
	mutex_unlock(&log->lock);
	return ret;
}

static void mock_log_end(struct mock_log *log)
{
	xa_destroy(&log->dirty);
	kfree(log->ranges);
	log->ranges = NULL;
	log->nr_ranges = 0;
	log->nr_dirty = 0;
	log->page_size = 0;
}

static int mock_log_stop(struct vfio_device *vdev)
{
	struct mock_log *log = mock_log_of(vdev);
	int ret = -EINVAL;

	mutex_lock(&log->lock);
	log->stops++;
	if (log->page_size || MUTANT(mock_log_stops_twice, true)) {
		mock_log_end(log);
		ret = 0;
	}
	mutex_unlock(&log->lock);
	return ret;
}

/* Pages that reach over an end of the range stay in the log, for who asks for the rest. */
static void mock_log_report(struct mock_log *log, u64 first, u64 last, struct iova_bitmap *bitmap)
{
	u64 page_first, page_last;
	unsigned long index;
	void *entry;

	xa_for_each_range(&log->dirty, index, entry, first >> log->shift, last >> log->shift) {
		page_first = (u64)index << log->shift;
		page_last = page_first + log->page_size - 1;
		iova_bitmap_set(bitmap, max(page_first, first),
				min(page_last, last) - max(page_first, first) + 1);
		if (page_first < first || page_last > last || MUTANT(mock_log_not_cleared, true))
			continue;
		xa_erase(&log->dirty, index);
		log->nr_dirty--;
	}
}

static int mock_log_read_and_clear(struct vfio_device *vdev, unsigned long iova,
				   unsigned long length, struct iova_bitmap *bitmap)
{
	struct mock_log *log = mock_log_of(vdev);
	int ret = -EINVAL;

	mutex_lock(&log->lock);
	log->reports++;
	if (log->page_size) {
		if (length)
			mock_log_report(log, iova, iova + length - 1, bitmap);
		ret = 0;
	}
	mutex_unlock(&log->lock);
	return ret;
}

const struct vfio_log_ops mock_log_ops = {
	.log_start = mock_log_start,
	.log_stop = mock_log_stop,
	.log_read_and_clear = mock_log_read_and_clear,
};

static int mock_log_mark(struct mock_log *log, u64 first, u64 last)
{
	unsigned long index, end = last >> log->shift;
	void *old;

	for (index = first >> log->shift; index <= end; index++) {
		old = xa_store(&log->dirty, index, xa_mk_value(1), GFP_KERNEL_ACCOUNT);
		if (xa_is_err(old))
			return xa_err(old);
		log->nr_dirty += !old;
	}
	return 0;
}

s64 mock_log_write(struct mock_log *log, u64 iova, u64 length)
{
	u64 last = iova + length - 1;
	int ret = 0;
	u32 i;

	if (!length || last < iova)
		return -EINVAL;
	if (length > MOCK_DIRTY_MAX)
		return -E2BIG;
	mutex_lock(&log->lock);
	for (i = 0; i < log->nr_ranges && !ret; i++) {
		if (iova > log->ranges[i].last || last < log->ranges[i].first)
			continue;
		if (MUTANT(mock_log_everything, iova < log->ranges[i].first))
			ret = mock_log_mark(log, iova, min(last, log->ranges[i].last));
		else
			ret = mock_log_mark(log, max(iova, log->ranges[i].first),
					    min(last, log->ranges[i].last));
	}
	mutex_unlock(&log->lock);
	return ret;
}

int mock_log_reg_read(struct mock_log *log, u64 reg, u64 *val)
{
	int ret = 0;

	mutex_lock(&log->lock);
	switch (reg) {
	case MOCK_REG_LOG_STARTS:
		*val = log->starts;
		break;
	case MOCK_REG_LOG_STOPS:
		*val = log->stops;
		break;
	case MOCK_REG_LOG_REPORTS:
		*val = log->reports;
		break;
	case MOCK_REG_LOG_PAGE:
		*val = log->page_size;
		break;
	case MOCK_REG_LOG_RANGES:
		*val = log->nr_ranges;
		break;
	case MOCK_REG_LOG_DIRTY:
		*val = log->nr_dirty;
		break;
	default:
		ret = -ENOENT;
	}
	mutex_unlock(&log->lock);
	return ret;
}

void mock_log_init(struct mock_log *log)
{
	mutex_init(&log->lock);
	xa_init(&log->dirty);
}

void mock_log_close(struct mock_log *log)
{
	mutex_lock(&log->lock);
	mock_log_end(log);
	mutex_unlock(&log->lock);
}

void mock_log_destroy(struct mock_log *log)
{
	mock_log_end(log);
	mutex_destroy(&log->lock);
}
