// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mapping, unmapping and pinning cost beside the mappings there are, a few
 * and a great many, in units of the cheapest system call of the same run. Each
 * figure is the best of many short rounds, which is what a busy machine disturbs
 * least. Operations go over the whole range in an order that no cache foresees.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "client/vfio_client.h"

#define LIMIT "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit"
#define ROUNDS 60
#define OPS 256
#define BATCH 512
#define STRIDE 2	/* pages from one mapping to the next: none continues another */
#define FIRST (1ull << 32)	/* above what interrupts take */
#define PINS_AT (1ull << 36)

static size_t page;
static char *memory;	/* BATCH pages */
static struct vfio_dev dev;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void least(double *best, double ns)
{
	if (!*best || ns < *best)
		*best = ns;
}

static double floor_syscall(void)
{
	double best = 0, start;

	for (int round = 0; round < ROUNDS; round++) {
		start = now();
		for (int i = 0; i < OPS; i++)
			syscall(SYS_getppid);
		least(&best, (now() - start) / OPS);
	}
	return best;
}

static double floor_touch(void)
{
	double best = 0, start;

	for (int round = 0; round < ROUNDS; round++) {
		start = now();
		for (int i = 0; i < BATCH; i++)
			*(volatile char *)(memory + i * page) = 1;
		least(&best, (now() - start) / BATCH);
	}
	return best;
}

struct costs {
	double map, unmap, pin, batch;	/* ns; of one range, one page, one page of a batch */
};

static void map_one(uint64_t iova)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = MAP_RW, .vaddr = (uintptr_t)memory, .iova = iova,
		.size = page,
	};

	if (ioctl(dev.container, VFIO_IOMMU_MAP_DMA, &map))
		CLIENT_FAIL("MAP_DMA: %s", client_errno(errno));
}

static void unmap_one(uint64_t iova)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .iova = iova, .size = page,
	};

	if (ioctl(dev.container, VFIO_IOMMU_UNMAP_DMA, &unmap))
		CLIENT_FAIL("UNMAP_DMA: %s", client_errno(errno));
}

/* Steps through the slots that meet each once: by address, and all over the place. */
static const uint64_t steps[] = { 1, 618033 };
static const char *const orders[] = { "by address", "at random" };
#define ORDERS 2

static uint64_t slot_iova(uint64_t slot)
{
	return FIRST + slot * STRIDE * page;
}

static double pin_ns(const struct mock *mock, uint64_t iova, int pages)
{
	int64_t ret = mock_command(mock, MOCK_CMD_PIN, iova, pages, 3);
	double ns = mock_read(mock, MOCK_REG_NS);

	if (ret != pages)
		CLIENT_FAIL("pin: %s", client_errno(ret));
	mock_command(mock, MOCK_CMD_UNPIN, iova, pages, 0);
	return ns + mock_read(mock, MOCK_REG_NS);
}

static void measure(long n, uint64_t step, const struct mock *mock, struct costs *c)
{
	uint64_t slot = 0, at;
	double start;

	for (int round = 0; round < ROUNDS; round++) {
		at = slot;
		start = now();
		for (int i = 0; i < OPS; i++, at = (at + step) % n)
			unmap_one(slot_iova(at));
		least(&c->unmap, (now() - start) / OPS);
		at = slot;
		start = now();
		for (int i = 0; i < OPS; i++, at = (at + step) % n)
			map_one(slot_iova(at));
		least(&c->map, (now() - start) / OPS);
		for (int i = 0; mock && i < 8; i++, slot = (slot + step) % n)
			least(&c->pin, pin_ns(mock, slot_iova(slot), 1));
		if (mock)
			least(&c->batch, pin_ns(mock, PINS_AT, BATCH) / BATCH);
		slot = at;
	}
}

int main(int argc, char **argv)
{
	long counts[2] = { 1000, argc > 1 ? atol(argv[1]) : 1000000 }, made = 0;
	const char *bdf = role_bdf(ROLE_MAIN);
	struct mock mock, *pins = NULL;
	struct costs c[ORDERS][2] = {};
	double syscall_ns, touch_ns;

	page = page_size();
	if (!bdf) {
		printf("SKIP %s\n", role_missing(ROLE_MAIN));
		return 4;
	}
	if (counts[1] <= counts[0] || slot_iova(counts[1]) > PINS_AT)
		CLIENT_FAIL("mappings: more than %ld", counts[0]);
	FILE *limit = fopen(LIMIT, "w");
	if (!limit || fprintf(limit, "%ld", counts[1] + 1) < 0 || fclose(limit))
		CLIENT_FAIL("%s: %s", LIMIT, client_errno(errno));
	device_open(&dev, bdf);
	if (!__mock_find(dev.fd, &mock))
		pins = &mock;
	memory = pages_alloc(BATCH * page);
	memset(memory, 1, BATCH * page);
	iommu_map(dev.container, memory, PINS_AT, BATCH * page, MAP_RW);

	syscall_ns = floor_syscall();
	touch_ns = floor_touch();
	printf("getppid %.0f ns, touch of a page %.1f ns\n", syscall_ns, touch_ns);
	for (int i = 0; i < 2; i++) {
		for (; made < counts[i]; made++)
			map_one(slot_iova(made));
		for (int o = 0; o < ORDERS; o++) {
			struct costs *at = &c[o][i];

			measure(counts[i], steps[o], pins, at);
			printf("%ld mappings %s: map %.0f ns, unmap %.0f ns, pin and unpin %.0f ns, "
			       "of a page in a batch of %d %.1f ns\n", counts[i], orders[o], at->map,
			       at->unmap, at->pin, BATCH, at->batch);
		}
	}
	for (int o = 0; o < ORDERS; o++) {
		const struct costs *few = &c[o][0], *many = &c[o][1];

		printf("figure: map and unmap beside %ld mappings, %s: %.2f of a getppid\n",
		       counts[0], orders[o], (few->map + few->unmap) / syscall_ns);
		printf("figure: %ld mappings against %ld, %s: map %.2f, unmap %.2f", counts[1],
		       counts[0], orders[o], many->map / few->map, many->unmap / few->unmap);
		if (pins)
			printf(", pin and unpin %.2f", many->pin / few->pin);
		printf("\n");
	}
	if (pins)
		printf("figure: pin and unpin of a page in a batch: %.2f of a touch of its cache "
		       "line\n", c[0][0].batch / touch_ns);
	device_close(&dev);
	return 0;
}
