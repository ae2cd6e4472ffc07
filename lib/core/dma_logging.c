// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA logging by the device: VFIO_DEVICE_FEATURE_DMA_LOGGING_START, STOP and
 * REPORT. The core checks the request and keeps no state. Clauses FEAT-022 to
 * FEAT-040, DRV-034.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/interval_tree.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vfio.h"

/* As many ranges as fit in a page. */
#define LOG_MAX_RANGES (PAGE_SIZE / sizeof(struct vfio_device_feature_dma_logging_range))

static int logging_check_overflow(u64 iova, u64 length)
{
	u64 end;

	return UNLESS_MUTANT(log_wraps, check_add_overflow(iova, length, &end)) ? -EOVERFLOW : 0;
}

/* Put the user's ranges into a tree; refuses overlaps. @nodes: one per range. */
static int logging_read_ranges(const struct vfio_device_feature_dma_logging_control *control,
			       struct interval_tree_node *nodes, struct rb_root_cached *root)
{
	const char __user *at = u64_to_user_ptr(control->ranges);
	const struct interval_tree_node *end = nodes + control->num_ranges;
	struct vfio_device_feature_dma_logging_range range;
	int ret;

	for (; nodes < end; nodes++, at += sizeof(range)) {
		if (copy_from_user(&range, at, sizeof(range)))
			return -EFAULT;
		/* As in the kernel the size is not asked to be a power of two here. */
		if (UNLESS_MUTANT(log_unaligned,
				  (range.iova | range.length) & (control->page_size - 1)))
			return -EINVAL;
		ret = logging_check_overflow(range.iova, range.length);
		if (ret)
			return ret;

		nodes->start = range.iova;
		nodes->last = range.iova + range.length - !MUTANT(log_range_one_longer, true);
		if (UNLESS_MUTANT(log_overlap, interval_tree_iter_first(root, nodes->start,
									nodes->last)))
			return -EINVAL;
		interval_tree_insert(nodes, root);
	}
	return 0;
}

int vfio_feature_logging_start(struct vfio_device *device, u32 flags,
			       union vfio_feature_data *data, void __user *arg)
{
	struct vfio_device_feature_dma_logging_control *control = &data->control;
	struct rb_root_cached ranges = RB_ROOT_CACHED;
	struct interval_tree_node *nodes;
	int ret;

	if (UNLESS_MUTANT(log_no_ranges, control->num_ranges == 0))
		return -EINVAL;
	if (control->num_ranges > LOG_MAX_RANGES ||
	    MUTANT(log_max_ranges_off, control->num_ranges == LOG_MAX_RANGES))
		return -E2BIG;
	nodes = kcalloc(control->num_ranges, sizeof(*nodes), GFP_KERNEL);
	if (!nodes)
		return -ENOMEM;

	ret = logging_read_ranges(control, nodes, &ranges);
	if (!ret)
		ret = device->log_ops->log_start(device, &ranges, control->num_ranges,
						 &control->page_size);
	/* The driver may have chosen another page size. A user who cannot know logs nothing. */
	if (!ret && copy_to_user(arg, control, sizeof(*control))) {
		if (!MUTANT(log_fault_keeps_logging, true))
			device->log_ops->log_stop(device);
		ret = -EFAULT;
	}
	kfree(nodes);
	return ret;
}

int vfio_feature_logging_stop(struct vfio_device *device, u32 flags,
			      union vfio_feature_data *data, void __user *arg)
{
	return device->log_ops->log_stop(device);
}

static int logging_read_and_clear(struct iova_bitmap *bitmap, unsigned long iova, size_t length,
				  void *opaque)
{
	struct vfio_device *device = opaque;

	return device->log_ops->log_read_and_clear(device, iova, length, bitmap);
}

int vfio_feature_logging_report(struct vfio_device *device, u32 flags,
				union vfio_feature_data *data, void __user *arg)
{
	const struct vfio_device_feature_dma_logging_report *report = &data->report;
	struct iova_bitmap *bits;
	int ret;

	if (report->page_size < SZ_4K ||
	    UNLESS_MUTANT(log_report_any_page_size, !is_power_of_2(report->page_size)))
		return -EINVAL;
	ret = logging_check_overflow(report->iova, report->length);
	if (ret)
		return ret;

	bits = iova_bitmap_alloc(report->iova, report->length, report->page_size,
				 u64_to_user_ptr(report->bitmap));
	if (!IS_ERR(bits)) {
		ret = iova_bitmap_for_each(bits, device, logging_read_and_clear);
		iova_bitmap_free(bits);
	}
	return IS_ERR(bits) ? PTR_ERR(bits) : ret;
}

/* The two neighbours with the smallest gap between them become one. */
static bool combine_closest(struct rb_root_cached *root)
{
	struct interval_tree_node *node, *next, *best = NULL, *best_next = NULL;
	unsigned long gap = ULONG_MAX;

	node = interval_tree_iter_first(root, 0, ULONG_MAX);
	for (; node; node = next) {
		next = interval_tree_iter_next(node, 0, ULONG_MAX);
		if (next && next->start - node->last < gap) {
			gap = next->start - node->last;
			best = node;
			best_next = next;
		}
	}
	if (!best)
		return false;
	interval_tree_remove(best_next, root);
	best->last = best_next->last;
	return true;
}

void vfio_combine_iova_ranges(struct rb_root_cached *root, u32 cur_nodes, u32 req_nodes)
{
	for (; cur_nodes > req_nodes; cur_nodes--)
		if (WARN_ON_ONCE(!combine_closest(root)))
			break;
}
EXPORT_SYMBOL_GPL(vfio_combine_iova_ranges);
