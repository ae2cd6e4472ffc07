// SPDX-License-Identifier: GPL-2.0-only
/*
 * A look into the VM that the device belongs to. Nothing of KVM is called: the
 * module loads where KVM does not.
 */
#include <linux/kconfig.h>

#include "mock.h"

#if IS_ENABLED(CONFIG_KVM)
#include <linux/kvm_host.h>

static u64 mock_kvm_users(struct kvm *kvm)
{
	return refcount_read(&kvm->users_count);
}

static u64 mock_kvm_assigned(struct kvm *kvm)
{
#ifdef __KVM_HAVE_ARCH_ASSIGNED_DEVICE
	return atomic_read(&kvm->arch.assigned_device_count);
#else
	return 0;
#endif
}

static u64 mock_kvm_noncoherent(struct kvm *kvm)
{
#ifdef __KVM_HAVE_ARCH_NONCOHERENT_DMA
	return atomic_read(&kvm->arch.noncoherent_dma_count);
#else
	return 0;
#endif
}
#else
#define mock_kvm_users(kvm)		0
#define mock_kvm_assigned(kvm)		0
#define mock_kvm_noncoherent(kvm)	0
#endif

/* Up to 6.2 nothing but the group's lock, which open_device runs under, keeps the VM here. */
void mock_kvm_open(struct mock_device *mock)
{
	struct kvm *kvm = mock->core.vdev.kvm;

	WRITE_ONCE(mock->kvm_users, kvm ? mock_kvm_users(kvm) : 0);
	WRITE_ONCE(mock->kvm_assigned, kvm ? mock_kvm_assigned(kvm) : 0);
	WRITE_ONCE(mock->kvm_noncoherent, kvm ? mock_kvm_noncoherent(kvm) : 0);
}

void mock_kvm_close(struct mock_device *mock)
{
	struct vfio_device *vdev = &mock->core.vdev;
	u64 users = MOCK_CORE_HOLDS_KVM(vdev) ? mock_kvm_users(vdev->kvm) : 0;

	WRITE_ONCE(mock->kvm_close_users, users);
}
