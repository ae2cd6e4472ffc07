/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of lib/kapi that make up the PCI core. */
#ifndef KAPI_PCI_INTERNAL_H
#define KAPI_PCI_INTERNAL_H

#include <kapi/pci_hw.h>
#include <linux/pci.h>
#include <linux/rwsem.h>

/* Lists of buses and devices. */
extern struct rw_semaphore pci_bus_sem;
extern struct list_head pci_root_buses;

/* Bus type and root bus exist after this; idempotent. 0 or -errno. */
int pci_init(void);
struct pci_bus *pci_root_bus(void);

/* pci_access.c: the lock of config cycles; see pci_lock() there for what is below it. */
void pci_lock(void);
void pci_unlock(void);

/* A config cycle straight to the hardware, from code that the hardware itself called. */
static inline u32 pci_hw_read(const struct pci_dev *dev, unsigned int off, unsigned int width)
{
	return dev->fn->ops->cfg_read(dev->fn, off, width);
}

static inline void pci_hw_write(const struct pci_dev *dev, unsigned int off, unsigned int width,
				u32 val)
{
	dev->fn->ops->cfg_write(dev->fn, off, width, val);
}

static inline bool pci_is_disconnected(const struct pci_dev *dev)
{
	return dev->error_state == pci_channel_io_perm_failure;
}

/* All bits of @cmd are set in COMMAND of the function and of the bridges above it. */
bool pci_path_enabled(const struct pci_dev *dev, u16 cmd);

/* pci_intx.c: COMMAND was written; route the line anew. Under pci_lock(). */
void pci_intx_update(struct pci_dev *dev);
/* Line at the interrupt controller that INTA-INTD (@pin 1-4) of the function ends at. */
unsigned int pci_intx_line(struct pci_dev *dev, u8 pin);
void pci_intx_init(struct pci_dev *dev);

/* pci_setup.c: BARs. */
void pci_read_bases(struct pci_dev *dev);
void pci_assign_resources(struct pci_dev *dev);
void pci_release_resources(struct pci_dev *dev);
int pci_enable_resources(struct pci_dev *dev, int mask);

/* One BAR, at register @reg of config space; returns how many registers it takes. */
int pci_read_bar(struct pci_dev *dev, struct resource *res, unsigned int reg);
/* A place for @res in the windows of the bus, at a multiple of @align. 0 or -errno. */
int pci_place(struct pci_dev *dev, struct resource *res, u64 align);
/* Answer at the address of BAR @i from now on. */
void pci_register_bar(struct pci_dev *dev, int i);

/* pci_probe.c: put a function on @bus, as kapi_pci_add_fn(); @physfn: it is a VF of that. */
int pci_add_fn(struct kapi_pci_fn *fn, struct pci_bus *bus, unsigned int devfn,
	       struct pci_dev *physfn);

/* pci_iov.c */
struct pci_sriov {
	u16 pos;			/* of the capability */
	u16 ctrl;
	u16 total_VFs;
	u16 driver_max_VFs;
	u16 num_VFs;
	u16 offset, stride;
	u16 vf_device;
	u32 pgsz;
	bool drivers_autoprobe;
	u64 barsz[PCI_SRIOV_NUM_BARS];	/* of one VF */
};

/* Bridges pass 8-bit function numbers on to devices that know them. */
void pci_configure_ari(struct pci_dev *dev);
/* What a PF has: sizes of the VFs' BARs, then their places. 0 or -errno. */
int pci_iov_init(struct pci_dev *dev);
void pci_iov_assign(struct pci_dev *dev);
void pci_iov_release(struct pci_dev *dev);
/* BARs of a VF: its share of those of the PF. */
void pci_iov_vf_bars(struct pci_dev *vf);
/* Does the PF let BAR @bar of @vf decode, at the address the resource has? */
bool pci_iov_decodes(const struct pci_dev *vf, int bar);
void pci_restore_iov_state(struct pci_dev *dev);

/* pci_iov_sysfs.c: physfn and virtfnN; attributes of PFs and of VFs. */
int pci_iov_sysfs_link(struct pci_dev *vf);
void pci_iov_sysfs_unlink(struct pci_dev *vf);
extern const struct attribute_group pci_sriov_pf_group, pci_sriov_vf_group;

/* pci_msi.c */
void pci_msi_init(struct pci_dev *dev);
void pci_restore_msi_state(struct pci_dev *dev);

/* pci_power.c, pci_state.c, pci_reset.c */
void pci_pm_init(struct pci_dev *dev);
void pci_update_current_state(struct pci_dev *dev, pci_power_t state);
void pci_free_saved_caps(struct pci_dev *dev);
void pci_init_reset_methods(struct pci_dev *dev);
extern const struct dev_pm_ops pci_dev_pm_ops;

/* pci_acs.c */
void pci_acs_init(struct pci_dev *dev);
void pci_enable_acs(struct pci_dev *dev);
bool pci_acs_enabled(struct pci_dev *dev, u16 flags);
/* ACS along the way from @start to the root complex. */
bool pci_acs_path_enabled(struct pci_dev *start, u16 flags);

/* pci_vpd.c */
void pci_vpd_init(struct pci_dev *dev);

/* pci_sysfs.c, pci_sysfs_config.c, pci_driver.c; the reset methods are in pci_reset.c */
extern const struct attribute_group *pci_dev_groups[];
extern const struct attribute_group *pci_drv_groups[];
int pci_create_config_file(struct pci_dev *dev);
void pci_remove_config_file(struct pci_dev *dev);
ssize_t pci_reset_method_show(struct pci_dev *dev, char *buf);
ssize_t pci_reset_method_store(struct pci_dev *dev, const char *buf, size_t count);

int pcie_portdrv_register(void);
int pci_pf_stub_register(void);

/* pci_slot.c: a slot below @port, if it has a controller; a new function that may be in one. */
int pcie_hotplug_init(struct pci_dev *port);
void pci_assign_slot(struct pci_dev *dev);
int pci_hotplug_reset(struct pci_slot *slot);
/* The slot's reset as one of @dev, if it is alone in it; else -ENOTTY. */
int pci_dev_reset_slot_function(struct pci_dev *dev, bool probe);

/* iommu_pci.c: put a new function behind the IOMMU, if there is one. */
int pci_iommu_add(struct pci_dev *dev);
void pci_iommu_remove(struct pci_dev *dev);

#endif
