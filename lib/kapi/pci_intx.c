// SPDX-License-Identifier: GPL-2.0-only
/*
 * Legacy interrupts: from INTA# of a function over the bridges to a line of
 * the interrupt controller, gated by COMMAND.INTX_DISABLE.
 */
#include <kapi/irq.h>
#include <linux/spinlock.h>

#include "pci_internal.h"

/* The four lines that the slots of the root bus rotate over. */
#define PCI_FIRST_LINE	20

/* intx_level and intx_routed of all functions; innermost but for the interrupt layer. */
static DEFINE_SPINLOCK(intx_lock);

unsigned int pci_intx_line(struct pci_dev *dev, u8 pin)
{
	/* Every bridge passes the pins on rotated by the slot behind it. */
	while (!pci_is_root_bus(dev->bus)) {
		pin = (pin - 1 + PCI_SLOT(dev->devfn)) % 4 + 1;
		dev = dev->bus->self;
	}
	return PCI_FIRST_LINE + (pin - 1 + PCI_SLOT(dev->devfn)) % 4;
}

void pci_intx_init(struct pci_dev *dev)
{
	pci_read_config_byte(dev, PCI_INTERRUPT_PIN, &dev->pin);
	if (dev->pin < 1 || dev->pin > 4)
		return;
	dev->intx_irq = pci_intx_line(dev, dev->pin);
	WARN_ON(kapi_irq_add_line(dev->intx_irq));
	/*
	 * What firmware leaves there: a number of the old controller. It is what
	 * shows as the function's irq until it is enabled for the first time.
	 */
	dev->irq = dev->intx_irq % 4 < 2 ? 10 : 11;
	pci_write_config_byte(dev, PCI_INTERRUPT_LINE, dev->irq);
}

/* @disabled: INTX_DISABLE as it is now. */
static void route(struct pci_dev *dev, bool disabled)
{
	bool on = dev->intx_level && !disabled && dev->intx_irq;

	if (on == dev->intx_routed)
		return;
	dev->intx_routed = on;
	kapi_irq_line(dev->intx_irq, on ? 1 : -1);
}

static bool intx_disabled(struct pci_dev *dev)
{
	return pci_hw_read(dev, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE;
}

void pci_intx_update(struct pci_dev *dev)
{
	/* Read before the lock is taken: the model's lock comes first in the order. */
	bool disabled = intx_disabled(dev);
	unsigned long flags;

	spin_lock_irqsave(&intx_lock, flags);
	route(dev, disabled);
	spin_unlock_irqrestore(&intx_lock, flags);
}

void kapi_pci_set_intx(struct kapi_pci_fn *fn, bool asserted)
{
	struct pci_dev *dev = READ_ONCE(fn->pdev);
	unsigned long flags;
	bool disabled;

	if (!dev)
		return;
	disabled = intx_disabled(dev);
	spin_lock_irqsave(&intx_lock, flags);
	dev->intx_level = asserted;
	route(dev, disabled);
	spin_unlock_irqrestore(&intx_lock, flags);
}

void pci_intx(struct pci_dev *dev, int enable)
{
	u16 old, new;

	pci_read_config_word(dev, PCI_COMMAND, &old);
	new = enable ? old & ~PCI_COMMAND_INTX_DISABLE : old | PCI_COMMAND_INTX_DISABLE;
	if (new != old)
		pci_write_config_word(dev, PCI_COMMAND, new);
}

bool pci_intx_mask_supported(struct pci_dev *dev)
{
	u16 orig, new;

	if (dev->broken_intx_masking)
		return false;
	pci_read_config_word(dev, PCI_COMMAND, &orig);
	pci_write_config_word(dev, PCI_COMMAND, orig ^ PCI_COMMAND_INTX_DISABLE);
	pci_read_config_word(dev, PCI_COMMAND, &new);
	pci_write_config_word(dev, PCI_COMMAND, orig);
	return (orig ^ new) == PCI_COMMAND_INTX_DISABLE;
}

/* STATUS decides and COMMAND changes in one go, against others that do the same. */
static bool check_and_set_mask(struct pci_dev *dev, bool mask)
{
	u32 dword;
	u16 cmd, new;
	bool pending;

	pci_lock();
	dword = pci_hw_read(dev, PCI_COMMAND, 4);
	pending = dword & (u32)PCI_STATUS_INTERRUPT << 16;
	if (pending == mask) {
		cmd = dword;
		new = mask ? cmd | PCI_COMMAND_INTX_DISABLE : cmd & ~PCI_COMMAND_INTX_DISABLE;
		if (new != cmd) {
			pci_hw_write(dev, PCI_COMMAND, 2, new);
			pci_intx_update(dev);
		}
	}
	pci_unlock();
	return pending == mask;
}

bool pci_check_and_mask_intx(struct pci_dev *dev)
{
	return check_and_set_mask(dev, true);
}

bool pci_check_and_unmask_intx(struct pci_dev *dev)
{
	return check_and_set_mask(dev, false);
}
