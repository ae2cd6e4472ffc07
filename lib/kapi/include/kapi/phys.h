/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical addresses of the core's machine.
 *
 * User memory is physical memory in this model: the "physical" address of a
 * byte is its virtual address with KAPI_PHYS_USER set, so a pfn, a struct page
 * pointer and a user address convert into each other without a table. Device
 * memory (BARs) lies below KAPI_PHYS_USER, where the PCI model put it, and is
 * registered here with the means to access it.
 */
#ifndef KAPI_PHYS_H
#define KAPI_PHYS_H

#include <linux/types.h>

#define KAPI_PHYS_USER	(1ULL << 50)

/*
 * Access to a range of device memory. @off counts from the start of the
 * range; @width is 1, 2, 4 or 8 and the access is naturally aligned. When
 * @memfd of the range is >= 0 the range is plain memory, mapped directly, and
 * these are used for programmed access only.
 */
struct kapi_phys_ops {
	u64 (*read)(void *priv, u64 off, unsigned int width);
	void (*write)(void *priv, u64 off, unsigned int width, u64 val);
};

struct kapi_phys_range;

/* Register [start, start+len). Returns NULL if it overlaps another range. */
struct kapi_phys_range *kapi_phys_register(u64 start, u64 len, const struct kapi_phys_ops *ops,
					   void *priv, int memfd);
void kapi_phys_unregister(struct kapi_phys_range *range);

/* One aligned device access by physical address; all ones if nothing is there. */
u64 kapi_phys_read(u64 addr, unsigned int width);
void kapi_phys_write(u64 addr, unsigned int width, u64 val);

/*
 * kapi_phys_copy - what a bus master does to a physical address: copy @len
 * bytes from/to user memory or device memory. @len stays within one page.
 * Returns 0 or -EFAULT when nothing answers at that address.
 */
int kapi_phys_copy(u64 addr, void *buf, size_t len, bool write);

#endif
