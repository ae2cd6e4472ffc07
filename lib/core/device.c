// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices from allocation to registration and back. Two counts rule a device:
 * references on device->device keep the memory; the registration count, which
 * starts at register, keeps the driver bound. Clauses DRV, DEV-013 to DEV-018.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/iommu.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "vfio.h"

static struct class *vfio_device_class;
static DEFINE_IDA(vfio_device_ida);

bool vfio_device_try_get_registration(struct vfio_device *device)
{
	return refcount_inc_not_zero(&device->refcount);
}
EXPORT_SYMBOL_GPL(vfio_device_try_get_registration);

void vfio_device_put_registration(struct vfio_device *device)
{
	if (refcount_dec_and_test(&device->refcount))
		complete(&device->comp);
}
EXPORT_SYMBOL_GPL(vfio_device_put_registration);

/* What a device has beside what its driver's init made. The memory stays. */
static void vfio_device_fini(struct vfio_device *device)
{
	vfio_release_device_set(device);
	ida_free(&vfio_device_ida, device->index);
	iput(device->inode);
}

/* Of devices whose memory is the driver's: its release op may free it. */
static void vfio_device_release(struct device *dev)
{
	struct vfio_device *gone = container_of(dev, struct vfio_device, device);
	const struct vfio_device_ops *ops = gone->ops;

	vfio_device_fini(gone);
	if (ops->release)
		ops->release(gone);
}

static void vfio_device_release_free(struct device *dev)
{
	struct vfio_device *device = container_of(dev, struct vfio_device, device);

	vfio_device_release(dev);
	kvfree(device);
}

int vfio_init_device(struct vfio_device *device, struct device *dev,
		     const struct vfio_device_ops *ops)
{
	int index = ida_alloc_max(&vfio_device_ida, MINORMASK, GFP_KERNEL), ret;

	if (index < 0)
		return index;
	init_completion(&device->comp);
	device->index = index;
	device->ops = ops;
	device->dev = dev;

	/* All mmaps of the device share it, however many files there are. */
	device->inode = alloc_anon_inode(NULL);
	ret = PTR_ERR_OR_ZERO(device->inode);
	if (ret)
		device->inode = NULL;
	else if (ops->init)
		ret = ops->init(device);
	if (ret) {
		vfio_device_fini(device);
		return ret;
	}

	device_initialize(&device->device);
	device->device.parent = dev;
	device->device.class = vfio_device_class;
	device->device.release = vfio_device_release;
	return 0;
}

struct vfio_device *vfio_device_zalloc(size_t size)
{
	struct vfio_device *device;

	/* A driver whose struct does not begin with the core's. */
	if (WARN_ON(size < sizeof(*device)))
		return ERR_PTR(-EINVAL);
	device = kvzalloc(size, GFP_KERNEL);
	return device ? device : ERR_PTR(-ENOMEM);
}

struct vfio_device *_vfio_alloc_device(size_t size, struct device *dev,
				       const struct vfio_device_ops *ops)
{
	struct vfio_device *device = vfio_device_zalloc(size);
	int ret = PTR_ERR_OR_ZERO(device);

	if (!ret) {
		ret = vfio_init_device(device, dev, ops);
		if (ret)
			kvfree(device);
	}
	if (ret)
		return ERR_PTR(ret);
	device->device.release = vfio_device_release_free;
	return device;
}
EXPORT_SYMBOL_GPL(_vfio_alloc_device);

/* Every mapping is made coherent and users have no way to flush. */
static bool vfio_device_coherent(struct vfio_device *device)
{
	return device->group->type != VFIO_IOMMU ||
	       device_iommu_capable(device->dev, IOMMU_CAP_CACHE_COHERENCY);
}

/* Let users find it. */
static int vfio_device_publish(struct vfio_device *device)
{
	int ret = -EINVAL;

	if (vfio_device_coherent(device))
		ret = profile(BEH_DEVICE_CLASS) ? device_add(&device->device) : 0;
	if (!ret) {
		refcount_set(&device->refcount, 1);
		vfio_device_group_register(device);
	}
	return ret;
}

static int vfio_device_register(struct vfio_device *device, enum vfio_group_type type)
{
	int ret = device->dev_set ? 0 : vfio_assign_device_set(device, device);

	if (!ret)
		ret = dev_set_name(&device->device, "vfio%u", device->index);
	if (!ret)
		ret = vfio_device_set_group(device, type);
	if (ret)
		return ret;

	ret = vfio_device_publish(device);
	if (ret)
		vfio_device_remove_group(device);
	return ret;
}

int vfio_register_group_dev(struct vfio_device *device)
{
	return vfio_device_register(device, VFIO_IOMMU);
}
EXPORT_SYMBOL_GPL(vfio_register_group_dev);

int vfio_register_emulated_iommu_dev(struct vfio_device *device)
{
	return vfio_device_register(device, VFIO_EMULATED_IOMMU);
}
EXPORT_SYMBOL_GPL(vfio_register_emulated_iommu_dev);

/* Ask for the device every ten seconds until its last user has gone. */
static void vfio_device_wait_unused(struct vfio_device *device)
{
	bool interrupted = false;
	unsigned int asked = 0;
	long left;

	if (try_wait_for_completion(&device->comp) || MUTANT(device_goes_while_open, true))
		return;

	do {
		if (UNLESS_MUTANT(device_request_not_sent, device->ops->request))
			device->ops->request(device, asked++);

		if (interrupted)
			left = wait_for_completion_timeout(&device->comp, 10 * HZ);
		else
			left = wait_for_completion_interruptible_timeout(&device->comp, 10 * HZ);

		/* The device cannot be given up half: say it once and wait on. */
		if (left < 0) {
			interrupted = true;
			dev_warn(device->dev,
				 "Device is currently in use, task \"%s\" (%d) "
				 "blocked until device is released\n",
				 current->comm, task_pid_nr(current));
		}
	} while (left <= 0);
}

static void vfio_device_del(struct vfio_device *device)
{
	if (device_is_registered(&device->device))
		device_del(&device->device);
}

void vfio_unregister_group_dev(struct vfio_device *device)
{
	bool hide_first = UNLESS_MUTANT(device_found_while_leaving,
					profile(BEH_UNREGISTER_HIDES_FIRST));

	if (hide_first) {
		vfio_device_group_unregister(device);
		vfio_device_del(device);
	}

	vfio_device_put_registration(device);
	vfio_device_wait_unused(device);

	if (!hide_first) {
		vfio_device_group_unregister(device);
		vfio_device_del(device);
	}

	vfio_device_remove_group(device);
}
EXPORT_SYMBOL_GPL(vfio_unregister_group_dev);

int __init vfio_device_init(void)
{
	if (!profile(BEH_DEVICE_CLASS))
		return 0;
	vfio_device_class = class_create("vfio-dev");
	return PTR_ERR_OR_ZERO(vfio_device_class);
}

void vfio_device_cleanup(void)
{
	class_destroy(vfio_device_class);
	ida_destroy(&vfio_device_ida);
}
