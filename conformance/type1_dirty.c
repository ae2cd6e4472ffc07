// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_IOMMU_DIRTY_PAGES. */
#include <string.h>
#include <sys/mman.h>

#include "type1_fixture.h"

#define IOVA		0x10000000ull
#define START		VFIO_IOMMU_DIRTY_PAGES_FLAG_START
#define STOP		VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP
#define GET		VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP
/* A kernel address on every 64-bit machine. */
#define NOT_USER	((void *)0xffff800000000000ull)

/* The mapping that most tests look at: 70 pages, so that the bitmap takes two words. */
#define PAGES		70
#define WORDS		2
#define BYTES		(WORDS * sizeof(uint64_t))

static void map_and_start(FIXTURE_DATA(type1) *self)
{
	iommu_map(self->container, pages_alloc(PAGES * self->page), IOVA, PAGES * self->page,
		  MAP_RW);
	if (__iommu_dirty(self->container, START))
		CLIENT_FAIL("DIRTY_PAGES START fails");
}

static int get(FIXTURE_DATA(type1) *self, uint64_t first, uint64_t pages, void *bitmap,
	       uint64_t bytes)
{
	return __iommu_dirty_bitmap(self->container, IOVA + first * self->page,
				    pages * self->page, self->page, bitmap, bytes);
}

VFIO_TEST_F(type1, bad_pointer, "T1-094")
{
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_DIRTY_PAGES, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_DIRTY_PAGES,
					border_alloc(7, NULL, false)));
}

VFIO_TEST_F(type1, short_argsz, "T1-095")
{
	struct vfio_iommu_type1_dirty_bitmap head = { .flags = STOP };

	for (head.argsz = 0; head.argsz < sizeof(head); head.argsz++)
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->container, VFIO_IOMMU_DIRTY_PAGES, &head));
	EXPECT_EQ(0, __vfio_ioctl(self->container, VFIO_IOMMU_DIRTY_PAGES, &head));
}

VFIO_TEST_F(type1, flags, "T1-096 T1-097 T1-098")
{
	unsigned int bit;

	for (bit = 3; bit < 32; bit++)
		EXPECT_EQ(-EINVAL, __iommu_dirty(self->container, 1u << bit));
	EXPECT_EQ(-EINVAL, __iommu_dirty(self->container, 0));
	EXPECT_EQ(-EINVAL, __iommu_dirty(self->container, START | STOP));
	EXPECT_EQ(-EINVAL, __iommu_dirty(self->container, START | GET));
	EXPECT_EQ(-EINVAL, __iommu_dirty(self->container, STOP | GET));
	EXPECT_EQ(-EINVAL, __iommu_dirty(self->container, START | STOP | GET));
}

VFIO_TEST_F(type1, start_and_stop, "T1-099 T1-100")
{
	EXPECT_EQ(0, __iommu_dirty(self->container, STOP));
	EXPECT_EQ(0, __iommu_dirty(self->container, START));
	EXPECT_EQ(0, __iommu_dirty(self->container, START));
	EXPECT_EQ(0, __iommu_dirty(self->container, STOP));
	EXPECT_EQ(0, __iommu_dirty(self->container, STOP));
}

VFIO_TEST_F(type1, get_short_argsz, "T1-101")
{
	struct {
		struct vfio_iommu_type1_dirty_bitmap head;
		struct vfio_iommu_type1_dirty_bitmap_get get;
	} arg = { .head.flags = GET };

	for (arg.head.argsz = sizeof(arg.head); arg.head.argsz < sizeof(arg); arg.head.argsz++)
		ASSERT_EQ(-EINVAL, __vfio_ioctl(self->container, VFIO_IOMMU_DIRTY_PAGES, &arg));
	/* The rest of the argument is read only when it is said to be there. */
	arg.head.argsz = sizeof(arg);
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->container, VFIO_IOMMU_DIRTY_PAGES,
					border_alloc(sizeof(arg) - 1, &arg, false)));
}

VFIO_TEST_F(type1, get_wraps, "T1-102 T1-103")
{
	uint64_t bitmap[WORDS];
	int ret;

	map_and_start(self);
	ret = __iommu_dirty_bitmap(self->container, -self->page, 2 * self->page, self->page, bitmap,
				   BYTES);
	EXPECT_TRUE(ret == -EINVAL || ret == -EOVERFLOW);
	outcome("T1-102", errno_name(ret));
	ret = __iommu_dirty_bitmap(self->container, -self->page, self->page, self->page, bitmap,
				   BYTES);
	EXPECT_TRUE(ret == -EINVAL || ret == 0);
	outcome("T1-103", errno_name(ret));
}

VFIO_TEST_F(type1, get_page_size, "T1-104 T1-107")
{
	uint64_t bitmap[PAGES];

	map_and_start(self);
	EXPECT_EQ(-EINVAL, __iommu_dirty_bitmap(self->container, IOVA, PAGES * self->page,
						3 * self->page, bitmap, sizeof(bitmap)));
	EXPECT_EQ(-EINVAL, __iommu_dirty_bitmap(self->container, IOVA, PAGES * self->page,
						2 * self->page, bitmap, sizeof(bitmap)));
	EXPECT_EQ(-EINVAL, __iommu_dirty_bitmap(self->container, IOVA, PAGES * self->page,
						self->page / 2, bitmap, sizeof(bitmap)));
}

VFIO_TEST_F(type1, get_bitmap_not_of_user, "T1-105")
{
	map_and_start(self);
	EXPECT_EQ(-EINVAL, get(self, 0, PAGES, NOT_USER, BYTES));
}

VFIO_TEST_F(type1, get_bitmap_size, "T1-106")
{
	uint64_t bitmap[WORDS];

	map_and_start(self);
	EXPECT_EQ(-EINVAL, get(self, 0, PAGES, bitmap, 0));
	EXPECT_EQ(-EINVAL, get(self, 0, PAGES, bitmap, BYTES - 1));
	EXPECT_EQ(-EINVAL, get(self, 0, PAGES, bitmap, sizeof(uint64_t)));
	EXPECT_EQ(-EINVAL, get(self, 0, PAGES, bitmap, (256ull << 20) + 1));
	EXPECT_EQ(0, get(self, 0, PAGES, bitmap, BYTES));
}

VFIO_TEST_F(type1, get_range, "T1-108 T1-109")
{
	uint64_t bitmap[WORDS];

	map_and_start(self);
	EXPECT_EQ(-EINVAL, __iommu_dirty_bitmap(self->container, IOVA + 1, PAGES * self->page,
						self->page, bitmap, BYTES));
	EXPECT_EQ(-EINVAL, get(self, 0, 0, bitmap, BYTES));
	EXPECT_EQ(-EINVAL, __iommu_dirty_bitmap(self->container, IOVA, self->page + 1, self->page,
						bitmap, BYTES));
}

VFIO_TEST_F(type1, get_while_off, "T1-110")
{
	uint64_t bitmap[WORDS];

	EXPECT_EQ(-EINVAL, get(self, 0, PAGES, bitmap, BYTES));
	map_and_start(self);
	EXPECT_EQ(0, get(self, 0, PAGES, bitmap, BYTES));
	ASSERT_EQ(0, __iommu_dirty(self->container, STOP));
	EXPECT_EQ(-EINVAL, get(self, 0, PAGES, bitmap, BYTES));
}

VFIO_TEST_F(type1, get_cuts_mapping, "T1-111")
{
	uint64_t bitmap[WORDS];

	map_and_start(self);
	EXPECT_EQ(-EINVAL, get(self, 1, PAGES - 1, bitmap, BYTES));
	EXPECT_EQ(-EINVAL, get(self, 0, PAGES - 1, bitmap, BYTES));
	EXPECT_EQ(-EINVAL, get(self, -1, 2, bitmap, BYTES));
}

VFIO_TEST_F(type1, get_without_mapping, "T1-112")
{
	uint64_t bitmap[WORDS] = { 0x5a5a, 0x5a5a };

	map_and_start(self);
	EXPECT_EQ(0, get(self, PAGES, PAGES, bitmap, BYTES));
	EXPECT_EQ(0x5a5a, bitmap[0]);
	EXPECT_EQ(0x5a5a, bitmap[1]);
}

VFIO_TEST_F(type1, get_faults, "T1-113")
{
	map_and_start(self);
	EXPECT_EQ(-EFAULT, get(self, 0, PAGES, bad_pointer(), BYTES));
	EXPECT_EQ(-EFAULT, get(self, 0, PAGES, border_alloc(BYTES, NULL, true), BYTES));
	EXPECT_EQ(-EFAULT, get(self, 0, PAGES, border_alloc(8, NULL, false), BYTES));
}

VFIO_TEST_F(type1, get_faults_at_an_offset, "T1-113 T1-122")
{
	ASSERT_EQ(0, __iommu_dirty(self->container, START));
	iommu_map(self->container, pages_alloc(4 * self->page), IOVA + 62 * self->page,
		  4 * self->page, MAP_RW);
	/* The first word is read and written, the second written: either can fail. */
	EXPECT_EQ(-EFAULT, get(self, 0, 128, bad_pointer(), BYTES));
	EXPECT_EQ(-EFAULT, get(self, 0, 128, border_alloc(8, NULL, true), BYTES));
	EXPECT_EQ(-EFAULT, get(self, 0, 128, border_alloc(8, NULL, false), BYTES));
}

/* A device that was never seen to pin may have written anything. */
VFIO_TEST_F(type1, all_is_dirty, "T1-114")
{
	uint64_t bitmap[WORDS + 1];
	int i;

	map_and_start(self);
	for (i = 0; i < 2; i++) {
		memset(bitmap, 0, sizeof(bitmap));
		bitmap[WORDS] = 0x5a5a;
		EXPECT_EQ(0, get(self, 0, PAGES, bitmap, BYTES));
		EXPECT_EQ(~0ull, bitmap[0]);
		EXPECT_EQ((1ull << (PAGES - 64)) - 1, bitmap[1]);
		EXPECT_EQ(0x5a5a, bitmap[WORDS]);
	}
}

VFIO_TEST_F(type1, mapped_while_tracking, "T1-119")
{
	uint64_t bitmap[WORDS] = { 0 };

	ASSERT_EQ(0, __iommu_dirty(self->container, START));
	iommu_map(self->container, pages_alloc(3 * self->page), IOVA, 3 * self->page, MAP_RW);
	EXPECT_EQ(0, get(self, 0, 64, bitmap, 8));
	EXPECT_EQ(7, bitmap[0]);
}

VFIO_TEST_F(type1, mapping_at_an_offset, "T1-122")
{
	uint64_t bitmap[WORDS] = { 1, 0 };

	ASSERT_EQ(0, __iommu_dirty(self->container, START));
	iommu_map(self->container, pages_alloc(4 * self->page), IOVA + 10 * self->page,
		  4 * self->page, MAP_RW);
	iommu_map(self->container, pages_alloc(4 * self->page), IOVA + 62 * self->page,
		  4 * self->page, MAP_RW);
	EXPECT_EQ(0, get(self, 0, 128, bitmap, BYTES));
	/* The caller's bit 0 stays; pages 10 to 13 and 62 to 65 are dirty. */
	EXPECT_EQ(1 | 0xfull << 10 | 3ull << 62, bitmap[0]);
	EXPECT_EQ(3, bitmap[1]);
}

CONFORMANCE_MAIN
