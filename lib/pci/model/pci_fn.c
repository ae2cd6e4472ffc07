// SPDX-License-Identifier: GPL-2.0-only
#include "pci_fn.h"

#include <kapi/alone.h>
#include <linux/kernel.h>
#include <linux/pci_regs.h>
#include <linux/string.h>
#include <kapi/irq.h>

#define MSI_LEN_64	14

void pci_fn_lock(struct pci_fn *fn)
{
	kapi_irq_disable();
	kapi_host_lock(&fn->lock);
}

void pci_fn_unlock(struct pci_fn *fn)
{
	kapi_host_unlock(&fn->lock);
	kapi_irq_enable();
}

u16 pci_fn_get16(struct pci_fn *fn, unsigned int off)
{
	return fn->config[off] | fn->config[off + 1] << 8;
}

u32 pci_fn_get32(struct pci_fn *fn, unsigned int off)
{
	return pci_fn_get16(fn, off) | (u32)pci_fn_get16(fn, off + 2) << 16;
}

static void put16(u8 *space, unsigned int off, u16 val)
{
	space[off] = val;
	space[off + 1] = val >> 8;
}

static void put32(u8 *space, unsigned int off, u32 val)
{
	put16(space, off, val);
	put16(space, off + 2, val >> 16);
}

void pci_fn_set16(struct pci_fn *fn, unsigned int off, u16 val)
{
	put16(fn->config, off, val);
}

void pci_fn_set32(struct pci_fn *fn, unsigned int off, u32 val)
{
	put32(fn->config, off, val);
}

void pci_fn_init(struct pci_fn *fn, const struct kapi_pci_hw_ops *ops, u8 hdr_type,
		 unsigned int size, const struct pci_fn_id *id)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&fn->lock, &attr);
	pthread_mutexattr_destroy(&attr);

	fn->hw.ops = ops;
	fn->cfg_size = size;
	fn->cap_end = PCI_STD_HEADER_SIZEOF;
	put16(fn->config, PCI_VENDOR_ID, id->vendor);
	put16(fn->config, PCI_DEVICE_ID, id->device);
	put32(fn->config, PCI_CLASS_REVISION, id->class << 8 | id->revision);
	fn->config[PCI_HEADER_TYPE] = hdr_type;
	fn->config[PCI_INTERRUPT_PIN] = 1;
	put16(fn->wmask, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
	      PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE);
	put16(fn->w1cmask, PCI_STATUS, PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT |
	      PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT |
	      PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY);
	fn->wmask[PCI_CACHE_LINE_SIZE] = 0xff;
	fn->wmask[PCI_INTERRUPT_LINE] = 0xff;
	/* Device-specific space behind the header is plain memory until a capability claims it. */
	memset(fn->wmask + PCI_STD_HEADER_SIZEOF, 0xff, PCI_CFG_SPACE_SIZE - PCI_STD_HEADER_SIZEOF);
	if (hdr_type == PCI_HEADER_TYPE_NORMAL) {
		put16(fn->config, PCI_SUBSYSTEM_VENDOR_ID, id->subvendor);
		put16(fn->config, PCI_SUBSYSTEM_ID, id->subdevice);
	}
}

void pci_fn_destroy(struct pci_fn *fn)
{
	pthread_mutex_destroy(&fn->lock);
}

void pci_fn_add_bar(struct pci_fn *fn, unsigned int bar, u32 size)
{
	put32(fn->wmask, PCI_BASE_ADDRESS_0 + 4 * bar, ~(size - 1));
}

void pci_fn_add_bar64(struct pci_fn *fn, unsigned int bar, u64 size)
{
	unsigned int reg = PCI_BASE_ADDRESS_0 + 4 * bar;

	put32(fn->config, reg, PCI_BASE_ADDRESS_MEM_TYPE_64);
	put32(fn->wmask, reg, ~(size - 1));
	put32(fn->wmask, reg + 4, ~(size - 1) >> 32);
}

u8 pci_fn_add_cap(struct pci_fn *fn, u8 id, u8 pos, u8 len)
{
	memset(fn->wmask + pos, 0, len);
	fn->config[pos + PCI_CAP_LIST_ID] = id;
	fn->config[pos + PCI_CAP_LIST_NEXT] = fn->config[PCI_CAPABILITY_LIST];
	fn->config[PCI_CAPABILITY_LIST] = pos;
	fn->config[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
	fn->cap_end = max_t(u8, fn->cap_end, pos + len);
	return pos;
}

void pci_fn_add_ext_cap(struct pci_fn *fn, u16 id, u8 version, u16 pos, u16 len)
{
	u16 last = PCI_CFG_SPACE_SIZE;

	memset(fn->wmask + pos, 0, len);
	put32(fn->config, pos, id | (u32)version << 16);
	if (pos == last)
		return;
	while (PCI_EXT_CAP_NEXT(pci_fn_get32(fn, last)))
		last = PCI_EXT_CAP_NEXT(pci_fn_get32(fn, last));
	put32(fn->config, last, pci_fn_get32(fn, last) | (u32)pos << 20);
}

void pci_fn_add_msi(struct pci_fn *fn, u8 pos, unsigned int log_vectors)
{
	pci_fn_add_cap(fn, PCI_CAP_ID_MSI, pos, MSI_LEN_64);
	fn->msi_cap = pos;
	put16(fn->config, pos + PCI_MSI_FLAGS, PCI_MSI_FLAGS_64BIT | log_vectors << 1);
	put16(fn->wmask, pos + PCI_MSI_FLAGS, PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE);
	put32(fn->wmask, pos + PCI_MSI_ADDRESS_LO, ~3u);
	put32(fn->wmask, pos + PCI_MSI_ADDRESS_HI, ~0u);
	put16(fn->wmask, pos + PCI_MSI_DATA_64, 0xffff);
}

u32 pci_fn_cfg_read(struct kapi_pci_fn *hw, unsigned int off, unsigned int width)
{
	struct pci_fn *fn = to_pci_fn(hw);
	u32 val = 0;

	if (off + width > fn->cfg_size)
		return ~0u;
	pci_fn_lock(fn);
	/* Little endian, as the host is: in one go, since opening a device reads all of it. */
	if (width == 4)
		memcpy(&val, fn->config + off, 4);
	else if (width == 2)
		memcpy(&val, fn->config + off, 2);
	else
		val = fn->config[off];
	pci_fn_unlock(fn);
	return val;
}

/* More messages than there are cannot be enabled, and MSI replaces INTx. */
static void msi_written(struct pci_fn *fn)
{
	u16 flags;

	if (!pci_fn_msi_enabled(fn))
		return;
	flags = pci_fn_get16(fn, fn->msi_cap + PCI_MSI_FLAGS);
	if ((flags & PCI_MSI_FLAGS_QSIZE) >> 4 > (flags & PCI_MSI_FLAGS_QMASK) >> 1) {
		flags &= ~PCI_MSI_FLAGS_QSIZE;
		flags |= (flags & PCI_MSI_FLAGS_QMASK) << 3;
		pci_fn_set16(fn, fn->msi_cap + PCI_MSI_FLAGS, flags);
	}
	pci_fn_set_intx(fn, false);
}

void pci_fn_cfg_write(struct kapi_pci_fn *hw, unsigned int off, unsigned int width, u32 val)
{
	struct pci_fn *fn = to_pci_fn(hw);
	unsigned int i;

	if (off + width > fn->cfg_size)
		return;
	pci_fn_lock(fn);
	for (i = 0; i < width; i++, val >>= 8) {
		u8 w = fn->wmask[off + i], *byte = &fn->config[off + i];

		*byte = (*byte & ~w) | (val & w);
		*byte &= ~(val & fn->w1cmask[off + i]);
	}
	if (fn->msi_cap && off < fn->msi_cap + MSI_LEN_64 && off + width > fn->msi_cap)
		msi_written(fn);
	if (fn->config_written)
		fn->config_written(fn, off, width);
	pci_fn_unlock(fn);
}

void pci_fn_reset(struct pci_fn *fn)
{
	unsigned int i;

	pci_fn_lock(fn);
	pci_fn_set_intx(fn, false);
	pci_fn_set16(fn, PCI_COMMAND, 0);
	pci_fn_set16(fn, PCI_STATUS, pci_fn_get16(fn, PCI_STATUS) & ~fn->w1cmask[PCI_STATUS] &
		     ~(fn->w1cmask[PCI_STATUS + 1] << 8));
	fn->config[PCI_CACHE_LINE_SIZE] = 0;
	fn->config[PCI_INTERRUPT_LINE] = 0;
	if ((fn->config[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MASK) == PCI_HEADER_TYPE_NORMAL)
		for (i = PCI_BASE_ADDRESS_0; i <= PCI_BASE_ADDRESS_5; i += 4)
			pci_fn_set32(fn, i, pci_fn_get32(fn, i) &
				     ~(fn->wmask[i] | fn->wmask[i + 1] << 8 |
				       fn->wmask[i + 2] << 16 | (u32)fn->wmask[i + 3] << 24));
	if (fn->msi_cap) {
		u16 flags = pci_fn_get16(fn, fn->msi_cap + PCI_MSI_FLAGS);

		flags &= ~(PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE);
		pci_fn_set16(fn, fn->msi_cap + PCI_MSI_FLAGS, flags);
		pci_fn_set32(fn, fn->msi_cap + PCI_MSI_ADDRESS_LO, 0);
		pci_fn_set32(fn, fn->msi_cap + PCI_MSI_ADDRESS_HI, 0);
		pci_fn_set16(fn, fn->msi_cap + PCI_MSI_DATA_64, 0);
	}
	pci_fn_unlock(fn);
}

bool pci_fn_msi_enabled(struct pci_fn *fn)
{
	return fn->msi_cap &&
	       pci_fn_get16(fn, fn->msi_cap + PCI_MSI_FLAGS) & PCI_MSI_FLAGS_ENABLE;
}

void pci_fn_set_intx(struct pci_fn *fn, bool asserted)
{
	if (fn->intx == asserted)
		return;
	fn->intx = asserted;
	if (asserted)
		fn->config[PCI_STATUS] |= PCI_STATUS_INTERRUPT;
	else
		fn->config[PCI_STATUS] &= ~PCI_STATUS_INTERRUPT;
	kapi_pci_set_intx(&fn->hw, asserted);
}
