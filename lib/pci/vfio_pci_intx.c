// SPDX-License-Identifier: GPL-2.0-only
/*
 * INTx for users: a level interrupt that is masked when it fires and stays so
 * until the user says that he dealt with it.
 *
 * A device whose DisINTx bit works (pci_2_3) is masked by that bit and may
 * share its line; any other is masked at the interrupt controller and needs
 * the line for itself.
 */
#include <linux/eventfd.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vfio.h>

#include "vfio_pci_irq.h"

static bool is_intx(struct vfio_pci_core_device *vdev)
{
	return vdev->irq_type == VFIO_PCI_INTX_IRQ_INDEX;
}

/* Also a virqfd thread: must do without locks that its caller's SET_IRQS may hold. */
static void vfio_send_intx_eventfd(void *opaque, void *data)
{
	struct vfio_pci_core_device *vdev = opaque;
	struct vfio_pci_irq_ctx *ctx = data;
	struct eventfd_ctx *trigger;

	if (!is_intx(vdev) || vdev->virq_disabled)
		return;

	trigger = READ_ONCE(ctx->trigger);
	if (trigger)
		eventfd_signal(trigger);
}

static void intx_gate_line(struct vfio_pci_core_device *vdev, bool enable)
{
	if (vdev->pci_2_3)
		pci_intx(vdev->pdev, enable);
	else if (enable)
		enable_irq(vdev->pdev->irq);
	else
		disable_irq_nosync(vdev->pdev->irq);
}

static bool __vfio_pci_intx_mask(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irq_ctx *ctx;
	unsigned long flags;
	bool changed = false;

	spin_lock_irqsave(&vdev->irqlock, flags);
	if (!is_intx(vdev)) {
		/* Nobody listens; let the device's bit follow what the user wrote. */
		if (vdev->pci_2_3)
			pci_intx(vdev->pdev, 0);
	} else {
		ctx = vfio_irq_ctx_get(vdev, 0);
		if (!WARN_ON_ONCE(!ctx) && !ctx->masked) {
			intx_gate_line(vdev, false);
			ctx->masked = true;
			changed = true;
		}
	}
	spin_unlock_irqrestore(&vdev->irqlock, flags);

	return changed;
}

bool vfio_pci_intx_mask(struct vfio_pci_core_device *vdev)
{
	bool changed;

	mutex_lock(&vdev->igate);
	changed = __vfio_pci_intx_mask(vdev);
	mutex_unlock(&vdev->igate);

	return changed;
}

/*
 * Returns 1 if the device still asserts: the line stays masked and the caller
 * signals the user instead (IRQ-042). As a virqfd handler this runs inside the
 * wakeup of an eventfd, where signalling another could deadlock; the virqfd
 * thread does it then.
 */
static int vfio_pci_intx_unmask_handler(void *opaque, void *data)
{
	struct vfio_pci_core_device *vdev = opaque;
	struct vfio_pci_irq_ctx *ctx = data;
	unsigned long flags;
	int resend = 0;

	spin_lock_irqsave(&vdev->irqlock, flags);
	if (!is_intx(vdev)) {
		if (vdev->pci_2_3)
			pci_intx(vdev->pdev, 1);
	} else if (ctx->masked && !vdev->virq_disabled) {
		if (vdev->pci_2_3)
			resend = !pci_check_and_unmask_intx(vdev->pdev);
		else
			enable_irq(vdev->pdev->irq);
		ctx->masked = resend;
	}
	spin_unlock_irqrestore(&vdev->irqlock, flags);

	return resend;
}

static void __vfio_pci_intx_unmask(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irq_ctx *ctx = vfio_irq_ctx_get(vdev, 0);

	if (vfio_pci_intx_unmask_handler(vdev, ctx))
		vfio_send_intx_eventfd(vdev, ctx);
}

void vfio_pci_intx_unmask(struct vfio_pci_core_device *vdev)
{
	mutex_lock(&vdev->igate);
	__vfio_pci_intx_unmask(vdev);
	mutex_unlock(&vdev->igate);
}

static irqreturn_t vfio_intx_handler(int irq, void *dev_id)
{
	struct vfio_pci_irq_ctx *ctx = dev_id;
	struct vfio_pci_core_device *vdev = ctx->vdev;
	unsigned long flags;
	bool ours = true;

	spin_lock_irqsave(&vdev->irqlock, flags);
	if (!vdev->pci_2_3)
		disable_irq_nosync(irq);
	else
		ours = !ctx->masked && pci_check_and_mask_intx(vdev->pdev);
	if (ours)
		ctx->masked = true;
	spin_unlock_irqrestore(&vdev->irqlock, flags);

	if (!ours)
		return IRQ_NONE;
	vfio_send_intx_eventfd(vdev, ctx);
	return IRQ_HANDLED;
}

/*
 * A line masked at the controller must be masked at once: a lazily disabled one
 * loses the edge of an interrupt that comes while its user is busy (IRQ-083).
 */
static void intx_set_unlazy(struct vfio_pci_core_device *vdev, bool unlazy)
{
	if (vdev->pci_2_3)
		return;
	if (unlazy)
		irq_set_status_flags(vdev->pdev->irq, IRQ_DISABLE_UNLAZY);
	else
		irq_clear_status_flags(vdev->pdev->irq, IRQ_DISABLE_UNLAZY);
}

/* Takes @trigger over on success only. */
static int vfio_intx_enable(struct vfio_pci_core_device *vdev, struct eventfd_ctx *trigger)
{
	struct pci_dev *pdev = vdev->pdev;
	struct vfio_pci_irq_ctx *ctx;
	unsigned long irqflags;
	int ret;

	if (!pdev->irq || pdev->irq == IRQ_NOTCONNECTED)
		return -ENODEV;

	ctx = vfio_irq_ctx_alloc(vdev, 0,
				 kasprintf(GFP_KERNEL, "vfio-intx(%s)", pci_name(pdev)));
	if (!ctx)
		return -ENOMEM;

	ctx->trigger = trigger;
	/* DisINTx written before the enable counts: start masked then. */
	ctx->masked = vdev->virq_disabled;

	if (vdev->pci_2_3) {
		pci_intx(pdev, !ctx->masked);
		irqflags = IRQF_SHARED;
	} else {
		irqflags = ctx->masked ? IRQF_NO_AUTOEN : 0;
	}

	/* The handler tests it, so it must be right before the handler can run. */
	vdev->irq_type = VFIO_PCI_INTX_IRQ_INDEX;

	intx_set_unlazy(vdev, true);
	ret = request_irq(pdev->irq, vfio_intx_handler, irqflags, ctx->name, ctx);
	if (ret) {
		intx_set_unlazy(vdev, false);
		vdev->irq_type = VFIO_PCI_NUM_IRQS;
		ctx->trigger = NULL;
		vfio_irq_ctx_free(vdev, ctx, 0);
	}
	return ret;
}

static void vfio_intx_set_signal(struct vfio_pci_core_device *vdev, struct eventfd_ctx *trigger)
{
	struct vfio_pci_irq_ctx *ctx = vfio_irq_ctx_get(vdev, 0);
	struct eventfd_ctx *old = ctx->trigger;

	WRITE_ONCE(ctx->trigger, trigger);
	if (!old)
		return;

	/* Handler and unmask thread may have read the old one a moment ago. */
	synchronize_irq(vdev->pdev->irq);
	vfio_virqfd_flush_thread(&ctx->unmask);
	eventfd_ctx_put(old);
}

static void vfio_intx_disable(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irq_ctx *ctx = vfio_irq_ctx_get(vdev, 0);

	if (!WARN_ON_ONCE(!ctx)) {
		vfio_virqfd_disable(&ctx->unmask);
		free_irq(vdev->pdev->irq, ctx);
		intx_set_unlazy(vdev, false);
		vfio_irq_ctx_free(vdev, ctx, 0);
	}
	vdev->irq_type = VFIO_PCI_NUM_IRQS;
}

/* INTx is one interrupt, and it must be the active mode, for MASK and UNMASK (IRQ-036). */
static bool intx_req_fits(struct vfio_pci_core_device *vdev, const struct vfio_pci_irq_req *req)
{
	return is_intx(vdev) && req->start == 0 && req->count == 1;
}

int vfio_pci_set_intx_mask(struct vfio_pci_core_device *vdev, const struct vfio_pci_irq_req *req)
{
	if (!intx_req_fits(vdev, req))
		return -EINVAL;
	if (req->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return -ENOTTY;
	if (vfio_irq_req_selects(req, 0))
		__vfio_pci_intx_mask(vdev);
	return 0;
}

int vfio_pci_set_intx_unmask(struct vfio_pci_core_device *vdev,
			     const struct vfio_pci_irq_req *req)
{
	if (!intx_req_fits(vdev, req))
		return -EINVAL;

	if (req->flags & VFIO_IRQ_SET_DATA_EVENTFD) {
		struct vfio_pci_irq_ctx *ctx = vfio_irq_ctx_get(vdev, 0);
		s32 fd = vfio_irq_req_fd(req, 0);

		if (fd >= 0)
			return vfio_virqfd_enable(vdev, vfio_pci_intx_unmask_handler,
						  vfio_send_intx_eventfd, ctx, &ctx->unmask, fd);
		vfio_virqfd_disable(&ctx->unmask);
	} else if (vfio_irq_req_selects(req, 0)) {
		__vfio_pci_intx_unmask(vdev);
	}
	return 0;
}

static int intx_set_eventfd(struct vfio_pci_core_device *vdev, s32 fd)
{
	struct eventfd_ctx *trigger = NULL;
	int ret;

	if (fd >= 0) {
		trigger = eventfd_ctx_fdget(fd);
		if (IS_ERR(trigger))
			return PTR_ERR(trigger);
	}

	if (is_intx(vdev)) {
		vfio_intx_set_signal(vdev, trigger);
		return 0;
	}

	ret = vfio_intx_enable(vdev, trigger);
	if (ret && trigger)
		eventfd_ctx_put(trigger);
	return ret;
}

int vfio_pci_set_intx_trigger(struct vfio_pci_core_device *vdev,
			      const struct vfio_pci_irq_req *req)
{
	if (is_intx(vdev) && !req->count && (req->flags & VFIO_IRQ_SET_DATA_NONE)) {
		vfio_intx_disable(vdev);
		return 0;
	}

	if (!(is_intx(vdev) || vfio_irq_is_none(vdev)) || req->start != 0 || req->count != 1)
		return -EINVAL;

	if (req->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return intx_set_eventfd(vdev, vfio_irq_req_fd(req, 0));

	if (!is_intx(vdev))
		return -EINVAL;
	if (vfio_irq_req_selects(req, 0))
		vfio_send_intx_eventfd(vdev, vfio_irq_ctx_get(vdev, 0));
	return 0;
}
