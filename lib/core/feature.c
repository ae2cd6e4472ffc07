// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_FEATURE: one ioctl for many. The header is decoded here, the
 * features that all devices share are carried out in migration.c and
 * dma_logging.c, the rest is the driver's. Clauses FEAT-001 to FEAT-015.
 */
#include <linux/errno.h>
#include <linux/uaccess.h>

#include <kapi/argsz.h>
#include "vfio.h"

/* Later than the uapi headers here. */
#ifndef VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2
#define VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2 12
#endif

#define FEATURE_KNOWN_FLAGS (VFIO_DEVICE_FEATURE_MASK | VFIO_DEVICE_FEATURE_GET | \
			     VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PROBE)

enum feature_needs {
	MIG_OPS,
	MIG_SIZE_OP,	/* which drivers of earlier API levels migrate without */
	PRE_COPY,
	LOG_OPS,
};

/* @takes: its data is input also where the method is GET. */
static const struct vfio_core_feature {
	enum feature_needs needs;
	u32 methods;
	size_t size;
	bool takes;
	vfio_feature_fn *fn;
} vfio_core_features[] = {
	[VFIO_DEVICE_FEATURE_MIGRATION] = {
		MIG_OPS, VFIO_DEVICE_FEATURE_GET,
		sizeof(struct vfio_device_feature_migration), false, vfio_feature_migration,
	},
	[VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE] = {
		MIG_OPS, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET,
		sizeof(struct vfio_device_feature_mig_state), true, vfio_feature_mig_device_state,
	},
	[VFIO_DEVICE_FEATURE_DMA_LOGGING_START] = {
		LOG_OPS, VFIO_DEVICE_FEATURE_SET,
		sizeof(struct vfio_device_feature_dma_logging_control), true,
		vfio_feature_logging_start,
	},
	[VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP] = {
		LOG_OPS, VFIO_DEVICE_FEATURE_SET, 0, false, vfio_feature_logging_stop,
	},
	[VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT] = {
		LOG_OPS, VFIO_DEVICE_FEATURE_GET,
		sizeof(struct vfio_device_feature_dma_logging_report), true,
		vfio_feature_logging_report,
	},
	[VFIO_DEVICE_FEATURE_MIG_DATA_SIZE] = {
		MIG_SIZE_OP, VFIO_DEVICE_FEATURE_GET,
		sizeof(struct vfio_device_feature_mig_data_size), false,
		vfio_feature_mig_data_size,
	},
	[VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2] = {
		PRE_COPY, VFIO_DEVICE_FEATURE_SET, 0, false, vfio_feature_mig_precopy_info_v2,
	},
};

/* Is it one of the core's, in this kernel? */
static const struct vfio_core_feature *vfio_core_feature(u32 feature)
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
	return vfio_core_features[feature].fn ? &vfio_core_features[feature] : NULL;
}

/* 0 if the device can do it, else the error that says so. */
static int vfio_feature_missing(struct vfio_device *device, enum feature_needs needs)
{
	const struct vfio_migration_ops *mig = device->mig_ops;

	switch (needs) {
	case MIG_OPS:
		return mig ? 0 : MUTANT(feature_missing_einval, true) ? -EINVAL : -ENOTTY;
	case MIG_SIZE_OP:
		return mig && mig->migration_get_data_size ? 0 : -ENOTTY;
	case PRE_COPY:
		return mig && (device->migration_flags & VFIO_MIGRATION_PRE_COPY) ? 0 : -EINVAL;
	default:
		return device->log_ops ? 0 : -ENOTTY;
	}
}

static int vfio_do_core_feature(struct vfio_device *device, const struct vfio_core_feature *f,
				u32 flags, void __user *arg, size_t argsz)
{
	union vfio_feature_data data = {};
	int ret;

	ret = vfio_feature_missing(device, f->needs);
	if (ret)
		return ret;
	argsz += MUTANT(feature_argsz_one_short, argsz + 1 == f->size);
	/* 1: not only a PROBE. */
	ret = vfio_check_feature(flags, argsz, f->methods, f->size);
	if (ret < 0 || UNLESS_MUTANT(feature_probe_acts, ret != 1))
		return ret;

	if (f->takes && copy_from_user(&data, arg, f->size))
		return -EFAULT;
	ret = f->fn(device, flags, &data, arg);
	if (ret > 0)
		ret = UNLESS_MUTANT(feature_copy_fault_ignored, copy_to_user(arg, &data, ret)) ?
		      -EFAULT : 0;
	return ret;
}

int vfio_device_feature(struct vfio_device *device, struct vfio_device_feature __user *arg)
{
	const u32 both = VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET;
	const struct vfio_core_feature *feature;
	struct vfio_device_feature head;
	size_t size;
	int ret;

	ret = vfio_get_head(&head, arg, flags);
	if (ret)
		return ret;
	if (UNLESS_MUTANT(feature_unknown_flags, head.flags & ~FEATURE_KNOWN_FLAGS))
		return -EINVAL;
	/* Both at once only make sense as a question. */
	if (UNLESS_MUTANT(feature_get_and_set, (head.flags & both) == both) &&
	    !(head.flags & VFIO_DEVICE_FEATURE_PROBE))
		return -EINVAL;

	size = head.argsz - vfio_head_size(&head, flags);
	feature = vfio_core_feature(head.flags & VFIO_DEVICE_FEATURE_MASK);
	if (feature)
		return vfio_do_core_feature(device, feature, head.flags, arg->data, size);
	if (device->ops->device_feature)
		return device->ops->device_feature(device, head.flags, arg->data, size);
	return profile(BEH_FEATURE_ENOTTY) ? -ENOTTY : -EINVAL;
}
