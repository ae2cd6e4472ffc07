// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_SET_IRQS: who does what for which index, and the two indexes
 * that are not interrupts of the device: ERR (it reported an error) and REQ
 * (the host wants it back).
 */
#include <linux/eventfd.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "../core/profile.h"
#include "vfio_pci_irq.h"

struct vfio_pci_irq_ctx *vfio_irq_ctx_get(struct vfio_pci_core_device *vdev, unsigned long index)
{
	return xa_load(&vdev->ctx, index);
}

struct vfio_pci_irq_ctx *vfio_irq_ctx_alloc(struct vfio_pci_core_device *vdev,
					    unsigned long index, char *name)
{
	struct vfio_pci_irq_ctx *ctx = NULL;

	if (name)
		ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);
	if (ctx && xa_insert(&vdev->ctx, index, ctx, GFP_KERNEL_ACCOUNT)) {
		kfree(ctx);
		ctx = NULL;
	}
	if (!ctx) {
		kfree(name);
		return NULL;
	}

	ctx->vdev = vdev;
	ctx->name = name;
	return ctx;
}

void vfio_irq_ctx_free(struct vfio_pci_core_device *vdev, struct vfio_pci_irq_ctx *ctx,
		       unsigned long index)
{
	struct eventfd_ctx *trigger = ctx->trigger;

	xa_erase(&vdev->ctx, index);
	kfree(ctx->name);
	kfree(ctx);
	if (trigger)
		eventfd_ctx_put(trigger);
}

/*
 * The eventfds of ERR and REQ: signalled under RCU, by whom no lock of ours
 * stops, and changed under igate.
 */
static bool vfio_pci_notify(struct vfio_pci_eventfd __rcu **slot)
{
	struct vfio_pci_eventfd *cur;

	rcu_read_lock();
	cur = rcu_dereference(*slot);
	if (cur)
		eventfd_signal(cur->ctx);
	rcu_read_unlock();
	return cur;
}

static void vfio_pci_eventfd_free(struct rcu_head *rcu)
{
	struct vfio_pci_eventfd *gone = container_of(rcu, struct vfio_pci_eventfd, rcu);

	eventfd_ctx_put(gone->ctx);
	kfree(gone);
}

/* Have @slot signal @ctx, whose reference it takes over, or nothing. 0 or -ENOMEM. */
static int vfio_pci_set_eventfd(struct vfio_pci_core_device *vdev,
				struct vfio_pci_eventfd __rcu **slot, struct eventfd_ctx *ctx)
{
	struct vfio_pci_eventfd *fresh = NULL, *gone;

	if (ctx) {
		fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
		if (!fresh)
			return -ENOMEM;
		fresh->ctx = ctx;
	}

	gone = rcu_replace_pointer(*slot, fresh, lockdep_is_held(&vdev->igate));
	if (gone)
		call_rcu(&gone->rcu, vfio_pci_eventfd_free);
	return 0;
}

void vfio_pci_drop_eventfds(struct vfio_pci_core_device *vdev)
{
	mutex_lock(&vdev->igate);
	vfio_pci_set_eventfd(vdev, &vdev->req_trigger, NULL);
	vfio_pci_set_eventfd(vdev, &vdev->err_trigger, NULL);
	mutex_unlock(&vdev->igate);
}

static int vfio_pci_set_eventfd_fd(struct vfio_pci_core_device *vdev,
				   struct vfio_pci_eventfd __rcu **slot, s32 fd)
{
	struct eventfd_ctx *ctx = NULL;
	int ret;

	if (UNLESS_MUTANT(irq_bad_err_fd, fd < -1))
		return profile(BEH_PCI_ERR_REQ_FD_CHECKED) ? -EINVAL : 0;
	if (fd >= 0)
		ctx = eventfd_ctx_fdget(fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	ret = vfio_pci_set_eventfd(vdev, slot, ctx);
	if (ret)
		eventfd_ctx_put(ctx);
	return ret;
}

/* TRIGGER for the single eventfd of ERR or REQ. DATA_NONE and DATA_BOOL are a loopback test. */
static int vfio_pci_trigger_single(struct vfio_pci_core_device *vdev,
				   struct vfio_pci_eventfd __rcu **slot,
				   const struct vfio_pci_irq_req *req)
{
	bool none = req->flags & VFIO_IRQ_SET_DATA_NONE;

	if (req->start || req->count > 1)
		return -EINVAL;
	/* An empty request takes the eventfd away, if there is one. */
	if (!req->count && !(none && rcu_access_pointer(*slot)))
		return -EINVAL;
	if (!req->count)
		return MUTANT(irq_err_eventfd_kept, true) ? 0 :
		       vfio_pci_set_eventfd(vdev, slot, NULL);

	if (req->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return vfio_pci_set_eventfd_fd(vdev, slot, vfio_irq_req_fd(req, 0));

	if (vfio_irq_req_selects(req, 0) && !vfio_pci_notify(slot) && none)
		return -EINVAL;
	return 0;
}

static int vfio_pci_set_err_trigger(struct vfio_pci_core_device *vdev,
				    const struct vfio_pci_irq_req *req)
{
	/* Only PCI Express has error reporting the host would hear of. */
	return pci_is_pcie(vdev->pdev) || profile(BEH_PCI_ERR_IRQ_ALWAYS) ?
		vfio_pci_trigger_single(vdev, &vdev->err_trigger, req) : -ENOTTY;
}

static int vfio_pci_set_req_trigger(struct vfio_pci_core_device *vdev,
				    const struct vfio_pci_irq_req *req)
{
	return vfio_pci_trigger_single(vdev, &vdev->req_trigger, req);
}

typedef int (*vfio_pci_irq_action_t)(struct vfio_pci_core_device *vdev,
				     const struct vfio_pci_irq_req *req);

/* An action an index lacks is -ENOTTY (IRQ-016, IRQ-017). */
static const struct vfio_pci_irq_actions {
	vfio_pci_irq_action_t mask;
	vfio_pci_irq_action_t unmask;
	vfio_pci_irq_action_t trigger;
} vfio_pci_irq_actions[VFIO_PCI_NUM_IRQS] = {
	[VFIO_PCI_INTX_IRQ_INDEX] = {
		vfio_pci_set_intx_mask, vfio_pci_set_intx_unmask, vfio_pci_set_intx_trigger,
	},
	[VFIO_PCI_MSI_IRQ_INDEX] = { .trigger = vfio_pci_set_msi_trigger },
	[VFIO_PCI_MSIX_IRQ_INDEX] = { .trigger = vfio_pci_set_msi_trigger },
	[VFIO_PCI_ERR_IRQ_INDEX] = { .trigger = vfio_pci_set_err_trigger },
	[VFIO_PCI_REQ_IRQ_INDEX] = { .trigger = vfio_pci_set_req_trigger },
};

/* igate held, or no user who could do anything meanwhile. */
static int vfio_pci_act(struct vfio_pci_core_device *vdev, const struct vfio_pci_irq_req *req)
{
	const struct vfio_pci_irq_actions *has = &vfio_pci_irq_actions[req->index];
	vfio_pci_irq_action_t action = NULL;

	/* Exactly one action: several bits match none of the cases (IRQ-015). */
	switch (req->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) {
	case VFIO_IRQ_SET_ACTION_MASK:
		action = has->mask;
		break;
	case VFIO_IRQ_SET_ACTION_UNMASK:
		action = has->unmask;
		break;
	case VFIO_IRQ_SET_ACTION_TRIGGER:
		action = has->trigger;
		break;
	}

	return action ? action(vdev, req) : MUTANT(irq_no_action_einval, true) ? -EINVAL : -ENOTTY;
}

void vfio_pci_irqs_off(struct vfio_pci_core_device *vdev)
{
	const struct vfio_pci_irq_req off = {
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = vdev->irq_type,
	};

	if (!vfio_irq_is_none(vdev))
		vfio_pci_act(vdev, &off);
}

int vfio_pci_set_irqs(struct vfio_pci_core_device *vdev, void __user *arg)
{
	struct vfio_pci_irq_req req = {};
	struct vfio_irq_set hdr;
	size_t size = 0;
	int ret;

	if (copy_from_user(&hdr, arg, sizeof(hdr)))
		return -EFAULT;
	ret = vfio_set_irqs_validate_and_prepare(&hdr, vfio_pci_irq_count(vdev, hdr.index),
						 VFIO_PCI_NUM_IRQS, &size);
	if (ret)
		return ret;

	req.flags = hdr.flags;
	req.index = hdr.index;
	req.start = hdr.start;
	req.count = hdr.count;
	if (size)
		req.data = memdup_user(arg + sizeof(hdr), size);
	if (IS_ERR(req.data))
		return PTR_ERR(req.data);

	mutex_lock(&vdev->igate);
	ret = vfio_pci_act(vdev, &req);
	mutex_unlock(&vdev->igate);

	kfree(req.data);
	return ret;
}

void vfio_pci_core_request(struct vfio_device *core_vdev, unsigned int count)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);

	if (MUTANT(irq_request_not_signalled, true) || !vfio_pci_notify(&vdev->req_trigger)) {
		if (!count)
			pci_warn(vdev->pdev,
				 "wanted back, but the user has no eventfd to be told by\n");
	} else if (count % 10 == 0) {
		pci_notice_ratelimited(vdev->pdev, "asked the user to release it (%u)\n", count);
	}
}
EXPORT_SYMBOL_GPL(vfio_pci_core_request);

pci_ers_result_t vfio_pci_core_aer_err_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct vfio_pci_core_device *vdev = pci_get_drvdata(pdev);

	vfio_pci_notify(&vdev->err_trigger);
	return PCI_ERS_RESULT_CAN_RECOVER;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_aer_err_detected);

const struct pci_error_handlers vfio_pci_core_err_handlers = {
	.error_detected = vfio_pci_core_aer_err_detected,
};
EXPORT_SYMBOL_GPL(vfio_pci_core_err_handlers);
