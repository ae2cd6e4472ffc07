// SPDX-License-Identifier: GPL-2.0-only
/*
 * What 5.19 and 7.3 answer otherwise than the kernels between them: rows of the
 * profile table that no test of a user's can tell apart from its accepted set.
 */
#include "core_test.h"
#include "../core/profile.h"

#define PG 4096UL

static const char * const names[] = { "5.19", "6.1", "6.12", "7.3" };

static void test_table(void)
{
	unsigned int i, j, held;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		is(vfio_profile_select(names[i]), 0, "profile %s", names[i]);
		ok(!strcmp(vfio_profile_name(), names[i]), "is the one in use");
	}
	is(vfio_profile_select("6.13"), -EINVAL, "no such profile");
	ok(!strcmp(vfio_profile_name(), "7.3"), "changes nothing");

	for (i = 0; i < BEH_COUNT; i++) {
		for (j = held = 0; j < PROFILE_COUNT; j++)
			held += vfio_profile_table[i].holds[j];
		ok(held && held < PROFILE_COUNT, "%s tells profiles apart",
		   vfio_profile_table[i].name);
	}
}

static int map(int container, u64 iova, u64 size, u32 flags)
{
	static u8 page[PG] __attribute__((__aligned__(4096)));
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = flags, .vaddr = (u64)page, .iova = iova,
		.size = size };

	return sys(container, VFIO_IOMMU_MAP_DMA, &map);
}

static int unmap(int container, u64 iova, u64 size, u32 flags)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .flags = flags, .iova = iova, .size = size };

	return sys(container, VFIO_IOMMU_UNMAP_DMA, &unmap);
}

static int bitmap(int container, u64 iova, u64 size)
{
	static u64 bits[8], buf[6];
	struct vfio_iommu_type1_dirty_bitmap *req = (void *)buf;
	struct vfio_iommu_type1_dirty_bitmap_get *get = (void *)req->data;

	req->argsz = sizeof(buf);
	req->flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP;
	get->iova = iova;
	get->size = size;
	get->bitmap.pgsize = PG;
	get->bitmap.size = sizeof(bits);
	get->bitmap.data = (void *)bits;
	return sys(container, VFIO_IOMMU_DIRTY_PAGES, req);
}

/* Answers in the order of names[]. */
struct answers {
	int of[4];
};

#define expect(expr, five, six, twelve, seven, text) do { \
	const struct answers __answers = { { five, six, twelve, seven } }; \
	is(expr, __answers.of[which], "%s: %s", names[which], text); \
} while (0)

static void test_container(unsigned int which, struct fake *fake)
{
	struct vfio_iommu_type1_dirty_bitmap start = {
		.argsz = sizeof(start), .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_START };
	int container = open_container(), group = open_group(&fake->vdev), none = -1, closed = 999;
	u64 top = -PG;

	expect(sysv(container, VFIO_CHECK_EXTENSION, VFIO_TYPE1_NESTING_IOMMU), 1, 1, 1, 0,
	       "NESTING");
	expect(sysv(container, VFIO_CHECK_EXTENSION, VFIO_UPDATE_VADDR), 1, 0, 0, 0,
	       "UPDATE_VADDR without an IOMMU");
	expect(sys(group, VFIO_GROUP_SET_CONTAINER, &none), -EINVAL, -EBADF, -EBADF, -EBADF,
	       "SET_CONTAINER -1");
	is(sys(group, VFIO_GROUP_SET_CONTAINER, &container), 0, "SET_CONTAINER");
	expect(sys(group, VFIO_GROUP_SET_CONTAINER, &closed), -EINVAL, -EBADF, -EBADF, -EBADF,
	       "SET_CONTAINER to nothing while in one");
	expect(sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1_NESTING_IOMMU), 0, 0, 0, -ENODEV,
	       "SET_IOMMU NESTING");
	if (which == 3)
		is(sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "SET_IOMMU");

	expect(map(container, top, 2 * PG, 3), -EINVAL, -EINVAL, -EINVAL, -EOVERFLOW, "MAP wraps");
	expect(map(container, top, 2 * PG, 0), -EINVAL, -EINVAL, -EINVAL, -EOVERFLOW,
	       "and has no flags");
	is(map(container, PG, 0, 3), -EINVAL, "MAP of nothing");
	expect(unmap(container, top, 2 * PG, 0), -EINVAL, -EINVAL, -EINVAL, -EOVERFLOW,
	       "UNMAP wraps");
	is(map(container, 0x1000, PG, 3), 0, "MAP");
	expect(unmap(container, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL | VFIO_DMA_UNMAP_FLAG_VADDR), 0,
	       -EBUSY, -EBUSY, -EBUSY, "UNMAP VADDR with an emulated group");

	is(sys(container, VFIO_IOMMU_DIRTY_PAGES, &start), 0, "tracking on");
	expect(bitmap(container, top, 2 * PG), -EINVAL, -EINVAL, -EINVAL, -EOVERFLOW,
	       "GET_BITMAP wraps");
	expect(bitmap(container, top, PG), -EINVAL, -EINVAL, -EINVAL, 0,
	       "GET_BITMAP of the last page");
	kapi_sys_close(group);
	kapi_sys_close(container);
}

static int no_features(int device, u32 feature)
{
	struct vfio_device_feature req = {
		.argsz = sizeof(req), .flags = VFIO_DEVICE_FEATURE_PROBE | feature };

	return sys(device, VFIO_DEVICE_FEATURE, &req);
}

static void test_device(unsigned int which, struct fake *fake)
{
	int container = open_container(), group = open_group(&fake->vdev), fd;

	is(sys(group, VFIO_GROUP_SET_CONTAINER, &container), 0, "SET_CONTAINER");
	is(sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "SET_IOMMU");
	fd = get_device_fd(group, &fake->vdev);
	expect(no_features(fd, 0xff), -EINVAL, -ENOTTY, -ENOTTY, -ENOTTY,
	       "feature of a driver without features");
	expect(no_features(fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_START), -EINVAL, -ENOTTY, -ENOTTY,
	       -ENOTTY, "DMA_LOGGING");
	expect(no_features(fd, 12), -EINVAL, -ENOTTY, -ENOTTY, -EINVAL, "MIG_PRECOPY_INFOv2");
	kapi_sys_close(fd);
	kapi_sys_close(group);
	kapi_sys_close(container);
}

static void test_group_kept(unsigned int which)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct fake *fake = fake_emulated("fake-group");
	int group = open_group(&fake->vdev);
	char path[64];

	snprintf(path, sizeof(path), "/dev/vfio/%d", iommu_group_id(fake->vdev.dev->iommu_group));
	fake_remove(fake);
	expect(sys(group, VFIO_GROUP_GET_STATUS, &status), 0, -ENODEV, -ENODEV, -ENODEV,
	       "status without devices");
	expect(kapi_sys_open(path, O_RDWR), -EBUSY, -ENOENT, -ENOENT, -ENOENT,
	       "the name of the group");
	kapi_sys_close(group);
	is(kapi_sys_open(path, O_RDWR), -ENOENT, "%s: is gone with the file", names[which]);
}

int main(void)
{
	struct fake *fake;
	unsigned int which;

	core_start();
	test_table();
	for (which = 0; which < ARRAY_SIZE(names); which++) {
		vfio_profile_select(names[which]);
		fake = fake_emulated("fake-profile");
		test_container(which, fake);
		test_device(which, fake);
		fake_remove(fake);
		test_group_kept(which);
	}
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
