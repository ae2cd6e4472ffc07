/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_IDR_H
#define _LINUX_IDR_H

/* Small integers: with a pointer behind each (idr), or the bare number (ida). */
#include <linux/gfp.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct idr {
	struct xarray idr_rt;
	unsigned int idr_next;
};

#define IDR_INIT(name)	{ .idr_rt = XARRAY_INIT(name.idr_rt, XA_FLAGS_ALLOC), .idr_next = 0 }
#define DEFINE_IDR(name) struct idr name = IDR_INIT(name)

void idr_init(struct idr *idr);
void idr_destroy(struct idr *idr);
/*
 * Lowest free id in [start, end) (@end <= 0: up to INT_MAX), -ENOSPC if none,
 * -ENOMEM, -EINVAL. The caller serialises changes of one idr, as in the kernel.
 */
int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);
int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);
void *idr_remove(struct idr *idr, unsigned long id);
void *idr_find(const struct idr *idr, unsigned long id);
void *idr_replace(struct idr *idr, void *ptr, unsigned long id);
void *idr_get_next(struct idr *idr, int *id);
int idr_for_each(const struct idr *idr, int (*fn)(int id, void *p, void *data), void *data);

static inline bool idr_is_empty(const struct idr *idr)
{
	return xa_empty(&idr->idr_rt);
}

#define idr_for_each_entry(idr, entry, id) \
	for (id = 0; ((entry) = idr_get_next(idr, &(id))) != NULL; id += 1U)

struct ida {
	struct xarray xa;
};

#define IDA_INIT(name)	{ .xa = XARRAY_INIT(name.xa, 0) }
#define DEFINE_IDA(name) struct ida name = IDA_INIT(name)

/* Lowest free id in [min, max]; -ENOSPC, -ENOMEM. Locks by itself. */
int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp);
/* Freeing an id that is not allocated WARNs. */
void ida_free(struct ida *ida, unsigned int id);
void ida_destroy(struct ida *ida);

static inline int ida_alloc(struct ida *ida, gfp_t gfp)
{
	return ida_alloc_range(ida, 0, ~0U, gfp);
}

static inline int ida_alloc_min(struct ida *ida, unsigned int min, gfp_t gfp)
{
	return ida_alloc_range(ida, min, ~0U, gfp);
}

static inline int ida_alloc_max(struct ida *ida, unsigned int max, gfp_t gfp)
{
	return ida_alloc_range(ida, 0, max, gfp);
}

static inline void ida_init(struct ida *ida)
{
	xa_init(&ida->xa);
}

static inline bool ida_is_empty(const struct ida *ida)
{
	return xa_empty(&ida->xa);
}

#endif
