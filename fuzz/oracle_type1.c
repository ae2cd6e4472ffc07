// SPDX-License-Identifier: GPL-2.0-only
/* type1 as a sorted list of intervals. Clauses T1-001 to T1-122. */
#include <errno.h>
#include <string.h>
#include <linux/vfio.h>

#include "oracle.h"
#include "program_args.h"

#define MAP_FLAGS	7U
#define UNMAP_FLAGS	7U
#define BITMAP_MAX	(1ULL << 28)	/* bytes of a dirty bitmap */
#define MASK		(PROG_PAGE - 1ULL)

void oracle_type1_reset(struct o_type1 *t1, bool v2)
{
	t1->v2 = v2;
	t1->tracking = false;
	t1->n = 0;
}

static uint64_t last_of(const struct o_map *m)
{
	return m->iova + (m->size - 1);
}

/* First mapping that meets [start, last]; t1->n if none does. */
static unsigned int meets(const struct o_type1 *t1, uint64_t start, uint64_t last)
{
	for (unsigned int i = 0; i < t1->n; i++)
		if (t1->map[i].iova <= last && last_of(&t1->map[i]) >= start)
			return i;
	return t1->n;
}

static void insert(struct o_type1 *t1, uint64_t iova, uint64_t size)
{
	unsigned int i = t1->n++;

	for (; i && t1->map[i - 1].iova > iova; i--)
		t1->map[i] = t1->map[i - 1];
	t1->map[i] = (struct o_map) { .iova = iova, .size = size };
}

static void drop(struct o_type1 *t1, unsigned int i)
{
	memmove(&t1->map[i], &t1->map[i + 1], (--t1->n - i) * sizeof(t1->map[0]));
}

/* Is this memory of the program: 1 yes, 0 no, -1 who knows. */
static int memory(uint64_t at, uint64_t size, bool write)
{
	if (at < PROG_MEM || at >= PROG_MEM_END)
		return -1;
	return prog_in_memory(at, size, write);
}

/* What of IOVA space a group behind the IOMMU can map. */
static bool usable(uint64_t iova, uint64_t last, unsigned int width)
{
	return last < 1ULL << width && (last < 0xfee00000 || iova > 0xfeefffff);
}

static bool wraps(uint64_t at, uint64_t size)
{
	return size && at + (size - 1) < at;
}

/* Header of all three: 0 if the content counts. */
static long header(const struct prog_step *s, size_t size, uint32_t flags)
{
	if (s->len < size)
		return -EFAULT;
	return arg32(s->before, 0) < size || arg32(s->before, 4) & ~flags ? -EINVAL : 0;
}

static long map_content(const struct o_type1 *t1, unsigned int width, const struct prog_step *s, int *mem)
{
	uint32_t flags = arg32(s->before, 4);
	uint64_t vaddr = arg64(s->before, 8), iova = arg64(s->before, 16);
	uint64_t size = arg64(s->before, 24);
	unsigned int i;

	if (!(flags & 3) == !(flags & VFIO_DMA_MAP_FLAG_VADDR))
		return -EINVAL;
	if (!size || (vaddr | iova | size) & MASK || wraps(iova, size) || wraps(vaddr, size))
		return -EINVAL;
	i = meets(t1, iova, iova + (size - 1));
	if (flags & VFIO_DMA_MAP_FLAG_VADDR) {
		if (i == t1->n)
			return -ENOENT;
		return t1->map[i].lost && t1->map[i].iova == iova && t1->map[i].size == size ?
			0 : -EINVAL;
	}
	if (i < t1->n)
		return -EEXIST;
	if (!width)
		return 0;
	if (!usable(iova, iova + (size - 1), width))
		return -EINVAL;
	*mem = memory(vaddr, size, flags & VFIO_DMA_MAP_FLAG_WRITE);
	return *mem ? 0 : -EFAULT;
}

static void map(struct o_container *c, unsigned int width, const struct prog_step *s)
{
	struct o_type1 *t1 = &c->t1;
	long want = header(s, 32, MAP_FLAGS);
	uint64_t iova, size;
	int mem = 1;

	if (!want)
		want = map_content(t1, width, s, &mem);
	/* A bitmap that large is no longer the interface's business. */
	if (!want && (mem < 0 || (t1->tracking && arg64(s->before, 24) > BITMAP_MAX)) && s->ret)
		return;
	/* A domain keeps the width of the IOMMU that it was made for. */
	if (!want && c->narrow && s->ret == -EINVAL &&
	    arg64(s->before, 16) + arg64(s->before, 24) > 1ULL << O_WIDTH)
		return;
	ORACLE(s->ret == want, "MAP_DMA gives %ld, not %ld", s->ret, want);
	if (want)
		return;
	iova = arg64(s->before, 16);
	size = arg64(s->before, 24);
	if (arg32(s->before, 4) & VFIO_DMA_MAP_FLAG_VADDR)
		t1->map[meets(t1, iova, iova)].lost = false;
	else
		insert(t1, iova, size);
}

/* Does an end of [start, last] lie inside a mapping? */
static bool bisects(const struct o_type1 *t1, uint64_t start, uint64_t last)
{
	unsigned int i = meets(t1, start, start), j = meets(t1, last, last);

	return (i < t1->n && t1->map[i].iova != start) ||
	       (j < t1->n && last_of(&t1->map[j]) != last);
}

static long bitmap_ok(const struct prog_step *s, size_t at, uint64_t range)
{
	uint64_t pgsize = arg64(s->before, at), size = arg64(s->before, at + 8);
	uint64_t data = arg64(s->before, at + 16), pages;

	if (data >> 47 || size > (1ULL << 47) - data || !pgsize)
		return -EINVAL;
	pages = range >> __builtin_ctzll(pgsize);
	if (!pages || !size || size > BITMAP_MAX || size < ((pages + 63) / 64) * 8)
		return -EINVAL;
	return 0;
}

static long unmap_content(const struct o_container *c, const struct prog_step *s)
{
	const struct o_type1 *t1 = &c->t1;
	uint32_t flags = arg32(s->before, 4);
	uint64_t iova = arg64(s->before, 8), size = arg64(s->before, 16);
	long ret;

	if (flags & VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP) {
		if (flags != VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP || arg32(s->before, 0) < 48)
			return -EINVAL;
		if (s->len < 48)
			return -EFAULT;
		ret = bitmap_ok(s, 24, size);
		if (ret)
			return ret;
	}
	if (flags & VFIO_DMA_UNMAP_FLAG_VADDR)
		for (unsigned int i = 0; i < O_GROUPS; i++)
			if (!o_groups[i].real && o_groups[i].container == c)
				return -EBUSY;
	if (flags & VFIO_DMA_UNMAP_FLAG_ALL)
		return iova || size ? -EINVAL : 0;
	if (!size || (iova | size) & MASK || wraps(iova, size))
		return -EINVAL;
	if (flags & VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP &&
	    (!t1->tracking || arg64(s->before, 24) != PROG_PAGE))
		return -EINVAL;
	return t1->v2 && bisects(t1, iova, iova + (size - 1)) ? -EINVAL : 0;
}

/* The walk over what is there; returns the bytes that were unmapped. */
static uint64_t unmap_walk(struct o_type1 *t1, uint64_t start, uint64_t last)
{
	uint64_t bytes = 0;
	unsigned int i;

	while ((i = meets(t1, start, last)) < t1->n && t1->map[i].iova >= start) {
		bytes += t1->map[i].size;
		drop(t1, i);
	}
	return bytes;
}

/* Addresses are taken away from all mappings in the range, or from none. */
static uint64_t lose(struct o_type1 *t1, uint64_t start, uint64_t last, bool *twice)
{
	uint64_t bytes = 0;
	unsigned int i = meets(t1, start, last), j;

	*twice = false;
	if (i < t1->n && t1->map[i].iova < start)
		return 0;
	for (j = i; j < t1->n && t1->map[j].iova <= last; j++)
		*twice |= t1->map[j].lost;
	for (j = i; !*twice && j < t1->n && t1->map[j].iova <= last; j++) {
		bytes += t1->map[j].size;
		t1->map[j].lost = true;
	}
	return bytes;
}

static void unmap(struct o_container *c, const struct prog_step *s)
{
	struct o_type1 *t1 = &c->t1;
	long want = header(s, 24, UNMAP_FLAGS);
	uint64_t start, last, bytes;
	uint32_t flags = 0;
	bool twice;

	if (!want)
		want = unmap_content(c, s);
	if (want) {
		ORACLE(s->ret == want, "UNMAP_DMA gives %ld, not %ld", s->ret, want);
		return;
	}
	flags = arg32(s->before, 4);
	start = arg64(s->before, 8);
	last = flags & VFIO_DMA_UNMAP_FLAG_ALL ? ~0ULL : start + (arg64(s->before, 16) - 1);
	if (flags & VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP && s->ret == -EFAULT &&
	    memory(arg64(s->before, 40), arg64(s->before, 32), true) != 1) {
		c->unsure = true;	/* what was before the bad word is gone */
		return;
	}
	if (flags & VFIO_DMA_UNMAP_FLAG_VADDR) {
		bytes = lose(t1, start, last, &twice);
		want = twice ? -EINVAL : 0;
	} else {
		bytes = unmap_walk(t1, start, last);
	}
	if (!want && !s->writable)
		want = -EFAULT;
	ORACLE(s->ret == want, "UNMAP_DMA gives %ld, not %ld", s->ret, want);
	if (!want)
		ORACLE(arg64(s->after, 16) == bytes, "UNMAP_DMA says %llu bytes, not %llu",
		       (unsigned long long)arg64(s->after, 16), (unsigned long long)bytes);
}

static long get_dirty(const struct o_type1 *t1, const struct prog_step *s)
{
	uint64_t iova, size;
	long ret;

	if (arg32(s->before, 0) < 48)
		return -EINVAL;
	if (s->len < 48)
		return -EFAULT;
	iova = arg64(s->before, 8);
	size = arg64(s->before, 16);
	if (iova + size < iova)
		return -EINVAL;
	ret = bitmap_ok(s, 24, size);
	if (ret)
		return ret;
	if (arg64(s->before, 24) != PROG_PAGE || iova & MASK || !size || size & MASK ||
	    !t1->tracking || bisects(t1, iova, iova + (size - 1)))
		return -EINVAL;
	return 0;
}

static void dirty(struct o_type1 *t1, const struct prog_step *s)
{
	uint32_t flags = s->len >= 8 ? arg32(s->before, 4) : 0;
	long want = !t1->v2 ? -EACCES : header(s, 8, 7);

	if (!want && (!flags || flags & (flags - 1)))
		want = -EINVAL;
	if (!want && flags == VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP) {
		want = get_dirty(t1, s);
		if (!want && memory(arg64(s->before, 40), arg64(s->before, 32), true) != 1)
			return;
	}
	/* Without memory for the bitmaps of what only books have mapped. */
	if (!want && flags == VFIO_IOMMU_DIRTY_PAGES_FLAG_START && s->ret) {
		for (unsigned int i = 0; i < t1->n; i++)
			if (t1->map[i].size > BITMAP_MAX)
				return;
	}
	ORACLE(s->ret == want, "DIRTY_PAGES %#x gives %ld, not %ld", flags, s->ret, want);
	if (!want && flags != VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP)
		t1->tracking = flags == VFIO_IOMMU_DIRTY_PAGES_FLAG_START;
}

/* Mappings left, from the capability behind the fixed part. */
static void info(const struct o_container *c, const struct prog_step *s)
{
	uint32_t at;

	if (s->ret || s->len < 24)
		return;
	ORACLE(arg64(s->after, 8) & PROG_PAGE, "page sizes %#llx",
	       (unsigned long long)arg64(s->after, 8));
	at = arg32(s->before, 0) >= 24 ? arg32(s->after, 16) : 0;
	for (; at && at + 16 <= s->len; at = arg32(s->after, at + 4))
		if ((arg32(s->after, at) & 0xffff) == VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL)
			ORACLE(arg32(s->after, at + 8) == 65535 - c->t1.n,
			       "%u mappings left with %u made", arg32(s->after, at + 8), c->t1.n);
}

void oracle_type1(struct o_container *c, unsigned int width, const struct prog_step *s)
{
	if (c->unsure)
		return;
	switch (s->cmd) {
	case VFIO_IOMMU_MAP_DMA:
		map(c, width, s);
		break;
	case VFIO_IOMMU_UNMAP_DMA:
		unmap(c, s);
		break;
	case VFIO_IOMMU_DIRTY_PAGES:
		dirty(&c->t1, s);
		break;
	case VFIO_IOMMU_GET_INFO:
		info(c, s);
		break;
	default:
		ORACLE(s->ret == -ENOTTY, "ioctl %#x of type1 gives %ld", s->cmd, s->ret);
	}
}
