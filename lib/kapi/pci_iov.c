// SPDX-License-Identifier: GPL-2.0-only
/*
 * SR-IOV: what a PF's capability offers, and VFs coming and going. A VF has no
 * BARs of its own: the PF's capability has one address for the BARs of all, which
 * follow each other there.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "pci_internal.h"

/* Of all bridges on the way, the one right above has to pass the numbers on. */
void pci_configure_ari(struct pci_dev *dev)
{
	const u16 on = PCI_EXP_DEVCTL2_ARI;
	struct pci_dev *up = dev->bus->self;
	u32 can = 0;

	if (up && pci_is_pcie(dev) && !dev->is_virtfn && dev->devfn == 0)
		pcie_capability_read_dword(up, PCI_EXP_DEVCAP2, &can);
	if (can & PCI_EXP_DEVCAP2_ARI) {
		up->ari_enabled = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ARI) != 0;
		pcie_capability_clear_and_set_word(up, PCI_EXP_DEVCTL2, on,
						   up->ari_enabled ? on : 0);
	}
}

/* Sizes of one VF's BARs; the resources become as large as all VFs need. */
static int size_bars(struct pci_dev *dev, struct pci_sriov *iov)
{
	int i, regs;

	for (i = 0; i < PCI_SRIOV_NUM_BARS; i += regs) {
		struct resource *res = &dev->resource[PCI_IOV_RESOURCES + i];

		regs = pci_read_bar(dev, res, iov->pos + PCI_SRIOV_BAR + 4 * i);
		if (!res->flags)
			continue;
		iov->barsz[i] = resource_size(res);
		if (iov->barsz[i] & (PAGE_SIZE - 1))
			return -EIO;
		res->end = res->start + iov->barsz[i] * iov->total_VFs - 1;
	}
	return 0;
}

static int read_capability(struct pci_dev *dev, struct pci_sriov *iov)
{
	u32 pages;

	if (dev->bus->self && dev->bus->self->ari_enabled)
		iov->ctrl = PCI_SRIOV_CTRL_ARI;
	/* Off, as firmware may have left it on. Offset and stride depend on the rest. */
	pci_write_config_word(dev, iov->pos + PCI_SRIOV_CTRL, iov->ctrl);
	pci_read_config_dword(dev, iov->pos + PCI_SRIOV_SUP_PGSIZE, &pages);
	/* The smallest it can do. */
	iov->pgsz = pages & -pages;
	if (!iov->pgsz)
		return -EIO;
	pci_write_config_dword(dev, iov->pos + PCI_SRIOV_SYS_PGSIZE, iov->pgsz);
	pci_read_config_word(dev, iov->pos + PCI_SRIOV_VF_OFFSET, &iov->offset);
	pci_read_config_word(dev, iov->pos + PCI_SRIOV_VF_STRIDE, &iov->stride);
	pci_read_config_word(dev, iov->pos + PCI_SRIOV_VF_DID, &iov->vf_device);
	return size_bars(dev, iov);
}

int pci_iov_init(struct pci_dev *dev)
{
	u16 pos = dev->is_virtfn || !dev->fn->ops->vf ? 0 :
		  pci_find_ext_capability(dev, PCI_EXT_CAP_ID_SRIOV), total;
	struct pci_sriov *iov;
	int i, ret;

	if (!pos)
		return 0;
	pci_read_config_word(dev, pos + PCI_SRIOV_TOTAL_VF, &total);
	if (!total)
		return 0;
	iov = kzalloc(sizeof(*iov), GFP_KERNEL);
	if (!iov)
		return -ENOMEM;
	iov->pos = pos;
	iov->total_VFs = iov->driver_max_VFs = total;
	iov->drivers_autoprobe = true;
	ret = read_capability(dev, iov);
	if (ret) {
		for (i = PCI_IOV_RESOURCES; i <= PCI_IOV_RESOURCE_END; i++)
			dev->resource[i].flags = 0;
		kfree(iov);
		return ret;
	}
	dev->sriov = iov;
	dev->is_physfn = 1;
	return 0;
}

static void write_bars(struct pci_dev *dev)
{
	struct pci_sriov *iov = dev->sriov;
	int i;

	for (i = 0; i < PCI_SRIOV_NUM_BARS; i++) {
		struct resource *res = &dev->resource[PCI_IOV_RESOURCES + i];
		unsigned int reg = iov->pos + PCI_SRIOV_BAR + 4 * i;

		if (!res->parent)
			continue;
		pci_write_config_dword(dev, reg, res->start);
		if (res->flags & IORESOURCE_MEM_64)
			pci_write_config_dword(dev, reg + 4, res->start >> 32);
	}
}

void pci_iov_assign(struct pci_dev *dev)
{
	int i;

	if (!dev->is_physfn)
		return;
	for (i = 0; i < PCI_SRIOV_NUM_BARS; i++)
		if (dev->sriov->barsz[i] && pci_place(dev, &dev->resource[PCI_IOV_RESOURCES + i],
						      dev->sriov->barsz[i]))
			pci_warn(dev, "VF BAR %d: can't assign; no space\n", i);
	write_bars(dev);
}

void pci_iov_release(struct pci_dev *dev)
{
	kfree(dev->sriov);
	dev->sriov = NULL;
}

resource_size_t pci_iov_resource_size(struct pci_dev *dev, int resno)
{
	return dev->is_physfn ? dev->sriov->barsz[resno - PCI_IOV_RESOURCES] : 0;
}

int pci_iov_vf_id(struct pci_dev *dev)
{
	struct pci_sriov *iov;

	if (!dev->is_virtfn)
		return -EINVAL;
	iov = dev->physfn->sriov;
	return ((int)(dev->devfn - dev->physfn->devfn) - iov->offset) /
	       (iov->stride ? iov->stride : 1);
}

void *pci_iov_get_pf_drvdata(struct pci_dev *dev, struct pci_driver *pf_driver)
{
	if (!dev->is_virtfn || dev->physfn->driver != pf_driver)
		return ERR_PTR(-EINVAL);
	return pci_get_drvdata(dev->physfn);
}

void pci_iov_vf_bars(struct pci_dev *vf)
{
	int i, id = pci_iov_vf_id(vf);

	for (i = 0; i < PCI_SRIOV_NUM_BARS; i++) {
		struct resource *all = &vf->physfn->resource[PCI_IOV_RESOURCES + i];
		struct resource *res = &vf->resource[i];
		u64 size = vf->physfn->sriov->barsz[i];

		if (!all->parent)
			continue;
		res->name = pci_name(vf);
		res->flags = all->flags;
		res->start = all->start + size * id;
		res->end = res->start + size - 1;
		if (!WARN_ON(request_resource(all, res)))
			pci_register_bar(vf, i);
	}
}

bool pci_iov_decodes(const struct pci_dev *vf, int bar)
{
	const struct pci_dev *pf = vf->physfn;
	const u16 on = PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE;
	unsigned int pos = pf->sriov->pos, reg = pos + PCI_SRIOV_BAR + 4 * bar;
	const struct resource *all = &pf->resource[PCI_IOV_RESOURCES + bar];
	u64 addr = pci_hw_read(pf, reg, 4) & PCI_BASE_ADDRESS_MEM_MASK;

	if (all->flags & IORESOURCE_MEM_64)
		addr |= (u64)pci_hw_read(pf, reg + 4, 4) << 32;
	return addr == all->start && (pci_hw_read(pf, pos + PCI_SRIOV_CTRL, 2) & on) == on;
}

static void write_ctrl(struct pci_dev *dev, u16 nr, u16 ctrl)
{
	struct pci_sriov *iov = dev->sriov;

	iov->ctrl = ctrl;
	/* Nobody looks at the PF while VFs come or go. */
	pci_cfg_access_lock(dev);
	if (nr)
		pci_write_config_word(dev, iov->pos + PCI_SRIOV_NUM_VF, nr);
	pci_write_config_word(dev, iov->pos + PCI_SRIOV_CTRL, ctrl);
	if (!nr)
		pci_write_config_word(dev, iov->pos + PCI_SRIOV_NUM_VF, 0);
	pci_cfg_access_unlock(dev);
}

static int add_vf(struct pci_dev *dev, unsigned int id)
{
	struct kapi_pci_fn *fn = dev->fn->ops->vf(dev->fn, id);
	unsigned int devfn = dev->devfn + dev->sriov->offset + dev->sriov->stride * id;

	if (!fn)
		return -ENODEV;
	/* On another bus: there is none to be had. */
	if (devfn > 0xff)
		return -ENOMEM;
	fn->no_iommu = dev->fn->no_iommu;
	fn->iommu = dev->fn->iommu;
	return pci_add_fn(fn, dev->bus, devfn, dev);
}

static void remove_vfs(struct pci_dev *dev, unsigned int count)
{
	unsigned int id;

	for (id = 0; id < count; id++)
		kapi_pci_remove_fn(dev->fn->ops->vf(dev->fn, id));
}

static bool bars_have_places(struct pci_dev *dev)
{
	int i;

	for (i = 0; i < PCI_SRIOV_NUM_BARS; i++)
		if (dev->sriov->barsz[i] && !dev->resource[PCI_IOV_RESOURCES + i].parent)
			return false;
	return true;
}

int pci_enable_sriov(struct pci_dev *dev, int nr_virtfn)
{
	const u16 on = PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE;
	struct pci_sriov *iov = dev->sriov;
	int ret, id;

	if (!dev->is_physfn)
		return -ENODEV;
	if (!nr_virtfn)
		return 0;
	if (iov->num_VFs || nr_virtfn < 0 || nr_virtfn > iov->total_VFs)
		return -EINVAL;
	if (!bars_have_places(dev)) {
		pci_err(dev, "not enough MMIO resources for SR-IOV\n");
		return -ENOMEM;
	}
	write_ctrl(dev, nr_virtfn, iov->ctrl | on);
	for (id = 0; id < nr_virtfn; id++) {
		ret = add_vf(dev, id);
		if (ret) {
			remove_vfs(dev, id);
			write_ctrl(dev, 0, iov->ctrl & ~on);
			return ret;
		}
	}
	iov->num_VFs = nr_virtfn;
	return 0;
}

void pci_disable_sriov(struct pci_dev *dev)
{
	struct pci_sriov *iov = dev->sriov;

	if (!dev->is_physfn || !iov->num_VFs)
		return;
	remove_vfs(dev, iov->num_VFs);
	write_ctrl(dev, 0, iov->ctrl & ~(PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE));
	iov->num_VFs = 0;
}

int pci_sriov_configure_simple(struct pci_dev *dev, int nr_virtfn)
{
	int ret = pci_vfs_assigned(dev) ? -EPERM : dev->is_physfn ? 0 : -ENODEV;

	if (ret)
		pci_warn(dev, "VFs cannot be configured: error %d\n", ret);
	else if (nr_virtfn)
		ret = pci_enable_sriov(dev, nr_virtfn) ?: nr_virtfn;
	else
		pci_disable_sriov(dev);
	return ret;
}

int pci_num_vf(struct pci_dev *dev)
{
	return dev->is_physfn ? dev->sriov->num_VFs : 0;
}

int pci_sriov_get_totalvfs(struct pci_dev *dev)
{
	return dev->is_physfn ? dev->sriov->driver_max_VFs : 0;
}

int pci_sriov_set_totalvfs(struct pci_dev *dev, u16 numvfs)
{
	struct pci_sriov *iov = dev->sriov;

	if (!dev->is_physfn)
		return -ENOSYS;
	if (numvfs <= iov->total_VFs && !iov->num_VFs) {
		iov->driver_max_VFs = numvfs;
		return 0;
	}
	return numvfs > iov->total_VFs ? -EINVAL : -EBUSY;
}

int pci_vfs_assigned(struct pci_dev *dev)
{
	int count = 0;
	struct pci_dev *vf;

	if (!dev->is_physfn)
		return 0;
	down_read(&pci_bus_sem);
	list_for_each_entry(vf, &dev->bus->devices, bus_list)
		count += vf->is_virtfn && vf->physfn == dev &&
			 vf->dev_flags & PCI_DEV_FLAGS_ASSIGNED;
	up_read(&pci_bus_sem);
	return count;
}

/* A reset of the PF took its VFs down; they come back as they are after power-on. */
void pci_restore_iov_state(struct pci_dev *dev)
{
	struct pci_sriov *iov = dev->sriov;
	u16 ctrl;

	if (!dev->is_physfn)
		return;
	pci_read_config_word(dev, iov->pos + PCI_SRIOV_CTRL, &ctrl);
	if (ctrl & PCI_SRIOV_CTRL_VFE)
		return;
	/* ARI first: the registers behind depend on it. */
	pci_write_config_word(dev, iov->pos + PCI_SRIOV_CTRL, iov->ctrl & PCI_SRIOV_CTRL_ARI);
	write_bars(dev);
	pci_write_config_dword(dev, iov->pos + PCI_SRIOV_SYS_PGSIZE, iov->pgsz);
	pci_write_config_word(dev, iov->pos + PCI_SRIOV_NUM_VF, iov->num_VFs);
	pci_write_config_word(dev, iov->pos + PCI_SRIOV_CTRL, iov->ctrl);
}
