/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels this driver is built for, 6.1 and later.
 * The core in user space offers the API of 6.12 and needs nothing special.
 */
#ifndef MOCK_COMPAT_H
#define MOCK_COMPAT_H

#include <linux/version.h>
#include <linux/vfio.h>

/* Seeded bugs: only the core in user space can have them. */
#ifdef VFIO_MUTANTS
#include <kapi/mutant.h>
#else
#define MUTANT(name, when)		false
#define UNLESS_MUTANT(name, cond)	(cond)
#endif

/*
 * PRE_COPY came with 6.2, and with it the data size callback. Its names are
 * probed in the uapi header, for distributions that carry it further back.
 */
#ifdef VFIO_MIGRATION_PRE_COPY
#define MOCK_HAVE_PRE_COPY	1
#define MOCK_PRE_COPY		VFIO_MIGRATION_PRE_COPY
#define MOCK_STATE_PRE_COPY	VFIO_DEVICE_STATE_PRE_COPY
#define MOCK_STATE_PRE_COPY_P2P	VFIO_DEVICE_STATE_PRE_COPY_P2P
#else
#define MOCK_PRE_COPY		(1 << 2)
#define MOCK_STATE_PRE_COPY	6
#define MOCK_STATE_PRE_COPY_P2P	7
#endif

#ifdef VFIO_DEVICE_FEATURE_MIG_DATA_SIZE
#define MOCK_HAVE_DATA_SIZE	1
#endif

/* The dirty bitmaps moved from the vfio module to iommufd's. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define MOCK_IMPORT_IOMMUFD	MODULE_IMPORT_NS("IOMMUFD");
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define MOCK_IMPORT_IOMMUFD	MODULE_IMPORT_NS(IOMMUFD);
#else
#define MOCK_IMPORT_IOMMUFD
#endif

/* The core holds a reference on the VM while the device is open, if it has a way to drop it. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define MOCK_CORE_HOLDS_KVM(vdev) ((vdev)->kvm && (vdev)->put_kvm)
#else
#define MOCK_CORE_HOLDS_KVM(vdev) false
#endif

/* The memory of a struct vfio_device was the driver's to free at first. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define MOCK_FREE_DEVICE(vdev)	((void)(vdev))
#else
#define MOCK_FREE_DEVICE(vdev)	vfio_free_device(vdev)
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define MOCK_EVENTFD_SIGNAL(ctx)	eventfd_signal(ctx)
#else
#define MOCK_EVENTFD_SIGNAL(ctx)	eventfd_signal(ctx, 1)
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* iommufd callbacks of a physical device; NULL where iommufd is not configured. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define MOCK_IOMMUFD_OPS						\
	.bind_iommufd = vfio_iommufd_physical_bind,			\
	.unbind_iommufd = vfio_iommufd_physical_unbind,			\
	.attach_ioas = vfio_iommufd_physical_attach_ioas,		\
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define MOCK_IOMMUFD_OPS						\
	.bind_iommufd = vfio_iommufd_physical_bind,			\
	.unbind_iommufd = vfio_iommufd_physical_unbind,			\
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
#else
#define MOCK_IOMMUFD_OPS
#endif

/* Likewise of a device whose IOMMU is emulated. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define MOCK_IOMMUFD_EMULATED_OPS					\
	.bind_iommufd = vfio_iommufd_emulated_bind,			\
	.unbind_iommufd = vfio_iommufd_emulated_unbind,			\
	.attach_ioas = vfio_iommufd_emulated_attach_ioas,		\
	.detach_ioas = vfio_iommufd_emulated_detach_ioas,
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define MOCK_IOMMUFD_EMULATED_OPS					\
	.bind_iommufd = vfio_iommufd_emulated_bind,			\
	.unbind_iommufd = vfio_iommufd_emulated_unbind,			\
	.attach_ioas = vfio_iommufd_emulated_attach_ioas,
#else
#define MOCK_IOMMUFD_EMULATED_OPS
#endif

/* VF tokens as UUIDs; a core that knows them calls it for any token. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define MOCK_TOKEN_OPS	.match_token_uuid = vfio_pci_core_match_token_uuid,
#else
#define MOCK_TOKEN_OPS
#endif

/* Regions are described by an operation of their own, no longer by the ioctl. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define MOCK_HAVE_REGION_OP	1
#define MOCK_REGION_OPS		.get_region_info_caps = vfio_pci_ioctl_get_region_info,
#define MOCK_MDEV_REGION_OPS	.get_region_info_caps = mock_mdev_region_info,
#else
#define MOCK_REGION_OPS
#define MOCK_MDEV_REGION_OPS
#endif

#endif
