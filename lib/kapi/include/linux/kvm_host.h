/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __KVM_HOST_H
#define __KVM_HOST_H

/*
 * Virtual machines, as far as a VFIO driver has to do with them: who the VM is,
 * how long it lives, what is assigned to it. There are no processors and no
 * memory slots.
 */
#include <linux/atomic.h>
#include <linux/kvm.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct file;
struct mm_struct;

#define __KVM_HAVE_ARCH_NONCOHERENT_DMA
#define __KVM_HAVE_ARCH_ASSIGNED_DEVICE

struct kvm_arch {
	/* Devices of the VM (KVM's, not VFIO's) that see DMA past the caches: WBINVD matters. */
	atomic_t noncoherent_dma_count;
	atomic_t assigned_device_count;
};

/*
 * @lock: the list @devices
 * @mm: of the process that made the VM; nobody else may use its files
 * @vm_dead: something went wrong that cannot be mended; all ioctls fail
 */
struct kvm {
	struct mutex lock;
	struct mm_struct *mm;
	struct list_head vm_list;
	struct list_head devices;
	refcount_t users_count;
	bool vm_dead;
	struct kvm_arch arch;
};

/* The VM goes with its last reference; kvm_put_kvm() may sleep then. */
void kvm_get_kvm(struct kvm *kvm);
/* False, and nothing taken, if the VM is being destroyed. Does not sleep. */
bool kvm_get_kvm_safe(struct kvm *kvm);
void kvm_put_kvm(struct kvm *kvm);
/* For a reference that is known not to be the last. */
void kvm_put_kvm_no_destroy(struct kvm *kvm);

/* Is it the file of a VM (the descriptor that KVM_CREATE_VM returned)? NULL is none. */
bool file_is_kvm(struct file *file);

struct kvm_device_ops;

/* A device of a VM, made by KVM_CREATE_DEVICE. */
struct kvm_device {
	void *private;
	struct kvm *kvm;
	const struct kvm_device_ops *ops;
	struct list_head vm_node;	/* under kvm->lock */
};

/**
 * struct kvm_device_ops - a type of devices
 *
 * @name: what /proc/self/fd shows of its files
 * @create: set up @dev->private; kvm->lock is held. 0 or -errno
 * @init: optional, after @create without the lock
 * @destroy: with the VM, when nothing refers to it; frees @dev
 * @release: with the last descriptor of the device, kvm->lock held; frees @dev.
 *	A type with this one needs no @destroy and may be made again
 * @set_attr, @get_attr, @has_attr: KVM_{SET,GET,HAS}_DEVICE_ATTR; a missing one
 *	is -EPERM
 * @ioctl: all others; a missing one is -ENOTTY
 */
struct kvm_device_ops {
	const char *name;
	int (*has_attr)(struct kvm_device *dev, struct kvm_device_attr *attr);
	int (*get_attr)(struct kvm_device *dev, struct kvm_device_attr *attr);
	int (*set_attr)(struct kvm_device *dev, struct kvm_device_attr *attr);
	int (*create)(struct kvm_device *dev, u32 type);
	void (*init)(struct kvm_device *dev);
	void (*release)(struct kvm_device *dev);
	void (*destroy)(struct kvm_device *dev);
	long (*ioctl)(struct kvm_device *dev, unsigned int ioctl, unsigned long arg);
};

/* @type: KVM_DEV_TYPE_*. 0, -ENOSPC: no such number, -EEXIST: taken. Before the first VM. */
int kvm_register_device_ops(const struct kvm_device_ops *ops, u32 type);
void kvm_unregister_device_ops(u32 type);
/* The device behind a file that KVM_CREATE_DEVICE made; NULL for any other file. */
struct kvm_device *kvm_device_from_filp(struct file *filp);

/* Files that VFIO has given to the VM; kernels that do not count them count nothing here. */
void kvm_arch_start_assignment(struct kvm *kvm);
void kvm_arch_end_assignment(struct kvm *kvm);
bool kvm_arch_has_assigned_device(struct kvm *kvm);
void kvm_arch_register_noncoherent_dma(struct kvm *kvm);
void kvm_arch_unregister_noncoherent_dma(struct kvm *kvm);
bool kvm_arch_has_noncoherent_dma(struct kvm *kvm);

#endif
