// SPDX-License-Identifier: GPL-2.0-only
/* Devices of a VM: the table of types and the files of devices. Clauses KVM-002 to KVM-015. */
#include <linux/anon_inodes.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "kvm.h"
#include "profile.h"

static const struct kvm_device_ops *kvm_device_ops_table[KVM_DEV_TYPE_MAX];

int kvm_register_device_ops(const struct kvm_device_ops *ops, u32 type)
{
	if (type >= ARRAY_SIZE(kvm_device_ops_table))
		return -ENOSPC;
	if (kvm_device_ops_table[type])
		return -EEXIST;
	kvm_device_ops_table[type] = ops;
	return 0;
}
EXPORT_SYMBOL_GPL(kvm_register_device_ops);

void kvm_unregister_device_ops(u32 type)
{
	if (type < ARRAY_SIZE(kvm_device_ops_table))
		kvm_device_ops_table[type] = NULL;
}
EXPORT_SYMBOL_GPL(kvm_unregister_device_ops);

/* Does the device go with its last descriptor, or with the VM? */
static bool kvm_device_goes_with_file(const struct kvm_device_ops *ops)
{
	return ops->release && (!ops->destroy || profile(BEH_KVM_DEVICE_RELEASE));
}

static int kvm_device_ioctl_attr(struct kvm_device *dev,
				 int (*accessor)(struct kvm_device *dev,
						 struct kvm_device_attr *attr),
				 void __user *arg)
{
	struct kvm_device_attr attr;

	if (!accessor)
		return -EPERM;
	if (copy_from_user(&attr, arg, sizeof(attr)))
		return -EFAULT;
	return accessor(dev, &attr);
}

static long kvm_device_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
{
	struct kvm_device *dev = filp->private_data;
	void __user *uarg = (void __user *)arg;

	if (UNLESS_MUTANT(kvm_other_process, dev->kvm->mm != current->mm) || dev->kvm->vm_dead)
		return -EIO;

	switch (ioctl) {
	case KVM_SET_DEVICE_ATTR:
		return kvm_device_ioctl_attr(dev, dev->ops->set_attr, uarg);
	case KVM_GET_DEVICE_ATTR:
		return kvm_device_ioctl_attr(dev, dev->ops->get_attr, uarg);
	case KVM_HAS_DEVICE_ATTR:
		return kvm_device_ioctl_attr(dev, dev->ops->has_attr, uarg);
	}
	return dev->ops->ioctl ? dev->ops->ioctl(dev, ioctl, arg) : -ENOTTY;
}

/* Take the device out of its VM and free it. */
static void kvm_device_remove(struct kvm_device *dev)
{
	struct kvm *kvm = dev->kvm;

	mutex_lock(&kvm->lock);
	list_del(&dev->vm_node);
	if (dev->ops->release)
		dev->ops->release(dev);
	else
		dev->ops->destroy(dev);
	mutex_unlock(&kvm->lock);
}

static int kvm_device_release(struct inode *inode, struct file *filp)
{
	struct kvm_device *dev = filp->private_data;
	struct kvm *kvm = dev->kvm;

	if (kvm_device_goes_with_file(dev->ops))
		kvm_device_remove(dev);
	kvm_put_kvm(kvm);
	return 0;
}

static const struct file_operations kvm_device_fops = {
	.owner = THIS_MODULE,
	.release = kvm_device_release,
	.unlocked_ioctl = kvm_device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

struct kvm_device *kvm_device_from_filp(struct file *filp)
{
	return filp->f_op == &kvm_device_fops ? filp->private_data : NULL;
}
EXPORT_SYMBOL_GPL(kvm_device_from_filp);

int kvm_ioctl_create_device(struct kvm *kvm, struct kvm_create_device *cd)
{
	const struct kvm_device_ops *ops;
	struct kvm_device *dev;
	int ret;

	ops = cd->type < ARRAY_SIZE(kvm_device_ops_table) ? kvm_device_ops_table[cd->type] : NULL;
	if (!ops)
		return -ENODEV;
	if (UNLESS_MUTANT(kvm_test_creates, cd->flags & KVM_CREATE_DEVICE_TEST))
		return 0;

	dev = kzalloc(sizeof(*dev), GFP_KERNEL_ACCOUNT);
	if (!dev)
		return -ENOMEM;
	dev->ops = ops;
	dev->kvm = kvm;

	mutex_lock(&kvm->lock);
	ret = ops->create(dev, cd->type);
	if (!ret)
		list_add(&dev->vm_node, &kvm->devices);
	mutex_unlock(&kvm->lock);
	if (ret) {
		kfree(dev);
		return ret;
	}
	if (ops->init)
		ops->init(dev);

	/* The file's. From here on the device may go at any moment: another thread can close it. */
	kvm_get_kvm(kvm);
	ret = anon_inode_getfd(ops->name, &kvm_device_fops, dev, O_RDWR | O_CLOEXEC);
	if (ret < 0) {
		kvm_put_kvm_no_destroy(kvm);
		kvm_device_remove(dev);
		return ret;
	}
	cd->fd = ret;
	return 0;
}

void kvm_destroy_devices(struct kvm *kvm)
{
	struct kvm_device *dev, *next;

	list_for_each_entry_safe(dev, next, &kvm->devices, vm_node) {
		list_del(&dev->vm_node);
		dev->ops->destroy(dev);
	}
}
