// SPDX-License-Identifier: GPL-2.0-only
/* A group of which another device belongs to a driver that does DMA for the host. */
#include <stdio.h>
#include <unistd.h>

#include "bind_util.h"
#include "conformance.h"

/* What takes any device that it is told to, the first one with an interrupt pin. */
static const char *const host_drivers[] = { "uio_pci_generic", "pci-pf-stub" };

FIXTURE(viable)
{
	struct binding binding;		/* of the sibling */
	const char *driver;
	int group, container;
};

FIXTURE_SETUP(viable)
{
	char bind[128];
	int i;

	self->group = self->container = -1;
	if (!role_bdf(ROLE_SIBLING))
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	for (i = 0; i < 2 && !self->driver; i++) {
		snprintf(bind, sizeof(bind), "/sys/bus/pci/drivers/%s/bind", host_drivers[i]);
		if (!access(bind, F_OK))
			self->driver = host_drivers[i];
	}
	if (!self->driver)
		SKIP(return, "no driver %s or %s", host_drivers[0], host_drivers[1]);
	if (access(bind, W_OK))
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
	__sysfs_write(self->binding.bdf, "driver_override", self->driver);
	return __device_bind(&self->binding, self->driver);
}

VFIO_TEST_F(viable, host_has_the_sibling, "GRP-012 GRP-028")
{
	if (give_to_host(self) < 0)
		SKIP(return, "%s does not take the device", self->driver);
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
