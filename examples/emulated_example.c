// SPDX-License-Identifier: GPL-2.0-only
/*
 * Example of a driver for a device that is emulated and so has no IOMMU: it
 * reaches user memory through VFIO, by vfio_dma_rw() and by pinning pages, and
 * lets pages go when they are unmapped. The registers are in
 * emulated_example_uapi.h.
 *
 * One source for kernels from 5.19 on, and for the core in user space at every
 * API level. The device sits on a bus of its own and is there once the module is
 * loaded. What differs between the levels is in emulated_example_pin.c.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "emulated_example.h"

static s64 emulated_copy(struct emulated_device *ed)
{
	u64 len = ed->regs[EMULATED_REG_LEN / 8];
	void *buf;
	int ret;

	if (!len || len > EMULATED_COPY_MAX)
		return -EINVAL;
	buf = kvmalloc(len, GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;

	ret = vfio_dma_rw(&ed->vdev, ed->regs[EMULATED_REG_SRC / 8], buf, len, false);
	if (!ret)
		ret = vfio_dma_rw(&ed->vdev, ed->regs[EMULATED_REG_DST / 8], buf, len, true);
	kvfree(buf);
	return ret ? ret : len;
}

static s64 emulated_command(struct emulated_device *ed, u64 cmd)
{
	u64 iova = ed->regs[EMULATED_REG_SRC / 8];

	switch (cmd) {
	case EMULATED_CMD_COPY:
		return emulated_copy(ed);
	case EMULATED_CMD_PIN:
		return emulated_pin(ed, iova);
	case EMULATED_CMD_UNPIN:
		return emulated_unpin(ed, iova);
	case EMULATED_CMD_SUM:
		return emulated_sum(ed, iova);
	}
	return -EINVAL;
}

/* Registers are 64 bits wide and have no parts. */
static bool emulated_reg_access(size_t count, loff_t pos)
{
	return count == 8 && !(pos & 7) && pos < EMULATED_REGION_SIZE;
}

static ssize_t emulated_read(struct vfio_device *vdev, char __user *buf, size_t count,
			     loff_t *ppos)
{
	struct emulated_device *ed = to_emulated(vdev);
	u64 val;

	if (!emulated_reg_access(count, *ppos))
		return -EINVAL;

	mutex_lock(&ed->lock);
	if (*ppos == EMULATED_REG_PINNED)
		val = ed->nr_pins;
	else if (*ppos == EMULATED_REG_UNMAPS)
		val = ed->unmaps;
	else
		val = ed->regs[*ppos / 8];
	mutex_unlock(&ed->lock);

	if (copy_to_user(buf, &val, sizeof(val)))
		return -EFAULT;
	*ppos += count;
	return count;
}

static ssize_t emulated_write(struct vfio_device *vdev, const char __user *buf, size_t count,
			      loff_t *ppos)
{
	struct emulated_device *ed = to_emulated(vdev);
	u64 val;

	if (!emulated_reg_access(count, *ppos) || *ppos > EMULATED_REG_CMD)
		return -EINVAL;
	if (copy_from_user(&val, buf, sizeof(val)))
		return -EFAULT;

	mutex_lock(&ed->command_lock);
	ed->regs[*ppos / 8] = val;
	if (*ppos == EMULATED_REG_CMD)
		ed->regs[EMULATED_REG_RESULT / 8] = emulated_command(ed, val);
	mutex_unlock(&ed->command_lock);
	*ppos += count;
	return count;
}

static long emulated_get_info(void __user *arg)
{
	size_t minsz = offsetofend(struct vfio_device_info, num_irqs);
	struct vfio_device_info info;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;
	info.flags = VFIO_DEVICE_FLAGS_RESET;
	info.num_regions = 1;
	info.num_irqs = 0;
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static long emulated_get_region_info(void __user *arg)
{
	size_t minsz = offsetofend(struct vfio_region_info, offset);
	struct vfio_region_info info;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz || info.index)
		return -EINVAL;
	info.flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	info.cap_offset = 0;
	info.offset = 0;
	info.size = EMULATED_REGION_SIZE;
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static void emulated_reset(struct emulated_device *ed)
{
	mutex_lock(&ed->command_lock);
	emulated_unpin_range(ed, 0, U64_MAX);
	memset(ed->regs, 0, sizeof(ed->regs));
	mutex_unlock(&ed->command_lock);
}

static long emulated_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case VFIO_DEVICE_GET_INFO:
		return emulated_get_info((void __user *)arg);
	case VFIO_DEVICE_GET_REGION_INFO:
		return emulated_get_region_info((void __user *)arg);
	case VFIO_DEVICE_RESET:
		emulated_reset(to_emulated(vdev));
		return 0;
	}
	return -ENOTTY;
}

static int emulated_open_device(struct vfio_device *vdev)
{
	return emulated_notify_start(to_emulated(vdev));
}

static void emulated_close_device(struct vfio_device *vdev)
{
	struct emulated_device *ed = to_emulated(vdev);

	/* Nothing may be pinned behind it. */
	emulated_reset(ed);
	emulated_notify_stop(ed);
}

static void emulated_setup(struct emulated_device *ed)
{
	mutex_init(&ed->lock);
	mutex_init(&ed->command_lock);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
static int emulated_init(struct vfio_device *vdev)
{
	emulated_setup(to_emulated(vdev));
	return 0;
}

static void emulated_release(struct vfio_device *vdev)
{
	mutex_destroy(&to_emulated(vdev)->lock);
	mutex_destroy(&to_emulated(vdev)->command_lock);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	vfio_free_device(vdev);
#endif
}
#endif

static const struct vfio_device_ops emulated_ops = {
	.name = "emulated-example",
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	.init = emulated_init,
	.release = emulated_release,
	.dma_unmap = emulated_dma_unmap,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	.bind_iommufd = vfio_iommufd_emulated_bind,
	.unbind_iommufd = vfio_iommufd_emulated_unbind,
	.attach_ioas = vfio_iommufd_emulated_attach_ioas,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	.detach_ioas = vfio_iommufd_emulated_detach_ioas,
#endif
	.open_device = emulated_open_device,
	.close_device = emulated_close_device,
	.read = emulated_read,
	.write = emulated_write,
	.ioctl = emulated_ioctl,
};

/* Allocation and its reverse: the driver's own business up to 5.19. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
static struct emulated_device *emulated_alloc(struct device *dev)
{
	return vfio_alloc_device(emulated_device, vdev, dev, &emulated_ops);
}

static void emulated_free(struct emulated_device *ed)
{
	vfio_put_device(&ed->vdev);
}
#else
static struct emulated_device *emulated_alloc(struct device *dev)
{
	struct emulated_device *ed = kzalloc(sizeof(*ed), GFP_KERNEL);

	if (!ed)
		return ERR_PTR(-ENOMEM);
	emulated_setup(ed);
	vfio_init_group_dev(&ed->vdev, dev, &emulated_ops);
	return ed;
}

static void emulated_free(struct emulated_device *ed)
{
	vfio_uninit_group_dev(&ed->vdev);
	mutex_destroy(&ed->lock);
	mutex_destroy(&ed->command_lock);
	kfree(ed);
}
#endif

static int emulated_probe(struct device *dev)
{
	struct emulated_device *ed = emulated_alloc(dev);
	int ret;

	if (IS_ERR(ed))
		return PTR_ERR(ed);

	dev_set_drvdata(dev, ed);
	ret = vfio_register_emulated_iommu_dev(&ed->vdev);
	if (ret)
		emulated_free(ed);
	return ret;
}

static int emulated_remove(struct device *dev)
{
	struct emulated_device *ed = dev_get_drvdata(dev);

	vfio_unregister_group_dev(&ed->vdev);
	emulated_free(ed);
	return 0;
}

static struct bus_type emulated_bus = { .name = KBUILD_MODNAME };

static struct device_driver emulated_driver = {
	.name = KBUILD_MODNAME,
	.bus = &emulated_bus,
	.owner = THIS_MODULE,
	.probe = emulated_probe,
	.remove = emulated_remove,
};

static struct device *emulated_parent;

static void emulated_parent_release(struct device *dev)
{
	kfree(dev);
}

static int emulated_parent_add(void)
{
	int ret;

	emulated_parent = kzalloc(sizeof(*emulated_parent), GFP_KERNEL);
	if (!emulated_parent)
		return -ENOMEM;
	device_initialize(emulated_parent);
	emulated_parent->bus = &emulated_bus;
	emulated_parent->release = emulated_parent_release;
	ret = dev_set_name(emulated_parent, KBUILD_MODNAME ".0");
	if (!ret)
		ret = device_add(emulated_parent);
	if (ret)
		put_device(emulated_parent);
	return ret;
}

static int __init emulated_module_init(void)
{
	int ret = bus_register(&emulated_bus);

	if (ret)
		return ret;
	ret = driver_register(&emulated_driver);
	if (ret)
		goto err_bus;
	ret = emulated_parent_add();
	if (ret)
		goto err_driver;
	return 0;

err_driver:
	driver_unregister(&emulated_driver);
err_bus:
	bus_unregister(&emulated_bus);
	return ret;
}

static void __exit emulated_module_exit(void)
{
	device_unregister(emulated_parent);
	driver_unregister(&emulated_driver);
	bus_unregister(&emulated_bus);
}

module_init(emulated_module_init);
module_exit(emulated_module_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Example of a VFIO driver for an emulated device that pins user memory");
