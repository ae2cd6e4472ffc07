// SPDX-License-Identifier: GPL-2.0-only
/* What a GET_DEVICE_FD that failed leaves behind: nothing. */
#include <fcntl.h>

#include "bind_util.h"
#include "kvm_owner.h"

FIXTURE(refused)
{
	struct vfio_dev dev;
	struct mock mock;
	struct binding binding;
};

FIXTURE_SETUP(refused)
{
	const char *why, *bdf = bind_candidate(&why);

	if (!bdf)
		SKIP(return, "%s", why);
	/* First: what watches over the binding must not hold the device open. */
	binding_keep(&self->binding, bdf);
	device_open(&self->dev, bdf);
	if (__mock_find(self->dev.fd, &self->mock)) {
		device_close(&self->dev);
		binding_restore(&self->binding);
		SKIP(return, "the driver opens whenever it is asked");
	}
}

FIXTURE_TEARDOWN(refused)
{
	device_close(&self->dev);
	binding_restore(&self->binding);
}

/* The driver refuses the next open, of which the device now open is no longer one. */
static void refuse(struct vfio_dev *dev, const struct mock *mock)
{
	mock_write(mock, MOCK_REG_OPEN_ERRNO, EXDEV);
	close(dev->fd);
	dev->fd = -1;
}

static int lowest_descriptor(void)
{
	int fd = fcntl(0, F_DUPFD_CLOEXEC, 0);

	close(fd);
	return fd;
}

VFIO_TEST_F(refused, descriptor, "GRP-052")
{
	int before;

	refuse(&self->dev, &self->mock);
	before = lowest_descriptor();
	EXPECT_EQ(-EXDEV, __group_get_device_fd(self->dev.group, self->dev.bdf));
	EXPECT_EQ(before, lowest_descriptor());
	self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_EQ(before, self->dev.fd);
}

VFIO_TEST_F(refused, device_can_go, "GRP-052 DRV-015")
{
	struct unbinder unbinder;

	refuse(&self->dev, &self->mock);
	EXPECT_EQ(-EXDEV, __group_get_device_fd(self->dev.group, self->dev.bdf));
	device_close(&self->dev);
	self->dev.group = self->dev.container = -1;

	unbinder_start(&unbinder, &self->binding);
	unbinder_go(&unbinder);
	/* Nobody uses it, so nobody is waited for. */
	ASSERT_TRUE(unbinder_done(&unbinder, 10000));
	EXPECT_LT(0, unbinder_join(&unbinder));
	EXPECT_FALSE(device_is_bound(self->dev.bdf));
}

VFIO_TEST_F(owner, vm_reference, "GRP-052 KVM-049")
{
	uint64_t users;

	close_it(self);
	kvm_vfio_add(self->device, self->dev.group);
	open_it(self);
	users = mock_read(&self->mock, MOCK_REG_KVM_USERS);
	refuse(&self->dev, &self->mock);
	EXPECT_EQ(-EXDEV, __group_get_device_fd(self->dev.group, self->dev.bdf));
	open_it(self);
	EXPECT_EQ(users, mock_read(&self->mock, MOCK_REG_KVM_USERS));
}

CONFORMANCE_MAIN
