// SPDX-License-Identifier: GPL-2.0-only
#include "edu.h"

#include <linux/errno.h>
#include <linux/pci_regs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pci_fn.h"

/* Where an Express function has its further capabilities. */
#define EDU_EXP	0x80
#define EDU_ACS	0x100

struct edu {
	struct pci_fn fn;
	/* All under fn.lock, but for buf while a transfer runs: then it is the transfer's. */
	u32 liveness;		/* as read */
	u32 factorial;
	u32 status;
	u32 irq_status;
	u64 dma_src;
	u64 dma_dst;
	u64 dma_count;
	u64 dma_cmd;
	u8 buf[EDU_BUF_SIZE];
};

static struct edu *to_edu(struct kapi_pci_fn *hw)
{
	return container_of(to_pci_fn(hw), struct edu, fn);
}

static void edu_raise(struct edu *edu, u32 bits)
{
	edu->irq_status |= bits;
	if (!edu->irq_status)
		return;
	if (pci_fn_msi_enabled(&edu->fn))
		kapi_pci_msi(&edu->fn.hw, 0);
	else
		pci_fn_set_intx(&edu->fn, true);
}

static void edu_ack(struct edu *edu, u32 bits)
{
	edu->irq_status &= ~bits;
	if (!edu->irq_status && !pci_fn_msi_enabled(&edu->fn))
		pci_fn_set_intx(&edu->fn, false);
}

/* 32-bit arithmetic that wraps, as the register is. */
static void edu_factorial(struct edu *edu, u32 n)
{
	u32 ret = 1;

	/* From 34! on the product is 0 modulo 2^32. */
	if (n >= 34)
		ret = 0;
	else
		while (n > 1)
			ret *= n--;
	edu->factorial = ret;
	if (edu->status & EDU_STATUS_IRQFACT)
		edu_raise(edu, EDU_IRQ_FACT);
}

static bool in_buffer(u64 addr, u64 count)
{
	return count && addr >= EDU_BUF && addr < EDU_BUF + EDU_BUF_SIZE &&
	       count <= EDU_BUF + EDU_BUF_SIZE - addr;
}

/* Lock held on entry and exit, dropped for the transfer; RUN keeps the registers still. */
static void edu_dma(struct edu *edu)
{
	bool to_pci = edu->dma_cmd & EDU_DMA_CMD_TO_PCI;
	u64 local = to_pci ? edu->dma_src : edu->dma_dst;
	u64 bus = (to_pci ? edu->dma_dst : edu->dma_src) & EDU_DMA_MASK;
	u64 count = edu->dma_count;

	if (in_buffer(local, count)) {
		u8 *buf = edu->buf + (local - EDU_BUF);

		pci_fn_unlock(&edu->fn);
		if (!to_pci)
			memset(buf, 0, count);
		/* The device has no way to tell a fault: a failed read leaves the zeroes. */
		kapi_pci_dma(&edu->fn.hw, bus, buf, count, to_pci);
		pci_fn_lock(&edu->fn);
	}
	edu->dma_cmd &= ~EDU_DMA_CMD_RUN;
	if (edu->dma_cmd & EDU_DMA_CMD_IRQ)
		edu_raise(edu, EDU_IRQ_DMA);
}

static bool edu_width_ok(u64 off, unsigned int width)
{
	return width == 4 || (width == 8 && off >= EDU_REG_DMA_SRC);
}

static u64 edu_bar_read(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width)
{
	struct edu *edu = to_edu(hw);
	u64 val = ~0ull;

	if (bar || off >= EDU_BAR_SIZE)
		return val;
	if (width < 4)
		return 0;
	if (!edu_width_ok(off, width))
		return val;
	pci_fn_lock(&edu->fn);
	switch (off) {
	case EDU_REG_ID:
		val = EDU_ID;
		break;
	case EDU_REG_LIVENESS:
		val = edu->liveness;
		break;
	case EDU_REG_FACTORIAL:
		val = edu->factorial;
		break;
	case EDU_REG_STATUS:
		val = edu->status;
		break;
	case EDU_REG_IRQ_STATUS:
		val = edu->irq_status;
		break;
	case EDU_REG_DMA_SRC:
		val = edu->dma_src;
		break;
	case EDU_REG_DMA_DST:
		val = edu->dma_dst;
		break;
	case EDU_REG_DMA_COUNT:
		val = edu->dma_count;
		break;
	case EDU_REG_DMA_CMD:
		val = edu->dma_cmd;
		break;
	}
	pci_fn_unlock(&edu->fn);
	return val;
}

static void edu_write_dma(struct edu *edu, u64 *reg, u64 val)
{
	if (!(edu->dma_cmd & EDU_DMA_CMD_RUN))
		*reg = val;
}

static void edu_bar_write(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width,
			  u64 val)
{
	struct edu *edu = to_edu(hw);

	if (bar || !edu_width_ok(off, width))
		return;
	if (width == 4)
		val &= 0xffffffff;
	pci_fn_lock(&edu->fn);
	switch (off) {
	case EDU_REG_LIVENESS:
		edu->liveness = ~val;
		break;
	case EDU_REG_FACTORIAL:
		edu_factorial(edu, val);
		break;
	case EDU_REG_STATUS:
		edu->status = val & EDU_STATUS_IRQFACT;
		break;
	case EDU_REG_IRQ_RAISE:
		edu_raise(edu, val);
		break;
	case EDU_REG_IRQ_ACK:
		edu_ack(edu, val);
		break;
	case EDU_REG_DMA_SRC:
		edu_write_dma(edu, &edu->dma_src, val);
		break;
	case EDU_REG_DMA_DST:
		edu_write_dma(edu, &edu->dma_dst, val);
		break;
	case EDU_REG_DMA_COUNT:
		edu_write_dma(edu, &edu->dma_count, val);
		break;
	case EDU_REG_DMA_CMD:
		if (!(val & EDU_DMA_CMD_RUN) || edu->dma_cmd & EDU_DMA_CMD_RUN)
			break;
		edu->dma_cmd = val;
		edu_dma(edu);
		break;
	}
	pci_fn_unlock(&edu->fn);
}

static void edu_reset(struct kapi_pci_fn *hw)
{
	pci_fn_reset(to_pci_fn(hw));
}

static void edu_destroy(struct kapi_pci_fn *hw)
{
	struct edu *edu = to_edu(hw);

	pci_fn_destroy(&edu->fn);
	kfree(edu);
}

static const struct kapi_pci_hw_ops edu_ops = {
	.cfg_read = pci_fn_cfg_read,
	.cfg_write = pci_fn_cfg_write,
	.bar_read = edu_bar_read,
	.bar_write = edu_bar_write,
	.reset = edu_reset,
	.destroy = edu_destroy,
};

static void add_express(struct pci_fn *fn)
{
	u8 pos = pci_fn_add_cap(fn, PCI_CAP_ID_EXP, EDU_EXP, 0x3c);

	pci_fn_set16(fn, pos + PCI_EXP_FLAGS, 2 | PCI_EXP_TYPE_ENDPOINT << 4);
	pci_fn_set32(fn, pos + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_RBER);
	fn->wmask[pos + PCI_EXP_DEVCTL] = PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |
		PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE;
	pci_fn_set32(fn, pos + PCI_EXP_LNKCAP, PCI_EXP_LNKCAP_SLS_2_5GB | 1 << 4);
	pci_fn_set16(fn, pos + PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_CLS_2_5GB | PCI_EXP_LNKSTA_NLW_X1);
	pci_fn_add_ext_cap(fn, PCI_EXT_CAP_ID_ACS, 1, EDU_ACS, 8);
	pci_fn_set16(fn, EDU_ACS + PCI_ACS_CAP, PCI_ACS_RR | PCI_ACS_CR);
	fn->wmask[EDU_ACS + PCI_ACS_CTRL] = PCI_ACS_RR | PCI_ACS_CR;
}

struct kapi_pci_fn *edu_create(bool multifunction, bool acs)
{
	static const struct pci_fn_id id = {
		.vendor = 0x1234, .device = 0x11e8, .subvendor = 0x1af4, .subdevice = 0x1100,
		.revision = 0x10, .class = 0x00ff00,
	};
	struct edu *edu = kzalloc(sizeof(*edu), GFP_KERNEL);

	if (!edu)
		return NULL;
	pci_fn_init(&edu->fn, &edu_ops, PCI_HEADER_TYPE_NORMAL,
		    acs ? PCI_CFG_SPACE_EXP_SIZE : PCI_CFG_SPACE_SIZE, &id);
	if (multifunction)
		edu->fn.config[PCI_HEADER_TYPE] |= PCI_HEADER_TYPE_MFD;
	pci_fn_add_bar(&edu->fn, 0, EDU_BAR_SIZE);
	pci_fn_add_msi(&edu->fn, PCI_STD_HEADER_SIZEOF, 0);
	if (acs)
		add_express(&edu->fn);
	return &edu->fn.hw;
}
