/* SPDX-License-Identifier: GPL-2.0-only */
/* What the interrupt files share: one context per INTx line or message vector. */
#ifndef VFIO_PCI_IRQ_H
#define VFIO_PCI_IRQ_H

#include <linux/irqbypass.h>

#include "vfio_pci_priv.h"

struct eventfd_ctx;
struct virqfd;

struct vfio_pci_irq_ctx {
	struct vfio_pci_core_device	*vdev;
	struct eventfd_ctx		*trigger;	/* NULL: INTx enabled without one */
	struct virqfd			*unmask;	/* INTx only */
	char				*name;		/* in /proc/interrupts */
	bool				masked;		/* INTx only, under irqlock */
	struct irq_bypass_producer	producer;	/* messages only */
};

/* A SET_IRQS request behind its header checks; data is what its DATA flag says, or NULL. */
struct vfio_pci_irq_req {
	u32		flags;
	unsigned int	index;
	unsigned int	start;
	unsigned int	count;
	void		*data;
};

static inline s32 vfio_irq_req_fd(const struct vfio_pci_irq_req *req, unsigned int i)
{
	return ((s32 *)req->data)[i];
}

/* Does a DATA_NONE or DATA_BOOL request mean its i-th interrupt? */
static inline bool vfio_irq_req_selects(const struct vfio_pci_irq_req *req, unsigned int i)
{
	return (req->flags & VFIO_IRQ_SET_DATA_NONE) ||
	       ((req->flags & VFIO_IRQ_SET_DATA_BOOL) && ((u8 *)req->data)[i]);
}

/* TRIGGER with no data and no count: switch the index off. */
static inline bool vfio_irq_req_disables(const struct vfio_pci_irq_req *req)
{
	return (req->flags & VFIO_IRQ_SET_DATA_NONE) && !req->count;
}

static inline bool vfio_irq_is_none(struct vfio_pci_core_device *vdev)
{
	return vdev->irq_type != VFIO_PCI_INTX_IRQ_INDEX &&
	       vdev->irq_type != VFIO_PCI_MSI_IRQ_INDEX &&
	       vdev->irq_type != VFIO_PCI_MSIX_IRQ_INDEX;
}

/*
 * Contexts live in vdev->ctx, by vector; igate held. alloc takes @name over
 * (NULL: it could not be made) and returns NULL without memory; free gives the
 * name and the trigger back.
 */
struct vfio_pci_irq_ctx *vfio_irq_ctx_get(struct vfio_pci_core_device *vdev, unsigned long index);
struct vfio_pci_irq_ctx *vfio_irq_ctx_alloc(struct vfio_pci_core_device *vdev,
					    unsigned long index, char *name);
void vfio_irq_ctx_free(struct vfio_pci_core_device *vdev, struct vfio_pci_irq_ctx *ctx,
		       unsigned long index);

/* The actions; igate held. Return 0, -errno, or (MSI) vectors available when too few. */
int vfio_pci_set_intx_mask(struct vfio_pci_core_device *vdev, const struct vfio_pci_irq_req *req);
int vfio_pci_set_intx_unmask(struct vfio_pci_core_device *vdev,
			     const struct vfio_pci_irq_req *req);
int vfio_pci_set_intx_trigger(struct vfio_pci_core_device *vdev,
			      const struct vfio_pci_irq_req *req);
int vfio_pci_set_msi_trigger(struct vfio_pci_core_device *vdev,
			     const struct vfio_pci_irq_req *req);

#endif
