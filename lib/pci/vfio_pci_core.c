// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-pci-core: what every vfio-pci driver is made of. This file makes and
 * registers the core device, and hands ioctls, features and accesses to the
 * files that know them.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "../core/profile.h"
#include "vfio_pci_priv.h"

bool vfio_pci_nointxmask;
static bool disable_idle_d3;

void vfio_pci_core_set_params(bool nointxmask, bool is_disable_vga, bool is_disable_idle_d3)
{
	vfio_pci_nointxmask = nointxmask;
	disable_idle_d3 = is_disable_idle_d3;
	vfio_pci_vga_set_disabled(is_disable_vga);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_set_params);

int vfio_pci_core_init_dev(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);

	mutex_init(&vdev->igate);
	mutex_init(&vdev->ioeventfds_lock);
	init_rwsem(&vdev->memory_lock);
	spin_lock_init(&vdev->irqlock);

	xa_init(&vdev->ctx);
	INIT_LIST_HEAD(&vdev->ioeventfds_list);
	INIT_LIST_HEAD(&vdev->dmabufs);
	INIT_LIST_HEAD(&vdev->dummy_resources_list);
	INIT_LIST_HEAD(&vdev->sriov_pfs_item);

	/* Kept per device: gets and puts must pair when the parameter changes (FEAT-056). */
	vdev->disable_idle_d3 = disable_idle_d3;
	vdev->pdev = to_pci_dev(core_vdev->dev);
	vdev->irq_type = VFIO_PCI_NUM_IRQS;
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_init_dev);

void vfio_pci_core_release_dev(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);

	kfree(vdev->pm_save);
	kfree(vdev->region);
	mutex_destroy(&vdev->ioeventfds_lock);
	mutex_destroy(&vdev->igate);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_release_dev);

/* A variant driver that implements half of an interface is a bug found here. */
static bool vfio_pci_ops_complete(const struct vfio_device *core_vdev)
{
	const struct vfio_migration_ops *mig = core_vdev->mig_ops;
	const struct vfio_log_ops *log = core_vdev->log_ops;

	/* Of an earlier API level: tested by its rules already. */
	if (core_vdev->compat)
		return true;
	if (mig && !(mig->migration_get_state && mig->migration_set_state &&
		     mig->migration_get_data_size &&
		     (core_vdev->migration_flags & VFIO_MIGRATION_STOP_COPY)))
		return false;
	return !log || (log->log_start && log->log_stop && log->log_read_and_clear);
}

/*
 * Devices that are reset together make a set, so that opening, closing and
 * resetting them exclude each other: a slot if it can be reset by itself, else
 * the bus. Nothing is reset with a function on a root bus or a VF.
 */
static int vfio_pci_assign_device_set(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	void *set_id = pdev->bus;

	if (pci_is_root_bus(pdev->bus) || (pdev->is_virtfn && profile(BEH_PCI_VF_OWN_SET)))
		set_id = vdev;
	else if (!pci_probe_reset_slot(pdev->slot))
		set_id = pdev->slot;

	return vfio_assign_device_set(&vdev->vdev, set_id);
}

/* What a device has from registration to unregistration, in the order it gets it. */
static const struct {
	int (*begin)(struct vfio_pci_core_device *vdev);
	void (*end)(struct vfio_pci_core_device *vdev);
} vfio_pci_stages[] = {
	{ vfio_pci_vf_init, vfio_pci_vf_uninit },
	{ vfio_pci_vga_init, vfio_pci_vga_uninit },
	{ vfio_pci_pm_start, vfio_pci_pm_stop },
};

static void vfio_pci_end_stages(struct vfio_pci_core_device *vdev, unsigned int reached)
{
	while (reached--)
		vfio_pci_stages[reached].end(vdev);
}

int vfio_pci_core_register_device(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	unsigned int stage;
	int ret;

	/* PCI's callbacks find the core device by it. */
	if (WARN_ON(pci_get_drvdata(pdev) != vdev))
		return -EINVAL;
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL || !vfio_pci_ops_complete(&vdev->vdev))
		return -EINVAL;

	/* VFs that exist already belong to others, and disabling them could block on us. */
	if (pci_num_vf(pdev)) {
		pci_warn(pdev, "has VFs enabled, not taking their PF\n");
		return -EBUSY;
	}

	ret = vfio_pci_assign_device_set(vdev);
	/* A stage that failed is not one to be ended. */
	for (stage = 0; !ret && stage < ARRAY_SIZE(vfio_pci_stages); stage += !ret)
		ret = vfio_pci_stages[stage].begin(vdev);

	/* Last: users may open the device before this returns. */
	if (!ret)
		ret = vfio_register_group_dev(&vdev->vdev);
	if (ret)
		vfio_pci_end_stages(vdev, stage);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_register_device);

void vfio_pci_core_unregister_device(struct vfio_pci_core_device *vdev)
{
	struct vfio_device *core_vdev = &vdev->vdev;

	/* Its VFs are of no use without a driver of the PF that knows them. */
	vfio_pci_core_sriov_configure(vdev, 0);
	vfio_unregister_group_dev(core_vdev);
	vfio_pci_end_stages(vdev, ARRAY_SIZE(vfio_pci_stages));
}
EXPORT_SYMBOL_GPL(vfio_pci_core_unregister_device);

static int vfio_pci_reset(struct vfio_pci_core_device *vdev, void __user *unused)
{
	int ret = -EINVAL;

	if (vdev->reset_works || MUTANT(pci_reset_unsupported, true)) {
		/* Awake first: the reset would end D3 too, without restoring what D3 lost. */
		vfio_pci_lock_awake(vdev);
		vfio_pci_zap_bars(vdev);
		ret = pci_try_reset_function(vdev->pdev);
		up_write(&vdev->memory_lock);
	}
	return ret;
}

static const struct {
	unsigned int cmd;
	int (*fn)(struct vfio_pci_core_device *vdev, void __user *arg);
} vfio_pci_ioctls[] = {
	{ VFIO_DEVICE_GET_INFO, vfio_pci_get_info },
	{ VFIO_DEVICE_GET_REGION_INFO, vfio_pci_get_region_info },
	{ VFIO_DEVICE_GET_IRQ_INFO, vfio_pci_get_irq_info },
	{ VFIO_DEVICE_SET_IRQS, vfio_pci_set_irqs },
	{ VFIO_DEVICE_RESET, vfio_pci_reset },
	{ VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, vfio_pci_get_hot_reset_info },
	{ VFIO_DEVICE_PCI_HOT_RESET, vfio_pci_hot_reset },
	{ VFIO_DEVICE_IOEVENTFD, vfio_pci_set_ioeventfd },
};

long vfio_pci_core_ioctl(struct vfio_device *core_vdev, unsigned int cmd, unsigned long arg)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vfio_pci_ioctls); i++)
		if (vfio_pci_ioctls[i].cmd == cmd)
			return vfio_pci_ioctls[i].fn(to_vfio_pci(core_vdev), (void __user *)arg);
	return -ENOTTY;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_ioctl);

/* Later than the uapi headers here. */
#ifndef VFIO_DEVICE_FEATURE_DMA_BUF
#define VFIO_DEVICE_FEATURE_DMA_BUF 11
#endif

/* Nothing to GET in any: a token is a secret, the others are actions. */
static const struct vfio_pci_feature {
	u32 id;
	size_t size;	/* of the data behind the header */
	int (*set)(struct vfio_pci_core_device *vdev, void __user *arg);
} vfio_pci_features[] = {
	{ VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, sizeof(uuid_t), vfio_pci_set_vf_token },
	{ VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, 0, vfio_pci_low_power_entry },
	{ VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP,
	  sizeof(struct vfio_device_low_power_entry_with_wakeup),
	  vfio_pci_low_power_entry_with_wakeup },
	{ VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, 0, vfio_pci_low_power_exit },
};

int vfio_pci_core_ioctl_feature(struct vfio_device *core_vdev, u32 flags, void __user *arg,
				size_t argsz)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);
	u32 id = flags & VFIO_DEVICE_FEATURE_MASK;
	const struct vfio_pci_feature *f;
	int ret;

	if (id == VFIO_DEVICE_FEATURE_DMA_BUF && profile(BEH_PCI_DMA_BUF))
		return vfio_pci_feature_dma_buf(vdev, flags, arg, argsz);
	if (id >= VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY &&
	    id <= VFIO_DEVICE_FEATURE_LOW_POWER_EXIT && !profile(BEH_PCI_LOW_POWER))
		return -ENOTTY;

	for (f = vfio_pci_features; f < vfio_pci_features + ARRAY_SIZE(vfio_pci_features); f++) {
		if (f->id != id)
			continue;
		if (id == VFIO_DEVICE_FEATURE_PCI_VF_TOKEN && !vdev->vf_token)
			break;
		ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, f->size);
		/* 1: not only a PROBE. */
		return ret == 1 ? f->set(vdev, arg) : ret;
	}
	return -ENOTTY;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_ioctl_feature);

typedef ssize_t (*vfio_pci_rw_t)(struct vfio_pci_core_device *vdev, char __user *buf,
				 size_t count, loff_t *ppos, bool iswrite);

static const vfio_pci_rw_t vfio_pci_region_rw[VFIO_PCI_NUM_REGIONS] = {
	[VFIO_PCI_BAR0_REGION_INDEX ... VFIO_PCI_ROM_REGION_INDEX] = vfio_pci_bar_rw,
	[VFIO_PCI_CONFIG_REGION_INDEX] = vfio_pci_config_rw,
	[VFIO_PCI_VGA_REGION_INDEX] = vfio_pci_vga_rw,
};

/* NULL if there is no such region. */
static vfio_pci_rw_t vfio_pci_find_rw(struct vfio_pci_core_device *vdev, u64 index)
{
	if (index < VFIO_PCI_NUM_REGIONS)
		return vfio_pci_region_rw[index];
	index -= VFIO_PCI_NUM_REGIONS;
	return index < vdev->num_regions ? vdev->region[index].ops->rw : NULL;
}

static ssize_t vfio_pci_rw(struct vfio_device *core_vdev, char __user *buf, size_t count,
			   loff_t *ppos, bool iswrite)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);
	vfio_pci_rw_t rw = vfio_pci_find_rw(vdev, VFIO_PCI_OFFSET_TO_INDEX(*ppos));
	struct device *dev = core_vdev->dev;
	ssize_t done;
	int err;

	if (!count)
		return 0;
	if (!rw)
		return -EINVAL;

	/* In LOW_POWER the device may be suspended: awake for the access. */
	err = pm_runtime_resume_and_get(dev);
	if (err) {
		pci_info_ratelimited(vdev->pdev, "cannot be resumed for an access (%d)\n", err);
		return -EIO;
	}
	done = rw(vdev, buf, count, ppos, iswrite);
	pm_runtime_put(dev);
	return done;
}

ssize_t vfio_pci_core_read(struct vfio_device *core_vdev, char __user *buf, size_t count,
			   loff_t *ppos)
{
	return vfio_pci_rw(core_vdev, buf, count, ppos, false);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_read);

ssize_t vfio_pci_core_write(struct vfio_device *core_vdev, const char __user *buf, size_t count,
			    loff_t *ppos)
{
	return vfio_pci_rw(core_vdev, (char __user *)buf, count, ppos, true);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_write);

/* The permission tables of configuration space serve all devices. */
static int __init vfio_pci_core_init(void)
{
	return vfio_pci_init_perm_bits();
}

static void __exit vfio_pci_core_cleanup(void)
{
	vfio_pci_uninit_perm_bits();
}

module_init(vfio_pci_core_init);
module_exit(vfio_pci_core_cleanup);

MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("What all VFIO drivers of PCI devices share");
