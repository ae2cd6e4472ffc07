// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long capabilities are. Only some say it themselves; for the others it
 * follows from their version and options. 0 means: not for users.
 */
#include <linux/math.h>
#include <linux/pci.h>
#include <linux/vfio.h>

#include "../core/profile.h"
#include "vfio_pci_config.h"

static int cfg_byte(struct vfio_pci_core_device *vdev, int pos, u8 *val)
{
	return pcibios_err_to_errno(pci_read_config_byte(vdev->pdev, pos, val));
}

static int cfg_word(struct vfio_pci_core_device *vdev, int pos, u16 *val)
{
	return pcibios_err_to_errno(pci_read_config_word(vdev->pdev, pos, val));
}

static int cfg_dword(struct vfio_pci_core_device *vdev, int pos, u32 *val)
{
	return pcibios_err_to_errno(pci_read_config_dword(vdev->pdev, pos, val));
}

/* The capabilities that promise extended space; a dword of 0 at its start means empty. */
static int vfio_probe_extended(struct vfio_pci_core_device *vdev)
{
	u32 dword;
	int ret;

	if (vdev->pdev->cfg_size <= PCI_CFG_SPACE_SIZE)
		return 0;
	ret = cfg_dword(vdev, PCI_CFG_SPACE_SIZE, &dword);
	if (!ret)
		vdev->extended_caps = dword != 0;
	return ret;
}

/* Makes the permissions too, which depend on the same bits as the length. */
static int vfio_msi_cap_len(struct vfio_pci_core_device *vdev, u8 pos)
{
	u16 control;
	int ret, len;

	ret = cfg_word(vdev, pos + PCI_MSI_FLAGS, &control);
	if (ret)
		return ret;

	/* Address and data; then two masks, behind a word that aligns them. */
	len = control & PCI_MSI_FLAGS_64BIT ? 14 : 10;
	len += control & PCI_MSI_FLAGS_MASKBIT ? 10 : 0;

	ret = vdev->msi_perm ? 0 : vfio_msi_perm_init(vdev, len, control);
	return ret ? ret : len;
}

static int vfio_exp_cap_len(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	bool v1 = (pcie_caps_reg(pdev) & PCI_EXP_FLAGS_VERS) == 1;
	int ret = vfio_probe_extended(vdev);

	if (ret)
		return ret;
	/* Inside the root complex there is no link, so no registers of one. */
	if (pci_pcie_type(pdev) == PCI_EXP_TYPE_RC_END)
		return v1 ? PCI_EXP_LNKCAP : PCI_EXP_LNKCAP2;
	if (v1)
		return PCI_CAP_EXP_ENDPOINT_SIZEOF_V1;
	/* PCI_CAP_EXP_ENDPOINT_SIZEOF_V2, which was two bytes short at first. */
	return profile(BEH_PCI_EXP_WHOLE) ? VFIO_EXP_SIZEOF_V2 : PCI_EXP_LNKSTA2;
}

static int vfio_pcix_cap_len(struct vfio_pci_core_device *vdev, u8 pos)
{
	u16 cmd;
	int ret;

	ret = cfg_word(vdev, pos + PCI_X_CMD, &cmd);
	if (ret)
		return ret;
	if (!PCI_X_CMD_VERSION(cmd))
		return PCI_CAP_PCIX_SIZEOF_V0;

	ret = vfio_probe_extended(vdev);
	return ret ? ret : PCI_CAP_PCIX_SIZEOF_V2;
}

int vfio_cap_len(struct vfio_pci_core_device *vdev, u8 cap, u8 pos)
{
	u8 byte;
	int ret;

	switch (cap) {
	case PCI_CAP_ID_PM:
		return PCI_PM_SIZEOF;
	case PCI_CAP_ID_AGP:
		return PCI_AGP_SIZEOF;
	case PCI_CAP_ID_VPD:
		return PCI_CAP_VPD_SIZEOF;
	case PCI_CAP_ID_MSI:
		return vfio_msi_cap_len(vdev, pos);
	case PCI_CAP_ID_PCIX:
		return vfio_pcix_cap_len(vdev, pos);
	case PCI_CAP_ID_HT:
		ret = cfg_byte(vdev, pos + 3, &byte);
		if (ret)
			return ret;
		return byte & HT_3BIT_CAP_MASK ? HT_CAP_SIZEOF_SHORT : HT_CAP_SIZEOF_LONG;
	case PCI_CAP_ID_VNDR:
		ret = cfg_byte(vdev, pos + PCI_CAP_FLAGS, &byte);
		return ret ? ret : byte;
	case PCI_CAP_ID_EXP:
		return vfio_exp_cap_len(vdev);
	case PCI_CAP_ID_MSIX:
		return PCI_CAP_MSIX_SIZEOF;
	case PCI_CAP_ID_SATA:
		ret = cfg_byte(vdev, pos + PCI_SATA_REGS, &byte);
		if (ret)
			return ret;
		return (byte & PCI_SATA_REGS_MASK) == PCI_SATA_REGS_INLINE ?
			PCI_SATA_SIZEOF_LONG : PCI_SATA_SIZEOF_SHORT;
	case PCI_CAP_ID_AF:
		return PCI_CAP_AF_SIZEOF;
	default:
		return 0;
	}
}

/*
 * Virtual channels: the resources, then the arbitration table. Port arbitration
 * tables behind it need not be counted, as nothing here is writable.
 */
static int vfio_vc_cap_len(struct vfio_pci_core_device *vdev, u16 pos)
{
	int len = PCI_CAP_VC_BASE_SIZEOF, phases = 0, ret;
	u32 cap1, cap2;

	ret = cfg_dword(vdev, pos + PCI_VC_PORT_CAP1, &cap1);
	if (!ret)
		ret = cfg_dword(vdev, pos + PCI_VC_PORT_CAP2, &cap2);
	if (ret)
		return ret;

	len += (1 + (cap1 & PCI_VC_CAP1_EVCC)) * PCI_CAP_VC_PER_VC_SIZEOF;

	if (cap2 & PCI_VC_CAP2_128_PHASE)
		phases = 128;
	else if (cap2 & PCI_VC_CAP2_64_PHASE)
		phases = 64;
	else if (cap2 & PCI_VC_CAP2_32_PHASE)
		phases = 32;
	/* Four bits a phase, aligned. */
	return phases ? round_up(len, 16) + phases / 2 : len;
}

static int vfio_acs_cap_len(struct vfio_pci_core_device *vdev, u16 pos)
{
	u8 cap, bits = 0;
	int ret;

	ret = cfg_byte(vdev, pos + PCI_ACS_CAP, &cap);
	if (!ret && (cap & PCI_ACS_EC))
		ret = cfg_byte(vdev, pos + PCI_ACS_EGRESS_BITS, &bits);
	if (ret)
		return ret;
	if (!(cap & PCI_ACS_EC))
		return 8;
	/* An egress control vector of so many bits; 0 stands for 256. */
	return 8 + (bits ? round_up(bits, 32) : 256) / 8;
}

static int vfio_tph_cap_len(struct vfio_pci_core_device *vdev, u16 pos)
{
	u32 cap;
	int ret = cfg_dword(vdev, pos + PCI_TPH_CAP, &cap);

	if (ret)
		return ret;
	if ((cap & PCI_TPH_CAP_LOC_MASK) != PCI_TPH_LOC_CAP)
		return PCI_TPH_BASE_SIZEOF;
	/* Two bytes for each entry of the steering table, whose size is given less one. */
	return PCI_TPH_BASE_SIZEOF +
	       2 * (((cap & PCI_TPH_CAP_ST_MASK) >> PCI_TPH_CAP_ST_SHIFT) + 1);
}

int vfio_ext_cap_len(struct vfio_pci_core_device *vdev, u16 ecap, u16 pos)
{
	u32 dword;
	u8 byte;
	int ret;

	switch (ecap) {
	case PCI_EXT_CAP_ID_ERR:
		return PCI_ERR_ROOT_COMMAND;
	case PCI_EXT_CAP_ID_VC:
	case PCI_EXT_CAP_ID_VC9:
	case PCI_EXT_CAP_ID_MFVC:
		return vfio_vc_cap_len(vdev, pos);
	case PCI_EXT_CAP_ID_DSN:
		return PCI_EXT_CAP_DSN_SIZEOF;
	case PCI_EXT_CAP_ID_PWR:
		return PCI_EXT_CAP_PWR_SIZEOF;
	case PCI_EXT_CAP_ID_VNDR:
		ret = cfg_dword(vdev, pos + PCI_VSEC_HDR, &dword);
		return ret ? ret : dword >> PCI_VSEC_HDR_LEN_SHIFT;
	case PCI_EXT_CAP_ID_ACS:
		return vfio_acs_cap_len(vdev, pos);
	case PCI_EXT_CAP_ID_ARI:
		return PCI_EXT_CAP_ARI_SIZEOF;
	case PCI_EXT_CAP_ID_ATS:
		return PCI_EXT_CAP_ATS_SIZEOF;
	case PCI_EXT_CAP_ID_SRIOV:
		return PCI_EXT_CAP_SRIOV_SIZEOF;
	case PCI_EXT_CAP_ID_MCAST:
		return PCI_EXT_CAP_MCAST_ENDPOINT_SIZEOF;
	case PCI_EXT_CAP_ID_PRI:
		return PCI_EXT_CAP_PRI_SIZEOF;
	case PCI_EXT_CAP_ID_REBAR:
		ret = cfg_byte(vdev, pos + PCI_REBAR_CTRL, &byte);
		if (ret)
			return ret;
		return 4 + 8 * ((byte & PCI_REBAR_CTRL_NBAR_MASK) >> PCI_REBAR_CTRL_NBAR_SHIFT);
	case PCI_EXT_CAP_ID_DPA:
		ret = cfg_byte(vdev, pos + PCI_DPA_CAP, &byte);
		return ret ? ret : PCI_DPA_BASE_SIZEOF + (byte & PCI_DPA_CAP_SUBSTATE_MASK) + 1;
	case PCI_EXT_CAP_ID_TPH:
		return vfio_tph_cap_len(vdev, pos);
	case PCI_EXT_CAP_ID_LTR:
		return PCI_EXT_CAP_LTR_SIZEOF;
	case PCI_EXT_CAP_ID_DVSEC:
		if (!profile(BEH_PCI_DVSEC_RAW))
			return 0;
		ret = cfg_dword(vdev, pos + PCI_DVSEC_HEADER1, &dword);
		return ret ? ret : PCI_DVSEC_HEADER1_LEN(dword);
	default:
		return 0;
	}
}
