// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1 dirty page tracking against a byte per page, and the rules of its ioctls.
 * Clauses T1-060 to T1-068, T1-093 to T1-122.
 */
#include "core_test.h"
#include "core_iommu.h"
#include "../core/profile.h"

#define PG 4096UL
#define PAGES 300

static u8 *memory;
static int container;
static struct fake *dev;

static int map(u64 iova, u64 size, void *vaddr, u32 flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = flags, .vaddr = (u64)vaddr, .iova = iova,
		.size = size };

	return sys(container, VFIO_IOMMU_MAP_DMA, &map);
}

/* struct vfio_iommu_type1_dma_unmap with the bitmap behind it. */
struct unmap_req {
	u32 argsz, flags;
	u64 iova, size;
	struct vfio_bitmap bitmap;
};

static long unmap(u64 iova, u64 size, u32 flags)
{
	struct unmap_req req = { .argsz = 24, .flags = flags, .iova = iova, .size = size };
	int ret = sys(container, VFIO_IOMMU_UNMAP_DMA, &req);

	return ret ? ret : (long)req.size;
}

/* struct vfio_iommu_type1_dirty_bitmap likewise. */
struct dirty_req {
	u32 argsz, flags;
	struct vfio_iommu_type1_dirty_bitmap_get get;
};

static int dirty(u32 flags, u32 argsz)
{
	struct dirty_req req = { .argsz = argsz, .flags = flags };

	return sys(container, VFIO_IOMMU_DIRTY_PAGES, &req);
}

static int get_bitmap(u64 iova, u64 size, u64 pgsize, void *data, u64 bytes)
{
	struct dirty_req req = {
		.argsz = sizeof(req), .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP,
		.get = { .iova = iova, .size = size, .bitmap = { pgsize, bytes, data } } };

	return sys(container, VFIO_IOMMU_DIRTY_PAGES, &req);
}

static void test_rules(void)
{
	u64 bits[8] = {};

	is(sys(container, VFIO_IOMMU_DIRTY_PAGES, (void *)8), -EFAULT, "bad pointer");
	is(dirty(1, 7), -EINVAL, "argsz");
	is(dirty(0, 8), -EINVAL, "no flag");
	is(dirty(3, 8), -EINVAL, "two flags");
	is(dirty(8, 8), -EINVAL, "unknown flag");
	is(dirty(4, 47), -EINVAL, "GET_BITMAP argsz");
	is(map(0, 4 * PG, memory, 3), 0, "map");
	is(get_bitmap(0, 4 * PG, PG, bits, 8), -EINVAL, "tracking is off");
	is(dirty(2, 8), 0, "STOP while off");
	is(dirty(1, 8), 0, "START");
	is(dirty(1, 8), 0, "START again");
	is(get_bitmap(0, 4 * PG, 0, bits, 8), -EINVAL, "page size 0");
	is(get_bitmap(0, 4 * PG, 6144, bits, 8), -EINVAL, "no power of two");
	is(get_bitmap(0, 4 * PG, 8192, bits, 8), -EINVAL, "not the smallest");
	is(get_bitmap(0, 4 * PG, PG, bits, 0), -EINVAL, "no bitmap");
	is(get_bitmap(0, 4 * PG, PG, bits, 7), -EINVAL, "too small a bitmap");
	is(get_bitmap(0, 4 * PG, PG, bits, (256 << 20) + 8), -EINVAL, "too large a bitmap");
	is(get_bitmap(0, 4 * PG, PG, (void *)-4096L, 8), -EINVAL, "no user address");
	is(get_bitmap(0, 4 * PG, PG, (void *)8, 8), -EFAULT, "nothing there");
	is(get_bitmap(8, 4 * PG, PG, bits, 8), -EINVAL, "address not aligned");
	is(get_bitmap(0, 0, PG, bits, 8), -EINVAL, "no size");
	is(get_bitmap(-PG, PG, PG, bits, 8), -EINVAL, "up to the very end");
	is(get_bitmap(PG, 3 * PG, PG, bits, 8), -EINVAL, "starts inside a mapping");
	is(get_bitmap(0, 3 * PG, PG, bits, 8), -EINVAL, "ends inside a mapping");
	bits[0] = 0x5555;
	is(get_bitmap(64 * PG, PG, PG, bits, 8), 0, "nothing mapped");
	is(bits[0], 0x5555, "untouched");
	is(dirty(2, 8), 0, "STOP");
	is(unmap(0, 0, VFIO_DMA_UNMAP_FLAG_ALL), 4 * PG, "unmap");
}

/* What must be dirty, a byte per page of the window. */
static u8 want[PAGES], pinned[PAGES];

static unsigned int compare(const u64 *bits, unsigned int from, unsigned int to)
{
	unsigned int i, bad = 0;

	for (i = from; i < to; i++)
		bad += (bits[(i - from) / 64] >> ((i - from) % 64) & 1) != (want[i] | pinned[i]);
	return bad;
}

/* Mappings of odd sizes, so that their bits share words of the bitmap. */
static const unsigned int edges[] = { 0, 3, 64, 65, 130, 131, 200, 263, 264, PAGES };

static void test_random(void)
{
	unsigned int i, n, round, page, first, last, bad = 0;
	struct page *got;
	u64 bits[8];
	u8 byte = 1;

	for (i = 0; i + 1 < ARRAY_SIZE(edges); i++)
		is(map(edges[i] * PG, (edges[i + 1] - edges[i]) * PG, memory + edges[i] * PG, 3), 0,
		   "map %u", i);
	is(dirty(1, 8), 0, "START");
	srandom(7);
	for (round = 0; round < 300; round++) {
		for (n = random() % 8; n; n--) {
			page = random() % PAGES;
			switch (random() % 3) {
			case 0:
				bad += vfio_dma_rw(&dev->vdev, page * PG + random() % PG, &byte, 1,
						   true) != 0;
				want[page] = 1;
				break;
			case 1:
				if (!pinned[page])
					bad += vfio_pin_pages(&dev->vdev, page * PG, 1, 3,
							      &got) != 1;
				pinned[page] = 1;
				break;
			case 2:
				if (!pinned[page])
					break;
				vfio_unpin_pages(&dev->vdev, page * PG, 1);
				pinned[page] = 0;
				want[page] = 1;
				break;
			}
		}
		first = random() % (ARRAY_SIZE(edges) - 1);
		last = first + 1 + random() % (ARRAY_SIZE(edges) - 1 - first);
		memset(bits, 0, sizeof(bits));
		bad += get_bitmap(edges[first] * PG, (edges[last] - edges[first]) * PG, PG, bits,
				  sizeof(bits)) != 0;
		bad += compare(bits, edges[first], edges[last]);
		for (i = edges[first]; i < edges[last]; i++)
			want[i] = 0;
	}
	ok(!bad, "%u rounds of writes, pins and reports", round);

	bad = vfio_dma_rw(&dev->vdev, 10 * PG - 4, bits, 8, true) ||
	      get_bitmap(0, PAGES * PG, PG, bits, sizeof(bits));
	ok(!bad && (bits[0] >> 9 & 3) == 3, "a write across pages marks both");
	for (page = 0; page < PAGES; page++)
		if (pinned[page])
			vfio_unpin_pages(&dev->vdev, page * PG, 1);
}

static void test_unmap_bitmap(void)
{
	u64 bits[8] = {};
	struct unmap_req req = {
		.argsz = sizeof(req), .flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
		.size = PAGES * PG,
		.bitmap = { PG, sizeof(bits), bits } };
	u8 byte = 2;

	is(get_bitmap(0, PAGES * PG, PG, bits, sizeof(bits)), 0, "clean it");
	is(vfio_dma_rw(&dev->vdev, 263 * PG, &byte, 1, true), 0, "write");
	req.argsz = 47;
	is(sys(container, VFIO_IOMMU_UNMAP_DMA, &req), -EINVAL, "argsz without bitmap");
	req.argsz = sizeof(req);
	req.flags |= VFIO_DMA_UNMAP_FLAG_ALL;
	is(sys(container, VFIO_IOMMU_UNMAP_DMA, &req), -EINVAL, "not with ALL");
	req.flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP;
	req.bitmap.data = (void *)8;
	is(sys(container, VFIO_IOMMU_UNMAP_DMA, &req), -EFAULT, "nowhere to report to");
	req.bitmap.data = bits;
	memset(bits, 0, sizeof(bits));
	is(sys(container, VFIO_IOMMU_UNMAP_DMA, &req), 0, "unmap and report");
	ok(req.size == PAGES * PG && bits[4] == 1ULL << 7 && !bits[0], "one page was written");
	is(dirty(2, 8), 0, "STOP");
}

/* A group behind an IOMMU that never pins may have written anywhere. */
static void test_unknown_writer(void)
{
	struct fake *hard = fake_real("fake-writer");
	int g = open_group(&hard->vdev);
	u64 bits[1] = {};

	is(sys(g, VFIO_GROUP_SET_CONTAINER, &container), 0, "it joins");
	is(map(0, 4 * PG, memory, 3), 0, "map");
	is(dirty(1, 8), 0, "START");
	is(get_bitmap(0, 4 * PG, PG, bits, 8), 0, "report");
	is(bits[0], 0xf, "all is dirty");
	is(get_bitmap(0, 4 * PG, PG, bits, 8), 0, "again");
	is(bits[0], 0xf, "and stays so");
	kapi_sys_close(g);
	is(get_bitmap(0, 4 * PG, PG, bits, 8), 0, "it has left");
	is(bits[0], 0xf, "once more");
	bits[0] = 0;
	is(get_bitmap(0, 4 * PG, PG, bits, 8), 0, "and then");
	is(bits[0], 0, "nothing");
	is(unmap(0, 0, VFIO_DMA_UNMAP_FLAG_ALL), 4 * PG, "unmap");
	fake_real_remove(hard);
}

int main(void)
{
	int g, fd;

	core_start();
	memory = mmap(NULL, PAGES * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	dev = fake_emulated("fake-dirty");
	container = open_container();
	g = open_group(&dev->vdev);
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &container), 0, "join");
	is(sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "type1");
	fd = get_device_fd(g, &dev->vdev);
	test_rules();
	test_random();
	test_unmap_bitmap();
	test_unknown_writer();
	kapi_sys_close(fd);
	kapi_sys_close(g);
	kapi_sys_close(container);
	fake_remove(dev);
	is(user_domains(), 0, "no domain is left");
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
