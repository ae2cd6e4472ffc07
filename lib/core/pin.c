// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers' way to user memory: through the container of the group whose device
 * is open, which cannot change meanwhile. Clauses PIN.
 */
#include <linux/bug.h>
#include <linux/export.h>

#include "vfio.h"

bool vfio_assert_device_open(struct vfio_device *device)
{
	return !WARN_ON_ONCE(!READ_ONCE(device->open_count));
}

int vfio_pin_pages(struct vfio_device *device, dma_addr_t iova, int npage, int prot,
		   struct page **pages)
{
	const struct vfio_iommu_driver_ops *ops;
	void *data;

	if (!pages || UNLESS_MUTANT(pin_none, !npage) || !vfio_assert_device_open(device))
		return -EINVAL;
	if (profile(BEH_PIN_NEEDS_DMA_UNMAP) && !device->ops->dma_unmap)
		return -EINVAL;
	/* Compared as unsigned, so that a negative count is too many; that holds in all kernels. */
	if (UNLESS_MUTANT(pin_too_many, npage > VFIO_PIN_PAGES_MAX_ENTRIES))
		return -E2BIG;

	ops = vfio_container_backend(device->group->container, &data);
	if (!ops || !ops->pin_pages)
		return -ENOTTY;
	return ops->pin_pages(data, device->group->iommu_group, iova, npage, prot, pages);
}
EXPORT_SYMBOL(vfio_pin_pages);

void vfio_unpin_pages(struct vfio_device *device, dma_addr_t iova, int npage)
{
	const struct vfio_iommu_driver_ops *ops;
	void *data;

	if (!vfio_assert_device_open(device))
		return;
	if (profile(BEH_PIN_NEEDS_DMA_UNMAP) && WARN_ON(!device->ops->dma_unmap))
		return;
	if (WARN_ON(npage <= 0 || npage > (int)VFIO_PIN_PAGES_MAX_ENTRIES))
		return;

	ops = vfio_container_backend(device->group->container, &data);
	if (ops && ops->unpin_pages)
		WARN_ON(ops->unpin_pages(data, iova, npage) != npage);
}
EXPORT_SYMBOL(vfio_unpin_pages);

int vfio_dma_rw(struct vfio_device *device, dma_addr_t iova, void *data, size_t len, bool write)
{
	const struct vfio_iommu_driver_ops *ops;
	void *iommu_data;

	if (!data || UNLESS_MUTANT(pin_rw_nothing, !len) || !vfio_assert_device_open(device))
		return -EINVAL;

	ops = vfio_container_backend(device->group->container, &iommu_data);
	if (!ops || !ops->dma_rw)
		return -ENOTTY;
	return ops->dma_rw(iommu_data, iova, data, len, write);
}
EXPORT_SYMBOL(vfio_dma_rw);
