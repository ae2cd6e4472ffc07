// SPDX-License-Identifier: GPL-2.0-only
/* Drivers: which takes which function, and what surrounds probe and remove. */
#include <linux/iommu.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "pci_internal.h"

struct pci_dynid {
	struct list_head node;
	struct pci_device_id id;
};

static bool match_one(const struct pci_device_id *id, const struct pci_device_id *dev)
{
	return (id->vendor == PCI_ANY_ID || id->vendor == dev->vendor) &&
	       (id->device == PCI_ANY_ID || id->device == dev->device) &&
	       (id->subvendor == PCI_ANY_ID || id->subvendor == dev->subvendor) &&
	       (id->subdevice == PCI_ANY_ID || id->subdevice == dev->subdevice) &&
	       !((id->class ^ dev->class) & id->class_mask);
}

static struct pci_device_id id_of(const struct pci_dev *dev)
{
	return (struct pci_device_id) {
		.vendor = dev->vendor, .device = dev->device,
		.subvendor = dev->subsystem_vendor, .subdevice = dev->subsystem_device,
		.class = dev->class,
	};
}

static bool is_end(const struct pci_device_id *id)
{
	return !id->vendor && !id->subvendor && !id->class_mask;
}

/* Entries for driver_override count only where it named the driver. */
static const struct pci_device_id *match_table(const struct pci_device_id *ids,
					       const struct pci_device_id *dev, bool overridden)
{
	for (; ids && !is_end(ids); ids++)
		if (match_one(ids, dev) && (!ids->override_only || overridden))
			return ids;
	return NULL;
}

const struct pci_device_id *pci_match_id(const struct pci_device_id *ids, struct pci_dev *dev)
{
	struct pci_device_id id = id_of(dev);

	return match_table(ids, &id, false);
}

/* The entry by which @drv takes @dev; a dynamic one is copied to @copy, since it may go. */
static const struct pci_device_id *match_device(struct pci_driver *drv, struct pci_dev *dev,
						struct pci_device_id *copy)
{
	static const struct pci_device_id any = {
		.vendor = PCI_ANY_ID, .device = PCI_ANY_ID,
		.subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID,
	};
	const struct pci_device_id *found = NULL;
	struct pci_device_id id = id_of(dev);
	bool overridden = dev->driver_override;
	struct pci_dynid *dyn;

	if (overridden && strcmp(dev->driver_override, drv->name))
		return NULL;
	spin_lock(&drv->dynids.lock);
	list_for_each_entry(dyn, &drv->dynids.list, node)
		if (match_one(&dyn->id, &id)) {
			*copy = dyn->id;
			found = copy;
			break;
		}
	spin_unlock(&drv->dynids.lock);
	if (!found)
		found = match_table(drv->id_table, &id, overridden);
	/* An override takes a driver that does not know the device too. */
	return found ? found : overridden ? &any : NULL;
}

static int pci_bus_match(struct device *dev, const struct device_driver *drv)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	struct pci_device_id copy;

	return pdev->match_driver &&
	       match_device((struct pci_driver *)to_pci_driver(drv), pdev, &copy);
}

/* VFs that the host is not to use itself still go to who asked for them by name. */
static bool may_probe(struct pci_dev *dev)
{
	return !dev->is_virtfn || dev->physfn->sriov->drivers_autoprobe || dev->driver_override;
}

static int pci_device_probe(struct device *dev)
{
	struct pci_driver *drv = to_pci_driver(dev->driver);
	struct pci_dev *pdev = to_pci_dev(dev);
	const struct pci_device_id *id;
	struct pci_device_id copy;
	int ret;

	if (!may_probe(pdev))
		return -ENODEV;
	if (!drv->probe)
		return 0;
	id = match_device(drv, pdev, &copy);
	if (!id)
		return -ENODEV;
	pci_dev_get(pdev);
	/* Active during probe; a driver with runtime PM gives this use back itself. */
	pm_runtime_get_sync(dev);
	pdev->driver = drv;
	ret = drv->probe(pdev, id);
	if (ret > 0) {
		pci_warn(pdev, "Driver probe function unexpectedly returned %d\n", ret);
		ret = 0;
	}
	if (ret < 0) {
		pdev->driver = NULL;
		pm_runtime_put_sync(dev);
		pci_dev_put(pdev);
	}
	return ret;
}

static void pci_device_remove(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	struct pci_driver *drv = pdev->driver;

	if (drv && drv->remove) {
		pm_runtime_get_sync(dev);
		drv->remove(pdev);
		pm_runtime_put_noidle(dev);
	}
	pdev->driver = NULL;
	/* The use that probe took. */
	pm_runtime_put_sync(dev);
	pci_dev_put(pdev);
}

static int pci_dma_configure(struct device *dev)
{
	struct pci_driver *drv = to_pci_driver(dev->driver);

	return drv->driver_managed_dma ? 0 : iommu_device_use_default_domain(dev);
}

static void pci_dma_cleanup(struct device *dev)
{
	struct pci_driver *drv = to_pci_driver(dev->driver);

	if (!drv->driver_managed_dma)
		iommu_device_unuse_default_domain(dev);
}

const struct bus_type pci_bus_type = {
	.name = "pci",
	.match = pci_bus_match,
	.probe = pci_device_probe,
	.remove = pci_device_remove,
	.dev_groups = pci_dev_groups,
	.drv_groups = pci_drv_groups,
	.pm = &pci_dev_pm_ops,
	.dma_configure = pci_dma_configure,
	.dma_cleanup = pci_dma_cleanup,
};

static int add_dynid(struct pci_driver *drv, const struct pci_device_id *id, bool once)
{
	struct pci_dynid *dyn = kzalloc(sizeof(*dyn), GFP_KERNEL), *other;
	bool known = false;

	if (!dyn)
		return -ENOMEM;
	dyn->id = *id;
	spin_lock(&drv->dynids.lock);
	list_for_each_entry(other, &drv->dynids.list, node)
		known |= once && match_one(&other->id, id);
	if (!known)
		list_add_tail(&dyn->node, &drv->dynids.list);
	spin_unlock(&drv->dynids.lock);
	if (known) {
		kfree(dyn);
		return -EEXIST;
	}
	return driver_attach(&drv->driver);
}

int pci_add_dynid(struct pci_driver *drv, unsigned int vendor, unsigned int device,
		  unsigned int subvendor, unsigned int subdevice, unsigned int class,
		  unsigned int class_mask, unsigned long driver_data)
{
	const struct pci_device_id added = {
		.class = class, .class_mask = class_mask, .driver_data = driver_data,
		.vendor = vendor, .subvendor = subvendor,
		.device = device, .subdevice = subdevice,
	};

	return add_dynid(drv, &added, false);
}

/* 2 to 7 hexadecimal numbers. Returns how many. */
static int parse_id(const char *buf, struct pci_device_id *id)
{
	*id = (struct pci_device_id) { .subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID };
	return sscanf(buf, "%x %x %x %x %x %x %lx", &id->vendor, &id->device, &id->subvendor,
		      &id->subdevice, &id->class, &id->class_mask, &id->driver_data);
}

static ssize_t new_id_store(struct device_driver *driver, const char *buf, size_t count)
{
	struct pci_driver *drv = to_pci_driver(driver);
	const struct pci_device_id *ids = drv->id_table;
	struct pci_device_id id;
	int fields, ret;

	fields = parse_id(buf, &id);
	if (fields < 2)
		return -EINVAL;
	if (fields != 7 && match_table(ids, &id, false))
		return -EEXIST;
	/* Drivers with a table index it by driver_data: only values from it. */
	for (; ids && !is_end(ids) && ids->driver_data != id.driver_data; ids++)
		;
	if (ids && is_end(ids))
		return -EINVAL;
	ret = add_dynid(drv, &id, fields != 7);
	return ret ? ret : count;
}

static ssize_t remove_id_store(struct device_driver *driver, const char *buf, size_t count)
{
	struct pci_driver *drv = to_pci_driver(driver);
	struct pci_dynid *dyn, *next;
	struct pci_device_id id;
	ssize_t ret = -ENODEV;

	if (parse_id(buf, &id) < 2)
		return -EINVAL;
	spin_lock(&drv->dynids.lock);
	list_for_each_entry_safe(dyn, next, &drv->dynids.list, node) {
		if (dyn->id.vendor != id.vendor || dyn->id.device != id.device ||
		    (id.subvendor != PCI_ANY_ID && dyn->id.subvendor != id.subvendor) ||
		    (id.subdevice != PCI_ANY_ID && dyn->id.subdevice != id.subdevice) ||
		    (dyn->id.class ^ id.class) & id.class_mask)
			continue;
		list_del(&dyn->node);
		kfree(dyn);
		ret = count;
		break;
	}
	spin_unlock(&drv->dynids.lock);
	return ret;
}

static DRIVER_ATTR_WO(new_id);
static DRIVER_ATTR_WO(remove_id);
static struct attribute *pci_drv_attrs[] = { &driver_attr_new_id.attr,
					     &driver_attr_remove_id.attr, NULL };

static const struct attribute_group pci_drv_group = { .attrs = pci_drv_attrs };
const struct attribute_group *pci_drv_groups[] = { &pci_drv_group, NULL };

int __pci_register_driver(struct pci_driver *drv, struct module *owner, const char *mod_name)
{
	struct device_driver *base = &drv->driver;
	int ret = pci_init();

	if (ret)
		return ret;
	INIT_LIST_HEAD(&drv->dynids.list);
	spin_lock_init(&drv->dynids.lock);
	/* What the bus has to say; the rest of @base may be the driver's. */
	base->bus = &pci_bus_type;
	base->name = drv->name;
	base->groups = drv->groups;
	base->dev_groups = drv->dev_groups;
	base->mod_name = mod_name;
	base->owner = owner;
	return driver_register(base);
}

void pci_unregister_driver(struct pci_driver *drv)
{
	struct pci_dynid *dyn, *next;

	driver_unregister(&drv->driver);
	list_for_each_entry_safe(dyn, next, &drv->dynids.list, node) {
		list_del(&dyn->node);
		kfree(dyn);
	}
}

struct pci_driver *pci_dev_driver(const struct pci_dev *dev)
{
	return dev->driver;
}

int device_set_driver_override(struct device *dev, const char *s)
{
	if (dev->bus != &pci_bus_type || !s)
		return -EINVAL;
	return driver_set_override(dev, &to_pci_dev(dev)->driver_override, s, strlen(s));
}
