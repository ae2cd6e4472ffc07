// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI and MSI-X for users: each vector has an eventfd or is unused.
 *
 * Vectors stay allocated from the first TRIGGER with eventfds until the index
 * is disabled; giving a vector another eventfd only changes its handler.
 */
#include <linux/bitops.h>
#include <linux/eventfd.h>
#include <linux/interrupt.h>
#include <linux/irqbypass.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#include "../core/profile.h"
#include "vfio_pci_irq.h"

static irqreturn_t vfio_msihandler(int irq, void *arg)
{
	eventfd_signal(arg);
	return IRQ_HANDLED;
}

/* 0, -errno, or the number of vectors there are if they are fewer than @nvec (IRQ-054). */
static int vfio_msi_enable(struct vfio_pci_core_device *vdev, unsigned int nvec, bool msix)
{
	u16 command = vfio_pci_decode_begin(vdev);
	int got = pci_alloc_irq_vectors(vdev->pdev, 1, nvec, msix ? PCI_IRQ_MSIX : PCI_IRQ_MSI);
	bool enough = got >= (int)nvec;

	if (got > 0 && !enough)
		pci_free_irq_vectors(vdev->pdev);
	vfio_pci_decode_end(vdev, command);
	if (!enough)
		return got;

	WRITE_ONCE(vdev->irq_type, msix ? VFIO_PCI_MSIX_IRQ_INDEX : VFIO_PCI_MSI_IRQ_INDEX);
	if (!msix)
		vdev->msi_qmax = fls(nvec - 1);	/* log2, rounded up */
	return 0;
}

/* Linux interrupt number of @vector, allocating it if the platform can add MSI-X vectors. */
static int vfio_msi_irq_of(struct vfio_pci_core_device *vdev, unsigned int vector, bool msix)
{
	int irq = pci_irq_vector(vdev->pdev, vector);

	if (irq <= 0 && msix && vdev->has_dyn_msix) {
		u16 command = vfio_pci_decode_begin(vdev);
		struct msi_map fresh = pci_msix_alloc_irq_at(vdev->pdev, vector, NULL);

		vfio_pci_decode_end(vdev, command);
		irq = fresh.index < 0 ? fresh.index : fresh.virq;
	}
	return irq;
}

static void vfio_msi_clear_vector(struct vfio_pci_core_device *vdev, unsigned int vector)
{
	struct vfio_pci_irq_ctx *ctx = vfio_irq_ctx_get(vdev, vector);
	u16 command;

	if (!ctx)
		return;

	irq_bypass_unregister_producer(&ctx->producer);
	/* Freeing writes the mask bit of the vector, which is device memory for MSI-X. */
	command = vfio_pci_decode_begin(vdev);
	free_irq(pci_irq_vector(vdev->pdev, vector), ctx->trigger);
	vfio_pci_decode_end(vdev, command);
	vfio_irq_ctx_free(vdev, ctx, vector);
}

/* A reset the host did not see may have wiped the table (IRQ-069). */
static void vfio_msix_rewrite_entry(int irq)
{
	struct msi_msg host;

	get_cached_msi_msg(irq, &host);
	pci_write_msi_msg(irq, &host);
}

static int vfio_msi_request(struct vfio_pci_core_device *vdev, struct vfio_pci_irq_ctx *ctx,
			    int irq, bool msix)
{
	u16 command = vfio_pci_decode_begin(vdev);
	int ret;

	if (msix)
		vfio_msix_rewrite_entry(irq);
	ret = request_irq(irq, vfio_msihandler, 0, ctx->name, ctx->trigger);
	vfio_pci_decode_end(vdev, command);
	return ret;
}

/* Vector is without eventfd afterwards if @fd is negative or anything fails. */
static int vfio_msi_set_vector_signal(struct vfio_pci_core_device *vdev, unsigned int vector,
				      s32 fd, bool msix)
{
	struct vfio_pci_irq_ctx *ctx;
	struct eventfd_ctx *trigger;
	int irq, ret;

	if (MUTANT(msi_vector_not_cleared, fd < 0 && vfio_irq_ctx_get(vdev, vector)))
		return 0;
	vfio_msi_clear_vector(vdev, vector);
	if (fd < 0)
		return 0;

	irq = vfio_msi_irq_of(vdev, vector, msix);
	if (irq < 0)
		return irq;

	trigger = eventfd_ctx_fdget(fd);
	if (IS_ERR(trigger))
		return PTR_ERR(trigger);

	ctx = vfio_irq_ctx_alloc(vdev, vector,
				 kasprintf(GFP_KERNEL, "vfio-msi%s[%d](%s)", msix ? "x" : "",
					   vector, pci_name(vdev->pdev)));
	if (!ctx) {
		eventfd_ctx_put(trigger);
		return -ENOMEM;
	}
	ctx->trigger = trigger;

	ret = vfio_msi_request(vdev, ctx, irq, msix);
	if (ret) {
		vfio_irq_ctx_free(vdev, ctx, vector);
		return ret;
	}

	ctx->producer.token = trigger;
	ctx->producer.irq = irq;
	/* Bypass only makes delivery faster; without it the eventfd still works. */
	if (irq_bypass_register_producer(&ctx->producer)) {
		pci_info(vdev->pdev, "vector %u: no interrupt bypass\n", vector);
		ctx->producer.token = NULL;
	}
	return 0;
}

/*
 * Does the request stay within the vectors of the enabled index? Until dynamic
 * MSI-X came (6.5) the set was fixed at the enable and every request was held
 * to it, an empty one too (IRQ-056, IRQ-058, IRQ-065).
 */
static bool vfio_msi_within_enabled(struct vfio_pci_core_device *vdev,
				    const struct vfio_pci_irq_req *req, bool empty_counts)
{
	unsigned int last = req->start + req->count;

	if (profile(BEH_PCI_MSI_DYNAMIC))
		return true;
	if (req->count)
		return pci_irq_vector(vdev->pdev, last - 1) > 0;
	if (empty_counts)
		return pci_irq_vector(vdev->pdev, req->start) > 0;
	return !req->start || pci_irq_vector(vdev->pdev, req->start - 1) > 0;
}

static int vfio_msi_set_block(struct vfio_pci_core_device *vdev,
			      const struct vfio_pci_irq_req *req, bool msix)
{
	unsigned int i;
	int ret = 0;

	if (!vfio_msi_within_enabled(vdev, req, true))
		return -EINVAL;

	for (i = 0; i < req->count && !ret; i++)
		ret = vfio_msi_set_vector_signal(vdev, req->start + i, vfio_irq_req_fd(req, i),
						 msix);
	if (ret) {
		/* All or nothing: none of this call's vectors keeps an eventfd (IRQ-060). */
		while (i-- && !MUTANT(msi_failed_block_stays, true))
			vfio_msi_clear_vector(vdev, req->start + i);
	}
	return ret;
}

static void vfio_msi_disable(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irq_ctx *ctx;
	unsigned long vector;
	u16 command;

	xa_for_each(&vdev->ctx, vector, ctx)
		vfio_msi_clear_vector(vdev, vector);

	command = vfio_pci_decode_begin(vdev);
	pci_free_irq_vectors(vdev->pdev);
	vfio_pci_decode_end(vdev, command);

	/* Leaving message mode switches INTx on again. */
	if (vdev->nointx)
		pci_intx(vdev->pdev, 0);

	if (!MUTANT(msi_disable_keeps_mode, true))
		WRITE_ONCE(vdev->irq_type, VFIO_PCI_NUM_IRQS);
}

static int msi_set_eventfds(struct vfio_pci_core_device *vdev, const struct vfio_pci_irq_req *req,
			    bool msix)
{
	int ret;

	if (vdev->irq_type == req->index)
		return vfio_msi_set_block(vdev, req, msix);

	ret = vfio_msi_enable(vdev, req->start + req->count, msix);
	if (ret)
		return ret;

	ret = vfio_msi_set_block(vdev, req, msix);
	if (UNLESS_MUTANT(msi_failed_enable_stays, ret))
		vfio_msi_disable(vdev);
	return ret;
}

int vfio_pci_set_msi_trigger(struct vfio_pci_core_device *vdev,
			     const struct vfio_pci_irq_req *req)
{
	bool msix = req->index == VFIO_PCI_MSIX_IRQ_INDEX;
	bool active = vdev->irq_type == req->index;
	struct vfio_pci_irq_ctx *ctx;
	unsigned int i;

	if (active && vfio_irq_req_disables(req)) {
		vfio_msi_disable(vdev);
		return 0;
	}

	if (!active && UNLESS_MUTANT(msi_beside_intx, !vfio_irq_is_none(vdev)))
		return -EINVAL;

	if (req->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return msi_set_eventfds(vdev, req, msix);

	if (!active || !vfio_msi_within_enabled(vdev, req, false))
		return -EINVAL;

	for (i = 0; i < req->count; i++) {
		ctx = vfio_irq_ctx_get(vdev, req->start + i);
		if (ctx && (vfio_irq_req_selects(req, i) || MUTANT(msi_bool_ignored, true)))
			eventfd_signal(ctx->trigger);
	}
	return 0;
}
