/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_PCI_AER_H
#define KAPI_PCI_AER_H

#include <linux/pci.h>

/*
 * An uncorrectable error of a function, as if its port had reported it: drivers on
 * the bus are asked by their pci_error_handlers what it means to them, each with
 * the lock of its device held, and the link is reset for a @fatal one, or if a
 * driver wants that. For tests of error handling; there is no other source of errors.
 *
 * Returns what came of it: PCI_ERS_RESULT_RECOVERED, and resume() was called; or
 * PCI_ERS_RESULT_DISCONNECT or _NO_AER_DRIVER, and the devices are left as they are.
 */
enum pci_ers_result kapi_pci_inject_error(struct pci_dev *dev, bool fatal);

#endif
