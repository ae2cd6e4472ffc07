/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual machines without processors, and the KVM VFIO device, which is shown
 * the VFIO files of a VM.
 * __foo() returns the result or -errno, foo() ends the test on an error.
 */
#ifndef CLIENT_KVM_H
#define CLIENT_KVM_H

#include <stdint.h>
#include <linux/kvm.h>

/* /dev/kvm */
int __kvm_open(void);
int kvm_open(void);
/* Why there can be no VM, in one line; NULL if /dev/kvm opens. */
const char *kvm_missing(void);

/* A VM of the default type. Returns its descriptor. */
int vm_create(void);
/*
 * KVM_CREATE_DEVICE: the descriptor of the device, or 0 with
 * KVM_CREATE_DEVICE_TEST in @flags. @type: KVM_DEV_TYPE_*
 */
int __vm_create_device(int vm, uint32_t type, uint32_t flags);
/* The KVM VFIO device, of which a VM has one. */
int vm_vfio_device(int vm);

/* @request: KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR */
int __kvm_attr(int device, unsigned long request, uint32_t group, uint64_t attr,
	       const void *addr);
/* Show the KVM VFIO device a file, and take it back: GROUP_ADD and GROUP_DEL (FILE_*). */
int __kvm_vfio_add(int device, int fd);
void kvm_vfio_add(int device, int fd);
int __kvm_vfio_del(int device, int fd);
void kvm_vfio_del(int device, int fd);

#endif
