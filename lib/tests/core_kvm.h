/* SPDX-License-Identifier: GPL-2.0-only */
/* VMs and the KVM VFIO device by the core's system calls, for unit tests. */
#ifndef CORE_KVM_TEST_H
#define CORE_KVM_TEST_H

#include <linux/file.h>
#include <linux/kvm_host.h>
#include "core_test.h"

#define ADD	KVM_DEV_VFIO_GROUP_ADD
#define DEL	KVM_DEV_VFIO_GROUP_DEL

static inline int vm_create(void)
{
	int kvm = kapi_sys_open("/dev/kvm", O_RDWR), vm = sysv(kvm, KVM_CREATE_VM, 0);

	kapi_sys_close(kvm);
	return vm;
}

/* A descriptor or -errno. */
static inline int vm_device(int vm, u32 type)
{
	struct kvm_create_device cd = { .type = type };
	int ret = sys(vm, KVM_CREATE_DEVICE, &cd);

	return ret ?: (int)cd.fd;
}

static inline int set_attr(int device, u64 attr, int fd)
{
	struct kvm_device_attr a = { .group = KVM_DEV_VFIO_GROUP, .attr = attr, .addr = (u64)&fd };

	return sys(device, KVM_SET_DEVICE_ATTR, &a);
}

static inline struct kvm *vm_of(int fd)
{
	struct file *file = kapi_fd_file(fd);
	struct kvm *kvm = file_is_kvm(file) ? file->private_data : NULL;

	if (file)
		fput(file);
	return kvm;
}

static inline unsigned int assigned(struct kvm *kvm)
{
	return atomic_read(&kvm->arch.assigned_device_count);
}

static inline unsigned int noncoherent(struct kvm *kvm)
{
	return atomic_read(&kvm->arch.noncoherent_dma_count);
}

/* The module cannot go while a VM lives, and so it tells whether all are gone. */
static inline void all_gone(const char *what)
{
	is(kapi_unload_module("kvm"), 0, "%s: no VM is left", what);
	is(kapi_sys_open("/dev/kvm", O_RDWR), -ENOENT, "nor /dev/kvm");
	is(kapi_load_module("kvm"), 0, "which comes back");
}

#endif
