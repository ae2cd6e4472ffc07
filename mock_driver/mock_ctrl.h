/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all mock drivers have in their control region: commands with arguments
 * and a result, the data buffer, pins. The rest of the registers is each driver's own.
 */
#ifndef MOCK_CTRL_H
#define MOCK_CTRL_H

#include <linux/mutex.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>
#include <linux/xarray.h>

#include "mock_compat.h"
#include "mock_uapi.h"

/*
 * Copy in the first @size bytes of an ioctl's struct, which begins with argsz.
 * 0, -EFAULT, or -EINVAL if the user has fewer.
 */
static inline int mock_get_head(void *head, const void __user *arg, size_t size)
{
	if (copy_from_user(head, arg, size))
		return -EFAULT;
	return *(const u32 *)head < size ? -EINVAL : 0;
}

struct mock_ctrl;

/* Registers and commands of one driver, tried when they are not common ones. */
struct mock_ctrl_ops {
	/* Both return 0 or -errno; -ENOENT: no such register, or not in that direction. */
	int (*reg_read)(struct mock_ctrl *ctrl, u64 reg, u64 *val);
	int (*reg_write)(struct mock_ctrl *ctrl, u64 reg, u64 val);
	/* With ctrl->lock held. 0: it ran and ctrl->result says how it went; -ENOENT. */
	int (*command)(struct mock_ctrl *ctrl, u64 cmd);
	/* The device wrote to user memory; with ctrl->lock held. Optional. */
	void (*dma_written)(struct mock_ctrl *ctrl, u64 iova, u64 length);
	/* MOCK_CMD_FAULT, with no lock held: it may not come back. Optional. */
	int (*fault)(u64 kind);
};

struct mock_ctrl {
	struct vfio_device *vdev;
	const struct mock_ctrl_ops *ops;

	struct mutex lock;	/* arguments and result of commands, the data buffer */
	u64 arg[4];
	s64 result;
	u64 ns;
	u64 core_ns;			/* of them in the VFIO core, if that is told apart */
	u8 *data;		/* MOCK_DATA_SIZE */

	struct mutex pin_lock;	/* all below; nests in lock, taken in dma_unmap and request too */
	struct xarray pins;	/* iova -> how often it is pinned */
	u64 nr_pins;
	u64 unmap_calls;
	u64 unmap_iova;
	u64 unmap_len;
	u64 requests;
	u64 open_pin;
};

/* In the driver's init and release ops. 0 or -ENOMEM. */
int mock_ctrl_init(struct mock_ctrl *ctrl, struct vfio_device *vdev,
		   const struct mock_ctrl_ops *ops);
void mock_ctrl_destroy(struct mock_ctrl *ctrl);
/*
 * A read or write of the region at @pos, below MOCK_WINDOW: registers and the
 * data buffer. Returns bytes done or -errno.
 */
ssize_t mock_ctrl_rw(struct mock_ctrl *ctrl, char __user *buf, size_t count, u64 pos,
		     bool iswrite);

/* Last in open_device: pin what MOCK_REG_OPEN_PIN says. */
void mock_ctrl_open(struct mock_ctrl *ctrl);
/* In MOCK_REG_RESTORE. */
void mock_ctrl_restore(struct mock_ctrl *ctrl);
/* The request op: count the call. */
void mock_ctrl_request(struct mock_ctrl *ctrl);

/* mock_pin.c: commands; results as mock_uapi.h has them. */
s64 mock_pin(struct mock_ctrl *ctrl, u64 iova, u64 npage, u64 prot);
s64 mock_unpin(struct mock_ctrl *ctrl, u64 iova, u64 npage);
/* @start is set to when the loop began. */
s64 mock_pin_loop(struct mock_ctrl *ctrl, u64 iova, u64 walk, u64 npage, u64 loops, u64 *start);
/* Give back all pins of pages that begin in [first, last]. Returns how many there were. */
u64 mock_unpin_range(struct mock_ctrl *ctrl, u64 first, u64 last);
/* The dma_unmap op: count the call, unpin the range. */
void mock_ctrl_dma_unmap(struct mock_ctrl *ctrl, u64 iova, u64 length);

#endif
