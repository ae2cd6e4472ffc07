// SPDX-License-Identifier: GPL-2.0-only
/* Power states through the PM capability, and runtime PM of the bus. */
#include <linux/delay.h>
#include <linux/pm_runtime.h>

#include "pci_internal.h"

static pci_power_t read_state(struct pci_dev *dev)
{
	u16 pmcsr;

	pci_read_config_word(dev, dev->pm_cap + PCI_PM_CTRL, &pmcsr);
	return pmcsr & PCI_PM_CTRL_STATE_MASK;
}

void pci_update_current_state(struct pci_dev *dev, pci_power_t state)
{
	WRITE_ONCE(dev->current_state, dev->pm_cap ? read_state(dev) : state);
}

/* Awake, and staying so until somebody allows the other. */
static void start_runtime_pm(struct device *dev)
{
	pm_runtime_forbid(dev);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
}

void pci_pm_init(struct pci_dev *dev)
{
	u8 cap = pci_find_capability(dev, PCI_CAP_ID_PM);
	u16 can;

	start_runtime_pm(&dev->dev);
	WRITE_ONCE(dev->current_state, PCI_UNKNOWN);
	if (!cap)
		return;

	pci_read_config_word(dev, cap + PCI_PM_PMC, &can);
	if ((can & PCI_PM_CAP_VER_MASK) > 3) {
		pci_err(dev, "power management of version %u is not known\n",
			can & PCI_PM_CAP_VER_MASK);
		return;
	}
	dev->pme_support = (can & PCI_PM_CAP_PME_MASK) >> PCI_PM_CAP_PME_SHIFT;
	dev->d2_support = !!(can & PCI_PM_CAP_D2);
	dev->d1_support = !!(can & PCI_PM_CAP_D1);
	dev->pm_cap = cap;
}

/* 1: came from D3hot and lost its configuration. */
static int power_up(struct pci_dev *dev)
{
	bool lost;
	u16 pmcsr;

	if (!dev->pm_cap) {
		WRITE_ONCE(dev->current_state, PCI_D0);
		return -EIO;
	}
	pci_read_config_word(dev, dev->pm_cap + PCI_PM_CTRL, &pmcsr);
	if (PCI_POSSIBLE_ERROR(pmcsr)) {
		WRITE_ONCE(dev->current_state, PCI_D3cold);
		return -EIO;
	}
	lost = ((pmcsr & PCI_PM_CTRL_STATE_MASK) == PCI_D3hot ||
		dev->current_state >= PCI_D3hot) && !(pmcsr & PCI_PM_CTRL_NO_SOFT_RESET);
	if (pmcsr & PCI_PM_CTRL_STATE_MASK)
		pci_write_config_word(dev, dev->pm_cap + PCI_PM_CTRL, 0);
	WRITE_ONCE(dev->current_state, PCI_D0);
	return lost;
}

/* The BARs are what the kernel itself restores behind a reset by power state. */
static void restore_bars(struct pci_dev *dev)
{
	int i;

	for (i = 0; i <= PCI_ROM_RESOURCE; i++) {
		struct resource *res = &dev->resource[i];
		u32 reg = i == PCI_ROM_RESOURCE ? dev->rom_base_reg : PCI_BASE_ADDRESS_0 + 4 * i;

		if (!res->flags || res->flags & IORESOURCE_UNSET)
			continue;
		pci_write_config_dword(dev, reg, res->start);
		if (res->flags & IORESOURCE_MEM_64)
			pci_write_config_dword(dev, reg + 4, res->start >> 32);
	}
}

static int set_full_power(struct pci_dev *dev)
{
	int ret = power_up(dev);

	if (ret < 0)
		return dev->current_state == PCI_D0 ? 0 : ret;
	if (ret)
		restore_bars(dev);
	return 0;
}

static bool has_low_state(const struct pci_dev *dev, pci_power_t state)
{
	return dev->pm_cap && (state != PCI_D1 || dev->d1_support) &&
	       (state != PCI_D2 || dev->d2_support);
}

static int set_low_power(struct pci_dev *dev, pci_power_t state)
{
	u16 pmcsr;

	/* Only up to D0 from there, not from one low state to a higher one. */
	if (dev->pm_cap && dev->current_state <= PCI_D3cold && dev->current_state > state)
		return -EINVAL;
	if (!has_low_state(dev, state))
		return -EIO;

	pci_read_config_word(dev, dev->pm_cap + PCI_PM_CTRL, &pmcsr);
	if (PCI_POSSIBLE_ERROR(pmcsr)) {
		WRITE_ONCE(dev->current_state, PCI_D3cold);
		return -EIO;
	}
	pci_write_config_word(dev, dev->pm_cap + PCI_PM_CTRL,
			      (pmcsr & ~PCI_PM_CTRL_STATE_MASK) | state);
	WRITE_ONCE(dev->current_state, read_state(dev));
	if (dev->current_state != state)
		pci_info_ratelimited(dev, "did not go to D%d\n", state);
	return 0;
}

int pci_set_power_state(struct pci_dev *dev, pci_power_t state)
{
	/* Nobody can take away the power, so D3cold is as deep as D3hot. */
	if (state > PCI_D3hot)
		state = PCI_D3hot;
	else if (state < PCI_D0)
		state = PCI_D0;
	if (dev->current_state == state)
		return 0;
	return state == PCI_D0 ? set_full_power(dev) : set_low_power(dev, state);
}

static int pci_pm_runtime_suspend(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	const struct dev_pm_ops *pm = dev->driver ? READ_ONCE(dev->driver->pm) : NULL;
	int ret;

	if (!pdev->driver) {
		pci_save_state(pdev);
		return 0;
	}
	pdev->state_saved = false;
	if (pm && pm->runtime_suspend) {
		ret = pm->runtime_suspend(dev);
		if (ret)
			return ret;
		/* The driver chose a state itself. */
		if (!pdev->state_saved && pdev->current_state != PCI_D0 &&
		    pdev->current_state != PCI_UNKNOWN)
			return 0;
	}
	if (!pdev->state_saved) {
		pci_save_state(pdev);
		pci_set_power_state(pdev, pdev->pm_cap ? PCI_D3hot : PCI_D0);
	}
	return 0;
}

static int pci_pm_runtime_resume(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	const struct dev_pm_ops *pm = dev->driver ? READ_ONCE(dev->driver->pm) : NULL;

	pci_update_current_state(pdev, PCI_UNKNOWN);
	if (pdev->current_state != PCI_D0)
		pci_set_power_state(pdev, PCI_D0);
	pci_restore_state(pdev);
	if (!pdev->driver)
		return 0;
	return pm && pm->runtime_resume ? pm->runtime_resume(dev) : 0;
}

static int pci_pm_runtime_idle(struct device *dev)
{
	const struct dev_pm_ops *pm = dev->driver ? READ_ONCE(dev->driver->pm) : NULL;

	if (to_pci_dev(dev)->driver && pm && pm->runtime_idle)
		return pm->runtime_idle(dev);
	return 0;
}

const struct dev_pm_ops pci_dev_pm_ops = {
	.runtime_suspend = pci_pm_runtime_suspend,
	.runtime_resume = pci_pm_runtime_resume,
	.runtime_idle = pci_pm_runtime_idle,
};
