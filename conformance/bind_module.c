// SPDX-License-Identifier: GPL-2.0-only
/* Drivers that are in use, and devices that a driver does not take. */
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conformance.h"
#include "bind_util.h"
#include "client/iommufd.h"
#include "sriov_util.h"

FIXTURE(module)
{
	const char *bdf;
	char name[64], refcnt[128];
};

FIXTURE_SETUP(module)
{
	char driver[64], *c;

	self->bdf = role_bdf(ROLE_MAIN);
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (__sysfs_driver(self->bdf, driver, sizeof(driver)))
		SKIP(return, "%s is not bound to a driver", self->bdf);
	strcpy(self->name, driver);
	for (c = self->name; *c; c++)
		if (*c == '-')
			*c = '_';
	snprintf(self->refcnt, sizeof(self->refcnt), "/sys/module/%s/refcnt", self->name);
	if (access(self->refcnt, R_OK))
		SKIP(return, "the driver is no module");
}

FIXTURE_TEARDOWN(module)
{
}

static uint64_t references(FIXTURE_DATA(module) *self)
{
	return file_number(self->refcnt, ~0ull);
}

VFIO_TEST_F(module, is_held_by_open_device, "DRV-026")
{
	uint64_t before = references(self), each;
	struct vfio_dev dev;
	int second;

	device_open(&dev, self->bdf);
	EXPECT_EQ(before + 1, references(self));
	/* Once for the device, or up to 6.1 for each descriptor. */
	second = group_get_device_fd(dev.group, self->bdf);
	each = references(self) - before - 1;
	outcome("DRV-026", each ? "each" : "first");
	EXPECT_GE(1, each);
	close(dev.fd);
	dev.fd = -1;
	EXPECT_EQ(before + 1, references(self));
	close(second);
	EXPECT_EQ(before, references(self));
	device_close(&dev);
}

/*
 * libc has no function for delete_module(), so it goes to the kernel of this machine,
 * whose modules are the wrong ones where somebody else answers for VFIO.
 */
static bool kernel_answers(void)
{
	int container = container_open();
	long ret = syscall(SYS_ioctl, container, VFIO_GET_API_VERSION);

	close(container);
	return ret == VFIO_API_VERSION;
}

VFIO_TEST_F(module, is_not_unloaded, "DRV-026")
{
	struct vfio_dev dev;

	if (!kernel_answers())
		SKIP(return, "the modules are not those of the kernel");
	if (!have_capability(CAP_SYS_MODULE))
		SKIP(return, "this user may not unload modules");
	device_open(&dev, self->bdf);
	ASSERT_NE(0, references(self));
	EXPECT_NE(0, syscall(SYS_delete_module, self->name, O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	EXPECT_NE(0, syscall(SYS_delete_module, "vfio", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	/* The container's backend, too, and with it what both are made of. */
	EXPECT_NE(0, syscall(SYS_delete_module, "vfio_iommu_type1", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	EXPECT_TRUE(device_is_bound(self->bdf));
	device_close(&dev);
}

VFIO_TEST_F(module, is_held_by_bound_cdev, "DRV-026 CDEV-041")
{
	uint64_t before = references(self);
	int fd, iommufd;

	if (cdev_missing(self->bdf))
		SKIP(return, "%s", cdev_missing(self->bdf));
	iommufd = iommufd_open();
	fd = cdev_open(self->bdf);
	EXPECT_EQ(before, references(self));
	cdev_bind(fd, iommufd, NULL);
	EXPECT_EQ(before + 1, references(self));
	close(fd);
	EXPECT_EQ(before, references(self));
	close(iommufd);
}

FIXTURE(debugfs)
{
	struct binding binding;
	char path[300];
};

FIXTURE_SETUP(debugfs)
{
	const char *why, *bdf = bind_candidate(&why);
	char cdev[300];

	if (!bdf)
		SKIP(return, "%s", why);
	if (__cdev_path(bdf, cdev, sizeof(cdev)))
		strcpy(cdev, "/none");
	snprintf(self->path, sizeof(self->path), "/sys/kernel/debug/vfio/%s",
		 strrchr(cdev, '/') + 1);
	if (access(self->path, F_OK))
		SKIP(return, "no entries in debugfs (CONFIG_VFIO_DEBUGFS, and debugfs mounted)");
	binding_keep(&self->binding, bdf);
}

FIXTURE_TEARDOWN(debugfs)
{
	binding_restore(&self->binding);
}

VFIO_TEST_F(debugfs, entries_go_with_the_device, "DRV-021")
{
	ASSERT_LT(0, __device_unbind(&self->binding));
	EXPECT_NE(0, access(self->path, F_OK));
}

/* A PF whose virtual functions were made under another driver. */
FIXTURE(with_vfs)
{
	struct sriov sriov;
	struct binding binding;
};

FIXTURE_SETUP(with_vfs)
{
	const char *why, *pf = sriov_candidate(&why);

	if (!pf)
		SKIP(return, "%s", why);
	if (access("/sys/bus/pci/drivers/pci-pf-stub", F_OK))
		SKIP(return, "there is no driver pci-pf-stub");
	sriov_keep(&self->sriov, pf);
	binding_keep(&self->binding, pf);
}

FIXTURE_TEARDOWN(with_vfs)
{
	binding_restore(&self->binding);
	sriov_restore(&self->sriov);
}

VFIO_TEST_F(with_vfs, is_not_taken, "DRV-003")
{
	const struct sriov *s = &self->sriov;

	ASSERT_LT(0, __device_unbind(&self->binding));
	ASSERT_LT(0, __sysfs_write(s->pf, "driver_override", "pci-pf-stub"));
	ASSERT_LT(0, __device_bind(&self->binding, "pci-pf-stub"));
	ASSERT_EQ(1, __sysfs_write(s->pf, "sriov_drivers_autoprobe", "0"));
	ASSERT_EQ(1, __sriov_set(s, 1));
	/* This driver leaves them behind. */
	ASSERT_LT(0, __device_unbind(&self->binding));
	ASSERT_LT(0, __sysfs_write(s->pf, "driver_override", "vfio-pci"));
	EXPECT_EQ(-EBUSY, __device_bind(&self->binding, "vfio-pci"));
	EXPECT_FALSE(device_is_bound(s->pf));
	/* Only a driver can take them away. */
	ASSERT_LT(0, __sysfs_write(s->pf, "driver_override", "pci-pf-stub"));
	ASSERT_LT(0, __device_bind(&self->binding, "pci-pf-stub"));
	EXPECT_EQ(1, __sriov_set(s, 0));
	ASSERT_LT(0, __device_unbind(&self->binding));
	ASSERT_LT(0, __sysfs_write(s->pf, "driver_override", "vfio-pci"));
	EXPECT_LT(0, __device_bind(&self->binding, "vfio-pci"));
}

CONFORMANCE_MAIN
