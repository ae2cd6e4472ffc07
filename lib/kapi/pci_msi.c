// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI and MSI-X for drivers: vectors, and the messages written into the
 * function that make the interrupt controller raise them.
 */
#include <kapi/irq.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "pci_internal.h"
#include "pci_msi.h"

int pci_msi_vec_count(struct pci_dev *dev)
{
	u16 flags;

	if (!dev->msi_cap)
		return -EINVAL;
	pci_read_config_word(dev, dev->msi_cap + PCI_MSI_FLAGS, &flags);
	return 1 << ((flags & PCI_MSI_FLAGS_QMASK) >> 1);
}

int pci_msix_vec_count(struct pci_dev *dev)
{
	u16 flags;

	if (!dev->msix_cap)
		return -EINVAL;
	pci_read_config_word(dev, dev->msix_cap + PCI_MSIX_FLAGS, &flags);
	return (flags & PCI_MSIX_FLAGS_QSIZE) + 1;
}

/* The function and vector of an interrupt number. */
struct irq_owner {
	unsigned int irq, nr;
	struct pci_dev *dev;
};

static int find_owner(struct pci_dev *dev, void *data)
{
	struct irq_owner *owner = data;

	for (owner->nr = 0; owner->nr < dev->msi_irqs_size; owner->nr++)
		if (dev->msi_irqs[owner->nr] == owner->irq) {
			owner->dev = dev;
			return 1;
		}
	return 0;
}

void pci_write_msi_msg(unsigned int irq, struct msi_msg *msg)
{
	struct irq_owner owner = { .irq = irq };

	pci_walk_bus(pci_root_bus(), find_owner, &owner);
	if (!owner.dev)
		return;
	kapi_irq_set_msi_msg(irq, msg);
	if (READ_ONCE(owner.dev->current_state) != PCI_D0)
		return;
	if (owner.dev->msix_enabled)
		pci_msix_write(owner.dev, owner.nr, msg, false);
	else
		pci_msi_write(owner.dev, msg);
}

static int alloc_table(struct pci_dev *dev, unsigned int size)
{
	dev->msi_irqs = kcalloc(size, sizeof(*dev->msi_irqs), GFP_KERNEL);
	if (!dev->msi_irqs)
		return -ENOMEM;
	dev->msi_irqs_size = size;
	return 0;
}

static void free_table(struct pci_dev *dev)
{
	unsigned int i;

	for (i = 0; i < dev->msi_irqs_size; i++)
		if (dev->msi_irqs[i])
			kapi_irq_free(dev->msi_irqs[i], 1);
	kfree(dev->msi_irqs);
	dev->msi_irqs = NULL;
	dev->msi_irqs_size = 0;
	dev->msi_nvec = 0;
}

static struct msi_msg compose(unsigned int irq)
{
	struct msi_msg msg = { .address_lo = MSI_ADDRESS, .data = irq };

	kapi_irq_set_msi_msg(irq, &msg);
	return msg;
}

static int enable_msi(struct pci_dev *dev, unsigned int min, unsigned int max)
{
	struct msi_msg msg;
	int nvec, irq, ret, i;

	if (dev->no_msi || !min || READ_ONCE(dev->current_state) != PCI_D0 || dev->msix_enabled)
		return -EINVAL;
	if (max < min)
		return -ERANGE;
	if (WARN_ON_ONCE(dev->msi_enabled))
		return -EINVAL;
	nvec = pci_msi_vec_count(dev);
	if (nvec < 0)
		return nvec;
	if (nvec < min)
		return -ENOSPC;
	nvec = min_t(int, nvec, max);
	ret = alloc_table(dev, nvec);
	if (ret)
		return ret;
	/* The function puts the vector into the low bits of the data. */
	irq = kapi_irq_alloc(nvec, roundup_pow_of_two(nvec));
	if (irq < 0) {
		free_table(dev);
		return irq;
	}
	dev->msi_nvec = nvec;
	for (i = 0; i < nvec; i++)
		dev->msi_irqs[i] = irq + i;
	pci_msi_set_enable(dev, false);
	for (i = nvec - 1; i > 0; i--)
		compose(irq + i);
	msg = compose(irq);
	pci_msi_write(dev, &msg);
	pci_msi_set_masks(dev, 0);
	pci_intx(dev, 0);
	dev->msi_enabled = 1;
	dev->irq = irq;
	pci_msi_set_enable(dev, true);
	return nvec;
}

static int msix_alloc(struct pci_dev *dev, unsigned int nr)
{
	int irq = kapi_irq_alloc(1, 1);
	struct msi_msg msg;

	if (irq < 0)
		return irq;
	dev->msi_irqs[nr] = irq;
	msg = compose(irq);
	pci_msix_write(dev, nr, &msg, false);
	return irq;
}

static int enable_msix(struct pci_dev *dev, unsigned int min, unsigned int max)
{
	int size, nvec, ret = 0, i;

	if (max < min)
		return -ERANGE;
	if (dev->msi_enabled || WARN_ON_ONCE(dev->msix_enabled))
		return -EINVAL;
	if (dev->no_msi || !max || READ_ONCE(dev->current_state) != PCI_D0)
		return -EINVAL;
	size = pci_msix_vec_count(dev);
	if (size < 0)
		return size;
	nvec = min_t(int, size, max);
	if (nvec < min)
		return -ENOSPC;
	ret = alloc_table(dev, size);
	if (ret)
		return ret;
	pci_msix_set_ctrl(dev, 0, PCI_MSIX_FLAGS_MASKALL | PCI_MSIX_FLAGS_ENABLE);
	dev->msix_base = pci_msix_map_table(dev);
	if (!dev->msix_base)
		ret = -ENOMEM;
	for (i = 0; !ret && i < size; i++)
		pci_msix_set_mask(dev, i, true);
	for (i = 0; ret >= 0 && i < nvec; i++)
		ret = msix_alloc(dev, i);
	if (ret < 0) {
		pci_msix_set_ctrl(dev, PCI_MSIX_FLAGS_MASKALL | PCI_MSIX_FLAGS_ENABLE, 0);
		free_table(dev);
		return ret;
	}
	dev->msi_nvec = nvec;
	dev->msix_enabled = 1;
	pci_intx(dev, 0);
	pci_msix_set_ctrl(dev, PCI_MSIX_FLAGS_MASKALL, 0);
	return nvec;
}

int pci_alloc_irq_vectors_affinity(struct pci_dev *dev, unsigned int min_vecs,
				   unsigned int max_vecs, unsigned int flags,
				   struct irq_affinity *affd)
{
	int nvecs = -ENOSPC;

	if (flags & PCI_IRQ_MSIX) {
		nvecs = enable_msix(dev, min_vecs, max_vecs);
		if (nvecs > 0)
			return nvecs;
	}
	if (flags & PCI_IRQ_MSI) {
		nvecs = enable_msi(dev, min_vecs, max_vecs);
		if (nvecs > 0)
			return nvecs;
	}
	if (flags & PCI_IRQ_INTX && min_vecs == 1 && dev->irq) {
		pci_intx(dev, 1);
		return 1;
	}
	return nvecs;
}

int pci_alloc_irq_vectors(struct pci_dev *dev, unsigned int min_vecs, unsigned int max_vecs,
			  unsigned int flags)
{
	return pci_alloc_irq_vectors_affinity(dev, min_vecs, max_vecs, flags, NULL);
}

void pci_free_irq_vectors(struct pci_dev *dev)
{
	/* The interrupt domain takes the message back when its vector goes. */
	const struct msi_msg none = { 0 };
	unsigned int i;

	if (dev->msix_enabled) {
		for (i = 0; i < dev->msi_irqs_size; i++) {
			pci_msix_set_mask(dev, i, true);
			if (dev->msi_irqs[i])
				pci_msix_write(dev, i, &none, true);
		}
		pci_msix_set_ctrl(dev, PCI_MSIX_FLAGS_ENABLE, 0);
		pci_intx(dev, 1);
		dev->msix_enabled = 0;
		dev->msix_base = NULL;
		free_table(dev);
	}
	if (dev->msi_enabled) {
		pci_msi_set_enable(dev, false);
		pci_msi_write(dev, &none);
		pci_intx(dev, 1);
		dev->msi_enabled = 0;
		dev->irq = dev->intx_irq;
		free_table(dev);
	}
}

int pci_irq_vector(struct pci_dev *dev, unsigned int nr)
{
	if (!dev->msi_enabled && !dev->msix_enabled)
		return nr ? -EINVAL : (int)dev->irq;
	if (nr >= dev->msi_irqs_size || !dev->msi_irqs[nr])
		return -EINVAL;
	return dev->msi_irqs[nr];
}

bool pci_msix_can_alloc_dyn(struct pci_dev *dev)
{
	return dev->msix_cap;
}

struct msi_map pci_msix_alloc_irq_at(struct pci_dev *dev, unsigned int index,
				     const struct irq_affinity_desc *affdesc)
{
	struct msi_map map = { .index = -ENOTSUPP };
	int irq;

	if (!dev->msix_enabled)
		return map;
	if (index == MSI_ANY_INDEX)
		for (index = 0; index < dev->msi_irqs_size && dev->msi_irqs[index]; index++)
			;
	if (index >= dev->msi_irqs_size || dev->msi_irqs[index]) {
		map.index = index >= dev->msi_irqs_size ? -ENOSPC : -EBUSY;
		return map;
	}
	irq = msix_alloc(dev, index);
	map.index = irq < 0 ? irq : (int)index;
	map.virq = irq < 0 ? 0 : irq;
	return map;
}

void pci_msix_free_irq(struct pci_dev *dev, struct msi_map map)
{
	if (WARN_ON_ONCE(map.index < 0 || map.virq <= 0 || !dev->msix_enabled))
		return;
	/* What is not (or no longer) there is not given back. */
	if (map.index >= dev->msi_irqs_size || dev->msi_irqs[map.index] != map.virq)
		return;
	pci_msix_set_mask(dev, map.index, true);
	dev->msi_irqs[map.index] = 0;
	kapi_irq_free(map.virq, 1);
}

void pci_restore_msi_state(struct pci_dev *dev)
{
	struct msi_msg msg;
	unsigned int i;

	if (dev->msi_enabled) {
		pci_intx(dev, 0);
		pci_msi_set_enable(dev, false);
		get_cached_msi_msg(dev->msi_irqs[0], &msg);
		pci_msi_write(dev, &msg);
		pci_msi_set_masks(dev, 0);
		pci_msi_set_enable(dev, true);
	}
	if (dev->msix_enabled) {
		pci_intx(dev, 0);
		pci_msix_set_ctrl(dev, 0, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
		for (i = 0; i < dev->msi_irqs_size; i++) {
			if (!dev->msi_irqs[i])
				continue;
			get_cached_msi_msg(dev->msi_irqs[i], &msg);
			pci_msix_write(dev, i, &msg, false);
		}
		pci_msix_set_ctrl(dev, PCI_MSIX_FLAGS_MASKALL, 0);
	}
}

/* Off as firmware may have left it on. */
void pci_msi_init(struct pci_dev *dev)
{
	dev->msi_cap = pci_find_capability(dev, PCI_CAP_ID_MSI);
	if (dev->msi_cap)
		pci_msi_set_enable(dev, false);
	dev->msix_cap = pci_find_capability(dev, PCI_CAP_ID_MSIX);
	if (dev->msix_cap)
		pci_msix_set_ctrl(dev, PCI_MSIX_FLAGS_ENABLE, 0);
}
