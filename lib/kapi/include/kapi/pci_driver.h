/* SPDX-License-Identifier: GPL-2.0-only */
/* struct pci_driver and matching. Part of <linux/pci.h>. */
#ifndef KAPI_PCI_DRIVER_H
#define KAPI_PCI_DRIVER_H

#include <kapi/pci_dev.h>
#include <linux/mod_devicetable.h>

typedef unsigned int pci_ers_result_t;
enum pci_ers_result {
	PCI_ERS_RESULT_NONE = 1,
	PCI_ERS_RESULT_CAN_RECOVER = 2,
	PCI_ERS_RESULT_NEED_RESET = 3,
	PCI_ERS_RESULT_DISCONNECT = 4,
	PCI_ERS_RESULT_RECOVERED = 5,
	PCI_ERS_RESULT_NO_AER_DRIVER = 6,
};

struct pci_error_handlers {
	pci_ers_result_t (*error_detected)(struct pci_dev *dev, pci_channel_state_t error);
	pci_ers_result_t (*slot_reset)(struct pci_dev *dev);
	void (*resume)(struct pci_dev *dev);
	pci_ers_result_t (*mmio_enabled)(struct pci_dev *dev);
	void (*cor_error_detected)(struct pci_dev *dev);
	/* Around a function reset, with the device lock held. */
	void (*reset_prepare)(struct pci_dev *dev);
	void (*reset_done)(struct pci_dev *dev);
};

struct pci_dynids {
	spinlock_t lock;
	struct list_head list;
};

struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table;	/* ends with an all-zero entry; NULL: none */
	int (*probe)(struct pci_dev *dev, const struct pci_device_id *id);
	void (*remove)(struct pci_dev *dev);
	void (*shutdown)(struct pci_dev *dev);
	int (*sriov_configure)(struct pci_dev *dev, int num_vfs);
	/* Vectors of a VF that no driver has, and all there are to give, by sysfs. */
	u32 (*sriov_get_vf_total_msix)(struct pci_dev *pf);
	int (*sriov_set_msix_vec_count)(struct pci_dev *vf, int msix_vec_count);
	const struct pci_error_handlers *err_handler;
	const struct attribute_group **groups;
	const struct attribute_group **dev_groups;
	struct device_driver driver;
	struct pci_dynids dynids;
	/* The driver does not use the DMA API: the group may have a user space owner (5.19). */
	bool driver_managed_dma;
};

#define to_pci_driver(drv) container_of_const(drv, struct pci_driver, driver)

#define PCI_DEVICE(vend, dev) \
	.vendor = (vend), .device = (dev), .subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID
#define PCI_DEVICE_DRIVER_OVERRIDE(vend, dev, driver_override) \
	.vendor = (vend), .device = (dev), .subvendor = PCI_ANY_ID, \
	.subdevice = PCI_ANY_ID, .override_only = (driver_override)
#define PCI_DRIVER_OVERRIDE_DEVICE_VFIO(vend, dev) \
	PCI_DEVICE_DRIVER_OVERRIDE(vend, dev, PCI_ID_F_VFIO_DRIVER_OVERRIDE)
#define PCI_DEVICE_SUB(vend, dev, subvend, subdev) \
	.vendor = (vend), .device = (dev), .subvendor = (subvend), .subdevice = (subdev)
#define PCI_DEVICE_CLASS(dev_class, dev_class_mask) \
	.class = (dev_class), .class_mask = (dev_class_mask), \
	.vendor = PCI_ANY_ID, .device = PCI_ANY_ID, \
	.subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID
#define PCI_VDEVICE(vend, dev) \
	.vendor = PCI_VENDOR_ID_##vend, .device = (dev), \
	.subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID

extern const struct bus_type pci_bus_type;

/* Register and offer all devices to it. 0 or -errno (-EBUSY: the name is taken). */
int __pci_register_driver(struct pci_driver *drv, struct module *owner, const char *mod_name);
#define pci_register_driver(driver) __pci_register_driver(driver, THIS_MODULE, KBUILD_MODNAME)
/* Unbinds its devices, then forgets its dynamic ids. */
void pci_unregister_driver(struct pci_driver *drv);
#define module_pci_driver(__pci_driver) \
	module_driver(__pci_driver, pci_register_driver, pci_unregister_driver)

/* First entry of @ids that takes @dev, or NULL. Entries with override_only never match here. */
const struct pci_device_id *pci_match_id(const struct pci_device_id *ids, struct pci_dev *dev);
/* Add an id as new_id does, and offer free devices to the driver. 0, -ENOMEM, or probe's error. */
int pci_add_dynid(struct pci_driver *drv, unsigned int vendor, unsigned int device,
		  unsigned int subvendor, unsigned int subdevice, unsigned int class,
		  unsigned int class_mask, unsigned long driver_data);
/* The driver bound to @dev, or the one that claimed a resource of it; NULL if none. */
struct pci_driver *pci_dev_driver(const struct pci_dev *dev);

#endif
