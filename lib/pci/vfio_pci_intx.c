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
	return READ_ONCE(vdev->irq_type) == VFIO_PCI_INTX_IRQ_INDEX;
}

/* Also a virqfd thread: must do without locks that its caller's SET_IRQS may hold. */
static void intx_send(void *opaque, void *data)
{
	struct vfio_pci_core_device *vdev = opaque;
	struct vfio_pci_irq_ctx *ctx = data;
	struct eventfd_ctx *trigger;

	if (!is_intx(vdev) ||
	    UNLESS_MUTANT(intx_sent_while_disabled, READ_ONCE(vdev->virq_disabled)))
		return;

	trigger = smp_load_acquire(&ctx->trigger);
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

/* igate held. Returns true if this masked it. */
static bool intx_mask(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irq_ctx *ctx = vfio_irq_ctx_get(vdev, 0);
	bool active = is_intx(vdev), masks;
	unsigned long flags;

	if (WARN_ON_ONCE(active && !ctx))
		return false;

	spin_lock_irqsave(&vdev->irqlock, flags);
	masks = active && !ctx->masked;
	if (masks)
		ctx->masked = true;
	/* While nobody listens, the device's bit follows what the user wrote. */
	if (masks || (!active && vdev->pci_2_3))
		intx_gate_line(vdev, false);
	spin_unlock_irqrestore(&vdev->irqlock, flags);

	return masks;
}

bool vfio_pci_intx_mask(struct vfio_pci_core_device *vdev)
{
	bool changed;

	mutex_lock(&vdev->igate);
	changed = intx_mask(vdev);
	mutex_unlock(&vdev->igate);
	return changed;
}

/* irqlock held. Open the line of a masked interrupt, unless the device still asserts it. */
static bool intx_open_line(struct vfio_pci_core_device *vdev)
{
	if (vdev->pci_2_3)
		return pci_check_and_unmask_intx(vdev->pdev);
	enable_irq(vdev->pdev->irq);
	return true;
}

/*
 * Returns 1 if the device still asserts: the line stays masked and the caller
 * signals the user instead (IRQ-042). As a virqfd handler this runs inside the
 * wakeup of an eventfd, where signalling another could deadlock; the virqfd
 * thread does it then.
 */
static int intx_try_unmask(void *opaque, void *data)
{
	struct vfio_pci_core_device *vdev = opaque;
	struct vfio_pci_irq_ctx *ctx = data;
	unsigned long flags;
	bool resend = false;

	spin_lock_irqsave(&vdev->irqlock, flags);
	if (is_intx(vdev) && ctx->masked && !READ_ONCE(vdev->virq_disabled)) {
		resend = !intx_open_line(vdev);
		ctx->masked = resend;
	} else if (!is_intx(vdev) && vdev->pci_2_3) {
		intx_gate_line(vdev, true);
	}
	spin_unlock_irqrestore(&vdev->irqlock, flags);

	return resend;
}

/* igate held. */
static void intx_unmask(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irq_ctx *ctx = vfio_irq_ctx_get(vdev, 0);

	if (UNLESS_MUTANT(intx_not_sent_again, intx_try_unmask(vdev, ctx)))
		intx_send(vdev, ctx);
}

void vfio_pci_intx_unmask(struct vfio_pci_core_device *vdev)
{
	mutex_lock(&vdev->igate);
	intx_unmask(vdev);
	mutex_unlock(&vdev->igate);
}

/* irqlock held. Mask the interrupt that came, if it is ours: a shared line may be another's. */
static bool intx_claim(struct vfio_pci_core_device *vdev, bool masked)
{
	if (vdev->pci_2_3)
		return !masked && pci_check_and_mask_intx(vdev->pdev);
	disable_irq_nosync(vdev->pdev->irq);
	return true;
}

static irqreturn_t intx_handler(int irq, void *dev_id)
{
	struct vfio_pci_irq_ctx *ctx = dev_id;
	unsigned long flags;
	bool ours;

	spin_lock_irqsave(&ctx->vdev->irqlock, flags);
	ours = intx_claim(ctx->vdev, ctx->masked);
	ctx->masked |= UNLESS_MUTANT(intx_not_automasked, ours);
	spin_unlock_irqrestore(&ctx->vdev->irqlock, flags);

	if (ours)
		intx_send(ctx->vdev, ctx);
	return IRQ_RETVAL(ours);
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

/*
 * Have the line delivered to intx_handler(), masked from the start if @ctx says
 * so. A device that masks itself does that by its own bit, and may share.
 */
static int intx_request_line(struct vfio_pci_core_device *vdev, struct vfio_pci_irq_ctx *ctx)
{
	unsigned long how = IRQF_SHARED;
	int err;

	if (vdev->pci_2_3)
		intx_gate_line(vdev, !ctx->masked);
	else
		how = ctx->masked ? IRQF_NO_AUTOEN : 0;

	intx_set_unlazy(vdev, true);
	err = request_irq(vdev->pdev->irq, intx_handler, how, ctx->name, ctx);
	if (err)
		intx_set_unlazy(vdev, false);
	return err;
}

/* Takes @trigger over on success only. */
static int intx_enable(struct vfio_pci_core_device *vdev, struct eventfd_ctx *trigger)
{
	struct pci_dev *pdev = vdev->pdev;
	struct vfio_pci_irq_ctx *ctx;
	int err;

	if (pdev->irq == 0 || pdev->irq == IRQ_NOTCONNECTED)
		return -ENODEV;

	ctx = vfio_irq_ctx_alloc(vdev, 0, kasprintf(GFP_KERNEL, "vfio-intx(%s)", pci_name(pdev)));
	if (!ctx)
		return -ENOMEM;

	/* DisINTx written before the enable counts: start masked then. */
	ctx->masked = UNLESS_MUTANT(intx_ignores_disintx, READ_ONCE(vdev->virq_disabled));
	ctx->trigger = trigger;
	/* The handler tests it, so it must be right before the handler can run. */
	WRITE_ONCE(vdev->irq_type, VFIO_PCI_INTX_IRQ_INDEX);

	err = intx_request_line(vdev, ctx);
	if (err) {
		ctx->trigger = NULL;
		WRITE_ONCE(vdev->irq_type, VFIO_PCI_NUM_IRQS);
		vfio_irq_ctx_free(vdev, ctx, 0);
	}
	return err;
}

static void intx_set_trigger(struct vfio_pci_core_device *vdev, struct eventfd_ctx *trigger)
{
	struct vfio_pci_irq_ctx *ctx = vfio_irq_ctx_get(vdev, 0);
	struct eventfd_ctx *old = ctx->trigger;

	if (MUTANT(intx_eventfd_not_replaced, old))
		return;
	/* The eventfd may be as new as this call, and its first user an interrupt. */
	smp_store_release(&ctx->trigger, trigger);
	if (!old)
		return;

	/* Handler and unmask thread may have read the old one a moment ago. */
	synchronize_irq(vdev->pdev->irq);
	vfio_virqfd_flush_thread(&ctx->unmask);
	eventfd_ctx_put(old);
}

static void intx_disable(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_irq_ctx *ctx = vfio_irq_ctx_get(vdev, 0);

	if (!WARN_ON_ONCE(!ctx)) {
		if (!MUTANT(intx_disable_keeps_unmask, ctx->unmask))
			vfio_virqfd_disable(&ctx->unmask);
		free_irq(vdev->pdev->irq, ctx);
		intx_set_unlazy(vdev, false);
		vfio_irq_ctx_free(vdev, ctx, 0);
	}
	WRITE_ONCE(vdev->irq_type, VFIO_PCI_NUM_IRQS);
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
		return MUTANT(intx_mask_by_eventfd, true) ? -EINVAL : -ENOTTY;
	if (vfio_irq_req_selects(req, 0))
		intx_mask(vdev);
	return 0;
}

int vfio_pci_set_intx_unmask(struct vfio_pci_core_device *vdev,
			     const struct vfio_pci_irq_req *req)
{
	struct vfio_pci_irq_ctx *ctx;
	s32 fd;

	if (!intx_req_fits(vdev, req))
		return -EINVAL;
	if (vfio_irq_req_selects(req, 0))
		intx_unmask(vdev);
	if (!(req->flags & VFIO_IRQ_SET_DATA_EVENTFD))
		return 0;

	ctx = vfio_irq_ctx_get(vdev, 0);
	fd = vfio_irq_req_fd(req, 0);
	if (fd >= 0)
		return vfio_virqfd_enable(vdev, intx_try_unmask, intx_send, ctx, &ctx->unmask, fd);
	vfio_virqfd_disable(&ctx->unmask);
	return 0;
}

/* Give INTx an eventfd to signal, or none; this is what enables it. */
static int intx_set_eventfd(struct vfio_pci_core_device *vdev, s32 fd)
{
	struct eventfd_ctx *trigger = fd < 0 ? NULL : eventfd_ctx_fdget(fd);
	int err = 0;

	if (IS_ERR(trigger))
		return PTR_ERR(trigger);

	if (is_intx(vdev))
		intx_set_trigger(vdev, trigger);
	else
		err = intx_enable(vdev, trigger);
	if (err && trigger)
		eventfd_ctx_put(trigger);
	return err;
}

int vfio_pci_set_intx_trigger(struct vfio_pci_core_device *vdev,
			      const struct vfio_pci_irq_req *req)
{
	bool active = is_intx(vdev);

	if (active && vfio_irq_req_disables(req)) {
		intx_disable(vdev);
		return 0;
	}

	if (req->start != 0 || req->count != 1 || 
	    !(active || !UNLESS_MUTANT(intx_beside_msi, !vfio_irq_is_none(vdev))))
		return -EINVAL;
	if (req->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return intx_set_eventfd(vdev, vfio_irq_req_fd(req, 0));
	if (!active)
		return -EINVAL;

	if (vfio_irq_req_selects(req, 0))
		intx_send(vdev, vfio_irq_ctx_get(vdev, 0));
	return 0;
}
