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

/*
 * A device without NoSoftRst resets itself on the way from D3hot to D0. Its
 * state is kept in vdev->pm_save meanwhile: pdev's own copy is overwritten by
 * any function reset that comes between.
 */
static bool vfio_pci_d3_loses_state(struct pci_dev *pdev)
{
	u16 pmcsr;

	if (!pdev->pm_cap)
		return false;
	pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &pmcsr);
	return !(pmcsr & PCI_PM_CTRL_NO_SOFT_RESET);
}

static int vfio_pci_enter_d3(struct vfio_pci_core_device *vdev, pci_power_t state)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret;

	pci_save_state(pdev);
	ret = pci_set_power_state(pdev, state);
	/* A quirk may have kept the device out of D3. */
	if (!ret && READ_ONCE(pdev->current_state) >= PCI_D3hot) {
		/* One may be left from a D3hot that somebody else ended. */
		kfree(vdev->pm_save);
		vdev->pm_save = pci_store_saved_state(pdev);
	}
	return ret;
}

static int vfio_pci_leave_d3(struct vfio_pci_core_device *vdev)
{
	int ret = pci_set_power_state(vdev->pdev, PCI_D0);

	if (!ret) {
		pci_load_and_free_saved_state(vdev->pdev, &vdev->pm_save);
		if (!MUTANT(d3_state_not_restored, true))
			pci_restore_state(vdev->pdev);
	}
	return ret;
}

int vfio_pci_set_power_state(struct vfio_pci_core_device *vdev, pci_power_t state)
{
	bool in_d3 = READ_ONCE(vdev->pdev->current_state) >= PCI_D3hot;

	/* VFs do not work below D0 of their PF. */
	if (READ_ONCE(vdev->sriov_active) && state > PCI_D0)
		return -EBUSY;

	if (vdev->needs_pm_restore) {
		if (!in_d3 && state >= PCI_D3hot)
			return vfio_pci_enter_d3(vdev, state);
		if (in_d3 && state <= PCI_D0)
			return vfio_pci_leave_d3(vdev);
	}
	return pci_set_power_state(vdev->pdev, state);
}

void vfio_pci_lock_awake(struct vfio_pci_core_device *vdev)
{
	down_write(&vdev->memory_lock);
	vfio_pci_set_power_state(vdev, PCI_D0);
}

/* Takes @wake over on success. */
static int low_power_enter(struct vfio_pci_core_device *vdev, struct eventfd_ctx *wake)
{
	bool entered;

	vfio_pci_lock_and_zap(vdev);
	entered = !UNLESS_MUTANT(low_power_twice, vdev->pm_runtime_engaged);
	if (entered) {
		vdev->pm_wake_eventfd_ctx = wake;
		vdev->pm_runtime_engaged = true;
		/* The ioctl's own reference keeps the device awake until it returns. */
		pm_runtime_put_noidle(&vdev->pdev->dev);
	}
	up_write(&vdev->memory_lock);

	return entered ? 0 : -EINVAL;
}

/*
 * Leave low power. A device that was @woken leaves it only if its user wanted
 * to be told; else it goes back to sleep once the host is done with it.
 */
static void low_power_leave(struct vfio_pci_core_device *vdev, bool woken)
{
	struct eventfd_ctx *wake;

	down_write(&vdev->memory_lock);
	wake = vdev->pm_wake_eventfd_ctx;
	if (woken ? wake != NULL :
	    UNLESS_MUTANT(low_power_exit_stays, vdev->pm_runtime_engaged)) {
		pm_runtime_get_noresume(&vdev->pdev->dev);
		vdev->pm_wake_eventfd_ctx = NULL;
		vdev->pm_runtime_engaged = false;
		if (UNLESS_MUTANT(low_power_no_wakeup, wake && woken))
			eventfd_signal(wake);
		if (wake)
			eventfd_ctx_put(wake);
	}
	up_write(&vdev->memory_lock);
}

int vfio_pci_low_power_entry(struct vfio_pci_core_device *vdev, void __user *unused)
{
	return low_power_enter(vdev, NULL);
}

int vfio_pci_low_power_entry_with_wakeup(struct vfio_pci_core_device *vdev, void __user *arg)
{
	struct vfio_device_low_power_entry_with_wakeup entry;
	struct eventfd_ctx *wake;
	int ret;

	if (copy_from_user(&entry, arg, sizeof(entry)))
		return -EFAULT;

	wake = entry.wakeup_eventfd < 0 ? ERR_PTR(-EINVAL) :
					  eventfd_ctx_fdget(entry.wakeup_eventfd);
	if (MUTANT(low_power_bad_eventfd, entry.wakeup_eventfd < 0))
		wake = NULL;
	if (IS_ERR(wake))
		return PTR_ERR(wake);

	ret = low_power_enter(vdev, wake);
	if (ret)
		eventfd_ctx_put(wake);
	return ret;
}

int vfio_pci_low_power_exit(struct vfio_pci_core_device *vdev, void __user *unused)
{
	/* Resuming for this very ioctl may have left low power already; then nothing to do. */
	low_power_leave(vdev, false);
	return 0;
}

static int vfio_pci_runtime_suspend(struct device *dev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(dev);

	/* The bus saves and suspends from D0; the user may have put the device lower. */
	vfio_pci_lock_awake(vdev);
	up_write(&vdev->memory_lock);

	/* Only what is masked here is unmasked at resume; a user's mask stays. */
	vdev->pm_intx_masked = vdev->irq_type == VFIO_PCI_INTX_IRQ_INDEX &&
			       vfio_pci_intx_mask(vdev);
	return 0;
}

static int vfio_pci_runtime_resume(struct device *dev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(dev);

	low_power_leave(vdev, true);
	if (UNLESS_MUTANT(low_power_intx_masked, vdev->pm_intx_masked))
		vfio_pci_intx_unmask(vdev);
	return 0;
}

static const struct dev_pm_ops vfio_pci_pm_ops = {
	.runtime_suspend = vfio_pci_runtime_suspend,
	.runtime_resume = vfio_pci_runtime_resume,
};

int vfio_pci_pm_start(struct vfio_pci_core_device *vdev)
{
	struct device *dev = &vdev->pdev->dev;

	vdev->needs_pm_restore = vfio_pci_d3_loses_state(vdev->pdev);
	/* From the unknown state a driver gets the device in, only D0 can be reached. */
	vfio_pci_set_power_state(vdev, PCI_D0);

	/* Other devices of the driver are in use. */
	if (READ_ONCE(dev->driver->pm) != &vfio_pci_pm_ops)
		WRITE_ONCE(dev->driver->pm, &vfio_pci_pm_ops);
	pm_runtime_allow(dev);
	vfio_pci_pm_idle(vdev);
	return 0;
}

void vfio_pci_pm_stop(struct vfio_pci_core_device *vdev)
{
	struct device *dev = &vdev->pdev->dev;

	if (!vdev->disable_idle_d3)
		pm_runtime_get_noresume(dev);
	pm_runtime_forbid(dev);
}

int vfio_pci_pm_busy(struct vfio_pci_core_device *vdev)
{
	return vdev->disable_idle_d3 ? 0 : pm_runtime_resume_and_get(&vdev->pdev->dev);
}

void vfio_pci_pm_idle(struct vfio_pci_core_device *vdev)
{
	if (!vdev->disable_idle_d3)
		pm_runtime_put(&vdev->pdev->dev);
}
