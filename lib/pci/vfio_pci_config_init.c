// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building a device's virtual configuration space at open: copy what is
 * virtual, map each byte to its capability, take unknown ones off the chain.
 */
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vfio.h>

#include "vfio_pci_config.h"

/* Read @size bytes, 1, 2 or 4, in one cycle. 0 or -errno. */
static int vfio_config_load(struct vfio_pci_core_device *vdev, int pos, int size, u32 *val)
{
	u16 word = 0;
	u8 byte = 0;
	int err;

	if (size == 4) {
		err = pci_read_config_dword(vdev->pdev, pos, val);
	} else if (size == 2) {
		err = pci_read_config_word(vdev->pdev, pos, &word);
		*val = word;
	} else {
		err = pci_read_config_byte(vdev->pdev, pos, &byte);
		*val = byte;
	}
	return pcibios_err_to_errno(err);
}

/* Copy [@pos, @end) from the device, in the widest aligned cycles. 0 or -errno. */
static int vfio_config_copy(struct vfio_pci_core_device *vdev, int pos, int end)
{
	u32 val;
	int step, ret;

	for (; pos < end; pos += step) {
		for (step = 4; pos % step || pos + step > end;)
			step /= 2;
		ret = vfio_config_load(vdev, pos, step, &val);
		if (ret)
			return ret;
		vfio_cfg_put(vdev->vconfig + pos, step, val);
	}
	return 0;
}

/* Claim the bytes of a capability in the map and copy them. */
static int vfio_config_add_cap(struct vfio_pci_core_device *vdev, int pos, int len, u8 id)
{
	u8 *map = vdev->pci_config_map + pos;
	int i;

	for (i = 0; i < len; i++)
		if (map[i] != PCI_CAP_ID_INVALID)
			pci_warn(vdev->pdev, "capabilities %#x and %#x both have byte %#x\n",
				 map[i], id, pos + i);

	memset(map, id, len);
	return vfio_config_copy(vdev, pos, pos + len);
}

/* The user is shown a device that cannot signal power events. */
static void vfio_pm_hide_pme(struct vfio_pci_core_device *vdev, int pos)
{
	u8 *pmc = vdev->vconfig + pos + PCI_PM_PMC;
	u8 *ctrl = vdev->vconfig + pos + PCI_PM_CTRL;

	vfio_cfg_put(pmc, 2, vfio_cfg_get(pmc, 2) & ~PCI_PM_CAP_PME_MASK);
	vfio_cfg_put(ctrl, 2, vfio_cfg_get(ctrl, 2) &
		     ~(PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS));
}

/* Give the user the capability @id at @pos. 1, 0 if he is not to see it, or -errno. */
static int vfio_cap_show(struct vfio_pci_core_device *vdev, u8 id, u8 pos)
{
	int len = vfio_cap_len(vdev, id, pos), ret;

	if (len <= 0) {
		pci_dbg(vdev->pdev, "capability %#x at %#x is not for users\n", id, pos);
		return len;
	}
	/* A length the device made up must not lead out of the map. */
	ret = vfio_config_add_cap(vdev, pos, min(len, PCI_CFG_SPACE_SIZE - pos), id);
	if (ret)
		return ret;
	if (UNLESS_MUTANT(config_pme_shown, id == PCI_CAP_ID_PM))
		vfio_pm_hide_pme(vdev, pos);
	return 1;
}

static int vfio_cap_init(struct vfio_pci_core_device *vdev)
{
	/* Bounded, for a chain that is a ring; and no capability lies in the header. */
	int left = (PCI_CFG_SPACE_SIZE - PCI_STD_HEADER_SIZEOF) / PCI_CAP_SIZEOF;
	u8 *start = vdev->vconfig + PCI_CAPABILITY_LIST, *link = start;
	u16 status = vfio_cfg_get(vdev->vconfig + PCI_STATUS, 2);
	u32 pos, id, next = 0;
	int ret;

	if (!(status & PCI_STATUS_CAP_LIST))
		return 0;

	/* @link is the pointer, of those the user sees, that is to lead to the next one shown. */
	for (pos = *start; pos >= PCI_STD_HEADER_SIZEOF && left--; pos = next) {
		ret = vfio_config_load(vdev, pos, 1, &id);
		if (!ret)
			ret = vfio_config_load(vdev, pos + PCI_CAP_LIST_NEXT, 1, &next);
		if (!ret)
			ret = vfio_cap_show(vdev, id, pos);
		if (ret < 0)
			return ret;
		if (ret)
			link = vdev->vconfig + pos + PCI_CAP_LIST_NEXT;
		else
			*link = next;
	}

	if (link == start)
		vfio_cfg_put(vdev->vconfig + PCI_STATUS, 2, status & ~PCI_STATUS_CAP_LIST);
	return 0;
}

/* Bits of an extended capability's header that hold the next pointer. */
#define ECAP_NEXT_MASK	(0xffcu << 20)

/* As vfio_cap_show(). */
static int vfio_ecap_show(struct vfio_pci_core_device *vdev, u16 id, int pos)
{
	int len = vfio_ext_cap_len(vdev, id, pos), ret;

	if (len <= 0) {
		pci_dbg(vdev->pdev, "extended capability %#x at %#x is not for users\n", id, pos);
		return len;
	}
	ret = vfio_config_add_cap(vdev, pos, min(len, vdev->pdev->cfg_size - pos), id);
	return ret ? ret : 1;
}

static int vfio_ecap_init(struct vfio_pci_core_device *vdev)
{
	int left = (vdev->pdev->cfg_size - PCI_CFG_SPACE_SIZE) / PCI_CAP_SIZEOF;
	u8 *start = vdev->vconfig + PCI_CFG_SPACE_SIZE, *link = NULL;
	int pos = PCI_CFG_SPACE_SIZE, ret;
	bool any = false;
	u32 header;

	if (!vdev->extended_caps)
		return 0;

	for (; pos >= PCI_CFG_SPACE_SIZE && left-- > 0; pos = PCI_EXT_CAP_NEXT(header)) {
		ret = vfio_config_load(vdev, pos, 4, &header);
		if (!ret)
			ret = vfio_ecap_show(vdev, PCI_EXT_CAP_ID(header), pos);
		if (ret > 0) {
			any = true;
		} else if (!ret && !link) {
			/* The list starts here by definition: the head stays, without its id. */
			ret = vfio_config_add_cap(vdev, pos, PCI_CAP_SIZEOF, PCI_CAP_ID_HIDDEN);
			vfio_cfg_put(start, 4, header & ECAP_NEXT_MASK);
		} else if (!ret) {
			vfio_cfg_put(link, 4, (vfio_cfg_get(link, 4) & ~ECAP_NEXT_MASK) |
				     (header & ECAP_NEXT_MASK));
			continue;
		}
		if (ret < 0)
			return ret;
		link = vdev->vconfig + pos;
	}

	if (!any)
		vfio_cfg_put(start, 4, 0);
	return 0;
}

/* What a user of a VF sees in the header differs from what a VF has there. */
static void vfio_config_fix_header(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	u8 *vconfig = vdev->vconfig;

	if (pdev->is_virtfn) {
		vfio_cfg_put(vconfig + PCI_VENDOR_ID, 2, pdev->vendor);
		vfio_cfg_put(vconfig + PCI_DEVICE_ID, 2, pdev->device);
		/* A VF has no INTx, whatever this one claims. */
		if (vconfig[PCI_INTERRUPT_PIN])
			pci_warn(pdev, "a VF cannot have INTx, ignoring its pin %d\n",
				 vconfig[PCI_INTERRUPT_PIN]);
	}

	if (pdev->is_virtfn || vdev->nointx || pdev->irq == IRQ_NOTCONNECTED)
		vconfig[PCI_INTERRUPT_PIN] = 0;

	/* Without the bit in hardware; the user expects it set after the open. */
	if (pdev->no_command_memory)
		vfio_cfg_put(vconfig + PCI_COMMAND, 2,
			     vfio_cfg_get(vconfig + PCI_COMMAND, 2) | PCI_COMMAND_MEMORY);
}

int vfio_config_init(struct vfio_pci_core_device *vdev)
{
	int size = vdev->pdev->cfg_size;
	unsigned int i;
	int ret;

	vdev->pci_config_map = kmalloc(size, GFP_KERNEL_ACCOUNT);
	vdev->vconfig = kzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!vdev->pci_config_map || !vdev->vconfig) {
		ret = -ENOMEM;
		goto out;
	}

	memset(vdev->pci_config_map, PCI_CAP_ID_INVALID, size);
	memset(vdev->pci_config_map, PCI_CAP_ID_BASIC, PCI_STD_HEADER_SIZEOF);
	ret = vfio_config_copy(vdev, 0, PCI_STD_HEADER_SIZEOF);
	if (ret)
		goto out;

	for (i = 0; i < ARRAY_SIZE(vdev->rbar); i++)
		vdev->rbar[i] = vfio_cfg_get(vdev->vconfig + vfio_bar_reg(i), 4);
	/* The copies are sized at the first read. */
	vdev->bardirty = true;

	vfio_config_fix_header(vdev);

	ret = vfio_cap_init(vdev);
	if (!ret)
		ret = vfio_ecap_init(vdev);
	if (!ret)
		return 0;
out:
	vfio_config_free(vdev);
	return ret;
}

void vfio_config_free(struct vfio_pci_core_device *vdev)
{
	struct perm_bits *msi = vdev->msi_perm;

	if (msi)
		vfio_perm_bits_free(msi);
	kfree(msi);
	kfree(vdev->vconfig);
	kfree(vdev->pci_config_map);
	vdev->msi_perm = NULL;
	vdev->pci_config_map = NULL;
	vdev->vconfig = NULL;
}
