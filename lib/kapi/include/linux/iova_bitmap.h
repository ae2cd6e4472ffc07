/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user's dirty bitmap, seen from a driver that reports dirty I/O virtual
 * addresses. Bit i of the bitmap stands for the page that begins i pages behind
 * the first address of the report. Bits are only ever set.
 *
 * Source of the rules: struct vfio_device_feature_dma_logging_report in
 * <uapi/linux/vfio.h>; the kernel keeps the same interface in the iommufd and
 * (up to 6.6) vfio modules.
 */
#ifndef _IOVA_BITMAP_H_
#define _IOVA_BITMAP_H_

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

struct iova_bitmap;

/* Called for a part of the range; an error ends the walk and is handed on. */
typedef int (*iova_bitmap_fn_t)(struct iova_bitmap *bitmap, unsigned long iova, size_t length,
				void *opaque);

/*
 * iova_bitmap_alloc - start a report
 * @iova, @length: the range, in bytes
 * @page_size: bytes per bit, a power of two
 * @data: the user's bitmap
 *
 * Returns the bitmap (free it with iova_bitmap_free()) or ERR_PTR: -ENOMEM, and
 * -EFAULT if @data cannot be written and the kernel in question looks early.
 */
struct iova_bitmap *iova_bitmap_alloc(unsigned long iova, size_t length, unsigned long page_size,
				      u64 __user *data);
void iova_bitmap_free(struct iova_bitmap *bitmap);

/*
 * iova_bitmap_for_each - call @fn for consecutive parts that cover the range
 *
 * Returns 0, the first error of @fn, or -EFAULT for a part of the bitmap that
 * is not writable.
 */
int iova_bitmap_for_each(struct iova_bitmap *bitmap, void *opaque, iova_bitmap_fn_t fn);

/*
 * iova_bitmap_set - mark [iova, iova+length) dirty
 *
 * Every page that the range touches is marked. What lies outside the report is
 * ignored, and so are faults: the caller has no use for them.
 */
void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova, size_t length);

#endif
