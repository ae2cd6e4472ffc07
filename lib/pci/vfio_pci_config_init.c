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

/* Copy [@pos, @pos + @size) from the device, in the widest aligned cycles. 0 or -errno. */
static int vfio_fill_vconfig_bytes(struct vfio_pci_core_device *vdev, int pos, int size)
{
	struct pci_dev *pdev = vdev->pdev;
	u8 *vbytes = vdev->vconfig;
	int step, ret;

	for (; size; pos += step, size -= step) {
		u32 dword = 0;
		u16 word;
		u8 byte;

		if (size >= 4 && !(pos % 4)) {
			step = 4;
			ret = pci_read_config_dword(pdev, pos, &dword);
		} else if (size >= 2 && !(pos % 2)) {
			step = 2;
			ret = pci_read_config_word(pdev, pos, &word);
			dword = word;
		} else {
			step = 1;
			ret = pci_read_config_byte(pdev, pos, &byte);
			dword = byte;
		}
		if (ret)
			return pcibios_err_to_errno(ret);
		vfio_cfg_put(vbytes + pos, step, dword);
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
			pci_warn(vdev->pdev, "config conflict @%#x, was cap %#x now cap %#x\n",
				 pos + i, map[i], id);

	memset(map, id, len);
	return vfio_fill_vconfig_bytes(vdev, pos, len);
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

static int vfio_cap_init(struct vfio_pci_core_device *vdev)
{
	u8 *prev = vdev->vconfig + PCI_CAPABILITY_LIST;
	struct pci_dev *pdev = vdev->pdev;
	int loops = (PCI_CFG_SPACE_SIZE - PCI_STD_HEADER_SIZEOF) / PCI_CAP_SIZEOF;
	u8 pos, cap, next;
	bool any = false;
	u16 status;
	int len, ret;

	ret = pci_read_config_word(pdev, PCI_STATUS, &status);
	if (ret)
		return pcibios_err_to_errno(ret);
	if (!(status & PCI_STATUS_CAP_LIST))
		return 0;
	ret = pci_read_config_byte(pdev, PCI_CAPABILITY_LIST, &pos);

	/* Bounded, for a chain that is a ring; and no capability lies in the header. */
	while (!ret && pos >= PCI_STD_HEADER_SIZEOF && loops--) {
		ret = pci_read_config_byte(pdev, pos, &cap);
		if (!ret)
			ret = pci_read_config_byte(pdev, pos + PCI_CAP_LIST_NEXT, &next);
		if (ret)
			break;

		len = vfio_cap_len(vdev, cap, pos);
		if (len < 0)
			return len;
		if (!len) {
			pci_dbg(pdev, "hiding cap %#x@%#x\n", cap, pos);
			*prev = next;
			pos = next;
			continue;
		}

		/* A length the device made up must not lead out of the map. */
		len = min(len, PCI_CFG_SPACE_SIZE - pos);
		ret = vfio_config_add_cap(vdev, pos, len, cap);
		if (ret)
			return ret;
		if (cap == PCI_CAP_ID_PM)
			vfio_pm_hide_pme(vdev, pos);

		prev = vdev->vconfig + pos + PCI_CAP_LIST_NEXT;
		pos = next;
		any = true;
	}
	if (ret)
		return pcibios_err_to_errno(ret);

	if (!any)
		vfio_cfg_put(vdev->vconfig + PCI_STATUS, 2, status & ~PCI_STATUS_CAP_LIST);
	return 0;
}

/* Bits of an extended capability's header that hold the next pointer. */
#define ECAP_NEXT_MASK	(0xffcu << 20)

static int vfio_ecap_init(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int loops = (pdev->cfg_size - PCI_CFG_SPACE_SIZE) / PCI_CAP_SIZEOF;
	u16 pos = PCI_CFG_SPACE_SIZE, ecap;
	u8 *prev = NULL;
	bool any = false;
	u32 header;
	int len, ret;

	if (!vdev->extended_caps)
		return 0;

	while (pos >= PCI_CFG_SPACE_SIZE && loops-- > 0) {
		u8 id;

		ret = pci_read_config_dword(pdev, pos, &header);
		if (ret)
			return pcibios_err_to_errno(ret);

		ecap = PCI_EXT_CAP_ID(header);
		len = vfio_ext_cap_len(vdev, ecap, pos);
		if (len < 0)
			return len;

		if (!len && prev) {
			pci_dbg(pdev, "hiding ecap %#x@%#x\n", ecap, pos);
			vfio_cfg_put(prev, 4, (vfio_cfg_get(prev, 4) & ~ECAP_NEXT_MASK) |
				     (header & ECAP_NEXT_MASK));
			pos = PCI_EXT_CAP_NEXT(header);
			continue;
		}

		/* The list starts here by definition: an unknown head stays, without its id. */
		id = len ? ecap : PCI_CAP_ID_HIDDEN;
		ret = vfio_config_add_cap(vdev, pos, len ? min(len, pdev->cfg_size - pos) :
					  PCI_CAP_SIZEOF, id);
		if (ret)
			return ret;

		prev = vdev->vconfig + pos;
		if (len)
			any = true;
		else
			vfio_cfg_put(prev, 4, header & ECAP_NEXT_MASK);
		pos = PCI_EXT_CAP_NEXT(header);
	}

	if (!any)
		vfio_cfg_put(vdev->vconfig + PCI_CFG_SPACE_SIZE, 4, 0);
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
	int i, ret;

	vdev->pci_config_map = kmalloc(size, GFP_KERNEL_ACCOUNT);
	vdev->vconfig = kzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!vdev->pci_config_map || !vdev->vconfig) {
		ret = -ENOMEM;
		goto out;
	}

	memset(vdev->pci_config_map, PCI_CAP_ID_INVALID, size);
	memset(vdev->pci_config_map, PCI_CAP_ID_BASIC, PCI_STD_HEADER_SIZEOF);
	ret = vfio_fill_vconfig_bytes(vdev, 0, PCI_STD_HEADER_SIZEOF);
	if (ret)
		goto out;

	/* The copies of the BARs are sized at the first read. */
	vdev->bardirty = true;
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		vdev->rbar[i] = vfio_cfg_get(vdev->vconfig + PCI_BASE_ADDRESS_0 + 4 * i, 4);
	vdev->rbar[PCI_STD_NUM_BARS] = vfio_cfg_get(vdev->vconfig + PCI_ROM_ADDRESS, 4);

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
	kfree(vdev->vconfig);
	vdev->vconfig = NULL;
	kfree(vdev->pci_config_map);
	vdev->pci_config_map = NULL;
	if (vdev->msi_perm) {
		vfio_perm_bits_free(vdev->msi_perm);
		kfree(vdev->msi_perm);
		vdev->msi_perm = NULL;
	}
}
