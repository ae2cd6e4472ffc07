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

/* Can INTx be masked by DisINTx, or must it be hidden? With nointxmask neither. */
static void vfio_pci_probe_intx(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;

	vdev->nointx = !vfio_pci_nointxmask && pci_match_id(vfio_pci_nointx_ids, pdev);
	vdev->pci_2_3 = !vfio_pci_nointxmask && !vdev->nointx && pci_intx_mask_supported(pdev);

	if (vdev->nointx) {
		pci_info(pdev, "INTx of this device is broken, hiding it\n");
		pci_intx(pdev, 0);
	} else if (vdev->pci_2_3) {
		/* The user starts with INTx as a fresh device has it. */
		pci_intx(pdev, 1);
	}
}

static void vfio_pci_probe_msix(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int cap = pdev->msix_cap;
	u16 control;
	u32 table;

	vdev->has_dyn_msix = false;
	vdev->msix_bar = 0xff;
	if (!cap)
		return;

	pci_read_config_dword(pdev, cap + PCI_MSIX_TABLE, &table);
	vdev->msix_offset = table & PCI_MSIX_TABLE_OFFSET;
	vdev->msix_bar = table & PCI_MSIX_TABLE_BIR;

	pci_read_config_word(pdev, cap + PCI_MSIX_FLAGS, &control);
	vdev->msix_size = PCI_MSIX_ENTRY_SIZE * (1 + (control & PCI_MSIX_FLAGS_QSIZE));

	if (profile(BEH_PCI_MSI_DYNAMIC))
		vdev->has_dyn_msix = pci_msix_can_alloc_dyn(pdev);
}

/* Running, but quiet, and with the state kept that the close goes back to. */
static int vfio_pci_bring_up(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int err;

	/* Before the state is saved: a restore must not switch DMA on. */
	if (!MUTANT(pci_open_keeps_bus_master, true))
		pci_clear_master(pdev);
	err = pci_enable_device(pdev);
	if (err)
		return err;

	/* Locked: try again. Any other error: it has no function reset, but works. */
	err = MUTANT(pci_open_not_reset, true) ? 0 : pci_try_reset_function(pdev);
	if (err == -EAGAIN) {
		pci_disable_device(pdev);
		return err;
	}
	vdev->reset_works = err == 0;

	pci_save_state(pdev);
	vdev->pci_saved_state = pci_store_saved_state(pdev);
	if (!vdev->pci_saved_state)
		pci_dbg(pdev, "no memory to keep its state in\n");

	vfio_pci_probe_intx(vdev);
	err = vfio_config_init(vdev);
	if (err) {
		kfree(vdev->pci_saved_state);
		vdev->pci_saved_state = NULL;
		pci_disable_device(pdev);
	}
	return err;
}

int vfio_pci_core_enable(struct vfio_pci_core_device *vdev)
{
	int err = vfio_pci_pm_busy(vdev);

	if (err)
		return err;

	err = vfio_pci_bring_up(vdev);
	if (err) {
		vfio_pci_pm_idle(vdev);
		return err;
	}

	vfio_pci_probe_msix(vdev);
	vdev->has_vga = vfio_pci_has_vga(vdev->pdev);
	if (profile(BEH_PCI_BARS_AT_OPEN))
		vfio_pci_claim_bars(vdev);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_enable);

void vfio_pci_core_finish_enable(struct vfio_pci_core_device *vdev)
{
	vfio_pci_probe_mmaps(vdev);
	vfio_pci_vf_token_user_add(vdev, 1);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_finish_enable);

int vfio_pci_core_register_dev_region(struct vfio_pci_core_device *vdev, unsigned int type,
				      unsigned int subtype, const struct vfio_pci_regops *ops,
				      size_t size, u32 flags, void *data)
{
	const struct vfio_pci_region added = {
		.type = type, .subtype = subtype, .flags = flags,
		.ops = ops, .data = data, .size = size,
	};
	struct vfio_pci_region *all;

	all = krealloc(vdev->region, (vdev->num_regions + 1) * sizeof(added), GFP_KERNEL_ACCOUNT);
	if (!all)
		return -ENOMEM;
	all[vdev->num_regions++] = added;
	vdev->region = all;
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_register_dev_region);

static void vfio_pci_release_regions(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_region *region = vdev->region;
	int bar;

	for (; vdev->num_regions; vdev->num_regions--, region++)
		region->ops->release(vdev, region);
	kfree(vdev->region);
	vdev->region = NULL;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		void __iomem *io = vdev->barmap[bar];

		vdev->barmap[bar] = NULL;
		if (io) {
			pci_iounmap(vdev->pdev, io);
			pci_release_selected_regions(vdev->pdev, 1 << bar);
		}
	}
	vfio_pci_release_mmaps(vdev);
}

/* The bridge too, or a bus reset from there could come in between. */
static bool vfio_pci_trylock_path(struct pci_dev *pdev, struct pci_dev *bridge)
{
	if (bridge && !pci_dev_trylock(bridge))
		return false;
	if (pci_dev_trylock(pdev))
		return true;
	if (bridge)
		pci_dev_unlock(bridge);
	return false;
}

/*
 * Reset the function with the locks taken here: pci_try_reset_function() would
 * save and restore the state the user left over the one from before him.
 */
static void vfio_pci_reset_closed(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *bridge = pci_upstream_bridge(vdev->pdev);

	if (!vfio_pci_trylock_path(vdev->pdev, bridge))
		return;

	vdev->needs_reset = __pci_reset_function_locked(vdev->pdev) != 0;

	pci_dev_unlock(vdev->pdev);
	if (bridge)
		pci_dev_unlock(bridge);
}

/* Put the device back as it was before the open, reset if it can be. */
static void vfio_pci_restore_closed(struct vfio_pci_core_device *vdev)
{
	bool no_state = pci_load_and_free_saved_state(vdev->pdev, &vdev->pci_saved_state);

	if (no_state)
		pci_info(vdev->pdev, "no state from before the open to go back to\n");

	/* What there is now is worth keeping only over a reset. */
	if (no_state && !vdev->reset_works)
		return;
	if (no_state)
		pci_save_state(vdev->pdev);

	/* No interrupts and no decoding while it resets. */
	pci_write_config_word(vdev->pdev, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE);
	if (UNLESS_MUTANT(pci_close_not_reset, vdev->reset_works))
		vfio_pci_reset_closed(vdev);
	if (!MUTANT(pci_close_not_restored, true))
		pci_restore_state(vdev->pdev);
}

/* Undo all that a user can set up, so that nothing of him reaches the next one. */
static void vfio_pci_take_back(struct vfio_pci_core_device *vdev)
{
	/* DMA first, which must not outlive its memory. */
	pci_clear_master(vdev->pdev);
	if (!MUTANT(pci_close_keeps_irqs, vdev->irq_type != VFIO_PCI_NUM_IRQS))
		vfio_pci_irqs_off(vdev);
	vfio_pci_dma_bufs_drop(vdev);
	if (!MUTANT(pci_close_keeps_ioeventfds, vdev->ioeventfds_nr))
		vfio_pci_ioeventfd_release_all(vdev);
	vfio_pci_release_regions(vdev);
	vfio_config_free(vdev);
	if (!MUTANT(pci_close_keeps_disintx, vdev->virq_disabled))
		WRITE_ONCE(vdev->virq_disabled, false);
}

void vfio_pci_core_disable(struct vfio_pci_core_device *vdev)
{
	struct vfio_device_set *set = vdev->vdev.dev_set;

	lockdep_assert_held(&set->lock);

	/* Out of whatever power state the user left it in, or nothing below works. */
	vfio_pci_low_power_exit(vdev, NULL);
	pm_runtime_resume(&vdev->pdev->dev);
	if (!MUTANT(pci_close_keeps_power_state, vdev->pdev->current_state))
		vfio_pci_set_power_state(vdev, PCI_D0);

	vfio_pci_take_back(vdev);
	vdev->needs_reset = true;
	vfio_pci_restore_closed(vdev);
	pci_disable_device(vdev->pdev);

	vfio_pci_reset_idle_set(set);
	vfio_pci_pm_idle(vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_disable);

void vfio_pci_core_close_device(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);

	vfio_pci_vf_token_user_add(vdev, -1);
	vfio_pci_core_disable(vdev);
	if (!MUTANT(pci_close_keeps_eventfds, true))
		vfio_pci_drop_eventfds(vdev);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_close_device);
