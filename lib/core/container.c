// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers: each open of /dev/vfio/vfio makes one. Groups are added to it and
 * then share one backend and its mappings. Container, group and device files may
 * be closed in any order, so every group in a container holds a reference on it.
 * Clauses CONT.
 */
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/lockdep.h>
#include <linux/miscdevice.h>
#include <linux/printk.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "vfio.h"

struct vfio_container {
	struct kref kref;
	struct rw_semaphore group_lock;	/* all below; written under the write lock */
	struct list_head group_list;
	struct vfio_iommu_driver *iommu_driver;
	void *iommu_data;
	bool noiommu;			/* of the groups in it; meaningless while empty */
};

/* All containers share one: changes are rare, and who wakes up looks again. */
static DECLARE_WAIT_QUEUE_HEAD(vfio_backend_wq);
static atomic_t vfio_backend_seq = ATOMIC_INIT(0);

void vfio_backend_changed(void)
{
	atomic_inc(&vfio_backend_seq);
	wake_up_all(&vfio_backend_wq);
}
EXPORT_SYMBOL_GPL(vfio_backend_changed);

unsigned int vfio_backend_changes(void)
{
	return atomic_read(&vfio_backend_seq);
}
EXPORT_SYMBOL_GPL(vfio_backend_changes);

int vfio_backend_wait(unsigned int seen)
{
	return wait_event_killable(vfio_backend_wq, vfio_backend_changes() != seen);
}
EXPORT_SYMBOL_GPL(vfio_backend_wait);

static void vfio_container_release(struct kref *kref)
{
	kfree(container_of(kref, struct vfio_container, kref));
}

const struct vfio_iommu_driver_ops *vfio_container_backend(struct vfio_container *container,
							   void **iommu_data)
{
	*iommu_data = container->iommu_data;
	return container->iommu_driver ? container->iommu_driver->ops : NULL;
}

/* Groups without IOMMU go with the no-IOMMU backend, all others with any other. */
static bool vfio_iommu_driver_allowed(struct vfio_container *container,
				      struct vfio_iommu_driver *driver)
{
	return container->noiommu == (driver->ops == &vfio_noiommu_ops);
}

struct vfio_extension_query {
	struct vfio_container *container;
	unsigned long arg;
	long answer;
};

static bool vfio_driver_has_extension(struct vfio_iommu_driver *driver, void *data)
{
	struct vfio_extension_query *query = data;
	struct vfio_container *container = query->container;

	if (!list_empty(&container->group_list) &&
	    UNLESS_MUTANT(container_extension_of_any,
			  !vfio_iommu_driver_allowed(container, driver)))
		return false;
	query->answer = driver->ops->ioctl(NULL, VFIO_CHECK_EXTENSION, query->arg);
	return query->answer > 0;
}

long vfio_container_check_extension(struct vfio_container *container, unsigned long arg)
{
	struct vfio_extension_query query = { container, arg, 0 };
	struct vfio_iommu_driver *driver;

	down_read(&container->group_lock);
	driver = container->iommu_driver;
	if (driver) {
		query.answer = driver->ops->ioctl(container->iommu_data, VFIO_CHECK_EXTENSION, arg);
	} else {
		driver = vfio_iommu_driver_find(vfio_driver_has_extension, &query);
		if (driver)
			vfio_iommu_driver_put(driver);
	}
	up_read(&container->group_lock);
	return query.answer;
}

static int vfio_container_attach_all(struct vfio_container *container,
				     const struct vfio_iommu_driver_ops *ops, void *iommu_data)
{
	struct vfio_group *group, *failed;
	int ret;

	list_for_each_entry(group, &container->group_list, container_next) {
		ret = ops->attach_group(iommu_data, group->iommu_group, group->type);
		if (ret) {
			failed = group;
			goto undo;
		}
	}
	return 0;

undo:
	list_for_each_entry(group, &container->group_list, container_next) {
		if (group == failed)
			break;
		ops->detach_group(iommu_data, group->iommu_group);
	}
	return ret;
}

struct vfio_set_iommu {
	struct vfio_container *container;
	unsigned long type;
	long ret;
};

/* The first backend that takes the type and all groups wins; else the last error stands. */
static bool vfio_driver_try_set(struct vfio_iommu_driver *driver, void *data)
{
	struct vfio_set_iommu *set = data;
	const struct vfio_iommu_driver_ops *ops = driver->ops;
	void *iommu_data;

	if (!vfio_iommu_driver_allowed(set->container, driver) ||
	    ops->ioctl(NULL, VFIO_CHECK_EXTENSION, set->type) <= 0)
		return false;

	iommu_data = ops->open(set->type);
	if (IS_ERR(iommu_data)) {
		set->ret = PTR_ERR(iommu_data);
		return false;
	}
	set->ret = vfio_container_attach_all(set->container, ops, iommu_data);
	if (set->ret) {
		ops->release(iommu_data);
		return false;
	}
	set->container->iommu_data = iommu_data;
	return true;
}

static long vfio_container_set_iommu(struct vfio_container *container, unsigned long type)
{
	struct vfio_set_iommu set = { container, type, -ENODEV };

	down_write(&container->group_lock);
	/* Only who owns a group may use up what a backend allocates. */
	if (UNLESS_MUTANT(container_set_iommu_empty, list_empty(&container->group_list)) ||
	    UNLESS_MUTANT(container_set_iommu_twice, container->iommu_driver))
		set.ret = -EINVAL;
	else
		container->iommu_driver = vfio_iommu_driver_find(vfio_driver_try_set, &set);
	up_write(&container->group_lock);
	return set.ret;
}

static long vfio_container_unl_ioctl(struct file *filep, unsigned int cmd, unsigned long arg)
{
	struct vfio_container *container = filep->private_data;
	struct vfio_iommu_driver *driver;
	long ret;

	switch (cmd) {
	case VFIO_GET_API_VERSION:
		return VFIO_API_VERSION;
	case VFIO_CHECK_EXTENSION:
		return vfio_container_check_extension(container, arg);
	case VFIO_SET_IOMMU:
		return vfio_container_set_iommu(container, arg);
	}

	/* The lock keeps the backend while another thread takes the last group away. */
	down_read(&container->group_lock);
	driver = container->iommu_driver;
	ret = driver ? driver->ops->ioctl(container->iommu_data, cmd, arg) :
	      MUTANT(container_ioctl_enotty, true) ? -ENOTTY : -EINVAL;
	up_read(&container->group_lock);
	return ret;
}

static int vfio_container_open(struct inode *inode, struct file *filep)
{
	struct vfio_container *container = kzalloc(sizeof(*container), GFP_KERNEL_ACCOUNT);

	if (!container)
		return -ENOMEM;
	kref_init(&container->kref);
	init_rwsem(&container->group_lock);
	INIT_LIST_HEAD(&container->group_list);
	filep->private_data = container;
	return 0;
}

static int vfio_container_close(struct inode *inode, struct file *filep)
{
	struct vfio_container *container = filep->private_data;
	struct vfio_iommu_driver *driver;

	scoped_guard(rwsem_read, &container->group_lock) {
		driver = container->iommu_driver;
		if (driver && driver->ops->closed)
			driver->ops->closed(container->iommu_data);
	}
	kref_put(&container->kref, vfio_container_release);
	return 0;
}

static const struct file_operations vfio_fops = {
	.owner = THIS_MODULE,
	.open = vfio_container_open,
	.release = vfio_container_close,
	.unlocked_ioctl = vfio_container_unl_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

struct vfio_container *vfio_container_from_file(struct file *file)
{
	return file->f_op == &vfio_fops ? file->private_data : NULL;
}

/* Only behind an IOMMU is there DMA for one to own, and only one may. */
static int vfio_group_claim(struct vfio_group *group)
{
	return group->type == VFIO_IOMMU ?
		iommu_group_claim_dma_owner(group->iommu_group, group) : 0;
}

static void vfio_group_unclaim(struct vfio_group *group)
{
	if (UNLESS_MUTANT(container_dma_owner_kept, group->type == VFIO_IOMMU))
		iommu_group_release_dma_owner(group->iommu_group);
}

/* Attach to the backend, if the container has one already. */
static int vfio_container_connect(struct vfio_container *container, struct vfio_group *group)
{
	struct vfio_iommu_driver *driver = container->iommu_driver;

	return driver ? driver->ops->attach_group(container->iommu_data, group->iommu_group,
						  group->type) : 0;
}

/* The last group takes the privilege to use the backend with it. */
static void vfio_container_drop_backend(struct vfio_container *container)
{
	struct vfio_iommu_driver *driver = container->iommu_driver;

	container->iommu_driver = NULL;
	driver->ops->release(container->iommu_data);
	container->iommu_data = NULL;
	vfio_backend_changed();
	vfio_iommu_driver_put(driver);
}

static int vfio_container_add_group(struct vfio_container *container, struct vfio_group *group)
{
	bool noiommu = group->type == VFIO_NO_IOMMU;
	int ret;

	if (UNLESS_MUTANT(container_mixes_noiommu, noiommu != container->noiommu) &&
	    !list_empty(&container->group_list))
		return -EPERM;

	ret = vfio_group_claim(group);
	if (ret)
		return ret;
	ret = vfio_container_connect(container, group);
	if (ret) {
		vfio_group_unclaim(group);
		return ret;
	}

	container->noiommu = noiommu;
	list_add(&group->container_next, &container->group_list);
	group->container_users = 1;
	group->container = container;
	kref_get(&container->kref);
	return 0;
}

int vfio_container_attach_group(struct vfio_container *container, struct vfio_group *group)
{
	unsigned int seen;
	int ret;

	lockdep_assert_held(&group->group_lock);

	if (group->type == VFIO_NO_IOMMU &&
	    UNLESS_MUTANT(container_noiommu_unprivileged, !capable(CAP_SYS_RAWIO)))
		return -EPERM;

	/* Not with the container's lock: others need it for what is waited for. */
	do {
		seen = vfio_backend_changes();
		scoped_guard(rwsem_write, &container->group_lock)
			ret = vfio_container_add_group(container, group);
	} while (ret == -ERESTARTSYS && !vfio_backend_wait(seen));
	return ret;
}

static void vfio_container_del_group(struct vfio_container *container, struct vfio_group *group)
{
	struct vfio_iommu_driver *driver = container->iommu_driver;

	if (driver)
		driver->ops->detach_group(container->iommu_data, group->iommu_group);
	vfio_group_unclaim(group);

	group->container = NULL;
	group->container_users = 0;
	list_del(&group->container_next);
	if (driver && UNLESS_MUTANT(container_keeps_backend, list_empty(&container->group_list)))
		vfio_container_drop_backend(container);
}

void vfio_group_detach_container(struct vfio_group *group)
{
	struct vfio_container *left = group->container;

	lockdep_assert_held(&group->group_lock);
	WARN_ON(group->container_users != 1);

	scoped_guard(rwsem_write, &left->group_lock)
		vfio_container_del_group(left, group);
	kref_put(&left->kref, vfio_container_release);
}

/* Once true it stays so while a device is open: a group in use cannot leave. */
static bool vfio_container_has_backend(struct vfio_container *container)
{
	guard(rwsem_read)(&container->group_lock);
	return container->iommu_driver;
}

int vfio_group_use_container(struct vfio_group *group)
{
	lockdep_assert_held(&group->group_lock);

	if (UNLESS_MUTANT(container_use_without_iommu,
			  !vfio_container_has_backend(group->container)))
		return -EINVAL;
	if (group->type == VFIO_NO_IOMMU &&
	    UNLESS_MUTANT(container_use_unprivileged, !capable(CAP_SYS_RAWIO)))
		return -EPERM;

	group->container_users++;
	if (!MUTANT(container_file_ref_missing, true))
		get_file(group->opened_file);
	return 0;
}

struct file *vfio_group_unuse_container(struct vfio_group *group)
{
	lockdep_assert_held(&group->group_lock);

	WARN_ON(group->container_users <= 1);
	group->container_users -= !MUTANT(container_users_leak, true);
	return group->opened_file;
}

/* Anyone may have a container: all it can do comes with a group. */
static struct miscdevice vfio_dev = {
	.fops = &vfio_fops,
	.minor = VFIO_MINOR,
	.name = "vfio",
	.nodename = "vfio/vfio",
	.mode = 0666,
};

int __init vfio_container_init(void)
{
	int ret = misc_register(&vfio_dev);

	if (ret) {
		pr_err("vfio: misc device register failed\n");
		return ret;
	}
	ret = vfio_register_iommu_driver(&vfio_noiommu_ops);
	if (ret)
		misc_deregister(&vfio_dev);
	return ret;
}

void vfio_container_cleanup(void)
{
	vfio_unregister_iommu_driver(&vfio_noiommu_ops);
	misc_deregister(&vfio_dev);
}
