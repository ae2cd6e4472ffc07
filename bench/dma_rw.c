// SPDX-License-Identifier: GPL-2.0-only
/* vfio_dma_rw(), by a driver at command; its clock measures. */
#include <sys/mman.h>

#include "setup.h"

#define IOVA		(IOVA_PINS + (16ull << 30))
#define ROOM		(1ul << 20)

static char *mem;

static void bench_dma_rw(struct bench *b)
{
	bool write = *(const bool *)bench_ctx(b);
	size_t len = bench_arg(b, 0);
	struct vfio_dev *dev = setup_pinner(b);
	struct mock *mock = dev ? setup_mock(b, dev) : NULL;
	struct copy c = { .len = len, .room = ROOM / 2 };
	int64_t n, ret;

	if (!mock)
		return;
	if (!mem) {
		mem = pages_alloc(ROOM);
		iommu_map(dev->container, mem, IOVA, ROOM, MAP_RW);
	}
	c.src = mem;
	c.dst = mem + ROOM / 2;
	bench_floor(b, &floor_memcpy, &c, 1);
	while ((n = bench_batch(b, MOCK_LOOP_MAX))) {
		mock_write(mock, MOCK_REG_ARG3, n);
		ret = mock_command(mock, MOCK_CMD_DMA_RW_LOOP, IOVA, len, write);
		if (ret != n) {
			bench_fail(b, "vfio_dma_rw: %s", client_errno(ret));
			return;
		}
		bench_manual_ns(b, mock_read(mock, MOCK_REG_NS));
	}
	bench_set_bytes(b, len);
}

void register_dma_rw(void)
{
	static const bool read = false, write = true;
	struct bench_entry *e;

	e = bench_register("dma_rw_read", bench_dma_rw, &read);
	BENCH_ARGS(e, "bytes", 8, 64, 512, 4096);
	e = bench_register("dma_rw_write", bench_dma_rw, &write);
	BENCH_ARGS(e, "bytes", 8, 64, 512, 4096);
}
