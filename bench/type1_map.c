// SPDX-License-Identifier: GPL-2.0-only
/* IOMMU_MAP_DMA and IOMMU_UNMAP_DMA: by size, page kind, and mappings that are there. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "setup.h"

#define FEW	60000	/* mappings */

/* A map that goes through and its unmap; one of the two is timed, or both. */
enum timed { MAP = 1, UNMAP = 2, BOTH = MAP | UNMAP };

static const struct by_size {
	enum page_kind kind;
	enum timed timed;
} by_size[] = {
	{ PAGES_4K, MAP }, { PAGES_4K, UNMAP },
	{ PAGES_THP, MAP }, { PAGES_THP, UNMAP },
	{ PAGES_HUGETLB, MAP }, { PAGES_HUGETLB, UNMAP },
};

static bool map_unmap(struct bench *b, int container, void *mem, uint64_t iova, uint64_t size,
		      enum timed timed)
{
	int ret;

	if (timed == UNMAP)
		bench_pause(b);
	ret = __iommu_map(container, mem, iova, size, MAP_RW);
	if (timed == UNMAP)
		bench_resume(b);
	if (ret) {
		bench_fail(b, "MAP_DMA: %s", client_errno(ret));
		return false;
	}
	if (timed == MAP)
		bench_pause(b);
	ret = __iommu_unmap(container, iova, size, 0, NULL);
	if (timed == MAP)
		bench_resume(b);
	if (ret)
		bench_fail(b, "UNMAP_DMA: %s", client_errno(ret));
	return !ret;
}

static void bench_by_size(struct bench *b)
{
	const struct by_size *what = bench_ctx(b);
	size_t size = bench_arg(b, 0);
	struct touch t = { .pages = size / 4096, .room = size / 4096 };
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);

	t.mem = dev ? setup_memory(b, what->kind, size) : NULL;
	if (!t.mem)
		return;
	bench_floor(b, &floor_touch, &t, 1);
	while (bench_loop(b))
		map_unmap(b, dev->container, t.mem, IOVA_SIZES, size, what->timed);
	bench_set_bytes(b, size);
}

/* Not the main device's container, which others measure in: their mappings would be deeper in. */
static struct vfio_dev *device_for(struct bench *b, int64_t count)
{
	enum device_role role = count <= FEW ? ROLE_SHARED : ROLE_PEER;

	return setup_device(b, role_bdf(role) ? role : ROLE_MAIN);
}

/*
 * Containers that hold a number of mappings from one run to the next, of one
 * page each, with gaps between them. A few in one, many in another: to go from
 * one number to the next takes longer than to measure it.
 */
#define STRIDE		8192ull
#define SOURCE		256	/* pages; those of many mappings are the same */

static struct held {
	int64_t count;
} few, many;

static bool hold(struct bench *b, struct held *held, int container, char *mem, int64_t count)
{
	int ret;

	for (; held->count < count; held->count++) {
		ret = __iommu_map(container, mem + held->count % SOURCE * 4096,
				  IOVA_COUNT + held->count * STRIDE, 4096, MAP_RW);
		if (ret == -ENOSPC) {
			bench_skip(b, "more mappings than dma_entry_limit allows");
			return false;
		}
		if (ret) {
			bench_fail(b, "mapping number %lld: %s", (long long)held->count,
				   client_errno(ret));
			return false;
		}
	}
	for (; held->count > count; held->count--)
		iommu_unmap(container, IOVA_COUNT + (held->count - 1) * STRIDE, 4096, 0);
	return true;
}

static void bench_by_count(struct bench *b)
{
	int64_t count = bench_arg(b, 0);
	struct held *held = count <= FEW ? &few : &many;
	struct vfio_dev *dev = device_for(b, count);
	char *mem = dev ? setup_memory(b, PAGES_4K, SOURCE * 4096) : NULL;
	uint64_t iova, step = 0;

	if (!mem)
		return;
	/* @mem may move between two runs: what is mapped stays what it was. */
	if (!hold(b, held, dev->container, mem, count))
		return;
	/* What hundreds of thousands of unmaps left to be tidied up is no part of the next one. */
	for (int i = 0; i < 100; i++)
		if (!map_unmap(b, dev->container, mem, IOVA_COUNT + 4096, 4096, BOTH))
			return;
	bench_floor(b, &floor_getppid, NULL, 1);
	while (bench_loop(b)) {
		/* In the gaps, far from each other. */
		step = (step + 7919) % count;
		iova = IOVA_COUNT + step * STRIDE + 4096;
		if (!map_unmap(b, dev->container, mem, iova, 4096, BOTH))
			break;
	}
	bench_set_items(b, 1);
}

/* Page by page what was mapped page by page, with one call. */
static void bench_unmap_all(struct bench *b)
{
	int64_t count = bench_arg(b, 0);
	struct vfio_dev *dev = device_for(b, count);
	char *mem = dev ? setup_memory(b, PAGES_4K, SOURCE * 4096) : NULL;
	int ret = 0;

	if (!mem || !hold(b, &few, dev->container, mem, 0))
		return;
	bench_floor(b, &floor_getppid, NULL, count);
	while (!ret && bench_loop(b)) {
		bench_pause(b);
		for (int64_t i = 0; i < count; i++)
			iommu_map(dev->container, mem + i % SOURCE * 4096, IOVA_COUNT + i * STRIDE,
				  4096, MAP_RW);
		bench_resume(b);
		ret = __iommu_unmap(dev->container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL);
		if (ret)
			bench_fail(b, "UNMAP_DMA of all: %s", client_errno(ret));
	}
	bench_set_items(b, count);
}

void register_type1_map(void)
{
	struct bench_entry *e;
	char name[64];

	for (size_t i = 0; i < sizeof(by_size) / sizeof(by_size[0]); i++) {
		snprintf(name, sizeof(name), "type1_%s_%s",
			 by_size[i].timed == MAP ? "map" : "unmap", page_kind_name[by_size[i].kind]);
		e = bench_register(name, bench_by_size, &by_size[i]);
		if (by_size[i].kind == PAGES_4K)
			BENCH_ARGS(e, "bytes", 4 << 10, 64 << 10, 2 << 20, 64 << 20, 1 << 30);
		else
			BENCH_ARGS(e, "bytes", 2 << 20, 64 << 20, 1 << 30);
	}
	e = bench_register("type1_map_unmap", bench_by_count, NULL);
	BENCH_ARGS(e, "mappings", 1, 1000, 60000, 1000000);
	e = bench_register("type1_unmap_all", bench_unmap_all, NULL);
	BENCH_ARGS(e, "mappings", 1000);
}
