// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mediated device: a PCI device that exists in the driver only, with config
 * space and the control region.
 */
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/pci_ids.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "mock_mdev.h"

#define MOCK_MDEV_VENDOR	0x1234
#define MOCK_MDEV_DEVICE	0x766d

/* The codes from 512 on are the kernel's own and must not reach a user. */
#define MOCK_ERRNO_MAX		511

static int mock_mdev_reg_read(struct mock_ctrl *ctrl, u64 reg, u64 *val)
{
	struct mock_mdev *mock = container_of(ctrl, struct mock_mdev, ctrl);
	const struct { u64 reg; const u64 *val; } plain[] = {
		{ MOCK_REG_OPEN_CALLS, &mock->open_calls },
		{ MOCK_REG_CLOSE_CALLS, &mock->close_calls },
		{ MOCK_REG_OPEN_COUNT, &mock->open_count },
		{ MOCK_REG_HAS_KVM, &mock->has_kvm },
		{ MOCK_REG_RESETS, &mock->resets },
		{ MOCK_REG_OPEN_ERRNO, &mock->open_errno },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		if (plain[i].reg != reg)
			continue;
		*val = READ_ONCE(*plain[i].val);
		return 0;
	}
	return -ENOENT;
}

static int mock_mdev_reg_write(struct mock_ctrl *ctrl, u64 reg, u64 val)
{
	struct mock_mdev *mock = container_of(ctrl, struct mock_mdev, ctrl);

	switch (reg) {
	case MOCK_REG_OPEN_ERRNO:
		if (val > MOCK_ERRNO_MAX)
			return -EINVAL;
		WRITE_ONCE(mock->open_errno, val);
		return 0;
	case MOCK_REG_RESTORE:
		WRITE_ONCE(mock->open_errno, 0);
		mock_ctrl_restore(ctrl);
		return 0;
	}
	return -ENOENT;
}

static const struct mock_ctrl_ops mock_mdev_ctrl_ops = {
	.reg_read = mock_mdev_reg_read,
	.reg_write = mock_mdev_reg_write,
};

/* What of a config space byte a user may change. */
static u8 mock_config_mask(unsigned int at)
{
	switch (at) {
	case PCI_COMMAND:
		return PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	case PCI_INTERRUPT_LINE:
		return 0xff;
	}
	return 0;
}

static void mock_config_init(u8 *config)
{
	put_unaligned_le16(MOCK_MDEV_VENDOR, config + PCI_VENDOR_ID);
	put_unaligned_le16(MOCK_MDEV_DEVICE, config + PCI_DEVICE_ID);
	put_unaligned_le16(PCI_CLASS_OTHERS, config + PCI_CLASS_DEVICE);
}

static ssize_t mock_config_rw(struct mock_mdev *mock, char __user *buf, size_t count, u64 pos,
			      bool iswrite)
{
	u8 new[PCI_CFG_SPACE_SIZE];
	size_t n, i;
	ssize_t ret;

	if (pos >= PCI_CFG_SPACE_SIZE)
		return -EINVAL;
	n = min_t(size_t, count, PCI_CFG_SPACE_SIZE - pos);
	if (iswrite && copy_from_user(new, buf, n))
		return -EFAULT;
	mutex_lock(&mock->lock);
	ret = n;
	for (i = 0; iswrite && i < n; i++) {
		u8 mask = MUTANT(mock_mdev_config_open, true) ? 0xff : mock_config_mask(pos + i);

		mock->config[pos + i] = (mock->config[pos + i] & ~mask) | (new[i] & mask);
	}
	if (!iswrite && copy_to_user(buf, mock->config + pos, n))
		ret = -EFAULT;
	mutex_unlock(&mock->lock);
	return ret;
}

static ssize_t mock_mdev_rw(struct vfio_device *vdev, char __user *buf, size_t count,
			    loff_t *ppos, bool iswrite)
{
	struct mock_mdev *mock = mock_mdev_from_vdev(vdev);
	u64 pos = *ppos & (BIT_ULL(MOCK_MDEV_SHIFT) - 1);
	ssize_t ret = -EINVAL;

	switch (*ppos >> MOCK_MDEV_SHIFT) {
	case VFIO_PCI_CONFIG_REGION_INDEX:
		ret = mock_config_rw(mock, buf, count, pos, iswrite);
		break;
	case MOCK_MDEV_CONTROL:
		ret = mock_ctrl_rw(&mock->ctrl, buf, count, pos, iswrite);
		break;
	}
	if (ret > 0)
		*ppos += ret;
	return ret;
}

static ssize_t mock_mdev_read(struct vfio_device *vdev, char __user *buf, size_t count,
			      loff_t *ppos)
{
	return mock_mdev_rw(vdev, buf, count, ppos, false);
}

static ssize_t mock_mdev_write(struct vfio_device *vdev, const char __user *buf, size_t count,
			       loff_t *ppos)
{
	return mock_mdev_rw(vdev, (char __user *)buf, count, ppos, true);
}

static int mock_mdev_open(struct vfio_device *vdev)
{
	struct mock_mdev *mock = mock_mdev_from_vdev(vdev);
	int ret = -(int)mock->open_errno;

	WRITE_ONCE(mock->open_calls, mock->open_calls + 1);
	WRITE_ONCE(mock->open_count, vdev->open_count);
	WRITE_ONCE(mock->has_kvm, !!vdev->kvm);
	WRITE_ONCE(mock->open_errno, 0);
	if (!ret)
		mock_ctrl_open(&mock->ctrl);
	return ret;
}

static void mock_mdev_close(struct vfio_device *vdev)
{
	struct mock_mdev *mock = mock_mdev_from_vdev(vdev);

	WRITE_ONCE(mock->close_calls, mock->close_calls + 1);
	mock_unpin_range(&mock->ctrl, 0, U64_MAX);
	if (!MUTANT(mock_mdev_close_keeps_eventfd, true))
		mock_mdev_drop_irqs(mock);
}

static void mock_mdev_dma_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	mock_ctrl_dma_unmap(&mock_mdev_from_vdev(vdev)->ctrl, iova, length);
}

static int mock_mdev_init_dev(struct vfio_device *vdev)
{
	struct mock_mdev *mock = mock_mdev_from_vdev(vdev);
	struct mdev_device *mdev = to_mdev_device(vdev->dev);
	struct mock_mdev_type *type = container_of(mdev->type, struct mock_mdev_type, type);
	int ret;

	ret = mock_mdev_type_get(type);
	if (ret)
		return ret;
	ret = mock_ctrl_init(&mock->ctrl, vdev, &mock_mdev_ctrl_ops);
	if (ret) {
		mock_mdev_type_put(type);
		return ret;
	}
	mutex_init(&mock->lock);
	mock_config_init(mock->config);
	mock->type = type;
	return 0;
}

static void mock_mdev_release_dev(struct vfio_device *vdev)
{
	struct mock_mdev *mock = mock_mdev_from_vdev(vdev);

	mutex_destroy(&mock->lock);
	mock_ctrl_destroy(&mock->ctrl);
	mock_mdev_type_put(mock->type);
	MOCK_FREE_DEVICE(vdev);
}

static const struct vfio_device_ops mock_mdev_ops = {
	.name = "mock-mdev",
	.init = mock_mdev_init_dev,
	.release = mock_mdev_release_dev,
	MOCK_IOMMUFD_EMULATED_OPS
	MOCK_MDEV_REGION_OPS
	.open_device = mock_mdev_open,
	.close_device = mock_mdev_close,
	.ioctl = mock_mdev_ioctl,
	.read = mock_mdev_read,
	.write = mock_mdev_write,
	.request = mock_mdev_request,
	.dma_unmap = mock_mdev_dma_unmap,
};

int mock_mdev_probe(struct mdev_device *mdev)
{
	struct mock_mdev *mock;
	int ret;

	mock = vfio_alloc_device(mock_mdev, vdev, &mdev->dev, &mock_mdev_ops);
	if (IS_ERR(mock))
		return PTR_ERR(mock);
	dev_set_drvdata(&mdev->dev, mock);
	ret = vfio_register_emulated_iommu_dev(&mock->vdev);
	if (ret)
		vfio_put_device(&mock->vdev);
	return ret;
}

void mock_mdev_remove(struct mdev_device *mdev)
{
	struct mock_mdev *mock = dev_get_drvdata(&mdev->dev);

	vfio_unregister_group_dev(&mock->vdev);
	vfio_put_device(&mock->vdev);
}
