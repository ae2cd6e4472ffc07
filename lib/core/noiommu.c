// SPDX-License-Identifier: GPL-2.0-only
/*
 * The backend for devices with nothing between them and memory. It maps
 * nothing; it only lets a container with such groups be "set up" by someone who
 * may do raw I/O anyway. Clauses NOIO.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/moduleparam.h>

#include "vfio.h"

bool vfio_noiommu;
module_param_named(enable_unsafe_noiommu_mode, vfio_noiommu, bool, 0644);
MODULE_PARM_DESC(enable_unsafe_noiommu_mode,
		 "Allow devices without IOMMU: no isolation, taints the kernel (default: false)");

static void *vfio_noiommu_open(unsigned long arg)
{
	if (arg != VFIO_NOIOMMU_IOMMU)
		return ERR_PTR(-EINVAL);
	return capable(CAP_SYS_RAWIO) ? NULL : ERR_PTR(-EPERM);
}

static void vfio_noiommu_release(void *iommu_data)
{
}

static long vfio_noiommu_ioctl(void *iommu_data, unsigned int cmd, unsigned long arg)
{
	if (cmd != VFIO_CHECK_EXTENSION)
		return -ENOTTY;
	return vfio_noiommu && arg == VFIO_NOIOMMU_IOMMU;
}

static int vfio_noiommu_attach_group(void *iommu_data, struct iommu_group *iommu_group,
				     enum vfio_group_type type)
{
	return 0;
}

static void vfio_noiommu_detach_group(void *iommu_data, struct iommu_group *iommu_group)
{
}

const struct vfio_iommu_driver_ops vfio_noiommu_ops = {
	.owner = THIS_MODULE,
	.name = "vfio-noiommu",
	.open = vfio_noiommu_open,
	.ioctl = vfio_noiommu_ioctl,
	.attach_group = vfio_noiommu_attach_group,
	.detach_group = vfio_noiommu_detach_group,
	.release = vfio_noiommu_release,
};
