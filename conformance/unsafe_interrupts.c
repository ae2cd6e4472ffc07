// SPDX-License-Identifier: GPL-2.0-only
/*
 * A platform that does not remap interrupts: a device could raise any, and is given
 * to nobody until the administrator says that this is accepted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conformance.h"
#include "client/iommufd.h"
#include "noiommu.h"

#define TYPE1_ALLOWS "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"
#define IOMMUFD_ALLOWS "/sys/module/iommufd/parameters/allow_unsafe_interrupts"
/* Of VT-d's extended capabilities. */
#define ECAP_IR (1u << 3)

/*
 * Why it cannot be tested with the device @bdf and the parameter @allows, which is on at
 * the start where it had to be; NULL if it can. The core's devices have no link "iommu".
 */
static const char *remapped(const char *bdf, const char *allows)
{
	char path[256], text[32] = "";
	FILE *f = fopen(allows, "re");

	if (f) {
		if (!fgets(text, sizeof(text), f))
			text[0] = 0;
		fclose(f);
	}
	if (text[0] != 'Y')
		return "unsafe interrupts are not allowed at the start, so that none may be";
	if (access(allows, W_OK))
		return "this user cannot write to the module's parameter";
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu", bdf);
	if (access(path, F_OK))
		return NULL;
	if (__sysfs_read(bdf, "iommu/intel-iommu/ecap", text, sizeof(text)) < 0)
		return "whether this IOMMU remaps interrupts is not known";
	return strtoull(text, NULL, 16) & ECAP_IR ? "the IOMMU remaps interrupts" : NULL;
}

static int allow(const char *parameter, bool unsafe)
{
	return __file_write(parameter, unsafe ? "Y" : "N");
}

/* Another named device behind the IOMMU, in a group of its own, or NULL. */
static const char *second_bdf(const char *first)
{
	const char *bdf;
	unsigned int i;

	for (i = 0; (bdf = named_bdf(i)); i++)
		if (!group_is_noiommu(sysfs_group(bdf)) && sysfs_group(bdf) != sysfs_group(first))
			return bdf;
	return NULL;
}

FIXTURE(type1)
{
	const char *bdf;
	int container, group;
};

FIXTURE_SETUP(type1)
{
	const char *why;

	self->container = self->group = -1;
	self->bdf = iommu_bdf();
	if (!self->bdf)
		SKIP(return, "no device with an IOMMU is named");
	why = remapped(self->bdf, TYPE1_ALLOWS);
	if (why)
		SKIP(return, "%s", why);
	self->container = container_open();
	self->group = group_open(sysfs_group(self->bdf));
	group_set_container(self->group, self->container);
	ASSERT_EQ(1, allow(TYPE1_ALLOWS, false));
}

FIXTURE_TEARDOWN(type1)
{
	allow(TYPE1_ALLOWS, true);
	close(self->group);
	close(self->container);
}

VFIO_TEST_F(type1, refuses, "T1-125 CONT-025")
{
	int fd;

	EXPECT_EQ(-EPERM, __container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(-EPERM, __container_set_iommu(self->container, VFIO_TYPE1_IOMMU));
	/* No backend stays behind. */
	EXPECT_EQ(1, __container_check(self->container, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->group, self->bdf));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET,
		  group_flags(self->group));

	ASSERT_EQ(1, allow(TYPE1_ALLOWS, true));
	EXPECT_EQ(0, __container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU));
	fd = __group_get_device_fd(self->group, self->bdf);
	EXPECT_LE(0, fd);
	close(fd);
}

/* It is asked of each group that comes, and not of those that are there. */
VFIO_TEST_F(type1, refuses_a_later_group, "T1-125")
{
	const char *bdf = second_bdf(self->bdf);
	int second, fd;

	if (!bdf)
		SKIP(return, "no second group behind the IOMMU is named");
	ASSERT_EQ(1, allow(TYPE1_ALLOWS, true));
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
	ASSERT_EQ(1, allow(TYPE1_ALLOWS, false));
	second = group_open(sysfs_group(bdf));
	EXPECT_EQ(-EPERM, __group_set_container(second, self->container));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(second));
	fd = __group_get_device_fd(self->group, self->bdf);
	EXPECT_LE(0, fd);
	close(fd);
	ASSERT_EQ(1, allow(TYPE1_ALLOWS, true));
	EXPECT_EQ(0, __group_set_container(second, self->container));
	close(second);
}

FIXTURE(iommufd)
{
	const char *bdf;
	int iommufd;
};

FIXTURE_SETUP(iommufd)
{
	const char *why;

	self->iommufd = -1;
	self->bdf = iommu_bdf();
	if (!self->bdf)
		SKIP(return, "no device with an IOMMU is named");
	why = cdev_missing(self->bdf);
	if (!why)
		why = remapped(self->bdf, IOMMUFD_ALLOWS);
	if (why)
		SKIP(return, "%s", why);
	self->iommufd = iommufd_open();
	ASSERT_EQ(1, allow(IOMMUFD_ALLOWS, false));
}

FIXTURE_TEARDOWN(iommufd)
{
	allow(IOMMUFD_ALLOWS, true);
	close(self->iommufd);
}

VFIO_TEST_F(iommufd, refuses, "CDEV-021")
{
	int fd = cdev_open(self->bdf), group;

	EXPECT_EQ(-EPERM, __cdev_bind(fd, self->iommufd, NULL));
	/* The device is as free as it was. */
	group = __group_open(sysfs_group(self->bdf));
	EXPECT_LE(0, group);
	close(group);
	ASSERT_EQ(1, allow(IOMMUFD_ALLOWS, true));
	EXPECT_EQ(0, __cdev_bind(fd, self->iommufd, NULL));
	close(fd);
}

VFIO_TEST_F(iommufd, refuses_by_group, "CDEV-021")
{
	int group = group_open(sysfs_group(self->bdf)), fd;

	group_set_container(group, self->iommufd);
	EXPECT_EQ(-EPERM, __group_get_device_fd(group, self->bdf));
	ASSERT_EQ(1, allow(IOMMUFD_ALLOWS, true));
	fd = __group_get_device_fd(group, self->bdf);
	EXPECT_LE(0, fd);
	close(fd);
	close(group);
}

CONFORMANCE_MAIN
