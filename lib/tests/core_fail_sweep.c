// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every ioctl of container and group, opening and closing of all, and a driver's
 * coming and going, with each of their operations failing in turn: see
 * fail_sweep.h. What type1 does is in core_fail_type1.c, the device's own in
 * core_fail_device.c.
 */
#include "fail_sweep.h"

static int container = -1, group = -1, device = -1, group2 = -1;

static void look_nowhere(struct view *view)
{
}

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

static int made = -1;	/* descriptor that the call made */

static void close_made(void)
{
	kapi_sys_close(made);
	made = -1;
}

/* What the sources answer, as lib/build.mk found it. */
static const struct {
	const char *name;
	u32 cmd, sub;
} dispatched[] = {
#define IOCTL(cmd) { #cmd, cmd },
#define FEATURE(feature) { #feature, VFIO_DEVICE_FEATURE, feature },
#include "dispatched.h"
};

static void test_all_swept(void)
{
	unsigned int i, j;

	check(ARRAY_SIZE(dispatched) > 30, "the sources answer %zu ioctls and features",
	      ARRAY_SIZE(dispatched));
	for (i = 0; i < ARRAY_SIZE(dispatched); i++) {
		for (j = 0; j < SWEPT_COUNT; j++)
			if (swept_list[j].cmd == dispatched[i].cmd && (!dispatched[i].sub ||
			    swept_list[j].sub == dispatched[i].sub))
				break;
		if (j == SWEPT_COUNT)
			check(false, "%s is swept by some program", dispatched[i].name);
	}
}

static long call_open_container(void)
{
	return made = open_container();
}

static long call_open_group(void)
{
	return made = open_group(group_of(BDF_MAIN));
}

/* What opens is no part of what closes. */
static long close_new(int (*open)(void))
{
	int fd;

	kapi_fail_pause();
	fd = open();
	kapi_fail_resume();
	return kapi_sys_close(fd);
}

static int make_group(void)
{
	return open_group(group_of(BDF_MAIN));
}

static long call_close_container(void)
{
	return close_new(open_container);
}

static long call_close_group(void)
{
	return close_new(make_group);
}

static long call_dup(void)
{
	return made = kapi_sys_dup(container, true);
}

static long call_dup_to(void)
{
	return made = kapi_sys_dup_to(container, 200, true);
}

static long call_api_version(void)
{
	return sysv(container, VFIO_GET_API_VERSION, 0);
}

static long call_check_extension(void)
{
	return sysv(container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) == 1 ? 0 : -EINVAL;
}

static long call_status(void)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	return sys(group, VFIO_GROUP_GET_STATUS, &status);
}

static long call_set_container(void)
{
	return sys(group, VFIO_GROUP_SET_CONTAINER, &container);
}

static void unset_container(void)
{
	sysv(group, VFIO_GROUP_UNSET_CONTAINER, 0);
}

static void set_container(void)
{
	sys(group, VFIO_GROUP_SET_CONTAINER, &container);
}

static long call_unset_container(void)
{
	return sysv(group, VFIO_GROUP_UNSET_CONTAINER, 0);
}

static long call_set_iommu(void)
{
	return sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
}

static void unset_iommu(void)
{
	unset_container();
	set_container();
}

static long call_add_group(void)
{
	return sys(group2, VFIO_GROUP_SET_CONTAINER, &container);
}

static void remove_group(void)
{
	sysv(group2, VFIO_GROUP_UNSET_CONTAINER, 0);
}

static const struct sweep without_iommu[] = {
	{ "open container", call_open_container, close_made },
	{ "close container", call_close_container },
	{ "dup", call_dup, close_made },
	{ "dup2", call_dup_to, close_made },
	{ "GET_API_VERSION", call_api_version },
	{ "CHECK_EXTENSION", call_check_extension },
	{ "GROUP_GET_STATUS", call_status },
	{ "GROUP_SET_CONTAINER", call_set_container, unset_container },
};

static const struct sweep open_closed[] = {
	{ "open group", call_open_group, close_made },
	{ "close group", call_close_group },
};

static const struct sweep in_container[] = {
	{ "SET_IOMMU", call_set_iommu, unset_iommu },
	{ "GROUP_UNSET_CONTAINER", call_unset_container, set_container },
};

static long call_open_device(void)
{
	return made = open_device(group, BDF_MAIN);
}

static int make_device(void)
{
	return open_device(group, BDF_MAIN);
}

static long call_close_device(void)
{
	return close_new(make_device);
}

static const struct sweep with_iommu[] = {
	{ "second group in container", call_add_group, remove_group },
	{ "GET_DEVICE_FD", call_open_device, close_made },
	{ "close device", call_close_device },
};

static long call_second_fd(void)
{
	return made = open_device(group, BDF_MAIN);
}

static const struct sweep with_device[] = {
	{ "GET_DEVICE_FD again", call_second_fd, close_made },
	{ "close one of two", call_close_device },
};

/* Leave the driver, and come back to it: all of register and unregister. */
static long call_unbind(void)
{
	return attr_put("/sys/bus/pci/drivers/mock_vfio_pci/unbind", BDF_MAIN);
}

static long call_bind(void)
{
	return attr_put("/sys/bus/pci/drivers/mock_vfio_pci/bind", BDF_MAIN);
}

static void unbind(void)
{
	call_unbind();
}

static void bind(void)
{
	call_bind();
}

/* A probe that fails, for whatever reason, is ENODEV to who writes to bind. */
static const struct sweep binding[] = {
	{ "unbind", call_unbind, bind, bind },
	{ "bind", call_bind, unbind, unbind, .also = { ENODEV } },
};

#define SWEEP(list, look) do { \
	unsigned int __i; \
	for (__i = 0; __i < ARRAY_SIZE(list); __i++) \
		sweep(&(list)[__i], look); \
} while (0)

int main(void)
{
	struct kapi_objects before;

	if (!machine_start()) {
		printf("Bail out! no machine\n");
		return 2;
	}
	test_all_swept();
	kapi_sites_track(true);
	/* What is made on first use is there after this. */
	container = open_container();
	group = open_group(group_of(BDF_MAIN));
	set_container();
	call_set_iommu();
	kapi_sys_close(open_device(group, BDF_MAIN));
	kapi_sys_close(group);
	kapi_sys_close(container);
	kapi_objects_snap(&before);

	SWEEP(open_closed, look_nowhere);
	container = open_container();
	group = open_group(group_of(BDF_MAIN));
	group2 = open_group(group_of(BDF_PEER));
	SWEEP(without_iommu, look);
	set_container();
	SWEEP(in_container, look);
	call_set_iommu();
	SWEEP(with_iommu, look);
	device = open_device(group, BDF_MAIN);
	check(device >= 0, "the device opens");
	SWEEP(with_device, look);
	kapi_sys_close(device);
	kapi_sys_close(group2);
	kapi_sys_close(group);
	kapi_sys_close(container);
	SWEEP(binding, look_nowhere);
	bind();

	return sweep_end(&before, "core_fail_sweep");
}
