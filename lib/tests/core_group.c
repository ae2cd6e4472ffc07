// SPDX-License-Identifier: GPL-2.0-only
/* Container and group files with emulated and no-IOMMU groups. Clauses CONT, GRP, NOIO. */
#include "core_test.h"
#include "../core/profile.h"

static void test_container(void)
{
	int c = open_container();

	is(sysv(c, VFIO_GET_API_VERSION, 1), 0, "API version");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_TYPE1_IOMMU), 1, "type1");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU), 1, "type1 v2");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_UNMAP_ALL), 1, "unmap all");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_UPDATE_VADDR), 0, "update vaddr needs a backend");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU), 0, "and so does coherency");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_NOIOMMU_IOMMU), 0, "no-IOMMU is off");
	is(sysv(c, VFIO_CHECK_EXTENSION, 0x7777), 0, "unknown extension");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), -EINVAL, "an empty container");
	is(sysv(c, VFIO_IOMMU_GET_INFO, 0), -EINVAL, "without a backend");
	kapi_sys_close(c);
}

static void test_status(int group, int want, const char *what)
{
	struct { struct vfio_group_status status; u32 behind; } buf = {
		.status = { .argsz = sizeof(buf), .flags = 0xff }, .behind = 0x55,
	};

	is(sys(group, VFIO_GROUP_GET_STATUS, &buf), 0, "status, %s", what);
	is(buf.status.flags, want, "flags, %s", what);
	is(buf.status.argsz, sizeof(buf), "argsz is left alone");
	is(buf.behind, 0x55, "and what is behind too");
}

static void test_group(void)
{
	struct vfio_group_status small = { .argsz = 7, .flags = 0x77 };
	struct fake *fake = fake_emulated("fake-grp");
	int c = open_container(), g = open_group(&fake->vdev), minus = -1, closed = 900, fd;
	char huge[5000];

	test_status(g, VFIO_GROUP_FLAGS_VIABLE, "alone");
	is(sys(g, VFIO_GROUP_GET_STATUS, &small), -EINVAL, "argsz too small");
	is(small.flags, 0x77, "nothing written");
	is(sys(g, VFIO_GROUP_GET_STATUS, (void *)8), -EFAULT, "bad pointer");
	is(sysv(g, 0x3b00, 0), -ENOTTY, "unknown ioctl");

	is(sys(g, VFIO_GROUP_SET_CONTAINER, (void *)8), -EFAULT, "bad pointer");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &minus), -EBADF, "descriptor -1");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &closed), -EBADF, "closed descriptor");
	vfio_profile_select("6.1");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &g), -EINVAL, "6.1: not a container");
	vfio_profile_select("6.12");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &g), -EBADFD, "6.12: not a container");
	fd = open("/dev/null", O_RDWR);
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &fd), -EBADFD, "a file of the host");
	close(fd);
	is(sysv(g, VFIO_GROUP_UNSET_CONTAINER, 0), -EINVAL, "not in one");
	is(get_device_fd(g, &fake->vdev), -EINVAL, "no device without container");
	is(sys(g, VFIO_GROUP_GET_DEVICE_FD, "nobody"), -ENODEV, "the name is looked up first");

	is(sys(g, VFIO_GROUP_SET_CONTAINER, &c), 0, "join");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &c), -EINVAL, "join twice");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &closed), -EBADF, "the descriptor is looked up first");
	test_status(g, VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET, "in a container");
	is(get_device_fd(g, &fake->vdev), -EINVAL, "no device without backend");
	is(sysv(c, VFIO_SET_IOMMU, 0x7fff), -ENODEV, "unknown backend");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU), -ENODEV, "no-IOMMU is for others");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "type1");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), -EINVAL, "set twice");
	is(sysv(c, 0x3b99, 0), -ENOTTY, "unknown ioctl of the backend");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_UPDATE_VADDR), 0, "emulated groups forbid it");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU), 1, "no domain: coherent");

	memset(huge, 'x', sizeof(huge));
	huge[sizeof(huge) - 1] = 0;
	is(sys(g, VFIO_GROUP_GET_DEVICE_FD, (void *)8), -EFAULT, "bad name pointer");
	is(sys(g, VFIO_GROUP_GET_DEVICE_FD, huge), -EINVAL, "name longer than a page");
	is(sys(g, VFIO_GROUP_GET_DEVICE_FD, "fake-grpx"), -ENODEV, "name does not match");
	fd = get_device_fd(g, &fake->vdev);
	ok(fd >= 0, "device");
	is(sysv(fd, 0x3b99, 0), -EINVAL, "a driver without ioctl op");
	is(kapi_sys_pread(fd, huge, 1, 0), -EINVAL, "or read op");
	is(kapi_sys_pwrite(fd, huge, 1, 0), -EINVAL, "or write op");
	is(kapi_sys_lseek(fd, 0, SEEK_SET), -ESPIPE, "no seeking");
	kapi_sys_fd_name(fd, huge, sizeof(huge));
	ok(!strcmp(huge, "anon_inode:[vfio-device]"), "name of the device file");
	kapi_sys_close(fd);

	is(sysv(g, VFIO_GROUP_UNSET_CONTAINER, 0), 0, "leave");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), -EINVAL, "and the container is empty again");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &c), 0, "come back");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), 0, "with another backend");
	kapi_sys_close(g);
	is(sysv(c, VFIO_IOMMU_GET_INFO, 0), -EINVAL, "closing the group leaves, too");
	kapi_sys_close(c);
	fake_remove(fake);
}

static void test_noiommu(void)
{
	struct fake *emulated = fake_emulated("fake-mix"), *fake;
	int c = open_container(), g, g2 = open_group(&emulated->vdev), fd;
	char path[64];

	is(kapi_set_param("vfio", "enable_unsafe_noiommu_mode", "1"), 0, "switch it on");
	fake = fake_alloc("fake-noiommu", &fake_ops);
	is(vfio_register_group_dev(&fake->vdev), 0, "a device without IOMMU registers");
	g = open_group(&fake->vdev);
	is(g, -ENOENT, "not under the plain name");
	snprintf(path, sizeof(path), "/dev/vfio/noiommu-%d",
		 iommu_group_id(fake->vdev.dev->iommu_group));
	g = kapi_sys_open(path, O_RDWR);
	ok(g >= 0, "but under %s", path);

	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_NOIOMMU_IOMMU), 1, "empty container: offered");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &c), 0, "join");
	is(sys(g2, VFIO_GROUP_SET_CONTAINER, &c), -EPERM, "no mixing");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_TYPE1_IOMMU), 0, "type1 is for others");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), -ENODEV, "really");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU), 0, "no-IOMMU backend");
	is(sysv(c, VFIO_IOMMU_MAP_DMA, 0), -ENOTTY, "it maps nothing");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_NOIOMMU_IOMMU), 1, "its one extension");
	fd = get_device_fd(g, &fake->vdev);
	ok(fd >= 0, "device");
	is(vfio_pin_pages(&fake->vdev, 0, 1, IOMMU_READ, (struct page *[]){ NULL }), -ENOTTY,
	   "it pins nothing");
	is(vfio_dma_rw(&fake->vdev, 0, path, 1, false), -ENOTTY, "it copies nothing");
	kapi_sys_close(fd);
	kapi_sys_close(g);

	is(sys(g2, VFIO_GROUP_SET_CONTAINER, &c), 0, "an emptied container takes others");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_NOIOMMU_IOMMU), 0, "and then not no-IOMMU");
	kapi_sys_close(g2);
	kapi_sys_close(c);
	is(kapi_set_param("vfio", "enable_unsafe_noiommu_mode", "0"), 0, "switch it off");
	fake_remove(fake);
	fake_remove(emulated);
}

int main(void)
{
	core_start();
	test_container();
	test_group();
	test_noiommu();
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
