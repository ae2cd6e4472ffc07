// SPDX-License-Identifier: GPL-2.0-only
#include "root_port.h"

#include <linux/errno.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/pci_regs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pci_fn.h"

#define ROOT_PORT_SSVID		0x40
#define ROOT_PORT_EXP		0x54
#define ROOT_PORT_ACS		0x100
#define ROOT_PORT_CHILDREN	8

#define ACS_BITS	(PCI_ACS_SV | PCI_ACS_TB | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF)

struct root_port {
	struct pci_fn fn;
	struct kapi_pci_fn *child[ROOT_PORT_CHILDREN];
	unsigned int children;
	bool in_reset;		/* BUS_RESET as last written */
};

static struct root_port *to_root_port(struct pci_fn *fn)
{
	return container_of(fn, struct root_port, fn);
}

/* No lock of the port is held: functions below look at their port with their own lock held. */
static void reset_children(struct root_port *port)
{
	unsigned int i;

	for (i = 0; i < READ_ONCE(port->children); i++)
		port->child[i]->ops->reset(port->child[i]);
}

static void root_port_cfg_write(struct kapi_pci_fn *hw, unsigned int off, unsigned int width,
				u32 val)
{
	struct root_port *port = to_root_port(to_pci_fn(hw));
	bool reset, edge;

	pci_fn_cfg_write(hw, off, width, val);
	pci_fn_lock(&port->fn);
	reset = pci_fn_get16(&port->fn, PCI_BRIDGE_CONTROL) & PCI_BRIDGE_CTL_BUS_RESET;
	edge = reset && !port->in_reset;
	port->in_reset = reset;
	pci_fn_unlock(&port->fn);
	if (edge)
		reset_children(port);
}

static u64 root_port_bar_read(struct kapi_pci_fn *hw, unsigned int bar, u64 off,
			      unsigned int width)
{
	return ~0ull;
}

static void root_port_bar_write(struct kapi_pci_fn *hw, unsigned int bar, u64 off,
				unsigned int width, u64 val)
{
}

static void root_port_reset(struct kapi_pci_fn *hw)
{
	struct root_port *port = to_root_port(to_pci_fn(hw));

	pci_fn_reset(&port->fn);
	reset_children(port);
}

static void root_port_destroy(struct kapi_pci_fn *hw)
{
	struct root_port *port = to_root_port(to_pci_fn(hw));

	pci_fn_destroy(&port->fn);
	kfree(port);
}

static const struct kapi_pci_hw_ops root_port_ops = {
	.cfg_read = pci_fn_cfg_read,
	.cfg_write = root_port_cfg_write,
	.bar_read = root_port_bar_read,
	.bar_write = root_port_bar_write,
	.reset = root_port_reset,
	.destroy = root_port_destroy,
};

static void root_port_bridge_header(struct pci_fn *fn)
{
	/* Windows: 4 KiB of I/O (32 bits), 1 MiB of memory, 1 MiB of prefetchable (64 bits). */
	pci_fn_set16(fn, PCI_IO_BASE, 0x00f0 | PCI_IO_RANGE_TYPE_32 | PCI_IO_RANGE_TYPE_32 << 8);
	pci_fn_set16(fn, PCI_MEMORY_BASE, 0xfff0);
	pci_fn_set16(fn, PCI_PREF_MEMORY_BASE, 0xfff0 | PCI_PREF_RANGE_TYPE_64);
	pci_fn_set16(fn, PCI_PREF_MEMORY_LIMIT, PCI_PREF_RANGE_TYPE_64);
	memset(fn->wmask + PCI_PRIMARY_BUS, 0xff, 4);
	fn->wmask[PCI_IO_BASE] = fn->wmask[PCI_IO_LIMIT] = 0xf0;
	for (unsigned int off = PCI_MEMORY_BASE; off <= PCI_PREF_MEMORY_LIMIT; off += 2) {
		fn->wmask[off] = 0xf0;
		fn->wmask[off + 1] = 0xff;
	}
	memset(fn->wmask + PCI_PREF_BASE_UPPER32, 0xff, 12);
	fn->wmask[PCI_BRIDGE_CONTROL] = PCI_BRIDGE_CTL_PARITY | PCI_BRIDGE_CTL_SERR |
		PCI_BRIDGE_CTL_ISA | PCI_BRIDGE_CTL_VGA | PCI_BRIDGE_CTL_BUS_RESET;
}

struct kapi_pci_fn *root_port_create(u8 port_number, bool hotplug)
{
	static const struct pci_fn_id id = {
		.vendor = 0x1b36, .device = 0x000c, .class = 0x060400,
	};
	struct root_port *port = kzalloc(sizeof(*port), GFP_KERNEL);
	struct pci_fn *fn;
	u8 pos;

	if (!port)
		return NULL;
	fn = &port->fn;
	pci_fn_init(fn, &root_port_ops, PCI_HEADER_TYPE_BRIDGE, PCI_CFG_SPACE_EXP_SIZE, &id);
	root_port_bridge_header(fn);

	pos = pci_fn_add_cap(fn, PCI_CAP_ID_SSVID, ROOT_PORT_SSVID, 8);
	pci_fn_set32(fn, pos + PCI_SSVID_VENDOR_ID, id.vendor);

	pos = pci_fn_add_cap(fn, PCI_CAP_ID_EXP, ROOT_PORT_EXP, 0x3c);
	pci_fn_set16(fn, pos + PCI_EXP_FLAGS, 2 | PCI_EXP_TYPE_ROOT_PORT << 4);
	pci_fn_set32(fn, pos + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_RBER);
	fn->wmask[pos + PCI_EXP_DEVCTL] = PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |
		PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE;
	pci_fn_set32(fn, pos + PCI_EXP_LNKCAP, PCI_EXP_LNKCAP_SLS_2_5GB | 1 << 4 |
		     PCI_EXP_LNKCAP_DLLLARC | (u32)port_number << 24);
	pci_fn_set16(fn, pos + PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_CLS_2_5GB | PCI_EXP_LNKSTA_NLW_X1 |
		     PCI_EXP_LNKSTA_DLLLA);
	if (hotplug) {
		pci_fn_set16(fn, pos + PCI_EXP_FLAGS,
			     2 | PCI_EXP_TYPE_ROOT_PORT << 4 | PCI_EXP_FLAGS_SLOT);
		/* Its number is that of the port. */
		pci_fn_set32(fn, pos + PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_HPC | PCI_EXP_SLTCAP_HPS |
			     (u32)port_number << 19);
	}
	pci_fn_set32(fn, pos + PCI_EXP_DEVCAP2, PCI_EXP_DEVCAP2_ARI);
	fn->wmask[pos + PCI_EXP_DEVCTL2] = PCI_EXP_DEVCTL2_ARI;

	pci_fn_add_ext_cap(fn, PCI_EXT_CAP_ID_ACS, 1, ROOT_PORT_ACS, 8);
	pci_fn_set16(fn, ROOT_PORT_ACS + PCI_ACS_CAP, ACS_BITS);
	fn->wmask[ROOT_PORT_ACS + PCI_ACS_CTRL] = ACS_BITS;
	return &fn->hw;
}

int root_port_add_child(struct kapi_pci_fn *hw, struct kapi_pci_fn *child)
{
	struct root_port *port = to_root_port(to_pci_fn(hw));
	int ret = -ENOSPC;

	pci_fn_lock(&port->fn);
	if (port->children < ROOT_PORT_CHILDREN) {
		port->child[port->children] = child;
		WRITE_ONCE(port->children, port->children + 1);
		ret = 0;
	}
	pci_fn_unlock(&port->fn);
	return ret;
}
