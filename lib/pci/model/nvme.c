// SPDX-License-Identifier: GPL-2.0-only
/* The NVMe model: the functions, their configuration space and controller registers. */
#include <linux/kernel.h>
#include <linux/pci_regs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "nvme_internal.h"

/* Where the capabilities are, as QEMU has them. */
#define POS_MSIX	0x40
#define POS_PM		0x60
#define POS_EXP		0x80
#define POS_ARI		0x100
#define POS_SRIOV	0x120
#define EXP_LEN		0x3c

#define SRIOV_PAGES	0x553	/* 4 KiB to 4 MiB */

static struct nvme *to_nvme(struct kapi_pci_fn *hw)
{
	return container_of(to_pci_fn(hw), struct nvme, fn);
}

void nvme_update_intx(struct nvme *nvme)
{
	pci_fn_set_intx(&nvme->fn, !nvme->pf && nvme->irq_status & ~nvme->intms);
}

/* A VF is there while its PF has it enabled. */
static bool vf_is_there(struct nvme *vf)
{
	const u8 *cap = vf->pf->fn.config + POS_SRIOV;
	unsigned int i, nr = cap[PCI_SRIOV_NUM_VF];

	if (!(READ_ONCE(cap[PCI_SRIOV_CTRL]) & PCI_SRIOV_CTRL_VFE))
		return false;
	for (i = 0; i < vf->pf->vfs && i < nr; i++)
		if (vf->pf->vf[i] == vf)
			return true;
	return false;
}

static void write_cc(struct nvme *nvme, u32 cc)
{
	u32 old = nvme->cc;

	nvme->cc = cc;
	if (cc & ~old & NVME_CC_EN) {
		if (nvme_start(nvme))
			nvme->csts = NVME_CSTS_RDY;
		else
			nvme->csts = NVME_CSTS_CFS;
	} else if (~cc & old & NVME_CC_EN) {
		nvme_stop(nvme);
		nvme->cc = 0;
		nvme->csts &= ~(NVME_CSTS_RDY | NVME_CSTS_CFS);
	}
	if (NVME_CC_SHN(cc) && !NVME_CC_SHN(old)) {
		nvme_stop(nvme);
		nvme->csts = (nvme->csts & ~NVME_CSTS_SHST) | NVME_CSTS_SHST_DONE;
	} else if (!NVME_CC_SHN(cc) && NVME_CC_SHN(old)) {
		nvme->csts &= ~NVME_CSTS_SHST;
	}
}

static u32 read_reg(struct nvme *nvme, u64 reg)
{
	/* Of a secondary controller that is offline only the status can be read. */
	if (nvme->pf && reg != NVME_REG_CSTS)
		return 0;
	switch (reg) {
	case NVME_REG_CAP:
		return nvme->cap;
	case NVME_REG_CAP + 4:
		return nvme->cap >> 32;
	case NVME_REG_VS:
		return 0x00010400;
	case NVME_REG_INTMS:
	case NVME_REG_INTMC:
		return nvme->intms;
	case NVME_REG_CC:
		return nvme->cc;
	case NVME_REG_CSTS:
		return nvme->csts;
	case NVME_REG_AQA:
		return nvme->aqa;
	case NVME_REG_ASQ:
		return nvme->asq;
	case NVME_REG_ASQ + 4:
		return nvme->asq >> 32;
	case NVME_REG_ACQ:
		return nvme->acq;
	case NVME_REG_ACQ + 4:
		return nvme->acq >> 32;
	}
	return 0;
}

static void write_half(u64 *reg, bool high, u32 val)
{
	*reg = high ? (u32)*reg | (u64)val << 32 : (*reg & ~0xffffffffull) | val;
}

static void write_reg(struct nvme *nvme, u64 reg, u32 val)
{
	if (nvme->pf && reg != NVME_REG_CSTS)
		return;
	switch (reg) {
	case NVME_REG_INTMS:
	case NVME_REG_INTMC:
		/* With MSI-X, masks are in the vector table. */
		if (msix_enabled(&nvme->msix))
			break;
		nvme->intms = reg == NVME_REG_INTMS ? nvme->intms | val : nvme->intms & ~val;
		nvme_update_intx(nvme);
		break;
	case NVME_REG_CC:
		write_cc(nvme, val);
		break;
	case NVME_REG_AQA:
		nvme->aqa = val;
		break;
	case NVME_REG_ASQ:
	case NVME_REG_ASQ + 4:
		write_half(&nvme->asq, reg & 4, val);
		break;
	case NVME_REG_ACQ:
	case NVME_REG_ACQ + 4:
		write_half(&nvme->acq, reg & 4, val);
		break;
	default:
		if (reg >= NVME_REG_DOORBELLS && reg < NVME_MSIX_TABLE)
			nvme_doorbell(nvme, reg, val);
	}
}

static u64 nvme_bar_read(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width)
{
	struct nvme *nvme = to_nvme(hw);
	u64 val;

	if (bar || off + width > NVME_BAR_SIZE)
		return ~0ull;
	if (width == 8)
		return nvme_bar_read(hw, bar, off, 4) | nvme_bar_read(hw, bar, off + 4, 4) << 32;
	pci_fn_lock(&nvme->fn);
	if (!msix_read(&nvme->msix, off, width, &val))
		val = read_reg(nvme, off & ~3ull) >> 8 * (off & 3);
	pci_fn_unlock(&nvme->fn);
	return val & (~0ull >> (64 - 8 * width));
}

static void nvme_bar_write(struct kapi_pci_fn *hw, unsigned int bar, u64 off, unsigned int width,
			   u64 val)
{
	struct nvme *nvme = to_nvme(hw);

	if (bar || off + width > NVME_BAR_SIZE)
		return;
	if (width == 8) {
		nvme_bar_write(hw, bar, off, 4, (u32)val);
		nvme_bar_write(hw, bar, off + 4, 4, val >> 32);
		return;
	}
	pci_fn_lock(&nvme->fn);
	if (!msix_write(&nvme->msix, off, width, val))
		write_reg(nvme, off, val);
	pci_fn_unlock(&nvme->fn);
}

/* What software wrote into [@pos, @pos + @len) is gone. */
static void clear_written(struct pci_fn *fn, unsigned int pos, unsigned int len)
{
	for (; len; len--, pos++)
		fn->config[pos] &= ~fn->wmask[pos];
}

static void reset_controller(struct nvme *nvme)
{
	pci_fn_lock(&nvme->fn);
	nvme_stop(nvme);
	nvme->intms = nvme->cc = nvme->csts = nvme->aqa = 0;
	nvme->asq = nvme->acq = 0;
	pci_fn_reset(&nvme->fn);
	msix_reset(&nvme->msix);
	clear_written(&nvme->fn, POS_PM, PCI_PM_SIZEOF);
	clear_written(&nvme->fn, POS_EXP, EXP_LEN);
	pci_fn_unlock(&nvme->fn);
}

static void nvme_reset(struct kapi_pci_fn *hw)
{
	struct nvme *nvme = to_nvme(hw);
	unsigned int i;

	pci_fn_lock(&nvme->fn);
	reset_controller(nvme);
	if (!nvme->pf) {
		clear_written(&nvme->fn, POS_SRIOV, PCI_EXT_CAP_SRIOV_SIZEOF);
		pci_fn_set32(&nvme->fn, POS_SRIOV + PCI_SRIOV_SYS_PGSIZE, 1);
		for (i = 0; i < nvme->vfs; i++)
			reset_controller(nvme->vf[i]);
	}
	pci_fn_unlock(&nvme->fn);
}

static void config_written(struct pci_fn *fn, unsigned int off, unsigned int width)
{
	struct nvme *nvme = to_nvme(&fn->hw);
	u16 ctl = pci_fn_get16(fn, POS_EXP + PCI_EXP_DEVCTL);
	unsigned int i;

	if (ctl & PCI_EXP_DEVCTL_BCR_FLR)
		nvme_reset(&fn->hw);
	else if (!nvme->pf && off <= POS_SRIOV + PCI_SRIOV_CTRL &&
		 off + width > POS_SRIOV + PCI_SRIOV_CTRL)
		/* VFs that come are as after power-on, those that go are not seen any more. */
		for (i = 0; i < nvme->vfs && !(fn->config[POS_SRIOV + PCI_SRIOV_CTRL] &
					       PCI_SRIOV_CTRL_VFE); i++)
			reset_controller(nvme->vf[i]);
	msix_config_written(&nvme->msix);
}

static u32 vf_cfg_read(struct kapi_pci_fn *hw, unsigned int off, unsigned int width)
{
	return vf_is_there(to_nvme(hw)) ? pci_fn_cfg_read(hw, off, width) :
	       ~0u >> (32 - 8 * width);
}

static void vf_cfg_write(struct kapi_pci_fn *hw, unsigned int off, unsigned int width, u32 val)
{
	if (vf_is_there(to_nvme(hw)))
		pci_fn_cfg_write(hw, off, width, val);
}

/* A VF's memory is its PF's. */
static void vf_destroy(struct kapi_pci_fn *hw)
{
}

static struct kapi_pci_fn *nvme_vf(struct kapi_pci_fn *hw, unsigned int id)
{
	struct nvme *nvme = to_nvme(hw);

	return id < nvme->vfs ? &nvme->vf[id]->fn.hw : NULL;
}

static void nvme_destroy(struct kapi_pci_fn *hw)
{
	struct nvme *nvme = to_nvme(hw);
	unsigned int i;

	for (i = 0; i < nvme->vfs && nvme->vf[i]; i++) {
		pci_fn_destroy(&nvme->vf[i]->fn);
		kfree(nvme->vf[i]);
	}
	pci_fn_destroy(&nvme->fn);
	kfree(nvme);
}

static const struct kapi_pci_hw_ops pf_ops = {
	.cfg_read = pci_fn_cfg_read,
	.cfg_write = pci_fn_cfg_write,
	.bar_read = nvme_bar_read,
	.bar_write = nvme_bar_write,
	.reset = nvme_reset,
	.destroy = nvme_destroy,
	.vf = nvme_vf,
};

static const struct kapi_pci_hw_ops vf_ops = {
	.cfg_read = vf_cfg_read,
	.cfg_write = vf_cfg_write,
	.bar_read = nvme_bar_read,
	.bar_write = nvme_bar_write,
	.reset = nvme_reset,
	.destroy = vf_destroy,
};

static void add_caps(struct pci_fn *fn)
{
	pci_fn_add_cap(fn, PCI_CAP_ID_PM, POS_PM, PCI_PM_SIZEOF);
	pci_fn_set16(fn, POS_PM + PCI_PM_PMC, 3);
	pci_fn_set16(fn, POS_PM + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET);
	fn->wmask[POS_PM + PCI_PM_CTRL] = PCI_PM_CTRL_STATE_MASK;

	pci_fn_add_cap(fn, PCI_CAP_ID_EXP, POS_EXP, EXP_LEN);
	pci_fn_set16(fn, POS_EXP + PCI_EXP_FLAGS, 2 | PCI_EXP_TYPE_ENDPOINT << 4);
	pci_fn_set32(fn, POS_EXP + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_RBER | PCI_EXP_DEVCAP_FLR);
	fn->wmask[POS_EXP + PCI_EXP_DEVCTL] = PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |
		PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE;
	fn->wmask[POS_EXP + PCI_EXP_DEVCTL + 1] = PCI_EXP_DEVCTL_BCR_FLR >> 8;
	pci_fn_set32(fn, POS_EXP + PCI_EXP_LNKCAP, PCI_EXP_LNKCAP_SLS_2_5GB | 1 << 4 | 1 << 10);
	pci_fn_set16(fn, POS_EXP + PCI_EXP_LNKSTA,
		     PCI_EXP_LNKSTA_CLS_2_5GB | PCI_EXP_LNKSTA_NLW_X1);
	pci_fn_set32(fn, POS_EXP + PCI_EXP_DEVCAP2, 0x00300000);	/* TLP prefixes */

	memset(fn->wmask + PCI_CFG_SPACE_SIZE, 0xff, PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE);
	pci_fn_add_ext_cap(fn, PCI_EXT_CAP_ID_ARI, 1, POS_ARI, 8);
	pci_fn_set16(fn, POS_ARI + PCI_ARI_CAP, 1 << 8);	/* next function: 1 */
}

static void add_sriov(struct pci_fn *fn, unsigned int vfs)
{
	const u32 bar = ~(NVME_BAR_SIZE - 1);
	unsigned int i;

	pci_fn_add_ext_cap(fn, PCI_EXT_CAP_ID_SRIOV, 1, POS_SRIOV, PCI_EXT_CAP_SRIOV_SIZEOF);
	pci_fn_set16(fn, POS_SRIOV + PCI_SRIOV_INITIAL_VF, vfs);
	pci_fn_set16(fn, POS_SRIOV + PCI_SRIOV_TOTAL_VF, vfs);
	pci_fn_set16(fn, POS_SRIOV + PCI_SRIOV_VF_OFFSET, 1);
	pci_fn_set16(fn, POS_SRIOV + PCI_SRIOV_VF_STRIDE, 1);
	pci_fn_set16(fn, POS_SRIOV + PCI_SRIOV_VF_DID, pci_fn_get16(fn, PCI_DEVICE_ID));
	pci_fn_set32(fn, POS_SRIOV + PCI_SRIOV_SUP_PGSIZE, SRIOV_PAGES);
	pci_fn_set32(fn, POS_SRIOV + PCI_SRIOV_SYS_PGSIZE, 1);
	pci_fn_set32(fn, POS_SRIOV + PCI_SRIOV_BAR, PCI_BASE_ADDRESS_MEM_TYPE_64);
	fn->wmask[POS_SRIOV + PCI_SRIOV_CTRL] =
		PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE | PCI_SRIOV_CTRL_ARI;
	fn->wmask[POS_SRIOV + PCI_SRIOV_NUM_VF] = fn->wmask[POS_SRIOV + PCI_SRIOV_NUM_VF + 1] = 0xff;
	fn->wmask[POS_SRIOV + PCI_SRIOV_SYS_PGSIZE] = SRIOV_PAGES & 0xff;
	fn->wmask[POS_SRIOV + PCI_SRIOV_SYS_PGSIZE + 1] = SRIOV_PAGES >> 8;
	for (i = 0; i < 4; i++)
		fn->wmask[POS_SRIOV + PCI_SRIOV_BAR + i] = bar >> 8 * i;
	memset(fn->wmask + POS_SRIOV + PCI_SRIOV_BAR + 4, 0xff, 4);
}

static struct nvme *alloc_function(struct nvme *pf, unsigned int vectors)
{
	static const struct pci_fn_id id = {
		.vendor = 0x1b36, .device = 0x0010, .subvendor = 0x1af4, .subdevice = 0x1100,
		.revision = 2, .class = 0x010802,
	};
	struct nvme *nvme = kzalloc(sizeof(*nvme), GFP_KERNEL);

	if (!nvme)
		return NULL;
	pci_fn_init(&nvme->fn, pf ? &vf_ops : &pf_ops, PCI_HEADER_TYPE_NORMAL,
		    PCI_CFG_SPACE_EXP_SIZE, &id);
	add_caps(&nvme->fn);
	msix_init(&nvme->msix, &nvme->fn, POS_MSIX, vectors, 0, NVME_MSIX_TABLE, NVME_MSIX_PBA);
	nvme->fn.config_written = config_written;
	nvme->pf = pf;
	if (pf)
		pci_fn_set32(&nvme->fn, PCI_VENDOR_ID, ~0u);
	else
		pci_fn_add_bar64(&nvme->fn, 0, NVME_BAR_SIZE);
	/* Largest queue 0x800 entries, contiguous ones only, 7.5 s, pages of 4 to 64 KiB. */
	nvme->cap = 0x7ff | 1 << 16 | 0xf << 24 | 0xc1ull << 37 | 4ull << 52;
	return nvme;
}

struct kapi_pci_fn *nvme_create(unsigned int vfs)
{
	struct nvme *nvme = alloc_function(NULL, NVME_VECTORS);

	if (!nvme)
		return NULL;
	add_sriov(&nvme->fn, vfs);
	for (nvme->vfs = 0; nvme->vfs < vfs; nvme->vfs++) {
		nvme->vf[nvme->vfs] = alloc_function(nvme, 1);
		if (!nvme->vf[nvme->vfs]) {
			nvme_destroy(&nvme->fn.hw);
			return NULL;
		}
	}
	return &nvme->fn.hw;
}
