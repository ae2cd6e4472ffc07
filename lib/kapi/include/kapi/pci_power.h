/* SPDX-License-Identifier: GPL-2.0-only */
/* Enabling, power states, saved state and resets. Part of <linux/pci.h>. */
#ifndef KAPI_PCI_POWER_H
#define KAPI_PCI_POWER_H

#include <kapi/pci_dev.h>

/*
 * Power up, turn on decoding of the assigned BARs (and the bridges above), and
 * route INTx. Counted. 0; -EINVAL: a BAR has no address.
 */
int pci_enable_device(struct pci_dev *dev);
int pci_enable_device_mem(struct pci_dev *dev);
/* The last call clears COMMAND.MASTER; decoding stays on. */
void pci_disable_device(struct pci_dev *dev);
static inline int pci_is_enabled(struct pci_dev *pdev)
{
	return atomic_read(&pdev->enable_cnt) > 0;
}

void pci_set_master(struct pci_dev *dev);
void pci_clear_master(struct pci_dev *dev);

/*
 * Move to D0-D3hot through the PM capability. 0; -EIO: not supported (no
 * capability, state missing, from a deeper state up to D1/D2). D3hot to D0
 * resets a function without No_Soft_Reset; restoring it is the caller's part.
 */
int pci_set_power_state(struct pci_dev *dev, pci_power_t state);

/*
 * Header, PCIe control registers and MSI setup. pci_save_state() keeps them in
 * @dev, pci_restore_state() writes them back once and drops the claim.
 */
int pci_save_state(struct pci_dev *dev);
void pci_restore_state(struct pci_dev *dev);

struct pci_saved_state;
/* A copy of what pci_save_state() kept, to kfree(); NULL if nothing was saved or no memory. */
struct pci_saved_state *pci_store_saved_state(struct pci_dev *dev);
/* Make a copy (or nothing: NULL) the saved state of @dev again. */
int pci_load_saved_state(struct pci_dev *dev, struct pci_saved_state *state);
int pci_load_and_free_saved_state(struct pci_dev *dev, struct pci_saved_state **state);

#define PCI_RESET_DO_RESET	0
#define PCI_RESET_PROBE		1

/*
 * Function reset by the best method the device has (pci_dev.reset_methods):
 * FLR, AF FLR, PM, or the bus above if it is alone on it. Config is saved
 * before and restored after, with reset_prepare and reset_done of the driver.
 * -ENOTTY: no method.
 */
int pci_reset_function(struct pci_dev *dev);		/* takes pci_dev_lock() */
int pci_reset_function_locked(struct pci_dev *dev);	/* the caller holds it */
int pci_try_reset_function(struct pci_dev *dev);	/* -EAGAIN: lock not free */
/* The bare reset: the caller holds pci_dev_lock(), saves and restores. */
int __pci_reset_function_locked(struct pci_dev *dev);

/* 0 if the slot or bus below a bridge can be reset as a whole, else -ENOTTY. */
int pci_probe_reset_slot(struct pci_slot *slot);
int pci_probe_reset_bus(struct pci_bus *bus);
/* Reset all on the slot or bus of @pdev, with their state saved; -EAGAIN: a lock not free. */
int pci_reset_bus(struct pci_dev *pdev);
int pci_bridge_secondary_bus_reset(struct pci_dev *dev);
int pcie_flr(struct pci_dev *dev);
int pcie_reset_flr(struct pci_dev *dev, bool probe);
bool pci_reset_supported(struct pci_dev *dev);

#endif
