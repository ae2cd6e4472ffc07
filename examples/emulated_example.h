/* SPDX-License-Identifier: GPL-2.0-only */
/* The example of an emulated-IOMMU device: what its two files share. */
#ifndef EMULATED_EXAMPLE_H
#define EMULATED_EXAMPLE_H

#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/types.h>
#include <linux/version.h>
#include <linux/vfio.h>

#include "emulated_example_uapi.h"

struct emulated_pin {
	u64 iova;
	struct page *page;
};

struct emulated_device {
	struct vfio_device vdev;
	struct mutex command_lock;	/* outer: commands, one at a time */
	u64 regs[EMULATED_REGION_SIZE / 8];
	struct mutex lock;		/* the pins; taken by unmaps that come from anywhere */
	struct emulated_pin pins[EMULATED_PINS_MAX];
	unsigned int nr_pins;
	u64 unmaps;
	struct notifier_block nb;	/* up to 5.19 */
};

static inline struct emulated_device *to_emulated(struct vfio_device *vdev)
{
	return container_of(vdev, struct emulated_device, vdev);
}

/* Commands: bytes, pages or a sum, or -errno. */
s64 emulated_pin(struct emulated_device *ed, u64 iova);
s64 emulated_unpin(struct emulated_device *ed, u64 iova);
s64 emulated_sum(struct emulated_device *ed, u64 iova);
void emulated_unpin_range(struct emulated_device *ed, u64 iova, u64 length);

/* Between them the driver hears of unmaps; in open_device and close_device. */
int emulated_notify_start(struct emulated_device *ed);
void emulated_notify_stop(struct emulated_device *ed);
/* The op, from 6.1 on. */
void emulated_dma_unmap(struct vfio_device *vdev, u64 iova, u64 length);

#endif
