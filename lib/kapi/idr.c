// SPDX-License-Identifier: GPL-2.0-only
/*
 * Integers with a pointer (idr), which is an allocating xarray, and bare ones
 * (ida): chunks of bits in an xarray.
 */
#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/idr.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#define IDA_BITS 1024

struct ida_chunk {
	unsigned int used;
	DECLARE_BITMAP(bits, IDA_BITS);
};

void idr_init(struct idr *idr)
{
	xa_init_flags(&idr->idr_rt, XA_FLAGS_ALLOC);
	idr->idr_next = 0;
}

void idr_destroy(struct idr *idr)
{
	xa_destroy(&idr->idr_rt);
}

static int alloc_in(struct idr *idr, void *ptr, u32 min, u32 max, gfp_t gfp)
{
	u32 id;
	int ret = xa_alloc(&idr->idr_rt, &id, ptr, XA_LIMIT(min, max), gfp);

	if (ret)
		return ret == -EBUSY ? -ENOSPC : ret;
	return id;
}

int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	if (WARN_ON_ONCE(start < 0))
		return -EINVAL;
	return alloc_in(idr, ptr, start, end > 0 ? end - 1 : INT_MAX, gfp);
}

int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	u32 max = end > 0 ? end - 1 : INT_MAX;
	int id = -ENOSPC;

	if ((int)idr->idr_next >= start)
		id = alloc_in(idr, ptr, idr->idr_next, max, gfp);
	if (id == -ENOSPC)
		id = alloc_in(idr, ptr, start, max, gfp);
	if (id >= 0)
		idr->idr_next = id + 1;
	return id;
}

void *idr_remove(struct idr *idr, unsigned long id)
{
	return xa_erase(&idr->idr_rt, id);
}

void *idr_find(const struct idr *idr, unsigned long id)
{
	return xa_load((struct xarray *)&idr->idr_rt, id);
}

void *idr_replace(struct idr *idr, void *ptr, unsigned long id)
{
	void *old;

	xa_lock_irq(&idr->idr_rt);
	old = xa_load(&idr->idr_rt, id);
	if (old)
		old = __xa_store(&idr->idr_rt, id, ptr, GFP_NOWAIT);
	else
		old = ERR_PTR(-ENOENT);
	xa_unlock_irq(&idr->idr_rt);
	return old;
}

void *idr_get_next(struct idr *idr, int *id)
{
	unsigned long index = *id;
	void *ptr = xa_find(&idr->idr_rt, &index, INT_MAX, XA_PRESENT);

	if (ptr)
		*id = index;
	return ptr;
}

int idr_for_each(const struct idr *idr, int (*fn)(int id, void *p, void *data), void *data)
{
	unsigned long index;
	void *ptr;
	int ret;

	xa_for_each((struct xarray *)&idr->idr_rt, index, ptr) {
		ret = fn(index, ptr, data);
		if (ret)
			return ret;
	}
	return 0;
}

static int alloc_bit(struct ida *ida, unsigned long index, unsigned int first, unsigned int last,
		     gfp_t gfp)
{
	struct ida_chunk *chunk = xa_load(&ida->xa, index);
	unsigned long bit;
	int ret;

	if (!chunk) {
		chunk = kzalloc(sizeof(*chunk), gfp);
		if (!chunk)
			return -ENOMEM;
		ret = xa_err(__xa_store(&ida->xa, index, chunk, gfp));
		if (ret) {
			kfree(chunk);
			return ret;
		}
	}
	bit = find_next_zero_bit(chunk->bits, last + 1, first);
	if (bit > last)
		return -ENOSPC;
	__set_bit(bit, chunk->bits);
	chunk->used++;
	return bit;
}

int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp)
{
	unsigned long index;
	int ret = -ENOSPC;

	if ((int)min < 0)
		return -ENOSPC;
	max = min_t(unsigned int, max, INT_MAX);
	xa_lock_irq(&ida->xa);
	for (index = min / IDA_BITS; min <= max && index <= max / IDA_BITS; index++) {
		unsigned int first = index == min / IDA_BITS ? min % IDA_BITS : 0;
		unsigned int last = index == max / IDA_BITS ? max % IDA_BITS : IDA_BITS - 1;

		ret = alloc_bit(ida, index, first, last, gfp);
		if (ret >= 0)
			ret += index * IDA_BITS;
		if (ret != -ENOSPC)
			break;
	}
	xa_unlock_irq(&ida->xa);
	return ret;
}

void ida_free(struct ida *ida, unsigned int id)
{
	struct ida_chunk *chunk;
	bool bad;

	xa_lock_irq(&ida->xa);
	chunk = xa_load(&ida->xa, id / IDA_BITS);
	bad = !chunk || !__test_and_clear_bit(id % IDA_BITS, chunk->bits);
	if (!bad && !--chunk->used) {
		__xa_erase(&ida->xa, id / IDA_BITS);
		kfree(chunk);
	}
	xa_unlock_irq(&ida->xa);
	WARN(bad, "ida_free called for id=%u which is not allocated.\n", id);
}

void ida_destroy(struct ida *ida)
{
	struct ida_chunk *chunk;
	unsigned long index;

	xa_for_each(&ida->xa, index, chunk)
		kfree(chunk);
	xa_destroy(&ida->xa);
}
