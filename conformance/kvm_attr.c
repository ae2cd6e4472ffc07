// SPDX-License-Identifier: GPL-2.0-only
/* The KVM VFIO device: its attributes and what they are refused for. */
#include "kvm_attr.h"

static int set(FIXTURE_DATA(attr) *self, uint32_t group, uint64_t attr, const void *addr)
{
	return __kvm_attr(self->device, KVM_SET_DEVICE_ATTR, group, attr, addr);
}

static int has(FIXTURE_DATA(attr) *self, uint32_t group, uint64_t attr)
{
	return __kvm_attr(self->device, KVM_HAS_DEVICE_ATTR, group, attr, bad_pointer());
}

VFIO_TEST_F(attr, set_other_group, "KVM-005")
{
	EXPECT_EQ(-ENXIO, set(self, 0, ADD, bad_pointer()));
	EXPECT_EQ(-ENXIO, set(self, 2, ADD, bad_pointer()));
	EXPECT_EQ(-ENXIO, set(self, 0xffffffff, ADD, &self->group));
}

VFIO_TEST_F(attr, set_other_attr, "KVM-006")
{
	EXPECT_EQ(-ENXIO, set(self, GROUP, 0, &self->group));
	EXPECT_EQ(-ENXIO, set(self, GROUP, 4, bad_pointer()));
	EXPECT_EQ(-ENXIO, set(self, GROUP, 1ull << 32 | ADD, &self->group));
	EXPECT_EQ(-ENXIO, set(self, GROUP, ~0ull, &self->group));
}

VFIO_TEST_F(attr, flags_are_ignored, "KVM-007")
{
	struct kvm_device_attr a = { .flags = 0xffffffff, .group = GROUP, .attr = ADD,
				     .addr = (uintptr_t)&self->group };

	EXPECT_EQ(0, __vfio_ioctl(self->device, KVM_HAS_DEVICE_ATTR, &a));
	EXPECT_EQ(0, __vfio_ioctl(self->device, KVM_SET_DEVICE_ATTR, &a));
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(self->device, self->group));
}

VFIO_TEST_F(attr, bad_pointer, "KVM-010")
{
	struct kvm_device_attr a = { .group = GROUP, .attr = ADD, .addr = (uintptr_t)&self->group };
	/* One byte less than the structure in front of the border. */
	char *cut = border_alloc(sizeof(a) - 1, &a, false);

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->device, KVM_SET_DEVICE_ATTR, NULL));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->device, KVM_SET_DEVICE_ATTR, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->device, KVM_SET_DEVICE_ATTR, cut));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->device, KVM_HAS_DEVICE_ATTR, NULL));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->device, KVM_HAS_DEVICE_ATTR, bad_pointer()));
}

VFIO_TEST_F(attr, has, "KVM-011 KVM-013")
{
	EXPECT_EQ(0, has(self, GROUP, ADD));
	EXPECT_EQ(0, has(self, GROUP, DEL));
	EXPECT_EQ(-ENXIO, has(self, GROUP, 0));
	EXPECT_EQ(-ENXIO, has(self, GROUP, 4));
	EXPECT_EQ(-ENXIO, has(self, 0, ADD));
	EXPECT_EQ(-ENXIO, has(self, 2, ADD));
}

VFIO_TEST_F(attr, no_spapr_here, "KVM-006 KVM-012")
{
#ifndef __x86_64__
	SKIP(return, "the rule is of x86");
#endif
	EXPECT_EQ(-ENXIO, has(self, GROUP, KVM_DEV_VFIO_GROUP_SET_SPAPR_TCE));
	EXPECT_EQ(-ENXIO, set(self, GROUP, KVM_DEV_VFIO_GROUP_SET_SPAPR_TCE, bad_pointer()));
}

VFIO_TEST_F(attr, nothing_to_get, "KVM-014")
{
	EXPECT_EQ(-EPERM, __kvm_attr(self->device, KVM_GET_DEVICE_ATTR, GROUP, ADD, NULL));
	EXPECT_EQ(-EPERM, __vfio_ioctl(self->device, KVM_GET_DEVICE_ATTR, bad_pointer()));
}

VFIO_TEST_F(attr, unknown_ioctl, "KVM-015")
{
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->device, _IO(KVMIO, 0x3f), NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->device, KVM_CREATE_DEVICE, NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->device, KVM_GET_API_VERSION, NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->device, VFIO_GROUP_GET_STATUS, NULL));
}

VFIO_TEST_F(attr, bad_address, "KVM-016 KVM-034")
{
	char *cut = border_alloc(3, NULL, false);

	EXPECT_EQ(-EFAULT, set(self, GROUP, ADD, NULL));
	EXPECT_EQ(-EFAULT, set(self, GROUP, ADD, bad_pointer()));
	EXPECT_EQ(-EFAULT, set(self, GROUP, ADD, cut));
	EXPECT_EQ(-EFAULT, set(self, GROUP, DEL, NULL));
	EXPECT_EQ(-EFAULT, set(self, GROUP, DEL, bad_pointer()));
	EXPECT_EQ(-EFAULT, set(self, GROUP, DEL, cut));
}

CONFORMANCE_MAIN
