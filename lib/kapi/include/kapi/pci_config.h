/* SPDX-License-Identifier: GPL-2.0-only */
/* Config space and capabilities. Part of <linux/pci.h>. */
#ifndef KAPI_PCI_CONFIG_H
#define KAPI_PCI_CONFIG_H

#include <linux/errno.h>
#include <kapi/pci_dev.h>

/* X(PCIBIOS_ value, number, what it is as errno) */
#define KAPI_PCIBIOS_ERRORS(X)			\
	X(BUFFER_TOO_SMALL,	0x89, ENOSPC)	\
	X(SET_FAILED,		0x88, EIO)	\
	X(BAD_REGISTER_NUMBER,	0x87, EFAULT)	\
	X(DEVICE_NOT_FOUND,	0x86, ENODEV)	\
	X(BAD_VENDOR_ID,	0x83, ENOTTY)	\
	X(FUNC_NOT_SUPPORTED,	0x81, ENOENT)

enum {
	PCIBIOS_SUCCESSFUL,
#define KAPI_PCIBIOS_VALUE(name, value, err)	PCIBIOS_##name = value,
	KAPI_PCIBIOS_ERRORS(KAPI_PCIBIOS_VALUE)
#undef KAPI_PCIBIOS_VALUE
};

/* -errno of a PCIBIOS_* value; 0 and negative values pass. */
static inline int pcibios_err_to_errno(int err)
{
#define KAPI_PCIBIOS_ERRNO(name, value, no)	\
	if (err == (value))			\
		return -(no);
	KAPI_PCIBIOS_ERRORS(KAPI_PCIBIOS_ERRNO)
#undef KAPI_PCIBIOS_ERRNO
	return err > 0 ? -ERANGE : err;
}

#define PCI_SET_ERROR_RESPONSE(val)	(*(val) = ((typeof(*(val)))(~0ULL)))
#define PCI_POSSIBLE_ERROR(val)		((val) == ((typeof(val))(~0ULL)))

/*
 * Return PCIBIOS_SUCCESSFUL, PCIBIOS_BAD_REGISTER_NUMBER (not naturally
 * aligned; all ones read) or PCIBIOS_DEVICE_NOT_FOUND. Atomic context is fine.
 */
int pci_read_config_dword(const struct pci_dev *dev, int where, u32 *val);
int pci_write_config_dword(const struct pci_dev *dev, int where, u32 val);
int pci_read_config_word(const struct pci_dev *dev, int where, u16 *val);
int pci_write_config_word(const struct pci_dev *dev, int where, u16 val);
int pci_read_config_byte(const struct pci_dev *dev, int where, u8 *val);
int pci_write_config_byte(const struct pci_dev *dev, int where, u8 val);

/*
 * Accesses on behalf of user space: wait while pci_cfg_access_lock() is held.
 * 0, -EINVAL when not aligned, or the errno of the access. May sleep.
 */
int pci_user_read_config_dword(struct pci_dev *dev, int where, u32 *val);
int pci_user_write_config_dword(struct pci_dev *dev, int where, u32 val);
int pci_user_read_config_word(struct pci_dev *dev, int where, u16 *val);
int pci_user_write_config_word(struct pci_dev *dev, int where, u16 val);
int pci_user_read_config_byte(struct pci_dev *dev, int where, u8 *val);
int pci_user_write_config_byte(struct pci_dev *dev, int where, u8 val);

bool pci_cfg_access_trylock(struct pci_dev *dev);
void pci_cfg_access_lock(struct pci_dev *dev);		/* may sleep */
void pci_cfg_access_unlock(struct pci_dev *dev);

/* Device lock and config access lock together, as every reset needs them. trylock: 1 if taken. */
int pci_dev_trylock(struct pci_dev *dev);
void pci_dev_lock(struct pci_dev *dev);
void pci_dev_unlock(struct pci_dev *dev);

/* Offset of a capability, 0 if there is none (ext: also without extended space). */
u8 pci_find_capability(struct pci_dev *dev, int cap);
u8 pci_find_next_capability(struct pci_dev *dev, u8 pos, int cap);
u16 pci_find_ext_capability(struct pci_dev *dev, int cap);
/* The designated vendor-specific capability @dvsec of @vendor, 0 without. */
u16 pci_find_dvsec_capability(struct pci_dev *dev, u16 vendor, u16 dvsec);
u16 pci_find_next_ext_capability(struct pci_dev *dev, u16 pos, int cap);

static inline u16 pcie_caps_reg(const struct pci_dev *dev)
{
	return dev->pcie_flags_reg;
}

/* PCI_EXP_TYPE_*; of PCI Express functions only. */
static inline int pci_pcie_type(const struct pci_dev *dev)
{
	return (pcie_caps_reg(dev) & PCI_EXP_FLAGS_TYPE) >> __builtin_ctz(PCI_EXP_FLAGS_TYPE);
}

static inline bool pci_is_pcie(struct pci_dev *dev)
{
	return dev->pcie_cap != 0;
}

static inline int pci_pcie_cap(struct pci_dev *dev)
{
	return dev->pcie_cap;
}

/*
 * Registers of the PCIe capability by their PCI_EXP_* offset. Reads of a
 * register the function does not implement give 0 and succeed; writes to it
 * give PCIBIOS_SUCCESSFUL and do nothing. PCIBIOS_BAD_REGISTER_NUMBER: not aligned.
 */
int pcie_capability_read_dword(struct pci_dev *dev, int pos, u32 *val);
int pcie_capability_write_dword(struct pci_dev *dev, int pos, u32 val);
int pcie_capability_read_word(struct pci_dev *dev, int pos, u16 *val);
int pcie_capability_write_word(struct pci_dev *dev, int pos, u16 val);
int pcie_capability_clear_and_set_word(struct pci_dev *dev, int pos, u16 clear, u16 set);
#define pcie_capability_set_word(dev, pos, set) \
	pcie_capability_clear_and_set_word(dev, pos, 0, set)
#define pcie_capability_clear_word(dev, pos, clear) \
	pcie_capability_clear_and_set_word(dev, pos, clear, 0)

int pcie_get_readrq(struct pci_dev *dev);	/* bytes */
int pcie_set_readrq(struct pci_dev *dev, int rq);	/* 128-4096, power of 2; else -EINVAL */
int pcie_get_mps(struct pci_dev *dev);
/* -EINVAL unless an endpoint; or the path up to the root port lacks @cap_mask completion. */
int pci_enable_atomic_ops_to_root(struct pci_dev *dev, u32 cap_mask);

/*
 * Vital Product Data. Bytes moved, or -ENODEV (no capability), -EINVAL
 * (negative position, or write not 4-byte aligned), -ETIMEDOUT (the device
 * did not finish within 125 ms).
 */
ssize_t pci_read_vpd(struct pci_dev *dev, loff_t pos, size_t count, void *buf);
ssize_t pci_write_vpd(struct pci_dev *dev, loff_t pos, size_t count, const void *buf);

#endif
