// SPDX-License-Identifier: GPL-2.0-only
/* The dirty bitmap of type1, by range. */
#include <sys/mman.h>

#include "setup.h"

static void bench_get_bitmap(struct bench *b)
{
	uint64_t size = bench_arg(b, 0), bytes = (size / 4096 + 63) / 64 * 8;
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);
	char *mem = dev ? setup_memory(b, PAGES_4K, size) : NULL;
	char *bitmap;
	int ret;

	if (!mem)
		return;
	iommu_map(dev->container, mem, IOVA_DIRTY, size, MAP_RW);
	ret = __iommu_dirty(dev->container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START);
	bitmap = pages_alloc(bytes);
	if (ret) {
		bench_fail(b, "DIRTY_PAGES START: %s", client_errno(ret));
	} else {
		bench_floor(b, &floor_getppid, NULL, 1);
		while (!ret && bench_loop(b)) {
			ret = __iommu_dirty_bitmap(dev->container, IOVA_DIRTY, size, 4096, bitmap,
						   bytes);
			if (ret)
				bench_fail(b, "GET_BITMAP: %s", client_errno(ret));
		}
		bench_set_items(b, size / 4096);
		__iommu_dirty(dev->container, VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP);
	}
	iommu_unmap(dev->container, IOVA_DIRTY, size, 0);
	munmap(bitmap, bytes);
}

/* All of a mapping with what was dirty in it, as at the end of a migration. */
static void bench_unmap_get_bitmap(struct bench *b)
{
	uint64_t size = bench_arg(b, 0), bytes = (size / 4096 + 63) / 64 * 8;
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);
	struct touch t = { .pages = size / 4096, .room = size / 4096 };
	union {
		struct vfio_iommu_type1_dma_unmap head;
		uint8_t room[sizeof(struct vfio_iommu_type1_dma_unmap) + sizeof(struct vfio_bitmap)];
	} arg = { 0 };
	struct vfio_bitmap *bitmap = (void *)arg.head.data;
	int ret;

	t.mem = dev ? setup_memory(b, PAGES_4K, size) : NULL;
	if (!t.mem)
		return;
	*bitmap = (struct vfio_bitmap){ 4096, bytes, pages_alloc(bytes) };
	ret = __iommu_dirty(dev->container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START);
	bench_floor(b, &floor_touch, &t, 1);
	while (!ret && bench_loop(b)) {
		bench_pause(b);
		iommu_map(dev->container, t.mem, IOVA_DIRTY, size, MAP_RW);
		bench_resume(b);
		arg.head.argsz = sizeof(arg);
		arg.head.flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP;
		arg.head.iova = IOVA_DIRTY;
		arg.head.size = size;
		ret = __vfio_ioctl(dev->container, VFIO_IOMMU_UNMAP_DMA, &arg);
	}
	if (ret)
		bench_fail(b, "dirty tracking or UNMAP_DMA with bitmap: %s", client_errno(ret));
	bench_set_items(b, size / 4096);
	__iommu_dirty(dev->container, VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP);
	munmap(bitmap->data, bytes);
}

void register_dirty(void)
{
	struct bench_entry *e;

	e = bench_register("dirty_get_bitmap", bench_get_bitmap, NULL);
	BENCH_ARGS(e, "bytes", 4 << 10, 2 << 20, 64 << 20, 512 << 20);
	e = bench_register("dirty_unmap_get_bitmap", bench_unmap_get_bitmap, NULL);
	BENCH_ARGS(e, "bytes", 4 << 10, 2 << 20, 64 << 20);
}
