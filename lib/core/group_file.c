// SPDX-License-Identifier: GPL-2.0-only
/* The group file /dev/vfio/N and its ioctls. Clauses GRP. */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "vfio.h"

static int vfio_group_ioctl_get_status(struct vfio_group *group,
				       struct vfio_group_status __user *arg)
{
	size_t minsz = offsetofend(struct vfio_group_status, flags);
	struct vfio_group_status status;
	int ret = 0;

	if (copy_from_user(&status, arg, minsz))
		return -EFAULT;
	if (status.argsz < minsz)
		return -EINVAL;

	status.flags = 0;
	mutex_lock(&group->group_lock);
	if (!group->iommu_group)
		ret = -ENODEV;
	else if (group->container)
		/* In a container the group is claimed, so nobody else can have it. */
		status.flags = VFIO_GROUP_FLAGS_CONTAINER_SET | VFIO_GROUP_FLAGS_VIABLE;
	else if (!iommu_group_dma_owner_claimed(group->iommu_group))
		status.flags = VFIO_GROUP_FLAGS_VIABLE;
	mutex_unlock(&group->group_lock);

	if (!ret && copy_to_user(arg, &status, minsz))
		ret = -EFAULT;
	return ret;
}

static int vfio_group_set_container(struct vfio_group *group, struct file *file)
{
	struct vfio_container *container;

	lockdep_assert_held(&group->group_lock);

	if (group->container)
		return -EINVAL;
	if (!group->iommu_group)
		return -ENODEV;
	container = vfio_container_from_file(file);
	if (!container)
		return profile(BEH_SET_CONTAINER_BADFD) ? -EBADFD : -EINVAL;
	return vfio_container_attach_group(container, group);
}

static int vfio_group_ioctl_set_container(struct vfio_group *group, int __user *arg)
{
	struct file *file;
	int fd, ret;

	if (get_user(fd, arg))
		return -EFAULT;
	file = fget(fd);
	if (!file)
		return -EBADF;

	mutex_lock(&group->group_lock);
	ret = vfio_group_set_container(group, file);
	mutex_unlock(&group->group_lock);
	fput(file);
	return ret;
}

static int vfio_group_ioctl_unset_container(struct vfio_group *group)
{
	int ret = 0;

	mutex_lock(&group->group_lock);
	if (!group->container)
		ret = -EINVAL;
	else if (group->container_users != 1)
		ret = -EBUSY;
	else
		vfio_group_detach_container(group);
	mutex_unlock(&group->group_lock);
	return ret;
}

/* Is @buf, as the user gave it, this device? > 0 yes, 0 no, -errno: stop. */
static int vfio_device_match(struct vfio_device *device, char *buf)
{
	if (device->ops->match)
		return device->ops->match(device, buf);
	return !strcmp(dev_name(device->dev), buf);
}

static struct vfio_device *vfio_device_get_from_name(struct vfio_group *group, char *buf)
{
	struct vfio_device *device, *found = ERR_PTR(-ENODEV);
	int ret;

	mutex_lock(&group->device_lock);
	list_for_each_entry(device, &group->device_list, group_next) {
		ret = vfio_device_match(device, buf);
		if (ret < 0) {
			found = ERR_PTR(ret);
			break;
		}
		if (ret && vfio_device_try_get_registration(device)) {
			found = device;
			break;
		}
	}
	mutex_unlock(&group->device_lock);
	return found;
}

static int vfio_group_ioctl_get_device_fd(struct vfio_group *group, char __user *arg)
{
	struct vfio_device *device;
	struct file *filep;
	char *name;
	int fd;

	name = strndup_user(arg, PAGE_SIZE);
	if (IS_ERR(name))
		return PTR_ERR(name);
	device = vfio_device_get_from_name(group, name);
	kfree(name);
	if (IS_ERR(device))
		return PTR_ERR(device);

	/* The number first: running out of them must not open the device. */
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		goto err_device;

	filep = vfio_device_open_file(device);
	if (IS_ERR(filep)) {
		put_unused_fd(fd);
		fd = PTR_ERR(filep);
		goto err_device;
	}
	fd_install(fd, filep);
	return fd;

err_device:
	vfio_device_put_registration(device);
	return fd;
}

static long vfio_group_fops_unl_ioctl(struct file *filep, unsigned int cmd, unsigned long arg)
{
	struct vfio_group *group = filep->private_data;
	void __user *uarg = (void __user *)arg;

	switch (cmd) {
	case VFIO_GROUP_GET_STATUS:
		return vfio_group_ioctl_get_status(group, uarg);
	case VFIO_GROUP_SET_CONTAINER:
		return vfio_group_ioctl_set_container(group, uarg);
	case VFIO_GROUP_UNSET_CONTAINER:
		return vfio_group_ioctl_unset_container(group);
	case VFIO_GROUP_GET_DEVICE_FD:
		return vfio_group_ioctl_get_device_fd(group, uarg);
	}
	return -ENOTTY;
}

static int vfio_group_fops_open(struct inode *inode, struct file *filep)
{
	struct vfio_group *group = container_of(inode->i_cdev, struct vfio_group, cdev);
	int ret = 0;

	mutex_lock(&group->group_lock);
	if (!refcount_read(&group->drivers)) {
		ret = -ENODEV;	/* the last device is just being removed */
	} else if (group->type == VFIO_NO_IOMMU && !capable(CAP_SYS_RAWIO)) {
		ret = -EPERM;
	} else if (group->opened_file) {
		ret = -EBUSY;
	} else {
		group->opened_file = filep;
		filep->private_data = group;
	}
	mutex_unlock(&group->group_lock);
	return ret;
}

/* Open devices hold a reference on this file, so none is open when it goes. */
static int vfio_group_fops_release(struct inode *inode, struct file *filep)
{
	struct vfio_group *group = filep->private_data;

	mutex_lock(&group->group_lock);
	if (group->container)
		vfio_group_detach_container(group);
	group->opened_file = NULL;
	mutex_unlock(&group->group_lock);
	return 0;
}

const struct file_operations vfio_group_fops = {
	.owner = THIS_MODULE,
	.open = vfio_group_fops_open,
	.release = vfio_group_fops_release,
	.unlocked_ioctl = vfio_group_fops_unl_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

struct vfio_group *vfio_group_from_file(struct file *file)
{
	return file->f_op == &vfio_group_fops ? file->private_data : NULL;
}
