/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mock driver of mediated devices, whose IOMMU the VFIO core emulates: what
 * they do to memory goes through vfio_pin_pages() and vfio_dma_rw(), at a test's
 * command in the same control region as mock_vfio_pci has.
 *
 * Parents (mock_mdev_parent.c), names below /sys/class/mdev_bus:
 *	mock_mdev	counts instances itself, by type: mock_mdev-small, up to 4, and
 *			mock_mdev-big, up to 2; one too many is ENOSPC. Its attribute
 *			pool is 1 while the other parent is there; write 0 to take that
 *			away with all its devices, 1 to have a new one.
 *	mock_mdev_pool	leaves counting to the mdev core: up to 3 instances of its two
 *			types, mock_mdev-pool1 and mock_mdev-pool2, together.
 */
#ifndef MOCK_MDEV_H
#define MOCK_MDEV_H

#include <linux/mdev.h>
#include <linux/pci_regs.h>

#include "mock_ctrl.h"

/* Regions lie as those of vfio-pci do: the index is in the upper bits. */
#define MOCK_MDEV_SHIFT		40
#define MOCK_MDEV_CONTROL	VFIO_PCI_NUM_REGIONS	/* index of the control region */

struct eventfd_ctx;

struct mock_mdev_type {
	struct mdev_type type;
	const char *description;
	unsigned int max;	/* 0: the mdev core counts */
	unsigned int used;	/* under mock_mdev_types_lock */
};

struct mock_mdev {
	struct vfio_device vdev;	/* first: vfio_alloc_device() wants it so */
	struct mock_mdev_type *type;
	struct mock_ctrl ctrl;
	/* Written in open and close under the device set's lock, read anywhere. */
	u64 open_calls;
	u64 close_calls;
	u64 open_count;
	u64 has_kvm;
	u64 resets;
	u64 open_errno;

	struct mutex lock;		/* all below */
	struct eventfd_ctx *request;	/* told when the device is wanted back, or NULL */
	u8 config[PCI_CFG_SPACE_SIZE];
};

static inline struct mock_mdev *mock_mdev_from_vdev(struct vfio_device *vdev)
{
	return container_of(vdev, struct mock_mdev, vdev);
}

/* mock_mdev_parent.c: an instance of @type comes (0, or -ENOSPC) or goes. */
int mock_mdev_type_get(struct mock_mdev_type *type);
void mock_mdev_type_put(struct mock_mdev_type *type);

/* mock_mdev_device.c: probe and remove of the mdev bus. */
int mock_mdev_probe(struct mdev_device *mdev);
void mock_mdev_remove(struct mdev_device *mdev);

/* mock_mdev_ioctl.c: operations of the device. */
long mock_mdev_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg);
/* Fills in @info but for its size and offset of capabilities, which it adds to @caps. */
int mock_mdev_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
			  struct vfio_info_cap *caps);
void mock_mdev_request(struct vfio_device *vdev, unsigned int count);
/* Forget the eventfd of request. */
void mock_mdev_drop_irqs(struct mock_mdev *mock);

#endif
