// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vfio-pci variant driver that needs no special hardware: it takes QEMU's edu
 * device and adds migration, with a state that lives in the driver, and a
 * control region for tests.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

#include "mock.h"

#define MOCK_VENDOR	0x1234
#define MOCK_DEVICE	0x11e8

static int mock_open_enabled(struct mock_device *mock)
{
	int ret;

	ret = vfio_pci_core_register_dev_region(&mock->core, MOCK_REGION_TYPE, MOCK_REGION_SUBTYPE,
						&mock_control_regops, MOCK_REGION_SIZE,
						VFIO_REGION_INFO_FLAG_READ |
						VFIO_REGION_INFO_FLAG_WRITE, NULL);
	if (ret)
		return ret;
	mock_mig_to_running(mock->mig);
	vfio_pci_core_finish_enable(&mock->core);
	return 0;
}

static int mock_open_device(struct vfio_device *vdev)
{
	struct mock_device *mock = mock_from_vdev(vdev);
	struct mock_mig *mig = mock->mig;
	int ret;

	WRITE_ONCE(mock->open_calls, mock->open_calls + 1);
	WRITE_ONCE(mock->open_count, vdev->open_count);
	WRITE_ONCE(mock->has_kvm, !!vdev->kvm);
	mock_kvm_open(mock);
	mock_mig_lock(mig);
	ret = -(int)mig->regs.open_errno;
	mig->regs.open_errno = 0;
	if (!ret && mig->regs.need_kvm && !vdev->kvm)
		ret = -EINVAL;
	mock_mig_unlock(mig);
	if (ret)
		return ret;

	ret = vfio_pci_core_enable(&mock->core);
	if (ret)
		return ret;
	ret = mock_open_enabled(mock);
	if (ret)
		vfio_pci_core_disable(&mock->core);
	else
		mock_ctrl_open(&mock->ctrl);
	return ret;
}

static void mock_close_device(struct vfio_device *vdev)
{
	struct mock_device *mock = mock_from_vdev(vdev);

	WRITE_ONCE(mock->close_calls, mock->close_calls + 1);
	mock_kvm_close(mock);
	if (!MUTANT(mock_close_keeps_pins, true))
		mock_unpin_range(&mock->ctrl, 0, U64_MAX);
	if (!MUTANT(mock_close_keeps_logging, true))
		mock_log_close(&mock->log);
	if (!MUTANT(mock_close_keeps_session, true))
		mock_mig_to_running(mock->mig);
	vfio_pci_core_close_device(vdev);
}

static void mock_request(struct vfio_device *vdev, unsigned int count)
{
	mock_ctrl_request(&mock_from_vdev(vdev)->ctrl);
	vfio_pci_core_request(vdev, count);
}

static void mock_dma_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	struct mock_device *mock = mock_from_vdev(vdev);
	u64 delay = READ_ONCE(mock->mig->regs.unmap_delay);

	if (delay)
		msleep(delay);
	mock_ctrl_dma_unmap(&mock->ctrl, iova, length);
}

static int mock_init_dev(struct vfio_device *vdev)
{
	struct mock_device *mock = mock_from_vdev(vdev);
	int ret;

	ret = vfio_pci_core_init_dev(vdev);
	if (ret)
		return ret;
	ret = mock_ctrl_init(&mock->ctrl, vdev, &mock_control_ops);
	if (ret)
		goto err_core;
	mock->mig = mock_mig_create(vdev);
	if (!mock->mig) {
		ret = -ENOMEM;
		goto err_ctrl;
	}
	mock_log_init(&mock->log);
	vdev->log_ops = &mock_log_ops;
	vdev->mig_ops = &mock_migration_ops;
	vdev->migration_flags = mock->mig->all_flags;
	return 0;

err_ctrl:
	mock_ctrl_destroy(&mock->ctrl);
err_core:
	vfio_pci_core_release_dev(vdev);
	return ret;
}

static void mock_release_dev(struct vfio_device *vdev)
{
	struct mock_device *mock = mock_from_vdev(vdev);

	mock_mig_put(mock->mig);
	mock_log_destroy(&mock->log);
	mock_ctrl_destroy(&mock->ctrl);
	vfio_pci_core_release_dev(vdev);
}

static const struct vfio_device_ops mock_ops = {
	.name = "mock-vfio-pci",
	.init = mock_init_dev,
	.release = mock_release_dev,
	MOCK_IOMMUFD_OPS
	MOCK_TOKEN_OPS
	MOCK_REGION_OPS
	.open_device = mock_open_device,
	.close_device = mock_close_device,
	.dma_unmap = mock_dma_unmap,
	.request = mock_request,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.ioctl = vfio_pci_core_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.match = vfio_pci_core_match,
};

static int mock_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct mock_device *mock;
	int ret;

	mock = vfio_alloc_device(mock_device, core.vdev, &pdev->dev, &mock_ops);
	if (IS_ERR(mock))
		return PTR_ERR(mock);
	/* Before registering: an open may come at once. */
	dev_set_drvdata(&pdev->dev, &mock->core);
	ret = vfio_pci_core_register_device(&mock->core);
	if (ret)
		vfio_put_device(&mock->core.vdev);
	return ret;
}

static void mock_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(&pdev->dev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
}

static void mock_reset_done(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(&pdev->dev);

	mock_mig_reset(container_of(core, struct mock_device, core)->mig);
}

static const struct pci_error_handlers mock_err_handlers = {
	.reset_done = mock_reset_done,
	.error_detected = vfio_pci_core_aer_err_detected,
};

/* Only on request: driver_override, or an id written to new_id. */
static const struct pci_device_id mock_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(MOCK_VENDOR, MOCK_DEVICE) },
	{}
};
MODULE_DEVICE_TABLE(pci, mock_ids);

static struct pci_driver mock_pci_driver = {
	.name = "mock_vfio_pci",
	.id_table = mock_ids,
	.probe = mock_probe,
	.remove = mock_remove,
	.err_handler = &mock_err_handlers,
	.driver_managed_dma = true,
};
module_pci_driver(mock_pci_driver);

MOCK_IMPORT_IOMMUFD
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Mock vfio-pci variant driver with migration, for tests");
