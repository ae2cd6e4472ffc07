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
	PROFILE_6_1,
	PROFILE_6_12,
	PROFILE_COUNT
};

/* X(name, clause, 6.1, 6.12, text) */
#define VFIO_PROFILE_TABLE(X) \
	/* group and device life */ \
	X(SET_CONTAINER_BADFD, "GRP-023", 0, 1, \
	  "SET_CONTAINER with a descriptor of something else is EBADFD, not EINVAL") \
	X(UNREGISTER_HIDES_FIRST, "GRP-054", 0, 1, \
	  "a device that waits to be unregistered is no longer found by name") \
	X(DOUBLE_REGISTER_EINVAL, "DRV-011", 0, 1, \
	  "registering a struct device twice is EINVAL, not EBUSY") \
	X(REGISTER_BEFORE_OPEN, "PIN-006", 0, 1, \
	  "the backend knows a device before its open_device runs, so that it may pin there") \
	X(PIN_NEEDS_DMA_UNMAP, "PIN-007", 0, 1, \
	  "a device whose driver has no dma_unmap op can never pin") \
	/* KVM */ \
	X(KVM_REF_IN_CORE, "KVM-049", 0, 1, \
	  "the core holds a KVM reference from the first open to the last close") \
	X(COHERENT_BY_DEVICE, "KVM-041", 0, 1, \
	  "enforced coherency is asked of the devices of a file, not of its container") \
	X(DEVICE_FILE_VALID, "KVM-019", 0, 1, \
	  "a device file is a valid VFIO file for KVM") \
	X(KVM_DEVICE_RELEASE, "KVM-004", 1, 1, \
	  "the KVM VFIO device goes with its last descriptor, not with its VM") \
	/* migration and DMA logging */ \
	X(MIG_PRE_COPY, "MIG-014", 0, 1, \
	  "the migration FSM has PRE_COPY and PRE_COPY_P2P") \
	X(MIG_DATA_SIZE, "FEAT-060", 0, 1, \
	  "VFIO_DEVICE_FEATURE_MIG_DATA_SIZE is known") \
	X(LOG_REPORT_WINDOWS, "FEAT-037", 1, 0, \
	  "LOGGING_REPORT pins the bitmap a window at a time before the driver runs, so that a " \
	  "bad bitmap is EFAULT; otherwise pages are pinned as bits are set and faults are lost") \
	/* type1 */ \
	X(INFO_WRITES_PAD, "T1-006", 0, 1, \
	  "IOMMU_GET_INFO writes up to 24 bytes, the pad word included") \
	X(INFO_CAP_ALIGN, "T1-017", 0, 1, \
	  "info capabilities start at multiples of 8 bytes") \
	/* vfio-pci */ \
	X(PCI_INFO_PAD, "INFO-005", 0, 1, \
	  "DEVICE_GET_INFO writes up to 24 bytes, the pad word included, not up to 20") \
	X(PCI_INFO_ATOMICS, "INFO-009", 0, 1, \
	  "DEVICE_GET_INFO has a capability for AtomicOps completion") \
	X(PCI_MSI_DYNAMIC, "IRQ-058", 0, 1, \
	  "message vectors are not fixed at the enable: MSI-X can grow (no NORESIZE), " \
	  "and ranges are held to the capability, not to what was enabled") \
	X(PCI_ERR_REQ_FD_CHECKED, "IRQ-078", 0, 1, \
	  "an eventfd below -1 for ERR or REQ is EINVAL, not ignored") \
	X(PCI_IO_QWORD, "RW-012", 0, 1, \
	  "an aligned 8-byte access to a BAR is one access of the device, not two") \
	X(PCI_DVSEC_RAW, "RW-060", 0, 1, \
	  "a designated vendor-specific capability is visible and writable, not hidden") \
	X(PCI_HOT_RESET_INFO_LATE_HEADER, "RST-012", 0, 1, \
	  "GET_PCI_HOT_RESET_INFO writes its header last: not at all if a device has no group") \
	X(PCI_HOT_RESET_COUNT_FIRST, "RST-017", 0, 1, \
	  "PCI_HOT_RESET without descriptors is EINVAL even where there is no reset")

enum vfio_behaviour {
#define VFIO_PROFILE_ENUM(name, clause, v6_1, v6_12, text) BEH_##name,
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
