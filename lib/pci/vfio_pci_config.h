/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of configuration space virtualisation.
 *
 * vdev->vconfig is the user's copy of configuration space, vdev->pci_config_map
 * says for each byte which capability it is in. By capability there is a
 * struct perm_bits: which bits come from the copy instead of the device, which
 * bits the user may change, and functions where that is not enough.
 */
#ifndef VFIO_PCI_CONFIG_H
#define VFIO_PCI_CONFIG_H

#include <linux/string.h>
#include <asm/byteorder.h>

#include "vfio_pci_priv.h"

/* Values of pci_config_map beside capability ids. */
#define PCI_CAP_ID_BASIC	0x00	/* the standard header; no capability has this id */
#define PCI_CAP_ID_HIDDEN	0xfe	/* head of the extended list, kept for its next pointer */
#define PCI_CAP_ID_INVALID	0xff	/* in no capability */

/* One piece of an access: aligned, within a dword and within a capability. */
struct vfio_cfg_access {
	struct vfio_pci_core_device	*vdev;
	const struct perm_bits		*perm;
	int				pos;	/* in configuration space */
	int				off;	/* pos from the start of the capability */
	int				count;	/* bytes: 1, 2, 4 */
};

/* Values are in CPU order, the byte at pos lowest. 0 or -errno. */
typedef int (*vfio_cfg_read_t)(const struct vfio_cfg_access *a, u32 *val);
typedef int (*vfio_cfg_write_t)(const struct vfio_cfg_access *a, u32 val);

struct perm_bits {
	u8			*virt;		/* 1: this bit is read and written in vconfig */
	u8			*write;		/* 1: the user may change this bit */
	vfio_cfg_read_t		readfn;
	vfio_cfg_write_t	writefn;	/* NULL: writes are dropped */
};

/* A field of a capability as the tables give it; bits named nowhere are 0 in both masks. */
struct vfio_cfg_field {
	u16	off;
	u8	size;	/* 1, 2, 4 */
	u32	virt;
	u32	write;
};

#define VFIO_CFG_ALL	0xffffffffu
#define VFIO_CFG_NONE	0u

/*
 * A register of 1, 2 or 4 bytes at its natural alignment. Each is one access: users
 * may read and write the same one at once, and no lock orders them.
 */
static inline u32 vfio_cfg_get(const u8 *bytes, int count)
{
	switch (count) {
	case 1:
		return READ_ONCE(*bytes);
	case 2:
		return le16_to_cpu(READ_ONCE(*(const __le16 *)bytes));
	default:
		return le32_to_cpu(READ_ONCE(*(const __le32 *)bytes));
	}
}

static inline void vfio_cfg_put(u8 *bytes, int count, u32 val)
{
	switch (count) {
	case 1:
		WRITE_ONCE(*bytes, val);
		break;
	case 2:
		WRITE_ONCE(*(__le16 *)bytes, cpu_to_le16(val));
		break;
	default:
		WRITE_ONCE(*(__le32 *)bytes, cpu_to_le32(val));
		break;
	}
}

/* All ones in @count bytes. */
static inline u32 vfio_cfg_mask(int count)
{
	return ~0u >> (32 - 8 * count);
}

/* vconfig of the capability an access lies in, @field bytes from its start. */
static inline u8 *vfio_cfg_field_of(const struct vfio_cfg_access *a, int field)
{
	return a->vdev->vconfig + a->pos - a->off + field;
}

/* Register of BAR @i; of the ROM for the one behind the last. As in vdev->rbar. */
static inline int vfio_bar_reg(int i)
{
	return i < PCI_STD_NUM_BARS ? PCI_BASE_ADDRESS_0 + 4 * i : PCI_ROM_ADDRESS;
}

/* Take memory_lock for writing, for a write that may switch device memory off: then no access
 * may be under way, and none may come. */
static inline void vfio_lock_memory(struct vfio_pci_core_device *vdev, bool off)
{
	if (off)
		vfio_pci_lock_and_zap(vdev);
	else
		down_write(&vdev->memory_lock);
}

/* vfio_pci_config.c */
int vfio_default_config_read(const struct vfio_cfg_access *a, u32 *val);
int vfio_default_config_write(const struct vfio_cfg_access *a, u32 val);
/* Hardware as it is, but for the capability's own header, which is vconfig's. */
int vfio_direct_config_read(const struct vfio_cfg_access *a, u32 *val);
int vfio_raw_config_read(const struct vfio_cfg_access *a, u32 *val);
int vfio_raw_config_write(const struct vfio_cfg_access *a, u32 val);

/* vfio_pci_config_perm.c */
/* Permissions of the byte at @pos. Never NULL. */
const struct perm_bits *vfio_config_perm(struct vfio_pci_core_device *vdev, int pos);
/* Fill @perm for @len bytes from a table; 0 or -ENOMEM. free undoes it, also half done. */
int vfio_perm_bits_fill(struct perm_bits *perm, int len, const struct vfio_cfg_field *fields,
			unsigned int nr);
void vfio_perm_bits_free(struct perm_bits *perm);
/* Permissions of a device's MSI capability, whose layout depends on its @flags; 0 or -ENOMEM. */
int vfio_msi_perm_init(struct vfio_pci_core_device *vdev, int len, u16 flags);

/* vfio_pci_config_basic.c: the standard header. */
int vfio_basic_config_read(const struct vfio_cfg_access *a, u32 *val);
int vfio_basic_config_write(const struct vfio_cfg_access *a, u32 val);

/* vfio_pci_config_caps.c: writes with effects. */
int vfio_pm_config_write(const struct vfio_cfg_access *a, u32 val);
int vfio_vpd_config_write(const struct vfio_cfg_access *a, u32 val);
int vfio_exp_config_write(const struct vfio_cfg_access *a, u32 val);
int vfio_af_config_write(const struct vfio_cfg_access *a, u32 val);
int vfio_msi_config_write(const struct vfio_cfg_access *a, u32 val);

/* Version 2 with a link, whatever the header of the machine it is built on says. */
#define VFIO_EXP_SIZEOF_V2	(PCI_EXP_LNKSTA2 + 2)

/* vfio_pci_config_len.c: bytes of a capability at @pos, 0 to hide it, or -errno. */
int vfio_cap_len(struct vfio_pci_core_device *vdev, u8 cap, u8 pos);
int vfio_ext_cap_len(struct vfio_pci_core_device *vdev, u16 ecap, u16 pos);

#endif
