// SPDX-License-Identifier: GPL-2.0-only
/* The control region's common part: registers, data buffer, commands. */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "mock_ctrl.h"

int mock_ctrl_init(struct mock_ctrl *ctrl, struct vfio_device *vdev,
		   const struct mock_ctrl_ops *ops)
{
	ctrl->data = kzalloc(MOCK_DATA_SIZE, GFP_KERNEL);
	if (!ctrl->data)
		return -ENOMEM;
	ctrl->vdev = vdev;
	ctrl->ops = ops;
	mutex_init(&ctrl->lock);
	mutex_init(&ctrl->pin_lock);
	xa_init(&ctrl->pins);
	return 0;
}

void mock_ctrl_destroy(struct mock_ctrl *ctrl)
{
	xa_destroy(&ctrl->pins);
	mutex_destroy(&ctrl->pin_lock);
	mutex_destroy(&ctrl->lock);
	kfree(ctrl->data);
}

void mock_ctrl_request(struct mock_ctrl *ctrl)
{
	mutex_lock(&ctrl->pin_lock);
	ctrl->requests++;
	mutex_unlock(&ctrl->pin_lock);
}

void mock_ctrl_open(struct mock_ctrl *ctrl)
{
	u64 iova;

	mutex_lock(&ctrl->lock);
	mutex_lock(&ctrl->pin_lock);
	iova = ctrl->open_pin;
	ctrl->open_pin = 0;
	mutex_unlock(&ctrl->pin_lock);
	if (iova & MOCK_OPEN_PIN)
		ctrl->result = mock_pin(ctrl, iova & ~(u64)MOCK_OPEN_PIN, 1, IOMMU_READ);
	mutex_unlock(&ctrl->lock);
}

void mock_ctrl_restore(struct mock_ctrl *ctrl)
{
	mutex_lock(&ctrl->pin_lock);
	ctrl->open_pin = 0;
	mutex_unlock(&ctrl->pin_lock);
}

static s64 mock_dma_rw(struct mock_ctrl *ctrl)
{
	s64 ret;

	if (ctrl->arg[1] > MOCK_DATA_SIZE || ctrl->arg[2] > 1)
		return -EINVAL;
	ret = vfio_dma_rw(ctrl->vdev, ctrl->arg[0], ctrl->data, ctrl->arg[1], ctrl->arg[2]);
	if (!ret && ctrl->arg[2] && ctrl->ops->dma_written)
		ctrl->ops->dma_written(ctrl, ctrl->arg[0], ctrl->arg[1]);
	return ret;
}

static s64 mock_dma_rw_loop(struct mock_ctrl *ctrl)
{
	s64 ret = 0;
	u64 i;

	if (ctrl->arg[3] > MOCK_LOOP_MAX)
		return -E2BIG;
	for (i = 0; i < ctrl->arg[3] && !ret; i++) {
		ret = mock_dma_rw(ctrl);
		cond_resched();
	}
	return ret ?: ctrl->arg[3];
}

struct mock_work {
	struct work_struct work;
	struct mock_ctrl *ctrl;
	s64 result;
};

static void mock_dma_rw_work(struct work_struct *work)
{
	struct mock_work *w = container_of(work, struct mock_work, work);

	w->result = mock_dma_rw(w->ctrl);
}

/* Threads of the kernel have no memory of a user and must borrow it. */
static s64 mock_dma_rw_thread(struct mock_ctrl *ctrl)
{
	struct mock_work w = { .ctrl = ctrl };

	INIT_WORK_ONSTACK(&w.work, mock_dma_rw_work);
	schedule_work(&w.work);
	flush_work(&w.work);
	destroy_work_on_stack(&w.work);
	return w.result;
}

/* -EINVAL: no such command. Else 0 with the outcome in ctrl->result. */
static int mock_command(struct mock_ctrl *ctrl, u64 cmd)
{
	u64 *arg = ctrl->arg;
	u64 start = ktime_get_ns();

	ctrl->core_ns = 0;
	switch (cmd) {
	case MOCK_CMD_PIN:
		ctrl->result = mock_pin(ctrl, arg[0], arg[1], arg[2]);
		break;
	case MOCK_CMD_UNPIN:
		ctrl->result = mock_unpin(ctrl, arg[0], arg[1]);
		break;
	case MOCK_CMD_UNPIN_ALL:
		ctrl->result = mock_unpin_range(ctrl, 0, U64_MAX);
		break;
	case MOCK_CMD_DMA_RW:
		ctrl->result = mock_dma_rw(ctrl);
		break;
	case MOCK_CMD_DMA_RW_LOOP:
		ctrl->result = mock_dma_rw_loop(ctrl);
		break;
	case MOCK_CMD_PIN_LOOP:
		ctrl->result = mock_pin_loop(ctrl, arg[0], arg[1], arg[2], arg[3], &start);
		break;
	case MOCK_CMD_DMA_RW_THREAD:
		ctrl->result = mock_dma_rw_thread(ctrl);
		break;
	default:
		if (!ctrl->ops->command || ctrl->ops->command(ctrl, cmd))
			return -EINVAL;
	}
	ctrl->ns = ctrl->core_ns ?: ktime_get_ns() - start;
	return 0;
}

static int mock_common_read(struct mock_ctrl *ctrl, u64 reg, u64 *val)
{
	const struct { u64 reg; const u64 *val; struct mutex *lock; } regs[] = {
		{ MOCK_REG_ARG0, &ctrl->arg[0], &ctrl->lock },
		{ MOCK_REG_ARG1, &ctrl->arg[1], &ctrl->lock },
		{ MOCK_REG_ARG2, &ctrl->arg[2], &ctrl->lock },
		{ MOCK_REG_ARG3, &ctrl->arg[3], &ctrl->lock },
		{ MOCK_REG_RESULT, (u64 *)&ctrl->result, &ctrl->lock },
		{ MOCK_REG_NS, &ctrl->ns, &ctrl->lock },
		{ MOCK_REG_PINS, &ctrl->nr_pins, &ctrl->pin_lock },
		{ MOCK_REG_UNMAP_CALLS, &ctrl->unmap_calls, &ctrl->pin_lock },
		{ MOCK_REG_UNMAP_IOVA, &ctrl->unmap_iova, &ctrl->pin_lock },
		{ MOCK_REG_UNMAP_LEN, &ctrl->unmap_len, &ctrl->pin_lock },
		{ MOCK_REG_REQUESTS, &ctrl->requests, &ctrl->pin_lock },
		{ MOCK_REG_OPEN_PIN, &ctrl->open_pin, &ctrl->pin_lock },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++) {
		if (regs[i].reg != reg)
			continue;
		mutex_lock(regs[i].lock);
		*val = *regs[i].val;
		mutex_unlock(regs[i].lock);
		return 0;
	}
	switch (reg) {
	case MOCK_REG_MAGIC:
		*val = MOCK_MAGIC;
		return 0;
	case MOCK_REG_VERSION:
		*val = MOCK_VERSION;
		return 0;
	}
	return -ENOENT;
}

static int mock_common_write(struct mock_ctrl *ctrl, u64 reg, u64 val)
{
	int ret = 0;

	if (reg == MOCK_REG_OPEN_PIN) {
		mutex_lock(&ctrl->pin_lock);
		ctrl->open_pin = val;
		mutex_unlock(&ctrl->pin_lock);
		return 0;
	}
	if (reg < MOCK_REG_ARG0 || reg > MOCK_REG_CMD)
		return -ENOENT;
	if (reg == MOCK_REG_CMD && val == MOCK_CMD_FAULT)
		return ctrl->ops->fault ? ctrl->ops->fault(READ_ONCE(ctrl->arg[0])) : -EPERM;
	mutex_lock(&ctrl->lock);
	if (reg == MOCK_REG_CMD)
		ret = mock_command(ctrl, val);
	else
		ctrl->arg[(reg - MOCK_REG_ARG0) / sizeof(u64)] = val;
	mutex_unlock(&ctrl->lock);
	return ret;
}

static int mock_reg_read(struct mock_ctrl *ctrl, u64 reg, u64 *val)
{
	int ret = mock_common_read(ctrl, reg, val);

	if (ret == -ENOENT)
		ret = ctrl->ops->reg_read(ctrl, reg, val);
	return ret == -ENOENT ? -EINVAL : ret;
}

static int mock_reg_write(struct mock_ctrl *ctrl, u64 reg, u64 val)
{
	int ret = mock_common_write(ctrl, reg, val);

	if (ret == -ENOENT)
		ret = ctrl->ops->reg_write(ctrl, reg, val);
	return ret == -ENOENT ? -EINVAL : ret;
}

static ssize_t mock_regs_rw(struct mock_ctrl *ctrl, char __user *buf, size_t count, u64 pos,
			    bool iswrite)
{
	__le64 le;
	u64 val;
	int ret;

	if (count != sizeof(le) || pos % sizeof(le))
		return -EINVAL;
	if (iswrite) {
		if (copy_from_user(&le, buf, sizeof(le)))
			return -EFAULT;
		ret = mock_reg_write(ctrl, pos, le64_to_cpu(le));
		return ret ?: count;
	}
	ret = mock_reg_read(ctrl, pos, &val);
	if (ret)
		return ret;
	le = cpu_to_le64(val);
	return copy_to_user(buf, &le, sizeof(le)) ? -EFAULT : count;
}

static ssize_t mock_data_rw(struct mock_ctrl *ctrl, char __user *buf, size_t count, u64 pos,
			    bool iswrite)
{
	size_t n = min_t(size_t, count, MOCK_DATA_SIZE - pos);
	unsigned long left;

	mutex_lock(&ctrl->lock);
	if (iswrite)
		left = copy_from_user(ctrl->data + pos, buf, n);
	else
		left = copy_to_user(buf, ctrl->data + pos, n);
	mutex_unlock(&ctrl->lock);
	return left ? -EFAULT : n;
}

ssize_t mock_ctrl_rw(struct mock_ctrl *ctrl, char __user *buf, size_t count, u64 pos, bool iswrite)
{
	if (pos >= MOCK_WINDOW)
		return -EINVAL;
	if (pos >= MOCK_DATA)
		return mock_data_rw(ctrl, buf, count, pos - MOCK_DATA, iswrite);
	return mock_regs_rw(ctrl, buf, count, pos, iswrite);
}
