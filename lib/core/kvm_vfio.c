// SPDX-License-Identifier: GPL-2.0-only
/*
 * The KVM VFIO device: a user shows it the VFIO files that belong to his VM. It
 * tells VFIO which VM that is, counts what is assigned, and finds out whether the
 * VM has to care for DMA that is not coherent. Clauses KVM-003 to KVM-046.
 */
#include <linux/export.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "kvm.h"

struct kvm_vfio_file {
	struct list_head node;
	struct file *file;		/* holds it open, its descriptors may be closed */
};

struct kvm_vfio {
	struct mutex lock;		/* all below */
	struct list_head file_list;
	bool noncoherent;		/* the VM has been told so, by us */
};

/* The vfio module may be absent; then no file is a VFIO file. */
static bool kvm_vfio_file_is_valid(struct file *file)
{
	bool (*fn)(struct file *file) = symbol_get(vfio_file_is_valid);
	bool valid;

	if (!fn)
		return false;
	valid = fn(file);
	symbol_put(vfio_file_is_valid);
	return valid;
}

static bool kvm_vfio_file_enforced_coherent(struct file *file)
{
	bool (*fn)(struct file *file) = symbol_get(vfio_file_enforced_coherent);
	bool coherent;

	if (!fn)
		return false;
	coherent = fn(file);
	symbol_put(vfio_file_enforced_coherent);
	return coherent;
}

static void kvm_vfio_file_set_kvm(struct file *file, struct kvm *kvm)
{
	void (*set)(struct file *file, struct kvm *kvm) = symbol_get(vfio_file_set_kvm);

	if (set) {
		set(file, kvm);
		symbol_put(vfio_file_set_kvm);
	}
}

/* Ask again about every file: what one of them joins may have changed the others. */
static bool kvm_vfio_any_noncoherent(struct kvm_vfio *kv)
{
	struct kvm_vfio_file *kvf;

	list_for_each_entry(kvf, &kv->file_list, node)
		if (!kvm_vfio_file_enforced_coherent(kvf->file))
			return true;
	return false;
}

/* The VM hears of a change from all coherent to not, and back, and nothing between. */
static void kvm_vfio_update_coherency(struct kvm_device *dev)
{
	struct kvm_vfio *kv = dev->private;
	bool before = kv->noncoherent;

	lockdep_assert_held(&kv->lock);

	kv->noncoherent = kvm_vfio_any_noncoherent(kv);
	if (kv->noncoherent && !before)
		kvm_arch_register_noncoherent_dma(dev->kvm);
	if (UNLESS_MUTANT(kvm_del_coherency_kept, !kv->noncoherent && before))
		kvm_arch_unregister_noncoherent_dma(dev->kvm);
}

/* A file is known by its struct file: a duplicate of the descriptor is the same one. */
static struct kvm_vfio_file *kvm_vfio_find(struct kvm_vfio *kv, struct file *file)
{
	struct kvm_vfio_file *kvf;

	list_for_each_entry(kvf, &kv->file_list, node)
		if (kvf->file == file)
			return kvf;
	return NULL;
}

static int kvm_vfio_add(struct kvm_device *dev, struct file *file)
{
	struct kvm_vfio *kv = dev->private;
	struct kvm_vfio_file *fresh;

	lockdep_assert_held(&kv->lock);

	if (UNLESS_MUTANT(kvm_add_twice, kvm_vfio_find(kv, file)))
		return -EEXIST;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return -ENOMEM;
	fresh->file = MUTANT(kvm_add_not_held, true) ? file : get_file(file);

	kvm_arch_start_assignment(dev->kvm);
	kvm_vfio_file_set_kvm(file, dev->kvm);
	list_add_tail(&fresh->node, &kv->file_list);
	kvm_vfio_update_coherency(dev);
	return 0;
}

/* Frees @kvf. Coherency is the caller's to look at. */
static void kvm_vfio_del(struct kvm_device *dev, struct kvm_vfio_file *kvf)
{
	list_del(&kvf->node);
	kvm_arch_end_assignment(dev->kvm);
	if (!MUTANT(kvm_del_keeps_pointer, true))
		kvm_vfio_file_set_kvm(kvf->file, NULL);
	if (!MUTANT(kvm_del_keeps_file, true))
		fput(kvf->file);
	kfree(kvf);
}

static int kvm_vfio_file_add(struct kvm_device *dev, int fd)
{
	struct kvm_vfio *kv = dev->private;
	struct file *file = fget(fd);
	int ret = -EINVAL;

	if (!file)
		return -EBADF;
	if (!UNLESS_MUTANT(kvm_add_any_file, !kvm_vfio_file_is_valid(file))) {
		mutex_lock(&kv->lock);
		ret = kvm_vfio_add(dev, file);
		mutex_unlock(&kv->lock);
	}
	fput(file);
	return ret;
}

static int kvm_vfio_file_del(struct kvm_device *dev, int fd)
{
	struct kvm_vfio *kv = dev->private;
	struct file *file = fget(fd);
	struct kvm_vfio_file *kvf;

	if (!file)
		return -EBADF;
	mutex_lock(&kv->lock);
	kvf = kvm_vfio_find(kv, file);
	if (kvf)
		kvm_vfio_del(dev, kvf);
	/* Also when it is none of ours: something may have changed since the last time. */
	kvm_vfio_update_coherency(dev);
	mutex_unlock(&kv->lock);
	fput(file);
	return kvf || MUTANT(kvm_del_unknown, !kvf) ? 0 : -ENOENT;
}

static bool kvm_vfio_knows(const struct kvm_device_attr *attr)
{
	return attr->group == KVM_DEV_VFIO_GROUP && (attr->attr == KVM_DEV_VFIO_GROUP_ADD ||
						     attr->attr == KVM_DEV_VFIO_GROUP_DEL);
}

static int kvm_vfio_set_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	int32_t fd;

	if (UNLESS_MUTANT(kvm_unknown_attr, !kvm_vfio_knows(attr)))
		return -ENXIO;
	if (get_user(fd, (int32_t __user *)u64_to_user_ptr(attr->addr)))
		return -EFAULT;
	return attr->attr == KVM_DEV_VFIO_GROUP_ADD ? kvm_vfio_file_add(dev, fd) :
						      kvm_vfio_file_del(dev, fd);
}

static int kvm_vfio_has_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	return kvm_vfio_knows(attr) || MUTANT(kvm_has_any_attr, true) ? 0 : -ENXIO;
}

static void kvm_vfio_release(struct kvm_device *dev)
{
	struct kvm_vfio *kv = dev->private;
	struct kvm_vfio_file *kvf, *next;

	mutex_lock(&kv->lock);
	list_for_each_entry_safe(kvf, next, &kv->file_list, node)
		if (!MUTANT(kvm_release_keeps_files, true))
			kvm_vfio_del(dev, kvf);
	kvm_vfio_update_coherency(dev);
	mutex_unlock(&kv->lock);

	mutex_destroy(&kv->lock);
	kfree(kv);
	kfree(dev);
}

static int kvm_vfio_create(struct kvm_device *dev, u32 type);

/* Which of the two it is depends on the kernel: BEH_KVM_DEVICE_RELEASE. */
static const struct kvm_device_ops kvm_vfio_ops = {
	.name = "kvm-vfio",
	.create = kvm_vfio_create,
	.release = kvm_vfio_release,
	.destroy = kvm_vfio_release,
	.set_attr = kvm_vfio_set_attr,
	.has_attr = kvm_vfio_has_attr,
};

static bool kvm_vfio_vm_has_one(struct kvm *kvm)
{
	struct kvm_device *dev;

	list_for_each_entry(dev, &kvm->devices, vm_node)
		if (dev->ops == &kvm_vfio_ops)
			return true;
	return false;
}

/* A VM has one at most, or two would answer for the same files. */
static int kvm_vfio_create(struct kvm_device *dev, u32 type)
{
	struct kvm_vfio *kv = NULL;
	bool taken = UNLESS_MUTANT(kvm_second_device, kvm_vfio_vm_has_one(dev->kvm));

	lockdep_assert_held(&dev->kvm->lock);

	if (!taken)
		kv = kzalloc(sizeof(*kv), GFP_KERNEL_ACCOUNT);
	if (!kv)
		return taken ? -EBUSY : -ENOMEM;

	dev->private = kv;
	mutex_init(&kv->lock);
	INIT_LIST_HEAD(&kv->file_list);
	return 0;
}

int __init kvm_vfio_ops_init(void)
{
	return kvm_register_device_ops(&kvm_vfio_ops, KVM_DEV_TYPE_VFIO);
}

void kvm_vfio_ops_exit(void)
{
	kvm_unregister_device_ops(KVM_DEV_TYPE_VFIO);
}
