/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which kernel the core behaves as.
 *
 * Kernels differ on purpose over time. Every such difference is one row of the
 * table below, named and tied to the clause that states it, with a column for
 * each profile. Code asks profile(BEH_NAME) at the place that differs and never
 * compares versions. A row that is true means "the kernel does what the name
 * and the text say".
 *
 * To add a profile: add a column here, an enum vfio_profile value in the same
 * place, and its name in profile.c.
 */
#ifndef CORE_PROFILE_H
#define CORE_PROFILE_H

#include <linux/types.h>

enum vfio_profile {
	PROFILE_5_19,
	PROFILE_6_1,
	PROFILE_6_12,
	PROFILE_7_3,
	PROFILE_COUNT
};

/* X(name, clause, 5.19, 6.1, 6.12, 7.3, text) */
#define VFIO_PROFILE_TABLE(X) \
	/* group and device life */ \
	X(SET_CONTAINER_BADFD, "GRP-023", 0, 0, 1, 1, \
	  "SET_CONTAINER with a descriptor of something else is EBADFD, not EINVAL") \
	X(UNREGISTER_HIDES_FIRST, "GRP-054", 0, 0, 1, 1, \
	  "a device that waits to be unregistered is no longer found by name") \
	X(DOUBLE_REGISTER_EINVAL, "DRV-011", 0, 0, 1, 1, \
	  "registering a struct device twice is EINVAL, not EBUSY") \
	X(SET_CONTAINER_FD_FIRST, "GRP-021", 0, 1, 1, 1, \
	  "SET_CONTAINER looks its descriptor up first; otherwise -1, and any for a group that has " \
	  "a container, is EINVAL, and no privilege for a no-IOMMU group EPERM") \
	X(GROUP_ENDS_WITH_DEVICES, "DEV-017", 0, 1, 1, 1, \
	  "a group whose last device has gone ends at once, not when its file is closed") \
	X(DEVICE_CLASS, "DEV-018", 0, 1, 1, 1, \
	  "a registered device is in /sys/class/vfio-dev") \
	X(FEATURE_ENOTTY, "FEAT-007", 0, 1, 1, 1, \
	  "a feature that is not the core's is ENOTTY, not EINVAL, if the driver has no features") \
	X(REGISTER_BEFORE_OPEN, "PIN-006", 1, 0, 1, 1, \
	  "the backend knows a device before its open_device runs, so that it may pin there") \
	X(PIN_NEEDS_DMA_UNMAP, "PIN-007", 0, 0, 1, 1, \
	  "a device whose driver has no dma_unmap op can never pin") \
	/* KVM */ \
	X(KVM_REF_IN_CORE, "KVM-049", 0, 0, 1, 1, \
	  "the core holds a KVM reference from the first open to the last close") \
	X(COHERENT_BY_DEVICE, "KVM-041", 0, 0, 1, 1, \
	  "enforced coherency is asked of the devices of a file, not of its container") \
	X(DEVICE_FILE_VALID, "KVM-019", 0, 0, 1, 1, \
	  "a device file is a valid VFIO file for KVM") \
	X(KVM_COUNTS_ASSIGNED, "KVM-042", 1, 1, 1, 0, \
	  "a file that KVM is shown counts as assigned to the VM") \
	X(KVM_CAP_DEVICE_CTRL, "KVM-061", 0, 0, 1, 1, \
	  "KVM says that it has devices: on x86 earlier kernels had and did not say so") \
	X(KVM_DEVICE_RELEASE, "KVM-004", 0, 1, 1, 1, \
	  "the KVM VFIO device goes with its last descriptor, not with its VM") \
	/* migration and DMA logging */ \
	X(MIG_PRE_COPY, "MIG-014", 0, 0, 1, 1, \
	  "the migration FSM has PRE_COPY and PRE_COPY_P2P") \
	X(MIG_DATA_SIZE, "FEAT-060", 0, 0, 1, 1, \
	  "VFIO_DEVICE_FEATURE_MIG_DATA_SIZE is known") \
	X(LOG_REPORT_WINDOWS, "FEAT-037", 1, 1, 0, 0, \
	  "LOGGING_REPORT pins the bitmap a window at a time before the driver runs, so that a " \
	  "bad bitmap is EFAULT; otherwise pages are pinned as bits are set and faults are lost") \
	X(DMA_LOGGING, "FEAT-022", 0, 1, 1, 1, \
	  "the DMA_LOGGING features are the core's") \
	X(MIG_PRECOPY_INFO_V2, "FEAT-068", 0, 0, 0, 1, \
	  "MIG_PRECOPY_INFOv2 is known, and EINVAL for a device without PRE_COPY") \
	/* type1 */ \
	X(NESTING, "CONT-006", 1, 1, 1, 0, \
	  "VFIO_TYPE1_NESTING_IOMMU is an extension, and can be set") \
	X(VADDR_NEEDS_IOMMU, "CONT-008", 0, 1, 1, 1, \
	  "VFIO_UPDATE_VADDR is for containers with an IOMMU and no emulated group, not for all") \
	X(VADDR_WAITS, "T1-091", 1, 0, 0, 0, \
	  "who needs an address that is to be updated (a group that joins, a pin, dma_rw) waits " \
	  "for it; otherwise EBUSY") \
	X(UNMAP_OLDEST_FIRST, "PIN-023", 1, 0, 0, 0, \
	  "devices hear of an unmap in the order in which they came, not the last one first") \
	X(UNMAP_FOREIGN_MM, "T1-085", 0, 1, 1, 1, \
	  "mappings of another process can be unmapped; otherwise they end the walk") \
	X(RANGE_EOVERFLOW, "T1-029", 0, 0, 0, 1, \
	  "a range that wraps is EOVERFLOW, not EINVAL, and one may end at the last address") \
	X(INFO_WRITES_PAD, "T1-006", 0, 0, 1, 1, \
	  "IOMMU_GET_INFO writes up to 24 bytes, the pad word included") \
	X(INFO_CAP_ALIGN, "T1-017", 0, 0, 1, 1, \
	  "info capabilities start at multiples of 8 bytes") \
	X(APER_CONFLICT_WRAPS, "T1-124", 1, 1, 1, 0, \
	  "a mapping above the aperture of a new group is not seen before the replay where all " \
	  "addresses up to 2^64 were allowed: the length of that range wraps") \
	/* vfio-pci */ \
	X(PCI_INFO_PAD, "INFO-005", 0, 0, 1, 1, \
	  "DEVICE_GET_INFO writes up to 24 bytes, the pad word included, not up to 20") \
	X(PCI_INFO_ATOMICS, "INFO-009", 0, 0, 1, 1, \
	  "DEVICE_GET_INFO has a capability for AtomicOps completion") \
	X(PCI_MSI_DYNAMIC, "IRQ-058", 0, 0, 1, 1, \
	  "message vectors are not fixed at the enable: MSI-X can grow (no NORESIZE), " \
	  "and ranges are held to the capability, not to what was enabled") \
	X(PCI_ERR_REQ_FD_CHECKED, "IRQ-078", 0, 0, 1, 1, \
	  "an eventfd below -1 for ERR or REQ is EINVAL, not ignored") \
	X(PCI_IO_QWORD, "RW-012", 0, 0, 1, 1, \
	  "an aligned 8-byte access to a BAR is one access of the device, not two") \
	X(PCI_DVSEC_RAW, "RW-060", 0, 0, 1, 1, \
	  "a designated vendor-specific capability is visible and writable, not hidden") \
	X(PCI_EXP_WHOLE, "RW-047", 0, 0, 1, 1, \
	  "the PCI Express capability ends behind Link Status 2, not in front of it") \
	X(PCI_HOT_RESET_INFO_LATE_HEADER, "RST-012", 0, 0, 1, 1, \
	  "GET_PCI_HOT_RESET_INFO writes its header last: not at all if a device has no group") \
	X(PCI_HOT_RESET_COUNT_FIRST, "RST-017", 0, 0, 1, 1, \
	  "PCI_HOT_RESET without descriptors is EINVAL even where there is no reset") \
	X(PCI_CLOSE_RESETS_BUS, "RST-033", 0, 1, 1, 1, \
	  "the last close in a device set resets a bus whose functions have no reset") \
	X(PCI_LOW_POWER, "FEAT-047", 0, 1, 1, 1, \
	  "the LOW_POWER features are known") \
	X(PCI_VF_OWN_SET, "SET-005", 0, 1, 1, 1, \
	  "a VF is a device set of its own, and not in that of its bus") \
	X(PCI_ERR_IRQ_ALWAYS, "INFO-040", 0, 0, 0, 1, \
	  "a device without PCI Express has the ERR interrupt, too") \
	X(PCI_DMA_BUF, "FEAT-062", 0, 0, 0, 1, \
	  "DMA_BUF is known: EOPNOTSUPP for a driver that cannot export, not ENOTTY") \
	X(PCI_BARS_AT_OPEN, "RW-023", 0, 0, 0, 1, \
	  "BARs are claimed at open; one that was not had then is an error of every access") \
	X(MODULE_REF_PER_OPEN, "DRV-026", 1, 1, 0, 0, \
	  "each open of a device holds its driver's module, not the first alone") \
	X(DEVICE_FDINFO, "DEV-021", 0, 0, 0, 1, \
	  "/proc/self/fdinfo of a device file names the device in sysfs")

enum vfio_behaviour {
#define VFIO_PROFILE_ENUM(name, clause, v5_19, v6_1, v6_12, v7_3, text) BEH_##name,
	VFIO_PROFILE_TABLE(VFIO_PROFILE_ENUM)
#undef VFIO_PROFILE_ENUM
	BEH_COUNT
};

struct vfio_profile_row {
	const char *name;		/* without BEH_ */
	const char *clause;		/* id in the clause tables */
	bool holds[PROFILE_COUNT];
	const char *text;
};

extern const struct vfio_profile_row vfio_profile_table[BEH_COUNT];
extern enum vfio_profile vfio_profile_current;

/*
 * profile - does the chosen kernel behave as @beh says?
 *
 * Lock-free, one load; for any context. The profile is chosen once, before the
 * first device is registered, from the environment (VFIO_CORE_PROFILE).
 */
static inline bool profile(enum vfio_behaviour beh)
{
	return vfio_profile_table[beh].holds[vfio_profile_current];
}

/* Name of the profile in use ("6.12"). */
const char *vfio_profile_name(void);

/*
 * vfio_profile_select - choose a profile by name
 *
 * Returns 0, or -EINVAL with nothing changed when there is no such profile. Not
 * to be called while devices are open: the two behaviours would mix.
 */
int vfio_profile_select(const char *name);

/* Reads the environment; called once by vfio_init(). */
void vfio_profile_init(void);

#endif
