/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What function models share: config space with write masks, standard header,
 * capability list, MSI, INTx status and reset, as the PCI specification has
 * them and QEMU's devices implement them.
 */
#ifndef PCI_MODEL_PCI_FN_H
#define PCI_MODEL_PCI_FN_H

#include <kapi/pci_hw.h>
#include <linux/container_of.h>
#include <pthread.h>

struct pci_fn {
	struct kapi_pci_fn hw;
	/*
	 * Recursive: the PCI API reads config while it routes an interrupt.
	 * Handlers of interrupts raised under it wait until it is dropped.
	 */
	pthread_mutex_t lock;
	unsigned int cfg_size;
	u8 config[4096];
	u8 wmask[4096];		/* bits a write can change */
	u8 w1cmask[4096];	/* bits a written 1 clears */
	u8 cap_end;		/* first byte behind the last standard capability */
	u8 msi_cap;
	bool intx;		/* INTA# asserted */
	/* Called behind a config write, lock held. NULL: nothing to do. */
	void (*config_written)(struct pci_fn *fn, unsigned int off, unsigned int width);
};

struct pci_fn_id {
	u16 vendor, device, subvendor, subdevice;
	u8 revision;
	u32 class;
};

static inline struct pci_fn *to_pci_fn(struct kapi_pci_fn *hw)
{
	return container_of(hw, struct pci_fn, hw);
}

/* A normal (type 0) or bridge (type 1) header; @size 256 or 4096. */
void pci_fn_init(struct pci_fn *fn, const struct kapi_pci_hw_ops *ops, u8 hdr_type,
		 unsigned int size, const struct pci_fn_id *id);
void pci_fn_destroy(struct pci_fn *fn);
/* 32-bit memory BAR of @size bytes, a power of two. */
void pci_fn_add_bar(struct pci_fn *fn, unsigned int bar, u32 size);
/* 64-bit memory BAR, which takes @bar and the one behind it. */
void pci_fn_add_bar64(struct pci_fn *fn, unsigned int bar, u64 size);
/* Append a standard capability at @pos with @len bytes, read-only; returns @pos. */
u8 pci_fn_add_cap(struct pci_fn *fn, u8 id, u8 pos, u8 len);
/* Extended capability at @pos behind those that exist (first: 0x100). */
void pci_fn_add_ext_cap(struct pci_fn *fn, u16 id, u8 version, u16 pos, u16 len);
/* MSI: 64-bit address, 2^@log_vectors messages, no mask bits. */
void pci_fn_add_msi(struct pci_fn *fn, u8 pos, unsigned int log_vectors);

void pci_fn_lock(struct pci_fn *fn);
void pci_fn_unlock(struct pci_fn *fn);

u16 pci_fn_get16(struct pci_fn *fn, unsigned int off);
u32 pci_fn_get32(struct pci_fn *fn, unsigned int off);
void pci_fn_set16(struct pci_fn *fn, unsigned int off, u16 val);
void pci_fn_set32(struct pci_fn *fn, unsigned int off, u32 val);

/* kapi_pci_hw_ops.cfg_read and cfg_write of every model. */
u32 pci_fn_cfg_read(struct kapi_pci_fn *hw, unsigned int off, unsigned int width);
void pci_fn_cfg_write(struct kapi_pci_fn *hw, unsigned int off, unsigned int width, u32 val);
/* Config registers back to power-on and INTx released; the part of a reset all models have. */
void pci_fn_reset(struct pci_fn *fn);

bool pci_fn_msi_enabled(struct pci_fn *fn);
/* Drive INTA# and STATUS.INTERRUPT. Lock held. */
void pci_fn_set_intx(struct pci_fn *fn, bool asserted);

#endif
