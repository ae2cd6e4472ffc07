// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device file: opened through VFIO_GROUP_GET_DEVICE_FD, any number of times;
 * the driver sees the first open and the last close. Clauses DEV, SET.
 */
#include <linux/anon_inodes.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/pm_runtime.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "vfio.h"

static void vfio_device_backend_register(struct vfio_device *device)
{
	const struct vfio_iommu_driver_ops *ops;
	void *data;

	ops = vfio_container_backend(device->group->container, &data);
	if (ops->register_device)
		ops->register_device(data, device);
}

static void vfio_device_backend_unregister(struct vfio_device *device)
{
	const struct vfio_iommu_driver_ops *ops;
	void *data;

	ops = vfio_container_backend(device->group->container, &data);
	if (ops->unregister_device)
		ops->unregister_device(data, device);
}

/* Both locks held. On failure *@group_file is to be put once they are not. */
static int vfio_device_first_open(struct vfio_device *device, struct file **group_file)
{
	bool register_first = profile(BEH_REGISTER_BEFORE_OPEN);
	int ret;

	if (!try_module_get(device->dev->driver->owner))
		return -ENODEV;

	ret = vfio_group_use_container(device->group);
	if (ret)
		goto err_module;

	if (register_first)
		vfio_device_backend_register(device);
	ret = device->ops->open_device ? device->ops->open_device(device) : 0;
	if (ret)
		goto err_backend;
	if (!register_first)
		vfio_device_backend_register(device);
	return 0;

err_backend:
	if (register_first)
		vfio_device_backend_unregister(device);
	if (!MUTANT(device_failed_open_uses_container, true))
		*group_file = vfio_group_unuse_container(device->group);
err_module:
	module_put(device->dev->driver->owner);
	return ret;
}

static struct file *vfio_device_last_close(struct vfio_device *device)
{
	struct file *group_file;

	if (device->ops->close_device)
		device->ops->close_device(device);
	device->precopy_info_v2 = false;
	vfio_device_backend_unregister(device);
	group_file = vfio_group_unuse_container(device->group);
	module_put(device->dev->driver->owner);
	return group_file;
}

static int vfio_device_group_open(struct vfio_device *device)
{
	struct vfio_group *group = device->group;
	struct file *group_file = NULL;
	int ret = 0;

	mutex_lock(&group->group_lock);
	if (!group->container) {
		mutex_unlock(&group->group_lock);
		return -EINVAL;
	}

	mutex_lock(&device->dev_set->lock);
	/* Drivers look at the count: it is 1 in open_device. */
	WRITE_ONCE(device->open_count, device->open_count + 1);
	if (device->open_count == 1) {
		vfio_device_get_kvm(device);
		ret = vfio_device_first_open(device, &group_file);
		if (ret) {
			WRITE_ONCE(device->open_count, MUTANT(device_failed_open_counts, true));
			if (!MUTANT(device_failed_open_keeps_kvm, device->kvm))
				vfio_device_put_kvm(device);
		}
	} else if (profile(BEH_MODULE_REF_PER_OPEN) &&
		   !try_module_get(device->dev->driver->owner)) {
		WRITE_ONCE(device->open_count, device->open_count - 1);
		ret = -ENODEV;
	}
	mutex_unlock(&device->dev_set->lock);
	mutex_unlock(&group->group_lock);

	if (group_file)
		fput(group_file);
	return ret;
}

static void vfio_device_group_close(struct vfio_device *device)
{
	struct vfio_group *group = device->group;
	struct file *group_file = NULL;

	mutex_lock(&group->group_lock);
	mutex_lock(&device->dev_set->lock);
	if (!WARN_ON_ONCE(!device->open_count)) {
		if (device->open_count == 1 ||
		    MUTANT(device_any_close_is_last, device->open_count > 1))
			group_file = vfio_device_last_close(device);
		else if (profile(BEH_MODULE_REF_PER_OPEN))
			module_put(device->dev->driver->owner);
		WRITE_ONCE(device->open_count, device->open_count - 1);
		if (UNLESS_MUTANT(device_close_keeps_kvm, !device->open_count))
			vfio_device_put_kvm(device);
	}
	mutex_unlock(&device->dev_set->lock);
	mutex_unlock(&group->group_lock);

	if (group_file)
		fput(group_file);
}

struct file *vfio_device_open_file(struct vfio_device *device)
{
	struct file *filep;
	int ret;

	ret = vfio_device_group_open(device);
	if (ret)
		return ERR_PTR(ret);

	filep = anon_inode_getfile("[vfio-device]", &vfio_device_fops, device, O_RDWR);
	if (IS_ERR(filep)) {
		vfio_device_group_close(device);
		return filep;
	}
	/* Regions are addressed by offset, though the file cannot seek. */
	filep->f_mode |= FMODE_PREAD | FMODE_PWRITE;
	filep->f_mapping = device->inode->i_mapping;

	if (vfio_device_is_noiommu(device))
		dev_warn(device->dev, "vfio-noiommu device opened by user (%s:%d)\n",
			 current->comm, task_pid_nr(current));
	return filep;
}

static int vfio_device_fops_release(struct inode *inode, struct file *filep)
{
	struct vfio_device *device = filep->private_data;

	vfio_device_group_close(device);
	if (!MUTANT(device_close_keeps_registration, true))
		vfio_device_put_registration(device);
	return 0;
}

/* Drivers without power management are always awake. */
static bool vfio_device_has_pm(struct vfio_device *device)
{
	return device->dev->driver && READ_ONCE(device->dev->driver->pm);
}

static long vfio_device_fops_unl_ioctl(struct file *filep, unsigned int cmd, unsigned long arg)
{
	struct vfio_device *device = filep->private_data;
	bool pm = vfio_device_has_pm(device);
	long ret;

	if (pm && pm_runtime_resume_and_get(device->dev)) {
		dev_info_ratelimited(device->dev, "vfio: runtime resume failed\n");
		return -EIO;
	}

	if (cmd == VFIO_DEVICE_FEATURE)
		ret = vfio_device_feature(device, (void __user *)arg);
	else if (device->ops->ioctl)
		ret = device->ops->ioctl(device, cmd, arg);
	else
		ret = -EINVAL;

	if (UNLESS_MUTANT(device_ioctl_keeps_awake, pm))
		pm_runtime_put(device->dev);
	return ret;
}

static ssize_t vfio_device_fops_read(struct file *filep, char __user *buf, size_t count,
				     loff_t *ppos)
{
	struct vfio_device *device = filep->private_data;

	return device->ops->read ? device->ops->read(device, buf, count, ppos) : -EINVAL;
}

static ssize_t vfio_device_fops_write(struct file *filep, const char __user *buf, size_t count,
				      loff_t *ppos)
{
	struct vfio_device *device = filep->private_data;

	return device->ops->write ? device->ops->write(device, buf, count, ppos) : -EINVAL;
}

static int vfio_device_fops_mmap(struct file *filep, struct vm_area_struct *vma)
{
	struct vfio_device *device = filep->private_data;

	return device->ops->mmap ? device->ops->mmap(device, vma) : -EINVAL;
}

/* So that who finds a descriptor can tell the device. */
static void vfio_device_show_fdinfo(struct seq_file *m, struct file *filep)
{
	struct vfio_device *device = filep->private_data;
	char *path = profile(BEH_DEVICE_FDINFO) ?
		kobject_get_path(&device->dev->kobj, GFP_KERNEL) : NULL;

	if (path)
		seq_printf(m, "vfio-device-syspath: /sys%s\n", path);
	kfree(path);
}

const struct file_operations vfio_device_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = vfio_device_fops_unl_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = vfio_device_fops_mmap,
	.read = vfio_device_fops_read,
	.write = vfio_device_fops_write,
	.release = vfio_device_fops_release,
	.show_fdinfo = vfio_device_show_fdinfo,
};

struct vfio_device *vfio_device_from_file(struct file *file)
{
	return file->f_op == &vfio_device_fops ? file->private_data : NULL;
}
