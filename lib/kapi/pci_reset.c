// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resets. The hardware here is ready as soon as the write that resets it
 * returns, so the waiting that the kernel does behind each reset is not done.
 */
#include "pci_internal.h"

int pcie_flr(struct pci_dev *dev)
{
	pcie_capability_set_word(dev, PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_BCR_FLR);
	return 0;
}

int pcie_reset_flr(struct pci_dev *dev, bool probe)
{
	if (dev->dev_flags & PCI_DEV_FLAGS_NO_FLR_RESET || !(dev->devcap & PCI_EXP_DEVCAP_FLR))
		return -ENOTTY;
	return probe ? 0 : pcie_flr(dev);
}

static int pci_af_flr(struct pci_dev *dev, bool probe)
{
	const u8 needed = PCI_AF_CAP_FLR | PCI_AF_CAP_TP;
	u8 pos = pci_find_capability(dev, PCI_CAP_ID_AF), has = 0;

	if (pos && !(dev->dev_flags & PCI_DEV_FLAGS_NO_FLR_RESET))
		pci_read_config_byte(dev, pos + PCI_AF_CAP, &has);
	if ((has & needed) != needed)
		return -ENOTTY;
	if (!probe)
		pci_write_config_byte(dev, pos + PCI_AF_CTRL, PCI_AF_CTRL_FLR);
	return 0;
}

/* Does leaving D3hot reset the function? Gives PMCSR, without the state in it. */
static bool resets_from_d3(struct pci_dev *dev, u16 *pmcsr)
{
	if (!dev->pm_cap || (dev->dev_flags & PCI_DEV_FLAGS_NO_PM_RESET))
		return false;
	pci_read_config_word(dev, dev->pm_cap + PCI_PM_CTRL, pmcsr);
	*pmcsr &= ~PCI_PM_CTRL_STATE_MASK;
	return !(*pmcsr & PCI_PM_CTRL_NO_SOFT_RESET);
}

static int pci_pm_reset(struct pci_dev *dev, bool probe)
{
	int reg = dev->pm_cap + PCI_PM_CTRL;
	u16 pmcsr;

	if (!resets_from_d3(dev, &pmcsr))
		return -ENOTTY;
	if (!probe) {
		if (READ_ONCE(dev->current_state) != PCI_D0)
			return -EINVAL;
		pci_write_config_word(dev, reg, pmcsr | PCI_D3hot);
		pci_write_config_word(dev, reg, pmcsr | PCI_D0);
	}
	return 0;
}

int pci_bridge_secondary_bus_reset(struct pci_dev *dev)
{
	u16 ctrl;

	pci_read_config_word(dev, PCI_BRIDGE_CONTROL, &ctrl);
	pci_write_config_word(dev, PCI_BRIDGE_CONTROL, ctrl | PCI_BRIDGE_CTL_BUS_RESET);
	pci_write_config_word(dev, PCI_BRIDGE_CONTROL, ctrl & ~PCI_BRIDGE_CTL_BUS_RESET);
	return 0;
}

/* Only if nothing else is on the bus; by the slot, if there is one. */
static int pci_parent_bus_reset(struct pci_dev *dev, bool probe)
{
	struct pci_dev *other;
	int ret = pci_dev_reset_slot_function(dev, probe);

	if (ret != -ENOTTY)
		return ret;

	if (pci_is_root_bus(dev->bus) || dev->subordinate || !dev->bus->self ||
	    dev->dev_flags & PCI_DEV_FLAGS_NO_BUS_RESET)
		return -ENOTTY;
	list_for_each_entry(other, &dev->bus->devices, bus_list)
		if (other != dev)
			return -ENOTTY;
	return probe ? 0 : pci_bridge_secondary_bus_reset(dev->bus->self);
}

/* In order of preference. The numbers are those in pci_dev.reset_methods. */
static const struct {
	int (*reset)(struct pci_dev *dev, bool probe);
	const char *name;
} methods[] = {
	{ },
	{ pcie_reset_flr, "flr" },
	{ pci_af_flr, "af_flr" },
	{ pci_pm_reset, "pm" },
	{ pci_parent_bus_reset, "bus" },
};

_Static_assert(ARRAY_SIZE(methods) <= PCI_NUM_RESET_METHODS, "reset_methods ends with a 0");

/*
 * Called before the function is on the list of its bus, as in the kernel: the
 * first function of a slot gets "bus" here, even if more follow it and the
 * method then fails when it is used.
 */
void pci_init_reset_methods(struct pci_dev *dev)
{
	unsigned int m, n = 0;

	for (m = 1; m < ARRAY_SIZE(methods); m++) {
		int ret = methods[m].reset(dev, PCI_RESET_PROBE);

		if (!ret)
			dev->reset_methods[n++] = m;
		else if (ret != -ENOTTY)
			break;
	}
	dev->reset_methods[n] = 0;
}

bool pci_reset_supported(struct pci_dev *dev)
{
	return dev->reset_methods[0] != 0;
}

ssize_t pci_reset_method_show(struct pci_dev *dev, char *buf)
{
	ssize_t len = 0;
	unsigned int i;

	for (i = 0; i < PCI_NUM_RESET_METHODS && dev->reset_methods[i]; i++)
		len += sysfs_emit_at(buf, len, "%s%s", len ? " " : "",
				     methods[dev->reset_methods[i]].name);
	if (len)
		len += sysfs_emit_at(buf, len, "\n");
	return len;
}

static u8 method_by_name(const char *name, size_t len)
{
	u8 m;

	for (m = 1; m < ARRAY_SIZE(methods); m++)
		if (strlen(methods[m].name) == len && !memcmp(methods[m].name, name, len))
			return m;
	return 0;
}

ssize_t pci_reset_method_store(struct pci_dev *dev, const char *buf, size_t count)
{
	u8 chosen[PCI_NUM_RESET_METHODS] = { 0 };
	const char *end = buf + count;
	unsigned int n = 0;

	if (sysfs_streq(buf, "")) {
		dev->reset_methods[0] = 0;
		pci_warn(dev, "All device reset methods disabled by user\n");
		return count;
	}
	if (sysfs_streq(buf, "default")) {
		pci_init_reset_methods(dev);
		return count;
	}
	while (buf < end) {
		size_t len = strcspn(buf, " \n");
		u8 m;

		if (len > end - buf)
			len = end - buf;
		if (len) {
			m = method_by_name(buf, len);
			if (!m || methods[m].reset(dev, PCI_RESET_PROBE) ||
			    n == PCI_NUM_RESET_METHODS - 1) {
				pci_err(dev, "Invalid or unsupported reset method '%.*s'\n",
					(int)len, buf);
				return -EINVAL;
			}
			chosen[n++] = m;
		}
		buf += len + 1;
	}
	memcpy(dev->reset_methods, chosen, sizeof(chosen));
	return count;
}

static void save_and_disable(struct pci_dev *dev)
{
	const struct pci_error_handlers *err = dev->driver ? dev->driver->err_handler : NULL;

	if (err && err->reset_prepare)
		err->reset_prepare(dev);
	/* PM registers come out of a reset in D0. */
	pci_set_power_state(dev, PCI_D0);
	pci_save_state(dev);
	/* No decoding, no DMA, no messages, no INTx. */
	pci_write_config_word(dev, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE);
}

static void restore(struct pci_dev *dev)
{
	const struct pci_error_handlers *err = dev->driver ? dev->driver->err_handler : NULL;

	pci_restore_state(dev);
	if (err && err->reset_done)
		err->reset_done(dev);
}

int __pci_reset_function_locked(struct pci_dev *dev)
{
	unsigned int i;
	int ret;

	for (i = 0; i < PCI_NUM_RESET_METHODS; i++) {
		u8 m = dev->reset_methods[i];

		if (!m)
			return -ENOTTY;
		ret = methods[m].reset(dev, PCI_RESET_DO_RESET);
		if (ret != -ENOTTY)
			return ret;
	}
	return -ENOTTY;
}

int pci_reset_function_locked(struct pci_dev *dev)
{
	int ret;

	if (!pci_reset_supported(dev))
		return -ENOTTY;
	save_and_disable(dev);
	ret = __pci_reset_function_locked(dev);
	restore(dev);
	return ret;
}

int pci_reset_function(struct pci_dev *dev)
{
	struct pci_dev *bridge = pci_upstream_bridge(dev);
	int ret;

	if (!pci_reset_supported(dev))
		return -ENOTTY;
	if (bridge)
		pci_dev_lock(bridge);
	pci_dev_lock(dev);
	ret = pci_reset_function_locked(dev);
	pci_dev_unlock(dev);
	if (bridge)
		pci_dev_unlock(bridge);
	return ret;
}

int pci_try_reset_function(struct pci_dev *dev)
{
	int ret = -ENOTTY;

	if (pci_reset_supported(dev)) {
		ret = -EAGAIN;
		if (pci_dev_trylock(dev)) {
			ret = pci_reset_function_locked(dev);
			pci_dev_unlock(dev);
		}
	}
	return ret;
}

static bool bus_resettable(struct pci_bus *bus)
{
	struct pci_dev *dev;

	if (bus->self && bus->self->dev_flags & PCI_DEV_FLAGS_NO_BUS_RESET)
		return false;
	list_for_each_entry(dev, &bus->devices, bus_list)
		if (dev->dev_flags & PCI_DEV_FLAGS_NO_BUS_RESET ||
		    (dev->subordinate && !bus_resettable(dev->subordinate)))
			return false;
	return true;
}

int pci_probe_reset_bus(struct pci_bus *bus)
{
	return bus->self && bus_resettable(bus) ? 0 : -ENOTTY;
}

static void bus_unlock(struct pci_bus *bus);

static void bus_unlock_dev(struct pci_dev *dev)
{
	if (dev->subordinate)
		bus_unlock(dev->subordinate);
	else
		pci_dev_unlock(dev);
}

/* The bridge and all below it, children first when undone. */
static void bus_unlock(struct pci_bus *bus)
{
	struct pci_dev *dev;

	list_for_each_entry(dev, &bus->devices, bus_list)
		bus_unlock_dev(dev);
	pci_dev_unlock(bus->self);
}

static bool bus_trylock(struct pci_bus *bus)
{
	struct pci_dev *dev;

	if (!pci_dev_trylock(bus->self))
		return false;
	list_for_each_entry(dev, &bus->devices, bus_list)
		if (dev->subordinate ? !bus_trylock(dev->subordinate) : !pci_dev_trylock(dev))
			goto undo;
	return true;
undo:
	list_for_each_entry_continue_reverse(dev, &bus->devices, bus_list)
		bus_unlock_dev(dev);
	pci_dev_unlock(bus->self);
	return false;
}

static void bus_for_each_dev_locked(struct pci_bus *bus, void (*fn)(struct pci_dev *dev))
{
	struct pci_dev *dev;

	list_for_each_entry(dev, &bus->devices, bus_list) {
		fn(dev);
		if (dev->subordinate)
			bus_for_each_dev_locked(dev->subordinate, fn);
	}
}

/* The port, and all in the slot, which has the same order among themselves as on a bus. */
static bool slot_trylock(struct pci_slot *slot)
{
	struct pci_dev *dev;

	if (!pci_dev_trylock(slot->bus->self))
		return false;
	list_for_each_entry(dev, &slot->bus->devices, bus_list) {
		if (dev->slot != slot)
			continue;
		if (dev->subordinate ? !bus_trylock(dev->subordinate) : !pci_dev_trylock(dev))
			goto undo;
	}
	return true;
undo:
	list_for_each_entry_continue_reverse(dev, &slot->bus->devices, bus_list)
		if (dev->slot == slot)
			bus_unlock_dev(dev);
	pci_dev_unlock(slot->bus->self);
	return false;
}

static void slot_unlock(struct pci_slot *slot)
{
	struct pci_dev *dev;

	list_for_each_entry(dev, &slot->bus->devices, bus_list)
		if (dev->slot == slot)
			bus_unlock_dev(dev);
	pci_dev_unlock(slot->bus->self);
}

static void slot_for_each_dev_locked(struct pci_slot *slot, void (*fn)(struct pci_dev *dev))
{
	struct pci_dev *dev;

	list_for_each_entry(dev, &slot->bus->devices, bus_list) {
		if (dev->slot != slot)
			continue;
		fn(dev);
		if (dev->subordinate)
			bus_for_each_dev_locked(dev->subordinate, fn);
	}
}

static int reset_slot(struct pci_slot *slot)
{
	int ret;

	if (!slot_trylock(slot))
		return -EAGAIN;
	slot_for_each_dev_locked(slot, save_and_disable);
	ret = pci_hotplug_reset(slot);
	slot_for_each_dev_locked(slot, restore);
	slot_unlock(slot);
	return ret;
}

static int reset_bus(struct pci_bus *bus)
{
	int ret = pci_probe_reset_bus(bus);

	if (ret)
		return ret;
	if (!bus_trylock(bus))
		return -EAGAIN;
	bus_for_each_dev_locked(bus, save_and_disable);
	ret = pci_bridge_secondary_bus_reset(bus->self);
	bus_for_each_dev_locked(bus, restore);
	bus_unlock(bus);
	return ret;
}

/* A slot reset hits fewer, and its controller does not take it for an unplug. */
int pci_reset_bus(struct pci_dev *pdev)
{
	return pci_probe_reset_slot(pdev->slot) ? reset_bus(pdev->bus) : reset_slot(pdev->slot);
}
