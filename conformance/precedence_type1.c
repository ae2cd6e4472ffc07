// SPDX-License-Identifier: GPL-2.0-only
/* Order of checks in the calls that map, and in IOMMU_GET_INFO. */
#include "precedence.h"
#include "type1_fixture.h"

#define IOVA		0x10000000ull
#define TAKEN		(RESERVED - 0x1000)	/* a page that is mapped */
#define RESERVED	0xfee00000ull		/* x86: for interrupt messages */
#define UNKNOWN_FLAG	0x40000000u

VFIO_TEST_F(type1, get_info, "PREC-006")
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };
	struct call good = CALL_INIT(self->container, VFIO_IOMMU_GET_INFO, info);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
	};

	EXPECT_EQ(0, call_issue(&good));
	PRECEDENCE(good, rules);
}

#define MAP(call)	CALL_ARG(call, struct vfio_iommu_type1_dma_map)

static void map_cut(struct call *call)
{
	call->len = sizeof(struct vfio_iommu_type1_dma_map) - 1;
}

static void map_flag(struct call *call)
{
	MAP(call)->flags |= UNKNOWN_FLAG;
}

static void map_without_access(struct call *call)
{
	MAP(call)->flags &= ~MAP_RW;
}

static void map_no_size(struct call *call)
{
	MAP(call)->size = 0;
}

static void map_odd_vaddr(struct call *call)
{
	MAP(call)->vaddr++;
}

static void map_odd_iova(struct call *call)
{
	MAP(call)->iova += 0x10;
}

static void map_wraps(struct call *call)
{
	MAP(call)->size = -0x1000ull;
}

/* The page that is taken, and the reserved one behind it if that is asked for, too. */
static void map_taken(struct call *call)
{
	if (MAP(call)->iova == RESERVED)
		MAP(call)->size = 0x2000;
	MAP(call)->iova = TAKEN;
}

static void map_reserved(struct call *call)
{
	MAP(call)->iova = RESERVED;
}

static void map_nothing(struct call *call)
{
	MAP(call)->vaddr = (uintptr_t)bad_pointer();
}

static struct call map_call(FIXTURE_DATA(type1) *self)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = MAP_RW, .iova = IOVA, .size = self->page,
		.vaddr = (uintptr_t)pages_alloc(self->page),
	};

	return CALL_INIT(self->container, VFIO_IOMMU_MAP_DMA, map);
}

VFIO_TEST_F(type1, map, "PREC-007")
{
	struct call good = map_call(self);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, map_cut, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "unknown flag", -EINVAL, 0, map_flag, 0 },
		/* EOVERFLOW comes first where it is that. */
		{ "wraps", -EINVAL, -EOVERFLOW, map_wraps, F_A },
		{ "no access", -EINVAL, 0, map_without_access, 0 },
		{ "no size", -EINVAL, 0, map_no_size, F_A },
		{ "odd vaddr", -EINVAL, 0, map_odd_vaddr, F_C },
		{ "odd iova", -EINVAL, 0, map_odd_iova, F_D },
		{ "taken", -EEXIST, 0, map_taken, F_A },
		{ "reserved", -EINVAL, 0, map_reserved, 0 },
		{ "no memory to map", -EFAULT, 0, map_nothing, F_C },
	};

	if (self->page != 0x1000)
		SKIP(return, "pages are not of 4 KiB");
	iommu_map(self->container, pages_alloc(self->page), TAKEN, self->page, MAP_RW);
	PRECEDENCE(good, rules);
	EXPECT_EQ(0, call_issue(&good));
}

/* Pages that are not there are found before those that are too many. */
VFIO_TEST_F(type1, map_over_the_limit, "PREC-007")
{
	struct call good = map_call(self), call = good;

	limit_locked_memory(0);
	EXPECT_EQ(-ENOMEM, call_issue(&good));
	map_nothing(&call);
	EXPECT_EQ(-EFAULT, call_issue(&call));
	call = good;
	map_reserved(&call);
	EXPECT_EQ(-EINVAL, call_issue(&call));
}

static void vaddr_access(struct call *call)
{
	MAP(call)->flags |= VFIO_DMA_MAP_FLAG_READ;
}

static void vaddr_unknown(struct call *call)
{
	MAP(call)->iova = IOVA + 0x100000;
}

VFIO_TEST_F(type1, map_vaddr, "PREC-007")
{
	struct call good = map_call(self), call;
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "access, too", -EINVAL, 0, vaddr_access, 0 },
		{ "no size", -EINVAL, 0, map_no_size, F_A },
		{ "no mapping", -ENOENT, 0, vaddr_unknown, 0 },
	};

	if (!__container_check(self->container, VFIO_UPDATE_VADDR))
		SKIP(return, "no VFIO_UPDATE_VADDR");
	ASSERT_EQ(0, call_issue(&good));
	MAP(&good)->flags = VFIO_DMA_MAP_FLAG_VADDR;
	/* Of a mapping that has its address. */
	EXPECT_EQ(-EINVAL, call_issue(&good));
	PRECEDENCE(good, rules);
	call = good;
	vaddr_unknown(&call);
	map_nothing(&call);
	EXPECT_EQ(-ENOENT, call_issue(&call));
	EXPECT_EQ(self->page, iommu_unmap(self->container, IOVA, self->page,
					  VFIO_DMA_UNMAP_FLAG_VADDR));
	EXPECT_EQ(0, call_issue(&good));
}

CONFORMANCE_MAIN
