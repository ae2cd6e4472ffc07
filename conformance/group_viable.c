// SPDX-License-Identifier: GPL-2.0-only
/*
 * A group of which another device belongs to a driver that does DMA for the host.
 * uio_pci_generic is one that takes any device with an interrupt pin.
 */
#include <string.h>
#include <unistd.h>

#include "bind_util.h"
#include "conformance.h"

#define DRIVER	"uio_pci_generic"
#define DIR	"/sys/bus/pci/drivers/" DRIVER

FIXTURE(viable)
{
	struct binding binding;		/* of the sibling */
	int group, container;
};

FIXTURE_SETUP(viable)
{
	self->group = self->container = -1;
	if (!role_bdf(ROLE_SIBLING))
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	if (access(DIR, F_OK))
		SKIP(return, "no driver " DRIVER);
	if (access(DIR "/bind", W_OK))
		SKIP(return, "this user cannot bind drivers");
	binding_keep(&self->binding, role_bdf(ROLE_SIBLING));
	self->container = container_open();
	self->group = group_open(sysfs_group(role_bdf(ROLE_SHARED)));
}

FIXTURE_TEARDOWN(viable)
{
	if (self->group < 0)
		return;
	close(self->group);
	close(self->container);
	binding_restore(&self->binding);
}

/* Bytes written or -errno. */
static int give_to_host(FIXTURE_DATA(viable) *self)
{
	__device_unbind(&self->binding);
	__sysfs_write(self->binding.bdf, "driver_override", DRIVER);
	return __device_bind(&self->binding, DRIVER);
}

VFIO_TEST_F(viable, host_has_the_sibling, "GRP-012 GRP-028")
{
	if (give_to_host(self) < 0)
		SKIP(return, DRIVER " does not take the device");
	EXPECT_EQ(0, group_flags(self->group));
	EXPECT_EQ(-EPERM, __group_set_container(self->group, self->container));
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->group, role_bdf(ROLE_SHARED)));
	/* Unbound it is nobody's. */
	EXPECT_LT(0, __sysfs_write(self->binding.bdf, "driver/unbind", self->binding.bdf));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->group));
	EXPECT_EQ(0, __group_set_container(self->group, self->container));
}

VFIO_TEST_F(viable, host_comes_too_late, "GRP-030")
{
	group_set_container(self->group, self->container);
	EXPECT_GT(0, give_to_host(self));
	EXPECT_FALSE(device_is_bound(self->binding.bdf));
	/* When the group has left its container it may. */
	group_unset_container(self->group);
	EXPECT_LT(0, give_to_host(self));
}

CONFORMANCE_MAIN
