/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SR-IOV: physical functions (PF) and their virtual functions (VF), by the rules
 * of the kernel's Documentation/PCI/pci-iov-howto.rst. Part of <linux/pci.h>.
 */
#ifndef KAPI_PCI_IOV_H
#define KAPI_PCI_IOV_H

#include <kapi/pci_dev.h>

/*
 * Make @nr_virtfn VFs appear, each a function of its own on the bus. With the
 * device lock of the PF held, or from its probe. 0; -ENODEV if @dev is no PF,
 * -EINVAL if it has VFs already or cannot have so many, -ENOMEM if their BARs
 * found no space, or what adding a function says. Nothing is left on failure.
 */
int pci_enable_sriov(struct pci_dev *dev, int nr_virtfn);
/* Remove them, their drivers first; this waits for those. Nothing to do: fine. */
void pci_disable_sriov(struct pci_dev *dev);
/*
 * pci_driver.sriov_configure for a PF that needs nothing else. Returns the number
 * of VFs enabled, 0 for disabled, or -errno; -EPERM while one has PCI_DEV_FLAGS_ASSIGNED.
 */
int pci_sriov_configure_simple(struct pci_dev *dev, int nr_virtfn);

/* VFs that are enabled now; 0 for what is no PF. */
int pci_num_vf(struct pci_dev *dev);
/* Most VFs the driver allows; 0 for what is no PF. */
int pci_sriov_get_totalvfs(struct pci_dev *dev);
/* Allow fewer. -ENOSYS: no PF, -EINVAL: more than the hardware has, -EBUSY: VFs are there. */
int pci_sriov_set_totalvfs(struct pci_dev *dev, u16 numvfs);
/* VFs of @dev that have PCI_DEV_FLAGS_ASSIGNED. */
int pci_vfs_assigned(struct pci_dev *dev);
/* Index of a VF, from 0; -EINVAL for what is no VF. */
int pci_iov_vf_id(struct pci_dev *dev);
/* drvdata of the PF if @pf_driver drives it, else ERR_PTR(-EINVAL). Of a VF alone. */
void *pci_iov_get_pf_drvdata(struct pci_dev *dev, struct pci_driver *pf_driver);
/* Bytes of one VF in BAR @resno (PCI_IOV_RESOURCES...); 0 for what is no PF. */
resource_size_t pci_iov_resource_size(struct pci_dev *dev, int resno);

#endif
