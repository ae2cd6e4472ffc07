// SPDX-License-Identifier: GPL-2.0-only
/*
 * A PCI Express endpoint with what the edu device lacks: PM, FLR, MSI-X, a
 * 64-bit BAR, ports, a ROM and VPD. And functions that come and go.
 */
#include <linux/iommu.h>
#include <linux/pm_runtime.h>

#include "../pci/model/pci_fn.h"
#include "../pci/model/root_port.h"
#include "pci_machine.h"

#define EP_PM		0x40
#define EP_MSIX		0x50
#define EP_VPD		0x60
#define EP_EXP		0x70
#define EP_VECTORS	3
#define EP_TABLE	0x800
#define EP_ROM_SIZE	0x8000

struct endpoint {
	struct pci_fn fn;
	u32 table[EP_VECTORS * 4];
	u32 vpd[4];
	unsigned int resets;
	u32 scratch;
};

static struct endpoint ep;
static bool destroyed;

/* MSI-X table in BAR 0, one register in the ports of BAR 2, an image in the ROM. */
static u64 ep_read(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width)
{
	static const u8 rom[0x40] = {
		[0] = 0x55, 0xaa, [0x18] = 0x1c, [0x1c] = 'P', 'C', 'I', 'R',
		[0x1c + 0x10] = 4, [0x1c + 0x15] = 0x80,
	};
	u64 val = 0;

	if (bar == 0 && off >= EP_TABLE && off < EP_TABLE + sizeof(ep.table))
		return ep.table[(off - EP_TABLE) / 4];
	if (bar == 2)
		return ep.scratch;
	if (bar == PCI_ROM_RESOURCE && off + width <= sizeof(rom))
		memcpy(&val, rom + off, width);
	return val;
}

static void ep_write(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width, u64 val)
{
	if (bar == 0 && off >= EP_TABLE && off < EP_TABLE + sizeof(ep.table))
		ep.table[(off - EP_TABLE) / 4] = val;
	if (bar == 2)
		ep.scratch = val;
}

static void ep_reset(struct kapi_pci_fn *hw)
{
	pci_fn_reset(&ep.fn);
	pci_fn_set32(&ep.fn, PCI_ROM_ADDRESS, 0);
	pci_fn_set16(&ep.fn, EP_MSIX + PCI_MSIX_FLAGS, EP_VECTORS - 1);
	pci_fn_set16(&ep.fn, EP_PM + PCI_PM_CTRL, 0);
	ep.resets++;
}

static bool covers(unsigned int reg, unsigned int off, unsigned int width)
{
	return off <= reg && reg < off + width;
}

static void ep_written(struct pci_fn *fn, unsigned int off, unsigned int width)
{
	static u16 last_state;
	u16 state = pci_fn_get16(fn, EP_PM + PCI_PM_CTRL) & PCI_PM_CTRL_STATE_MASK;
	u16 addr = pci_fn_get16(fn, EP_VPD + PCI_VPD_ADDR);
	u32 *word = &ep.vpd[(addr & 0xf) / 4];

	if (covers(EP_EXP + PCI_EXP_DEVCTL + 1, off, width) &&
	    pci_fn_get16(fn, EP_EXP + PCI_EXP_DEVCTL) & PCI_EXP_DEVCTL_BCR_FLR)
		ep_reset(&fn->hw);
	if (last_state == PCI_D3hot && state == PCI_D0)
		ep_reset(&fn->hw);
	last_state = state;
	if (!covers(EP_VPD + PCI_VPD_ADDR, off, width))
		return;
	if (addr & PCI_VPD_ADDR_F)
		*word = pci_fn_get32(fn, EP_VPD + PCI_VPD_DATA);
	else
		pci_fn_set32(fn, EP_VPD + PCI_VPD_DATA, *word);
	pci_fn_set16(fn, EP_VPD + PCI_VPD_ADDR, addr ^ PCI_VPD_ADDR_F);
}

static void ep_destroy(struct kapi_pci_fn *hw)
{
	pci_fn_destroy(to_pci_fn(hw));
	destroyed = true;
}

static const struct kapi_pci_hw_ops ep_ops = {
	.cfg_read = pci_fn_cfg_read, .cfg_write = pci_fn_cfg_write,
	.bar_read = ep_read, .bar_write = ep_write,
	.reset = ep_reset, .destroy = ep_destroy,
};

static void ep_init(void)
{
	static const struct pci_fn_id id = {
		.vendor = 0x1b36, .device = 0xbeef, .class = 0x088000,
	};
	struct pci_fn *fn = &ep.fn;

	pci_fn_init(fn, &ep_ops, PCI_HEADER_TYPE_NORMAL, PCI_CFG_SPACE_EXP_SIZE, &id);
	pci_fn_add_bar(fn, 0, 0x1000);
	fn->config[PCI_BASE_ADDRESS_0] = PCI_BASE_ADDRESS_MEM_TYPE_64 |
					 PCI_BASE_ADDRESS_MEM_PREFETCH;
	memset(fn->wmask + PCI_BASE_ADDRESS_1, 0xff, 4);
	pci_fn_add_bar(fn, 2, 0x20);
	fn->config[PCI_BASE_ADDRESS_2] = PCI_BASE_ADDRESS_SPACE_IO;
	*(u32 *)(fn->wmask + PCI_ROM_ADDRESS) = ~(EP_ROM_SIZE - 1) | PCI_ROM_ADDRESS_ENABLE;

	pci_fn_add_cap(fn, PCI_CAP_ID_PM, EP_PM, 8);
	pci_fn_set16(fn, EP_PM + PCI_PM_PMC, 3 | PCI_PM_CAP_D1);
	fn->wmask[EP_PM + PCI_PM_CTRL] = PCI_PM_CTRL_STATE_MASK;
	pci_fn_add_cap(fn, PCI_CAP_ID_MSIX, EP_MSIX, 12);
	pci_fn_set16(fn, EP_MSIX + PCI_MSIX_FLAGS, EP_VECTORS - 1);
	fn->wmask[EP_MSIX + PCI_MSIX_FLAGS + 1] = 0xc0;
	pci_fn_set32(fn, EP_MSIX + PCI_MSIX_TABLE, EP_TABLE);
	pci_fn_add_cap(fn, PCI_CAP_ID_VPD, EP_VPD, 8);
	memset(fn->wmask + EP_VPD + 2, 0xff, 6);
	pci_fn_add_cap(fn, PCI_CAP_ID_EXP, EP_EXP, 0x3c);
	pci_fn_set16(fn, EP_EXP + PCI_EXP_FLAGS, 2);
	pci_fn_set32(fn, EP_EXP + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_FLR);
	fn->wmask[EP_EXP + PCI_EXP_DEVCTL] = 0xff;
	fn->wmask[EP_EXP + PCI_EXP_DEVCTL + 1] = 0xff;
	fn->config_written = ep_written;
}

static void test_bars(struct pci_dev *dev)
{
	size_t size = 0;
	void __iomem *io;

	is(dev->cfg_size, 4096, "extended config space");
	is(pci_pcie_type(dev), PCI_EXP_TYPE_ENDPOINT, "endpoint");
	is(pci_resource_len(dev, 0), 0x1000, "BAR 0");
	ok(pci_resource_start(dev, 0) >= 1ull << 32, "64-bit prefetchable memory is above 4 GiB");
	ok(pci_resource_flags(dev, 0) & IORESOURCE_MEM_64 && !pci_resource_len(dev, 1),
	   "and takes two registers");
	ok(pci_resource_flags(dev, 2) & IORESOURCE_IO && pci_resource_len(dev, 2) == 0x20, "ports");
	is(pci_enable_device(dev), 0, "enabled");
	io = pci_iomap(dev, 2, 0);
	iowrite32(0xcafe, io);
	is(ioread32(io), 0xcafe, "port access");
	io = pci_map_rom(dev, &size);
	ok(io && size == 0x800, "ROM: %zu bytes of images", size);
	is(readw(io), 0xaa55, "signature");
	pci_unmap_rom(dev, io);
	is(readw(io), 0xffff, "unmapped: no answer");
}

static void test_vpd(struct pci_dev *dev)
{
	u8 buf[12];

	is(pci_write_vpd(dev, 4, 8, "abcdefgh"), 8, "VPD written");
	is(pci_read_vpd(dev, 5, 6, buf), 6, "read at an odd place");
	ok(!memcmp(buf, "bcdefg", 6), "the right bytes");
	is(pci_write_vpd(dev, 2, 4, buf), -EINVAL, "writes are aligned");
	is(pci_read_vpd(dev, 0x8000, 4, buf), 0, "nothing behind its end");
	is(pci_read_vpd(dev, -1, 4, buf), -EINVAL, "nor before");
}

static irqreturn_t count(int irq, void *data)
{
	++*(unsigned int *)data;
	return IRQ_HANDLED;
}

static void test_msix(struct pci_dev *dev)
{
	unsigned int hits[EP_VECTORS] = { };
	struct msi_map map;
	int i;

	pci_set_master(dev);
	is(pci_msix_vec_count(dev), EP_VECTORS, "vectors");
	is(pci_alloc_irq_vectors(dev, 1, 2, PCI_IRQ_MSIX), 2, "two of them");
	ok(pci_irq_vector(dev, 1) > 0 && pci_irq_vector(dev, 2) == -EINVAL, "two have numbers");
	is(pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI), -EINVAL, "no MSI beside MSI-X");
	map = pci_msix_alloc_irq_at(dev, 1, NULL);
	is(map.index, -EBUSY, "second is taken");
	map = pci_msix_alloc_irq_at(dev, 2, NULL);
	ok(map.index == 2 && map.virq == pci_irq_vector(dev, 2), "third added later");
	for (i = 0; i < EP_VECTORS; i++)
		is(request_irq(pci_irq_vector(dev, i), count, 0, "t", &hits[i]), 0, "irq %d", i);
	kapi_pci_msi(&ep.fn.hw, 0);
	kapi_pci_msi(&ep.fn.hw, 2);
	kapi_pci_msi(&ep.fn.hw, 2);
	kapi_pci_msi(&ep.fn.hw, EP_VECTORS);
	ok(hits[0] == 1 && !hits[1] && hits[2] == 2, "each to its handler");
	ep.table[3] = 1;
	kapi_pci_msi(&ep.fn.hw, 0);
	is(hits[0], 1, "masked in the table");
	is(pci_try_reset_function(dev), 0, "reset");
	kapi_pci_msi(&ep.fn.hw, 0);
	is(hits[0], 2, "the table is written again behind a reset");
	for (i = 0; i < EP_VECTORS; i++)
		free_irq(pci_irq_vector(dev, i), &hits[i]);
	pci_free_irq_vectors(dev);
	is(pci_irq_vector(dev, 1), -EINVAL, "no vectors left");
	ok(!(pci_fn_get16(&ep.fn, EP_MSIX + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_ENABLE), "MSI-X off");
}

static void test_power_and_reset(struct pci_dev *dev)
{
	unsigned int before = ep.resets;
	void __iomem *io = pci_iomap(dev, 2, 0);

	ok(!strcmp(machine_text("/sys/bus/pci/devices/0000:03:01.0/reset_method"), "flr pm\n"),
	   "methods: %s", machine_text("/sys/bus/pci/devices/0000:03:01.0/reset_method"));
	is(machine_attr("/sys/bus/pci/devices/0000:03:01.0/reset_method", "bus", 0, 3, true),
	   -EINVAL, "bus is none of them");
	is(pci_try_reset_function(dev), 0, "reset by FLR");
	is(ep.resets, before + 1, "once");
	is(machine_attr("/sys/bus/pci/devices/0000:03:01.0/reset_method", "pm\n", 0, 3, true), 3,
	   "choose PM");
	is(machine_attr("/sys/bus/pci/devices/0000:03:01.0/reset", "1", 0, 1, true), 1, "reset");
	is(ep.resets, before + 2, "by PM");
	is(ioread32(io), 0xcafe, "enabled again");

	is(pci_set_power_state(dev, PCI_D2), -EIO, "no D2");
	is(pci_set_power_state(dev, PCI_D3hot), 0, "D3hot");
	is(ioread32(io), ~0u, "no answer");
	is(pci_set_power_state(dev, PCI_D1), -EINVAL, "not up to D1");
	pci_save_state(dev);
	is(pci_set_power_state(dev, PCI_D0), 0, "D0");
	is(ep.resets, before + 3, "which resets it");
	is(ioread32(io), ~0u, "configuration lost");
	pci_restore_state(dev);
	is(ioread32(io), 0xcafe, "and restored");
}

static void test_removal(struct pci_dev *dev)
{
	struct iommu_group *group = iommu_group_get(&dev->dev);
	struct kapi_pci_fn *port = root_port_create(9, false), *edu = edu_create(false, false);
	char path[64];

	snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%d/type", iommu_group_id(group));
	ok(!strcmp(machine_text(path), "DMA\n"), "its group");
	iommu_group_put(group);
	is(kapi_pci_add_fn(&ep.fn.hw, NULL, PCI_DEVFN(3, 0)), -EEXIST, "address taken");
	pci_dev_put(dev);
	kapi_pci_remove_fn(&ep.fn.hw);
	ok(destroyed, "removed and destroyed");
	ok(!strcmp(machine_text("/sys/bus/pci/devices/0000:03:01.0/vendor"), "error -2"),
	   "no node");
	ok(!strcmp(machine_text(path), "error -2"), "no group");
	is(kapi_pci_add_fn(port, NULL, PCI_DEVFN(9, 0)), 0, "a port comes");
	is(kapi_pci_add_fn(edu, port->pdev, 0), 0, "with a device");
	ok(!strcmp(machine_text("/sys/bus/pci/devices/0000:04:00.0/vendor"), "0x1234\n"), "bus 4");
	kapi_pci_remove_fn(port);
	ok(!strcmp(machine_text("/sys/bus/pci/devices/0000:04:00.0/vendor"), "error -2"),
	   "both go together");
	is(pci_bus_max_busnr(machine_dev(0, 3, 0)->bus), 3, "and the bus");
}

int main(void)
{
	struct pci_dev *dev;

	machine_init();
	ep_init();
	is(kapi_pci_add_fn(&ep.fn.hw, machine_dev(0, 6, 0), PCI_DEVFN(1, 0)), 0, "endpoint added");
	dev = machine_dev(3, 1, 0);
	test_bars(dev);
	test_vpd(dev);
	test_power_and_reset(dev);
	test_msix(dev);
	pci_disable_device(dev);
	test_removal(dev);
	return tap_done();
}
