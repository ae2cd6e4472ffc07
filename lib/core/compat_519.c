// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of drivers written for 5.19: the memory is the driver's, the migration
 * ops stand among the others, unmaps are told through notifiers, and pages are
 * pinned by number. Clauses PIN-006, PIN-018 to PIN-020, PIN-044 to PIN-046.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "vfio.h"

/* Devices with a notifier. */
static LIST_HEAD(notified_devices);
static DEFINE_MUTEX(notified_lock);

static void compat_519_dma_unmap(struct vfio_device *device, u64 iova, u64 length)
{
	struct vfio_iommu_type1_dma_unmap unmap = { .iova = iova, .size = length };

	blocking_notifier_call_chain(&device->compat->notifier, VFIO_IOMMU_NOTIFY_DMA_UNMAP,
				     &unmap);
}

static void compat_519_release(struct vfio_device *device)
{
	complete(&device->compat->released);
}

static struct vfio_compat *compat_519_alloc(struct vfio_device *device,
					    const struct vfio_device_ops_519 *ops)
{
	struct vfio_compat *compat = kzalloc(sizeof(*compat), GFP_KERNEL);

	if (!compat)
		return NULL;

	vfio_compat_copy_ops(&compat->ops, ops);
	compat->ops.release = compat_519_release;
	compat->ops.dma_unmap = compat_519_dma_unmap;
	compat->mig_ops.migration_set_state = ops->migration_set_state;
	compat->mig_ops.migration_get_state = ops->migration_get_state;
	compat->device = device;
	BLOCKING_INIT_NOTIFIER_HEAD(&compat->notifier);
	INIT_LIST_HEAD(&compat->notified);
	init_completion(&compat->released);
	return compat;
}

void vfio_init_group_dev(struct vfio_device *device, struct device *dev,
			 const struct vfio_device_ops_519 *ops)
{
	device->dev = dev;
	device->level_ops = ops;
	device->compat = compat_519_alloc(device, ops);
	if (!device->compat)
		return;

	if (vfio_init_device(device, dev, &device->compat->ops)) {
		kfree(device->compat);
		device->compat = NULL;
		return;
	}
	/* A driver with one of them does not migrate (FEAT-021). */
	if (ops->migration_set_state && ops->migration_get_state)
		device->mig_ops = &device->compat->mig_ops;
}
EXPORT_SYMBOL_GPL(vfio_init_group_dev);

void vfio_uninit_group_dev(struct vfio_device *device)
{
	if (!device->compat) {
		vfio_release_device_set(device);
		return;
	}

	/* Others may still look at the device through sysfs. */
	put_device(&device->device);
	wait_for_completion(&device->compat->released);
	WARN_ON(device->compat->nr_notifiers);
	kfree(device->compat);
	device->compat = NULL;
}
EXPORT_SYMBOL_GPL(vfio_uninit_group_dev);

int vfio_register_group_dev_519(struct vfio_device *device)
{
	return device->compat ? vfio_register_group_dev(device) : -ENOMEM;
}
EXPORT_SYMBOL_GPL(vfio_register_group_dev_519);

int vfio_register_emulated_iommu_dev_519(struct vfio_device *device)
{
	return device->compat ? vfio_register_emulated_iommu_dev(device) : -ENOMEM;
}
EXPORT_SYMBOL_GPL(vfio_register_emulated_iommu_dev_519);

/* The backend of the open device; its container cannot change meanwhile. */
static const struct vfio_iommu_driver_ops *compat_519_backend(struct vfio_device *device,
							      void **iommu_data)
{
	return vfio_container_backend(device->group->container, iommu_data);
}

int vfio_register_notifier(struct vfio_device *device, enum vfio_notify_type type,
			   unsigned long *required_events, struct notifier_block *nb)
{
	const struct vfio_iommu_driver_ops *ops;
	struct vfio_compat *compat = device->compat;
	void *data;
	int ret;

	if (!nb || !required_events || !*required_events || !vfio_assert_device_open(device) ||
	    type != VFIO_IOMMU_NOTIFY)
		return -EINVAL;
	ops = compat_519_backend(device, &data);
	if (!ops || !ops->register_device)
		return -ENOTTY;

	*required_events &= ~VFIO_IOMMU_NOTIFY_DMA_UNMAP;
	if (*required_events)
		return -EINVAL;

	/* Not inside notified_lock: notifiers take locks of drivers, which pin under them. */
	ret = blocking_notifier_chain_register(&compat->notifier, nb);
	if (ret)
		return ret;
	mutex_lock(&notified_lock);
	if (!compat->nr_notifiers++)
		list_add_tail(&compat->notified, &notified_devices);
	mutex_unlock(&notified_lock);
	return 0;
}
EXPORT_SYMBOL(vfio_register_notifier);

int vfio_unregister_notifier(struct vfio_device *device, enum vfio_notify_type type,
			     struct notifier_block *nb)
{
	const struct vfio_iommu_driver_ops *ops;
	struct vfio_compat *compat = device->compat;
	void *data;
	int ret;

	if (!nb || !vfio_assert_device_open(device) || type != VFIO_IOMMU_NOTIFY)
		return -EINVAL;
	ops = compat_519_backend(device, &data);
	if (!ops || !ops->unregister_device)
		return -ENOTTY;

	ret = blocking_notifier_chain_unregister(&compat->notifier, nb);
	if (ret)
		return ret;
	mutex_lock(&notified_lock);
	if (!--compat->nr_notifiers)
		list_del_init(&compat->notified);
	mutex_unlock(&notified_lock);
	return 0;
}
EXPORT_SYMBOL(vfio_unregister_notifier);

/* Does any driver of the container hear of unmaps? */
static bool compat_519_notified(struct vfio_container *container)
{
	struct vfio_compat *compat;
	bool found = false;

	mutex_lock(&notified_lock);
	list_for_each_entry(compat, &notified_devices, notified)
		found |= READ_ONCE(compat->device->open_count) &&
			 compat->device->group->container == container;
	mutex_unlock(&notified_lock);
	return found;
}

static bool compat_519_alone(struct vfio_group *group)
{
	bool alone;

	mutex_lock(&group->device_lock);
	alone = list_empty(&group->device_list) || list_is_singular(&group->device_list);
	mutex_unlock(&group->device_lock);
	return alone;
}

/* Unpin page by page up to the first that is not mapped; how many, or -errno for none at all. */
static int compat_519_unpin(const struct vfio_iommu_driver_ops *ops, void *data,
			    unsigned long *user_pfn, int npage)
{
	int i, ret;

	for (i = 0; i < npage; i++) {
		ret = ops->unpin_pages(data, user_pfn[i] << PAGE_SHIFT, 1);
		if (ret < 0)
			return ret;
		if (!ret)
			break;
	}
	return i ? i : -EINVAL;
}

int vfio_pin_pages_519(struct vfio_device *device, unsigned long *user_pfn, int npage, int prot,
		       unsigned long *phys_pfn)
{
	const struct vfio_iommu_driver_ops *ops;
	struct page *page;
	void *data;
	int i, ret;

	if (!user_pfn || !phys_pfn || !npage || !vfio_assert_device_open(device))
		return -EINVAL;
	/* As unsigned, so that a negative count is too many. */
	if (npage > VFIO_PIN_PAGES_MAX_ENTRIES)
		return -E2BIG;
	if (!compat_519_alone(device->group))
		return -EINVAL;
	ops = compat_519_backend(device, &data);
	if (!ops || !ops->pin_pages)
		return -ENOTTY;
	if (!compat_519_notified(device->group->container))
		return -EINVAL;

	for (i = 0; i < npage; i++) {
		ret = ops->pin_pages(data, device->group->iommu_group, user_pfn[i] << PAGE_SHIFT,
				     1, prot, &page);
		if (ret != 1) {
			compat_519_unpin(ops, data, user_pfn, i);
			memset(phys_pfn, 0, (i + 1) * sizeof(*phys_pfn));
			return ret;
		}
		phys_pfn[i] = page_to_pfn(page);
	}
	return i;
}
EXPORT_SYMBOL(vfio_pin_pages_519);

int vfio_unpin_pages_519(struct vfio_device *device, unsigned long *user_pfn, int npage)
{
	const struct vfio_iommu_driver_ops *ops;
	void *data;

	if (!user_pfn || !npage || !vfio_assert_device_open(device))
		return -EINVAL;
	if (npage > VFIO_PIN_PAGES_MAX_ENTRIES)
		return -E2BIG;
	ops = compat_519_backend(device, &data);
	if (!ops || !ops->unpin_pages)
		return -ENOTTY;
	return compat_519_unpin(ops, data, user_pfn, npage);
}
EXPORT_SYMBOL(vfio_unpin_pages_519);
