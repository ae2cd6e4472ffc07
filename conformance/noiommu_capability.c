// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way to a device without an IOMMU, with and without the capability at each
 * step: all ways, and what a user without it can do who was handed what is open.
 */
#include <sys/mman.h>
#include <sys/syscall.h>

#include "conformance.h"
#include "noiommu.h"

FIXTURE(capability)
{
	const char *bdf;
	int number;
};

FIXTURE_SETUP(capability)
{
	if (noiommu_missing())
		SKIP(return, "%s", noiommu_missing());
	self->bdf = noiommu_bdf(0);
	self->number = sysfs_group(self->bdf);
}

FIXTURE_TEARDOWN(capability)
{
}

/* CAP_SYS_RAWIO is in effect from here on, or not. It stays permitted. */
static void rawio(bool effective)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const uint32_t bit = 1u << CAP_SYS_RAWIO % 32;

	syscall(SYS_capget, &head, data);
	data[CAP_SYS_RAWIO / 32].effective &= ~bit;
	if (effective)
		data[CAP_SYS_RAWIO / 32].effective |= bit;
	syscall(SYS_capset, &head, data);
}

enum { OPEN, SET_CONTAINER, SET_IOMMU, GET_DEVICE, STEPS };

static const char *const step_name[] = { "open", "SET_CONTAINER", "SET_IOMMU", "GET_DEVICE_FD" };

struct way {
	const char *bdf;
	int number, container, group, fd;
};

static int go(struct way *w, int step)
{
	switch (step) {
	case OPEN: return w->group = __group_open(w->number);
	case SET_CONTAINER: return __group_set_container(w->group, w->container);
	case SET_IOMMU: return __container_set_iommu(w->container, VFIO_NOIOMMU_IOMMU);
	default: return w->fd = __group_get_device_fd(w->group, w->bdf);
	}
}

VFIO_TEST_F_TIMEOUT(capability, at_each_step, 300, "NOIO-005 NOIO-006 NOIO-007 CONT-023")
{
	unsigned int with, step;
	struct way w;
	int ret;

	for (with = 0; with < 1u << STEPS; with++) {
		w = (struct way){ self->bdf, self->number, container_open(), -1, -1 };
		for (step = 0; step < STEPS; step++) {
			rawio(with & 1u << step);
			ret = go(&w, step);
			if (with & 1u << step) {
				EXPECT_LE(0, ret) TH_LOG("%s with, of 0x%x", step_name[step], with);
				continue;
			}
			EXPECT_EQ(-EPERM, ret) TH_LOG("%s without, of 0x%x", step_name[step], with);
			/* An open looks the interrupt up with ACPI, which takes seconds in a guest. */
			if (step == GET_DEVICE && with)
				continue;
			/* A step that was refused has done nothing: with it, it succeeds. */
			rawio(true);
			EXPECT_LE(0, go(&w, step)) TH_LOG("%s, of 0x%x", step_name[step], with);
		}
		close(w.fd);
		close(w.group);
		close(w.container);
	}
	rawio(true);
}

/* What is asked for is the capability to open, not to use. */
VFIO_TEST_F(capability, is_not_asked_for_later, "NOIO-014 NOIO-006")
{
	struct vfio_device_info info;
	struct vfio_dev dev;
	uint64_t offset;
	void *bar;

	device_open(&dev, self->bdf);
	rawio(false);
	device_info(dev.fd, &info);
	EXPECT_TRUE(info.flags & VFIO_DEVICE_FLAGS_PCI);
	EXPECT_EQ(sysfs_number(self->bdf, "vendor"), config_read16(dev.fd, 0));
	offset = region_offset(dev.fd, VFIO_PCI_BAR0_REGION_INDEX);
	bar = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, dev.fd, offset);
	EXPECT_NE(MAP_FAILED, bar);
	if (bar != MAP_FAILED)
		munmap(bar, page_size());
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET,
		  group_flags(dev.group));
	EXPECT_EQ(-EBUSY, __group_unset_container(dev.group));
	close(dev.fd);
	dev.fd = -1;
	/* To give back needs none; to take again does. */
	EXPECT_EQ(0, __group_unset_container(dev.group));
	EXPECT_EQ(-EPERM, __group_set_container(dev.group, dev.container));
	rawio(true);
	device_close(&dev);
}

/* Of a device with an IOMMU nobody asks for it. */
VFIO_TEST_F(capability, with_an_iommu, "NOIO-005 NOIO-007")
{
	struct vfio_dev dev;

	if (!iommu_bdf())
		SKIP(return, "no device with an IOMMU is named");
	rawio(false);
	device_open(&dev, iommu_bdf());
	EXPECT_LE(0, dev.fd);
	device_close(&dev);
	rawio(true);
}

CONFORMANCE_MAIN
