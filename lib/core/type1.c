// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: the backend object, its ioctls and parameters. v1 keeps the unmap rules
 * of the first kernels; v2 deals in whole mappings.
 */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "type1.h"

bool vfio_type1_allow_unsafe_interrupts;
module_param_named(allow_unsafe_interrupts, vfio_type1_allow_unsafe_interrupts, bool, 0644);
MODULE_PARM_DESC(allow_unsafe_interrupts,
		 "Assign devices where the platform does not remap their interrupts");

bool vfio_type1_disable_hugepages;
module_param_named(disable_hugepages, vfio_type1_disable_hugepages, bool, 0644);
MODULE_PARM_DESC(disable_hugepages, "Map page by page");

static unsigned int dma_entry_limit = U16_MAX;
module_param_named(dma_entry_limit, dma_entry_limit, uint, 0644);
MODULE_PARM_DESC(dma_entry_limit, "Mappings that a container may have (65535)");

static void *vfio_iommu_type1_open(unsigned long arg)
{
	struct vfio_iommu *iommu;

	/* Accepted even where it is no extension; the container asks for that first. */
	if (arg != VFIO_TYPE1_IOMMU && arg != VFIO_TYPE1v2_IOMMU &&
	    arg != VFIO_TYPE1_NESTING_IOMMU)
		return ERR_PTR(-EINVAL);

	iommu = kzalloc(sizeof(*iommu), GFP_KERNEL);
	if (!iommu)
		return ERR_PTR(-ENOMEM);
	iommu->v2 = UNLESS_MUTANT(type1_v1_like_v2, arg == VFIO_TYPE1_IOMMU) ? false : true;
	iommu->nesting = arg == VFIO_TYPE1_NESTING_IOMMU;
	iommu->dma_avail = dma_entry_limit - MUTANT(type1_entry_limit_off, true);
	iommu->pgsize_bitmap = PAGE_MASK;
	iommu->dma_list = RB_ROOT;
	mutex_init(&iommu->lock);
	mutex_init(&iommu->device_list_lock);
	INIT_LIST_HEAD(&iommu->domain_list);
	INIT_LIST_HEAD(&iommu->emulated_iommu_groups);
	INIT_LIST_HEAD(&iommu->iova_list);
	INIT_LIST_HEAD(&iommu->device_list);
	return iommu;
}

static void vfio_iommu_type1_release(void *iommu_data)
{
	struct vfio_iommu *iommu = iommu_data;

	mutex_lock(&iommu->lock);
	vfio_iommu_release_groups(iommu);
	vfio_iova_free(&iommu->iova_list);
	mutex_unlock(&iommu->lock);
	mutex_destroy(&iommu->lock);
	mutex_destroy(&iommu->device_list_lock);
	kfree(iommu);
}

static bool vfio_iommu_coherent(struct vfio_iommu *iommu)
{
	struct vfio_domain *d;

	guard(mutex)(&iommu->lock);
	list_for_each_entry(d, &iommu->domain_list, next)
		if (!d->enforce_cache_coherency)
			return false;
	return true;
}

/* An emulated device may use the address of a mapping at any time. */
static bool vfio_iommu_can_update_vaddr(struct vfio_iommu *iommu)
{
	guard(mutex)(&iommu->lock);
	return list_empty(&iommu->emulated_iommu_groups);
}

/* @iommu is NULL while the container has no backend: some answers need one. */
static long vfio_iommu_type1_check_extension(struct vfio_iommu *iommu, unsigned long arg)
{
	switch (arg) {
	case VFIO_UPDATE_VADDR:
		return !profile(BEH_VADDR_NEEDS_IOMMU) ||
		       (iommu && vfio_iommu_can_update_vaddr(iommu));
	case VFIO_DMA_CC_IOMMU:
		return iommu && vfio_iommu_coherent(iommu);
	case VFIO_TYPE1_NESTING_IOMMU:
		return profile(BEH_NESTING);
	case VFIO_UNMAP_ALL:
		return !MUTANT(type1_unmap_all_hidden, true);
	case VFIO_TYPE1v2_IOMMU:
	case VFIO_TYPE1_IOMMU:
		return 1;
	}
	return 0;
}

static long vfio_iommu_type1_ioctl(void *iommu_data, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case VFIO_CHECK_EXTENSION:
		return vfio_iommu_type1_check_extension(iommu_data, arg);
	case VFIO_IOMMU_GET_INFO:
		return vfio_iommu_type1_get_info(iommu_data, arg);
	case VFIO_IOMMU_MAP_DMA:
		return vfio_iommu_type1_map_dma(iommu_data, arg);
	case VFIO_IOMMU_UNMAP_DMA:
		return vfio_iommu_type1_unmap_dma(iommu_data, arg);
	case VFIO_IOMMU_DIRTY_PAGES:
		return vfio_iommu_type1_dirty_pages(iommu_data, arg);
	}
	return -ENOTTY;
}

static void vfio_iommu_type1_register_device(void *iommu_data, struct vfio_device *vdev)
{
	struct vfio_iommu *iommu = iommu_data;

	guard(mutex)(&iommu->device_list_lock);
	guard(mutex)(&iommu->lock);
	if (!vdev->ops->dma_unmap)
		return;
	if (profile(BEH_UNMAP_OLDEST_FIRST))
		list_add_tail(&vdev->iommu_entry, &iommu->device_list);
	else
		list_add(&vdev->iommu_entry, &iommu->device_list);
}

static void vfio_iommu_type1_unregister_device(void *iommu_data, struct vfio_device *vdev)
{
	struct vfio_iommu *iommu = iommu_data;

	guard(mutex)(&iommu->device_list_lock);
	guard(mutex)(&iommu->lock);
	if (vdev->ops->dma_unmap)
		list_del(&vdev->iommu_entry);
}

static void vfio_iommu_type1_closed(void *iommu_data)
{
	struct vfio_iommu *iommu = iommu_data;

	scoped_guard(mutex, &iommu->lock)
		iommu->closed = true;
	vfio_backend_changed();
}

static const struct vfio_iommu_driver_ops vfio_type1_ops = {
	.owner = THIS_MODULE,
	.name = "vfio-iommu-type1",
	.open = vfio_iommu_type1_open,
	.ioctl = vfio_iommu_type1_ioctl,
	.release = vfio_iommu_type1_release,
	.attach_group = vfio_iommu_type1_attach_group,
	.detach_group = vfio_iommu_type1_detach_group,
	.closed = vfio_iommu_type1_closed,
	.register_device = vfio_iommu_type1_register_device,
	.unregister_device = vfio_iommu_type1_unregister_device,
	.pin_pages = vfio_iommu_type1_pin_pages,
	.unpin_pages = vfio_iommu_type1_unpin_pages,
	.dma_rw = vfio_iommu_type1_dma_rw,
};

static int __init vfio_type1_init(void)
{
	return vfio_register_iommu_driver(&vfio_type1_ops);
}

static void __exit vfio_type1_exit(void)
{
	vfio_unregister_iommu_driver(&vfio_type1_ops);
}

module_init(vfio_type1_init);
module_exit(vfio_type1_exit);
MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("VFIO backend that maps user memory for DMA");
