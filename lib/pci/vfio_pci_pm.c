// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power: D-states the user asks for through the PM capability, and the
 * LOW_POWER features, which let runtime PM suspend an open device.
 */
#include <linux/eventfd.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "vfio_pci_priv.h"

void vfio_pci_probe_power_state(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	u16 ctrl;

	if (!pdev->pm_cap)
		return;

	pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &ctrl);
	vdev->needs_pm_restore = !(ctrl & PCI_PM_CTRL_NO_SOFT_RESET);
}

/*
 * A device without NoSoftRst resets itself on the way from D3hot to D0. Its
 * state is kept in vdev->pm_save meanwhile: pdev's own copy is overwritten by
 * any function reset that comes between.
 */
int vfio_pci_set_power_state(struct vfio_pci_core_device *vdev, pci_power_t state)
{
	struct pci_dev *pdev = vdev->pdev;
	bool was_d3 = pdev->current_state >= PCI_D3hot;
	bool save, restore;
	int ret;

	/* VFs do not work below D0 of their PF. */
	if (state > PCI_D0 && vdev->sriov_active)
		return -EBUSY;

	save = vdev->needs_pm_restore && !was_d3 && state >= PCI_D3hot;
	restore = vdev->needs_pm_restore && was_d3 && state <= PCI_D0;

	if (save)
		pci_save_state(pdev);

	ret = pci_set_power_state(pdev, state);
	if (ret)
		return ret;

	/* A quirk may have kept the device out of D3. */
	if (save && pdev->current_state >= PCI_D3hot) {
		/* One may be left from a D3hot that somebody else ended. */
		kfree(vdev->pm_save);
		vdev->pm_save = pci_store_saved_state(pdev);
	} else if (restore) {
		pci_load_and_free_saved_state(pdev, &vdev->pm_save);
		pci_restore_state(pdev);
	}
	return 0;
}

/* Takes @wake over on success. */
static int vfio_pci_runtime_pm_entry(struct vfio_pci_core_device *vdev, struct eventfd_ctx *wake)
{
	int ret = -EINVAL;

	vfio_pci_zap_and_down_write_memory_lock(vdev);
	if (!vdev->pm_runtime_engaged) {
		vdev->pm_runtime_engaged = true;
		vdev->pm_wake_eventfd_ctx = wake;
		/* The ioctl's own reference keeps the device awake until it returns. */
		pm_runtime_put_noidle(&vdev->pdev->dev);
		ret = 0;
	}
	up_write(&vdev->memory_lock);

	return ret;
}

static void __vfio_pci_runtime_pm_exit(struct vfio_pci_core_device *vdev)
{
	if (!vdev->pm_runtime_engaged)
		return;

	vdev->pm_runtime_engaged = false;
	pm_runtime_get_noresume(&vdev->pdev->dev);
	if (vdev->pm_wake_eventfd_ctx) {
		eventfd_ctx_put(vdev->pm_wake_eventfd_ctx);
		vdev->pm_wake_eventfd_ctx = NULL;
	}
}

void vfio_pci_runtime_pm_exit(struct vfio_pci_core_device *vdev)
{
	down_write(&vdev->memory_lock);
	__vfio_pci_runtime_pm_exit(vdev);
	up_write(&vdev->memory_lock);
}

int vfio_pci_core_pm_entry(struct vfio_device *device, u32 flags, void __user *arg, size_t argsz)
{
	int ret;

	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, 0);
	if (ret != 1)
		return ret;
	return vfio_pci_runtime_pm_entry(to_vfio_pci(device), NULL);
}

int vfio_pci_core_pm_entry_with_wakeup(struct vfio_device *device, u32 flags, void __user *arg,
				       size_t argsz)
{
	struct vfio_device_low_power_entry_with_wakeup entry;
	struct eventfd_ctx *wake;
	int ret;

	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, sizeof(entry));
	if (ret != 1)
		return ret;

	if (copy_from_user(&entry, arg, sizeof(entry)))
		return -EFAULT;
	if (entry.wakeup_eventfd < 0)
		return -EINVAL;

	wake = eventfd_ctx_fdget(entry.wakeup_eventfd);
	if (IS_ERR(wake))
		return PTR_ERR(wake);

	ret = vfio_pci_runtime_pm_entry(to_vfio_pci(device), wake);
	if (ret)
		eventfd_ctx_put(wake);
	return ret;
}

int vfio_pci_core_pm_exit(struct vfio_device *device, u32 flags, void __user *arg, size_t argsz)
{
	int ret;

	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, 0);
	if (ret != 1)
		return ret;

	/* Resuming for this very ioctl may have left low power already; then nothing to do. */
	vfio_pci_runtime_pm_exit(to_vfio_pci(device));
	return 0;
}

static int vfio_pci_core_runtime_suspend(struct device *dev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(dev);

	/* The bus saves and suspends from D0; the user may have put the device lower. */
	down_write(&vdev->memory_lock);
	vfio_pci_set_power_state(vdev, PCI_D0);
	up_write(&vdev->memory_lock);

	/* Only what is masked here is unmasked at resume; a user's mask stays. */
	vdev->pm_intx_masked = vdev->irq_type == VFIO_PCI_INTX_IRQ_INDEX &&
			       vfio_pci_intx_mask(vdev);
	return 0;
}

static int vfio_pci_core_runtime_resume(struct device *dev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(dev);

	down_write(&vdev->memory_lock);
	if (vdev->pm_wake_eventfd_ctx) {
		eventfd_signal(vdev->pm_wake_eventfd_ctx);
		__vfio_pci_runtime_pm_exit(vdev);
	}
	up_write(&vdev->memory_lock);

	if (vdev->pm_intx_masked)
		vfio_pci_intx_unmask(vdev);
	return 0;
}

const struct dev_pm_ops vfio_pci_core_pm_ops = {
	.runtime_suspend = vfio_pci_core_runtime_suspend,
	.runtime_resume = vfio_pci_core_runtime_resume,
};
