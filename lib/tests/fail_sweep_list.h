/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every ioctl that the core answers, DEVICE_FEATURE by feature and the attributes
 * of the KVM device one by one, and the program that sweeps it (fail_sweep.h). A
 * program fails when it did not sweep what stands here, and core_fail_sweep when
 * the sources dispatch one that does not stand here.
 */
#ifndef TESTS_FAIL_SWEEP_LIST_H
#define TESTS_FAIL_SWEEP_LIST_H

#include <linux/kvm.h>
#include <linux/types.h>
#include <linux/vfio.h>

/* Newer than the headers that the build may have. */
#ifndef VFIO_DEVICE_FEATURE_DMA_BUF
#define VFIO_DEVICE_FEATURE_DMA_BUF 11
#endif
#ifndef VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2
#define VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2 12
#endif

/* X(ioctl, feature, flag, attribute or 0, program) */
#define SWEPT_IOCTLS(X) \
	X(VFIO_GET_API_VERSION, 0, "core_fail_sweep") \
	X(VFIO_CHECK_EXTENSION, 0, "core_fail_sweep") \
	X(VFIO_SET_IOMMU, 0, "core_fail_sweep") \
	X(VFIO_GROUP_GET_STATUS, 0, "core_fail_sweep") \
	X(VFIO_GROUP_SET_CONTAINER, 0, "core_fail_sweep") \
	X(VFIO_GROUP_UNSET_CONTAINER, 0, "core_fail_sweep") \
	X(VFIO_GROUP_GET_DEVICE_FD, 0, "core_fail_sweep") \
	X(VFIO_IOMMU_GET_INFO, 0, "core_fail_type1") \
	X(VFIO_IOMMU_MAP_DMA, 0, "core_fail_type1") \
	X(VFIO_IOMMU_UNMAP_DMA, 0, "core_fail_type1") \
	X(VFIO_IOMMU_DIRTY_PAGES, VFIO_IOMMU_DIRTY_PAGES_FLAG_START, "core_fail_type1") \
	X(VFIO_IOMMU_DIRTY_PAGES, VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP, "core_fail_type1") \
	X(VFIO_IOMMU_DIRTY_PAGES, VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP, "core_fail_type1") \
	X(VFIO_DEVICE_GET_INFO, 0, "core_fail_device") \
	X(VFIO_DEVICE_GET_REGION_INFO, 0, "core_fail_device") \
	X(VFIO_DEVICE_GET_IRQ_INFO, 0, "core_fail_device") \
	X(VFIO_DEVICE_SET_IRQS, 0, "core_fail_device") \
	X(VFIO_DEVICE_RESET, 0, "core_fail_device") \
	X(VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, 0, "core_fail_device") \
	X(VFIO_DEVICE_PCI_HOT_RESET, 0, "core_fail_device") \
	X(VFIO_DEVICE_IOEVENTFD, 0, "core_fail_device") \
	X(VFIO_DEVICE_GET_INFO, 0, "core_fail_mdev") \
	X(VFIO_DEVICE_GET_REGION_INFO, 0, "core_fail_mdev") \
	X(VFIO_DEVICE_GET_IRQ_INFO, 0, "core_fail_mdev") \
	X(VFIO_DEVICE_SET_IRQS, 0, "core_fail_mdev") \
	X(VFIO_DEVICE_RESET, 0, "core_fail_mdev") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, "core_fail_device") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, "core_fail_device") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP, \
	  "core_fail_device") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, "core_fail_device") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_DMA_BUF, "core_fail_device") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_MIGRATION, "core_fail_migration") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, "core_fail_migration") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, "core_fail_migration") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2, "core_fail_migration") \
	X(VFIO_MIG_GET_PRECOPY_INFO, 0, "core_fail_migration") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_DMA_LOGGING_START, "core_fail_logging") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, "core_fail_logging") \
	X(VFIO_DEVICE_FEATURE, VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT, "core_fail_logging") \
	X(KVM_GET_API_VERSION, 0, "core_fail_kvm") \
	X(KVM_CHECK_EXTENSION, 0, "core_fail_kvm") \
	X(KVM_CREATE_VM, 0, "core_fail_kvm") \
	X(KVM_CREATE_DEVICE, 0, "core_fail_kvm") \
	X(KVM_SET_DEVICE_ATTR, KVM_DEV_VFIO_GROUP_ADD, "core_fail_kvm") \
	X(KVM_SET_DEVICE_ATTR, KVM_DEV_VFIO_GROUP_DEL, "core_fail_kvm") \
	X(KVM_HAS_DEVICE_ATTR, KVM_DEV_VFIO_GROUP_ADD, "core_fail_kvm") \
	X(KVM_GET_DEVICE_ATTR, KVM_DEV_VFIO_GROUP_ADD, "core_fail_kvm")

static const struct swept {
	const char *name;
	u32 cmd, sub;
	const char *program;
} swept_list[] = {
#define SWEPT_ROW(cmd, sub, program) { #cmd " " #sub, cmd, sub, program },
	SWEPT_IOCTLS(SWEPT_ROW)
#undef SWEPT_ROW
};
#define SWEPT_COUNT ARRAY_SIZE(swept_list)

/* The second number of an ioctl that has one. */
static inline u32 swept_sub(u32 cmd, const void *arg)
{
	switch (cmd) {
	/* Of a container that is DIRTY_PAGES: the same number, and flags at the same place. */
	case VFIO_DEVICE_FEATURE:
		return ((const struct vfio_device_feature *)arg)->flags &
		       VFIO_DEVICE_FEATURE_MASK;
	case KVM_SET_DEVICE_ATTR:
	case KVM_HAS_DEVICE_ATTR:
	case KVM_GET_DEVICE_ATTR:
		return ((const struct kvm_device_attr *)arg)->attr;
	}
	return 0;
}

#endif
