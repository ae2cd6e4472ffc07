// SPDX-License-Identifier: GPL-2.0-only
/*
 * The standard header: BARs that can be sized but not moved, and a COMMAND
 * register whose memory enable bit decides over the user's mappings.
 */
#include <linux/pci.h>
#include <linux/vfio.h>

#include "vfio_pci_config.h"

static u16 vconfig_command(struct vfio_pci_core_device *vdev)
{
	return vfio_cfg_get(vdev->vconfig + PCI_COMMAND, 2);
}

/*
 * A VF has no memory enable bit, its PF has it for all of them: then what the
 * user wrote has no effect.
 */
bool __vfio_pci_memory_enabled(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;

	if (UNLESS_MUTANT(config_d3_memory_on, READ_ONCE(pdev->current_state) >= PCI_D3hot))
		return false;
	return pdev->no_command_memory || (vconfig_command(vdev) & PCI_COMMAND_MEMORY);
}

static bool is_bar(int pos)
{
	return (pos >= PCI_BASE_ADDRESS_0 && pos < PCI_BASE_ADDRESS_5 + 4) ||
	       (pos >= PCI_ROM_ADDRESS && pos < PCI_ROM_ADDRESS + 4);
}

/* The read-only bits that tell the type of a BAR. */
static u32 bar_type_bits(unsigned long flags)
{
	u32 bits = 0;

	if (flags & IORESOURCE_IO)
		return PCI_BASE_ADDRESS_SPACE_IO;
	if (flags & IORESOURCE_PREFETCH)
		bits |= PCI_BASE_ADDRESS_MEM_PREFETCH;
	if (flags & IORESOURCE_MEM_64)
		bits |= PCI_BASE_ADDRESS_MEM_TYPE_64;
	return bits;
}

static void bar_mask(u8 *vbar, u32 mask, u32 set)
{
	vfio_cfg_put(vbar, 4, (vfio_cfg_get(vbar, 4) & mask) | set);
}

/* Do to the virtual BARs what hardware does: bits below the size read as 0. */
static void vfio_bar_fixup(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	u8 *vbar = vdev->vconfig + PCI_BASE_ADDRESS_0;
	u8 *vrom = vdev->vconfig + PCI_ROM_ADDRESS;
	int bar;

	if (!READ_ONCE(vdev->bardirty))
		return;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++, vbar += 4) {
		unsigned long flags = pci_resource_flags(pdev, bar);
		u64 mask = ~((u64)pci_resource_len(pdev, bar) - 1);

		/* Not placed by the host: the user is told that there is none. */
		if (!pci_resource_start(pdev, bar)) {
			vfio_cfg_put(vbar, 4, 0);
			continue;
		}
		bar_mask(vbar, mask, MUTANT(config_bar_type_lost, bar_type_bits(flags)) ? 0 :
			 bar_type_bits(flags));
		if ((flags & IORESOURCE_MEM_64) && bar + 1 < PCI_STD_NUM_BARS) {
			bar++;
			vbar += 4;
			bar_mask(vbar, mask >> 32, 0);
		}
	}

	/* Its size shows even if REGION_INFO found no image in it (RW-034). */
	if (pci_resource_start(pdev, PCI_ROM_RESOURCE))
		bar_mask(vrom, ~((u32)pci_resource_len(pdev, PCI_ROM_RESOURCE) - 1) |
			 PCI_ROM_ADDRESS_ENABLE, 0);
	else if (pci_resource_flags(pdev, PCI_ROM_RESOURCE) & IORESOURCE_ROM_SHADOW)
		bar_mask(vrom, ~(VFIO_PCI_SHADOW_ROM_SIZE - 1u) | PCI_ROM_ADDRESS_ENABLE, 0);
	else
		vfio_cfg_put(vrom, 4, 0);

	WRITE_ONCE(vdev->bardirty, false);
}

int vfio_basic_config_read(const struct vfio_cfg_access *a, u32 *val)
{
	struct vfio_pci_core_device *vdev = a->vdev;
	int ret;

	if (is_bar(a->pos))
		vfio_bar_fixup(vdev);

	ret = vfio_default_config_read(a, val);
	if (!ret && a->pos == PCI_COMMAND && vdev->pdev->no_command_memory)
		*val |= vconfig_command(vdev) & PCI_COMMAND_MEMORY;
	return ret;
}

/* Write back the host's BARs, which a reset we did not do has wiped. */
static void vfio_bar_restore(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	unsigned int i;

	if (pdev->is_virtfn)
		return;

	pci_info(pdev, "lost its BARs in a reset of its own, writing them back\n");
	for (i = 0; i < ARRAY_SIZE(vdev->rbar); i++)
		pci_user_write_config_dword(pdev, vfio_bar_reg(i), vdev->rbar[i]);
	/* So has DisINTx. */
	if (vdev->nointx)
		pci_intx(pdev, 0);
}

static bool vfio_bars_differ(struct vfio_pci_core_device *vdev)
{
	u32 bar;
	int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		if (!vdev->rbar[i])
			continue;
		if (pci_user_read_config_dword(vdev->pdev, vfio_bar_reg(i), &bar) ||
		    bar != vdev->rbar[i])
			return true;
	}
	return false;
}

/*
 * Has the device been reset by a way of its own? Then an enable bit that the
 * user set and did not clear is off in hardware, or the BARs are.
 */
static bool vfio_need_bar_restore(struct vfio_pci_core_device *vdev, u16 phys, u16 next)
{
	u16 lost = next & vconfig_command(vdev) & ~phys;

	if ((lost & PCI_COMMAND_MEMORY) && !vdev->pdev->no_command_memory)
		return true;
	return (lost & PCI_COMMAND_IO) || vfio_bars_differ(vdev);
}

static int vfio_command_write(const struct vfio_cfg_access *a, u32 val)
{
	const u16 enables = PCI_COMMAND_MEMORY | PCI_COMMAND_IO;
	struct vfio_pci_core_device *vdev = a->vdev;
	u16 next = val, phys;
	int ret;

	ret = pci_user_read_config_word(vdev->pdev, PCI_COMMAND, &phys);
	if (ret)
		return ret;

	vfio_lock_memory(vdev, !(next & PCI_COMMAND_MEMORY));
	if (UNLESS_MUTANT(config_bars_not_restored, vfio_need_bar_restore(vdev, phys, next)))
		vfio_bar_restore(vdev);

	ret = vfio_default_config_write(a, val);
	if (!ret)
		vfio_cfg_put(vdev->vconfig + PCI_COMMAND, 2,
			     (vconfig_command(vdev) & ~enables) | (next & enables) |
			     (MUTANT(config_memory_kept_on, ~next & PCI_COMMAND_MEMORY) ?
			      PCI_COMMAND_MEMORY : 0));
	up_write(&vdev->memory_lock);
	return ret;
}

/* The user's DisINTx changed, maybe: mask or unmask as it says. */
static void vfio_sync_intx_disable(struct vfio_pci_core_device *vdev)
{
	bool disable = vconfig_command(vdev) & PCI_COMMAND_INTX_DISABLE;

	if (disable == READ_ONCE(vdev->virq_disabled) || MUTANT(config_disintx_ignored, true))
		return;

	WRITE_ONCE(vdev->virq_disabled, disable);
	if (disable)
		vfio_pci_intx_mask(vdev);
	else
		vfio_pci_intx_unmask(vdev);
}

int vfio_basic_config_write(const struct vfio_cfg_access *a, u32 val)
{
	struct vfio_pci_core_device *vdev = a->vdev;
	int ret;

	/* The enable bits are in the low byte, DisINTx in the high one. */
	if (a->pos == PCI_COMMAND)
		ret = vfio_command_write(a, val);
	else
		ret = vfio_default_config_write(a, val);
	if (ret)
		return ret;

	if (a->pos == PCI_COMMAND || a->pos == PCI_COMMAND + 1)
		vfio_sync_intx_disable(vdev);
	if (UNLESS_MUTANT(config_bar_not_sized, is_bar(a->pos)))
		WRITE_ONCE(vdev->bardirty, true);
	return 0;
}
