// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "client/kvm.h"
#include "client/vfio_client.h"

int __kvm_open(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int kvm_open(void)
{
	int fd = __kvm_open();

	if (fd < 0)
		CLIENT_FAIL("/dev/kvm: %s", client_errno(fd));
	return fd;
}

const char *kvm_missing(void)
{
	static char why[48];
	int kvm = __kvm_open();

	if (kvm < 0) {
		snprintf(why, sizeof(why), "no /dev/kvm: %s", client_errno(kvm));
		return why;
	}
	close(kvm);
	return NULL;
}

int vm_create(void)
{
	int kvm = kvm_open(), vm = __vfio_ioctl(kvm, KVM_CREATE_VM, NULL);

	close(kvm);
	if (vm < 0)
		CLIENT_FAIL("KVM_CREATE_VM: %s", client_errno(vm));
	return vm;
}

int __vm_create_device(int vm, uint32_t type, uint32_t flags)
{
	struct kvm_create_device cd = { .type = type, .flags = flags };
	int ret = __vfio_ioctl(vm, KVM_CREATE_DEVICE, &cd);

	return ret ? ret : (int)cd.fd;
}

int vm_vfio_device(int vm)
{
	int fd = __vm_create_device(vm, KVM_DEV_TYPE_VFIO, 0);

	if (fd < 0)
		CLIENT_FAIL("KVM_CREATE_DEVICE(VFIO): %s", client_errno(fd));
	return fd;
}

int __kvm_attr(int device, unsigned long request, uint32_t group, uint64_t attr, const void *addr)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (uintptr_t)addr };

	return __vfio_ioctl(device, request, &a);
}

int __kvm_vfio_add(int device, int fd)
{
	int32_t value = fd;

	return __kvm_attr(device, KVM_SET_DEVICE_ATTR, KVM_DEV_VFIO_GROUP, KVM_DEV_VFIO_GROUP_ADD,
			  &value);
}

void kvm_vfio_add(int device, int fd)
{
	int ret = __kvm_vfio_add(device, fd);

	if (ret)
		CLIENT_FAIL("ADD of descriptor %d to the KVM VFIO device: %s", fd,
			    client_errno(ret));
}

int __kvm_vfio_del(int device, int fd)
{
	int32_t value = fd;

	return __kvm_attr(device, KVM_SET_DEVICE_ATTR, KVM_DEV_VFIO_GROUP, KVM_DEV_VFIO_GROUP_DEL,
			  &value);
}

void kvm_vfio_del(int device, int fd)
{
	int ret = __kvm_vfio_del(device, fd);

	if (ret)
		CLIENT_FAIL("DEL of descriptor %d from the KVM VFIO device: %s", fd,
			    client_errno(ret));
}
