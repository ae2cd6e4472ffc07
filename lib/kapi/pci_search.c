// SPDX-License-Identifier: GPL-2.0-only
/* Finding functions. */
#include "pci_internal.h"

static int walk_bus(struct pci_bus *bus, int (*cb)(struct pci_dev *, void *), void *data)
{
	struct pci_dev *dev;
	int ret;

	list_for_each_entry(dev, &bus->devices, bus_list) {
		ret = cb(dev, data);
		if (!ret && dev->subordinate)
			ret = walk_bus(dev->subordinate, cb, data);
		if (ret)
			return ret;
	}
	return 0;
}

void pci_walk_bus(struct pci_bus *top, int (*cb)(struct pci_dev *, void *), void *userdata)
{
	down_read(&pci_bus_sem);
	walk_bus(top, cb, userdata);
	up_read(&pci_bus_sem);
}

struct pci_dev *pci_dev_get(struct pci_dev *dev)
{
	return dev && get_device(&dev->dev) ? dev : NULL;
}

void pci_dev_put(struct pci_dev *dev)
{
	if (dev)
		put_device(&dev->dev);
}

/* The first match behind @from in the order of a walk. */
struct search {
	const struct pci_device_id *id;
	unsigned int bus, devfn;
	bool by_address;
	struct pci_dev *from;
	struct pci_dev *found;
};

static bool matches(struct pci_dev *dev, const struct search *s)
{
	if (s->by_address)
		return dev->bus->number == s->bus && dev->devfn == s->devfn;
	return (s->id->vendor == PCI_ANY_ID || s->id->vendor == dev->vendor) &&
	       (s->id->device == PCI_ANY_ID || s->id->device == dev->device) &&
	       !((s->id->class ^ dev->class) & s->id->class_mask);
}

static int check(struct pci_dev *dev, void *data)
{
	struct search *s = data;

	if (s->from) {
		if (dev == s->from)
			s->from = NULL;
		return 0;
	}
	if (!matches(dev, s))
		return 0;
	s->found = pci_dev_get(dev);
	return 1;
}

static struct pci_dev *search(struct search *s)
{
	struct pci_dev *from = s->from;

	if (pci_root_bus())
		pci_walk_bus(pci_root_bus(), check, s);
	pci_dev_put(from);
	return s->found;
}

struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn)
{
	struct search s = { .by_address = true, .bus = bus, .devfn = devfn };

	return domain ? NULL : search(&s);
}

struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from)
{
	struct pci_device_id id = { .vendor = vendor, .device = device };
	struct search s = { .id = &id, .from = from };

	return search(&s);
}

struct pci_dev *pci_get_class(unsigned int class, struct pci_dev *from)
{
	struct pci_device_id id = { .vendor = PCI_ANY_ID, .device = PCI_ANY_ID,
				    .class = class, .class_mask = ~0u };
	struct search s = { .id = &id, .from = from };

	return search(&s);
}
