// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes to capabilities that have effects: power states, vital product data,
 * function resets, read request size, MSI control.
 */
#include <linux/pci.h>
#include <linux/vfio.h>

#include "vfio_pci_config.h"

/* Does the access touch the byte at @field of its capability? */
static bool touches(const struct vfio_cfg_access *a, int field)
{
	return a->off <= field && a->off + a->count > field;
}

int vfio_pm_config_write(const struct vfio_cfg_access *a, u32 val)
{
	struct vfio_pci_core_device *vdev = a->vdev;
	pci_power_t state;
	int ret;

	ret = vfio_default_config_write(a, val);
	if (ret || a->off != PCI_PM_CTRL)
		return ret;

	/* The field counts as pci_power_t does: 0 is D0, 3 is D3hot. */
	state = (pci_power_t)(val & PCI_PM_CTRL_STATE_MASK);
	vfio_lock_memory(vdev, state >= PCI_D3hot);
	/* A state the device cannot take is not an error of the write. */
	if (!MUTANT(config_power_state_ignored, state))
		vfio_pci_set_power_state(vdev, state);
	up_write(&vdev->memory_lock);
	return 0;
}

/*
 * Address with flag F clear: read a dword into the data register. With F set:
 * write the data register. F flips when done; a driver that never sees it flip
 * gives up, so errors need no other sign.
 */
int vfio_vpd_config_write(const struct vfio_cfg_access *a, u32 val)
{
	u8 *vaddr = vfio_cfg_field_of(a, PCI_VPD_ADDR);
	u8 *vdata = vfio_cfg_field_of(a, PCI_VPD_DATA);
	struct pci_dev *pdev = a->vdev->pdev;
	u32 data = 0;
	u16 addr;
	int ret;

	ret = vfio_default_config_write(a, val);
	if (ret || !touches(a, PCI_VPD_ADDR + 1))
		return ret;

	addr = vfio_cfg_get(vaddr, 2);
	if (addr & PCI_VPD_ADDR_F) {
		data = vfio_cfg_get(vdata, 4);
		if (pci_write_vpd(pdev, addr & ~PCI_VPD_ADDR_F, 4, &data) != 4)
			return 0;
	} else {
		if (pci_read_vpd(pdev, addr, 4, &data) < 0)
			return 0;
		vfio_cfg_put(vdata, 4, data);
	}
	vfio_cfg_put(vaddr, 2, addr ^ PCI_VPD_ADDR_F);
	return 0;
}

/* A reset by a register: by whatever method the function has, not always the one asked. */
static void vfio_config_reset(struct vfio_pci_core_device *vdev)
{
	vfio_lock_memory(vdev, true);
	pci_try_reset_function(vdev->pdev);
	up_write(&vdev->memory_lock);
}

int vfio_exp_config_write(const struct vfio_cfg_access *a, u32 val)
{
	u8 *vctrl = vfio_cfg_field_of(a, PCI_EXP_DEVCTL);
	u16 before = vfio_cfg_get(vctrl, 2), ctrl;
	struct vfio_pci_core_device *vdev = a->vdev;
	u32 cap;
	int ret;

	ret = vfio_default_config_write(a, val);
	if (ret)
		return ret;

	ctrl = vfio_cfg_get(vctrl, 2);
	if (ctrl & PCI_EXP_DEVCTL_BCR_FLR) {
		/* Always reads as 0. */
		ctrl &= ~PCI_EXP_DEVCTL_BCR_FLR;
		vfio_cfg_put(vctrl, 2, ctrl);

		if (!pci_user_read_config_dword(vdev->pdev, a->pos - a->off + PCI_EXP_DEVCAP,
						&cap) &&
		    UNLESS_MUTANT(config_flr_ignored, cap & PCI_EXP_DEVCAP_FLR))
			vfio_config_reset(vdev);
	}

	/* The largest payload is virtual, and requests below the real one only cost speed. */
	if ((before ^ ctrl) & PCI_EXP_DEVCTL_READRQ) {
		int readrq = 128 << ((ctrl & PCI_EXP_DEVCTL_READRQ) >> 12);

		pcie_set_readrq(vdev->pdev, max(readrq, pcie_get_mps(vdev->pdev)));
	}
	return 0;
}

int vfio_af_config_write(const struct vfio_cfg_access *a, u32 val)
{
	u8 *vctrl = vfio_cfg_field_of(a, PCI_AF_CTRL);
	struct vfio_pci_core_device *vdev = a->vdev;
	u8 cap;
	int ret;

	ret = vfio_default_config_write(a, val);
	if (ret || !(*vctrl & PCI_AF_CTRL_FLR))
		return ret;

	*vctrl &= ~PCI_AF_CTRL_FLR;
	ret = pci_user_read_config_byte(vdev->pdev, a->pos - a->off + PCI_AF_CAP, &cap);
	if (!ret && (cap & PCI_AF_CAP_FLR) && (cap & PCI_AF_CAP_TP))
		vfio_config_reset(vdev);
	return 0;
}

/*
 * The user has MSI through SET_IRQS: enable shows, and reaches the device, only
 * while it is the active mode, and for no more vectors than it was enabled with.
 */
int vfio_msi_config_write(const struct vfio_cfg_access *a, u32 val)
{
	u8 *vflags = vfio_cfg_field_of(a, PCI_MSI_FLAGS);
	struct vfio_pci_core_device *vdev = a->vdev;
	u16 flags;
	int ret;

	ret = vfio_default_config_write(a, val);
	if (ret || a->off > PCI_MSI_FLAGS || a->off + a->count < PCI_MSI_FLAGS)
		return ret;

	flags = vfio_cfg_get(vflags, 2);
	if (UNLESS_MUTANT(config_msi_enabled_by_user, vdev->irq_type != VFIO_PCI_MSI_IRQ_INDEX))
		flags &= ~PCI_MSI_FLAGS_ENABLE;
	if ((flags & PCI_MSI_FLAGS_QSIZE) >> 4 > vdev->msi_qmax)
		flags = (flags & ~PCI_MSI_FLAGS_QSIZE) | vdev->msi_qmax << 4;

	vfio_cfg_put(vflags, 2, flags);
	return pci_user_write_config_word(vdev->pdev, a->pos - a->off + PCI_MSI_FLAGS, flags);
}
