// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions turned on and off, their regions, power states and vectors, and what each of
 * these calls refuses. And every failure while a function comes.
 */
#include <kapi/warn.h>
#include <linux/err.h>
#include <linux/interrupt.h>

#include "../pci/model/root_port.h"
#include "faults.h"
#include "pci_function.h"

static unsigned int warnings;

static bool count_warning(const struct kapi_warning *warning, void *arg)
{
	warnings++;
	return true;
}

static void test_enable(struct pci_dev *dev)
{
	u16 cmd;

	/* As after a reset; firmware leaves both on. */
	pci_write_config_word(dev, PCI_COMMAND, 0);
	is(pci_enable_device_mem(dev), 0, "enabled for memory");
	pci_read_config_word(dev, PCI_COMMAND, &cmd);
	check((cmd & (PCI_COMMAND_MEMORY | PCI_COMMAND_IO)) == PCI_COMMAND_MEMORY, "and not for ports");
	is(pci_enable_device(dev), 0, "a second time");
	pci_disable_device(dev);
	check(pci_is_enabled(dev), "it takes two to disable");
	pci_disable_device(dev);
	check(!pci_is_enabled(dev), "that was the second");
	warnings = 0;
	pci_disable_device(dev);
	is(warnings, 1, "a third warns");
	atomic_set(&dev->enable_cnt, 0);
	is(pci_enable_device(dev), 0, "enabled for all");
	is(pci_request_region(dev, 1, "none"), 0, "a region that is not there");
	is(pci_request_region(dev, 2, "ports"), 0, "ports");
	is(pci_request_region(dev, 2, "others"), -EBUSY, "once");
	pci_release_region(dev, 1);
	pci_release_region(dev, 2);
	is(pci_request_selected_regions(dev, 5, "both"), 0, "two");
	is(pci_request_selected_regions(dev, 4, "both"), -EBUSY, "of which one is taken");
	pci_release_selected_regions(dev, 5);
	is(pci_request_region(dev, 0, "memory"), 0, "all are free then");
	is(pci_request_selected_regions(dev, 5, "both"), -EBUSY, "the first of two");
	pci_release_region(dev, 0);
	is(pci_request_region(dev, 2, "ports"), 0, "leaves the second free");
	pci_release_region(dev, 2);
}

static void test_power(struct pci_dev *dev)
{
	is(pci_set_power_state(dev, PCI_D1), -EIO, "no D1");
	is(pci_set_power_state(dev, PCI_D2), 0, "D2");
	is(dev->current_state, PCI_D2, "it is");
	is(pci_set_power_state(dev, PCI_D3cold), 0, "as deep as it goes");
	is(dev->current_state, PCI_D3hot, "which is D3hot");
	is(pci_set_power_state(dev, -1), 0, "as high");
	is(dev->current_state, PCI_D0, "which is D0");
	fn.wmask[PM + PCI_PM_CTRL] = 0;
	is(pci_set_power_state(dev, PCI_D2), 0, "a device that does not go there");
	is(dev->current_state, PCI_D0, "stays in D0");
	fn.wmask[PM + PCI_PM_CTRL] = PCI_PM_CTRL_STATE_MASK;
}

static irqreturn_t hit(int irq, void *data)
{
	++*(int *)data;
	return IRQ_HANDLED;
}

static void test_vectors(struct pci_dev *dev)
{
	struct msi_map map, other;
	int hits = 0;

	is(pci_msi_vec_count(dev), 4, "MSI: four messages");
	is(pci_alloc_irq_vectors(dev, 5, 8, PCI_IRQ_MSI), -ENOSPC, "more than there are");
	is(pci_alloc_irq_vectors(dev, 3, 2, PCI_IRQ_ALL_TYPES), -ERANGE, "more at least than at most");
	is(pci_alloc_irq_vectors(dev, 1, 3, PCI_IRQ_MSI), 3, "three of them");
	check(pci_irq_vector(dev, 2) == pci_irq_vector(dev, 0) + 2 && pci_irq_vector(dev, 3) == -EINVAL,
	      "in a row");
	is(pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSIX), -EINVAL, "no MSI-X beside them");
	is(pci_msix_alloc_irq_at(dev, 1, NULL).index, -ENOTSUPP, "none to be added");
	pci_free_irq_vectors(dev);
	is(pci_alloc_irq_vectors(dev, 5, 8, PCI_IRQ_MSIX), -ENOSPC, "MSI-X: four, too");
	is(pci_alloc_irq_vectors(dev, 1, 2, PCI_IRQ_MSIX), 2, "two of them");
	map = pci_msix_alloc_irq_at(dev, MSI_ANY_INDEX, NULL);
	is(map.index, 2, "any one more");
	other = pci_msix_alloc_irq_at(dev, 3, NULL);
	is(pci_msix_alloc_irq_at(dev, MSI_ANY_INDEX, NULL).index, -ENOSPC, "then all are taken");
	is(pci_msix_alloc_irq_at(dev, VECTORS, NULL).index, -ENOSPC, "nor is there one behind them");
	is(request_irq(map.virq, hit, 0, "v", &hits), 0, "a handler");
	pci_set_master(dev);
	kapi_pci_msi(&fn.hw, 2);
	is(hits, 1, "is called");
	free_irq(map.virq, &hits);
	pci_msix_free_irq(dev, map);
	is(pci_irq_vector(dev, 2), -EINVAL, "given back");
	check(pci_irq_vector(dev, 3) == other.virq, "the others stay");
	warnings = 0;
	pci_msix_free_irq(dev, map);
	check(!warnings && pci_irq_vector(dev, 3) == other.virq, "once more does nothing");
	map.index = -1;
	pci_msix_free_irq(dev, map);
	is(warnings, 1, "one that is none warns");
	pci_free_irq_vectors(dev);
	dev->no_msi = 1;
	is(pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI | PCI_IRQ_MSIX), -EINVAL, "none at all if told so");
	dev->no_msi = 0;
	pci_set_power_state(dev, PCI_D3hot);
	is(pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI | PCI_IRQ_MSIX), -EINVAL, "nor while asleep");
	pci_set_power_state(dev, PCI_D0);
	is(pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_INTX), 1, "the pin is one vector");
	is(pci_irq_vector(dev, 0), dev->irq, "its own");
	is(pci_alloc_irq_vectors(dev, 2, 2, PCI_IRQ_INTX), -ENOSPC, "and not two");
}

static struct pci_dev *port;
static struct kapi_pci_fn *swept;

static int op_add(void)
{
	int ret;

	kapi_fail_pause();
	swept = edu_create(false, false);
	kapi_fail_resume();
	ret = kapi_pci_add_fn(swept, port, PCI_DEVFN(5, 0));
	if (ret)
		swept->ops->destroy(swept);
	return ret;
}

static void undo_add(void)
{
	kapi_pci_remove_fn(swept);
}

static int op_port(void)
{
	int ret;

	kapi_fail_pause();
	swept = root_port_create(9, false);
	kapi_fail_resume();
	ret = kapi_pci_add_fn(swept, NULL, PCI_DEVFN(9, 0));
	if (ret)
		swept->ops->destroy(swept);
	return ret;
}

static int op_vectors(void)
{
	int ret = pci_alloc_irq_vectors(machine_dev(3, 1, 0), 2, 4, PCI_IRQ_MSIX);

	return ret < 0 ? ret : 0;
}

static void undo_vectors(void)
{
	pci_free_irq_vectors(machine_dev(3, 1, 0));
}

int main(void)
{
	struct pci_dev *dev;

	machine_init();
	kapi_warn_set_hook(count_warning, NULL);
	port = machine_dev(0, 6, 0);
	dev = make_function(port);
	test_enable(dev);
	test_power(dev);
	test_vectors(dev);
	warnings = 0;
	check(walk_faults("a function", op_add, undo_add, -EINVAL) > 20, "a function needs much");
	check(walk_faults("a port", op_port, undo_add, -EINVAL) > 20, "and so does a port");
	walk_faults("vectors", op_vectors, undo_vectors, -ENOSPC);
	is(warnings, 0, "no warning on the way");
	return tap_done();
}
