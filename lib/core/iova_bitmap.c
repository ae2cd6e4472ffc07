// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty bits into a user's bitmap of any size and alignment. Clauses FEAT-037 to
 * FEAT-039.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/iova_bitmap.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <kapi/mutant.h>
#include "profile.h"

/* Pages of bitmap that kernels pin at a time: what one page of pointers holds. */
#define WINDOW_PAGES (PAGE_SIZE / sizeof(struct page *))

struct iova_bitmap {
	unsigned long iova;
	size_t length;
	unsigned int pgshift;
	u8 __user *data;
	u64 bits;		/* pages of the range */
};

/* The user can write the page of the bitmap that byte @at is in. */
static bool iova_bitmap_writable(struct iova_bitmap *bitmap, u64 at)
{
	struct page *page;

	if (pin_user_pages_fast((unsigned long)(bitmap->data + at) & PAGE_MASK, 1, FOLL_WRITE,
				&page) != 1)
		return false;
	unpin_user_page(page);
	return true;
}

struct iova_bitmap *iova_bitmap_alloc(unsigned long iova, size_t length, unsigned long page_size,
				      u64 __user *data)
{
	struct iova_bitmap *bitmap = kzalloc(sizeof(*bitmap), GFP_KERNEL);

	if (!bitmap)
		return ERR_PTR(-ENOMEM);
	bitmap->iova = iova;
	bitmap->length = length;
	bitmap->pgshift = __ffs(page_size);
	bitmap->data = (u8 __user *)data;
	bitmap->bits = length ? ((length - 1) >> bitmap->pgshift) + 1 : 0;

	if (profile(BEH_LOG_REPORT_WINDOWS) && !iova_bitmap_writable(bitmap, 0)) {
		kfree(bitmap);
		return ERR_PTR(-EFAULT);
	}
	return bitmap;
}
EXPORT_SYMBOL_GPL(iova_bitmap_alloc);

void iova_bitmap_free(struct iova_bitmap *bitmap)
{
	kfree(bitmap);
}
EXPORT_SYMBOL_GPL(iova_bitmap_free);

/*
 * Bytes of the bitmap from @byte on that one window covers: it ends with a page,
 * and before the first one that the user cannot write. 0: already there.
 */
static u64 iova_bitmap_window(struct iova_bitmap *bitmap, u64 byte, u64 end)
{
	u64 at = byte;
	unsigned int pages;

	for (pages = 0; pages < WINDOW_PAGES && (at < end || !pages); pages++) {
		if (UNLESS_MUTANT(log_window_fault_ignored, !iova_bitmap_writable(bitmap, at)))
			break;
		at += PAGE_SIZE - offset_in_page(bitmap->data + at);
	}
	return at - byte;
}

int iova_bitmap_for_each(struct iova_bitmap *bitmap, void *opaque, iova_bitmap_fn_t fn)
{
	u64 byte = 0, end = DIV_ROUND_UP_ULL(bitmap->bits, 8), window;
	size_t done, length;
	int ret;

	if (!profile(BEH_LOG_REPORT_WINDOWS))
		return fn(bitmap, bitmap->iova, bitmap->length, opaque);

	/* The driver hears of a range of no length, too. */
	do {
		window = iova_bitmap_window(bitmap, byte, end);
		if (!window)
			return -EFAULT;
		done = (size_t)(byte * 8 + MUTANT(log_window_shifted, byte)) << bitmap->pgshift;
		length = window < end - byte ? (size_t)(window * 8) << bitmap->pgshift :
					       bitmap->length - done;
		ret = fn(bitmap, bitmap->iova + done, length, opaque);
		if (ret)
			return ret;
		byte += window;
	} while (byte < end);
	return 0;
}
EXPORT_SYMBOL_GPL(iova_bitmap_for_each);

/* Set bits [from, to] of one byte. */
static bool iova_bitmap_or_byte(u8 __user *at, unsigned int from, unsigned int to)
{
	u8 byte;

	if (get_user(byte, at))
		return false;
	if (MUTANT(log_bitmap_overwrites, byte))
		byte = 0;
	byte |= (0xff << from) & (0xff >> (7 - to));
	return !put_user(byte, at);
}

static bool iova_bitmap_fill_bytes(u8 __user *at, u64 count)
{
	u8 ones[256];
	size_t chunk;

	memset(ones, 0xff, sizeof(ones));
	for (; count; count -= chunk, at += chunk) {
		chunk = min_t(u64, count, sizeof(ones));
		if (copy_to_user(at, ones, chunk))
			return false;
	}
	return true;
}

void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova, size_t length)
{
	u64 first, last, first_byte, last_byte;

	if (!length || iova < bitmap->iova)
		return;
	first = (iova - bitmap->iova) >> bitmap->pgshift;
	last = (iova - bitmap->iova + (length - !MUTANT(log_bitmap_one_more, true))) >>
	       bitmap->pgshift;
	if (first >= bitmap->bits)
		return;
	last = min(last, bitmap->bits - 1);

	first_byte = first / 8;
	last_byte = last / 8;
	if (first_byte == last_byte) {
		iova_bitmap_or_byte(bitmap->data + first_byte, first % 8, last % 8);
		return;
	}
	/* Stops at the first fault. */
	if (iova_bitmap_or_byte(bitmap->data + first_byte, first % 8, 7) &&
	    iova_bitmap_fill_bytes(bitmap->data + first_byte + 1, last_byte - first_byte - 1))
		iova_bitmap_or_byte(bitmap->data + last_byte, 0, last % 8);
}
EXPORT_SYMBOL_GPL(iova_bitmap_set);
