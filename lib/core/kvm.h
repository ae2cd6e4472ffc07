/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the kvm module share: kvm_main.c, kvm_device.c, kvm_vfio.c. */
#ifndef CORE_KVM_H
#define CORE_KVM_H

#include <linux/kvm_host.h>

#include <kapi/mutant.h>

/*
 * kvm_device.c: KVM_CREATE_DEVICE. Returns 0 with the descriptor in @cd->fd (left
 * alone by KVM_CREATE_DEVICE_TEST), -ENODEV: no such type, -EMFILE, -ENOMEM, or
 * what the type's create returned.
 */
int kvm_ioctl_create_device(struct kvm *kvm, struct kvm_create_device *cd);
/* The VM dies: so do the devices that are left. Nobody else has a reference on it. */
void kvm_destroy_devices(struct kvm *kvm);

/* kvm_vfio.c */
int kvm_vfio_ops_init(void);
void kvm_vfio_ops_exit(void);

#endif
