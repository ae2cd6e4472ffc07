// SPDX-License-Identifier: GPL-2.0-only
/* Turning functions on, and who uses which BAR. */
#include "pci_internal.h"

static void set_master(struct pci_dev *dev, bool enable)
{
	u16 old, cmd;

	pci_read_config_word(dev, PCI_COMMAND, &old);
	cmd = enable ? old | PCI_COMMAND_MASTER : old & ~PCI_COMMAND_MASTER;
	if (cmd != old)
		pci_write_config_word(dev, PCI_COMMAND, cmd);
	dev->is_busmaster = enable;
}

void pci_set_master(struct pci_dev *dev)
{
	set_master(dev, true);
}

void pci_clear_master(struct pci_dev *dev)
{
	set_master(dev, false);
}

static int enable_function(struct pci_dev *dev, int bars)
{
	u16 cmd;
	int ret;

	ret = pci_set_power_state(dev, PCI_D0);
	if (ret < 0 && ret != -EIO)
		return ret;
	ret = pci_enable_resources(dev, bars);
	if (ret)
		return ret;
	if (dev->msi_enabled || dev->msix_enabled || !dev->pin)
		return 0;
	dev->irq = dev->intx_irq;
	pci_read_config_word(dev, PCI_COMMAND, &cmd);
	if (cmd & PCI_COMMAND_INTX_DISABLE)
		pci_write_config_word(dev, PCI_COMMAND, cmd & ~PCI_COMMAND_INTX_DISABLE);
	return 0;
}

static void enable_bridge(struct pci_dev *dev)
{
	struct pci_dev *up = pci_upstream_bridge(dev);
	int ret;

	if (up)
		enable_bridge(up);
	if (!pci_is_enabled(dev)) {
		ret = pci_enable_device(dev);
		if (ret)
			pci_err(dev, "Error enabling bridge (%d), continuing\n", ret);
	}
	if (!dev->is_busmaster)
		pci_set_master(dev);
}

/* What has resources of a kind in @flags decodes, and so does all above it. */
static int enable_device(struct pci_dev *dev, unsigned long flags)
{
	struct pci_dev *above = pci_upstream_bridge(dev);
	int i, ret, mask = 0;

	pci_update_current_state(dev, READ_ONCE(dev->current_state));
	if (atomic_inc_return(&dev->enable_cnt) != 1)
		return 0;

	if (above)
		enable_bridge(above);
	for (i = 0; i < PCI_NUM_RESOURCES; i++)
		/* VFs are turned on by themselves. */
		if (i < PCI_IOV_RESOURCES || i > PCI_IOV_RESOURCE_END)
			mask |= dev->resource[i].flags & flags ? 1 << i : 0;
	ret = enable_function(dev, mask);
	if (ret < 0)
		atomic_dec(&dev->enable_cnt);
	return ret;
}

int pci_enable_device(struct pci_dev *dev)
{
	return enable_device(dev, IORESOURCE_MEM | IORESOURCE_IO);
}

int pci_enable_device_mem(struct pci_dev *dev)
{
	return enable_device(dev, IORESOURCE_MEM);
}

void pci_disable_device(struct pci_dev *dev)
{
	WARN_ONCE(atomic_read(&dev->enable_cnt) <= 0, "%s: disabling already-disabled device",
		  pci_name(dev));
	if (atomic_dec_return(&dev->enable_cnt))
		return;
	pci_clear_master(dev);
}

int pci_request_region(struct pci_dev *dev, int bar, const char *name)
{
	struct resource *res = &dev->resource[bar], *root;

	if (!pci_resource_len(dev, bar))
		return 0;
	if (res->flags & IORESOURCE_IO)
		root = &ioport_resource;
	else if (res->flags & IORESOURCE_MEM)
		root = &iomem_resource;
	else
		return 0;
	if (__request_region(root, res->start, resource_size(res), name, 0))
		return 0;
	pci_warn(dev, "BAR %d: can't reserve [%016llx-%016llx]\n", bar,
		 (unsigned long long)res->start, (unsigned long long)res->end);
	return -EBUSY;
}

void pci_release_region(struct pci_dev *dev, int bar)
{
	struct resource *res = &dev->resource[bar];

	if (!pci_resource_len(dev, bar))
		return;
	if (res->flags & IORESOURCE_IO)
		__release_region(&ioport_resource, res->start, resource_size(res));
	else if (res->flags & IORESOURCE_MEM)
		__release_region(&iomem_resource, res->start, resource_size(res));
}

void pci_release_selected_regions(struct pci_dev *dev, int bars)
{
	int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (bars & 1 << i)
			pci_release_region(dev, i);
}

int pci_request_selected_regions(struct pci_dev *dev, int bars, const char *name)
{
	int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (bars & 1 << i && pci_request_region(dev, i, name)) {
			pci_release_selected_regions(dev, bars & ((1 << i) - 1));
			return -EBUSY;
		}
	return 0;
}

int pci_request_regions(struct pci_dev *dev, const char *name)
{
	return pci_request_selected_regions(dev, (1 << PCI_STD_NUM_BARS) - 1, name);
}

void pci_release_regions(struct pci_dev *dev)
{
	pci_release_selected_regions(dev, (1 << PCI_STD_NUM_BARS) - 1);
}
