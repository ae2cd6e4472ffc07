// SPDX-License-Identifier: GPL-2.0-only
/* Resets: which methods there are, what they do, what comes back. */
#include <pthread.h>

#include "pci_machine.h"

static unsigned int prepares, dones;
static u16 cmd_in_prepare;

static void on_prepare(struct pci_dev *dev)
{
	prepares++;
	pci_read_config_word(dev, PCI_COMMAND, &cmd_in_prepare);
}

static void on_done(struct pci_dev *dev)
{
	dones++;
}

static int bind_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	return 0;
}

static void bind_remove(struct pci_dev *dev)
{
}

static const struct pci_error_handlers handlers = {
	.reset_prepare = on_prepare,
	.reset_done = on_done,
};

static struct pci_driver driver = {
	.name = "reset_test",
	.probe = bind_probe,
	.remove = bind_remove,
	.err_handler = &handlers,
	.driver_managed_dma = true,
};

static bool methods_are(struct pci_dev *dev, const char *want)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset_method", pci_name(dev));
	return !strcmp(machine_text(path), want);
}

static void test_methods(void)
{
	ok(methods_are(machine_dev(1, 0, 0), "bus\n"), "alone behind a port: bus");
	ok(methods_are(machine_dev(0, 3, 0), "error -2"), "on the root bus: none, no attribute");
	ok(methods_are(machine_dev(2, 0, 0), "bus\n"), "first of two: decided before the second");
	ok(methods_are(machine_dev(2, 0, 1), "error -2"), "second of two: none");
	is(pci_try_reset_function(machine_dev(0, 3, 0)), -ENOTTY, "no method, no reset");
	is(pci_try_reset_function(machine_dev(2, 0, 0)), -ENOTTY, "not alone when it comes to it");
	is(pci_probe_reset_bus(machine_dev(0, 3, 0)->bus), -ENOTTY, "the root bus has no reset");
	is(pci_probe_reset_bus(machine_dev(2, 0, 0)->bus), 0, "a bus behind a port has");
	is(pci_probe_reset_slot(machine_dev(2, 0, 0)->slot), -ENOTTY, "no slots");
	is(pci_reset_bus(machine_dev(0, 3, 0)), -ENOTTY, "no reset of the root bus");
}

static irqreturn_t nop_handler(int irq, void *data)
{
	++*(unsigned int *)data;
	return IRQ_HANDLED;
}

static void test_function_reset(void)
{
	struct pci_dev *edu = machine_dev(1, 0, 0);
	void __iomem *bar = machine_bar(edu);
	unsigned int irqs = 0;
	u32 bar_before, val;
	u16 cmd, cmd_after;

	pci_read_config_dword(edu, PCI_BASE_ADDRESS_0, &bar_before);
	pci_write_config_byte(edu, PCI_CACHE_LINE_SIZE, 16);
	pci_read_config_word(edu, PCI_COMMAND, &cmd);
	is(pci_alloc_irq_vectors(edu, 1, 1, PCI_IRQ_MSI), 1, "MSI on");
	is(request_irq(pci_irq_vector(edu, 0), nop_handler, 0, "t", &irqs), 0, "request_irq");
	iowrite32(0x1234, bar + EDU_REG_LIVENESS);

	prepares = dones = 0;
	is(pci_try_reset_function(edu), 0, "reset");
	ok(prepares == 1 && dones == 1, "the driver was told before and behind");
	ok(cmd_in_prepare & PCI_COMMAND_MEMORY, "before anything was turned off");
	pci_read_config_dword(edu, PCI_BASE_ADDRESS_0, &val);
	is(val, bar_before, "BAR restored");
	pci_read_config_word(edu, PCI_COMMAND, &cmd_after);
	is(cmd_after, cmd | PCI_COMMAND_INTX_DISABLE, "COMMAND restored");
	pci_read_config_byte(edu, PCI_CACHE_LINE_SIZE, (u8 *)&val);
	is((u8)val, 16, "cache line size restored");
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 1, "MSI restored");
	is(ioread32(bar + EDU_REG_LIVENESS), ~0x1234u, "registers of edu outlive resets");

	/* The bare reset shows what the function is like without restore. */
	pci_dev_lock(edu);
	is(__pci_reset_function_locked(edu), 0, "bare reset");
	pci_dev_unlock(edu);
	pci_read_config_dword(edu, PCI_BASE_ADDRESS_0, &val);
	is(val, 0, "BAR cleared");
	pci_read_config_word(edu, PCI_COMMAND, &cmd_after);
	is(cmd_after, 0, "COMMAND cleared");
	pci_read_config_dword(edu, edu->msi_cap, &val);
	is(val >> 16, 0x80, "MSI off");
	is(ioread32(bar), ~0u, "no answer");
	pci_save_state(edu);
	pci_write_config_dword(edu, PCI_BASE_ADDRESS_0, bar_before);
	free_irq(pci_irq_vector(edu, 0), &irqs);
	pci_free_irq_vectors(edu);
	pci_disable_device(edu);
}

/* Locks belong to threads. */
static void *hold_a_while(void *data)
{
	struct pci_dev *dev = data;

	pci_dev_lock(dev);
	usleep(100000);
	pci_dev_unlock(dev);
	return NULL;
}

static void test_locks(void)
{
	struct pci_dev *f1 = machine_dev(2, 0, 1), *edu = machine_dev(1, 0, 0);
	pthread_t thread;

	pthread_create(&thread, NULL, hold_a_while, edu);
	usleep(30000);
	is(pci_try_reset_function(edu), -EAGAIN, "locked by another: try again");
	pthread_join(thread, NULL);
	is(pci_try_reset_function(edu), 0, "free again");
	pthread_create(&thread, NULL, hold_a_while, f1);
	usleep(30000);
	is(pci_reset_bus(machine_dev(2, 0, 0)), -EAGAIN, "one of the bus is locked");
	pthread_join(thread, NULL);
	is(pci_reset_bus(machine_dev(2, 0, 0)), 0, "all were unlocked again");
}

static void test_bus_reset(void)
{
	struct pci_dev *f0 = machine_dev(2, 0, 0), *f1 = machine_dev(2, 0, 1);
	u32 bar0, bar1, val;

	pci_read_config_dword(f0, PCI_BASE_ADDRESS_0, &bar0);
	pci_read_config_dword(f1, PCI_BASE_ADDRESS_0, &bar1);
	ok(bar0 && bar1 && bar0 != bar1, "both have addresses");
	prepares = dones = 0;
	is(pci_reset_bus(f1), 0, "bus reset");
	ok(prepares == 2 && dones == 2, "both drivers were told");
	pci_read_config_dword(f0, PCI_BASE_ADDRESS_0, &val);
	is(val, bar0, "first restored");
	pci_read_config_dword(f1, PCI_BASE_ADDRESS_0, &val);
	is(val, bar1, "second restored");
	pci_save_state(f0);
	pci_save_state(f1);
	pci_bridge_secondary_bus_reset(f0->bus->self);
	pci_read_config_dword(f0, PCI_BASE_ADDRESS_0, &val);
	is(val, 0, "the bare one resets the first");
	pci_read_config_dword(f1, PCI_BASE_ADDRESS_0, &val);
	is(val, 0, "and the second");
	pci_restore_state(f0);
	pci_restore_state(f1);
	pci_read_config_dword(f1, PCI_BASE_ADDRESS_0, &val);
	is(val, bar1, "restored by hand");
}

static void test_saved_state(void)
{
	struct pci_dev *edu = machine_dev(3, 0, 0);
	struct pci_saved_state *state;
	u8 val;

	edu->state_saved = false;
	ok(!pci_store_saved_state(edu), "nothing saved, nothing to store");
	pci_write_config_byte(edu, PCI_CACHE_LINE_SIZE, 8);
	pci_save_state(edu);
	state = pci_store_saved_state(edu);
	ok(state != NULL, "stored");
	pci_write_config_byte(edu, PCI_CACHE_LINE_SIZE, 4);
	pci_save_state(edu);
	is(pci_load_and_free_saved_state(edu, &state), 0, "loaded");
	ok(!state, "and freed");
	pci_restore_state(edu);
	pci_read_config_byte(edu, PCI_CACHE_LINE_SIZE, &val);
	is(val, 8, "the older state is back");
	pci_write_config_byte(edu, PCI_CACHE_LINE_SIZE, 2);
	pci_restore_state(edu);
	pci_read_config_byte(edu, PCI_CACHE_LINE_SIZE, &val);
	is(val, 2, "a state is restored once");
}

int main(void)
{
	unsigned int i;

	machine_init();
	is(pci_register_driver(&driver), 0, "driver registered");
	is(pci_add_dynid(&driver, 0x1234, 0x11e8, PCI_ANY_ID, PCI_ANY_ID, 0, 0, 0), 0, "id added");
	for (i = 0; i < 2; i++)
		ok(machine_dev(2, 0, i)->driver == &driver, "function %u bound", i);
	test_methods();
	test_function_reset();
	test_bus_reset();
	test_locks();
	test_saved_state();
	pci_unregister_driver(&driver);
	ok(!machine_dev(1, 0, 0)->driver, "unbound");
	return tap_done();
}
