// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_FEATURE: one ioctl for many. The header is decoded here, the
 * features that all devices share are carried out in migration.c and
 * dma_logging.c, the rest is the driver's. Clauses FEAT-001 to FEAT-015.
 */
#include <linux/errno.h>
#include <linux/uaccess.h>

#include "vfio.h"

/* Later than the uapi headers here. */
#ifndef VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2
#define VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2 12
#endif

#define FEATURE_KNOWN_FLAGS (VFIO_DEVICE_FEATURE_MASK | VFIO_DEVICE_FEATURE_GET | \
			     VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PROBE)

static vfio_feature_fn * const vfio_core_features[] = {
	[VFIO_DEVICE_FEATURE_MIGRATION] = vfio_feature_migration,
	[VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE] = vfio_feature_mig_device_state,
	[VFIO_DEVICE_FEATURE_DMA_LOGGING_START] = vfio_feature_logging_start,
	[VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP] = vfio_feature_logging_stop,
	[VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT] = vfio_feature_logging_report,
	[VFIO_DEVICE_FEATURE_MIG_DATA_SIZE] = vfio_feature_mig_data_size,
	[VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2] = vfio_feature_mig_precopy_info_v2,
};

static vfio_feature_fn *vfio_core_feature(u32 feature)
{
	if (feature >= ARRAY_SIZE(vfio_core_features))
		return NULL;
	if (feature == VFIO_DEVICE_FEATURE_MIG_DATA_SIZE && !profile(BEH_MIG_DATA_SIZE))
		return NULL;
	if (feature == VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2 && !profile(BEH_MIG_PRECOPY_INFO_V2))
		return NULL;
	if (feature >= VFIO_DEVICE_FEATURE_DMA_LOGGING_START &&
	    feature <= VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT && !profile(BEH_DMA_LOGGING))
		return NULL;
	return vfio_core_features[feature];
}

int vfio_device_feature(struct vfio_device *device, struct vfio_device_feature __user *arg)
{
	size_t minsz = offsetofend(struct vfio_device_feature, flags);
	struct vfio_device_feature header;
	vfio_feature_fn *fn;

	if (copy_from_user(&header, arg, minsz))
		return -EFAULT;
	if (header.argsz < minsz || header.flags & ~FEATURE_KNOWN_FLAGS)
		return -EINVAL;
	/* Both at once only make sense as a question. */
	if ((header.flags & VFIO_DEVICE_FEATURE_GET) && (header.flags & VFIO_DEVICE_FEATURE_SET) &&
	    !(header.flags & VFIO_DEVICE_FEATURE_PROBE))
		return -EINVAL;

	fn = vfio_core_feature(header.flags & VFIO_DEVICE_FEATURE_MASK);
	if (!fn)
		fn = device->ops->device_feature;
	if (!fn)
		return profile(BEH_FEATURE_ENOTTY) ? -ENOTTY : -EINVAL;
	return fn(device, header.flags, arg->data, header.argsz - minsz);
}
