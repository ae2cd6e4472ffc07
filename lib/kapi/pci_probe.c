// SPDX-License-Identifier: GPL-2.0-only
/* Enumeration: from a function model to a struct pci_dev that drivers see. */
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "pci_internal.h"

DECLARE_RWSEM(pci_bus_sem);
LIST_HEAD(pci_root_buses);

static struct pci_bus *root_bus;
static DEFINE_MUTEX(pci_init_lock);

/* What the host bridge decodes: below the IO-APIC, and far above any memory. */
static struct resource host_io = {
	.name = "PCI Bus 0000:00", .start = 0x1000, .end = 0xffff, .flags = IORESOURCE_IO,
};
static struct resource host_mem = {
	.name = "PCI Bus 0000:00", .start = 0xc0000000, .end = 0xfebfffff, .flags = IORESOURCE_MEM,
};
static struct resource host_mem64 = {
	.name = "PCI Bus 0000:00", .start = 0x800000000, .end = 0xfffffffff,
	.flags = IORESOURCE_MEM | IORESOURCE_PREFETCH | IORESOURCE_MEM_64,
};

static struct pci_bus *alloc_bus(struct pci_bus *parent, struct pci_dev *self)
{
	struct pci_bus *bus = kzalloc(sizeof(*bus), GFP_KERNEL);

	if (!bus)
		return NULL;
	INIT_LIST_HEAD(&bus->children);
	INIT_LIST_HEAD(&bus->devices);
	bus->parent = parent;
	bus->self = self;
	bus->busn_res.flags = IORESOURCE_BUS;
	return bus;
}

static void name_bus(struct pci_bus *bus, unsigned int nr)
{
	bus->number = nr;
	bus->busn_res.start = nr;
	bus->busn_res.end = nr;
	snprintf(bus->name, sizeof(bus->name), "PCI Bus 0000:%02x", nr);
}

static void release_host(struct device *dev)
{
	kfree(dev);
}

static int create_root(void)
{
	int ret = bus_register(&pci_bus_type);
	struct device *host;

	if (ret)
		return ret;
	root_bus = alloc_bus(NULL, NULL);
	host = kzalloc(sizeof(*host), GFP_KERNEL);
	if (!root_bus || !host) {
		kfree(root_bus);
		kfree(host);
		root_bus = NULL;
		bus_unregister(&pci_bus_type);
		return -ENOMEM;
	}
	name_bus(root_bus, 0);
	root_bus->busn_res.end = 0xff;
	WARN_ON(request_resource(&ioport_resource, &host_io) ||
		request_resource(&iomem_resource, &host_mem) ||
		request_resource(&iomem_resource, &host_mem64));
	root_bus->resource[0] = &host_io;
	root_bus->resource[1] = &host_mem;
	root_bus->resource[2] = &host_mem64;
	host->release = release_host;
	dev_set_name(host, "pci0000:00");
	ret = device_register(host);
	if (ret) {
		put_device(host);
		return ret;
	}
	root_bus->bridge = host;
	list_add_tail(&root_bus->node, &pci_root_buses);
	return 0;
}

int pci_init(void)
{
	bool created = false;
	int ret = 0;

	mutex_lock(&pci_init_lock);
	if (!root_bus) {
		ret = create_root();
		created = !ret;
	}
	mutex_unlock(&pci_init_lock);
	/* Registering a driver comes back here. */
	if (created)
		ret = pcie_portdrv_register() ?: pci_pf_stub_register();
	return ret;
}

struct pci_bus *pci_root_bus(void)
{
	return root_bus;
}

unsigned char pci_bus_max_busnr(struct pci_bus *bus)
{
	unsigned char max = bus->busn_res.end;
	struct pci_bus *child;

	if (pci_is_root_bus(bus))
		max = bus->number;
	list_for_each_entry(child, &bus->children, node)
		max = max_t(unsigned char, max, pci_bus_max_busnr(child));
	return max;
}

static void release_dev(struct device *d)
{
	struct pci_dev *dev = to_pci_dev(d);

	pci_free_saved_caps(dev);
	pci_iov_release(dev);
	kfree(dev->driver_override);
	kfree(dev->subordinate);
	if (dev->fn && dev->fn->ops->destroy)
		dev->fn->ops->destroy(dev->fn);
	pci_dev_put(dev->physfn);
	kfree(dev);
}

static void read_header(struct pci_dev *dev)
{
	u32 class, dword;
	u8 hdr;

	/* A VF has all ones there. */
	if (dev->is_virtfn) {
		dev->vendor = dev->physfn->vendor;
		dev->device = dev->physfn->sriov->vf_device;
	} else {
		pci_read_config_word(dev, PCI_VENDOR_ID, &dev->vendor);
		pci_read_config_word(dev, PCI_DEVICE_ID, &dev->device);
	}
	pci_read_config_dword(dev, PCI_CLASS_REVISION, &class);
	dev->revision = class & 0xff;
	dev->class = class >> 8;
	pci_read_config_byte(dev, PCI_HEADER_TYPE, &hdr);
	dev->hdr_type = hdr & PCI_HEADER_TYPE_MASK;
	dev->multifunction = !dev->is_virtfn &&
		(hdr & PCI_HEADER_TYPE_MFD || PCI_FUNC(dev->devfn));

	dev->cfg_size = PCI_CFG_SPACE_SIZE;
	dev->pcie_cap = pci_find_capability(dev, PCI_CAP_ID_EXP);
	if (dev->pcie_cap) {
		pci_read_config_word(dev, dev->pcie_cap + PCI_EXP_FLAGS, &dev->pcie_flags_reg);
		pci_read_config_dword(dev, dev->pcie_cap + PCI_EXP_DEVCAP, &dev->devcap);
		pci_read_config_dword(dev, PCI_CFG_SPACE_SIZE, &dword);
		if (!PCI_POSSIBLE_ERROR(dword))
			dev->cfg_size = PCI_CFG_SPACE_EXP_SIZE;
	}
	if (dev->hdr_type == PCI_HEADER_TYPE_NORMAL) {
		pci_read_config_word(dev, PCI_SUBSYSTEM_VENDOR_ID, &dev->subsystem_vendor);
		pci_read_config_word(dev, PCI_SUBSYSTEM_ID, &dev->subsystem_device);
	} else if (dev->hdr_type == PCI_HEADER_TYPE_BRIDGE) {
		u8 pos = pci_find_capability(dev, PCI_CAP_ID_SSVID);

		if (pos) {
			pci_read_config_word(dev, pos + PCI_SSVID_VENDOR_ID,
					     &dev->subsystem_vendor);
			pci_read_config_word(dev, pos + PCI_SSVID_DEVICE_ID,
					     &dev->subsystem_device);
		}
	}
}

/* The bus below a bridge, with the next number; the bridges above forward it. */
static int add_subordinate(struct pci_dev *dev)
{
	unsigned int nr = pci_bus_max_busnr(root_bus) + 1;
	struct pci_bus *bus, *up;

	if (nr > 0xff)
		return -ENOSPC;
	bus = alloc_bus(dev->bus, dev);
	if (!bus)
		return -ENOMEM;
	name_bus(bus, nr);
	bus->bridge = &dev->dev;
	dev->subordinate = bus;
	pci_write_config_byte(dev, PCI_PRIMARY_BUS, dev->bus->number);
	pci_write_config_byte(dev, PCI_SECONDARY_BUS, nr);
	pci_write_config_byte(dev, PCI_SUBORDINATE_BUS, nr);
	for (up = dev->bus; up->self; up = up->parent) {
		up->busn_res.end = nr;
		pci_write_config_byte(up->self, PCI_SUBORDINATE_BUS, nr);
	}
	down_write(&pci_bus_sem);
	list_add_tail(&bus->node, &dev->bus->children);
	up_write(&pci_bus_sem);
	return 0;
}

static struct pci_dev *alloc_dev(struct kapi_pci_fn *fn, struct pci_bus *bus, unsigned int devfn)
{
	struct pci_dev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return NULL;
	dev->fn = fn;
	dev->bus = bus;
	dev->devfn = devfn;
	dev->error_state = pci_channel_io_normal;
	dev->dma_mask = 0xffffffff;
	dev->d3hot_delay = 10;
	dev->d3cold_delay = 100;
	INIT_LIST_HEAD(&dev->saved_cap_space);
	device_initialize(&dev->dev);
	dev->dev.release = release_dev;
	dev->dev.bus = &pci_bus_type;
	dev->dev.parent = bus->bridge;
	dev->dev.numa_node = -1;
	dev->dev.dma_mask = &dev->dma_mask;
	dev->dev.coherent_dma_mask = 0xffffffff;
	dev_set_name(&dev->dev, "0000:%02x:%02x.%d", bus->number, PCI_SLOT(devfn),
		     PCI_FUNC(devfn));
	fn->pdev = dev;
	return dev;
}

static bool occupied(struct pci_bus *bus, unsigned int devfn)
{
	struct pci_dev *dev;
	bool found = false;

	down_read(&pci_bus_sem);
	list_for_each_entry(dev, &bus->devices, bus_list)
		found |= dev->devfn == devfn;
	up_read(&pci_bus_sem);
	return found;
}

static int setup_dev(struct pci_dev *dev)
{
	int ret = 0;

	read_header(dev);
	if (!dev->is_virtfn)
		pci_read_bases(dev);
	if (dev->hdr_type == PCI_HEADER_TYPE_BRIDGE)
		ret = add_subordinate(dev);
	if (ret)
		return ret;
	pci_msi_init(dev);
	pci_pm_init(dev);
	pci_vpd_init(dev);
	pci_configure_ari(dev);
	ret = pci_iov_init(dev);
	if (ret)
		pci_warn(dev, "no SR-IOV (%d)\n", ret);
	pci_acs_init(dev);
	pci_assign_slot(dev);
	pci_init_reset_methods(dev);
	/* A VF decodes where its PF says, and has no INTx. */
	if (dev->is_virtfn) {
		pci_iov_vf_bars(dev);
		return 0;
	}
	pci_assign_resources(dev);
	pci_intx_init(dev);
	return 0;
}

/* What setup_dev() and those behind it made, but for the structure itself. */
static void unsetup_dev(struct pci_dev *dev)
{
	struct pci_bus *bus = dev->subordinate;

	pci_release_resources(dev);
	down_write(&pci_bus_sem);
	if (bus)
		list_del(&bus->node);
	if (dev->bus_list.next)
		list_del(&dev->bus_list);
	up_write(&pci_bus_sem);
}

int pci_add_fn(struct kapi_pci_fn *fn, struct pci_bus *bus, unsigned int devfn,
	       struct pci_dev *physfn)
{
	struct pci_dev *dev;
	int ret;

	if (occupied(bus, devfn))
		return -EEXIST;
	dev = alloc_dev(fn, bus, devfn);
	if (!dev)
		return -ENOMEM;
	dev->physfn = pci_dev_get(physfn);
	dev->is_virtfn = dev->no_command_memory = physfn != NULL;
	ret = setup_dev(dev);
	if (ret)
		goto fail;
	down_write(&pci_bus_sem);
	list_add_tail(&dev->bus_list, &bus->devices);
	up_write(&pci_bus_sem);
	ret = device_add(&dev->dev);
	if (ret)
		goto fail;
	ret = pci_iommu_add(dev);
	if (ret)
		goto fail_added;
	ret = pci_create_config_file(dev);
	if (ret)
		goto fail_iommu;
	ret = pci_iov_sysfs_link(dev);
	if (ret)
		goto fail_config;
	dev->match_driver = true;
	ret = device_attach(&dev->dev);
	if (ret < 0)
		pci_warn(dev, "device attach failed (%d)\n", ret);
	return 0;

fail_config:
	pci_remove_config_file(dev);
fail_iommu:
	pci_iommu_remove(dev);
fail_added:
	device_del(&dev->dev);
fail:
	unsetup_dev(dev);
	/* The model stays the caller's. */
	fn->pdev = NULL;
	dev->fn = NULL;
	put_device(&dev->dev);
	return ret;
}

int kapi_pci_add_fn(struct kapi_pci_fn *fn, struct pci_dev *parent_bridge, unsigned int devfn)
{
	struct pci_bus *bus;
	int ret;

	ret = pci_init();
	if (ret)
		return ret;
	bus = parent_bridge ? parent_bridge->subordinate : root_bus;
	if (!bus || devfn > 0xff)
		return -EINVAL;
	if (fn->ops->cfg_read(fn, PCI_VENDOR_ID, 2) == 0xffff)
		return -ENODEV;
	return pci_add_fn(fn, bus, devfn, NULL);
}

void kapi_pci_remove_fn(struct kapi_pci_fn *fn)
{
	struct pci_dev *dev = fn->pdev, *child, *next;

	if (!dev)
		return;
	if (dev->subordinate)
		list_for_each_entry_safe(child, next, &dev->subordinate->devices, bus_list)
			kapi_pci_remove_fn(child->fn);
	device_release_driver(&dev->dev);
	dev->match_driver = false;
	pci_disable_sriov(dev);
	pci_iov_sysfs_unlink(dev);
	pci_remove_config_file(dev);
	pci_iommu_remove(dev);
	device_del(&dev->dev);
	pm_runtime_disable(&dev->dev);
	kapi_pci_set_intx(fn, false);
	fn->pdev = NULL;
	unsetup_dev(dev);
	put_device(&dev->dev);
}
