// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kvm and the files of VMs, without what runs code: a VM here is what VFIO
 * can be told about. Clauses KVM-001, KVM-049 to KVM-051, KVM-060 to KVM-069.
 */
#include <linux/anon_inodes.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "kvm.h"
#include "profile.h"

static DEFINE_MUTEX(kvm_lock);
static LIST_HEAD(vm_list);	/* under kvm_lock */

/* No type but the default one: all others need a processor's help. */
static struct kvm *kvm_create_vm(unsigned long type)
{
	struct kvm *kvm;

	if (type)
		return ERR_PTR(-EINVAL);
	kvm = kzalloc(sizeof(*kvm), GFP_KERNEL_ACCOUNT);
	if (!kvm)
		return ERR_PTR(-ENOMEM);

	mutex_init(&kvm->lock);
	INIT_LIST_HEAD(&kvm->devices);
	refcount_set(&kvm->users_count, 1);
	mmgrab(current->mm);
	kvm->mm = current->mm;
	/* A device may hold the VM when all its files are closed. */
	__module_get(THIS_MODULE);

	mutex_lock(&kvm_lock);
	list_add(&kvm->vm_list, &vm_list);
	mutex_unlock(&kvm_lock);
	return kvm;
}

static void kvm_destroy_vm(struct kvm *kvm)
{
	mutex_lock(&kvm_lock);
	list_del(&kvm->vm_list);
	mutex_unlock(&kvm_lock);

	kvm_destroy_devices(kvm);
	WARN_ON(kvm_arch_has_assigned_device(kvm) || kvm_arch_has_noncoherent_dma(kvm));
	mutex_destroy(&kvm->lock);
	mmdrop(kvm->mm);
	kfree(kvm);
	module_put(THIS_MODULE);
}

void kvm_get_kvm(struct kvm *kvm)
{
	refcount_inc(&kvm->users_count);
}
EXPORT_SYMBOL_GPL(kvm_get_kvm);

bool kvm_get_kvm_safe(struct kvm *kvm)
{
	return refcount_inc_not_zero(&kvm->users_count);
}
EXPORT_SYMBOL_GPL(kvm_get_kvm_safe);

void kvm_put_kvm(struct kvm *kvm)
{
	if (refcount_dec_and_test(&kvm->users_count))
		kvm_destroy_vm(kvm);
}
EXPORT_SYMBOL_GPL(kvm_put_kvm);

void kvm_put_kvm_no_destroy(struct kvm *kvm)
{
	WARN_ON(refcount_dec_and_test(&kvm->users_count));
}
EXPORT_SYMBOL_GPL(kvm_put_kvm_no_destroy);

void kvm_arch_start_assignment(struct kvm *kvm)
{
	if (profile(BEH_KVM_COUNTS_ASSIGNED))
		atomic_inc(&kvm->arch.assigned_device_count);
}
EXPORT_SYMBOL_GPL(kvm_arch_start_assignment);

void kvm_arch_end_assignment(struct kvm *kvm)
{
	if (UNLESS_MUTANT(kvm_assigned_kept, profile(BEH_KVM_COUNTS_ASSIGNED)))
		atomic_dec(&kvm->arch.assigned_device_count);
}
EXPORT_SYMBOL_GPL(kvm_arch_end_assignment);

bool kvm_arch_has_assigned_device(struct kvm *kvm)
{
	return atomic_read(&kvm->arch.assigned_device_count);
}
EXPORT_SYMBOL_GPL(kvm_arch_has_assigned_device);

void kvm_arch_register_noncoherent_dma(struct kvm *kvm)
{
	atomic_inc(&kvm->arch.noncoherent_dma_count);
}
EXPORT_SYMBOL_GPL(kvm_arch_register_noncoherent_dma);

void kvm_arch_unregister_noncoherent_dma(struct kvm *kvm)
{
	atomic_dec(&kvm->arch.noncoherent_dma_count);
}
EXPORT_SYMBOL_GPL(kvm_arch_unregister_noncoherent_dma);

bool kvm_arch_has_noncoherent_dma(struct kvm *kvm)
{
	return atomic_read(&kvm->arch.noncoherent_dma_count);
}
EXPORT_SYMBOL_GPL(kvm_arch_has_noncoherent_dma);

/* What is not here is not there: programs look before they use. */
static long kvm_check_extension(unsigned long extension)
{
	switch (extension) {
	case KVM_CAP_DEVICE_CTRL:
		return profile(BEH_KVM_CAP_DEVICE_CTRL);
	case KVM_CAP_CHECK_EXTENSION_VM:
		return 1;
	}
	return 0;
}

static int kvm_vm_ioctl_create_device(struct kvm *kvm, struct kvm_create_device __user *arg)
{
	struct kvm_create_device cd;
	int ret;

	if (copy_from_user(&cd, arg, sizeof(cd)))
		return -EFAULT;
	ret = kvm_ioctl_create_device(kvm, &cd);
	if (ret)
		return ret;
	/* The descriptor is there by now and cannot be taken back. */
	return copy_to_user(arg, &cd, sizeof(cd)) ? -EFAULT : 0;
}

static long kvm_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
{
	struct kvm *kvm = filp->private_data;

	if (kvm->mm != current->mm || kvm->vm_dead)
		return -EIO;

	switch (ioctl) {
	case KVM_CHECK_EXTENSION:
		return kvm_check_extension(arg);
	case KVM_CREATE_DEVICE:
		return kvm_vm_ioctl_create_device(kvm, (void __user *)arg);
	}
	return -ENOTTY;
}

static int kvm_vm_release(struct inode *inode, struct file *filp)
{
	kvm_put_kvm(filp->private_data);
	return 0;
}

static const struct file_operations kvm_vm_fops = {
	.owner = THIS_MODULE,
	.release = kvm_vm_release,
	.unlocked_ioctl = kvm_vm_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

bool file_is_kvm(struct file *file)
{
	return file && file->f_op == &kvm_vm_fops;
}
EXPORT_SYMBOL_GPL(file_is_kvm);

static int kvm_dev_ioctl_create_vm(unsigned long type)
{
	struct file *file;
	struct kvm *kvm;
	int fd, ret;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;

	kvm = kvm_create_vm(type);
	if (IS_ERR(kvm)) {
		ret = PTR_ERR(kvm);
		goto err_fd;
	}
	file = anon_inode_getfile("kvm-vm", &kvm_vm_fops, kvm, O_RDWR);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto err_kvm;
	}
	fd_install(fd, file);
	return fd;

err_kvm:
	kvm_put_kvm(kvm);
err_fd:
	put_unused_fd(fd);
	return ret;
}

static long kvm_dev_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
{
	switch (ioctl) {
	case KVM_GET_API_VERSION:
		return arg ? -EINVAL : KVM_API_VERSION;
	case KVM_CREATE_VM:
		return kvm_dev_ioctl_create_vm(arg);
	case KVM_CHECK_EXTENSION:
		return kvm_check_extension(arg);
	}
	return -EINVAL;
}

static const struct file_operations kvm_chardev_ops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = kvm_dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice kvm_dev = {
	.minor = KVM_MINOR,
	.name = "kvm",
	.fops = &kvm_chardev_ops,
	/* As udev's rules leave it: whoever may run the program may make a VM. */
	.mode = 0666,
};

static int __init kvm_init(void)
{
	int ret;

	ret = kvm_vfio_ops_init();
	if (ret)
		return ret;
	ret = misc_register(&kvm_dev);
	if (ret)
		kvm_vfio_ops_exit();
	return ret;
}

static void __exit kvm_exit(void)
{
	misc_deregister(&kvm_dev);
	WARN_ON(!list_empty(&vm_list));
	kvm_vfio_ops_exit();
}

module_init(kvm_init);
module_exit(kvm_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Virtual machines, as far as VFIO knows them");
