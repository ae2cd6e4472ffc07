/* SPDX-License-Identifier: GPL-2.0-only */
/* struct pci_dev, struct pci_bus and finding them. Part of <linux/pci.h>. */
#ifndef KAPI_PCI_DEV_H
#define KAPI_PCI_DEV_H

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/mutex.h>

struct kapi_pci_fn;
struct kapi_phys_range;
struct pci_driver;

#ifndef PCI_DEVFN	/* uapi/linux/pci.h */
#define PCI_DEVFN(slot, func)	((((slot) & 0x1f) << 3) | ((func) & 0x07))
#define PCI_SLOT(devfn)		(((devfn) >> 3) & 0x1f)
#define PCI_FUNC(devfn)		((devfn) & 0x07)
#endif
#define PCI_DEVID(bus, devfn)	((((u16)(bus)) << 8) | (devfn))
#define PCI_BUS_NUM(x)		(((x) >> 8) & 0xff)

/* Indexes into pci_dev.resource. */
enum {
	PCI_STD_RESOURCES,
	PCI_STD_RESOURCE_END = PCI_STD_RESOURCES + PCI_STD_NUM_BARS - 1,
	PCI_ROM_RESOURCE,
	PCI_IOV_RESOURCES,	/* of all VFs of a PF together */
	PCI_IOV_RESOURCE_END = PCI_IOV_RESOURCES + PCI_SRIOV_NUM_BARS - 1,
	PCI_BRIDGE_RESOURCES,
	PCI_BRIDGE_RESOURCE_NUM = 4,
	PCI_BRIDGE_RESOURCE_END = PCI_BRIDGE_RESOURCES + PCI_BRIDGE_RESOURCE_NUM - 1,
	PCI_NUM_RESOURCES,
	DEVICE_COUNT_RESOURCE = PCI_NUM_RESOURCES,
};
#define PCI_BRIDGE_IO_WINDOW		(PCI_BRIDGE_RESOURCES + 0)
#define PCI_BRIDGE_MEM_WINDOW		(PCI_BRIDGE_RESOURCES + 1)
#define PCI_BRIDGE_PREF_MEM_WINDOW	(PCI_BRIDGE_RESOURCES + 2)

typedef int pci_power_t;
#define PCI_D0		((pci_power_t)0)
#define PCI_D1		((pci_power_t)1)
#define PCI_D2		((pci_power_t)2)
#define PCI_D3hot	((pci_power_t)3)
#define PCI_D3cold	((pci_power_t)4)
#define PCI_UNKNOWN	((pci_power_t)5)
#define PCI_POWER_ERROR	((pci_power_t)-1)

typedef unsigned int pci_channel_state_t;
enum {
	pci_channel_io_normal = 1,
	pci_channel_io_frozen = 2,
	pci_channel_io_perm_failure = 3,
};

typedef unsigned short pci_dev_flags_t;
enum pci_dev_flags {
	PCI_DEV_FLAGS_ASSIGNED = 1 << 2,	/* a VF that must not go */
	PCI_DEV_FLAGS_NO_BUS_RESET = 1 << 6,
	PCI_DEV_FLAGS_NO_PM_RESET = 1 << 7,
	PCI_DEV_FLAGS_NO_FLR_RESET = 1 << 10,
};

#define PCI_NUM_RESET_METHODS	8	/* the first is none */

struct pci_vpd {
	u8 cap;
	unsigned int len;
	struct mutex lock;
};

/* A BAR (or the ROM) as a range of physical addresses. */
struct pci_bar {
	struct pci_dev *dev;
	int nr;
	struct kapi_phys_range *range;
};

struct pci_bus {
	struct list_head node;		/* in parent->children or the list of root buses */
	struct pci_bus *parent;
	struct list_head children;
	struct list_head devices;	/* pci_dev.bus_list; under pci_bus_sem */
	struct pci_dev *self;		/* the bridge, NULL on a root bus */
	struct resource *resource[PCI_BRIDGE_RESOURCE_NUM];	/* what the bus can address */
	struct resource busn_res;	/* bus numbers below */
	unsigned char number;
	struct device *bridge;		/* parent of the devices on this bus */
	char name[48];
};

/* The slot of a hot-plug controller (pci_slot.c). With it resets go by slot and not by bus. */
struct pci_slot {
	struct pci_bus *bus;
	unsigned char number;
};

struct pci_dev {
	struct list_head bus_list;
	struct pci_bus *bus;
	struct pci_bus *subordinate;	/* bus below, if a bridge */
	struct pci_slot *slot;
	struct kapi_pci_fn *fn;		/* the hardware */

	unsigned int devfn;
	unsigned short vendor, subsystem_vendor;
	unsigned short device, subsystem_device;
	unsigned int class;		/* base, sub, programming interface: 3 bytes */
	u8 revision;
	u8 hdr_type;			/* without the multifunction bit */
	u32 devcap;
	u8 pcie_cap;
	u8 msi_cap;
	u8 msix_cap;
	u8 pm_cap;
	u16 acs_cap;
	u8 rom_base_reg;
	u8 pin;				/* 1-4: INTA-INTD, 0: none */
	u16 pcie_flags_reg;

	struct pci_driver *driver;
	u64 dma_mask;
	pci_power_t current_state;
	unsigned int d3hot_delay, d3cold_delay;	/* ms */
	pci_channel_state_t error_state;
	struct device dev;
	int cfg_size;			/* 256 or 4096 */

	unsigned int irq;		/* line, or first MSI vector while MSI is on */
	unsigned int intx_irq;		/* line while irq is a vector */
	struct resource resource[DEVICE_COUNT_RESOURCE];

	bool match_driver;
	/* What changes while the device is in use has bytes of its own, bits share theirs. */
	unsigned int transparent:1;
	unsigned int multifunction:1;
	bool is_busmaster;
	unsigned int no_msi:1;
	bool block_cfg_access;	/* see pci_cfg_access_lock() */
	bool msi_enabled;
	bool msix_enabled;
	bool state_saved;
	unsigned int is_physfn:1;
	unsigned int is_virtfn:1;
	unsigned int is_hotplug_bridge:1;
	unsigned int ari_enabled:1;	/* of a bridge: function numbers below have 8 bits */
	unsigned int broken_intx_masking:1;
	unsigned int no_command_memory:1;
	unsigned int pme_support:5;
	unsigned int d1_support:1;
	unsigned int d2_support:1;
	bool intx_level;	/* INTA# driven by the hardware now */
	bool intx_routed;	/* and counted at the interrupt controller */
	pci_dev_flags_t dev_flags;
	atomic_t enable_cnt;

	u32 saved_config_space[16];
	struct list_head saved_cap_space;
	struct pci_bar bars[PCI_ROM_RESOURCE + 1];

	void __iomem *msix_base;
	unsigned int msi_nvec;
	unsigned int *msi_irqs;		/* by vector; 0: not allocated */
	unsigned int msi_irqs_size;
	struct pci_vpd vpd;
	struct pci_sriov *sriov;	/* of a PF, see pci_iov.c */
	struct pci_dev *physfn;		/* of a VF, which holds a reference */

	phys_addr_t rom;
	size_t romlen;
	u8 reset_methods[PCI_NUM_RESET_METHODS];	/* in order of priority */
	const char *driver_override;
};

#define to_pci_dev(n) container_of(n, struct pci_dev, dev)

static inline const char *pci_name(const struct pci_dev *pdev)
{
	return dev_name(&pdev->dev);
}

static inline void pci_set_drvdata(struct pci_dev *pdev, void *data)
{
	dev_set_drvdata(&pdev->dev, data);
}

static inline void *pci_get_drvdata(struct pci_dev *pdev)
{
	return dev_get_drvdata(&pdev->dev);
}

#endif
