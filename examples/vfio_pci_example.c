// SPDX-License-Identifier: GPL-2.0-only
/*
 * Example of a vfio-pci variant driver: QEMU's educational device (edu), made
 * migratable with STOP_COPY and P2P. Its state is a handful of registers.
 *
 * One source for kernels from 5.19 on, and for the core in user space at every
 * API level. Copy it, put your registers in, and see example_freeze() and
 * struct example_state first. The data stream is in vfio_pci_example_stream.c.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "vfio_pci_example.h"

/* Registers of BAR 0, see docs/specs/edu of QEMU. */
#define EDU_LIVENESS		0x04	/* reads what was written, inverted */
#define EDU_STATUS		0x20
#define   EDU_STATUS_COMPUTING	0x01
#define   EDU_STATUS_IRQFACT	0x80
#define EDU_DMA_SRC		0x80
#define EDU_DMA_DST		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_CMD		0x98
#define   EDU_DMA_RUN		0x01

static struct example_device *to_example(struct vfio_device *core_vdev)
{
	return container_of(core_vdev, struct example_device, core.vdev);
}

/*
 * The user may have turned memory decoding off. Registers may be touched between
 * a get that succeeded and the put.
 */
static int example_regs_get(struct example_device *ed)
{
	u16 cmd;

	down_read(&ed->core.memory_lock);
	pci_read_config_word(ed->core.pdev, PCI_COMMAND, &cmd);
	if (cmd & PCI_COMMAND_MEMORY)
		return 0;
	up_read(&ed->core.memory_lock);
	return -EIO;
}

static void example_regs_put(struct example_device *ed)
{
	up_read(&ed->core.memory_lock);
}

/* Wait until the bits @busy of a register are clear. */
static int example_quiesce(struct example_device *ed, unsigned int reg, u32 busy)
{
	u32 val;
	int ret;

	ret = example_regs_get(ed);
	if (ret)
		return ret;
	ret = readl_poll_timeout(ed->regs + reg, val, !(val & busy), 1000, 1000000);
	example_regs_put(ed);
	return ret;
}

int example_freeze(struct example_device *ed, struct example_state *state)
{
	int ret = example_regs_get(ed);

	if (ret)
		return ret;
	state->magic = cpu_to_le32(EXAMPLE_STATE_MAGIC);
	state->liveness = cpu_to_le32(readl(ed->regs + EDU_LIVENESS));
	state->status = cpu_to_le32(readl(ed->regs + EDU_STATUS) & EDU_STATUS_IRQFACT);
	state->dma_src = cpu_to_le64(readq(ed->regs + EDU_DMA_SRC));
	state->dma_dst = cpu_to_le64(readq(ed->regs + EDU_DMA_DST));
	state->dma_count = cpu_to_le64(readq(ed->regs + EDU_DMA_COUNT));
	example_regs_put(ed);
	return 0;
}

int example_thaw(struct example_device *ed, const struct example_state *state)
{
	int ret;

	if (state->magic != cpu_to_le32(EXAMPLE_STATE_MAGIC) ||
	    (le32_to_cpu(state->status) & ~EDU_STATUS_IRQFACT))
		return -EINVAL;
	ret = example_regs_get(ed);
	if (ret)
		return ret;
	writel(~le32_to_cpu(state->liveness), ed->regs + EDU_LIVENESS);
	writel(le32_to_cpu(state->status), ed->regs + EDU_STATUS);
	writeq(le64_to_cpu(state->dma_src), ed->regs + EDU_DMA_SRC);
	writeq(le64_to_cpu(state->dma_dst), ed->regs + EDU_DMA_DST);
	writeq(le64_to_cpu(state->dma_count), ed->regs + EDU_DMA_COUNT);
	example_regs_put(ed);
	return 0;
}

/* state_mutex is held from here on. A reset may have come meanwhile: carry it out then. */
static void example_unlock(struct example_device *ed)
{
	for (;;) {
		spin_lock(&ed->reset_lock);
		if (!ed->deferred_reset)
			break;
		ed->deferred_reset = false;
		spin_unlock(&ed->reset_lock);
		ed->state = VFIO_DEVICE_STATE_RUNNING;
		example_stream_end(ed);
	}
	mutex_unlock(&ed->state_mutex);
	spin_unlock(&ed->reset_lock);
}

/* One arc. The core asks for those of vfio_mig_get_next_state() only. */
static struct file *example_step(struct example_device *ed, u32 to)
{
	u32 from = ed->state;

	switch (to) {
	case VFIO_DEVICE_STATE_RUNNING_P2P:
		/* From RUNNING: no more DMA of its own. From STOP: it may be accessed again. */
		if (from == VFIO_DEVICE_STATE_RUNNING)
			return ERR_PTR(example_quiesce(ed, EDU_DMA_CMD, EDU_DMA_RUN));
		return NULL;
	case VFIO_DEVICE_STATE_RUNNING:
		return NULL;
	case VFIO_DEVICE_STATE_STOP_COPY:
		return example_stream_save(ed);
	case VFIO_DEVICE_STATE_RESUMING:
		return example_stream_resume(ed);
	case VFIO_DEVICE_STATE_STOP:
		if (from == VFIO_DEVICE_STATE_RUNNING_P2P)
			return ERR_PTR(example_quiesce(ed, EDU_STATUS, EDU_STATUS_COMPUTING));
		if (from == VFIO_DEVICE_STATE_RESUMING)
			return ERR_PTR(example_stream_load(ed));
		example_stream_end(ed);
		return NULL;
	}
	return ERR_PTR(-EINVAL);
}

static struct file *example_set_state(struct vfio_device *core_vdev,
				      enum vfio_device_mig_state new_state)
{
	struct example_device *ed = to_example(core_vdev);
	enum vfio_device_mig_state next;
	struct file *res = NULL;
	int ret;

	mutex_lock(&ed->state_mutex);
	while (ed->state != new_state) {
		ret = vfio_mig_get_next_state(core_vdev, ed->state, new_state, &next);
		res = ret ? ERR_PTR(ret) : example_step(ed, next);
		if (IS_ERR(res))
			break;
		ed->state = next;
		if (WARN_ON(res && new_state != next)) {
			fput(res);
			res = ERR_PTR(-EINVAL);
			break;
		}
	}
	example_unlock(ed);
	return res;
}

static int example_get_state(struct vfio_device *core_vdev,
			     enum vfio_device_mig_state *curr_state)
{
	struct example_device *ed = to_example(core_vdev);

	mutex_lock(&ed->state_mutex);
	*curr_state = ed->state;
	example_unlock(ed);
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
static int example_get_data_size(struct vfio_device *core_vdev, unsigned long *stop_copy_length)
{
	*stop_copy_length = sizeof(struct example_state);
	return 0;
}
#endif

static int example_open_device(struct vfio_device *core_vdev)
{
	struct example_device *ed = to_example(core_vdev);
	int ret;

	ret = vfio_pci_core_enable(&ed->core);
	if (ret)
		return ret;

	ed->regs = pci_iomap(ed->core.pdev, 0, 0);
	if (!ed->regs) {
		vfio_pci_core_disable(&ed->core);
		return -ENOMEM;
	}
	ed->state = VFIO_DEVICE_STATE_RUNNING;
	vfio_pci_core_finish_enable(&ed->core);
	return 0;
}

static void example_close_device(struct vfio_device *core_vdev)
{
	struct example_device *ed = to_example(core_vdev);

	mutex_lock(&ed->state_mutex);
	example_stream_end(ed);
	example_unlock(ed);
	pci_iounmap(ed->core.pdev, ed->regs);
	vfio_pci_core_close_device(core_vdev);
}

static void example_setup(struct example_device *ed)
{
	mutex_init(&ed->state_mutex);
	spin_lock_init(&ed->reset_lock);
	ed->core.vdev.migration_flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
static const struct vfio_migration_ops example_migration_ops = {
	.migration_set_state = example_set_state,
	.migration_get_state = example_get_state,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	.migration_get_data_size = example_get_data_size,
#endif
};

static int example_init(struct vfio_device *core_vdev)
{
	example_setup(to_example(core_vdev));
	core_vdev->mig_ops = &example_migration_ops;
	return vfio_pci_core_init_dev(core_vdev);
}
#endif

static const struct vfio_device_ops example_ops = {
	.name = "vfio-pci-example",
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	.init = example_init,
	.release = vfio_pci_core_release_dev,
#else
	.migration_set_state = example_set_state,
	.migration_get_state = example_get_state,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	.bind_iommufd = vfio_iommufd_physical_bind,
	.unbind_iommufd = vfio_iommufd_physical_unbind,
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
#endif
	.open_device = example_open_device,
	.close_device = example_close_device,
	.ioctl = vfio_pci_core_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
};

/* Allocation and its reverse: the driver's own business up to 5.19. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
static struct example_device *example_alloc(struct pci_dev *pdev)
{
	return vfio_alloc_device(example_device, core.vdev, &pdev->dev, &example_ops);
}

static void example_free(struct example_device *ed)
{
	vfio_put_device(&ed->core.vdev);
}
#else
static struct example_device *example_alloc(struct pci_dev *pdev)
{
	struct example_device *ed = kzalloc(sizeof(*ed), GFP_KERNEL);

	if (!ed)
		return ERR_PTR(-ENOMEM);
	vfio_pci_core_init_device(&ed->core, pdev, &example_ops);
	example_setup(ed);
	return ed;
}

static void example_free(struct example_device *ed)
{
	vfio_pci_core_uninit_device(&ed->core);
	kfree(ed);
}
#endif

static int example_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct example_device *ed = example_alloc(pdev);
	int ret;

	if (IS_ERR(ed))
		return PTR_ERR(ed);

	/* Before registration: users, SR-IOV and AER may come at once. */
	dev_set_drvdata(&pdev->dev, &ed->core);
	ret = vfio_pci_core_register_device(&ed->core);
	if (ret)
		example_free(ed);
	return ret;
}

static struct example_device *example_from_pdev(struct pci_dev *pdev)
{
	return container_of((struct vfio_pci_core_device *)dev_get_drvdata(&pdev->dev),
			    struct example_device, core);
}

static void example_remove(struct pci_dev *pdev)
{
	struct example_device *ed = example_from_pdev(pdev);

	vfio_pci_core_unregister_device(&ed->core);
	example_free(ed);
}

/*
 * The device was reset. state_mutex may be held by somebody who waits for the
 * locks that the reset holds, so it must not be waited for here.
 */
static void example_reset_done(struct pci_dev *pdev)
{
	struct example_device *ed = example_from_pdev(pdev);

	spin_lock(&ed->reset_lock);
	ed->deferred_reset = true;
	if (!mutex_trylock(&ed->state_mutex)) {
		spin_unlock(&ed->reset_lock);
		return;
	}
	spin_unlock(&ed->reset_lock);
	example_unlock(ed);
}

static const struct pci_error_handlers example_err_handlers = {
	.reset_done = example_reset_done,
	.error_detected = vfio_pci_core_aer_err_detected,
};

static const struct pci_device_id example_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(0x1234, 0x11e8) },
	{}
};
MODULE_DEVICE_TABLE(pci, example_ids);

static struct pci_driver example_driver = {
	.name = KBUILD_MODNAME,
	.id_table = example_ids,
	.probe = example_probe,
	.remove = example_remove,
	.err_handler = &example_err_handlers,
	.driver_managed_dma = true,
};
module_pci_driver(example_driver);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Example of a vfio-pci variant driver with migration, for QEMU's edu");
