// SPDX-License-Identifier: GPL-2.0-only
/* The control region: what is special to this driver, and the window on its state. */
#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "mock.h"

static bool test_faults;
module_param(test_faults, bool, 0444);
MODULE_PARM_DESC(test_faults, "Let a user of the device make the kernel warn, oops or hang");

static DEFINE_MUTEX(mock_fault_a);
static DEFINE_MUTEX(mock_fault_b);

static void mock_fault_order(struct mutex *outer, struct mutex *inner)
{
	mutex_lock(outer);
	mutex_lock(inner);
	mutex_unlock(inner);
	mutex_unlock(outer);
}

static void mock_fault_stale(void)
{
	int *volatile stale = kzalloc(sizeof(*stale), GFP_KERNEL);

	kfree(stale);
	if (stale)
		READ_ONCE(*stale);
}

static int mock_fault(u64 kind)
{
	volatile int shift = 40, number = 1;
	int *volatile nothing = NULL;

	if (!test_faults)
		return -EPERM;
	switch (kind) {
	case MOCK_FAULT_WARN:
		WARN(1, "mock_vfio_pci: warning on request\n");
		return 0;
	case MOCK_FAULT_OOPS:
		*nothing = 1;
		return 0;
	case MOCK_FAULT_HANG:
		preempt_disable();
		for (;;)
			cpu_relax();
	case MOCK_FAULT_KASAN:
		mock_fault_stale();
		return 0;
	case MOCK_FAULT_LOCKDEP:
		mock_fault_order(&mock_fault_a, &mock_fault_b);
		mock_fault_order(&mock_fault_b, &mock_fault_a);
		return 0;
	case MOCK_FAULT_UBSAN:
		number = number << shift;
		return 0;
	}
	return -EINVAL;
}

static int mock_command(struct mock_ctrl *ctrl, u64 cmd)
{
	struct mock_device *mock = container_of(ctrl, struct mock_device, ctrl);

	switch (cmd) {
	case MOCK_CMD_NEXT_STATE:
		ctrl->result = mock_next_state(ctrl->vdev, ctrl->arg[2], ctrl->arg[0],
					       ctrl->arg[1]);
		return 0;
	case MOCK_CMD_DIRTY:
		ctrl->result = mock_log_write(&mock->log, ctrl->arg[0], ctrl->arg[1]);
		return 0;
	}
	return -ENOENT;
}

static void mock_dma_written(struct mock_ctrl *ctrl, u64 iova, u64 length)
{
	/* No length is no write; a write that cannot be noted has no one to tell. */
	mock_log_write(&container_of(ctrl, struct mock_device, ctrl)->log, iova, length);
}

static int mock_dev_reg_read(struct mock_device *mock, u64 reg, u64 *val)
{
	const struct { u64 reg; const u64 *val; } plain[] = {
		{ MOCK_REG_OPEN_CALLS, &mock->open_calls },
		{ MOCK_REG_CLOSE_CALLS, &mock->close_calls },
		{ MOCK_REG_OPEN_COUNT, &mock->open_count },
		{ MOCK_REG_HAS_KVM, &mock->has_kvm },
		{ MOCK_REG_KVM_USERS, &mock->kvm_users },
		{ MOCK_REG_KVM_ASSIGNED, &mock->kvm_assigned },
		{ MOCK_REG_KVM_NONCOHERENT, &mock->kvm_noncoherent },
		{ MOCK_REG_KVM_CLOSE_USERS, &mock->kvm_close_users },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		if (plain[i].reg != reg)
			continue;
		*val = READ_ONCE(*plain[i].val);
		return 0;
	}
	switch (reg) {
	case MOCK_REG_KVM_NOW:
		*val = !!READ_ONCE(mock->core.vdev.kvm);
		return 0;
	case MOCK_REG_RESETS:
		spin_lock(&mock->mig->reset_lock);
		*val = mock->mig->resets;
		spin_unlock(&mock->mig->reset_lock);
		return 0;
	}
	return mock_log_reg_read(&mock->log, reg, val);
}

static int mock_reg_read(struct mock_ctrl *ctrl, u64 reg, u64 *val)
{
	struct mock_device *mock = container_of(ctrl, struct mock_device, ctrl);
	int ret = mock_dev_reg_read(mock, reg, val);

	if (ret != -ENOENT)
		return ret;
	mock_mig_lock(mock->mig);
	ret = mock_mig_reg_read(&mock->core.vdev, reg, val);
	mock_mig_unlock(mock->mig);
	return ret;
}

static int mock_reg_write(struct mock_ctrl *ctrl, u64 reg, u64 val)
{
	struct mock_device *mock = container_of(ctrl, struct mock_device, ctrl);
	int ret;

	mock_mig_lock(mock->mig);
	ret = mock_mig_reg_write(&mock->core.vdev, reg, val);
	mock_mig_unlock(mock->mig);
	if (!ret && reg == MOCK_REG_RESTORE)
		mock_ctrl_restore(ctrl);
	return ret;
}

const struct mock_ctrl_ops mock_control_ops = {
	.reg_read = mock_reg_read,
	.reg_write = mock_reg_write,
	.command = mock_command,
	.dma_written = mock_dma_written,
	.fault = mock_fault,
};

static ssize_t mock_window_rw(struct mock_device *mock, char __user *buf, size_t count, u64 pos,
			      bool iswrite)
{
	struct mock_mig *mig = mock->mig;
	ssize_t ret;

	mock_mig_lock(mig);
	if (!iswrite)
		ret = mock_mem_read(&mig->mem, pos, buf, count);
	else if (mig->state == VFIO_DEVICE_STATE_STOP_COPY ||
		 mig->state == VFIO_DEVICE_STATE_RESUMING || mig->state == MOCK_STATE_PRE_COPY_P2P)
		ret = -EBUSY;
	else
		ret = mock_mem_write(&mig->mem, pos, buf, count);
	mock_mig_unlock(mig);
	return ret;
}

static ssize_t mock_control_rw(struct vfio_pci_core_device *core, char __user *buf, size_t count,
			       loff_t *ppos, bool iswrite)
{
	struct mock_device *mock = container_of(core, struct mock_device, core);
	u64 pos = *ppos & VFIO_PCI_OFFSET_MASK;
	ssize_t ret;

	if (pos >= MOCK_REGION_SIZE)
		ret = -EINVAL;
	else if (pos >= MOCK_WINDOW)
		ret = mock_window_rw(mock, buf, count, pos - MOCK_WINDOW, iswrite);
	else
		ret = mock_ctrl_rw(&mock->ctrl, buf, count, pos, iswrite);
	if (ret > 0)
		*ppos += ret;
	return ret;
}

static void mock_control_release(struct vfio_pci_core_device *core, struct vfio_pci_region *region)
{
	/* What the region shows belongs to the device and stays with it. */
}

const struct vfio_pci_regops mock_control_regops = {
	.rw = mock_control_rw,
	.release = mock_control_release,
};
