/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hardware below <linux/pci.h>: what a PCI function model implements, and
 * what it can do to its machine. lib/kapi's PCI API (pci_read_config_dword(),
 * pci_enable_device(), pci_try_reset_function(), ...) stands on it the way the
 * kernel's PCI core stands on config cycles.
 */
#ifndef KAPI_PCI_HW_H
#define KAPI_PCI_HW_H

#include <linux/types.h>

struct pci_dev;
struct kapi_pci_fn;

struct kapi_pci_hw_ops {
	/* Config cycle; @width 1, 2 or 4, aligned. The model owns every byte, BARs included. */
	u32 (*cfg_read)(struct kapi_pci_fn *fn, unsigned int off, unsigned int width);
	void (*cfg_write)(struct kapi_pci_fn *fn, unsigned int off, unsigned int width, u32 val);
	/* Memory or I/O access to a BAR (0-5) or the ROM (6); aligned. */
	u64 (*bar_read)(struct kapi_pci_fn *fn, unsigned int bar, u64 off, unsigned int width);
	void (*bar_write)(struct kapi_pci_fn *fn, unsigned int bar, u64 off, unsigned int width,
			  u64 val);
	/* Back to power-on state (function or bus reset, D3hot->D0 without NoSoftRst). */
	void (*reset)(struct kapi_pci_fn *fn);
	void (*destroy)(struct kapi_pci_fn *fn);
	/*
	 * The VF with index @id of a PF. It is the PF's, and goes with it; its BARs are
	 * where the PF's SR-IOV capability says. NULL if there is none. Not set: no PF.
	 */
	struct kapi_pci_fn *(*vf)(struct kapi_pci_fn *fn, unsigned int id);
};

struct kapi_pci_fn {
	const struct kapi_pci_hw_ops *ops;
	struct pci_dev *pdev;		/* set by kapi_pci_add_fn() */
	void *priv;
	struct iommu_device *iommu;	/* what it was behind at first; NULL: not added yet, or none */
	bool no_iommu;			/* its DMA does not pass the IOMMU; it has no group */
};

/* What a function does by itself. Usable from any thread, with no lock of the PCI API held. */

/*
 * Bus master access to I/O virtual address @iova: through the IOMMU domain the
 * function's group is attached to, or 1:1 without one. Honours COMMAND.MASTER.
 * Returns 0, -EPERM when bus mastering is off, -EFAULT on a translation or
 * permission fault (what was copied before it stays copied).
 */
int kapi_pci_dma(struct kapi_pci_fn *fn, u64 iova, void *buf, size_t len, bool write);
/* Drive INTA# (level). Delivered when not masked by COMMAND.INTX_DISABLE. */
void kapi_pci_set_intx(struct kapi_pci_fn *fn, bool asserted);
/* Send message @vector if MSI/MSI-X is enabled in config space; else dropped. */
void kapi_pci_msi(struct kapi_pci_fn *fn, unsigned int vector);

/*
 * Put a function on the bus of @parent_bridge (NULL: root bus) and enumerate
 * it: reads its header and sizes its BARs, assigns addresses, makes the
 * struct pci_dev with its sysfs nodes and IOMMU group, and offers it to
 * drivers. Bridges are functions too (header type 1).
 * Returns 0 or -errno (-EEXIST: address taken).
 */
int kapi_pci_add_fn(struct kapi_pci_fn *fn, struct pci_dev *parent_bridge, unsigned int devfn);
void kapi_pci_remove_fn(struct kapi_pci_fn *fn);

#endif
