// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening a device (enable it, reset it, see what it can) and closing it (undo
 * all the user did, so that the next one finds it as the first did).
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#include "../core/profile.h"
#include "vfio_pci_priv.h"

/*
 * Intel network controllers whose DisINTx works while their INTx status bit
 * does not. They are given no INTx at all instead of a line of their own.
 */
static const struct pci_device_id vfio_pci_nointx_ids[] = {
	{ PCI_VDEVICE(INTEL, 0x1563) },	/* X550 */
	{ PCI_VDEVICE(INTEL, 0x1572) },	/* X710, XL710, XXV710 from here */
	{ PCI_VDEVICE(INTEL, 0x1574) },
	{ PCI_VDEVICE(INTEL, 0x1580) }, { PCI_VDEVICE(INTEL, 0x1581) },
	{ PCI_VDEVICE(INTEL, 0x1583) }, { PCI_VDEVICE(INTEL, 0x1584) },
	{ PCI_VDEVICE(INTEL, 0x1585) }, { PCI_VDEVICE(INTEL, 0x1586) },
	{ PCI_VDEVICE(INTEL, 0x1587) }, { PCI_VDEVICE(INTEL, 0x1588) },
	{ PCI_VDEVICE(INTEL, 0x1589) }, { PCI_VDEVICE(INTEL, 0x158a) },
	{ PCI_VDEVICE(INTEL, 0x158b) },
	{ PCI_VDEVICE(INTEL, 0x37d0) }, { PCI_VDEVICE(INTEL, 0x37d1) },
	{ PCI_VDEVICE(INTEL, 0x37d2) },
	{}
};

static void vfio_pci_probe_intx(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	u16 cmd;

	if (!vfio_pci_nointxmask) {
		if (pci_match_id(vfio_pci_nointx_ids, pdev)) {
			pci_info(pdev, "INTx of this device is broken, hiding it\n");
			vdev->nointx = true;
			pci_intx(pdev, 0);
		} else {
			vdev->pci_2_3 = pci_intx_mask_supported(pdev);
		}
	}

	/* The user starts with INTx as a fresh device has it. */
	pci_read_config_word(pdev, PCI_COMMAND, &cmd);
	if (vdev->pci_2_3 && (cmd & PCI_COMMAND_INTX_DISABLE))
		pci_write_config_word(pdev, PCI_COMMAND, cmd & ~PCI_COMMAND_INTX_DISABLE);
}

static void vfio_pci_probe_msix(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	u16 flags;
	u32 table;

	vdev->msix_bar = 0xff;
	vdev->has_dyn_msix = false;
	if (!pdev->msix_cap)
		return;

	pci_read_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS, &flags);
	pci_read_config_dword(pdev, pdev->msix_cap + PCI_MSIX_TABLE, &table);
	vdev->msix_bar = table & PCI_MSIX_TABLE_BIR;
	vdev->msix_offset = table & PCI_MSIX_TABLE_OFFSET;
	vdev->msix_size = ((flags & PCI_MSIX_FLAGS_QSIZE) + 1) * PCI_MSIX_ENTRY_SIZE;
	vdev->has_dyn_msix = profile(BEH_PCI_MSI_DYNAMIC) && pci_msix_can_alloc_dyn(pdev);
}

int vfio_pci_core_enable(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret;

	if (!vdev->disable_idle_d3) {
		ret = pm_runtime_resume_and_get(&pdev->dev);
		if (ret < 0)
			return ret;
	}

	/* The state saved below is what the device is left in: not with DMA on. */
	pci_clear_master(pdev);

	ret = pci_enable_device(pdev);
	if (ret)
		goto out_power;

	/* Any other error means that there is no function reset; the device is usable. */
	ret = pci_try_reset_function(pdev);
	if (ret == -EAGAIN)
		goto out_disable;
	vdev->reset_works = !ret;

	pci_save_state(pdev);
	vdev->pci_saved_state = pci_store_saved_state(pdev);
	if (!vdev->pci_saved_state)
		pci_dbg(pdev, "%s: no memory to keep the device's state\n", __func__);

	vfio_pci_probe_intx(vdev);

	ret = vfio_config_init(vdev);
	if (ret)
		goto out_state;

	vfio_pci_probe_msix(vdev);
	vdev->has_vga = vfio_pci_has_vga(pdev);
	return 0;

out_state:
	kfree(vdev->pci_saved_state);
	vdev->pci_saved_state = NULL;
out_disable:
	pci_disable_device(pdev);
out_power:
	if (!vdev->disable_idle_d3)
		pm_runtime_put(&pdev->dev);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_enable);

void vfio_pci_core_finish_enable(struct vfio_pci_core_device *vdev)
{
	vfio_pci_probe_mmaps(vdev);
	vfio_pci_vf_token_user_add(vdev, 1);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_finish_enable);

static void vfio_pci_release_regions(struct vfio_pci_core_device *vdev)
{
	int i;

	for (i = 0; i < vdev->num_regions; i++)
		vdev->region[i].ops->release(vdev, &vdev->region[i]);
	vdev->num_regions = 0;
	kfree(vdev->region);
	vdev->region = NULL;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		if (!vdev->barmap[i])
			continue;
		pci_iounmap(vdev->pdev, vdev->barmap[i]);
		pci_release_selected_regions(vdev->pdev, 1 << i);
		vdev->barmap[i] = NULL;
	}
	vfio_pci_release_mmaps(vdev);
}

/*
 * Reset the function with the locks taken here: pci_try_reset_function() would
 * save and restore the state the user left over the one from before him. The
 * bridge is locked too, or a bus reset from there could come in between.
 */
static void vfio_pci_reset_closed(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	struct pci_dev *bridge = pci_upstream_bridge(pdev);

	if (bridge && !pci_dev_trylock(bridge))
		return;
	if (pci_dev_trylock(pdev)) {
		if (!__pci_reset_function_locked(pdev))
			vdev->needs_reset = false;
		pci_dev_unlock(pdev);
	}
	if (bridge)
		pci_dev_unlock(bridge);
}

/* Put the device back as it was before the open, reset if it can be. */
static void vfio_pci_restore_closed(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;

	if (pci_load_and_free_saved_state(pdev, &vdev->pci_saved_state)) {
		pci_info(pdev, "no state from before the open to go back to\n");
		if (!vdev->reset_works)
			return;
		pci_save_state(pdev);
	}

	/* No interrupts and no decoding while it resets. */
	pci_write_config_word(pdev, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE);
	if (vdev->reset_works)
		vfio_pci_reset_closed(vdev);
	pci_restore_state(pdev);
}

void vfio_pci_core_disable(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;

	lockdep_assert_held(&vdev->vdev.dev_set->lock);

	/* Out of whatever power state the user left it in, or nothing below works. */
	vfio_pci_runtime_pm_exit(vdev);
	pm_runtime_resume(&pdev->dev);
	vfio_pci_set_power_state(vdev, PCI_D0);

	/* No more DMA from here. */
	pci_clear_master(pdev);

	vfio_pci_set_irqs_ioctl(vdev, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
				vdev->irq_type, 0, 0, NULL);
	vfio_pci_ioeventfd_release_all(vdev);
	vdev->virq_disabled = false;

	vfio_pci_release_regions(vdev);
	vfio_config_free(vdev);

	vdev->needs_reset = true;
	vfio_pci_restore_closed(vdev);
	pci_disable_device(pdev);

	vfio_pci_dev_set_try_reset(vdev->vdev.dev_set);

	if (!vdev->disable_idle_d3)
		pm_runtime_put(&pdev->dev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_disable);

void vfio_pci_core_close_device(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);

	vfio_pci_vf_token_user_add(vdev, -1);
	vfio_pci_core_disable(vdev);

	mutex_lock(&vdev->igate);
	vfio_pci_eventfd_replace_locked(vdev, &vdev->err_trigger, NULL);
	vfio_pci_eventfd_replace_locked(vdev, &vdev->req_trigger, NULL);
	mutex_unlock(&vdev->igate);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_close_device);

int vfio_pci_core_register_dev_region(struct vfio_pci_core_device *vdev, unsigned int type,
				      unsigned int subtype, const struct vfio_pci_regops *ops,
				      size_t size, u32 flags, void *data)
{
	struct vfio_pci_region *region;

	region = krealloc(vdev->region, (vdev->num_regions + 1) * sizeof(*region),
			  GFP_KERNEL_ACCOUNT);
	if (!region)
		return -ENOMEM;

	vdev->region = region;
	region[vdev->num_regions++] = (struct vfio_pci_region) {
		.type = type, .subtype = subtype, .ops = ops,
		.size = size, .flags = flags, .data = data,
	};
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_register_dev_region);
