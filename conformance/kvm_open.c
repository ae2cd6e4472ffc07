// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which VM a device belongs to: what the driver sees when the device is opened,
 * while it is open and when it is closed. The mock driver looks into the VM.
 */
#include "kvm_owner.h"

/* With the device open: what the driver found in open_device, and what there is now. */
#define EXPECT_VM(at_open, now) do { \
	EXPECT_EQ(at_open, mock_read(&self->mock, MOCK_REG_HAS_KVM)); \
	EXPECT_EQ(now, mock_read(&self->mock, MOCK_REG_KVM_NOW)); \
} while (0)

VFIO_TEST_F(owner, open_without, "KVM-057")
{
	EXPECT_VM(0, 0);
	EXPECT_EQ(0, mock_read(&self->mock, MOCK_REG_KVM_USERS));
}

VFIO_TEST_F(owner, add_then_open, "KVM-043")
{
	close_it(self);
	kvm_vfio_add(self->device, self->dev.group);
	open_it(self);
	EXPECT_VM(1, 1);
}

VFIO_TEST_F(owner, open_then_add, "KVM-044 KVM-045")
{
	uint64_t opens = mock_read(&self->mock, MOCK_REG_OPEN_CALLS);
	int second;

	kvm_vfio_add(self->device, self->dev.group);
	EXPECT_VM(0, 0);
	second = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_VM(0, 0);
	close_it(self);
	self->mock.fd = second;
	EXPECT_VM(0, 0);
	EXPECT_EQ(opens, mock_read(&self->mock, MOCK_REG_OPEN_CALLS));
	/* It takes a last close and a first open. */
	close(second);
	open_it(self);
	EXPECT_VM(1, 1);
}

VFIO_TEST_F(owner, delete_while_open, "KVM-046 KVM-047")
{
	close_it(self);
	kvm_vfio_add(self->device, self->dev.group);
	open_it(self);
	kvm_vfio_del(self->device, self->dev.group);
	EXPECT_VM(1, 1);
	close_it(self);
	open_it(self);
	EXPECT_VM(0, 0);
}

VFIO_TEST_F(owner, kvm_device_closed, "KVM-070")
{
	int ret;

	close_it(self);
	kvm_vfio_add(self->device, self->dev.group);
	close(self->device);
	ret = __vm_create_device(self->vm, KVM_DEV_TYPE_VFIO, 0);
	self->device = ret;
	if (ret < 0)
		SKIP(return, "here the KVM VFIO device lives as long as its VM (KVM-004)");
	/* The new one knows nothing of what the old one was shown. */
	EXPECT_EQ(-ENOENT, __kvm_vfio_del(self->device, self->dev.group));
	open_it(self);
	EXPECT_VM(0, 0);
}

VFIO_TEST_F(owner, device_file, "KVM-019 KVM-071")
{
	uint64_t opens = mock_read(&self->mock, MOCK_REG_OPEN_CALLS);
	int ret = __kvm_vfio_add(self->device, self->dev.fd);

	EXPECT_TRUE(!ret || ret == -EINVAL);
	outcome("KVM-019", errno_name(ret));
	if (ret) {
		EXPECT_EQ(-ENOENT, __kvm_vfio_del(self->device, self->dev.fd));
		return;
	}
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(self->device, self->dev.fd));
	EXPECT_VM(0, 0);
	/* KVM holds the file, so the device stays open without a descriptor. */
	close_it(self);
	open_it(self);
	EXPECT_EQ(opens, mock_read(&self->mock, MOCK_REG_OPEN_CALLS));
	EXPECT_EQ(-ENOENT, __kvm_vfio_del(self->device, self->dev.fd));
	close(self->device);
	self->device = vm_vfio_device(self->vm);
	close_it(self);
	open_it(self);
	EXPECT_EQ(opens + 1, mock_read(&self->mock, MOCK_REG_OPEN_CALLS));
	EXPECT_VM(0, 0);
	kvm_vfio_add(self->device, self->dev.fd);
	EXPECT_EQ(0, __kvm_vfio_del(self->device, self->dev.fd));
}

VFIO_TEST_F(owner, two_vms, "KVM-037")
{
	int vm = vm_create(), device = vm_vfio_device(vm);
	uint64_t users;

	/* The second VM has one user less, by which the driver tells them apart. */
	close(vm);
	close_it(self);
	kvm_vfio_add(self->device, self->dev.group);
	open_it(self);
	users = mock_read(&self->mock, MOCK_REG_KVM_USERS);
	close_it(self);
	kvm_vfio_add(device, self->dev.group);
	open_it(self);
	EXPECT_VM(1, 1);
	EXPECT_EQ(users - 1, mock_read(&self->mock, MOCK_REG_KVM_USERS));
	close_it(self);
	/* Whichever VM gives it up, the group then belongs to none. */
	kvm_vfio_del(self->device, self->dev.group);
	open_it(self);
	EXPECT_VM(0, 0);
	close_it(self);
	kvm_vfio_add(self->device, self->dev.group);
	open_it(self);
	EXPECT_EQ(users, mock_read(&self->mock, MOCK_REG_KVM_USERS));
	close_it(self);
	kvm_vfio_del(device, self->dev.group);
	open_it(self);
	EXPECT_VM(0, 0);
	close(device);
}

VFIO_TEST_F(owner, reference_of_the_core, "KVM-048 KVM-049")
{
	uint64_t users;

	close_it(self);
	kvm_vfio_add(self->device, self->dev.group);
	open_it(self);
	/* The VM's file, that of the KVM VFIO device, and the core if it holds one. */
	users = mock_read(&self->mock, MOCK_REG_KVM_USERS);
	EXPECT_TRUE(users == 2 || users == 3);
	outcome("KVM-049", users == 3 ? "held" : "not-held");
	close(self->device);
	close(self->vm);
	/* With the VM gone, or held by the device alone. */
	EXPECT_VM(1, 1);
	close_it(self);
	open_it(self);
	EXPECT_VM(0, 0);
	EXPECT_EQ(users - 2, mock_read(&self->mock, MOCK_REG_KVM_CLOSE_USERS));
	self->vm = vm_create();
	self->device = vm_vfio_device(self->vm);
}

/* Put the register back whatever a test did. */
FIXTURE(needy)
{
	struct vfio_dev dev;
	struct mock mock;
	int vm, device;
};

FIXTURE_SETUP(needy)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	if (__mock_find(self->dev.fd, &self->mock))
		SKIP(device_close(&self->dev); return, "the driver cannot be made to need a VM");
	self->vm = vm_create();
	self->device = vm_vfio_device(self->vm);
	mock_write(&self->mock, MOCK_REG_NEED_KVM, 1);
	close(self->dev.fd);
}

FIXTURE_TEARDOWN(needy)
{
	__kvm_vfio_add(self->device, self->dev.group);
	self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	self->mock.fd = self->dev.fd;
	mock_write(&self->mock, MOCK_REG_NEED_KVM, 0);
	close(self->device);
	close(self->vm);
	device_close(&self->dev);
}

VFIO_TEST_F(needy, refuses_without, "KVM-053")
{
	int fd;

	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->dev.group, self->dev.bdf));
	kvm_vfio_add(self->device, self->dev.group);
	fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	/* Taken away while it is open: no more than the next open fails. */
	kvm_vfio_del(self->device, self->dev.group);
	self->mock.fd = fd;
	EXPECT_EQ(1, mock_read(&self->mock, MOCK_REG_KVM_NOW));
	close(fd);
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->dev.group, self->dev.bdf));
	/* What failed left nothing behind. */
	EXPECT_EQ(0, __group_unset_container(self->dev.group));
	group_set_container(self->dev.group, self->dev.container);
	container_set_iommu(self->dev.container, VFIO_TYPE1v2_IOMMU);
}

CONFORMANCE_MAIN
