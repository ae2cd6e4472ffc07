/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_PFN_T_H
#define KAPI_LINUX_PFN_T_H

#include <linux/mm.h>

/* A pfn with flags in its top bits. */
typedef struct {
	u64 val;
} pfn_t;

#define PFN_FLAGS_MASK	(((u64)(~PAGE_MASK)) << (64 - PAGE_SHIFT))
#define PFN_DEV		(1ULL << (64 - 3))
#define PFN_MAP		(1ULL << (64 - 4))

static inline pfn_t __pfn_to_pfn_t(unsigned long pfn, u64 flags)
{
	return (pfn_t) { pfn | (flags & PFN_FLAGS_MASK) };
}

static inline unsigned long pfn_t_to_pfn(pfn_t pfn)
{
	return pfn.val & ~PFN_FLAGS_MASK;
}

#endif
