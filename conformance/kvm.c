// SPDX-License-Identifier: GPL-2.0-only
/* /dev/kvm, VMs, and how the KVM VFIO device comes and goes. No VFIO file is needed. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conformance.h"
#include "client/kvm.h"
#include "client/vfio_client.h"

#define NO_SUCH_IOCTL	_IO(KVMIO, 0x3f)

FIXTURE(machine)
{
	int kvm, vm;
};

FIXTURE_SETUP(machine)
{
	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	self->kvm = kvm_open();
	self->vm = vm_create();
}

FIXTURE_TEARDOWN(machine)
{
	close(self->vm);
	close(self->kvm);
}

VFIO_TEST_F(machine, api_version, "KVM-060")
{
	EXPECT_EQ(KVM_API_VERSION, ioctl(self->kvm, KVM_GET_API_VERSION, 0));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->kvm, KVM_GET_API_VERSION, (void *)1));
}

VFIO_TEST_F(machine, devices_are_announced, "KVM-061")
{
	int devices = ioctl(self->kvm, KVM_CHECK_EXTENSION, KVM_CAP_DEVICE_CTRL);

	EXPECT_TRUE(devices == 0 || devices == 1);
	outcome("KVM-061", devices ? "1" : "0");
	EXPECT_EQ(devices, ioctl(self->vm, KVM_CHECK_EXTENSION, KVM_CAP_DEVICE_CTRL));
	EXPECT_EQ(1, ioctl(self->kvm, KVM_CHECK_EXTENSION, KVM_CAP_CHECK_EXTENSION_VM));
	EXPECT_EQ(0, ioctl(self->kvm, KVM_CHECK_EXTENSION, 0x7fffffff));
	EXPECT_EQ(0, ioctl(self->vm, KVM_CHECK_EXTENSION, 0x7fffffff));
}

VFIO_TEST_F(machine, unknown_ioctl, "KVM-062")
{
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->kvm, NO_SUCH_IOCTL, NULL));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->kvm, KVM_CREATE_DEVICE, NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->vm, NO_SUCH_IOCTL, NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->vm, KVM_HAS_DEVICE_ATTR, NULL));
}

VFIO_TEST_F(machine, unknown_vm_type, "KVM-063")
{
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->kvm, KVM_CREATE_VM, (void *)31));
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->kvm, KVM_CREATE_VM, (void *)-1L));
}

VFIO_TEST_F(machine, files, "KVM-067")
{
	int device = vm_vfio_device(self->vm);
	char c = 0;

	EXPECT_TRUE(fcntl(self->vm, F_GETFD) & FD_CLOEXEC);
	EXPECT_TRUE(fcntl(device, F_GETFD) & FD_CLOEXEC);
	EXPECT_EQ(-1, read(device, &c, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(device, &c, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(self->vm, &c, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, lseek(self->vm, 1, SEEK_SET));
	EXPECT_EQ(-1, lseek(device, 0, SEEK_SET));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page_size(), PROT_READ, MAP_SHARED, device, 0));
	EXPECT_EQ(ENODEV, errno);
	close(device);
}

VFIO_TEST_F(machine, create, "KVM-001")
{
	struct kvm_create_device cd = { .type = KVM_DEV_TYPE_VFIO, .fd = -7 };

	ASSERT_EQ(0, __vfio_ioctl(self->vm, KVM_CREATE_DEVICE, &cd));
	ASSERT_GE((int)cd.fd, 0);
	EXPECT_EQ(KVM_DEV_TYPE_VFIO, cd.type);
	EXPECT_EQ(0, cd.flags);
	EXPECT_EQ(0, __kvm_attr(cd.fd, KVM_HAS_DEVICE_ATTR, KVM_DEV_VFIO_GROUP,
				KVM_DEV_VFIO_GROUP_ADD, NULL));
	close(cd.fd);
}

VFIO_TEST_F(machine, create_test, "KVM-002")
{
	struct kvm_create_device cd = { .type = KVM_DEV_TYPE_VFIO, .fd = -7,
					.flags = KVM_CREATE_DEVICE_TEST };
	int device;

	EXPECT_EQ(0, __vfio_ioctl(self->vm, KVM_CREATE_DEVICE, &cd));
	EXPECT_EQ(0, __vfio_ioctl(self->vm, KVM_CREATE_DEVICE, &cd));
	EXPECT_EQ(-7, (int)cd.fd);
	/* None was made, or there would be no room for this one; the test is the same with it. */
	device = vm_vfio_device(self->vm);
	EXPECT_EQ(0, __vfio_ioctl(self->vm, KVM_CREATE_DEVICE, &cd));
	close(device);
}

VFIO_TEST_F(machine, one_per_vm, "KVM-003")
{
	int device = vm_vfio_device(self->vm), vm = vm_create(), other;

	EXPECT_EQ(-EBUSY, __vm_create_device(self->vm, KVM_DEV_TYPE_VFIO, 0));
	/* Only its own VM. */
	other = vm_vfio_device(vm);
	close(other);
	close(vm);
	EXPECT_EQ(-EBUSY, __vm_create_device(self->vm, KVM_DEV_TYPE_VFIO, 0));
	close(device);
}

VFIO_TEST_F(machine, again_after_close, "KVM-004")
{
	int device = vm_vfio_device(self->vm), copy = dup(device), ret;

	close(device);
	EXPECT_EQ(-EBUSY, __vm_create_device(self->vm, KVM_DEV_TYPE_VFIO, 0));
	close(copy);
	ret = __vm_create_device(self->vm, KVM_DEV_TYPE_VFIO, 0);
	EXPECT_TRUE(ret >= 0 || ret == -EBUSY);
	outcome("KVM-004", errno_name(ret < 0 ? ret : 0));
	if (ret >= 0)
		close(ret);
}

VFIO_TEST_F(machine, unknown_device_type, "KVM-064")
{
	static const uint32_t types[] = { 0, KVM_DEV_TYPE_FSL_MPIC_20, KVM_DEV_TYPE_XICS,
					  0x7fffffff, 0x80000000, 0xffffffff };
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		EXPECT_EQ(-ENODEV, __vm_create_device(self->vm, types[i], 0));
		EXPECT_EQ(-ENODEV,
			  __vm_create_device(self->vm, types[i], KVM_CREATE_DEVICE_TEST));
	}
}

VFIO_TEST_F(machine, create_bad_pointer, "KVM-065")
{
	struct kvm_create_device cd = { .type = KVM_DEV_TYPE_VFIO }, *ro;

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->vm, KVM_CREATE_DEVICE, NULL));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->vm, KVM_CREATE_DEVICE, bad_pointer()));
	/* Nothing was made. Where the result cannot be written, it was. */
	ro = border_alloc(sizeof(cd), &cd, true);
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->vm, KVM_CREATE_DEVICE, ro));
	EXPECT_EQ(-EBUSY, __vm_create_device(self->vm, KVM_DEV_TYPE_VFIO, 0));
	border_free(ro, sizeof(cd));
}

VFIO_TEST_F(machine, no_descriptor_left, "KVM-066")
{
	struct rlimit old, none;
	int device, next = dup(self->vm);

	ASSERT_GE(next, 0);
	close(next);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	none = (struct rlimit){ .rlim_cur = next, .rlim_max = old.rlim_max };
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	EXPECT_EQ(-EMFILE, __vm_create_device(self->vm, KVM_DEV_TYPE_VFIO, 0));
	EXPECT_EQ(-EMFILE, __vfio_ioctl(self->kvm, KVM_CREATE_VM, NULL));
	/* Comes before the type is looked at. */
	EXPECT_EQ(-EMFILE, __vfio_ioctl(self->kvm, KVM_CREATE_VM, (void *)31));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	device = vm_vfio_device(self->vm);
	close(device);
}

/* What a child process gets from the files of its parent's VM; 0 if it is as it must be. */
static int child_of_vm(int vm, int device)
{
	int32_t fd = -1;

	if (__kvm_attr(device, KVM_SET_DEVICE_ATTR, KVM_DEV_VFIO_GROUP, KVM_DEV_VFIO_GROUP_ADD,
		       &fd) != -EIO)
		return 1;
	if (__kvm_attr(device, KVM_HAS_DEVICE_ATTR, 77, 77, NULL) != -EIO)
		return 2;
	if (__kvm_attr(device, KVM_GET_DEVICE_ATTR, 77, 77, NULL) != -EIO)
		return 3;
	if (__vfio_ioctl(device, KVM_SET_DEVICE_ATTR, NULL) != -EIO)
		return 4;
	if (__vfio_ioctl(device, NO_SUCH_IOCTL, NULL) != -EIO)
		return 5;
	if (__vfio_ioctl(vm, KVM_CREATE_DEVICE, NULL) != -EIO)
		return 6;
	if (__vfio_ioctl(vm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_DEVICE_CTRL) != -EIO)
		return 7;
	return __vfio_ioctl(vm, NO_SUCH_IOCTL, NULL) == -EIO ? 0 : 8;
}

VFIO_TEST_F(machine, other_address_space, "KVM-008 KVM-068")
{
	int device = vm_vfio_device(self->vm), status;
	pid_t child = fork();

	ASSERT_GE(child, 0);
	if (!child) {
		status = child_of_vm(self->vm, device);
		/* What it opens itself is its own. */
		if (!status && ioctl(self->kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
			status = 9;
		if (!status)
			close(vm_vfio_device(__vfio_ioctl(self->kvm, KVM_CREATE_VM, NULL)));
		_exit(status);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	/* No harm came to it. */
	EXPECT_EQ(0, __kvm_attr(device, KVM_HAS_DEVICE_ATTR, KVM_DEV_VFIO_GROUP,
				KVM_DEV_VFIO_GROUP_ADD, NULL));
	close(device);
}

CONFORMANCE_MAIN
