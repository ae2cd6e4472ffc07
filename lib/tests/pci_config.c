// SPDX-License-Identifier: GPL-2.0-only
/* Enumeration, config access, capabilities and BARs. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/wait.h>

#include "pci_machine.h"

static u32 cfg(struct pci_dev *dev, int off)
{
	u32 val;

	pci_read_config_dword(dev, off, &val);
	return val;
}

/* Values read from the same device in QEMU 7.2. */
static void test_edu_header(struct pci_dev *edu)
{
	u16 word;

	is(cfg(edu, 0x00), 0x11e81234, "vendor and device");
	is(cfg(edu, 0x08), 0x00ff0010, "class and revision");
	is(cfg(edu, 0x0c), 0, "header type 0, single function");
	is(cfg(edu, 0x2c), 0x11001af4, "subsystem");
	is(cfg(edu, 0x30), 0, "no ROM");
	is(cfg(edu, 0x34), 0x40, "capability pointer");
	is(cfg(edu, 0x3c) & 0xff00, 0x0100, "INTA");
	is(cfg(edu, 0x40), 0x00800005, "MSI: 64 bit, one message, no mask bits, end of list");
	is(cfg(edu, 0x100), ~0u, "no extended space");
	is(edu->cfg_size, 256, "config size");
	pci_read_config_word(edu, PCI_STATUS, &word);
	is(word, PCI_STATUS_CAP_LIST, "status");
	pci_read_config_word(edu, PCI_COMMAND, &word);
	is(word, 0x103, "command as firmware leaves it");
}

static void write_probe(struct pci_dev *edu, int off, u32 ones, u32 zeros)
{
	u32 old = cfg(edu, off), got_ones, got_zeros;

	pci_write_config_dword(edu, off, ~0u);
	got_ones = cfg(edu, off);
	pci_write_config_dword(edu, off, 0);
	got_zeros = cfg(edu, off);
	pci_write_config_dword(edu, off, old);
	ok(got_ones == ones && got_zeros == zeros, "writable bits at %#x: %08x %08x", off,
	   got_ones, got_zeros);
}

static void test_write_masks(struct pci_dev *edu)
{
	write_probe(edu, 0x00, 0x11e81234, 0x11e81234);
	write_probe(edu, 0x04, 0x00100507, 0x00100000);
	write_probe(edu, 0x08, 0x00ff0010, 0x00ff0010);
	write_probe(edu, 0x0c, 0x000000ff, 0);
	write_probe(edu, 0x10, 0xfff00000, 0);
	write_probe(edu, 0x14, 0, 0);
	write_probe(edu, 0x3c, 0x000001ff, 0x00000100);
	write_probe(edu, 0x40, 0x00810005, 0x00800005);
	write_probe(edu, 0x44, 0xfffffffc, 0);
	write_probe(edu, 0x48, 0xffffffff, 0);
	write_probe(edu, 0x4c, 0xffffffff, 0);
	write_probe(edu, 0xfc, 0xffffffff, 0);
	/* More messages than there are: kept while off, cut when turned on. */
	pci_write_config_word(edu, 0x42, 0x70);
	is(cfg(edu, 0x40) >> 16, 0xf0, "MSI size is kept while MSI is off");
	pci_write_config_word(edu, 0x42, 0x71);
	is(cfg(edu, 0x40) >> 16, 0x81, "and cut to what there is when it is on");
	pci_write_config_word(edu, 0x42, 0);
}

static void test_access_errors(struct pci_dev *edu)
{
	u32 dword;
	u16 word;
	u8 byte;

	is(pci_read_config_word(edu, 1, &word), PCIBIOS_BAD_REGISTER_NUMBER, "odd word");
	is(pci_read_config_dword(edu, 2, &dword), PCIBIOS_BAD_REGISTER_NUMBER, "dword at 2");
	is(pci_write_config_dword(edu, 6, 0), PCIBIOS_BAD_REGISTER_NUMBER, "write at 6");
	is(pci_user_read_config_word(edu, 1, &word), -EINVAL, "user: odd word");
	is(pci_user_read_config_byte(edu, 0, &byte), 0, "user: byte");
	is(byte, 0x34, "user: value");
	is(pci_read_config_dword(edu, 4096, &dword), -EINVAL, "beyond config space");
	is(dword, ~0u, "reads all ones");
	is(pcibios_err_to_errno(PCIBIOS_BAD_REGISTER_NUMBER), -EFAULT, "errno of an error");
	edu->error_state = pci_channel_io_perm_failure;
	is(pci_read_config_byte(edu, 0, &byte), PCIBIOS_DEVICE_NOT_FOUND, "disconnected");
	edu->error_state = pci_channel_io_normal;
}

static void *user_access(void *data)
{
	u32 val;

	pci_user_read_config_dword(data, 0, &val);
	return (void *)(unsigned long)val;
}

static void test_cfg_lock(struct pci_dev *edu)
{
	pthread_t thread;
	void *val;

	pci_cfg_access_lock(edu);
	ok(!pci_cfg_access_trylock(edu), "config access lock is exclusive");
	pthread_create(&thread, NULL, user_access, edu);
	usleep(20000);
	ok(pthread_tryjoin_np(thread, &val) != 0, "user access waits");
	is(cfg(edu, 0), 0x11e81234, "kernel access does not");
	pci_cfg_access_unlock(edu);
	pthread_join(thread, &val);
	is((unsigned long)val, 0x11e81234, "user access goes on");
}

static void test_topology(void)
{
	struct pci_dev *port = machine_dev(0, 4, 0), *main_dev = machine_dev(1, 0, 0);
	struct pci_dev *f0 = machine_dev(2, 0, 0), *f1 = machine_dev(2, 0, 1), *dev = NULL;
	unsigned int n = 0;

	ok(!strcmp(vfio_model_bdfs(), "0000:00:03.0 0000:01:00.0 0000:02:00.0 0000:02:00.1 "
		   "0000:03:00.0"), "devices: %s", vfio_model_bdfs());
	is(vfio_model_init("/nonexistent"), 0, "the machine is built once");
	ok(main_dev->bus->self == port && port->subordinate == main_dev->bus, "behind its port");
	ok(pci_upstream_bridge(main_dev) == port && !pci_upstream_bridge(port), "upstream");
	ok(pci_is_root_bus(port->bus) && !pci_is_root_bus(main_dev->bus), "root bus");
	ok(!strcmp(pci_name(f1), "0000:02:00.1"), "name %s", pci_name(f1));
	ok(f0->multifunction && f1->multifunction && !main_dev->multifunction, "multifunction");
	is(cfg(f0, 0x0c), 0x00800000, "function 0 says so in its header");
	is(cfg(f1, 0x0c), 0, "the others do not");
	is(pci_pcie_type(port), PCI_EXP_TYPE_ROOT_PORT, "root port");
	is(port->cfg_size, 4096, "with extended config space");
	ok(pci_find_ext_capability(port, PCI_EXT_CAP_ID_ACS) &&
	   !pci_find_ext_capability(port, PCI_EXT_CAP_ID_SRIOV), "and ACS");
	ok(!pci_is_pcie(f0) && !pci_find_ext_capability(f0, PCI_EXT_CAP_ID_ACS), "edu is PCI");
	is(pci_find_capability(f0, PCI_CAP_ID_MSI), 0x40, "edu has MSI");
	is(pci_find_capability(f0, PCI_CAP_ID_PM), 0, "and no PM");
	is(cfg(port, PCI_PRIMARY_BUS) & 0xffffff, 0x010100, "bus numbers");
	is(pci_bus_max_busnr(port->bus), 3, "highest bus");
	is(pci_bus_max_busnr(port->subordinate), 1, "highest bus below a port");
	ok(!pci_get_domain_bus_and_slot(0, 1, PCI_DEVFN(1, 0)), "nothing there");
	while ((dev = pci_get_device(0x1234, PCI_ANY_ID, dev)))
		n++;
	is(n, 5, "found by vendor");
	for (n = 0, dev = NULL; (dev = pci_get_class(PCI_CLASS_BRIDGE_PCI_NORMAL, dev)); )
		n++;
	is(n, 3, "found by class");
}

static void test_bars(struct pci_dev *edu, struct pci_dev *port)
{
	u64 start = pci_resource_start(edu, 0);
	void __iomem *bar;

	is(pci_resource_len(edu, 0), 0x100000, "BAR 0: 1 MiB");
	is(pci_resource_flags(edu, 0), IORESOURCE_MEM | IORESOURCE_SIZEALIGN, "memory");
	is(pci_resource_len(edu, 1), 0, "no BAR 1");
	is(cfg(edu, PCI_BASE_ADDRESS_0), start, "programmed");
	ok(start >= port->resource[PCI_BRIDGE_MEM_WINDOW].start &&
	   pci_resource_end(edu, 0) <= port->resource[PCI_BRIDGE_MEM_WINDOW].end,
	   "inside the window of its port");
	is((cfg(port, PCI_MEMORY_BASE) & 0xfff0) << 16,
	   port->resource[PCI_BRIDGE_MEM_WINDOW].start, "which the port decodes");

	is(pci_request_selected_regions(edu, 1, "a"), 0, "claimed");
	is(pci_request_selected_regions(edu, 1, "b"), -EBUSY, "by one only");
	pci_release_selected_regions(edu, 1);
	is(pci_request_regions(edu, "b"), 0, "free again");
	pci_release_regions(edu);

	ok(!pci_iomap(edu, 1, 0), "no mapping of a BAR that is not there");
	bar = machine_bar(edu);
	is(ioread32(bar), EDU_ID, "id register");
	pci_write_config_word(edu, PCI_COMMAND, 0);
	is(ioread32(bar), ~0u, "memory decoding off: all ones");
	pci_write_config_word(edu, PCI_COMMAND, PCI_COMMAND_MEMORY);
	pci_write_config_dword(edu, PCI_BASE_ADDRESS_0, start + 0x100000);
	is(ioread32(bar), ~0u, "BAR moved away: all ones");
	pci_write_config_dword(edu, PCI_BASE_ADDRESS_0, start);
	pci_write_config_word(port, PCI_COMMAND, PCI_COMMAND_MASTER);
	is(ioread32(bar), ~0u, "port does not forward: all ones");
	pci_write_config_word(port, PCI_COMMAND, PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY);
	is(ioread32(bar), EDU_ID, "all back");
	ok(!pci_map_rom(edu, &(size_t) { 0 }), "no ROM");
	is(pci_read_vpd(edu, 0, 4, &start), -ENODEV, "no VPD");
	pci_iounmap(edu, bar);
	pci_disable_device(edu);
}

static void bad_topology(const char *text, const char *what)
{
	char *name = machine_file(text);
	char cmd[512];

	/* A machine is built once per process: let another one try. */
	snprintf(cmd, sizeof(cmd), "PCI_CONFIG_TRY=%s /proc/%d/exe 2>/dev/null", name, getpid());
	is(WEXITSTATUS(system(cmd)), EINVAL, "%s", what);
	unlink(name);
	free(name);
}

int main(void)
{
	const char *try = getenv("PCI_CONFIG_TRY");

	if (try) {
		kapi_init();
		return -vfio_model_init(try);
	}
	machine_init();
	test_topology();
	test_edu_header(machine_dev(0, 3, 0));
	test_edu_header(machine_dev(1, 0, 0));
	test_write_masks(machine_dev(3, 0, 0));
	test_access_errors(machine_dev(1, 0, 0));
	test_cfg_lock(machine_dev(1, 0, 0));
	test_bars(machine_dev(1, 0, 0), machine_dev(0, 4, 0));
	bad_topology("edu 20.0\n", "slot out of range");
	bad_topology("edu 3.0 driver=\n", "empty driver");
	bad_topology("port\n", "port without slot");
	bad_topology("edu 3.0 driver=x y\n", "too many words");
	bad_topology("iommu smmu\n", "unknown IOMMU");
	bad_topology("virtio 1.0\n", "unknown statement");
	bad_topology("nvme 0.0 vfs=9\n", "more VFs than a PF can have");
	bad_topology("nvme 0.0 acs\n", "a word that edu has");
	return tap_done();
}
