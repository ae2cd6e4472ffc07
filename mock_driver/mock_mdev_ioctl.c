// SPDX-License-Identifier: GPL-2.0-only
/*
 * Info, reset and interrupts of a mediated device. It looks like a PCI device
 * without BARs; the only interrupt is the request to give it back.
 */
#include <linux/eventfd.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "mock_mdev.h"

static long mock_get_info(struct mock_mdev *mock, void __user *arg)
{
	const size_t head = offsetofend(struct vfio_device_info, num_irqs);
	struct vfio_device_info info = {};
	int ret = mock_get_head(&info, arg, head);

	if (ret)
		return ret;
	info.num_irqs = VFIO_PCI_NUM_IRQS;
	info.num_regions = MOCK_MDEV_CONTROL + 1;
	info.flags = VFIO_DEVICE_FLAGS_RESET | VFIO_DEVICE_FLAGS_PCI;
	return copy_to_user(arg, &info, head) ? -EFAULT : 0;
}

int mock_mdev_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
			  struct vfio_info_cap *caps)
{
	/* The type capability, by which programs find the control region. */
	struct vfio_region_info_cap_type cap = {
		.header = { .id = VFIO_REGION_INFO_CAP_TYPE, .version = 1 },
		.type = MOCK_REGION_TYPE,
		.subtype = MOCK_REGION_SUBTYPE,
	};

	if (UNLESS_MUTANT(mock_mdev_region_behind_last, info->index > MOCK_MDEV_CONTROL))
		return -EINVAL;
	info->offset = (u64)info->index << MOCK_MDEV_SHIFT;
	info->size = 0;
	if (info->index == VFIO_PCI_CONFIG_REGION_INDEX)
		info->size = PCI_CFG_SPACE_SIZE;
	if (info->index == MOCK_MDEV_CONTROL)
		info->size = MOCK_WINDOW;
	info->flags = info->size ? VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE : 0;
	if (info->index != MOCK_MDEV_CONTROL)
		return 0;
	return vfio_info_add_capability(caps, &cap.header, sizeof(cap));
}

#ifndef MOCK_HAVE_REGION_OP
/* Behind the structure, if the caller has room for them; else he learns how much it takes. */
static int mock_put_caps(struct vfio_region_info *info, struct vfio_info_cap *caps,
			 void __user *arg)
{
	const u32 needed = sizeof(*info) + caps->size;
	int ret = 0;

	info->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	if (needed > info->argsz) {
		info->argsz = needed;
		info->cap_offset = 0;
	} else {
		info->cap_offset = sizeof(*info);
		vfio_info_cap_shift(caps, sizeof(*info));
		if (copy_to_user(arg + sizeof(*info), caps->buf, caps->size))
			ret = -EFAULT;
	}
	kfree(caps->buf);
	return ret;
}

static long mock_get_region(struct mock_mdev *mock, void __user *arg)
{
	const size_t head = offsetofend(struct vfio_region_info, offset);
	struct vfio_info_cap caps = {};
	struct vfio_region_info info;
	long ret = mock_get_head(&info, arg, head);

	if (!ret)
		ret = mock_mdev_region_info(&mock->vdev, &info, &caps);
	if (!ret && caps.size)
		ret = mock_put_caps(&info, &caps, arg);
	if (!ret && copy_to_user(arg, &info, head))
		ret = -EFAULT;
	return ret;
}
#endif

static unsigned int mock_irq_count(unsigned int index)
{
	return index == VFIO_PCI_REQ_IRQ_INDEX;
}

static long mock_get_irq(struct mock_mdev *mock, void __user *arg)
{
	const size_t head = offsetofend(struct vfio_irq_info, count);
	struct vfio_irq_info info;
	int ret = mock_get_head(&info, arg, head);

	if (!ret && info.index >= VFIO_PCI_NUM_IRQS)
		ret = -EINVAL;
	if (ret)
		return ret;
	info.count = mock_irq_count(info.index);
	info.flags = info.count ? VFIO_IRQ_INFO_NORESIZE | VFIO_IRQ_INFO_EVENTFD : 0;
	return copy_to_user(arg, &info, head) ? -EFAULT : 0;
}

/* @trigger replaces what was there; NULL for none. */
static void mock_set_request(struct mock_mdev *mock, struct eventfd_ctx *trigger)
{
	struct eventfd_ctx *old;

	mutex_lock(&mock->lock);
	old = mock->request;
	mock->request = trigger;
	mutex_unlock(&mock->lock);
	if (old)
		eventfd_ctx_put(old);
}

void mock_mdev_drop_irqs(struct mock_mdev *mock)
{
	mock_set_request(mock, NULL);
}

static void mock_signal_request(struct mock_mdev *mock)
{
	mutex_lock(&mock->lock);
	if (mock->request)
		MOCK_EVENTFD_SIGNAL(mock->request);
	mutex_unlock(&mock->lock);
}

void mock_mdev_request(struct vfio_device *vdev, unsigned int count)
{
	struct mock_mdev *mock = mock_mdev_from_vdev(vdev);

	mock_ctrl_request(&mock->ctrl);
	mock_signal_request(mock);
}

static long mock_trigger_request(struct mock_mdev *mock, const struct vfio_irq_set *hdr,
				 const void __user *data)
{
	struct eventfd_ctx *trigger = NULL;
	u8 fire = 1;
	s32 fd;

	if (!hdr->count) {
		if (!(hdr->flags & VFIO_IRQ_SET_DATA_NONE))
			return -EINVAL;
		mock_set_request(mock, NULL);
		return 0;
	}
	switch (hdr->flags & VFIO_IRQ_SET_DATA_TYPE_MASK) {
	case VFIO_IRQ_SET_DATA_EVENTFD:
		if (copy_from_user(&fd, data, sizeof(fd)))
			return -EFAULT;
		if (fd < -1)
			return -EINVAL;
		if (fd >= 0)
			trigger = eventfd_ctx_fdget(fd);
		if (IS_ERR(trigger))
			return PTR_ERR(trigger);
		mock_set_request(mock, trigger);
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		if (copy_from_user(&fire, data, sizeof(fire)))
			return -EFAULT;
		break;
	}
	if (fire)
		mock_signal_request(mock);
	return 0;
}

static long mock_set_irqs(struct mock_mdev *mock, void __user *arg)
{
	struct vfio_irq_set hdr;
	size_t data_size = 0;
	int ret = mock_get_head(&hdr, arg, sizeof(hdr));

	if (!ret)
		ret = vfio_set_irqs_validate_and_prepare(&hdr, mock_irq_count(hdr.index),
							 VFIO_PCI_NUM_IRQS, &data_size);
	if (ret)
		return ret;
	if (hdr.index != VFIO_PCI_REQ_IRQ_INDEX ||
	    (hdr.flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) != VFIO_IRQ_SET_ACTION_TRIGGER)
		return -ENOTTY;
	return mock_trigger_request(mock, &hdr, arg + sizeof(hdr));
}

static long mock_reset(struct mock_mdev *mock, void __user *unused)
{
	mutex_lock(&mock->lock);
	if (!MUTANT(mock_mdev_reset_nothing, true))
		put_unaligned_le16(0, mock->config + PCI_COMMAND);
	WRITE_ONCE(mock->resets, mock->resets + 1);
	mutex_unlock(&mock->lock);
	return 0;
}

static const struct {
	unsigned int cmd;
	long (*fn)(struct mock_mdev *mock, void __user *arg);
} mock_ioctls[] = {
	{ VFIO_DEVICE_GET_INFO, mock_get_info },
#ifndef MOCK_HAVE_REGION_OP
	{ VFIO_DEVICE_GET_REGION_INFO, mock_get_region },
#endif
	{ VFIO_DEVICE_GET_IRQ_INFO, mock_get_irq },
	{ VFIO_DEVICE_SET_IRQS, mock_set_irqs },
	{ VFIO_DEVICE_RESET, mock_reset },
};

long mock_mdev_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mock_ioctls); i++)
		if (mock_ioctls[i].cmd == cmd)
			return mock_ioctls[i].fn(mock_mdev_from_vdev(vdev), (void __user *)arg);
	return -ENOTTY;
}
