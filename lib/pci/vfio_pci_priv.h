/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of vfio-pci-core share among themselves.
 *
 * Lock order: dev_set->lock, igate, ioeventfds_lock, memory_lock, irqlock.
 */
#ifndef VFIO_PCI_PRIV_H
#define VFIO_PCI_PRIV_H

#include <linux/vfio_pci_core.h>

#define to_vfio_pci(core_vdev) container_of(core_vdev, struct vfio_pci_core_device, vdev)

/* Most ioeventfds a device may have at a time (RST-048). */
#define VFIO_PCI_IOEVENTFD_MAX	1000

/* Size of the ROM region of a device whose ROM is a copy in memory (INFO-028). */
#define VFIO_PCI_SHADOW_ROM_SIZE	0x20000

/* The VGA region ends where the legacy frame buffer does. */
#define VFIO_PCI_VGA_REGION_SIZE	0xc0000

/* vfio_pci_vga.c: legacy VGA ranges. @disabled: the disable_vga parameter. */
ssize_t vfio_pci_vga_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			loff_t *ppos, bool iswrite);
int vfio_pci_vga_init(struct vfio_pci_core_device *vdev);
void vfio_pci_vga_uninit(struct vfio_pci_core_device *vdev);
void vfio_pci_vga_set_disabled(bool disabled);
/* Does the device have a VGA region? */
bool vfio_pci_has_vga(struct pci_dev *pdev);

/* vfio_pci_core.c: the nointxmask parameter. */
extern bool vfio_pci_nointxmask;

/* vfio_pci_info.c: the GET_*_INFO ioctls. Interrupts an index has; 0 for unknown ones. */
int vfio_pci_get_irq_count(struct vfio_pci_core_device *vdev, int irq_type);
int vfio_pci_ioctl_get_info(struct vfio_pci_core_device *vdev, struct vfio_device_info __user *arg);
int vfio_pci_ioctl_get_region_info(struct vfio_pci_core_device *vdev,
				   struct vfio_region_info __user *arg);
int vfio_pci_ioctl_get_irq_info(struct vfio_pci_core_device *vdev,
				struct vfio_irq_info __user *arg);

/* vfio_pci_hot_reset.c: reset of a slot or bus. */
int vfio_pci_ioctl_get_pci_hot_reset_info(struct vfio_pci_core_device *vdev,
					  struct vfio_pci_hot_reset_info __user *arg);
int vfio_pci_ioctl_pci_hot_reset(struct vfio_pci_core_device *vdev,
				 struct vfio_pci_hot_reset __user *arg);
/* Reset the set's bus if a member needs it and no other is open. dev_set->lock held. */
void vfio_pci_dev_set_try_reset(struct vfio_device_set *dev_set);

/* vfio_pci_pm.c: power states and the LOW_POWER features. */
/* Move to @state, keeping what a D3hot -> D0 reset loses. For anything but D0 the caller
 * holds memory_lock for writing. 0, -EBUSY on a PF with VFs, or pci_set_power_state()'s. */
int vfio_pci_set_power_state(struct vfio_pci_core_device *vdev, pci_power_t state);
void vfio_pci_probe_power_state(struct vfio_pci_core_device *vdev);
void vfio_pci_runtime_pm_exit(struct vfio_pci_core_device *vdev);
int vfio_pci_core_pm_entry(struct vfio_device *device, u32 flags, void __user *arg, size_t argsz);
int vfio_pci_core_pm_entry_with_wakeup(struct vfio_device *device, u32 flags, void __user *arg,
				       size_t argsz);
int vfio_pci_core_pm_exit(struct vfio_device *device, u32 flags, void __user *arg, size_t argsz);
extern const struct dev_pm_ops vfio_pci_core_pm_ops;

/* vfio_pci_sriov.c: VF tokens, and knowing one's PF. */
struct vfio_pci_vf_token {
	struct mutex	lock;
	uuid_t		uuid;
	int		users;	/* open VFs */
};

int vfio_pci_vf_init(struct vfio_pci_core_device *vdev);
void vfio_pci_vf_uninit(struct vfio_pci_core_device *vdev);
/* Count an open VF in its PF's token; @delta 1 or -1. Nothing for other functions. */
void vfio_pci_vf_token_user_add(struct vfio_pci_core_device *vdev, int delta);
int vfio_pci_core_feature_token(struct vfio_device *device, u32 flags, void __user *arg,
				size_t argsz);

/* vfio_pci_rdwr.c, vfio_pci_ioeventfd.c: BARs and ROM. */
ssize_t vfio_pci_bar_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			loff_t *ppos, bool iswrite);
int vfio_pci_ioctl_ioeventfd(struct vfio_pci_core_device *vdev,
			     struct vfio_device_ioeventfd __user *arg);
void vfio_pci_ioeventfd_release_all(struct vfio_pci_core_device *vdev);

/* vfio_pci_config.c: configuration space. */
ssize_t vfio_pci_config_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			   loff_t *ppos, bool iswrite);
int vfio_pci_init_perm_bits(void);
void vfio_pci_uninit_perm_bits(void);
int vfio_config_init(struct vfio_pci_core_device *vdev);
void vfio_config_free(struct vfio_pci_core_device *vdev);
/* May device memory be touched? Caller holds memory_lock. */
bool __vfio_pci_memory_enabled(struct vfio_pci_core_device *vdev);

/* vfio_pci_mmap.c */
/* Which BARs can be mapped; claims the rest of the page behind small ones. */
void vfio_pci_probe_mmaps(struct vfio_pci_core_device *vdev);
void vfio_pci_release_mmaps(struct vfio_pci_core_device *vdev);
void vfio_pci_zap_bars(struct vfio_pci_core_device *vdev);
/* Take memory_lock for writing and drop the user's mappings, so that he faults and waits. */
void vfio_pci_zap_and_down_write_memory_lock(struct vfio_pci_core_device *vdev);
/* Take memory_lock for writing with memory decode on; returns COMMAND for the restore. */
u16 vfio_pci_memory_lock_and_enable(struct vfio_pci_core_device *vdev);
void vfio_pci_memory_unlock_and_restore(struct vfio_pci_core_device *vdev, u16 cmd);

/* vfio_pci_intrs.c: SET_IRQS. Caller of set_irqs_ioctl holds igate or is the only user. */
int vfio_pci_ioctl_set_irqs(struct vfio_pci_core_device *vdev, struct vfio_irq_set __user *arg);
int vfio_pci_set_irqs_ioctl(struct vfio_pci_core_device *vdev, u32 flags, unsigned int index,
			    unsigned int start, unsigned int count, void *data);
/* Install @ctx (whose reference passes over; NULL for none); igate held. 0 or -ENOMEM. */
int vfio_pci_eventfd_replace_locked(struct vfio_pci_core_device *vdev,
				    struct vfio_pci_eventfd __rcu **peventfd,
				    struct eventfd_ctx *ctx);

/* vfio_pci_intx.c. mask returns true if the mask state changed. Both take igate. */
bool vfio_pci_intx_mask(struct vfio_pci_core_device *vdev);
void vfio_pci_intx_unmask(struct vfio_pci_core_device *vdev);

#endif
