// SPDX-License-Identifier: GPL-2.0-only
#include "msix.h"

#include <linux/pci_regs.h>
#include <linux/string.h>

#include "pci_fn.h"

static u16 flags(struct msix *msix)
{
	return pci_fn_get16(msix->fn, msix->cap + PCI_MSIX_FLAGS);
}

bool msix_enabled(struct msix *msix)
{
	return flags(msix) & PCI_MSIX_FLAGS_ENABLE;
}

static bool masked(struct msix *msix, unsigned int vector)
{
	return flags(msix) & PCI_MSIX_FLAGS_MASKALL ||
	       msix->table[vector * PCI_MSIX_ENTRY_SIZE + PCI_MSIX_ENTRY_VECTOR_CTRL] &
	       PCI_MSIX_ENTRY_CTRL_MASKBIT;
}

void msix_raise(struct msix *msix, unsigned int vector)
{
	if (!msix_enabled(msix) || vector >= msix->count)
		return;
	if (masked(msix, vector))
		msix->pending |= 1ull << vector;
	else
		kapi_pci_msi(&msix->fn->hw, vector);
}

static void send_pending(struct msix *msix)
{
	unsigned int v;

	for (v = 0; v < msix->count && msix_enabled(msix); v++)
		if (msix->pending & 1ull << v && !masked(msix, v)) {
			msix->pending &= ~(1ull << v);
			kapi_pci_msi(&msix->fn->hw, v);
		}
}

void msix_config_written(struct msix *msix)
{
	send_pending(msix);
}

/* Offset in the vector table; false if @off is not there. */
static bool in_table(struct msix *msix, u64 off, unsigned int width, u64 *at)
{
	*at = off - msix->table_off;
	return off >= msix->table_off && *at + width <= msix->count * PCI_MSIX_ENTRY_SIZE;
}

bool msix_read(struct msix *msix, u64 off, unsigned int width, u64 *val)
{
	u64 at;

	*val = 0;
	if (in_table(msix, off, width, &at)) {
		memcpy(val, msix->table + at, width);
		return true;
	}
	at = off - msix->pba_off;
	if (off < msix->pba_off || at + width > sizeof(msix->pending))
		return false;
	memcpy(val, (u8 *)&msix->pending + at, width);
	return true;
}

bool msix_write(struct msix *msix, u64 off, unsigned int width, u64 val)
{
	u64 at;

	if (!in_table(msix, off, width, &at))
		return off >= msix->pba_off && off + width <= msix->pba_off + sizeof(msix->pending);
	memcpy(msix->table + at, &val, width);
	send_pending(msix);
	return true;
}

void msix_reset(struct msix *msix)
{
	unsigned int v;

	pci_fn_set16(msix->fn, msix->cap + PCI_MSIX_FLAGS, msix->count - 1);
	memset(msix->table, 0, sizeof(msix->table));
	for (v = 0; v < msix->count; v++)
		msix->table[v * PCI_MSIX_ENTRY_SIZE + PCI_MSIX_ENTRY_VECTOR_CTRL] =
			PCI_MSIX_ENTRY_CTRL_MASKBIT;
	msix->pending = 0;
}

void msix_init(struct msix *msix, struct pci_fn *fn, u8 pos, unsigned int count, unsigned int bar,
	       u32 table_off, u32 pba_off)
{
	msix->fn = fn;
	msix->count = count;
	msix->table_off = table_off;
	msix->pba_off = pba_off;
	msix->cap = pci_fn_add_cap(fn, PCI_CAP_ID_MSIX, pos, PCI_CAP_MSIX_SIZEOF);
	pci_fn_set32(fn, pos + PCI_MSIX_TABLE, table_off | bar);
	pci_fn_set32(fn, pos + PCI_MSIX_PBA, pba_off | bar);
	fn->wmask[pos + PCI_MSIX_FLAGS + 1] =
		(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL) >> 8;
	msix_reset(msix);
}
