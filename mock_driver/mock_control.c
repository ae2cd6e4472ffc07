// SPDX-License-Identifier: GPL-2.0-only
/* The control region: dispatch of accesses, counters, and commands. */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/uaccess.h>

#include "mock.h"

static bool test_faults;
module_param(test_faults, bool, 0444);
MODULE_PARM_DESC(test_faults, "Let a user of the device make the kernel warn, oops or hang");

static int mock_fault(u64 kind)
{
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
	}
	return -EINVAL;
}

/* -ENOENT: no such command. Else 0 with the outcome in mock->result. */
static int mock_command(struct mock_device *mock, u64 cmd)
{
	struct vfio_device *vdev = &mock->core.vdev;
	u64 *arg = mock->arg;
	u64 start = ktime_get_ns();

	switch (cmd) {
	case MOCK_CMD_PIN:
		mock->result = mock_pin(mock, arg[0], arg[1], arg[2]);
		break;
	case MOCK_CMD_UNPIN:
		mock->result = mock_unpin(mock, arg[0], arg[1]);
		break;
	case MOCK_CMD_UNPIN_ALL:
		mock->result = mock_unpin_range(mock, 0, U64_MAX);
		break;
	case MOCK_CMD_DMA_RW:
		mock->result = arg[1] > MOCK_DATA_SIZE || arg[2] > 1 ? -EINVAL :
			       vfio_dma_rw(vdev, arg[0], mock->data, arg[1], arg[2]);
		break;
	case MOCK_CMD_NEXT_STATE:
		mock->result = mock_next_state(vdev, arg[2], arg[0], arg[1]);
		break;
	default:
		return -EINVAL;
	}
	mock->ns = ktime_get_ns() - start;
	return 0;
}

static int mock_dev_reg_read(struct mock_device *mock, u64 reg, u64 *val)
{
	const struct { u64 reg; const u64 *val; } plain[] = {
		{ MOCK_REG_OPEN_CALLS, &mock->open_calls },
		{ MOCK_REG_CLOSE_CALLS, &mock->close_calls },
		{ MOCK_REG_OPEN_COUNT, &mock->open_count },
		{ MOCK_REG_HAS_KVM, &mock->has_kvm },
		{ MOCK_REG_ARG0, &mock->arg[0] },
		{ MOCK_REG_ARG1, &mock->arg[1] },
		{ MOCK_REG_ARG2, &mock->arg[2] },
		{ MOCK_REG_ARG3, &mock->arg[3] },
		{ MOCK_REG_RESULT, (u64 *)&mock->result },
		{ MOCK_REG_NS, &mock->ns },
	}, pins[] = {
		{ MOCK_REG_PINS, &mock->nr_pins },
		{ MOCK_REG_UNMAP_CALLS, &mock->unmap_calls },
		{ MOCK_REG_UNMAP_IOVA, &mock->unmap_iova },
		{ MOCK_REG_UNMAP_LEN, &mock->unmap_len },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		if (plain[i].reg != reg)
			continue;
		*val = READ_ONCE(*plain[i].val);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(pins); i++) {
		if (pins[i].reg != reg)
			continue;
		mutex_lock(&mock->pin_lock);
		*val = *pins[i].val;
		mutex_unlock(&mock->pin_lock);
		return 0;
	}
	switch (reg) {
	case MOCK_REG_MAGIC:
		*val = MOCK_MAGIC;
		return 0;
	case MOCK_REG_VERSION:
		*val = MOCK_VERSION;
		return 0;
	case MOCK_REG_RESETS:
		spin_lock(&mock->mig->reset_lock);
		*val = mock->mig->resets;
		spin_unlock(&mock->mig->reset_lock);
		return 0;
	}
	return -ENOENT;
}

static int mock_reg_read(struct mock_device *mock, u64 reg, u64 *val)
{
	int ret;

	mutex_lock(&mock->ctrl_lock);
	ret = mock_dev_reg_read(mock, reg, val);
	mutex_unlock(&mock->ctrl_lock);
	if (ret != -ENOENT)
		return ret;
	mock_mig_lock(mock->mig);
	ret = mock_mig_reg_read(&mock->core.vdev, reg, val);
	mock_mig_unlock(mock->mig);
	return ret == -ENOENT ? -EINVAL : ret;
}

static int mock_reg_write(struct mock_device *mock, u64 reg, u64 val)
{
	int ret = 0;
	u64 kind;

	if (reg == MOCK_REG_CMD && val == MOCK_CMD_FAULT) {
		/* Without a lock: whoever looks at the wreck must not hang on it. */
		kind = READ_ONCE(mock->arg[0]);
		return mock_fault(kind);
	}
	if (reg >= MOCK_REG_ARG0 && reg <= MOCK_REG_CMD) {
		mutex_lock(&mock->ctrl_lock);
		if (reg == MOCK_REG_CMD)
			ret = mock_command(mock, val);
		else
			mock->arg[(reg - MOCK_REG_ARG0) / sizeof(u64)] = val;
		mutex_unlock(&mock->ctrl_lock);
		return ret;
	}
	mock_mig_lock(mock->mig);
	ret = mock_mig_reg_write(&mock->core.vdev, reg, val);
	mock_mig_unlock(mock->mig);
	return ret == -ENOENT ? -EINVAL : ret;
}

static ssize_t mock_regs_rw(struct mock_device *mock, char __user *buf, size_t count, u64 pos,
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
		ret = mock_reg_write(mock, pos, le64_to_cpu(le));
		return ret ?: count;
	}
	ret = mock_reg_read(mock, pos, &val);
	if (ret)
		return ret;
	le = cpu_to_le64(val);
	return copy_to_user(buf, &le, sizeof(le)) ? -EFAULT : count;
}

static ssize_t mock_data_rw(struct mock_device *mock, char __user *buf, size_t count, u64 pos,
			    bool iswrite)
{
	size_t n = min_t(size_t, count, MOCK_DATA_SIZE - pos);
	unsigned long left;

	mutex_lock(&mock->ctrl_lock);
	if (iswrite)
		left = copy_from_user(mock->data + pos, buf, n);
	else
		left = copy_to_user(buf, mock->data + pos, n);
	mutex_unlock(&mock->ctrl_lock);
	return left ? -EFAULT : n;
}

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
	else if (pos >= MOCK_DATA)
		ret = mock_data_rw(mock, buf, count, pos - MOCK_DATA, iswrite);
	else
		ret = mock_regs_rw(mock, buf, count, pos, iswrite);
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
