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
	xa_erase(&vdev->ctx, index);
	if (ctx->trigger)
		eventfd_ctx_put(ctx->trigger);
	kfree(ctx->name);
	kfree(ctx);
}

static void vfio_pci_eventfd_rcu_free(struct rcu_head *rcu)
{
	struct vfio_pci_eventfd *eventfd = container_of(rcu, struct vfio_pci_eventfd, rcu);

	eventfd_ctx_put(eventfd->ctx);
	kfree(eventfd);
}

int vfio_pci_eventfd_replace_locked(struct vfio_pci_core_device *vdev,
				    struct vfio_pci_eventfd __rcu **peventfd,
				    struct eventfd_ctx *ctx)
{
	struct vfio_pci_eventfd *next = NULL, *prev;

	lockdep_assert_held(&vdev->igate);

	if (ctx) {
		next = kzalloc(sizeof(*next), GFP_KERNEL_ACCOUNT);
		if (!next)
			return -ENOMEM;
		next->ctx = ctx;
	}

	prev = rcu_replace_pointer(*peventfd, next, lockdep_is_held(&vdev->igate));
	if (prev)
		call_rcu(&prev->rcu, vfio_pci_eventfd_rcu_free);
	return 0;
}

static int ctx_trigger_set_fd(struct vfio_pci_core_device *vdev,
			      struct vfio_pci_eventfd __rcu **peventfd, s32 fd)
{
	struct eventfd_ctx *ctx;
	int ret;

	if (fd == -1)
		return vfio_pci_eventfd_replace_locked(vdev, peventfd, NULL);
	if (fd < 0)
		return profile(BEH_PCI_ERR_REQ_FD_CHECKED) ? -EINVAL : 0;

	ctx = eventfd_ctx_fdget(fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	ret = vfio_pci_eventfd_replace_locked(vdev, peventfd, ctx);
	if (ret)
		eventfd_ctx_put(ctx);
	return ret;
}

/* The single eventfd of ERR or REQ. DATA_NONE and DATA_BOOL are a loopback test. */
static int vfio_pci_set_ctx_trigger_single(struct vfio_pci_core_device *vdev,
					   struct vfio_pci_eventfd __rcu **peventfd,
					   const struct vfio_pci_irq_req *req)
{
	struct vfio_pci_eventfd *cur;

	if (req->start != 0 || req->count > 1)
		return -EINVAL;

	cur = rcu_dereference_protected(*peventfd, lockdep_is_held(&vdev->igate));

	if (req->flags & VFIO_IRQ_SET_DATA_NONE) {
		if (!cur)
			return -EINVAL;
		if (!req->count)
			return vfio_pci_eventfd_replace_locked(vdev, peventfd, NULL);
		eventfd_signal(cur->ctx);
		return 0;
	}

	if (!req->count)
		return -EINVAL;
	if (req->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return ctx_trigger_set_fd(vdev, peventfd, vfio_irq_req_fd(req, 0));

	if (cur && vfio_irq_req_selects(req, 0))
		eventfd_signal(cur->ctx);
	return 0;
}

static int vfio_pci_set_err_trigger(struct vfio_pci_core_device *vdev,
				    const struct vfio_pci_irq_req *req)
{
	/* Only PCI Express has error reporting the host would hear of. */
	if (!pci_is_pcie(vdev->pdev))
		return -ENOTTY;
	return vfio_pci_set_ctx_trigger_single(vdev, &vdev->err_trigger, req);
}

static int vfio_pci_set_req_trigger(struct vfio_pci_core_device *vdev,
				    const struct vfio_pci_irq_req *req)
{
	return vfio_pci_set_ctx_trigger_single(vdev, &vdev->req_trigger, req);
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

int vfio_pci_set_irqs_ioctl(struct vfio_pci_core_device *vdev, u32 flags, unsigned int index,
			    unsigned int start, unsigned int count, void *data)
{
	const struct vfio_pci_irq_req req = {
		.flags = flags, .index = index, .start = start, .count = count, .data = data,
	};
	vfio_pci_irq_action_t action = NULL;

	if (index >= VFIO_PCI_NUM_IRQS)
		return -ENOTTY;

	/* Exactly one action: several bits match none of the cases (IRQ-015). */
	switch (flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) {
	case VFIO_IRQ_SET_ACTION_MASK:
		action = vfio_pci_irq_actions[index].mask;
		break;
	case VFIO_IRQ_SET_ACTION_UNMASK:
		action = vfio_pci_irq_actions[index].unmask;
		break;
	case VFIO_IRQ_SET_ACTION_TRIGGER:
		action = vfio_pci_irq_actions[index].trigger;
		break;
	}

	return action ? action(vdev, &req) : -ENOTTY;
}

int vfio_pci_ioctl_set_irqs(struct vfio_pci_core_device *vdev, struct vfio_irq_set __user *arg)
{
	struct vfio_irq_set hdr;
	size_t data_size = 0;
	void *data = NULL;
	int ret;

	if (copy_from_user(&hdr, arg, offsetofend(struct vfio_irq_set, count)))
		return -EFAULT;

	ret = vfio_set_irqs_validate_and_prepare(&hdr, vfio_pci_get_irq_count(vdev, hdr.index),
						 VFIO_PCI_NUM_IRQS, &data_size);
	if (ret)
		return ret;

	if (data_size) {
		data = memdup_user(&arg->data, data_size);
		if (IS_ERR(data))
			return PTR_ERR(data);
	}

	mutex_lock(&vdev->igate);
	ret = vfio_pci_set_irqs_ioctl(vdev, hdr.flags, hdr.index, hdr.start, hdr.count, data);
	mutex_unlock(&vdev->igate);

	kfree(data);
	return ret;
}

void vfio_pci_core_request(struct vfio_device *core_vdev, unsigned int count)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);
	struct vfio_pci_eventfd *eventfd;

	rcu_read_lock();
	eventfd = rcu_dereference(vdev->req_trigger);
	if (eventfd) {
		if (!(count % 10))
			pci_notice_ratelimited(vdev->pdev,
					       "asking the user to release it (%u)\n", count);
		eventfd_signal(eventfd->ctx);
	} else if (!count) {
		pci_warn(vdev->pdev,
			 "wanted back, but the user has no eventfd to be told by\n");
	}
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(vfio_pci_core_request);

pci_ers_result_t vfio_pci_core_aer_err_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(&pdev->dev);
	struct vfio_pci_eventfd *eventfd;

	rcu_read_lock();
	eventfd = rcu_dereference(vdev->err_trigger);
	if (eventfd)
		eventfd_signal(eventfd->ctx);
	rcu_read_unlock();

	return PCI_ERS_RESULT_CAN_RECOVER;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_aer_err_detected);

const struct pci_error_handlers vfio_pci_core_err_handlers = {
	.error_detected = vfio_pci_core_aer_err_detected,
};
EXPORT_SYMBOL_GPL(vfio_pci_core_err_handlers);
