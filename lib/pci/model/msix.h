/* SPDX-License-Identifier: GPL-2.0-only */
/* MSI-X of a function model: capability, vector table, pending bits. */
#ifndef PCI_MODEL_MSIX_H
#define PCI_MODEL_MSIX_H

#include <linux/types.h>

struct pci_fn;

#define MSIX_MAX	8

/* All under the lock of the function. */
struct msix {
	struct pci_fn *fn;
	unsigned int count;
	u8 cap;
	u32 table_off, pba_off;		/* in the BAR */
	u8 table[MSIX_MAX * 16];
	u64 pending;
};

/* @count vectors, up to MSIX_MAX; the capability at @pos, table and pending bits in @bar. */
void msix_init(struct msix *msix, struct pci_fn *fn, u8 pos, unsigned int count, unsigned int bar,
	       u32 table_off, u32 pba_off);
bool msix_enabled(struct msix *msix);
/* Send message @vector, or keep it pending while it is masked. */
void msix_raise(struct msix *msix, unsigned int vector);
/* Behind a write to config space: messages that became unmasked are sent. */
void msix_config_written(struct msix *msix);
/* An access to the BAR; false if it is neither in the table nor in the pending bits. */
bool msix_read(struct msix *msix, u64 off, unsigned int width, u64 *val);
bool msix_write(struct msix *msix, u64 off, unsigned int width, u64 val);
/* Off, and all vectors masked. */
void msix_reset(struct msix *msix);

#endif
