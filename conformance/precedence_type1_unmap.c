// SPDX-License-Identifier: GPL-2.0-only
/* Order of checks in the calls that unmap and that report dirty pages. */
#include "precedence.h"
#include "type1_fixture.h"

#define IOVA		0x10000000ull
#define PAGES		4ull
#define UNKNOWN_FLAG	0x40000000u

#define UNMAP(call)	CALL_ARG(call, struct unmap_arg)

struct unmap_arg {
	struct vfio_iommu_type1_dma_unmap unmap;
	struct vfio_bitmap bitmap;
};

static void unmap_cut(struct call *call)
{
	call->len = sizeof(struct vfio_iommu_type1_dma_unmap) - 1;
}

static void unmap_flag(struct call *call)
{
	UNMAP(call)->unmap.flags |= UNKNOWN_FLAG;
}

static void unmap_all_dirty(struct call *call)
{
	UNMAP(call)->unmap.flags |= VFIO_DMA_UNMAP_FLAG_ALL;
}

static void unmap_argsz(struct call *call)
{
	call_argsz(call, sizeof(struct unmap_arg) - 1);
}

static void unmap_bitmap_cut(struct call *call)
{
	call->len = sizeof(struct unmap_arg) - 1;
}

static void unmap_kernel_bitmap(struct call *call)
{
	UNMAP(call)->bitmap.data = (void *)0xffff888000000000ull;
}

static void unmap_small_bitmap(struct call *call)
{
	UNMAP(call)->bitmap.size = 0;
}

static void unmap_odd(struct call *call)
{
	UNMAP(call)->unmap.iova += 1;
}

static void unmap_part(struct call *call)
{
	UNMAP(call)->unmap.size -= 0x1000;
}

static void unmap_readonly_bitmap(struct call *call)
{
	UNMAP(call)->bitmap.data = border_alloc(8, NULL, true);
}

/* Of a range in which there is nothing, so that the call can be repeated. */
VFIO_TEST_F(type1, unmap, "PREC-008")
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .iova = IOVA, .size = PAGES * self->page,
	};
	struct call good = CALL_INIT(self->container, VFIO_IOMMU_UNMAP_DMA, unmap);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, unmap_cut, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "unknown flag", -EINVAL, 0, unmap_flag, 0 },
		{ "odd iova", -EINVAL, 0, unmap_odd, F_A },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
	};

	EXPECT_EQ(0, call_issue(&good));
	PRECEDENCE(good, rules);
}

VFIO_TEST_F(type1, unmap_with_bitmap, "PREC-008")
{
	struct unmap_arg arg = {
		.unmap = {
			.argsz = sizeof(arg), .flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
			.iova = IOVA, .size = PAGES * self->page,
		},
		.bitmap = { .pgsize = self->page, .size = 8, .data = pages_alloc(self->page) },
	};
	struct call good = CALL_INIT(self->container, VFIO_IOMMU_UNMAP_DMA, arg);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "unknown flag", -EINVAL, 0, unmap_flag, 0 },
		{ "all of them", -EINVAL, 0, unmap_all_dirty, 0 },
		{ "argsz without bitmap", -EINVAL, 0, unmap_argsz, F_ARGSZ },
		{ "bitmap a byte short", -EFAULT, 0, unmap_bitmap_cut, F_POINTER },
		{ "bits of the kernel", -EINVAL, 0, unmap_kernel_bitmap, F_B },
		{ "bitmap too small", -EINVAL, 0, unmap_small_bitmap, 0 },
		{ "odd iova", -EINVAL, 0, unmap_odd, 0 },
		{ "part of a mapping", -EINVAL, 0, unmap_part, F_A },
		{ "bits not writable", -EFAULT, 0, unmap_readonly_bitmap, F_B },
	};

	if (self->page != 0x1000)
		SKIP(return, "pages are not of 4 KiB");
	ASSERT_EQ(0, __iommu_dirty(self->container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START));
	EXPECT_EQ(0, call_issue(&good));
	iommu_map(self->container, pages_alloc(PAGES * self->page), IOVA, PAGES * self->page,
		  MAP_RW);
	PRECEDENCE(good, rules);
	/* None of these calls has unmapped it. */
	EXPECT_EQ(PAGES * self->page, iommu_unmap(self->container, IOVA, PAGES * self->page, 0));
	/* Where nothing is mapped no bit is written, and the argument alone matters. */
	EXPECT_EQ(0, call_issue(&good));
	call_readonly(&good);
	EXPECT_EQ(-EFAULT, call_issue(&good));
}

#define DIRTY(call)	CALL_ARG(call, struct dirty_arg)

struct dirty_arg {
	struct vfio_iommu_type1_dirty_bitmap dirty;
	struct vfio_iommu_type1_dirty_bitmap_get get;
};

static void dirty_flag(struct call *call)
{
	DIRTY(call)->dirty.flags |= UNKNOWN_FLAG;
}

static void dirty_two_flags(struct call *call)
{
	DIRTY(call)->dirty.flags |= VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP;
}

static void dirty_argsz(struct call *call)
{
	call_argsz(call, sizeof(struct dirty_arg) - 1);
}

static void dirty_cut(struct call *call)
{
	call->len = sizeof(struct dirty_arg) - 1;
}

static void dirty_wraps(struct call *call)
{
	DIRTY(call)->get.iova = -0x1000ull;
	DIRTY(call)->get.size = 0x2000;
}

static void dirty_kernel_bitmap(struct call *call)
{
	DIRTY(call)->get.bitmap.data = (void *)0xffff888000000000ull;
}

static void dirty_small_bitmap(struct call *call)
{
	DIRTY(call)->get.bitmap.size = 0;
}

static void dirty_page_size(struct call *call)
{
	DIRTY(call)->get.bitmap.pgsize = 0x2000;
}

static void dirty_odd(struct call *call)
{
	DIRTY(call)->get.iova += 8;
}

static void dirty_readonly_bitmap(struct call *call)
{
	DIRTY(call)->get.bitmap.data = border_alloc(8, NULL, true);
}

VFIO_TEST_F(type1, dirty_pages, "PREC-009")
{
	struct dirty_arg arg = {
		.dirty = { .argsz = sizeof(arg), .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP },
		.get = {
			.iova = IOVA, .size = PAGES * self->page,
			.bitmap = { .pgsize = self->page, .size = 8,
				    .data = pages_alloc(self->page) },
		},
	};
	struct call good = CALL_INIT(self->container, VFIO_IOMMU_DIRTY_PAGES, arg);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "unknown flag", -EINVAL, 0, dirty_flag, 0 },
		{ "two flags", -EINVAL, 0, dirty_two_flags, 0 },
		{ "argsz without range", -EINVAL, 0, dirty_argsz, F_ARGSZ },
		{ "range a byte short", -EFAULT, 0, dirty_cut, F_POINTER },
		{ "wraps", -EINVAL, -EOVERFLOW, dirty_wraps, F_A },
		{ "bits of the kernel", -EINVAL, 0, dirty_kernel_bitmap, F_B },
		{ "bitmap too small", -EINVAL, 0, dirty_small_bitmap, 0 },
		{ "other page size", -EINVAL, 0, dirty_page_size, 0 },
		{ "odd iova", -EINVAL, 0, dirty_odd, F_A },
		{ "bits not writable", -EFAULT, 0, dirty_readonly_bitmap, F_B },
	};

	if (self->page != 0x1000)
		SKIP(return, "pages are not of 4 KiB");
	iommu_map(self->container, pages_alloc(PAGES * self->page), IOVA, PAGES * self->page,
		  MAP_RW);
	/* Off: the argument is looked at first all the same. */
	EXPECT_EQ(-EINVAL, call_issue(&good));
	precedence_run(_metadata, &good, rules, ARRAY_SIZE(rules) - 1);
	ASSERT_EQ(0, __iommu_dirty(self->container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START));
	EXPECT_EQ(0, call_issue(&good));
	PRECEDENCE(good, rules);
}

CONFORMANCE_MAIN
