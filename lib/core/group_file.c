// SPDX-License-Identifier: GPL-2.0-only
/* The group file /dev/vfio/N and its ioctls. Clauses GRP. */
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <kapi/argsz.h>
#include "vfio.h"

/* Flags of GET_STATUS, or -ENODEV when the last device has gone. */
static int vfio_group_status_flags(struct vfio_group *group)
{
	guard(mutex)(&group->group_lock);

	if (!group->iommu_group)
		return -ENODEV;
	/* In a container the group is claimed, so nobody else can have it. */
	if (group->container)
		return MUTANT(group_status_container_unset, true) ? VFIO_GROUP_FLAGS_VIABLE :
		       VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET;
	return UNLESS_MUTANT(group_status_always_viable,
			     iommu_group_dma_owner_claimed(group->iommu_group)) ?
		0 : VFIO_GROUP_FLAGS_VIABLE;
}

static int vfio_group_get_status(struct vfio_group *group, void __user *arg)
{
	struct vfio_group_status status;
	int flags, ret;

	ret = vfio_get_head(&status, arg, flags);
	if (ret)
		return ret;
	flags = vfio_group_status_flags(group);
	if (flags < 0)
		return flags;
	status.flags = flags;
	return vfio_put_head(&status, arg, flags);
}

static int vfio_group_join(struct vfio_group *group, struct file *file)
{
	struct vfio_container *container = vfio_container_from_file(file);

	guard(mutex)(&group->group_lock);

	if (UNLESS_MUTANT(group_set_container_twice, group->container))
		return -EINVAL;
	if (!group->iommu_group)
		return -ENODEV;
	if (!container)
		return MUTANT(group_set_container_ebadf, true) ? -EBADF :
		       profile(BEH_SET_CONTAINER_BADFD) ? -EBADFD : -EINVAL;
	return vfio_container_attach_group(container, group);
}

/* What can be said without a look at the file. The rest tests it again. */
static int vfio_group_may_set_container(struct vfio_group *group, int fd)
{
	guard(mutex)(&group->group_lock);

	if (fd < 0 || group->container)
		return -EINVAL;
	if (group->type == VFIO_NO_IOMMU && !capable(CAP_SYS_RAWIO))
		return -EPERM;
	return 0;
}

static int vfio_group_set_container(struct vfio_group *group, void __user *arg)
{
	struct file *file;
	int fd, ret = 0;

	if (get_user(fd, (int __user *)arg))
		return -EFAULT;
	if (!profile(BEH_SET_CONTAINER_FD_FIRST))
		ret = vfio_group_may_set_container(group, fd);
	if (ret)
		return ret;
	file = fget(fd);
	if (!file)
		return -EBADF;
	ret = vfio_group_join(group, file);
	fput(file);
	return ret;
}

static int vfio_group_unset_container(struct vfio_group *group, void __user *unused)
{
	guard(mutex)(&group->group_lock);

	if (!group->container)
		return -EINVAL;
	/* One is the container's own. */
	if (UNLESS_MUTANT(group_unset_in_use, group->container_users > 1))
		return -EBUSY;
	vfio_group_detach_container(group);
	return 0;
}

/* Is @buf, as the user gave it, this device? > 0 yes, 0 no, -errno: stop. */
static int vfio_device_match(struct vfio_device *device, char *buf)
{
	if (device->ops->match)
		return device->ops->match(device, buf);
	return !strcmp(dev_name(device->dev), buf) ||
	       MUTANT(group_device_name_prefix, !strncmp(dev_name(device->dev), buf,
							 strlen(dev_name(device->dev))));
}

static struct vfio_device *vfio_device_get_from_name(struct vfio_group *group, char *buf)
{
	struct vfio_device *device;
	int match;

	guard(mutex)(&group->device_lock);
	list_for_each_entry(device, &group->device_list, group_next) {
		match = vfio_device_match(device, buf);
		if (match < 0)
			return ERR_PTR(match);
		if (match && vfio_device_try_get_registration(device))
			return device;
	}
	return ERR_PTR(-ENODEV);
}

/* A descriptor of a new file of @device, which takes over the caller's registration. */
static int vfio_device_make_fd(struct vfio_device *device)
{
	struct file *file;
	/* The number first: running out of them must not open the device. */
	int fd = get_unused_fd_flags(MUTANT(group_device_fd_inherited, true) ? 0 : O_CLOEXEC);

	if (fd < 0)
		return fd;
	file = vfio_device_open_file(device);
	if (IS_ERR(file)) {
		if (!MUTANT(group_failed_open_keeps_fd, true))
			put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

static int vfio_group_get_device_fd(struct vfio_group *group, void __user *arg)
{
	struct vfio_device *device;
	char *name;
	int fd;

	name = strndup_user(arg, PAGE_SIZE);
	if (IS_ERR(name))
		return PTR_ERR(name);
	device = vfio_device_get_from_name(group, name);
	kfree(name);
	if (IS_ERR(device))
		return PTR_ERR(device);

	fd = vfio_device_make_fd(device);
	if (UNLESS_MUTANT(group_failed_open_keeps_device, fd < 0))
		vfio_device_put_registration(device);
	return fd;
}

static const struct {
	unsigned int cmd;
	int (*fn)(struct vfio_group *group, void __user *arg);
} vfio_group_ioctls[] = {
	{ VFIO_GROUP_GET_STATUS, vfio_group_get_status },
	{ VFIO_GROUP_SET_CONTAINER, vfio_group_set_container },
	{ VFIO_GROUP_UNSET_CONTAINER, vfio_group_unset_container },
	{ VFIO_GROUP_GET_DEVICE_FD, vfio_group_get_device_fd },
};

static long vfio_group_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vfio_group_ioctls); i++)
		if (vfio_group_ioctls[i].cmd == cmd)
			return vfio_group_ioctls[i].fn(file->private_data, (void __user *)arg);
	return -ENOTTY;
}

static int vfio_group_open(struct inode *inode, struct file *file)
{
	struct vfio_group *group = container_of(inode->i_cdev, struct vfio_group, cdev);

	guard(mutex)(&group->group_lock);

	if (!refcount_read(&group->drivers))
		return -ENODEV;	/* the last device is just being removed */
	if (group->type == VFIO_NO_IOMMU &&
	    UNLESS_MUTANT(group_open_unprivileged, !capable(CAP_SYS_RAWIO)))
		return -EPERM;
	if (UNLESS_MUTANT(group_second_open, group->opened_file))
		return -EBUSY;

	file->private_data = group;
	group->opened_file = file;
	group->kept_by_file = !profile(BEH_GROUP_ENDS_WITH_DEVICES) &&
			      refcount_inc_not_zero(&group->drivers);
	return 0;
}

/* Open devices hold a reference on this file, so none is open when it goes. */
static int vfio_group_close(struct inode *inode, struct file *file)
{
	struct vfio_group *group = file->private_data;
	bool keeper = group->kept_by_file;

	scoped_guard(mutex, &group->group_lock) {
		group->opened_file = NULL;
		if (UNLESS_MUTANT(group_close_keeps_container, group->container))
			vfio_group_detach_container(group);
	}
	if (keeper)
		vfio_group_put(group);
	return 0;
}

const struct file_operations vfio_group_fops = {
	.owner = THIS_MODULE,
	.open = vfio_group_open,
	.release = vfio_group_close,
	.unlocked_ioctl = vfio_group_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

struct vfio_group *vfio_group_from_file(struct file *file)
{
	return file->f_op == &vfio_group_fops ? file->private_data : NULL;
}
