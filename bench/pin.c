// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio_pin_pages() and vfio_unpin_pages(). The driver does them in a loop at
 * command, and its clock tells how long that took.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "setup.h"

#define ROOM		512	/* pages that are walked: a cache holds a line of each */
#define COLD_ROOM	65536	/* and none holds these */
#define FLOOR_SETS	8	/* of ROOM pages, for the floor */
#define HELD_MAX	100000

static const struct by_batch {
	enum page_kind kind;
	size_t room;
	const char *suffix;
} by_batch[] = {
	{ PAGES_4K, ROOM, "" },
	{ PAGES_THP, ROOM, "" },
	{ PAGES_HUGETLB, ROOM, "" },
	{ PAGES_4K, COLD_ROOM, "_cold" },
};
#define NR_BY_BATCH	(sizeof(by_batch) / sizeof(by_batch[0]))

/* What stays mapped between runs, per kind and for the pins that are held. */
static void *mapped[NR_BY_BATCH];
static char *held_mem;
static int64_t held_now;

static bool pin_loop(struct bench *b, struct mock *mock, uint64_t iova, size_t room, int batch)
{
	int64_t n, ret;
	size_t at = 0;

	while ((n = bench_batch(b, MOCK_LOOP_MAX / batch))) {
		/* Where the last command ended the next one begins. */
		mock_write(mock, MOCK_REG_ARG3, n);
		ret = mock_command(mock, MOCK_CMD_PIN_LOOP, iova + at * 4096, room - at, batch);
		if (ret != n) {
			bench_fail(b, "pin loop: %lld of %lld: %s", (long long)ret, (long long)n,
				   client_errno(ret < 0 ? ret : 0));
			return false;
		}
		bench_manual_ns(b, mock_read(mock, MOCK_REG_NS));
		at += n * batch;
		if (at + batch > room)
			at = 0;
	}
	return true;
}

static void bench_by_batch(struct bench *b)
{
	const struct by_batch *what = bench_ctx(b);
	size_t which = what - by_batch, room = what->room;
	int batch = bench_arg(b, 0);
	uint64_t iova = IOVA_PINS + which * (1ull << 30);
	struct touch t = { .pages = batch, .room = room, .sets = room == ROOM ? FLOOR_SETS : 1 };
	struct vfio_dev *dev = setup_pinner(b);
	struct mock *mock = dev ? setup_mock(b, dev) : NULL;

	t.mem = mock ? setup_memory(b, what->kind, t.sets * room * 4096) : NULL;
	if (!t.mem)
		return;
	if (mapped[which] != t.mem) {
		if (mapped[which])
			iommu_unmap(dev->container, iova, room * 4096, 0);
		iommu_map(dev->container, t.mem, iova, room * 4096, MAP_RW);
		mapped[which] = t.mem;
	}
	bench_floor(b, &floor_touch, &t, 1);
	pin_loop(b, mock, iova, room, batch);
	bench_set_items(b, batch);
}

/* A number of pages behind those of the loop, of the same mapping, is pinned. */
static bool hold(struct mock *mock, int64_t count)
{
	uint64_t first = IOVA_PINS - (1ull << 30) + ROOM * 4096;
	int64_t n;

	for (; held_now < count; held_now += n) {
		n = count - held_now < 512 ? count - held_now : 512;
		if (mock_command(mock, MOCK_CMD_PIN, first + held_now * 4096, n, 3) != n)
			return false;
	}
	for (; held_now > count; held_now -= n) {
		n = held_now - count < 512 ? held_now - count : 512;
		mock_command(mock, MOCK_CMD_UNPIN, first + (held_now - n) * 4096, n, 0);
	}
	return true;
}

static void bench_by_held(struct bench *b)
{
	size_t size = (ROOM + HELD_MAX) * 4096ul;
	uint64_t iova = IOVA_PINS - (1ull << 30);
	struct touch t = { .pages = 1, .room = ROOM };
	struct vfio_dev *dev = setup_pinner(b);
	struct mock *mock = dev ? setup_mock(b, dev) : NULL;

	if (!mock)
		return;
	if (!held_mem) {
		held_mem = pages_alloc(size);
		/* Else all that is read is one and the same page of zeroes. */
		memset(held_mem, 1, ROOM * 4096);
		iommu_map(dev->container, held_mem, iova, size, MAP_RW);
	}
	t.mem = held_mem;
	if (!hold(mock, bench_arg(b, 0))) {
		bench_fail(b, "pages could not be pinned");
		return;
	}
	bench_floor(b, &floor_touch, &t, 1);
	pin_loop(b, mock, iova, ROOM, 1);
	bench_set_items(b, 1);
}

void register_pin(void)
{
	struct bench_entry *e;
	char name[32];

	for (size_t i = 0; i < NR_BY_BATCH; i++) {
		snprintf(name, sizeof(name), "pin_unpin_%s%s", page_kind_name[by_batch[i].kind],
			 by_batch[i].suffix);
		e = bench_register(name, bench_by_batch, &by_batch[i]);
		if (by_batch[i].room == ROOM)
			BENCH_ARGS(e, "batch", 1, 8, 64, 512);
		else
			BENCH_ARGS(e, "batch", 512);
	}
	e = bench_register("pin_unpin_held", bench_by_held, NULL);
	BENCH_ARGS(e, "pins", 0, 1000, HELD_MAX);
}
