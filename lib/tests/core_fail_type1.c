// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls of a type1 container, with each of their operations failing in turn:
 * see fail_sweep.h.
 */
#include "fail_sweep.h"

static int container = -1, group = -1, group2 = -1;
static char *mem;

/* Group status, mappings left, and what the IOMMU says of itself. */
static void look(struct view *view)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct {
		struct vfio_iommu_type1_info info;
		u8 caps[512];
	} info = { .info.argsz = sizeof(info) };
	long ret[4];

	ret[0] = sys(group, VFIO_GROUP_GET_STATUS, &status);
	ret[1] = container < 0 ? 0 : sys(container, VFIO_IOMMU_GET_INFO, &info);
	ret[2] = status.flags;
	ret[3] = kapi_objects(KAPI_LOCKED_PAGES);
	memcpy(view->bytes, ret, sizeof(ret));
	memcpy(view->bytes + sizeof(ret), &info, sizeof(info));
	view->len = sizeof(ret) + sizeof(info);
}

static long call_map(void)
{
	return map_dma(container, 0x100000, mem, 64 * PG);
}

static void unmap(void)
{
	unmap_dma(container, 0x100000, 64 * PG, 0);
}

static void map(void)
{
	map_dma(container, 0x100000, mem, 64 * PG);
}

static long call_unmap(void)
{
	return unmap_dma(container, 0x100000, 64 * PG, 0);
}

static long call_unmap_all(void)
{
	return unmap_dma(container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL);
}

static u64 bitmap[16];

static long call_unmap_dirty(void)
{
	struct {
		struct vfio_iommu_type1_dma_unmap unmap;
		struct vfio_bitmap bitmap;
	} arg = {
		.unmap = { .argsz = sizeof(arg), .flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
			   .iova = 0x100000, .size = 64 * PG },
		.bitmap = { .pgsize = PG, .size = sizeof(bitmap), .data = (void *)bitmap },
	};

	return sys(container, VFIO_IOMMU_UNMAP_DMA, &arg);
}

static long call_get_info(void)
{
	struct {
		struct vfio_iommu_type1_info info;
		u8 caps[512];
	} arg = { .info.argsz = sizeof(arg) };

	return sys(container, VFIO_IOMMU_GET_INFO, &arg);
}

static long dirty(u32 flags)
{
	struct vfio_iommu_type1_dirty_bitmap arg = { .argsz = sizeof(arg), .flags = flags };

	return sys(container, VFIO_IOMMU_DIRTY_PAGES, &arg);
}

static void track(void)
{
	dirty(VFIO_IOMMU_DIRTY_PAGES_FLAG_START);
}

static void stop_tracking(void)
{
	dirty(VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP);
}

static long call_dirty_start(void)
{
	return dirty(VFIO_IOMMU_DIRTY_PAGES_FLAG_START);
}

static long call_dirty_stop(void)
{
	return dirty(VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP);
}

static long call_dirty_get(void)
{
	struct {
		struct vfio_iommu_type1_dirty_bitmap head;
		struct vfio_iommu_type1_dirty_bitmap_get get;
	} arg = {
		.head = { .argsz = sizeof(arg), .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP },
		.get = { .iova = 0x100000, .size = 64 * PG,
			 .bitmap = { .pgsize = PG, .size = sizeof(bitmap), .data = (void *)bitmap } },
	};

	return sys(container, VFIO_IOMMU_DIRTY_PAGES, &arg);
}

static long call_vaddr_away(void)
{
	return unmap_dma(container, 0x100000, 64 * PG, VFIO_DMA_UNMAP_FLAG_VADDR);
}

static long call_vaddr_new(void)
{
	struct vfio_iommu_type1_dma_map arg = {
		.argsz = sizeof(arg), .flags = VFIO_DMA_MAP_FLAG_VADDR, .vaddr = (u64)mem,
		.iova = 0x100000, .size = 64 * PG,
	};

	return sys(container, VFIO_IOMMU_MAP_DMA, &arg);
}

static void vaddr_away(void)
{
	call_vaddr_away();
}

static void vaddr_new(void)
{
	call_vaddr_new();
}

static long call_add_group(void)
{
	return sys(group2, VFIO_GROUP_SET_CONTAINER, &container);
}

static void remove_group(void)
{
	sysv(group2, VFIO_GROUP_UNSET_CONTAINER, 0);
}

static const struct sweep empty[] = {
	{ "MAP_DMA", call_map, unmap },
	{ "GET_INFO", call_get_info },
	{ "MAP_DMA while tracking", call_map, unmap, track },
	{ "DIRTY_PAGES STOP", call_dirty_stop, track, track },
};

/* The request is written back behind the work, which is not undone for that (T1-084). */
static const struct sweep mapped[] = {
	{ "UNMAP_DMA", call_unmap, map, map, true },
	{ "UNMAP_DMA of all", call_unmap_all, map, map, true },
	{ "DIRTY_PAGES START", call_dirty_start, stop_tracking, map },
	{ "second group, replay", call_add_group, remove_group, map },
	{ "UNMAP_DMA of the address", call_vaddr_away, vaddr_new, map, true },
	{ "MAP_DMA of an address", call_vaddr_new, vaddr_away, vaddr_away },
};

static const struct sweep tracked[] = {
	{ "UNMAP_DMA with dirty bitmap", call_unmap_dirty, map, map, true },
	{ "DIRTY_PAGES GET_BITMAP", call_dirty_get, NULL, map },
};

#define SWEEP(list) do { \
	unsigned int __i; \
	for (__i = 0; __i < ARRAY_SIZE(list); __i++) \
		sweep(&(list)[__i], look); \
} while (0)

static void open_all(void)
{
	container = open_container();
	group = open_group(group_of(BDF_MAIN));
	group2 = open_group(group_of(BDF_PEER));
	sys(group, VFIO_GROUP_SET_CONTAINER, &container);
	sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
}

static void close_all(void)
{
	kapi_sys_close(group2);
	kapi_sys_close(group);
	kapi_sys_close(container);
}

int main(void)
{
	struct kapi_objects before;

	if (!machine_start()) {
		printf("Bail out! no machine\n");
		return 2;
	}
	mem = mmap(NULL, 64 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	kapi_sites_track(true);
	open_all();
	close_all();
	kapi_objects_settle();
	kapi_objects_snap(&before);

	open_all();
	SWEEP(empty);
	stop_tracking();
	map();
	SWEEP(mapped);
	map();
	track();
	SWEEP(tracked);
	close_all();

	return sweep_end(&before, "core_fail_type1");
}
