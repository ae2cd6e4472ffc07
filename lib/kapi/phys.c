// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device memory by physical address: a sorted table of ranges.
 *
 * The lock covers the table only. An access runs without it, holding a
 * reference on its range, since it may well lead to another one (DMA between
 * devices) or to a change of the table (a register that moves a BAR).
 */
#include <kapi/fail_nth.h>
#include <kapi/fault.h>
#include <kapi/phys.h>
#include <linux/uaccess.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"

struct kapi_phys_range {
	u64 start, len;
	const struct kapi_phys_ops *ops;
	void *priv;
	int memfd;
	int users;
};

static pthread_mutex_t ranges_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kapi_phys_range **ranges;
static unsigned int nr_ranges, max_ranges;

void kapi_phys_lock(bool lock)
{
	if (lock)
		pthread_mutex_lock(&ranges_lock);
	else
		pthread_mutex_unlock(&ranges_lock);
}

/* Index of the first range that ends behind @addr. */
static unsigned int find_index(u64 addr)
{
	unsigned int low = 0, high = nr_ranges, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (ranges[mid]->start + ranges[mid]->len <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void put_range(struct kapi_phys_range *range)
{
	if (!__atomic_sub_fetch(&range->users, 1, __ATOMIC_ACQ_REL))
		free(range);
}

static struct kapi_phys_range *get_range(u64 addr)
{
	struct kapi_phys_range *range = NULL;
	unsigned int i;

	pthread_mutex_lock(&ranges_lock);
	i = find_index(addr);
	if (i < nr_ranges && ranges[i]->start <= addr) {
		range = ranges[i];
		__atomic_add_fetch(&range->users, 1, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&ranges_lock);
	return range;
}

struct kapi_phys_range *kapi_phys_register(u64 start, u64 len, const struct kapi_phys_ops *ops,
					   void *priv, int memfd)
{
	struct kapi_phys_range *range, **bigger;
	unsigned int i;

	if (!len || start + len < start)
		return NULL;
	range = malloc(sizeof(*range));
	if (!range)
		return NULL;
	*range = (struct kapi_phys_range) { start, len, ops, priv, memfd, 1 };
	pthread_mutex_lock(&ranges_lock);
	i = find_index(start);
	if (i < nr_ranges && ranges[i]->start < start + len)
		goto fail;
	if (nr_ranges == max_ranges) {
		bigger = realloc(ranges, (max_ranges * 2 + 16) * sizeof(*ranges));
		if (!bigger)
			goto fail;
		ranges = bigger;
		max_ranges = max_ranges * 2 + 16;
	}
	memmove(&ranges[i + 1], &ranges[i], (nr_ranges - i) * sizeof(*ranges));
	ranges[i] = range;
	nr_ranges++;
	pthread_mutex_unlock(&ranges_lock);
	return range;
fail:
	pthread_mutex_unlock(&ranges_lock);
	free(range);
	return NULL;
}

void kapi_phys_unregister(struct kapi_phys_range *range)
{
	unsigned int i;

	if (!range)
		return;
	pthread_mutex_lock(&ranges_lock);
	i = find_index(range->start);
	if (i < nr_ranges && ranges[i] == range) {
		nr_ranges--;
		memmove(&ranges[i], &ranges[i + 1], (nr_ranges - i) * sizeof(*ranges));
	}
	pthread_mutex_unlock(&ranges_lock);
	put_range(range);
}

static u64 width_mask(unsigned int width)
{
	return width >= 8 ? ~0ULL : (1ULL << width * 8) - 1;
}

/* Device access; false where nothing answers. */
static bool do_access(u64 addr, unsigned int width, u64 *val, bool write)
{
	struct kapi_phys_range *range = get_range(addr);
	bool ok;

	if (!range)
		return false;
	ok = range->ops && (write ? (void *)range->ops->write : (void *)range->ops->read) &&
	     addr - range->start + width <= range->len;
	if (ok && write)
		range->ops->write(range->priv, addr - range->start, width,
				  *val & width_mask(width));
	else if (ok)
		*val = range->ops->read(range->priv, addr - range->start, width) &
		       width_mask(width);
	put_range(range);
	return ok;
}

u64 kapi_phys_read(u64 addr, unsigned int width)
{
	u64 val = 0;

	if (addr & KAPI_PHYS_USER) {
		if (!kapi_phys_copy(addr, &val, width, false))
			return val;
	} else if (do_access(addr, width, &val, false)) {
		return val;
	}
	return width_mask(width);
}

void kapi_phys_write(u64 addr, unsigned int width, u64 val)
{
	if (addr & KAPI_PHYS_USER)
		kapi_phys_copy(addr, &val, width, true);
	else
		do_access(addr, width, &val, true);
}

/* Widest naturally aligned access at @addr that stays in @len bytes. */
static unsigned int best_width(u64 addr, size_t len)
{
	unsigned int width = 8;

	while (addr & (width - 1) || width > len)
		width /= 2;
	return width;
}

int kapi_phys_copy(u64 addr, void *buf, size_t len, bool write)
{
	unsigned long failed;
	unsigned int width;
	char *at = buf;
	void *user;
	u64 val;

	if (addr & KAPI_PHYS_USER) {
		user = (void *)(addr & ~KAPI_PHYS_USER);
		/* A device does it, for which nothing fails that the processor has run out of. */
		kapi_fail_pause();
		failed = write ? copy_to_user(user, buf, len) : copy_from_user(buf, user, len);
		kapi_fail_resume();
		return failed ? -EFAULT : 0;
	}
	for (; len; addr += width, at += width, len -= width) {
		width = best_width(addr, len);
		val = 0;
		if (write)
			memcpy(&val, at, width);
		if (!do_access(addr, width, &val, write))
			return -EFAULT;
		if (!write)
			memcpy(at, &val, width);
	}
	return 0;
}

int kapi_phys_memfd(u64 addr, u64 *off)
{
	struct kapi_phys_range *range = get_range(addr);
	int memfd = -1;

	if (range) {
		memfd = range->memfd;
		*off = addr - range->start;
		put_range(range);
	}
	return memfd;
}
